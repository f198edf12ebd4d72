/**
 * Packs a seed straight from the store into a repository: tar, hash, compress, hash, send, all at once and several
 * layers side by side. There is no tarball on disk, and memory holds a few pieces a layer.
 */
import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { PathInfo } from '../nix/closure.ts'
import { makeDatabase } from '../nix/database.ts'
import { schemaVersion } from '../nix/schema.ts'
import { digestOf } from '../oci/digest.ts'
import { MEDIA_TYPE, type Descriptor, type Digest, type Index, type Manifest, type Repository } from '../oci/types.ts'
import type { Ports } from '../ports.ts'
import { zstd, ZSTD_LEVEL } from './compress.ts'
import { ociPlatform, type SeedDescriptor } from './descriptor.ts'
import * as image from './image.ts'
import { planLayers } from './plan.ts'
import { SYSTEM_MODES, tarStream, walkChildren, walkTree, type Member } from './tree.ts'

/** Part of every layer key: raised whenever the packer's bytes change for the same content. */
const PACKER_VERSION = 1

export interface PackOptions {
  /** What the seed was built from (see ANNOTATION_IDENTITY). */
  identity: string
  /** Hexadecimal digest of the lock; absent where the flake has none. */
  lockKey?: string
  labels?: Record<string, string>
  tags?: readonly string[]
}

export interface PackedSeed {
  /** The image index: its digest is the seed's identity. */
  index: Descriptor
  manifest: Descriptor
  layers: Descriptor[]
  /** NAR bytes of the closure. */
  narBytes: number
  /** Compressed bytes of all layers. */
  layerBytes: number
}

interface Layer {
  label: string
  key: string
  paths: readonly PathInfo[]
  /** Uncompressed bytes, roughly: for scheduling and progress alone. */
  weight: number
  members(): Iterable<Member>
}

interface StoredLayer {
  descriptor: Descriptor
  diffId: Digest
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
  const layers = await composeLayers(descriptor, roots, closure)
  const stored = await storeLayers(layers, descriptor.tools.zstd, repository, ports)
  ports.signal.throwIfAborted()

  const labels = { ...descriptor.config.Labels, ...options.labels }
  const config: image.SeedImageConfig = {
    created: image.CREATED,
    ...platform,
    config: { ...descriptor.config, ...(Object.keys(labels).length > 0 ? { Labels: sorted(labels) } : {}) },
    rootfs: { type: 'layers', diff_ids: stored.map(layer => layer.diffId) },
    history: layers.map(layer => ({ created: image.CREATED, created_by: 'nix-seed', comment: layer.label })),
    [image.SEED_FIELD]: image.makeTable(
      descriptor.name,
      descriptor.system,
      roots,
      nixOf(descriptor, closure),
      closure,
      layers.map(layer => layer.paths),
      descriptor.licenses
    )
  }
  const configDescriptor = await putDocument(repository, config, MEDIA_TYPE.config)
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    config: configDescriptor,
    layers: stored.map(layer => layer.descriptor)
  }
  const manifestDescriptor = await repository.putManifest(encode(manifest), MEDIA_TYPE.manifest)
  const index: Index = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.index,
    manifests: [{ ...manifestDescriptor, platform }],
    annotations: sorted({
      ...options.labels,
      [image.ANNOTATION_IDENTITY]: options.identity,
      [image.ANNOTATION_SYSTEM]: descriptor.system,
      ...(options.lockKey === undefined ? {} : { [image.ANNOTATION_LOCK_KEY]: options.lockKey })
    })
  }
  return {
    index: await repository.putManifest(encode(index), MEDIA_TYPE.index, options.tags),
    manifest: manifestDescriptor,
    layers: manifest.layers,
    narBytes: sum(closure.map(info => info.narSize)),
    layerBytes: sum(manifest.layers.map(layer => layer.size))
  }
}

/** The store path of the descriptor's `nix` program, if the seed has it. */
function nixOf(descriptor: SeedDescriptor, closure: readonly PathInfo[]): string | undefined {
  const program = descriptor.tools['nix']
  return closure.find(info => program?.startsWith(`${info.path}/`))?.path
}

async function composeLayers(
  descriptor: SeedDescriptor,
  roots: readonly string[],
  closure: readonly PathInfo[]
): Promise<Layer[]> {
  const layerKey = (content: unknown): string =>
    createHash('sha256')
      .update(JSON.stringify([PACKER_VERSION, MEDIA_TYPE.layerTarZstd, ZSTD_LEVEL, descriptor.tools.zstd, content]))
      .digest('hex')
  const layers = planLayers(closure, new Set(descriptor.inputs)).map(({ label, paths }): Layer => ({
    label,
    key: layerKey(paths.map(info => [info.path, info.narHash])),
    paths,
    weight: sum(paths.map(info => info.narSize)),
    members: () => storeMembers(paths)
  }))

  const database = Buffer.from(await makeDatabase(closure))
  const databaseMembers = stateMembers(database, roots)
  layers.push({
    label: 'store database',
    key: layerKey(['database', digestOf(database), roots]),
    paths: [],
    weight: database.length,
    members: () => databaseMembers
  })
  const rootfs = closure.find(info => info.path === descriptor.rootfs)
  layers.push({
    label: 'root file system',
    key: layerKey(['rootfs', descriptor.rootfs, rootfs?.narHash, descriptor.directories]),
    paths: [],
    weight: rootfs?.narSize ?? 0,
    members: () => systemMembers(descriptor)
  })
  return layers
}

