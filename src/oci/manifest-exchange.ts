import { readBody } from '../http.ts'
import type { HttpResponse } from '../http.ts'
import { HttpError } from '../http/error.ts'
import type { Scope } from './auth.ts'
import { digestOf, isDigest, mismatch } from './digest.ts'
import { describeManifest, MANIFEST_BYTES, MANIFEST_TYPES, tooLarge } from './manifest.ts'
import { checkedTag } from './name.ts'
import type { Registry } from './registry.ts'
import type { RawManifest } from './types.ts'

/** What a registry says of a manifest that names a blob or manifest which it does not have. */
export const PART_UNKNOWN = 'MANIFEST_BLOB_UNKNOWN'

/** Where manifests are read from and written to, and as whom. */
export interface Place {
  registry: Registry
  /** `…/v2/REPOSITORY/` */
  base: URL
  scopes: readonly Scope[]
  /** For people: `HOST/REPOSITORY`. */
  name: string
}

/**
 * One GET of a manifest by tag or digest, checked against the digest; `undefined` if there is none.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests
 *
 * @throws HttpError, for use inside of `Registry.attempt`; DIGEST_MISMATCH; CONTENT_INVALID, also beyond `limit` bytes
 */
export async function fetchManifest(
  place: Place,
  reference: string,
  limit = MANIFEST_BYTES
): Promise<RawManifest | undefined> {
  const response = await place.registry.call({
    url: manifestUrl(place, reference),
    headers: { accept: MANIFEST_TYPES.join(', ') },
    scopes: place.scopes,
    statuses: [200, 404]
  })
  if (response.status === 404) {
    await response.discard()
    return undefined
  }
  const bytes = await readBody(response, limit + 1, true)
  if (bytes.length > limit) throw tooLarge(reference, limit, place.name)
  const found = describeManifest(bytes, reference, response.headers['content-type'], place.name)
  checkAnswered(place, response, found.descriptor.digest)
  return found
}

/**
 * One PUT of a manifest under a tag or its digest. Whether the registry says that it has entered the manifest in the
 * list of its subject's referrers.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests-with-subject
 *
 * @throws HttpError, for use inside of `Registry.attempt`; DIGEST_MISMATCH if it was stored as something else
 */
export async function pushManifest(
  place: Place,
  reference: string,
  bytes: Buffer,
  mediaType: string
): Promise<{ subjectListed: boolean }> {
  const call = place.registry.call({
    url: manifestUrl(place, reference),
    method: 'PUT',
    headers: { 'content-type': mediaType, 'content-length': String(bytes.length) },
    body: bytes,
    scopes: place.scopes,
    statuses: [201, 202]
  })
  const response = await call.catch((error: unknown) => {
    // What a manifest names was pushed before it. docker-registry loses sight of a blob for the moment in which another
    // client pushes the same one, and all clients push the same empty config.
    if (error instanceof HttpError && error.body.includes(PART_UNKNOWN)) error.retriable = true
    throw error
  })
  await response.discard()
  checkAnswered(place, response, digestOf(bytes))
  return { subjectListed: response.headers['oci-subject'] !== undefined }
}

function manifestUrl({ base }: Place, reference: string): URL {
  return new URL(`manifests/${isDigest(reference) ? reference : checkedTag(reference)}`, base)
}

function checkAnswered({ name }: Place, { headers }: HttpResponse, digest: string): void {
  const answered = headers['docker-content-digest']
  if (answered === undefined || answered === digest) return
  throw mismatch(digest, `was answered with another digest, ${String(answered).slice(0, 80)}`, name)
}
