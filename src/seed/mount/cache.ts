/**
 * Blobs on disk, by digest, for this restore and the next ones. Any number of processes work with one folder:
 *
 *     blobs/HEX       whole, and right when it was put there
 *     verified/HEX    what a blob was like when it was hashed last; its time is that of the last use
 *     partial/HEX     what interrupted runs have left, with notes of what is there
 *     runs/OWNER/     what one run works with: hard links to blobs, so that nobody takes them away, and files that arrive
 *
 * A blob is hashed before it is used, unless the same file was found right since the system started and has not been
 * written to since. A power cut, which may tear files, makes all of them be hashed again.
 */
import { link, lstat, mkdir, readdir, readFile, rename, rm, stat, statfs, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SeedError, systemCode } from '../../errors.ts'
import { formatBytes } from '../../format.ts'
import { checkedDigest } from '../../oci/digest.ts'
import type { Digest, Repository } from '../../oci/types.ts'
import type { Ports } from '../../ports.ts'
import { downloadBlobs, type DownloadOptions } from './download.ts'
import { diskFull, explainFull, isFull } from './full-disk.ts'
import { Hashing } from './hashing.ts'
import { exists } from '../stage.ts'
import { isLeftBehind, newOwnedName } from './owner.ts'
import type { Receiving } from './receiving.ts'
import { NOTES_SUFFIX, removePartial, type Blob, type Target } from './partial-file.ts'

export interface CacheOptions {
  folder: string
  /** What the blobs may take together; those of the run at hand are kept all the same. */
  maxBytes: number
  /** A larger blob is fetched in parts of this size, side by side; half of all bytes, or 64 MiB, where absent. */
  segmentBytes?: number
}

/**
 * In parts come only blobs that everything else would wait for: those are read once more to be hashed, since a hash takes
 * bytes in their order.
 */
const MIN_SEGMENT_BYTES = 64 * 1024 * 1024

export interface CachedBlobs {
  /** A file for each blob, in their order, that stays until the action ends. */
  files: string[]
  /** Bytes that came over the network, and bytes that were there. */
  fetched: number
  reused: number
}

/**
 * Runs `action` with files of all `blobs`: those of the cache, and those that are missing there from `repository`.
 *
 * @throws SeedError DIGEST_MISMATCH, DISK_FULL, INTERRUPTED or what the repository throws; what the action throws; the
 *   system's own error where the folder cannot be used
 */
export async function withBlobs<T>(
  cache: CacheOptions,
  blobs: readonly Blob[],
  repository: Repository,
  receiving: Receiving,
  ports: Ports,
  action: (found: CachedBlobs) => Promise<T>
): Promise<T> {
  const run = await CacheRun.begin(cache, blobs).catch(explainFull(cache.folder))
  try {
    return await action(await run.fetch(repository, receiving, ports).catch(explainFull(cache.folder)))
  } finally {
    await run.end()
  }
}

/** Whether all of `blobs` stand in the cache, right or wrong. */
export async function hasBlobs({ folder }: CacheOptions, blobs: readonly Blob[]): Promise<boolean> {
  const found = await Promise.all(blobs.map(({ digest }) => exists(join(folder, 'blobs', hexOf(digest)))))
  return !found.includes(false)
}

interface Verified {
  boot: string
  inode: string
  modified: string
  size: number
}

class CacheRun {
  readonly #cache: CacheOptions
  readonly #blobs: ReadonlyMap<string, Blob>
  readonly #order: readonly string[]
  readonly #folder: string

  private constructor(cache: CacheOptions, blobs: readonly Blob[], name: string) {
    this.#cache = cache
    this.#order = blobs.map(({ digest }) => hexOf(digest))
    this.#blobs = new Map(blobs.map(blob => [hexOf(blob.digest), blob]))
    this.#folder = join(cache.folder, 'runs', name)
  }

