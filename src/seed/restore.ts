/**
 * Restore: puts a seed under `ROOT/nix`, by one of two strategies.
 *
 * `mount` leaves layers as they are, and mounts them (see mount/restore.ts). `unpack` works everywhere: layers are unpacked
 * onto a stage beside the store, moved into place path by path when all of them have arrived and been checked, and
 * registered in Nix's database last of all. Nix goes by its database, so at every moment a path is either complete and
 * known or not there for Nix.
 */
import { statfs } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { SeedError, systemCode } from '../errors.ts'
import type { PathInfo } from '../nix/closure.ts'
import { readValidPaths, registerPaths } from '../nix/store-database.ts'
import type { Repository } from '../oci/types.ts'
import type { Ports } from '../ports.ts'
import { readTable, SEED_FIELD, type SeedContents, type SeedImage } from './image.ts'
import { fetchLayers } from './layers.ts'
import type { CacheOptions } from './mount/cache.ts'
import { isFull } from './mount/full-disk.ts'
import { MountRefused } from './mount/probe.ts'
import { mountSeed, type Owner } from './mount/restore.ts'
import { storeMount, undoAbandoned } from './mount/undo.ts'
import { placeDatabase, placePaths, placeProfile, placeRoots } from './placement.ts'
import { select, type Selection } from './selection.ts'
import { onStage } from './stage.ts'

export type RestoreStrategy = 'auto' | 'mount' | 'unpack'

export interface RestoreOptions {
  /** `auto` mounts at `/` where this machine can, and unpacks elsewhere. `unpack` where absent. */
  strategy?: RestoreStrategy
  /** Where layers that are mounted are kept; by default 10 GB in a folder of the system. */
  cache?: Partial<CacheOptions>
  /** Who may write to a store that is new and mounted; root where absent. */
  owner?: Owner
  /**
   * Outputs of the flake, as one writes them for `nix build`: what those do not need is left out. All of the seed where it
   * is absent or empty, or where the seed does not tell what its outputs need.
   */
  for?: readonly string[]
}

export interface Restored {
  strategy: 'mount' | 'unpack'
  /** Why this one, in a few words. */
  why: string
  /** Folder whose `nix` holds the seed. */
  root: string
  /** Attributes of the outputs that it was restored for, sorted; absent where it is all of the seed. */
  selected?: string[]
  /** Store paths that were asked for: those that the selected outputs need, or all of the seed. */
  paths: number
  /** Of these, the ones that were valid there before. */
  present: number
  /** Store paths that the seed has. */
  seedPaths: number
  /** Layers that were fetched, or that the cache had. */
  layers: number
  /** Bytes fetched from the repository. */
  bytes: number
  /** Bytes of layers that the cache had. */
  cached: number
  milliseconds: number
  /** Folder of the `nix` program that came with the seed, as seen from inside `root`. */
  nixBin?: string
}

const DEFAULT_CACHE: CacheOptions = { folder: '/var/cache/nix-seed', maxBytes: 10e9 }

/**
 * Restores a seed to `root/nix`, beside whatever valid paths a store there already has. One line in the log says how, and
 * why.
 *
 * @param root absolute or relative folder; `/` for the machine itself
 * @throws SeedError USAGE where the seed has no such output, PLATFORM where it cannot be mounted and has to be, DISK_FULL, FILE_SYSTEM, CONTENT_INVALID,
 *   INTERRUPTED, or what the repository throws; the store is then as it was before
 */
export async function restoreSeed(
  image: SeedImage,
  repository: Repository,
  root: string,
  ports: Ports,
  options: RestoreOptions = {}
): Promise<Restored> {
  const started = performance.now()
  const seed = selection(image, options.for ?? [], ports)
  const place = resolve(root)
  const nixFolder = join(place, 'nix')
  try {
    await undoAbandoned(place, ports)
    const outcome = await restoreSomehow(image, seed, repository, place, ports, options)
    const how = outcome.strategy === 'mount' ? 'mounted' : 'unpacked'
    ports.log.info(`${nixFolder}: ${isThere(outcome, seed) ? '' : `${how}, since `}${outcome.why}`)
    return {
      ...outcome,
      root: place,
      ...(seed.selected && { selected: seed.selected }),
      paths: seed.closure.length,
      seedPaths: seed.closure.length + seed.rest.length,
      milliseconds: Math.round(performance.now() - started),
      ...(seed.nix === undefined ? {} : { nixBin: `${seed.nix}/bin` })
    }
  } catch (error) {
    throw explain(error, nixFolder, ports.signal)
  }
}

function selection(image: SeedImage, names: readonly string[], ports: Ports): Selection {
  const all = readTable(image.config[SEED_FIELD])
  if (names.length === 0) return { ...all, rest: [] }
  if (all.outputs) return select(all, names)
  ports.log.warn('the seed does not tell what each output needs, so all of it is restored: publish it again for that')
  return { ...all, rest: [] }
}

