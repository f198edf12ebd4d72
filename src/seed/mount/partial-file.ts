/**
 * A blob on its way to disk, in segments that arrive side by side. What has arrived is noted beside it, so that the next
 * run goes on where a killed one stopped; whether the bytes are right, the digest tells in the end.
 */
import { open, readFile, rm, type FileHandle } from 'node:fs/promises'
import { systemCode } from '../../errors.ts'
import type { Located, Received } from '../../http/receiver.ts'
import type { Digest } from '../../oci/types.ts'
import type { FollowedFile, Hashing } from './hashing.ts'
import type { Receiving } from './receiving.ts'

export interface Blob {
  digest: Digest
  size: number
}

const WRITE_BYTES = 1024 * 1024
/** So much is fetched again, at most, for each connection of a killed run. */
const NOTE_BYTES = 8 * 1024 * 1024

export const NOTES_SUFFIX = '.notes'

export interface Target {
  blob: Blob
  /** Where it is written. What an earlier run has left there is gone on with. */
  path: string
}

export interface Segment {
  start: number
  end: number
  /** Bytes before this one are in the file. */
  written: number
}

export class PartialFile {
  readonly path: string
  readonly segments: Segment[]
  /** Bytes that were there when it was opened. */
  readonly found: number
  readonly #blob: Blob
  readonly #file: FileHandle
  readonly #notes: FileHandle
  readonly #hashing: Hashing
  #hash: FollowedFile | undefined
  #digest: Digest | undefined

  private constructor(
    { blob, path }: Target,
    [file, notes]: readonly [FileHandle, FileHandle],
    hashing: Hashing,
    segments: Segment[]
  ) {
    this.path = path
    this.#blob = blob
    this.#file = file
    this.#notes = notes
    this.#hashing = hashing
    this.segments = segments
    this.found = this.segments.reduce((sum, { start, written }) => sum + written - start, 0)
  }

  /** Opens what an earlier run has left, also one with segments of another size, or begins. */
  static async open(target: Target, segmentBytes: number, hashing: Hashing): Promise<PartialFile> {
    const { blob, path } = target
    const found = await unlessMissing(open(path, 'r+'))
    const noted = found && (await unlessMissing(readFile(path + NOTES_SUFFIX, 'utf8')))
    const file = found ?? (await open(path, 'w+', 0o600))
    try {
      const notes = await open(path + NOTES_SUFFIX, 'a', 0o600)
      if (noted === undefined) await notes.truncate(0)
      let { size } = await file.stat()
      // Of something else: nothing would take away what is too much.
      if (size > blob.size) await file.truncate((size = 0))
      const segments = segmentsOf(blob.size, segmentBytes, noted ?? '', size)
      return new PartialFile(target, [file, notes], hashing, segments)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  get isComplete(): boolean {
    return this.segments.every(({ end, written }) => written === end)
  }

  /** Writes what comes into a segment, in large pieces. */
  async write(segment: Segment, bytes: AsyncIterable<Uint8Array>, onBytes: (count: number) => void): Promise<void> {
    let pieces: Uint8Array[] = []
    let size = 0
    let noted = segment.written
    let writing = Promise.resolve()
    const flush = async (): Promise<void> => {
      await writing
      const [batch, count] = [pieces, size]
      pieces = []
      size = 0
      writing = this.#append(segment, batch, count)
      writing.catch(() => {}) // it is awaited with the next piece
    }
    try {
      for await (const piece of bytes) {
        pieces.push(piece)
        size += piece.length
        onBytes(piece.length)
        if (size < WRITE_BYTES) continue
        await flush()
        if (segment.written - noted < NOTE_BYTES) continue
        noted = segment.written
        await this.#note(segment)
      }
    } finally {
      await flush()
      await writing
      await this.#note(segment)
    }
  }

  /**
   * Has what a segment lacks received, as far as that goes, and notes how far. Of a file that is received in one go the
   * digest is known at once.
   */
  async receive(
    segment: Segment,
    from: Located,
    receiving: Receiving,
    signal: AbortSignal,
    onBytes: (count: number) => void
  ): Promise<Received> {
    const { size } = this.#blob
    const { written: start, end } = segment
    const isHashed = start === 0 && end === size
    const came = (count: number): void => {
      segment.written += count
      onBytes(count)
      if (!isHashed) this.#follow()
    }
    let noting = Promise.resolve()
    const onCame = (count: number): void => {
      came(count)
      noting = noting.then(() => this.#note(segment))
      noting.catch(() => {}) // it is awaited in the end
    }
    try {
      const order = { from, size, start, end, file: this.path, isHashed }
      const received = await receiving.receive(order, onCame, signal)
      came(start + received.bytes - segment.written)
      if (received.hex !== undefined) this.#digest = `sha256:${received.hex}`
      return received
    } finally {
      await noting
      await this.#note(segment)
    }
  }

  /** Forgets all that has arrived. */
  async restart(): Promise<void> {
    await this.#notes.truncate(0)
    await this.#file.truncate(0)
    for (const segment of this.segments) segment.written = segment.start
    this.#hash = undefined
    this.#digest = undefined
  }

  /** The digest of the complete file. */
  async digest(): Promise<Digest> {
    return this.#digest ?? (this.#hash ??= this.#hashing.follow(this.path)).finish(this.#blob.size)
  }

  async close(): Promise<void> {
    await this.#file.close()
    await this.#notes.close()
  }

  async #append(segment: Segment, pieces: readonly Uint8Array[], count: number): Promise<void> {
    if (count === 0) return
    if (segment.written + count > segment.end) throw new Error('more bytes came than were asked for')
    const { bytesWritten } = await this.#file.writev([...pieces], segment.written)
    if (bytesWritten < count) {
      const rest = Buffer.concat(pieces).subarray(bytesWritten)
      for (let at = 0; at < rest.length;) {
        at += (await this.#file.write(rest, at, rest.length - at, segment.written + bytesWritten + at)).bytesWritten
      }
    }
    segment.written += count
    this.#follow()
  }

  /** Has the hash follow what is written from the beginning on. */
  #follow(): void {
    this.#hash ??= this.#hashing.follow(this.path)
    this.#hash.advance(this.#prefix())
  }

  async #note({ start, written }: Segment): Promise<void> {
    await this.#notes.write(`${start} ${written}\n`)
  }

  /** Bytes from the beginning on that are all there. */
  #prefix(): number {
    for (const { end, written } of this.segments) if (written < end) return written
    return this.#blob.size
  }
}

/** Removes a file with its notes. */
export async function removePartial(path: string): Promise<void> {
  for (const each of [path, path + NOTES_SUFFIX]) await rm(each, { recursive: true, force: true })
}

/**
 * @param noted lines of a segment's start and how far it was written; the last one may be torn
 * @param there size of the file: a power cut may take bytes of it and leave the notes
 */
function segmentsOf(size: number, segmentBytes: number, noted: string, there: number): Segment[] {
  const written = new Map<number, number>()
  for (const line of noted.split('\n').slice(0, -1)) {
    const [start, end] = line.split(' ').map(Number)
    if (Number.isSafeInteger(start) && Number.isSafeInteger(end)) written.set(start ?? 0, end ?? 0)
  }
  return Array.from({ length: Math.ceil(size / segmentBytes) }, (_, at) => {
    const start = at * segmentBytes
    const end = Math.min(size, start + segmentBytes)
    return { start, end, written: Math.min(end, Math.max(start, Math.min(there, written.get(start) ?? start))) }
  })
}

async function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  return found.catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  })
}
