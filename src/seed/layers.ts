import { availableParallelism } from 'node:os'
import { SeedError } from '../errors.ts'
import type { PathInfo } from '../nix/closure.ts'
import type { Descriptor, Repository } from '../oci/types.ts'
import type { Ports } from '../ports.ts'
import type { SeedContents, SeedImage } from './image.ts'
import { nameOf } from './stage.ts'
import { Unpacker } from './unpacker.ts'

/** Threads at most: each takes some 30 MB, and a single one fetches and hashes for all of them. */
const MAX_THREADS = 3

interface Job {
  layer: Descriptor
  /** Names of all store paths that the layer has, wanted or not. */
  names: ReadonlySet<string>
}

/**
 * Streams every layer that holds a wanted path into the stage, several at a time.
 *
 * @returns the bytes that were fetched, and how many layers
 * @throws SeedError CONTENT_INVALID where the layers do not hold what the table says; what the repository throws; the
 *   signal's reason
 */
export async function fetchLayers(
  image: SeedImage,
  repository: Repository,
  seed: SeedContents,
  wanted: readonly PathInfo[],
  stage: string,
  ports: Ports
): Promise<{ bytes: number; layers: number }> {
  const wantedNames = new Set(wanted.map(info => nameOf(info.path)))
  const queue = layerJobs(image, seed, wantedNames)
  const layers = queue.length
  const total = queue.reduce((sum, { layer }) => sum + layer.size, 0)
  let done = 0
  const missing = new Set(wantedNames)
  const abort = new AbortController()
  const signal = AbortSignal.any([ports.signal, abort.signal])
  async function* fetched(layer: Descriptor): AsyncGenerator<Uint8Array> {
    for await (const piece of repository.getBlob(layer)) {
      done += piece.byteLength
      ports.progress.update('restoring', done, total)
      yield piece
    }
  }
  const work = async (unpacker: Unpacker): Promise<void> => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      signal.throwIfAborted()
      const { layer, names } = job
      const wanted = new Set([...names].filter(name => wantedNames.has(name)))
      const task = { mediaType: layer.mediaType, expected: names, wanted, folder: stage }
      for (const name of await unpacker.unpack(task, fetched(layer), signal)) missing.delete(name)
    }
  }
  const threads = Math.min(Math.max(2, availableParallelism()), MAX_THREADS, queue.length)
  const unpackers = Array.from({ length: threads }, () => new Unpacker())
  const works = unpackers.map(unpacker =>
    work(unpacker).catch((error: unknown) => {
      abort.abort(error)
    })
  )
  await Promise.all(works)
  await Promise.all(unpackers.map(unpacker => unpacker.close()))
  ports.progress.end('restoring')
  ports.signal.throwIfAborted()
  if (abort.signal.aborted) throw abort.signal.reason
  if (missing.size > 0) {
    throw new SeedError('CONTENT_INVALID', `the layers do not hold ${[...missing][0]} (and ${missing.size - 1} more)`, {
      resource: repository.name,
      hint: 'The image is damaged; publish the seed again.'
    })
  }
  return { bytes: done, layers }
}

/** The layers with a wanted path, largest first, so that the last one to end is a small one. */
function layerJobs(image: SeedImage, seed: SeedContents, wanted: ReadonlySet<string>): Job[] {
  const names = new Map<number, Set<string>>()
  const needed = new Set<number>()
  for (const [path, layer] of seed.layerOf) {
    const known = names.get(layer) ?? new Set<string>()
    names.set(layer, known.add(nameOf(path)))
    if (wanted.has(nameOf(path))) needed.add(layer)
  }
  return [...needed]
    .flatMap(at => {
      const layer = image.layers[at]
      return layer === undefined ? [] : [{ layer, names: names.get(at) ?? new Set<string>() }]
    })
    .sort((a, b) => b.layer.size - a.layer.size)
}
