import { createReadStream } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { copyFile, link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { SeedError, systemCode } from '../errors.ts'
import { silentLog } from '../ports.ts'
import type { Log } from '../ports.ts'
import { attachArtifacts } from './artifact.ts'
import { checkedDigest, digestOf, Hasher, isDigest, verified } from './digest.ts'
import { withLock } from './index-lock.ts'
import { checkedTag } from './name.ts'
import { findEntry, listed } from './layout-index.ts'
import { layoutEntries, withoutReferrers } from './layout-referrers.ts'
import { describeManifest, MANIFEST_BYTES, parseManifest, tooLarge } from './manifest.ts'
import { describeReferrers } from './referrers.ts'
import { MEDIA_TYPE } from './types.ts'
import type {
  Artifact,
  Attached,
  ByteRange,
  Descriptor,
  Digest,
  Index,
  PassedOver,
  RawManifest,
  Repository
} from './types.ts'

const LAYOUT = JSON.stringify({ imageLayoutVersion: '1.0.0' })
const TEMPORARY = '.tmp-'
// What was not written to for so long belongs to a process that was killed.
const LEFT_BEHIND_MS = 60 * 60 * 1000
const READ_BYTES = 256 * 1024

interface Blob {
  digest: Digest
  size: number
}

/**
 * An image layout on disk: https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 *
 * Blobs appear under their names complete or not at all. They are not synced one by one: a blob that a power cut has
 * torn has another size, or fails its digest when it is read, and is written again by the next publish. `index.json`,
 * whose loss would lose every image, is synced before it takes the place of the old one, under a lock.
 */
export class LayoutRepository implements Repository {
  readonly name: string
  readonly #directory: string
  readonly #signal: AbortSignal | undefined
  readonly #log: Log
  #prepared?: Promise<void>

  constructor(directory: string, options: { signal?: AbortSignal; log?: Log } = {}) {
    this.name = `oci:${directory}`
    this.#directory = resolve(directory)
    this.#signal = options.signal
    this.#log = options.log ?? silentLog
  }

  async headBlob(digest: Digest): Promise<number | undefined> {
    return this.#guarded(() => sizeOf(this.#path(digest)))
  }

  /** A blob that is there is read and hashed, which takes less time than to write it again, and heals a damaged one. */
  async putBlob(blob: Blob, source: () => AsyncIterable<Uint8Array>): Promise<'uploaded' | 'present'> {
    return this.#guarded(async () => {
      if (await this.#holds(this.#path(blob.digest), blob)) return 'present'
      await this.#write(verified(source(), blob), () => blob.digest)
      return 'uploaded'
    })
  }

  async putStream(source: () => AsyncIterable<Uint8Array>): Promise<Blob> {
    return this.#guarded(async () => {
      const hasher = new Hasher()
      const digest = await this.#write(hasher.through(source()), () => hasher.result().digest)
      return { digest, size: hasher.size }
    })
  }

  /** `fromRepository` is the folder of another image layout, with or without `oci:`. */
  async mountBlob(digest: Digest, fromRepository: string): Promise<boolean> {
    return this.#guarded(async () => {
      const from = blobPath(resolve(fromRepository.replace(/^oci:/, '')), digest)
      const size = await sizeOf(from)
      if (size === undefined || !(await this.#holds(from, { digest, size }))) return false
      await this.#prepare()
      const temporary = this.#temporary()
      try {
        await link(from, temporary).catch(() => copyFile(from, temporary)) // another file system, or no links at all
        await rename(temporary, this.#path(digest))
        return true
      } finally {
        await rm(temporary, { force: true }) // renaming a link onto the same file leaves both
      }
    })
  }

  async *getBlob(blob: Blob): AsyncGenerator<Uint8Array, void, void> {
    const path = this.#path(blob.digest)
    try {
      yield* verified(createReadStream(path, { highWaterMark: READ_BYTES, ...this.#abortable() }), blob)
    } catch (error) {
      throw this.#failure(error, path)
    }
  }

  /** What is on this disk is read from it. */
  async locate(): Promise<undefined> {
    return undefined
  }

  async *getRange(blob: Blob, { start, end }: ByteRange): AsyncGenerator<Uint8Array, void, void> {
    const path = this.#path(blob.digest)
    try {
      if (end > start) {
        yield* createReadStream(path, { start, end: end - 1, highWaterMark: READ_BYTES, ...this.#abortable() })
      }
    } catch (error) {
      throw this.#failure(error, path)
    }
  }

  async getManifest(reference?: string): Promise<RawManifest | undefined> {
    return this.#guarded(async () => {
      const { manifests } = await this.#readIndex()
      const entry = reference === undefined ? await this.#only(manifests) : findEntry(manifests, reference)
      const digest = entry?.digest ?? reference
      if (digest === undefined || !isDigest(digest)) return undefined
      const path = this.#path(digest)
      const size = await sizeOf(path)
      if (size === undefined) return undefined
      if (size > MANIFEST_BYTES) throw tooLarge(digest, MANIFEST_BYTES, path)
      return describeManifest(await readFile(path), digest, entry?.mediaType, path)
    })
  }

  /** Without tags a manifest is listed as well, until an index lists it: a layout has no other way to name it. */
  async putManifest(bytes: Buffer, mediaType: string, tags: readonly string[] = []): Promise<Descriptor> {
    return this.#guarded(async () => {
      tags.forEach(checkedTag)
      const descriptor: Descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length }
      const children = (parseManifest(bytes, descriptor.digest).manifests ?? []) as Descriptor[]
      await this.#write(once(bytes), () => descriptor.digest)
      await withLock(
        join(this.#directory, 'index.json.lock'),
        async () => {
          const index = await this.#readIndex()
          await this.#replace(
            'index.json',
            JSON.stringify({ ...index, manifests: listed(index.manifests, descriptor, tags, children) })
          )
        },
        this.#signal
      )
      return descriptor
    })
  }

  /** Each is listed in `index.json`, as every manifest that no index lists: that is where others look for referrers. */
  async attach(subject: Pick<Descriptor, 'digest'>, artifacts: readonly Artifact[]): Promise<Attached[]> {
    return attachArtifacts(this, subject, artifacts, async (_, referrers) => {
      for (const { bytes, descriptor } of referrers) await this.putManifest(bytes, descriptor.mediaType)
    })
  }

  async referrers(subject: Digest, artifactType?: string, passedOver?: PassedOver): Promise<Descriptor[]> {
    const { manifests } = await this.#guarded(() => this.#readIndex())
    const entries = await layoutEntries(this, manifests, checkedDigest(subject))
    return describeReferrers(this, entries, { subject, artifactType, passedOver, isMixed: true }, this.#log)
  }

  async close(): Promise<void> {}

  async #only(all: Descriptor[]): Promise<Descriptor> {
    const manifests = all.length > 1 ? await withoutReferrers(this, all) : all
    const digests = new Set(manifests.map(({ digest }) => digest))
    const [first] = manifests
    if (first !== undefined && digests.size === 1) return first
    throw new SeedError(
      'REFERENCE_INVALID',
      digests.size === 0 ? 'the image layout holds no image' : 'the image layout holds several images',
      {
        resource: this.name,
        hint: digests.size === 0 ? 'Publish to it first.' : `Name one: ${this.name}:TAG or ${this.name}@sha256:…`
      }
    )
  }

  async #holds(path: string, blob: Blob): Promise<boolean> {
    if ((await sizeOf(path)) !== blob.size) return false
    const hasher = new Hasher()
    const chunks: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: READ_BYTES, ...this.#abortable() })
    for await (const chunk of chunks) hasher.update(chunk)
    return hasher.result().digest === blob.digest
  }

  /** Writes a blob under a temporary name in the same folder; it gets its own name, asked for at the end, once it is whole. */
  async #write(source: AsyncIterable<Uint8Array>, digest: () => Digest): Promise<Digest> {
    await this.#prepare()
    const temporary = this.#temporary()
    try {
      const file = await open(temporary, 'wx', 0o644)
      try {
        for await (const chunk of sourced(source)) {
          this.#signal?.throwIfAborted()
          for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten
        }
      } finally {
        await file.close()
      }
      const name = digest()
      await rename(temporary, this.#path(name))
      return name
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
  }

  async #replace(name: string, text: string): Promise<void> {
    const temporary = join(this.#directory, `${TEMPORARY}${randomUUID()}`)
    try {
      const file = await open(temporary, 'wx', 0o644)
      try {
        await file.writeFile(text)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(temporary, join(this.#directory, name))
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
    const folder = await open(this.#directory, 'r')
    await folder.sync().finally(() => folder.close())
  }

  async #readIndex(): Promise<Index> {
    const path = join(this.#directory, 'index.json')
    const empty: Index = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [] }
    const bytes = await readFile(path).catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return undefined
      throw error
    })
    if (!bytes) return empty
    const index = parseManifest(bytes, 'index.json', path)
    if (!Array.isArray(index.manifests))
      throw new SeedError('CONTENT_INVALID', 'index.json lists no manifests', { resource: path })
    return { ...empty, ...index }
  }

  /** Makes the folder an image layout, once. */
  #prepare(): Promise<void> {
    return (this.#prepared ??= (async () => {
      await mkdir(this.#directory, { recursive: true })
      const marker = await readFile(join(this.#directory, 'oci-layout'), 'utf8').catch(() => undefined)
      if (marker === undefined) {
        await this.#refuseForeign()
        await this.#replace('oci-layout', LAYOUT)
      }
      const blobs = join(this.#directory, 'blobs', 'sha256')
      await mkdir(blobs, { recursive: true })
      await removeLeftBehind(blobs)
      await removeLeftBehind(this.#directory)
    })())
  }

  /** A home folder that is named by mistake does not become an image layout. */
  async #refuseForeign(): Promise<void> {
    const own = new Set(['oci-layout', 'blobs', 'index.json', 'index.json.lock'])
    const foreign = (await readdir(this.#directory)).find(name => !own.has(name) && !name.startsWith(TEMPORARY))
    if (foreign === undefined) return
    throw new SeedError('REFERENCE_INVALID', 'the folder holds other things than an image layout', {
      resource: this.#directory,
      hint: 'Name a new or an empty folder.'
    })
  }

  #path(digest: Digest): string {
    return blobPath(this.#directory, digest)
  }

  #temporary(): string {
    return join(this.#directory, 'blobs', 'sha256', `${TEMPORARY}${randomUUID()}`)
  }

  #abortable(): { signal?: AbortSignal } {
    return this.#signal ? { signal: this.#signal } : {}
  }

  async #guarded<T>(action: () => Promise<T>): Promise<T> {
    try {
      this.#signal?.throwIfAborted()
      return await action()
    } catch (error) {
      throw this.#failure(error, this.#directory)
    }
  }

  #failure(error: unknown, resource: string): unknown {
    if (error instanceof SourceFailure) return error.cause
    if (error instanceof SeedError) return error
    if (this.#signal?.aborted) return new SeedError('INTERRUPTED', 'interrupted', { resource: this.name, cause: error })
    const code = systemCode(error)
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      const hint = 'Free some space, or name a folder on another disk, and run it again: what was complete is kept.'
      return new SeedError('DISK_FULL', 'no space is left for the image layout', { resource, hint, cause: error })
    }
    if (code === 'ENOENT')
      return new SeedError('NOT_FOUND', 'the image layout holds no such blob', { resource, cause: error })
    return new SeedError('FILE_SYSTEM', (error as Error).message, { resource, cause: error })
  }
}

function blobPath(directory: string, digest: Digest): string {
  return join(directory, 'blobs', 'sha256', checkedDigest(digest).slice('sha256:'.length))
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path)
    return found.isFile() ? found.size : undefined
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined
    throw error
  }
}

/** Marks what the source of a blob throws: it is for its owner to explain, and no failure of the layout. */
class SourceFailure extends Error {}

async function* sourced(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* source
  } catch (cause) {
    throw new SourceFailure('', { cause })
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  yield bytes
}

async function removeLeftBehind(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.startsWith(TEMPORARY)) continue
    const path = join(directory, name)
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0
    )
    if (age > LEFT_BEHIND_MS) await rm(path, { force: true })
  }
}
