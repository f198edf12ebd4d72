import { SeedError } from '../errors.ts'
import { digestOf, isDigest } from './digest.ts'
import { parseManifest } from './manifest.ts'
import { MEDIA_TYPE } from './types.ts'
import type { Artifact, Attached, Descriptor, Digest, Manifest, RawManifest, Repository } from './types.ts'

/** What one artifact may hold; attestations have kilobytes, a bill of materials of a large closure a few megabytes. */
export const ARTIFACT_BYTES = 64 * 1024 * 1024

/** https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#guidance-for-an-empty-descriptor */
const EMPTY = Buffer.from('{}')
const EMPTY_CONFIG: Descriptor = {
  mediaType: MEDIA_TYPE.empty,
  digest: digestOf(EMPTY),
  size: EMPTY.length,
  data: EMPTY.toString('base64')
}

/**
 * The manifest that hangs `artifact` on `subject`, a pure function of both, and its descriptor as lists of referrers
 * show it.
 * https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#guidelines-for-artifact-usage
 */
export function artifactManifest(subject: Descriptor, artifact: Artifact): RawManifest {
  const { artifactType, mediaType, bytes: content } = artifact
  const annotations = Object.fromEntries(Object.entries(artifact.annotations).sort(([a], [b]) => (a < b ? -1 : 1)))
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    artifactType,
    config: EMPTY_CONFIG,
    layers: [{ mediaType, digest: digestOf(content), size: content.length }],
    subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
    annotations
  }
  const bytes = Buffer.from(JSON.stringify(manifest))
  const descriptor = { mediaType: MEDIA_TYPE.manifest, digest: digestOf(bytes), size: bytes.length }
  return { descriptor: { ...descriptor, artifactType, annotations }, bytes }
}

/**
 * Stores `artifacts` beside `subject`, all of them before `announce` enters them in the list of its referrers: who
 * finds one listed can read it.
 *
 * @param announce told the manifests, and whether all of them had been there before.
 * @throws NOT_FOUND if `repository` does not hold the subject; CONTENT_INVALID for one too large to be read again
 */
export async function attachArtifacts(
  repository: Repository,
  subject: Pick<Descriptor, 'digest'>,
  artifacts: readonly Artifact[],
  announce: (subject: Digest, referrers: readonly RawManifest[], allExisted: boolean) => Promise<void>
): Promise<Attached[]> {
  artifacts.forEach(checkSize)
  const found = await repository.getManifest(subject.digest)
  if (!found) {
    throw new SeedError('NOT_FOUND', `there is no image ${subject.digest} to attach to`, {
      resource: repository.name,
      hint: 'Publish it to this repository first.'
    })
  }
  if (artifacts.length === 0) return []
  const parts = artifacts.map(({ bytes, ...artifact }) => ({
    content: bytes,
    ...artifactManifest(found.descriptor, { bytes, ...artifact })
  }))
  const existed = await Promise.all(
    parts.map(async ({ descriptor }) => (await repository.getManifest(descriptor.digest)) !== undefined)
  )
  const fresh = parts.filter((_, i) => !existed[i])
  const blobs = fresh.length > 0 ? [EMPTY, ...fresh.map(({ content }) => content)] : []
  await Promise.all(blobs.map(bytes => putBytes(repository, bytes)))
  // One after another: an image layout lists them in this order.
  for (const { bytes, descriptor } of fresh) await repository.putManifest(bytes, descriptor.mediaType)
  await announce(found.descriptor.digest, parts, fresh.length === 0)
  return parts.map(({ descriptor }, i) => ({ descriptor, existed: existed[i] === true }))
}

/**
 * Reads what hangs on an image: the one layer of an artifact's manifest. The manifest is not fetched again for a descriptor
 * that `referrers` has given out.
 *
 * @param limit bytes it may have.
 * @throws NOT_FOUND; DIGEST_MISMATCH; CONTENT_INVALID if it has no or several layers, or is too large
 */
export async function readArtifact(
  repository: Repository,
  descriptor: Pick<Descriptor, 'digest'>,
  limit = ARTIFACT_BYTES
): Promise<{ bytes: Buffer; mediaType: string }> {
  const { mediaType, digest, size } = known.get(descriptor) ?? (await fetchLayer(repository, descriptor.digest))
  if (size > limit) throw invalid(repository, descriptor.digest, `has ${size} bytes; ${limit} are read at most`)
  const chunks: Uint8Array[] = []
  for await (const chunk of repository.getBlob({ digest, size })) chunks.push(chunk)
  return { bytes: Buffer.concat(chunks), mediaType }
}

type Layer = Pick<Descriptor, 'mediaType' | 'digest' | 'size'>

/** By descriptors that come of a manifest that was read: the layer, if it has one. */
/** https://www.rfc-editor.org/rfc/rfc6838#section-4.2 allows twice 127 and a slash. */
const MEDIA_TYPE_CHARACTERS = 255
const known = new WeakMap<Pick<Descriptor, 'digest'>, Layer>()

/** Spares whoever reads the artifact the manifest. A manifest that is no artifact's is left for `readArtifact` to refuse. */
export function noteLayer(descriptor: Descriptor, manifest: Pick<Partial<Manifest>, 'layers'>): void {
  const layer = layerOf(manifest)
  // A media type may be as long as a manifest, and many of these are kept.
  if (typeof layer !== 'string' && layer.mediaType.length <= MEDIA_TYPE_CHARACTERS) known.set(descriptor, layer)
}

/** The digest of the content, as far as {@link noteLayer} has noted it. */
export function notedContent(descriptor: Pick<Descriptor, 'digest'>): Digest | undefined {
  return known.get(descriptor)?.digest
}

async function fetchLayer(repository: Repository, digest: Digest): Promise<Layer> {
  const found = await repository.getManifest(digest)
  if (!found) throw new SeedError('NOT_FOUND', `there is no artifact ${digest}`, { resource: repository.name })
  const layer = layerOf(parseManifest(found.bytes, digest, repository.name))
  if (typeof layer === 'string') throw invalid(repository, digest, layer)
  return layer
}

/** @returns what is wrong with the manifest, if it is no artifact's */
function layerOf({ layers }: { layers?: unknown }): Layer | string {
  if (!Array.isArray(layers) || layers.length !== 1) return 'has not exactly one layer'
  const { mediaType, digest, size } = (layers[0] ?? {}) as Partial<Record<keyof Descriptor, unknown>>
  const isDescribed = typeof mediaType === 'string' && typeof digest === 'string' && isDigest(digest)
  return isDescribed && typeof size === 'number' && size >= 0
    ? { mediaType, digest, size }
    : 'describes its layer wrongly'
}

function invalid({ name }: Repository, digest: Digest, what: string): SeedError {
  return new SeedError('CONTENT_INVALID', `the artifact ${digest} ${what}`, { resource: name })
}

function checkSize({ artifactType, bytes }: Artifact): void {
  if (bytes.length <= ARTIFACT_BYTES) return
  throw new SeedError(
    'CONTENT_INVALID',
    `an artifact ${artifactType} of ${bytes.length} bytes is not attached: ${ARTIFACT_BYTES} are read again at most`
  )
}

async function putBytes(repository: Repository, bytes: Buffer): Promise<void> {
  await repository.putBlob({ digest: digestOf(bytes), size: bytes.length }, async function* () {
    yield bytes
  })
}
