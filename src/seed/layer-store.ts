/**
 * Stores layers straight from the Nix store in a repository: tar, hash, compress, hash, send, all at once and several layers
 * side by side. There is no tarball on disk, and memory holds a few pieces a layer. An EROFS image cannot be written in
 * one go, so it is in a temporary folder until it is sent.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hasher } from '../oci/digest.ts'
import { MEDIA_TYPE, type Descriptor, type Digest, type Repository } from '../oci/types.ts'
import type { Ports } from '../ports.ts'
import { zstd } from './compress.ts'
import { startErofs, type ErofsMaking, type ErofsTool } from './erofs.ts'
import { ANNOTATION_CONTENT, ANNOTATION_LAYER_KEY } from './image.ts'
import type { Layer } from './layer-content.ts'
import { recall, type LayerMemo } from './memo.ts'
import { tarStream } from './tree.ts'

export interface StoredLayer {
  descriptor: Descriptor
  /** Digest of the layer without compression. */
  diffId: Digest
  /** The same as an EROFS image. */
  erofs?: Descriptor
  /** It was known already, and nothing was made or sent. */
  isKnown: boolean
}

export interface Packing {
  repository: Repository
  /** The program that compresses ordinary layers. */
  zstd: string
  /** Absent where there are to be no EROFS layers. */
  erofs?: ErofsTool | undefined
  /** Layers that the repository has already. */
  memo: LayerMemo
}

/** Stores all layers, the heaviest first so that none is left for the end alone. They come back in the given order. */
export async function storeLayers(layers: readonly Layer[], packing: Packing, ports: Ports): Promise<StoredLayer[]> {
  const total = layers.reduce((sum, layer) => sum + layer.weight, 0)
  let done = 0
  const stored: StoredLayer[] = []
  const queue = layers
    .map((layer, at) => ({ layer, at }))
    .sort((a, b) => b.layer.weight - a.layer.weight || a.at - b.at)
  // One failure ends the others too, before the error is reported.
  const abort = new AbortController()
  const signal = AbortSignal.any([ports.signal, abort.signal])
  const folder = packing.erofs && (await mkdtemp(join(tmpdir(), 'nix-seed-erofs-')))
  const work = async (): Promise<void> => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      signal.throwIfAborted()
      const { layer, at } = job
      let reported = 0
      const file = folder && join(folder, String(at))
      stored[at] = await storeLayer(layer, packing, file, signal, bytes => {
        done += bytes - reported
        reported = bytes
        ports.progress.update('packing', Math.min(done, total), total)
      })
    }
  }
  const workers = Array.from({ length: Math.min(availableParallelism(), 8, layers.length) }, () =>
    work().catch((error: unknown) => {
      abort.abort(error)
      throw error
    })
  )
  const results = await Promise.allSettled(workers)
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  ports.progress.end('packing')
  ports.signal.throwIfAborted()
  // The first failure is the reason of the abort; the others are its echo.
  if (results.some(result => result.status === 'rejected')) throw abort.signal.reason
  return stored
}

/**
 * @param file where an EROFS image goes until it is sent; it is gone afterwards
 * @param onBytes takes how much of the layer's weight is done
 */
async function storeLayer(
  layer: Layer,
  packing: Packing,
  file: string | undefined,
  signal: AbortSignal,
  onBytes: (done: number) => void
): Promise<StoredLayer> {
  const { erofsKey, weight } = layer
  const { repository, memo, ...tools } = packing
  const known = await recallLayer(layer, memo, repository)
  if (known) {
    onBytes(weight)
    return known
  }
  let diffId: Digest | undefined
  let making: ErofsMaking | undefined
  async function* content(): AsyncGenerator<Buffer> {
    diffId = undefined
    await making?.stop() // of a try that the registry did not take
    if (tools.erofs && file !== undefined && erofsKey !== undefined) {
      making = startErofs(file, erofsKey, tools.erofs, signal)
    }
    const hash = createHash('sha256')
    let bytes = 0
    for await (const piece of tarStream(layer.members())) {
      hash.update(piece)
      bytes += piece.length
      onBytes(Math.min(bytes, weight) * (making ? 0.5 : 1))
      const taken = making?.write(piece)
      taken?.catch(() => {})
      yield piece
      await taken
    }
    diffId = `sha256:${hash.digest('hex')}`
  }
  try {
    const blob = await repository.putStream(() => zstd(content(), tools.zstd, signal))
    await making?.end()
    const image = making && file !== undefined ? await storeFile(file, repository) : undefined
    onBytes(weight)
    if (diffId === undefined) throw new Error('a layer was stored without having been read') // cannot happen
    return {
      diffId,
      isKnown: false,
      descriptor: describe(MEDIA_TYPE.layerTarZstd, blob, layer.label, layer.key),
      ...(image && erofsKey !== undefined && { erofs: describe(MEDIA_TYPE.erofsLayer, image, layer.label, erofsKey) })
    }
  } finally {
    await making?.stop()
    if (file !== undefined) await rm(file, { force: true })
  }
}

/** A layer that is known in every form in which it is wanted. */
async function recallLayer(layer: Layer, memo: LayerMemo, repository: Repository): Promise<StoredLayer | undefined> {
  const { label, key, erofsKey } = layer
  const ordinary = await recall(memo, key, repository)
  const image = ordinary && erofsKey !== undefined ? await recall(memo, erofsKey, repository) : undefined
  if (!ordinary || (erofsKey !== undefined && !image)) return undefined
  return {
    diffId: ordinary.diffId,
    isKnown: true,
    descriptor: describe(MEDIA_TYPE.layerTarZstd, ordinary, label, key),
    ...(image && erofsKey !== undefined && { erofs: describe(MEDIA_TYPE.erofsLayer, image, label, erofsKey) })
  }
}

interface Blob {
  digest: Digest
  size: number
}

/** In this order, whatever repository it is: the manifest's digest depends on it. */
function describe(mediaType: string, { digest, size }: Blob, label: string, key: string): Descriptor {
  return { mediaType, digest, size, annotations: { [ANNOTATION_CONTENT]: label, [ANNOTATION_LAYER_KEY]: key } }
}

async function storeFile(file: string, repository: Repository): Promise<Blob> {
  const open = (): AsyncIterable<Buffer> => createReadStream(file, { highWaterMark: READ_BYTES })
  const hasher = new Hasher()
  for await (const piece of open()) hasher.update(piece)
  const blob = hasher.result()
  await repository.putBlob(blob, open)
  return blob
}

const READ_BYTES = 1024 * 1024
