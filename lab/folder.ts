import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { SeedError } from '../src/errors.ts'

/** The one folder that the lab has on the machine, and what is where in it. */
export interface LabFolder {
  path: string
  /** Files that the package layer's maker downloaded and wants to find again. */
  downloads: string
  runs: string
  /** One lock a base or layer, held by whoever makes it. They stay: a lock that is removed can be had twice. */
  locks: string
  /** What was printed while making them. */
  logs: string
}

/** The project's folder, the one above `lab/`. */
export const TREE = resolve(import.meta.dirname, '..')

/** `NIX_SEED_LAB`, or `nix-seed/lab` of the user's cache directory. */
export function readLabPath(env: NodeJS.ProcessEnv): string {
  if (env.NIX_SEED_LAB) return resolve(env.NIX_SEED_LAB)
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'nix-seed', 'lab')
}

/** Makes the folder if it is not there. */
export function openLabFolder(path: string): LabFolder {
  const folder = {
    path,
    downloads: join(path, 'downloads'),
    runs: join(path, 'runs'),
    locks: join(path, 'locks'),
    logs: join(path, 'logs')
  }
  if (/[\n\t]/.test(path)) {
    throw new SeedError('USAGE', 'the lab’s folder has a tab or line end in its name', { resource: path })
  }
  for (const name of [folder.downloads, folder.runs, folder.locks, folder.logs]) mkdirSync(name, { recursive: true })
  return folder
}

/** Removes a folder, but nothing that is mounted below it. rm does thousands of files faster than Node. */
export function removeFolder(path: string): void {
  if (existsSync(path)) execFileSync('rm', ['-rf', '--one-file-system', '--', path])
}

/** What a base or layer is called until it is complete: its name and this. */
export const PART = '.part'

/** The lock of whoever makes the base or layer `name`. */
export function lockOf(folder: LabFolder, name: string): string {
  return join(folder.locks, name)
}