  static async begin(cache: CacheOptions, blobs: readonly Blob[]): Promise<CacheRun> {
    const run = new CacheRun(cache, blobs, await newOwnedName())
    for (const name of ['blobs', 'verified', 'partial', 'runs']) {
      await mkdir(join(cache.folder, name), { recursive: true, mode: 0o700 })
    }
    await run.#sweep()
    await mkdir(run.#folder, { mode: 0o700 })
    return run
  }

  async fetch(repository: Repository, receiving: Receiving, ports: Ports): Promise<CachedBlobs> {
    const hashing = new Hashing()
    try {
      const { missing, reused } = await this.#reuse(hashing, ports)
      await this.#makeRoom(missing)
      const fetched = await this.#download(missing, repository, { hashing, receiving }, ports)
      const now = new Date()
      for (const hex of this.#blobs.keys()) await utimes(this.#verified(hex), now, now).catch(() => {})
      return { files: this.#order.map(hex => join(this.#folder, hex)), fetched, reused }
    } finally {
      await hashing.close()
    }
  }

  /** What has not arrived whole is left to the next run. */
  async end(): Promise<void> {
    await keepPartials(this.#folder, join(this.#cache.folder, 'partial'))
    await rm(this.#folder, { recursive: true, force: true })
  }

  /** Links the blobs that are there and right into the folder of this run, and the partial ones of earlier runs. */
  async #reuse(hashing: Hashing, { signal }: Ports): Promise<{ missing: Blob[]; reused: number }> {
    const missing: Blob[] = []
    let reused = 0
    const boot = await bootId()
    await inParallel([...this.#blobs], async ([hex, blob]) => {
      signal.throwIfAborted()
      const own = join(this.#folder, hex)
      await removeUnlessFile(this.#blob(hex))
      if ((await arrived(link(this.#blob(hex), own))) && (await this.#isRight(hex, blob, boot, hashing))) {
        reused += blob.size
        return
      }
      await rm(own, { force: true })
      await rm(this.#blob(hex), { force: true })
      for (const suffix of ['', NOTES_SUFFIX]) {
        const kept = join(this.#cache.folder, 'partial', hex + suffix)
        await removeUnlessFile(kept)
        await arrived(rename(kept, this.#arriving(hex) + suffix))
      }
      missing.push(blob)
    })
    return { missing, reused }
  }

  async #isRight(hex: string, { digest, size }: Blob, boot: string, hashing: Hashing): Promise<boolean> {
    const file = join(this.#folder, hex)
    const now = await stateOf(file, boot)
    if (now.size !== size) return false
    const then = await readFile(this.#verified(hex), 'utf8').catch(() => '')
    if (then === JSON.stringify(now)) return true
    const found = await hashing.follow(file).finish(size)
    if (found !== digest) return false
    await this.#note(hex, now)
    return true
  }

  async #download(
    missing: readonly Blob[],
    repository: Repository,
    threads: Pick<DownloadOptions, 'hashing' | 'receiving'>,
    ports: Ports
  ): Promise<number> {
    const total = missing.reduce((sum, { size }) => sum + size, 0)
    const targets = missing.map(blob => ({ blob, path: this.#arriving(hexOf(blob.digest)) }))
    const boot = await bootId()
    let done = 0
    try {
      return await downloadBlobs(repository, targets, {
        ...threads,
        segmentBytes: this.#cache.segmentBytes ?? Math.max(MIN_SEGMENT_BYTES, Math.ceil(total / 2)),
        signal: ports.signal,
        onComplete: target => this.#keep(target, boot),
        onProblem: problem => {
          ports.log.debug(`${problem}; asked for again`)
        },
        onBytes: count => {
          done += count
          ports.progress.update('restoring', Math.min(done, total), total)
        }
      })
    } catch (error) {
      const isUseless = error instanceof SeedError && error.code === 'DIGEST_MISMATCH'
      // Bytes that are wrong, or that fill the disk, are of no use to the next run.
      if (isUseless || isFull(error)) for (const { path } of targets) await removePartial(path)
      throw error
    } finally {
      ports.progress.end('restoring')
    }
  }

  /** Puts a blob that has arrived where others find it, too. */
  async #keep({ blob, path }: Target, boot: string): Promise<void> {
    const hex = hexOf(blob.digest)
    const own = join(this.#folder, hex)
    await rename(path, own)
    await removePartial(path)
    // By way of another name: what stands in its place was found wrong, or another run has put it there just now.
    const temporary = `${own}.link`
    await link(own, temporary)
    await rename(temporary, this.#blob(hex))
    await rm(temporary, { force: true }) // renaming a link onto the same file leaves both
    await this.#note(hex, await stateOf(own, boot))
  }

  async #note(hex: string, state: Verified): Promise<void> {
    const temporary = join(this.#folder, `${hex}.verified`)
    await writeFile(temporary, JSON.stringify(state), { mode: 0o600 })
    await removeUnlessFile(this.#verified(hex))
    await rename(temporary, this.#verified(hex))
  }

  /** Takes away what was not used for longest, until the missing blobs have room below the bound and on the disk. */
  async #makeRoom(missing: readonly Blob[]): Promise<void> {
    const there = await Promise.all(missing.map(({ digest }) => bytesOnDisk(this.#arriving(hexOf(digest)))))
    const needed = missing.reduce((sum, { size }, at) => sum + Math.max(0, size - (there[at] ?? 0)), 0)
    const known = await this.#content()
    let total = missing.reduce((sum, { size }) => sum + size, 0)
    for (const { size } of known) total += size
    const others = known.filter(({ hex }) => !this.#blobs.has(hex)).sort((a, b) => a.usedMs - b.usedMs)
    const free = async (): Promise<number> => {
      const { bavail, bsize } = await statfs(this.#folder)
      return bavail * bsize
    }
    for (const { hex, folder, size } of others) {
      if (total <= this.#cache.maxBytes && needed <= (await free())) break
      await removePartial(join(folder, hex))
      await rm(this.#verified(hex), { force: true })
      total -= size
    }
    if (needed > (await free())) throw diskFull(this.#cache.folder, `the seed needs ${formatBytes(needed)}`)
  }

  async #content(): Promise<{ hex: string; folder: string; size: number; usedMs: number }[]> {
    const folders = ['partial', 'blobs'].map(name => join(this.#cache.folder, name))
    const lists = await Promise.all(
      folders.map(async folder => {
        const names = (await readdir(folder)).filter(name => /^[0-9a-f]{64}$/.test(name))
        return Promise.all(
          names.map(async hex => {
            const size = await bytesOnDisk(join(folder, hex))
            const usedMs = await stat(this.#verified(hex)).then(
              found => found.mtimeMs,
              () => 0
            )
            return { hex, folder, size, usedMs }
          })
        )
      })
    )
    return lists.flat()
  }

  /** What killed runs have left. */
  async #sweep(): Promise<void> {
    const runs = join(this.#cache.folder, 'runs')
    for (const name of await readdir(runs)) {
      const folder = join(runs, name)
      if (!(await isLeftBehind(name, folder))) continue
      await keepPartials(folder, join(this.#cache.folder, 'partial'))
      await rm(folder, { recursive: true, force: true })
    }
  }

  #blob(hex: string): string {
    return join(this.#cache.folder, 'blobs', hex)
  }

  #verified(hex: string): string {
    return join(this.#cache.folder, 'verified', hex)
  }

  #arriving(hex: string): string {
    return join(this.#folder, `${hex}${ARRIVING_SUFFIX}`)
  }
}

const ARRIVING_SUFFIX = '.part'

/** Moves files that have arrived in part to where the next run looks for them, notes first: alone they do no harm. */
async function keepPartials(run: string, partial: string): Promise<void> {
  const names = await readdir(run).catch(() => [])
  for (const name of names.filter(name => name.endsWith(ARRIVING_SUFFIX))) {
    const kept = join(partial, name.slice(0, -ARRIVING_SUFFIX.length))
    await arrived(rename(join(run, name + NOTES_SUFFIX), kept + NOTES_SUFFIX))
    await arrived(rename(join(run, name), kept))
  }
}

/** Where a file is expected, nothing else is of any use: a link may lead anywhere. */
async function removeUnlessFile(path: string): Promise<void> {
  const isOther = await lstat(path).then(
    found => !found.isFile(),
    () => false
  )
  if (isOther) await rm(path, { recursive: true, force: true })
}

/** Of a partial file, what is on the disk: it may have holes. */
function bytesOnDisk(path: string): Promise<number> {
  return stat(path).then(
    found => Math.min(found.size, found.blocks * 512),
    () => 0
  )
}

/** Whether it could be done, since what it is done with was there. */
async function arrived(done: Promise<void>): Promise<boolean> {
  try {
    await done
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}

async function stateOf(file: string, boot: string): Promise<Verified> {
  const { ino, mtimeNs, size } = await stat(file, { bigint: true })
  return { boot, inode: String(ino), modified: String(mtimeNs), size: Number(size) }
}

async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
}

const AT_ONCE = 8

async function inParallel<T>(items: readonly T[], action: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items]
  const work = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await action(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}

function hexOf(digest: Digest): string {
  return checkedDigest(digest).slice('sha256:'.length)
}
