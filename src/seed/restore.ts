/**
 * Restore: puts a seed under `ROOT/nix`. Layers are unpacked into a folder beside the store, moved into place path by
 * path when all of them have arrived and been checked, and registered in Nix's database last of all. Nix goes by its
 * database, so at every moment a path is either complete and known or not there for Nix.
 */
import { randomBytes } from 'node:crypto'
import { chmod, lstat, mkdir, readdir, rename, statfs, symlink, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { SeedError, systemCode } from '../errors.ts'
import type { PathInfo } from '../nix/closure.ts'
import { nix, nixStore } from '../nix/command.ts'
import { makeDatabase, registration, schemaVersion } from '../nix/database.ts'
import { parsePathInfo } from '../nix/closure.ts'
import type { Repository } from '../oci/types.ts'
import type { Ports } from '../ports.ts'
import { removeTree } from '../removal.ts'
import { readTable, SEED_FIELD, type SeedContents, type SeedImage } from './image.ts'
import { unpackLayer } from './unpack.ts'

export interface Restored {
  strategy: 'unpack'
  /** Folder whose `nix` holds the seed. */
  root: string
  /** Store paths that the seed has. */
  paths: number
  /** Of these, the ones that were valid there before. */
  present: number
  /** Bytes fetched from the repository. */
  bytes: number
  milliseconds: number
  /** Folder of the `nix` program that came with the seed, as seen from inside `root`. */
  nixBin?: string
}

const STAGE_PREFIX = '.nix-seed-'

/**
 * Unpacks a seed into `root/nix`, beside whatever valid paths a store there already has.
 *
 * @param root absolute or relative folder; `/` for the machine itself
 * @throws SeedError DISK_FULL, FILE_SYSTEM, CONTENT_INVALID, INTERRUPTED, or what the repository throws; the store is then
 *   as it was before
 */
export async function restoreSeed(
  image: SeedImage,
  repository: Repository,
  root: string,
  ports: Ports
): Promise<Restored> {
  const started = performance.now()
  const seed = readTable(image.config[SEED_FIELD])
  const place = resolve(root)
  const nixFolder = join(place, 'nix')
  const stage = join(nixFolder, `${STAGE_PREFIX}${process.pid}-${randomBytes(4).toString('hex')}`)
  try {
    await makeFolders(nixFolder)
    await sweepStages(nixFolder)
    const hasDatabase = await exists(join(nixFolder, 'var/nix/db/db.sqlite'))
    const valid = hasDatabase ? await validPaths(place, ports) : new Set<string>()
    const wanted = seed.closure.filter(info => !valid.has(info.path))
    await checkSpace(nixFolder, wanted)

    await mkdir(stage, { mode: 0o700 })
    const bytes = await fetchLayers(image, repository, seed, wanted, stage, ports)
    await install(wanted, stage, nixFolder, async () => {
      if (hasDatabase) await register(place, wanted, ports)
      else await placeDatabase(nixFolder, stage, seed.closure)
    })
    await placeRoots(nixFolder, seed.roots)
    if (seed.nix !== undefined) await placeProfile(nixFolder, seed.nix)
    return {
      strategy: 'unpack',
      root: place,
      paths: seed.closure.length,
      present: seed.closure.length - wanted.length,
      bytes,
      milliseconds: Math.round(performance.now() - started),
      ...(seed.nix === undefined ? {} : { nixBin: `${seed.nix}/bin` })
    }
  } catch (error) {
    throw explain(error, nixFolder, ports.signal)
  } finally {
    await removeTree(stage)
  }
}

/** Streams every layer that holds a wanted path into the stage; returns the bytes that were fetched. */
async function fetchLayers(
  image: SeedImage,
  repository: Repository,
  seed: SeedContents,
  wanted: readonly PathInfo[],
  stage: string,
  ports: Ports
): Promise<number> {
  const wantedNames = new Set(wanted.map(info => nameOf(info.path)))
  const expected = new Map<number, Set<string>>()
  const needed = new Set<number>()
  for (const [path, layer] of seed.layerOf) {
    const names = expected.get(layer) ?? new Set<string>()
    expected.set(layer, names.add(nameOf(path)))
    if (wantedNames.has(nameOf(path))) needed.add(layer)
  }
  const queue = [...needed]
    .map(at => ({ layer: image.layers[at], names: expected.get(at) ?? new Set<string>() }))
    .filter(job => job.layer !== undefined)
    .sort((a, b) => (b.layer?.size ?? 0) - (a.layer?.size ?? 0))
  const total = queue.reduce((sum, job) => sum + (job.layer?.size ?? 0), 0)
  let done = 0
  const missing = new Set(wantedNames)
  const abort = new AbortController()
  const signal = AbortSignal.any([ports.signal, abort.signal])
  const work = async (): Promise<void> => {
    for (let job = queue.shift(); job?.layer !== undefined; job = queue.shift()) {
      signal.throwIfAborted()
      const written = await unpackLayer(repository, job.layer, job.names, wantedNames, stage, signal, count => {
        done += count
        ports.progress.update('restoring', done, total)
      })
      for (const name of written) missing.delete(name)
    }
  }
  const workers = Array.from({ length: Math.max(2, Math.min(availableParallelism(), 8)) }, () =>
    work().catch((error: unknown) => {
      abort.abort(error)
    })
  )
  await Promise.all(workers)
  ports.progress.end('restoring')
  ports.signal.throwIfAborted()
  if (abort.signal.aborted) throw abort.signal.reason
  if (missing.size > 0) {
    throw new SeedError('CONTENT_INVALID', `the layers do not hold ${[...missing][0]} (and ${missing.size - 1} more)`, {
      resource: repository.name,
      hint: 'The image is damaged; publish the seed again.'
    })
  }
  return done
}

/** Moves staged paths into the store and calls `registerAll`; takes everything back if any of it fails. */
async function install(
  wanted: readonly PathInfo[],
  stage: string,
  nixFolder: string,
  registerAll: () => Promise<void>
): Promise<void> {
  const moved: string[] = []
  try {
    for (const { path } of wanted) {
      const source = join(stage, nameOf(path))
      const target = join(nixFolder, 'store', nameOf(path))
      // What stands there is not valid, or it would not be wanted: a leftover of an interrupted build or restore.
      if (await exists(target)) await removeTree(target)
      const isFolder = (await lstat(source)).isDirectory()
      moved.push(target)
      await rename(source, target)
      if (isFolder) await chmod(target, 0o555)
    }
    await registerAll()
  } catch (error) {
    for (const target of moved) await removeTree(target)
    throw error
  }
}

async function placeDatabase(nixFolder: string, stage: string, closure: readonly PathInfo[]): Promise<void> {
  const staged = join(stage, 'db')
  await mkdir(staged, { mode: 0o755 })
  await writeFile(join(staged, 'schema'), schemaVersion)
  await writeFile(join(staged, 'db.sqlite'), await makeDatabase(closure), { flush: true })
  await mkdir(join(nixFolder, 'var/nix'), { recursive: true })
  const target = join(nixFolder, 'var/nix/db')
  await removeTree(target) // without a database in it, or this would not be a fresh store
  await rename(staged, target)
}

async function validPaths(place: string, ports: Ports): Promise<Set<string>> {
  const json = await nix([...storeArguments(place), 'path-info', '--all', '--json'], ports)
  return new Set(parsePathInfo(JSON.parse(json)).map(info => info.path))
}

async function register(place: string, paths: readonly PathInfo[], ports: Ports): Promise<void> {
  await nixStore([...storeArguments(place), '--load-db'], ports, { input: registration(paths) })
}

function storeArguments(place: string): string[] {
  return place === '/' ? [] : ['--store', place]
}

/** Keeps Nix's garbage collector away from the seed. */
async function placeRoots(nixFolder: string, roots: readonly string[]): Promise<void> {
  const folder = join(nixFolder, 'var/nix/gcroots/nix-seed')
  await mkdir(folder, { recursive: true })
  for (const root of roots) await placeLink(root, join(folder, nameOf(root)))
}

/** Where there is no default profile yet, Nix itself becomes it, so that `/nix/var/nix/profiles/default/bin` is on PATH. */
async function placeProfile(nixFolder: string, nixPath: string): Promise<void> {
  await mkdir(join(nixFolder, 'var/nix/profiles'), { recursive: true })
  await placeLink(nixPath, join(nixFolder, 'var/nix/profiles/default'))
}

async function placeLink(target: string, link: string): Promise<void> {
  try {
    await symlink(target, link)
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
  }
}

/** One by one: of a place that cannot be written to, Node.js's recursive mkdir says that it does not exist. */
async function makeFolders(nixFolder: string): Promise<void> {
  await mkdir(dirname(nixFolder), { recursive: true })
  for (const folder of [nixFolder, join(nixFolder, 'store')]) {
    if (!(await exists(folder))) await mkdir(folder, { mode: 0o755 })
  }
}

/** Removes the stages of runs that were killed. */
async function sweepStages(nixFolder: string): Promise<void> {
  for (const name of await readdir(nixFolder)) {
    const pid = name.startsWith(STAGE_PREFIX) ? Number(name.slice(STAGE_PREFIX.length).split('-')[0]) : NaN
    if (Number.isInteger(pid) && pid > 0 && !isAlive(pid)) await removeTree(join(nixFolder, name))
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCode(error) === 'EPERM'
  }
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
  if (code === 'ENOSPC' || code === 'EDQUOT') {
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

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}

function nameOf(storePath: string): string {
  return storePath.slice('/nix/store/'.length)
}
