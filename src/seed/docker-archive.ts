/**
 * Images that Nix built without a descriptor: docker archives, as `dockerTools.buildImage` and `buildLayeredImage` make
 * them. They are published as they are, layer by layer, with the config's bytes unchanged.
 */
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib'
import { SeedError } from '../errors.ts'
import { digestOf } from '../oci/digest.ts'
import {
  MEDIA_TYPE,
  type Descriptor,
  type Digest,
  type ImageConfig,
  type Manifest,
  type Repository
} from '../oci/types.ts'
import { readTar, type TarMember } from '../oci/untar.ts'
import type { Ports } from '../ports.ts'
import type { PackedSeed } from './pack.ts'

interface ArchiveEntry {
  /** Position of the content in the uncompressed archive, in bytes. */
  offset: number
  size: number
}

interface Archive {
  file: string
  entries: Map<string, ArchiveEntry>
  config: string
  layers: string[]
}

const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024

/**
 * Publishes the docker archive at `file`.
 *
 * @param annotations of the image index
 * @throws SeedError NOT_A_SEED if it is no docker archive of one image, or what the repository throws
 */
export async function publishDockerArchive(
  file: string,
  repository: Repository,
  annotations: Record<string, string>,
  tags: readonly string[],
  ports: Ports
): Promise<PackedSeed> {
  const scratch = await mkdtemp(join(tmpdir(), 'nix-seed-archive-'))
  try {
    const archive = await readArchive(await plainTar(file, scratch, ports), file)
    return await publishArchive(archive, repository, annotations, tags, ports)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

async function publishArchive(
  archive: Archive,
  repository: Repository,
  annotations: Record<string, string>,
  tags: readonly string[],
  ports: Ports
): Promise<PackedSeed> {
  const configBytes = await readEntry(archive, archive.config)
  const config = JSON.parse(configBytes.toString('utf8')) as ImageConfig
  const diffIds = config.rootfs.diff_ids
  if (diffIds.length !== archive.layers.length) throw notArchive(archive.file, 'its layers do not match its config')
  const layers: Descriptor[] = []
  for (const [i, name] of archive.layers.entries()) {
    ports.signal.throwIfAborted()
    ports.progress.update('pushing', i, archive.layers.length)
    const { size } = entryOf(archive, name)
    const digest = diffIds[i] as Digest
    await repository.putBlob({ digest, size }, () => readStream(archive, name))
    layers.push({ mediaType: MEDIA_TYPE.layerTar, digest, size })
  }
  ports.progress.end('pushing')
  const configBlob = { digest: digestOf(configBytes), size: configBytes.length }
  await repository.putBlob(configBlob, async function* () {
    yield configBytes
  })
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    config: { mediaType: MEDIA_TYPE.config, ...configBlob },
    layers
  }
  const manifestDescriptor = await repository.putManifest(Buffer.from(JSON.stringify(manifest)), MEDIA_TYPE.manifest)
  const platform = { os: config.os, architecture: config.architecture }
  const index = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.index,
    manifests: [{ ...manifestDescriptor, platform }],
    annotations
  }
  const bytes = layers.reduce((sum, layer) => sum + layer.size, 0)
  return {
    index: await repository.putManifest(Buffer.from(JSON.stringify(index)), MEDIA_TYPE.index, tags),
    layers,
    knownLayers: 0,
    narBytes: bytes,
    layerBytes: bytes,
    erofsBytes: 0
  }
}

/** The archive as a plain tar on disk, so that layers can be read again for a retry: itself, or a decompressed copy. */
async function plainTar(file: string, scratch: string, ports: Ports): Promise<string> {
  const decompress = await decompressorOf(file)
  if (!decompress) return file
  const plain = join(scratch, 'image.tar')
  await pipeline(createReadStream(file), decompress, createWriteStream(plain, { mode: 0o600 }), {
    signal: ports.signal
  })
  return plain
}

async function decompressorOf(file: string): Promise<Gunzip | ZstdDecompress | undefined> {
  const handle = await open(file, 'r')
  try {
    const magic = Buffer.alloc(4)
    await handle.read(magic, 0, 4, 0)
    if (magic.readUInt16BE(0) === 0x1f8b) return createGunzip()
    if (magic.readUInt32LE(0) === 0xfd2fb528) return createZstdDecompress()
    return undefined
  } finally {
    await handle.close()
  }
}

async function readArchive(tar: string, original: string): Promise<Archive> {
  const archive: Archive = { file: tar, entries: new Map(), config: '', layers: [] }
  const { entries } = archive
  const index = (member: TarMember): void => {
    const path = member.path.toString()
    if (member.type === 'file') entries.set(path, { offset: member.offset, size: member.size })
    // Docker links layers that are equal; only links to what came before can be such.
    const base = member.type === 'symlink' ? posix.dirname(path) : ''
    const linked = entries.get(posix.join(base, member.target.toString()))
    if ((member.type === 'symlink' || member.type === 'hardlink') && linked) entries.set(path, linked)
  }
  try {
    await readTar(createReadStream(tar), { begin: index, data() {}, end() {} })
  } catch (cause) {
    if (cause instanceof SeedError) throw notArchive(original, cause.message)
    throw cause
  }
  const images = entries.has('manifest.json') ? parseImages(await readEntry(archive, 'manifest.json')) : undefined
  const [image, ...others] = images ?? []
  if (!image || others.length > 0) throw notArchive(original, 'it holds no manifest.json of exactly one image')
  return { ...archive, config: image.Config, layers: image.Layers }
}

function parseImages(document: Buffer): { Config: string; Layers: string[] }[] | undefined {
  try {
    const value = JSON.parse(document.toString('utf8')) as { Config: string; Layers: string[] }[]
    return Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

function entryOf(archive: Archive, name: string): ArchiveEntry {
  const entry = archive.entries.get(name)
  if (!entry) throw notArchive(archive.file, `it does not hold ${name}`)
  return entry
}

function readStream(archive: Archive, name: string): AsyncIterable<Uint8Array> {
  const { offset, size } = entryOf(archive, name)
  return size === 0 ? Readable.from([]) : createReadStream(archive.file, { start: offset, end: offset + size - 1 })
}

function notArchive(file: string, what: string): SeedError {
  return new SeedError('NOT_A_SEED', `neither a seed nor a docker archive: ${what}`, {
    resource: file,
    hint: 'Publish a seed made with `lib.mkSeed`, or an image made with `dockerTools.buildLayeredImage`.'
  })
}

async function readEntry(archive: Archive, name: string): Promise<Buffer> {
  if (entryOf(archive, name).size > MAX_DOCUMENT_BYTES) throw notArchive(archive.file, `${name} is too large`)
  const pieces: Uint8Array[] = []
  for await (const piece of readStream(archive, name)) pieces.push(piece)
  return Buffer.concat(pieces)
}
