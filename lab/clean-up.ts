import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs'
import { basename, join } from 'node:path'
import { SeedError } from '../src/errors.ts'
import { cgroupParent, removeCgroups } from './cgroups.ts'
import { lockOf, PART, removeFolder } from './folder.ts'
import type { LabFolder } from './folder.ts'

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
 * Removes what was left half-made, what no run has entered for two weeks, and all but the newest layers; never what
 * somebody is making, nor what a run is in, which holds a shared lock on it.
 */
export function removeUnused(folder: LabFolder): void {
  const names = readdirSync(folder.path).filter(name => /^(base|packages)-/.test(name))
  const isPart = (path: string) => path.endsWith(PART)
  const paths = names.map(name => join(folder.path, name)).sort((a, b) => ageOf(a) - ageOf(b))
  for (const path of paths.filter(isPart)) removeUnderLock(lockOf(folder, basename(path, PART)), path)
  const made = paths.filter(path => !isPart(path))
  const surplus = made.filter(path => basename(path).startsWith('packages-')).slice(LAYERS_KEPT)
  for (const path of made) {
    if (ageOf(path) > (surplus.includes(path) ? BUSY_AGE_MS : UNUSED_AGE_MS)) removeUnderLock(path, path)
  }
}

/**
 * Removes the whole lab.
 *
 * @throws FILE_SYSTEM if a run is going on, or something is being made
 */
export function removeLab(folder: LabFolder): void {
  sweepRuns(folder)
  const inUse = readdirSync(folder.runs).length > 0
  const inMaking = readdirSync(folder.locks).some(
    name => !removeUnderLock(lockOf(folder, name), `${join(folder.path, name)}${PART}`)
  )
  if (inUse || inMaking) throw new SeedError('FILE_SYSTEM', 'the lab is in use', { resource: folder.path })
  removeFolder(folder.path)
}

function ageOf(path: string): number {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity)
}
