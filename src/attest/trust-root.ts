/**
 * What verifiers trust: certificate authorities, logs and timestamp authorities with their keys.
 * https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto
 */
import { TrustedRoot } from '@sigstore/protobuf-specs'
import { toTrustMaterial, type TrustMaterial } from '@sigstore/verify'
import { SeedError } from '../errors.ts'
import { readUpTo } from './verify/file.ts'
import { remembered } from './verify/remembered.ts'
import { parseStrictJson } from './verify/strict-json.ts'

/** A trust root that is ready to use; one serves any number of bundles. */
export interface TrustRoot {
  /** Where it comes from, for people. */
  name: string
  material: TrustMaterial
}

const MEDIA_TYPES: readonly string[] = [
  'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  'application/vnd.dev.sigstore.trustedroot+json;version=0.2',
  'application/vnd.dev.sigstore.trustedroot.v0.2+json'
]
const MAX_BYTES = 1024 * 1024
const MAX_DEPTH = 16

/**
 * @param name where it comes from, for errors
 * @throws SeedError TRUST_ROOT_INVALID
 */
export function parseTrustRoot(bytes: Uint8Array, name: string): TrustRoot {
  if (bytes.length > MAX_BYTES) throw invalid(`it is larger than ${MAX_BYTES} bytes`, name)
  let root: TrustedRoot
  try {
    root = TrustedRoot.fromJSON(parseStrictJson(bytes, { depth: MAX_DEPTH }))
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : 'it cannot be read', name, cause)
  }
  if (!MEDIA_TYPES.includes(root.mediaType)) {
    throw invalid(`its media type is ${JSON.stringify(root.mediaType.slice(0, 100))}`, name)
  }
  checkLogs(root, name)
  checkPeriods(root, name)
  try {
    const material = toTrustMaterial(root)
    for (const { certChain } of [...material.certificateAuthorities, ...material.timestampAuthorities]) {
      certChain.forEach(remembered)
    }
    return { name, material }
  } catch (cause) {
    throw invalid('one of its certificates or keys cannot be read', name, cause)
  }
}

/**
 * A trust root from a file.
 *
 * @throws SeedError TRUST_ROOT_INVALID; USAGE where there is no such file, FILE_SYSTEM
 */
export async function readTrustRoot(file: string): Promise<TrustRoot> {
  return parseTrustRoot(await readUpTo(file, MAX_BYTES, 'trust root'), file)
}

/** A log without a key that is valid from some time on would be trusted for whatever time somebody names. */
function checkLogs({ tlogs, ctlogs }: TrustedRoot, name: string): void {
  if (tlogs.length === 0) throw invalid('it has no log', name)
  for (const { baseUrl, logId, checkpointKeyId, publicKey } of [...tlogs, ...ctlogs]) {
    if (publicKey === undefined) throw invalid(`the log ${baseUrl} has no key`, name)
    if (publicKey.validFor?.start === undefined) {
      throw invalid(`the key of the log ${baseUrl} has no time from which on it is valid (validFor.start)`, name)
    }
    const id = checkpointKeyId ?? logId
    if (id === undefined || id.keyId.length < 4) throw invalid(`the log ${baseUrl} has no identifier`, name)
  }
}

function checkPeriods(root: TrustedRoot, name: string): void {
  const authorities = [...root.certificateAuthorities, ...root.timestampAuthorities]
  const periods = [
    ...authorities.map(({ validFor }) => validFor),
    ...[...root.tlogs, ...root.ctlogs].map(({ publicKey }) => publicKey?.validFor)
  ]
  for (const period of periods) {
    if ([period?.start, period?.end].some(date => date && Number.isNaN(date.getTime()))) {
      throw invalid('a time in it is none', name)
    }
  }
  for (const { certChain } of authorities) {
    if ((certChain?.certificates.length ?? 0) === 0) throw invalid('an authority has no certificate', name)
  }
}

function invalid(what: string, resource: string, cause?: unknown): SeedError {
  return new SeedError('TRUST_ROOT_INVALID', `the trust root cannot be used: ${what}`, {
    resource,
    hint: 'A trust root is a file trusted_root.json, as whoever runs the Sigstore gives it out, of version 0.1 or 0.2.',
    cause
  })
}