/** Stores all layers, the heaviest first so that none is left for the end alone; order in the image is kept. */
async function storeLayers(
  layers: readonly Layer[],
  tool: string,
  repository: Repository,
  ports: Ports
): Promise<StoredLayer[]> {
  const total = sum(layers.map(layer => layer.weight))
  let done = 0
  const stored: StoredLayer[] = []
  const queue = layers
    .map((layer, at) => ({ layer, at }))
    .sort((a, b) => b.layer.weight - a.layer.weight || a.at - b.at)
  // One failure ends the others too, before the error is reported.
  const abort = new AbortController()
  const signal = AbortSignal.any([ports.signal, abort.signal])
  const work = async (): Promise<void> => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      signal.throwIfAborted()
      const { layer, at } = job
      let reported = 0
      stored[at] = await storeLayer(layer, tool, repository, signal, bytes => {
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
  ports.progress.end('packing')
  ports.signal.throwIfAborted()
  // The first failure is the reason of the abort; the others are its echo.
  if (results.some(result => result.status === 'rejected')) throw abort.signal.reason
  return stored
}

async function storeLayer(
  layer: Layer,
  tool: string,
  repository: Repository,
  signal: AbortSignal,
  onBytes: (uncompressed: number) => void
): Promise<StoredLayer> {
  let diffId: Digest | undefined
  async function* hashed(): AsyncGenerator<Buffer> {
    const hash = createHash('sha256')
    let bytes = 0
    diffId = undefined
    for await (const piece of tarStream(layer.members())) {
      hash.update(piece)
      bytes += piece.length
      onBytes(Math.min(bytes, layer.weight))
      yield piece
    }
    diffId = `sha256:${hash.digest('hex')}`
  }
  const { digest, size } = await repository.putStream(() => zstd(hashed(), tool, signal))
  onBytes(layer.weight)
  if (diffId === undefined) throw new Error('a layer was stored without having been read') // cannot happen
  return {
    diffId,
    descriptor: {
      mediaType: MEDIA_TYPE.layerTarZstd,
      // In this order, whatever repository it is: the manifest's digest depends on it.
      digest,
      size,
      annotations: { [image.ANNOTATION_CONTENT]: layer.label, [image.ANNOTATION_LAYER_KEY]: layer.key }
    }
  }
}

const directory = (path: string, mode = 0o755): Member => ({ type: 'directory', path: Buffer.from(path), mode })

function* storeMembers(paths: readonly PathInfo[]): Generator<Member> {
  yield directory('nix')
  yield directory('nix/store')
  for (const { path } of paths) yield* walkTree(Buffer.from(path), Buffer.from(path.slice(1)))
}

/** Nix's own state: the database, and the roots that keep its garbage collector away from the seed. */
function stateMembers(database: Buffer, roots: readonly string[]): Member[] {
  const file = (path: string, bytes: Buffer): Member => ({ type: 'file', path: Buffer.from(path), bytes, mode: 0o644 })
  return [
    directory('nix'),
    directory('nix/var'),
    directory('nix/var/nix'),
    directory('nix/var/nix/db'),
    file('nix/var/nix/db/db.sqlite', database),
    file('nix/var/nix/db/schema', Buffer.from(schemaVersion)),
    directory('nix/var/nix/gcroots'),
    directory('nix/var/nix/gcroots/nix-seed'),
    ...roots.map((root): Member => {
      const name = root.slice(root.lastIndexOf('/') + 1)
      return { type: 'symlink', path: Buffer.from(`nix/var/nix/gcroots/nix-seed/${name}`), target: Buffer.from(root) }
    })
  ]
}

function* systemMembers(descriptor: SeedDescriptor): Generator<Member> {
  const modes = new Map(descriptor.directories.map(({ path, mode }) => [path.slice(1), parseInt(mode, 8)]))
  for (const member of walkChildren(Buffer.from(descriptor.rootfs), Buffer.alloc(0), SYSTEM_MODES)) {
    const mode = member.type === 'directory' ? modes.get(member.path.toString()) : undefined
    modes.delete(member.path.toString())
    yield mode === undefined ? member : { ...member, type: 'directory', mode }
  }
  for (const [path, mode] of [...modes].sort(([a], [b]) => (a < b ? -1 : 1))) yield directory(path, mode)
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
