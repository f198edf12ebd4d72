import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { SeedError } from '../src/errors.ts'
import type { Say } from './base.ts'
import { tailOf } from './child.ts'
import { removeFolder } from './folder.ts'
import type { LabFolder } from './folder.ts'
import { layerKey, PREPARE } from './recipe.ts'
import { runInLab } from './run.ts'
import { resolveView } from './view.ts'

/** Folder of the package layer for a base; its root file system is `root` in it. `undefined` where there is none. */
export function layerPath(folder: LabFolder, base: string): string | undefined {
  const key = layerKey(import.meta.dirname, base)
  return key === undefined ? undefined : join(folder.path, `packages-${key}`)
}

/**
 * Makes the package layer if it is not there: `lab/packages/prepare.ts` runs in the base with the machine's network, and
 * what it changes in the file system is the layer. It has its final name only when complete. Call it under the make
 * lock.
 *
 * @throws TOOL_FAILED with the end of what the program printed; INTERRUPTED
 */
export async function makeLayer(folder: LabFolder, base: string, say: Say, signal: AbortSignal): Promise<void> {
  const path = layerPath(folder, base)
  if (path === undefined || existsSync(path)) return
  const part = `${path}.part`
  removeFolder(part)
  mkdirSync(part)
  say(`preparing the package set; its progress is in ${join(part, 'log')}`)
  const started = Date.now()
  try {
    await prepare(folder, base, part, signal)
    removeFolder(join(part, 'root.work'))
    // The run's overlay was volatile: only now are the files safe from a power cut.
    execFileSync('sync', ['--file-system', part])
    renameSync(part, path)
  } catch (error) {
    removeFolder(part)
    throw error
  }
  say(`package set ready after ${Math.round((Date.now() - started) / 1000)} s`)
}

async function prepare(folder: LabFolder, base: string, part: string, signal: AbortSignal): Promise<void> {
  const log = join(part, 'log')
  const output = openSync(log, 'a')
  try {
    const root = join(base, 'root')
    const code = await runInLab(folder, {
      lowers: [root],
      upper: join(part, 'root'),
      network: 'host',
      command: [resolveView(root).node, join(import.meta.dirname, PREPARE)],
      env: { NIX_SEED_LAB_DOWNLOADS: folder.downloads },
      output,
      signal
    })
    if (signal.aborted) throw new SeedError('INTERRUPTED', `${PREPARE}: interrupted`)
    if (code !== 0) throw new SeedError('TOOL_FAILED', `${PREPARE}: exit code ${code}\n${tailOf(log)}`)
  } finally {
    closeSync(output)
  }
}
