import { execFileSync, spawnSync } from 'node:child_process'
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
  if (/[\n\t]/.test(path))
    throw new SeedError('USAGE', 'the lab’s folder has a tab or line end in its name', { resource: path })
  mkdirSync(folder.downloads, { recursive: true })
  mkdirSync(folder.runs, { recursive: true })
  return folder
}

/** Removes a folder, but nothing that is mounted below it. rm does thousands of files faster than Node. */
export function removeFolder(path: string): void {
  if (existsSync(path)) execFileSync('rm', ['-rf', '--one-file-system', '--', path])
}

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
  if (removeUnderLock(lock, run, lock)) removeCgroups(cgroupParent({ NIX_SEED_LAB_INSIDE: basename(run) }))
}

const LOCKED_ELSEWHERE = 75 // EX_TEMPFAIL, which `flock -E` is told to answer

/** Removes `paths` while holding the lock on `lock`; false if somebody else holds it. */
function removeUnderLock(lock: string, ...paths: string[]): boolean {
  const remove = ['rm', '-rf', '--one-file-system', '--', ...paths]
  const { status } = spawnSync('flock', ['--nonblock', '-E', String(LOCKED_ELSEWHERE), lock, ...remove], {
    stdio: 'ignore'
  })
  if (status === 0 || status === LOCKED_ELSEWHERE) return status === 0
  throw new SeedError('FILE_SYSTEM', 'cannot be removed', { resource: lock })
}

/** Names of the runs that are going on. */
export function liveRuns(folder: LabFolder): string[] {
  sweepRuns(folder)
  return readdirSync(folder.runs)
    .filter(name => name.endsWith('.lock'))
    .map(name => name.slice(0, -'.lock'.length))
}

const DAY_MS = 24 * 3600_000
const UNUSED_AGE_MS = 14 * DAY_MS
/** Whoever works on the package set makes many layers, of gigabytes each. */
const LAYERS_KEPT = 3
/** A run that has looked up its base and layer, and not locked them yet, is younger than this. */
const BUSY_AGE_MS = 10 * 60_000

/** Notes that a base or layer is in use, so that {@link removeUnused} leaves it. */
export function touch(path: string): void {
  const now = new Date()
  utimesSync(path, now, now)
}

/**
 * Removes what is half-made, what no run has entered for two weeks, and all but the newest layers; never what a run is
 * in, which holds a shared lock on it. Call it under the make lock.
 */
export function removeUnused(folder: LabFolder): void {
  const names = readdirSync(folder.path).filter(name => /^(base|packages)-/.test(name))
  const paths = names.map(name => join(folder.path, name)).sort((a, b) => ageOf(a) - ageOf(b))
  const surplus = paths.filter(path => basename(path).startsWith('packages-')).slice(LAYERS_KEPT)
  for (const path of paths) {
    const limit = surplus.includes(path) ? BUSY_AGE_MS : UNUSED_AGE_MS
    if (path.endsWith('.part')) removeFolder(path)
    else if (ageOf(path) > limit) removeUnderLock(path, path)
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
