/**
 * Reads a bundle strictly. Nothing is verified here.
 * https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto
 */
import {
  BUNDLE_V01_MEDIA_TYPE,
  BUNDLE_V02_MEDIA_TYPE,
  BUNDLE_V03_LEGACY_MEDIA_TYPE,
  BUNDLE_V03_MEDIA_TYPE,
  bundleFromJSON,
  bundleToJSON,
  type Bundle
} from '@sigstore/bundle'
import { readChain, type SigningCertificate } from './certificate.ts'
import { firstDifference } from './echo.ts'
import { BundleRefusal, shown } from './refusal.ts'
import { parseStrictJson } from './strict-json.ts'

/** Room for a statement of the largest size, in base64. */
export const MAX_BUNDLE_BYTES = 4 * 1024 * 1024
const MAX_DEPTH = 16
/** Of log entries, timestamps and certificates. */
const MAX_ITEMS = 8
const MAX_PROOF_HASHES = 64
const MAX_TIMESTAMP_BYTES = 64 * 1024
const MAX_CERTIFICATE_BYTES = 16 * 1024

const MEDIA_TYPES: readonly string[] = [
  BUNDLE_V01_MEDIA_TYPE,
  BUNDLE_V02_MEDIA_TYPE,
  BUNDLE_V03_LEGACY_MEDIA_TYPE,
  BUNDLE_V03_MEDIA_TYPE
]

/** A bundle that is well formed, and no more than that. */
export interface ReadBundle {
  bundle: Bundle
  /** Who is said to have signed; the hint names a key in the signer's words. */
  claimed: { kind: 'certificate'; certificate: SigningCertificate } | { kind: 'key'; hint: string }
}

/** @throws BundleRefusal */
export function readBundle(bytes: Uint8Array): ReadBundle {
  if (bytes.length > MAX_BUNDLE_BYTES) {
    throw new BundleRefusal('bundle-too-large', `the bundle is larger than ${MAX_BUNDLE_BYTES} bytes`)
  }
  const json = parse(bytes)
  const { mediaType } = json
  if (typeof mediaType !== 'string' || !MEDIA_TYPES.includes(mediaType)) {
    throw new BundleRefusal('bundle-unsupported', 'this is no Sigstore bundle of version 0.1 to 0.3', {
      found: mediaType ?? null
    })
  }
  checkCounts(json)
  const bundle = decode(json)
  checkSizes(bundle)
  const difference = firstDifference(json, bundleToJSON(bundle))
  if (difference !== undefined) throw malformed(`${shown(difference)} is not what the format asks for`)
  return { bundle, claimed: claimedSigner(bundle) }
}

type Json = Record<string, unknown>

function parse(bytes: Uint8Array): Json {
  let value: unknown
  try {
    value = parseStrictJson(bytes, { depth: MAX_DEPTH })
  } catch (error) {
    throw malformed((error as Error).message)
  }
  if (!isObject(value)) throw malformed('it is no object')
  return value
}

/** Before anything is decoded. */
function checkCounts(json: Json): void {
  const material = objectAt(json, 'verificationMaterial')
  const counted: [string, unknown, number][] = [
    ['log entries', material['tlogEntries'], MAX_ITEMS],
    ['timestamps', objectAt(material, 'timestampVerificationData')['rfc3161Timestamps'], MAX_ITEMS],
    ['certificates', objectAt(material, 'x509CertificateChain')['certificates'], MAX_ITEMS]
  ]
  for (const entry of Array.isArray(material['tlogEntries']) ? material['tlogEntries'] : []) {
    counted.push(['hashes in a proof', objectAt(entry, 'inclusionProof')['hashes'], MAX_PROOF_HASHES])
  }
  for (const [what, list, most] of counted) {
    if (list !== undefined && list !== null && !Array.isArray(list)) throw malformed(`the ${what} are no list`)
    if ((list?.length ?? 0) > most) throw malformed(`there are more than ${most} ${what}`)
  }
  const { dsseEnvelope } = json
  if (!isObject(dsseEnvelope)) return
  const { signatures } = dsseEnvelope
  const count = Array.isArray(signatures) ? signatures.length : 0
  if (count !== 1) {
    throw new BundleRefusal('signature-count', 'the envelope must have exactly one signature', { found: count })
  }
}

function decode(json: Json): Bundle {
  if (json['dsseEnvelope'] !== undefined && json['messageSignature'] !== undefined) {
    throw malformed('it has both an envelope and the signature of a file')
  }
  let cause: unknown
  try {
    return bundleFromJSON(json)
  } catch (error) {
    cause = error
  }
  const fields = isObject(cause) && Array.isArray(cause['fields']) ? cause['fields'].map(String) : []
  if (fields.some(field => field.includes('inclusionProof'))) {
    throw new BundleRefusal('log-proof-missing', 'a log entry has no proof that it is in the log', { cause })
  }
  const what =
    fields.length > 0 ? `${shown(fields.join(', '))} is not what the format asks for` : 'its fields cannot be read'
  throw malformed(what, cause)
}

/** ASN.1 is read level by level: what is small takes little time, however it is made. */
function checkSizes({ verificationMaterial: { content, timestampVerificationData } }: Bundle): void {
  for (const { signedTimestamp } of timestampVerificationData?.rfc3161Timestamps ?? []) {
    if (signedTimestamp.length > MAX_TIMESTAMP_BYTES) throw malformed('a timestamp is too large')
  }
  const certificates =
    content.$case === 'certificate'
      ? [content.certificate]
      : content.$case === 'x509CertificateChain'
        ? content.x509CertificateChain.certificates
        : []
  for (const { rawBytes } of certificates) {
    if (rawBytes.length > MAX_CERTIFICATE_BYTES) throw malformed('a certificate is too large')
  }
}

function claimedSigner({ verificationMaterial: { content } }: Bundle): ReadBundle['claimed'] {
  if (content.$case === 'publicKey') return { kind: 'key', hint: content.publicKey.hint }
  const chain = content.$case === 'certificate' ? [content.certificate] : content.x509CertificateChain.certificates
  return { kind: 'certificate', certificate: readChain(chain.map(({ rawBytes }) => rawBytes)) }
}

/** A field that is no object has nothing to be counted; that it is none is found when it is decoded. */
function objectAt(value: unknown, name: string): Json {
  const field = isObject(value) ? value[name] : undefined
  return isObject(field) ? field : {}
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(what: string, cause?: unknown): BundleRefusal {
  return new BundleRefusal('bundle-malformed', `the bundle is malformed: ${what}`, { cause })
}