function isThere({ present }: Outcome, { closure }: SeedContents): boolean {
  return present === closure.length
}

type Outcome = Pick<Restored, 'strategy' | 'why' | 'present' | 'layers' | 'bytes' | 'cached'>

async function restoreSomehow(
  image: SeedImage,
  seed: Selection,
  repository: Repository,
  place: string,
  ports: Ports,
  { strategy = 'unpack', cache, owner }: RestoreOptions
): Promise<Outcome> {
  const nixFolder = join(place, 'nix')
  const unpack = async (why: string): Promise<Outcome> => ({
    strategy: 'unpack',
    why,
    cached: 0,
    ...(await unpackSeed(image, seed, repository, nixFolder, ports))
  })
  if (strategy === 'unpack') return unpack('that was asked for')
  // Who restores to a folder, to look at it or to copy it, expects files that can be removed again.
  if (strategy === 'auto' && place !== '/') return unpack('this is not the store of the machine')
  try {
    const settings = { cache: { ...DEFAULT_CACHE, ...cache }, ...(owner && { owner }) }
    const mounted = await mountSeed(image, seed, repository, place, settings, ports)
    if (mounted === undefined) {
      const strategy = (await storeMount(nixFolder)) ? 'mount' : 'unpack'
      return { ...(await unpack('all of it was there already')), strategy }
    }
    const { backing, ...counts } = mounted
    const why = `this machine mounts EROFS images ${backing === 'file' ? 'as files' : 'by loop devices'}`
    return { strategy: 'mount', why, ...counts }
  } catch (error) {
    if (!(error instanceof MountRefused)) throw error
    if (strategy === 'mount') throw notMounted(error, nixFolder)
    return unpack(`it cannot be mounted: ${error.message}`)
  }
}

async function unpackSeed(
  image: SeedImage,
  seed: SeedContents,
  repository: Repository,
  nixFolder: string,
  ports: Ports
): Promise<Pick<Restored, 'present' | 'layers' | 'bytes'>> {
  const counts = await onStage(nixFolder, async stage => {
    const databaseFolder = join(nixFolder, 'var/nix/db')
    const valid = await readValidPaths(databaseFolder)
    const wanted = seed.closure.filter(info => valid?.has(info.path) !== true)
    await checkSpace(nixFolder, wanted)
    const fetched = await fetchLayers(image, repository, seed, wanted, stage, ports)
    await placePaths(wanted, stage, nixFolder, () =>
      valid === undefined ? placeDatabase(seed.closure, stage, nixFolder) : registerPaths(databaseFolder, wanted)
    )
    return { present: seed.closure.length - wanted.length, ...fetched }
  })
  await placeRoots(nixFolder, seed.roots)
  if (seed.nix !== undefined) await placeProfile(nixFolder, seed.nix)
  return counts
}

function notMounted(error: MountRefused, resource: string): SeedError {
  return new SeedError('PLATFORM', `the seed cannot be mounted: ${error.message}`, {
    resource,
    hint: 'Use --strategy auto, which unpacks it where it cannot be mounted.',
    cause: error
  })
}

/** Refuses before the first byte is fetched; a margin is left for the blocks that small files fill only in part. */
async function checkSpace(folder: string, wanted: readonly PathInfo[]): Promise<void> {
  const bytes = wanted.reduce((sum, info) => sum + info.narSize, 0)
  const { bavail, bsize } = await statfs(folder)
  if (bytes > bavail * bsize) {
    throw new SeedError('DISK_FULL', `the seed needs ${megabytes(bytes)}, and ${megabytes(bavail * bsize)} are free`, {
      resource: folder,
      hint: 'Free some space, or choose another place with --root.'
    })
  }
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`
}

function explain(error: unknown, folder: string, signal: AbortSignal): unknown {
  if (signal.aborted) {
    return new SeedError('INTERRUPTED', 'interrupted; nothing was changed', {
      resource: folder,
      hint: 'Run it again.',
      cause: error
    })
  }
  if (error instanceof SeedError) return error
  const code = systemCode(error)
  if (isFull(error)) {
    return new SeedError('DISK_FULL', 'the disk became full; what was written has been removed', {
      resource: folder,
      hint: 'Free some space, or choose another place with --root.',
      cause: error
    })
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new SeedError('FILE_SYSTEM', `cannot write (${code})`, {
      resource: folder,
      hint: 'Run as a user who may write there, or choose another place with --root.',
      cause: error
    })
  }
  if (code === undefined) return error
  return new SeedError('FILE_SYSTEM', error instanceof Error ? error.message : code, { resource: folder, cause: error })
}
