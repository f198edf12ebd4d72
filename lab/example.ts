/** The project's examples as a user would have them, with inputs that need no network. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { materialize } from './packages/materialize.ts'
import type { SetName } from './packages/suites.ts'

const PROJECT = join(import.meta.dirname, '..')

export interface Inputs {
  /** Flake of the lab's package set, in place of nixpkgs. */
  nixpkgs: string
  /** Flake of the project's Nix library. */
  nixSeed: string
}

/** Writes the flakes that examples take their inputs from into `folder`. */
export function writeInputs(folder: string, set: SetName = 'current'): Inputs {
  const inputs = { nixpkgs: join(folder, 'nixpkgs'), nixSeed: join(folder, 'nix-seed') }
  materialize(set, inputs.nixpkgs)
  mkdirSync(inputs.nixSeed, { recursive: true })
  // What the library consists of; the whole project, with its dist and node_modules, would become part of every seed.
  for (const name of ['flake.nix', 'nix']) cpSync(join(PROJECT, name), join(inputs.nixSeed, name), { recursive: true })
  return inputs
}

/**
 * Copies an example to `folder`, points its inputs to `inputs`, locks them, and makes a Git repository of it.
 *
 * @param edit changes the text of flake.nix
 */
export function writeExample(name: string, folder: string, inputs: Inputs, edit = (text: string) => text): void {
  cpSync(join(PROJECT, 'examples', name), folder, { recursive: true })
  const flake = join(folder, 'flake.nix')
  const text = readFileSync(flake, 'utf8')
    .replace(/nixpkgs\.url = "[^"]*"/, `nixpkgs.url = "path:${inputs.nixpkgs}"`)
    .replace(/nix-seed\.url = "[^"]*"/, `nix-seed.url = "path:${inputs.nixSeed}"`)
  writeFileSync(flake, edit(text))
  git(folder, 'init', '--quiet', '--initial-branch', 'main')
  git(folder, 'add', '--all')
  execFileSync('nix', ['flake', 'lock'], { cwd: folder, stdio: 'pipe' })
  commit(folder, 'Start')
}

/** Commits everything in `folder`. */
export function commit(folder: string, message: string): void {
  git(folder, 'add', '--all')
  git(folder, '-c', 'user.name=Lab', '-c', 'user.email=lab@example.org', 'commit', '--quiet', '--message', message)
}

function git(folder: string, ...args: string[]): void {
  execFileSync('git', ['-C', folder, ...args], { stdio: 'pipe' })
}
