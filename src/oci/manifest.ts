import { SeedError } from '../errors.ts'
import { digestOf, isDigest, mismatch } from './digest.ts'
import { MEDIA_TYPE } from './types.ts'
import type { RawManifest } from './types.ts'

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md: registries refuse more than 4 MiB; be generous. */
export const MANIFEST_BYTES = 16 * 1024 * 1024

const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json'

/** What a reader of manifests accepts. */
export const MANIFEST_TYPES: readonly string[] = [MEDIA_TYPE.index, MEDIA_TYPE.manifest, DOCKER_LIST, DOCKER_MANIFEST]

/**
 * Checks the bytes of a manifest against `reference`, if that is a digest, and describes them. Its own `mediaType`
 * counts for more than what came with it (`statedType`): the digest covers it.
 *
 * @throws DIGEST_MISMATCH, CONTENT_INVALID
 */
export function describeManifest(
  bytes: Buffer,
  reference: string,
  statedType?: string,
  resource?: string
): RawManifest {
  const digest = digestOf(bytes)
  if (isDigest(reference) && digest !== reference) throw mismatch(reference, `has other content: ${digest}`, resource)
  const ownType = parseManifest(bytes, reference, resource).mediaType
  const mediaType = typeof ownType === 'string' ? ownType : statedType?.split(';')[0]?.trim()
  if (!mediaType) throw invalid(reference, 'states no media type', resource)
  return { descriptor: { mediaType, digest, size: bytes.length }, bytes }
}

/** The JSON object that a manifest is. @throws CONTENT_INVALID */
export function parseManifest(bytes: Buffer, reference: string, resource?: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(bytes.toString())
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // said below
  }
  throw invalid(reference, 'is no JSON object', resource)
}

/** The error for a manifest that is not read to its end. */
export function tooLarge(reference: string, limit: number, resource?: string): SeedError {
  return invalid(reference, `has more than ${limit} bytes`, resource)
}

function invalid(reference: string, what: string, resource?: string): SeedError {
  return new SeedError(
    'CONTENT_INVALID',
    `the manifest ${reference} ${what}`,
    resource === undefined ? {} : { resource }
  )
}
