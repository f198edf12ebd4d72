/** `nix-seed verify` in this process, in a folder with policies and all that they name. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from '../../src/cli/program.ts'
import type { BuilderId, Builders } from './quorum.ts'

export interface CommandOutput {
  code: number
  stdout: string
  stderr: string
}

/** A policy over these builders. */
export interface PolicyFile {
  builders: readonly (BuilderId | Record<string, unknown>)[]
  more?: object
}

/** Makes the folder; its path. */
export async function policyFolder(builders: Builders, policies: Record<string, PolicyFile>): Promise<string> {
  const named = [...builders.files].map(([name, bytes]): [string, Buffer] => [name, Buffer.from(bytes)])
  const folder = await builders.folderOf(Object.fromEntries(named))
  for (const [name, policy] of Object.entries(policies)) await writePolicy(builders, join(folder, name), policy)
  return folder
}

export async function writePolicy(builders: Builders, file: string, { builders: entries, more }: PolicyFile) {
  const written = entries.map(entry => (typeof entry === 'string' ? builders.entry(entry) : entry))
  await writeFile(file, JSON.stringify({ threshold: 3, ...more, builders: written }))
}

/** Runs it there. */
export async function verify(cwd: string, ...argv: string[]): Promise<CommandOutput> {
  const out = { stdout: '', stderr: '' }
  const code = await runProgram(['verify', ...argv], {
    env: { HOME: cwd, PATH: process.env['PATH'] },
    cwd,
    version: '1.2.3',
    signal: new AbortController().signal,
    stdout: { write: text => (out.stdout += text) },
    stderr: { write: text => (out.stderr += text) }
  })
  return { code, ...out }
}
