/** Reads what a bundle says of itself, for lists. Nothing is verified. */
import { SeedError } from '../errors.ts'
import { readCertificate } from './certificate.ts'
import { readTimestamp } from './timestamp.ts'

export interface BundleSummary {
  mediaType: string
  /** Absent where the payload is no statement. */
  predicateType?: string
  subjects: { name: string; digest: Record<string, string> }[]
  signer: { kind: 'certificate'; issuer?: string; identity?: string } | { kind: 'key'; hint?: string }
  /** `index` is decimal. Logs of version 2 tell no time. */
  logs: { index: string; id: string; integratedTime?: Date; kind: string }[]
  timestamps: Date[]
}

type Json = Record<string, unknown>

const MAX_BYTES = 16 * 1024 * 1024
const MAX_ITEMS = 32
const MAX_LENGTH = 2048
/** Versions 0.1 to 0.3, the last in two forms. */
const MEDIA_TYPE = /^application\/vnd\.dev\.sigstore\.bundle(?:\.v0\.\d+)?\+json(?:;\s*version=0\.\d+)?$/

/**
 * What is odd in a bundle is left out, what there is too much of is cut off, and characters that do not print are replaced:
 * it is text of whoever made it.
 *
 * @throws SeedError CONTENT_INVALID where the bytes are no bundle at all
 */
export function summarizeBundle(bytes: Uint8Array): BundleSummary {
  const document = bytes.length > MAX_BYTES ? undefined : parse(Buffer.from(bytes).toString('utf8'))
  const mediaType = text(document?.['mediaType'])
  const material = object(document?.['verificationMaterial'])
  if (mediaType === undefined || !MEDIA_TYPE.test(mediaType) || material === undefined) {
    throw new SeedError('CONTENT_INVALID', 'this is no Sigstore bundle')
  }
  const envelope = object(document?.['dsseEnvelope'])
  const statement = parse(bytesOf(envelope?.['payload']).toString('utf8'))
  const predicateType = text(statement?.['predicateType'])
  const dated = object(material['timestampVerificationData'])
  return {
    mediaType,
    ...(predicateType !== undefined && { predicateType }),
    subjects: list(statement?.['subject']).map(subject => ({
      name: text(subject['name']) ?? '',
      digest: digestsOf(subject['digest'])
    })),
    signer: signerOf(material),
    logs: list(material['tlogEntries']).map(logOf),
    timestamps: list(dated?.['rfc3161Timestamps']).flatMap(each => timeOf(each['signedTimestamp']))
  }
}

function digestsOf(value: unknown): Record<string, string> {
  const entries = Object.entries(object(value) ?? {}).slice(0, MAX_ITEMS)
  return Object.fromEntries(
    entries.flatMap(([name, digest]) => (typeof digest === 'string' ? [[printable(name), printable(digest)]] : []))
  )
}

function signerOf(material: Json): BundleSummary['signer'] {
  const chain = list(object(material['x509CertificateChain'])?.['certificates'])
  const certificate = object(material['certificate']) ?? chain[0]
  if (certificate === undefined) {
    const hint = text(object(material['publicKey'])?.['hint'])
    return { kind: 'key', ...(hint !== undefined && hint !== '' && { hint }) }
  }
  try {
    const { names, issuers } = readCertificate(bytesOf(certificate['rawBytes']))
    const [identity, issuer] = [text(names[0]), text(issuers[0])]
    return {
      kind: 'certificate',
      ...(issuer !== undefined && { issuer }),
      ...(identity !== undefined && { identity })
    }
  } catch {
    return { kind: 'certificate' }
  }
}

function logOf(entry: Json): BundleSummary['logs'][number] {
  const seconds = Number(decimal(entry['integratedTime']))
  const kind = object(entry['kindVersion'])
  return {
    index: decimal(entry['logIndex']),
    id: bytesOf(object(entry['logId'])?.['keyId']).toString('hex').slice(0, MAX_LENGTH),
    ...(seconds > 0 && seconds < 8e12 && { integratedTime: new Date(seconds * 1000) }),
    kind: `${text(kind?.['kind']) ?? 'unknown'} ${text(kind?.['version']) ?? ''}`.trim()
  }
}

function timeOf(timestamp: unknown): Date[] {
  const read = readTimestamp(bytesOf(timestamp))
  return read ? [read.time] : []
}

/**
 * A 64-bit integer, which may be a string or a number; what is zero may be left out.
 * https://protobuf.dev/programming-guides/json/
 */
function decimal(value: unknown): string {
  // Nothing else is converted: objects out of JSON may have anything under the names that a conversion calls.
  const digits = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  return /^\d{1,20}$/.test(digits) ? digits : '0'
}

/** Of base64. */
function bytesOf(value: unknown): Buffer {
  return Buffer.from(typeof value === 'string' ? value : '', 'base64')
}

function parse(json: string): Json | undefined {
  try {
    return object(JSON.parse(json))
  } catch {
    return undefined
  }
}

function object(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined
}

function list(value: unknown): Json[] {
  return Array.isArray(value)
    ? (value as unknown[]).slice(0, MAX_ITEMS).flatMap((each): Json[] => {
        const found = object(each)
        return found ? [found] : []
      })
    : []
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? printable(value) : undefined
}

/** Neither control characters nor what turns the direction of the text after it. */
export function printable(value: string): string {
  return value.slice(0, MAX_LENGTH).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd')
}
