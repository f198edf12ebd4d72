/** Packs a seed into a repository: its layers, then the documents that name them, the index last. */
import type { PathInfo } from '../nix/closure.ts'
import { digestOf } from '../oci/digest.ts'
import {
  MEDIA_TYPE,
  type Descriptor,
  type Digest,
  type Index,
  type Manifest,
  type Platform,
  type Repository
} from '../oci/types.ts'
import type { Ports } from '../ports.ts'
import { ociPlatform, type SeedDescriptor } from './descriptor.ts'
import { erofsTool, type Format } from './erofs.ts'
import * as image from './image.ts'
import { composeLayers } from './layer-content.ts'
import { storeLayers } from './layer-store.ts'
import { NO_MEMO, type LayerMemo } from './memo.ts'

export interface PackOptions {
  /** What the seed was built from (see ANNOTATION_IDENTITY). */
  identity: string
  /** Hexadecimal digest of the lock; absent where the flake has none. */
  lockKey?: string
  labels?: Record<string, string>
  tags?: readonly string[]
  /** Default: with EROFS layers where the descriptor's program can make them. */
  format?: Format
  /** Layers of earlier seeds of the repository, which are taken over. Default: none. */
  memo?: LayerMemo
}

export interface PackedSeed {
  /** The image index: its digest is the seed's identity. */
  index: Descriptor
  layers: Descriptor[]
  /** How many of the layers were known already: nothing was made or sent for them. */
  knownLayers: number
  /** NAR bytes of the closure. */
  narBytes: number
  /** Compressed bytes of all layers. */
  layerBytes: number
  /** Bytes of the EROFS layers; 0 where there are none. */
  erofsBytes: number
}

/**
 * Packs the closure of a descriptor and pushes it. The index is written last, so that an interrupted run leaves no tag
 * and no index behind, only blobs that the next run or the registry's clean-up takes care of.
 *
 * @param closure every path of the seed, sorted, closed under references
 * @throws SeedError of the store, the compressor or the repository
 */
export async function packSeed(
  descriptor: SeedDescriptor,
  roots: readonly string[],
  closure: readonly PathInfo[],
  repository: Repository,
  options: PackOptions,
  ports: Ports
): Promise<PackedSeed> {
  const platform = ociPlatform(descriptor.system)
  const { zstd, 'erofs-utils': mkfs } = descriptor.tools
  const erofs = await erofsTool(mkfs, options.format, ports)
  const layers = await composeLayers(descriptor, roots, closure, erofs)
  const stored = await storeLayers(layers, { repository, zstd, erofs, memo: options.memo ?? NO_MEMO }, ports)
  ports.signal.throwIfAborted()

  const labels = { ...descriptor.config.Labels, ...options.labels }
  const table = image.makeTable(
    descriptor.name,
    descriptor.system,
    roots,
    nixOf(descriptor, closure),
    closure,
    layers.map(layer => layer.paths),
    descriptor.licenses,
    descriptor.outputs
  )
  const putImage = async (platform: Platform, stored: Descriptor[], diffIds: Digest[]): Promise<Descriptor> => {
    const config: image.SeedImageConfig = {
      created: image.CREATED,
      ...platform,
      config: { ...descriptor.config, ...(Object.keys(labels).length > 0 ? { Labels: sorted(labels) } : {}) },
      rootfs: { type: 'layers', diff_ids: diffIds },
      history: layers.map(layer => ({ created: image.CREATED, created_by: 'nix-seed', comment: layer.label })),
      [image.SEED_FIELD]: table
    }
    const manifest: Manifest = {
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.manifest,
      config: await putDocument(repository, config, MEDIA_TYPE.config),
      layers: stored
    }
    return { ...(await repository.putManifest(encode(manifest), MEDIA_TYPE.manifest)), platform }
  }
  const ordinary = stored.map(layer => layer.descriptor)
  const mountable = stored.flatMap(layer => layer.erofs ?? [])
  const diffIds = stored.map(layer => layer.diffId)
  // Clients take the first entry that they can run. What is in an EROFS layer is not compressed as a whole, so its digest
  // is that of its content too.
  const manifests = [await putImage(platform, ordinary, diffIds)]
  if (erofs) {
    const mounted = { ...platform, 'os.features': [image.EROFS_FEATURE] }
    manifests.push(await putImage(mounted, mountable, mountable.map(layer => layer.digest))) // prettier-ignore
  }
  const index: Index = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.index,
    manifests,
    annotations: sorted({
      ...options.labels,
      [image.ANNOTATION_IDENTITY]: options.identity,
      [image.ANNOTATION_SYSTEM]: descriptor.system,
      ...(options.lockKey === undefined ? {} : { [image.ANNOTATION_LOCK_KEY]: options.lockKey })
    })
  }
  return {
    index: await repository.putManifest(encode(index), MEDIA_TYPE.index, options.tags),
    layers: ordinary,
    knownLayers: stored.filter(layer => layer.isKnown).length,
    narBytes: sum(closure.map(info => info.narSize)),
    layerBytes: sum(ordinary.map(layer => layer.size)),
    erofsBytes: sum(mountable.map(layer => layer.size))
  }
}

/** The store path of the descriptor's `nix` program, if the seed has it. */
function nixOf(descriptor: SeedDescriptor, closure: readonly PathInfo[]): string | undefined {
  const program = descriptor.tools['nix']
  return closure.find(info => program?.startsWith(`${info.path}/`))?.path
}

async function putDocument(repository: Repository, value: unknown, mediaType: string): Promise<Descriptor> {
  const bytes = encode(value)
  const blob = { digest: digestOf(bytes), size: bytes.length }
  await repository.putBlob(blob, async function* () {
    yield bytes
  })
  return { mediaType, ...blob }
}

function encode(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

function sorted(record: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0)
}
