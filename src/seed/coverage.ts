/**
 * Coverage: which store paths of a job came from the seed, and which were realised beside it. What is in the store is
 * written down when the job begins and compared when it ends, by name: a folder is listed in a few milliseconds, and Nix
 * is asked about new paths alone.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SeedError } from '../errors.ts'
import { queryOrigins, type KnownPath, type Origin } from '../nix/origin.ts'
import { compareText, storeDir } from '../nix/store-path.ts'
import type { Ports } from '../ports.ts'
import { SEED_FIELD, type SeedImage } from './image.ts'

export interface SizedPath {
  path: string
  /** Bytes of its NAR serialisation. */
  bytes: number
}

export interface Portion {
  paths: number
  /** Of their NAR serialisations; 0 where Nix could not be asked. */
  bytes: number
  /** The largest of them, largest first. */
  largest: SizedPath[]
}

export interface Coverage {
  /** Paths that the seed brought and that are still there. `bytes` is 0 where it was not recorded. */
  seed: { paths: number; bytes: number }
  /** Paths of others that were there when the job began. */
  before: { paths: number }
  /** What was fetched beside the seed: a new seed would spare it. */
  fetched: Portion
  /** What the job built. A new seed spares those that do not depend on the project's own source. */
  built: Portion
  /** What evaluation copied into the store: the project's own source, and inputs that the seed has not. */
  added: Portion
  /** New names that Nix could not be asked about. */
  unknown: { paths: number }
  /** Of what came from a seed or could have (`seed` and `fetched`), the share that did, in per cent, rounded down. */
  percent: number
  /** The paths that are new and valid, without what evaluation copied: what is worth keeping in a binary cache. */
  newPaths: string[]
}

/** What {@link recordPaths} writes; names are those of store paths, without their folder. */
interface PathRecord {
  version: 1
  storeFolder: string
  seed: string[]
  seedBytes: number
  before: string[]
}

/** How many of the largest paths are named. */
const LARGEST = 10

/** https://nix.dev/manual/nix/latest/store/store-path */
const STORE_NAME = /^[0-9a-df-np-sv-z]{32}-[0-9A-Za-z+\-._?=]+$/
/** Recipes, and what Nix leaves beside a path while it works on it. */
const NO_RESULT = /\.(?:drv|lock|chroot|check|tmp)$/

/**
 * Writes down what the store has now.
 *
 * @param file where; its folder exists
 * @param options.seed names of the seed's store paths, without their folder; none where there was no seed
 * @param options.seedBytes sum of their NAR sizes
 * @throws the system's own error
 */
export async function recordPaths(
  file: string,
  { seed, seedBytes = 0, storeFolder }: { seed: readonly string[]; seedBytes?: number; storeFolder: string }
): Promise<void> {
  const isSeed = new Set(seed)
  const before = (await listStore(storeFolder)).filter(name => !isSeed.has(name))
  const record: PathRecord = { version: 1, storeFolder, seed: [...seed], seedBytes, before }
  await writeFile(file, JSON.stringify(record), { mode: 0o600 })
}

/**
 * Compares the store with what {@link recordPaths} wrote. Where nothing is new, no program is started; where Nix cannot
 * be asked, new paths are counted without sizes, as `unknown`.
 *
 * @throws SeedError INTERRUPTED; the system's own error where the record cannot be read
 */
export async function measureCoverage(file: string, ports: Ports): Promise<Coverage> {
  const record = JSON.parse(await readFile(file, 'utf8')) as PathRecord
  const here = await listStore(record.storeFolder)
  const [seed, before] = [new Set(record.seed), new Set(record.before)]
  const fresh = here.filter(name => !seed.has(name) && !before.has(name))
  const known = await originsOf(fresh, ports)
  const of = (origin: Origin): Portion => portion((known ?? []).filter(path => path.origin === origin))
  const fromSeed = here.filter(name => seed.has(name)).length
  const fetched = of('fetched')
  return {
    seed: { paths: fromSeed, bytes: record.seedBytes },
    before: { paths: here.filter(name => before.has(name)).length },
    fetched,
    built: of('built'),
    added: of('added'),
    unknown: { paths: known === undefined ? fresh.length : 0 },
    percent: percentOf(fromSeed, fetched.paths),
    newPaths: (known ?? []).filter(({ origin }) => origin !== 'added').map(({ path }) => path)
  }
}

/** Whether all paths of a seed stand in the store: that of a job container made from it, for example. */
export async function seedMatchesStore(image: SeedImage, storeFolder = storeDir): Promise<boolean> {
  const here = new Set(await listStore(storeFolder))
  return image.config[SEED_FIELD].paths.every(({ name }) => here.has(name))
}

/** Whether this machine is a container made from a seed, by what the root file system of seeds says of itself. */
export async function isSeedContainer(osRelease = '/etc/os-release'): Promise<boolean> {
  const text = await readFile(osRelease, 'utf8').catch(() => '')
  // https://www.freedesktop.org/software/systemd/man/latest/os-release.html: values may be quoted.
  return /^ID=(["']?)nix-seed\1\s*$/m.test(text)
}

/** The names of what may be valid in a store, sorted. A store that is not there, or not to be read, has none. */
async function listStore(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter(name => STORE_NAME.test(name) && !NO_RESULT.test(name)).sort(compareText)
}

async function originsOf(names: readonly string[], ports: Ports): Promise<KnownPath[] | undefined> {
  if (names.length === 0) return []
  try {
    return await queryOrigins(
      names.map(name => join(storeDir, name)),
      ports
    )
  } catch (error) {
    ports.signal.throwIfAborted()
    const why = error instanceof SeedError ? error.message : String(error)
    ports.log.debug(`new store paths are counted without their sizes: ${why}`)
    return undefined
  }
}

function portion(paths: readonly KnownPath[]): Portion {
  const sorted = [...paths].sort((a, b) => b.bytes - a.bytes || compareText(a.path, b.path))
  return {
    paths: paths.length,
    bytes: paths.reduce((sum, { bytes }) => sum + bytes, 0),
    largest: sorted.slice(0, LARGEST).map(({ path, bytes }) => ({ path, bytes }))
  }
}

function percentOf(fromSeed: number, beside: number): number {
  const all = fromSeed + beside
  return all === 0 ? 100 : Math.floor((100 * fromSeed) / all)
}
