/** One layer's archive, from its compressed bytes to store paths on a stage. Runs in a thread of its own (`seed/unpacker`). */
import {
  chmodSync,
  closeSync,
  fchmodSync,
  futimesSync,
  lutimesSync,
  mkdirSync,
  openSync,
  symlinkSync,
  utimesSync,
  writeSync
} from 'node:fs'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { pipeline } from 'node:stream/promises'
import type { Readable, Transform } from 'node:stream'
import { SeedError } from '../errors.ts'
import { MEDIA_TYPE } from '../oci/types.ts'
import { readTar, type TarMember, type TarSink } from '../oci/untar.ts'

const STORE_PREFIX = 'nix/store/'
/** The Nix store's modification time, in seconds: one for everything. */
const STORE_TIME = 1
/** Each piece costs a way to another thread and back; Node.js's own 16 KiB take half as long again. */
const CHUNK_BYTES = 256 * 1024

/** What is made of one layer. */
export interface UnpackTask {
  mediaType: string
  /** Names of the store paths that the layer may hold. */
  expected: ReadonlySet<string>
  /** Names of those that are written; the others are read past. */
  wanted: ReadonlySet<string>
  /** Where a path becomes `folder/NAME`. */
  folder: string
}

/**
 * Unpacks `layer`, which whoever sends it has to compare with its digest.
 *
 * @returns names of the store paths that were written
 * @throws SeedError CONTENT_INVALID for members that do not belong there, or what the disk or the decompressor throws
 */
export async function unpackLayer(layer: Readable, task: UnpackTask): Promise<Set<string>> {
  const sink = new StoreSink(task.folder, task.expected, task.wanted)
  const read = (tar: AsyncIterable<Uint8Array>): Promise<void> => readTar(released(tar), sink)
  const decompress = decompressor(task.mediaType)
  try {
    if (decompress) await pipeline(layer, decompress, read)
    else await pipeline(layer, read)
  } finally {
    sink.close()
  }
  return sink.written
}

/**
 * Passes `pieces` on, and gives each piece's memory back as soon as it was used. Left to the garbage collector, which
 * counts only what it manages itself, some 60 MB would gather in each thread.
 */
export async function* released(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    yield piece
    const { buffer, byteOffset, byteLength } = piece
    // A decompressor fills its memory in several pieces and takes new memory after the one that ends it.
    if (buffer instanceof ArrayBuffer && byteOffset + byteLength === buffer.byteLength) buffer.transfer(0)
  }
}

function decompressor(mediaType: string): Transform | undefined {
  switch (mediaType) {
    case MEDIA_TYPE.layerTarZstd:
      return createZstdDecompress({ chunkSize: CHUNK_BYTES })
    case MEDIA_TYPE.layerTarGzip:
      return createGunzip({ chunkSize: CHUNK_BYTES })
    case MEDIA_TYPE.layerTar:
      return undefined
    default:
      throw new SeedError('CONTENT_INVALID', `layers of type ${mediaType} cannot be unpacked`)
  }
}

/**
 * Writes members with plain synchronous calls: most files of a store are small, and a round trip through the thread pool
 * for each costs more than the write.
 */
class StoreSink implements TarSink {
  readonly written = new Set<string>()
  readonly #folder: string
  readonly #expected: ReadonlySet<string>
  readonly #wanted: ReadonlySet<string>
  /** Folders that this layer made, by archive path: nothing is ever written through anything else, such as a link. */
  readonly #folders = new Map<string, Buffer>()
  #file: number | undefined
  #mode = 0

  constructor(folder: string, expected: ReadonlySet<string>, wanted: ReadonlySet<string>) {
    this.#folder = folder
    this.#expected = expected
    this.#wanted = wanted
  }

  begin(member: TarMember): void {
    // latin1 keeps bytes as they are, whatever their encoding
    const path = member.path.toString('latin1')
    if (path === 'nix' || path === 'nix/store') return
    const parts = path.startsWith(STORE_PREFIX) ? path.slice(STORE_PREFIX.length).split('/') : []
    const name = parts[0] ?? ''
    if (!this.#expected.has(name) || parts.some(part => part === '' || part === '.' || part === '..')) {
      throw unexpected(path, 'it does not belong to the store paths of its layer')
    }
    if (!this.#wanted.has(name)) return
    const target = this.#target(path, parts)
    if (parts.length === 1) this.written.add(name)
    this.#mode = member.mode & 0o111 ? 0o555 : 0o444
    switch (member.type) {
      case 'directory':
        mkdirSync(target, 0o700)
        this.#folders.set(path, target)
        break
      case 'symlink':
        symlinkSync(member.target, target)
        lutimesSync(target, STORE_TIME, STORE_TIME)
        break
      case 'file':
        this.#file = openSync(target, 'wx', 0o600)
        break
      default:
        throw unexpected(path, 'the Nix store holds only files, directories and symbolic links')
    }
  }

  data(piece: Buffer): void {
    if (this.#file === undefined) return
    for (let at = 0; at < piece.length;) at += writeSync(this.#file, piece, at)
  }

  end(): void {
    if (this.#file === undefined) return
    fchmodSync(this.#file, this.#mode)
    futimesSync(this.#file, STORE_TIME, STORE_TIME)
    closeSync(this.#file)
    this.#file = undefined
  }

  /** Gives folders their final times and modes; not before, since writing into them changes both. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
    for (const [path, target] of this.#folders) {
      utimesSync(target, STORE_TIME, STORE_TIME)
      // The top one stays writable until it stands in the store: moving a folder needs that right.
      if (path.lastIndexOf('/') >= STORE_PREFIX.length) chmodSync(target, 0o555)
    }
    this.#folders.clear()
  }

  #target(path: string, parts: readonly string[]): Buffer {
    const leaf = Buffer.from(parts.at(-1) ?? '', 'latin1')
    if (parts.length === 1) return Buffer.concat([Buffer.from(`${this.#folder}/`), leaf])
    const parent = this.#folders.get(path.slice(0, path.lastIndexOf('/')))
    if (!parent) throw unexpected(path, 'its folder does not precede it')
    return Buffer.concat([parent, Buffer.from('/'), leaf])
  }
}

function unexpected(path: string, why: string): SeedError {
  return new SeedError('CONTENT_INVALID', `a layer holds ${JSON.stringify(path)}: ${why}`, {
    hint: 'The image was not made by `nix-seed publish`; do not use it.'
  })
}
