/** A project with a seed, for integration tests: the example `hello`, its inputs, and the command line to work on it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll } from '@jest/globals'
import { writeExample, writeInputs, type Inputs } from '../../lab/example.ts'
import { run, type CommandOptions, type CommandResult } from './lab.ts'

const CLI = join(import.meta.dirname, '../../src/cli.ts')

/** The command line that runs nix-seed from its sources. */
export function seedCommand(...args: string[]): string[] {
  return [process.execPath, '--disable-warning=ExperimentalWarning', CLI, ...args]
}

export function nixSeed(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return run(seedCommand(...args), options)
}

/** Runs nix-seed with `--json`; it has to succeed. */
export async function nixSeedJson<T>(args: readonly string[], options: CommandOptions = {}): Promise<T> {
  const { code, stdout, stderr } = await nixSeed([...args, '--json'], options)
  if (code !== 0) throw new Error(`nix-seed ${args.join(' ')} ended with ${code}\n${stderr}`)
  return JSON.parse(stdout) as T
}

/** Starts nix-seed without waiting for its end. */
export function startNixSeed(args: readonly string[], options: CommandOptions = {}): ChildProcess {
  const [program = '', ...rest] = seedCommand(...args)
  return spawn(program, rest, { cwd: options.cwd, env: { ...process.env, ...options.env }, stdio: 'ignore' })
}

export interface Project {
  folder: string
  inputs: Inputs
}

/** Makes the project below `parent()` before the tests; call the result for it. */
export function useProject(parent: () => string, edit?: (flake: string) => string): () => Project {
  let project: Project | undefined
  beforeAll(() => {
    const folder = join(parent(), 'work', 'hello')
    mkdirSync(join(parent(), 'work', '_home'), { recursive: true })
    const inputs = writeInputs(join(parent(), 'inputs'))
    writeExample('hello', folder, inputs, edit)
    project = { folder, inputs }
  }, 120_000)
  return () => {
    if (project === undefined) throw new Error('the project is not made yet')
    return project
  }
}

/** Takes the declared seed out of the example's flake. */
export function withoutSeed(flake: string): string {
  const text = flake.replace(/^.*\n?.*seed = nix-seed\.lib\.mkSeed.*$/m, '')
  if (text === flake) throw new Error('the example declares no seed')
  return text
}

/** The example as a shell script. */
export function withoutCompiler(flake: string): string {
  return flake
    .replace('pkgs.stdenv.mkDerivation', 'pkgs.stdenvNoCC.mkDerivation')
    .replace('$CC -O2 -Wall -o hello hello.c', "echo 'echo Hello, world' > hello && chmod +x hello")
    .replace('pkgs.mkShell {', 'pkgs.mkShellNoCC {')
}
