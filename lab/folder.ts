import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { SeedError } from '../src/errors.ts'
import { cgroupParent, removeCgroups } from './cgroups.ts'

/** The one folder that the lab has on the machine, and what is where in it. */
export interface LabFolder {
  path: string
  makeLock: string
  /** Files that the package layer's maker downloaded and wants to find again. */
  downloads: string
  runs: string
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
    makeLock: join(path, 'make.lock'),
    downloads: join(path, 'downloads'),
    runs: join(path, 'runs')
  }
  if (/[\n\t]/.test(path)) throw new SeedError('USAGE', 'the lab’s folder has a tab or line end in its name', { resource: path })
  mkdirSync(folder.downloads, { recursive: true })
  mkdirSync(folder.runs, { recursive: true })
  return folder
}

/** Removes a folder, but nothing that is mounted below it. rm does thousands of files faster than Node. */
export function removeFolder(path: string): void {
  if (existsSync(path)) execFileSync('rm', ['-rf', '--one-file-system', '--', path])
}

const LOCKED_ELSEWHERE = 75 // EX_TEMPFAIL, which `flock -E` is told to answer

/**
 * Removes what killed runs left behind. Every process of a run inherits the lock on `runs/ID.lock`, so the lock is free
 * exactly when all of them are gone; unlike a process id, that holds across pid namespaces and cannot be recycled.
 */
export function sweepRuns(folder: LabFolder): void {
  for (const name of readdirSync(folder.runs)) {
    const path = join(folder.runs, name)
    if (name.endsWith('.lock')) removeIfUnlocked(path)
    else if (!existsSync(`${path}.lock`) && ageOf(path) > ORPHAN_AGE_MS) removeFolder(path)
  }
}

/** A run makes its folder before its lock: one without is a run about to start, or one killed at that moment. */
const ORPHAN_AGE_MS = 10 * 60_000

function removeIfUnlocked(lock: string): void {
  const run = lock.slice(0, -'.lock'.length)
  const remove = ['rm', '-rf', '--one-file-system', '--', run, lock]
  try {
    execFileSync('flock', ['--nonblock', '-E', String(LOCKED_ELSEWHERE), lock, ...remove], { stdio: 'ignore' })
    removeCgroups(cgroupParent({ NIX_SEED_LAB_INSIDE: basename(run) }))
  } catch (error) {
    if ((error as { status?: number }).status !== LOCKED_ELSEWHERE) throw error
  }
}

/** Names of the runs that are going on. */
export function liveRuns(folder: LabFolder): string[] {
  sweepRuns(folder)
  return readdirSync(folder.runs).filter(name => name.endsWith('.lock')).map(name => name.slice(0, -'.lock'.length))
}

const UNUSED_AGE_MS = 14 * 24 * 3600_000

/** Notes that a base or layer is in use, so that {@link removeUnused} leaves it. */
export function touch(path: string): void {
  const now = new Date()
  utimesSync(path, now, now)
}

/** Removes half-made bases and layers, and those that no run has entered for two weeks. Call it under the make lock. */
export function removeUnused(folder: LabFolder): void {
  for (const name of readdirSync(folder.path)) {
    if (!/^(base|packages)-/.test(name)) continue
    const path = join(folder.path, name)
    if (name.endsWith('.part') || ageOf(path) > UNUSED_AGE_MS) removeFolder(path)
  }
}

function ageOf(path: string): number {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity)
}

/** Removes the whole lab. Call it when no run is going on. */
export function removeLab(folder: LabFolder): void {
  rmSync(folder.makeLock, { force: true })
  removeFolder(folder.path)
}
