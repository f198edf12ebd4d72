/** Reads what a bundle says of itself, for lists. Nothing is verified. */
import { X509Certificate } from 'node:crypto'
import { RFC3161Timestamp, X509Certificate as Asn1Certificate } from '@sigstore/core'
import { SeedError } from '../errors.ts'

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
const OID_ISSUER = '1.3.6.1.4.1.57264.1.8'
const OID_ISSUER_OLD = '1.3.6.1.4.1.57264.1.1'

/** @throws SeedError CONTENT_INVALID where the bytes are no bundle at all; what is odd in one is left out */
export function summarizeBundle(bytes: Uint8Array): BundleSummary {
  const document = bytes.length > MAX_BYTES ? undefined : parse(Buffer.from(bytes).toString('utf8'))
  const mediaType = text(document?.['mediaType'])
  const material = object(document?.['verificationMaterial'])
  if (mediaType === undefined || !/sigstore\.bundle/.test(mediaType) || material === undefined) {
    throw new SeedError('CONTENT_INVALID', 'this is no Sigstore bundle')
  }
  const envelope = object(document?.['dsseEnvelope'])
  const statement = parse(Buffer.from(text(envelope?.['payload']) ?? '', 'base64').toString('utf8'))
  const predicateType = text(statement?.['predicateType'])
  const dated = object(material['timestampVerificationData'])
  return {
    mediaType,
    ...(predicateType !== undefined && { predicateType }),
    subjects: list(statement?.['subject']).map(subject => ({
      name: text(subject['name']) ?? '',
      digest: Object.fromEntries(
        Object.entries(object(subject['digest']) ?? {}).filter(
          (each): each is [string, string] => typeof each[1] === 'string'
        )
      )
    })),
    signer: signerOf(material),
    logs: list(material['tlogEntries']).map(logOf),
    timestamps: list(dated?.['rfc3161Timestamps']).flatMap(each => timeOf(each['signedTimestamp']))
  }
}

function signerOf(material: Json): BundleSummary['signer'] {
  const chain = list(object(material['x509CertificateChain'])?.['certificates'])
  const raw = text((object(material['certificate']) ?? chain[0])?.['rawBytes'])
  if (raw === undefined) {
    const hint = text(object(material['publicKey'])?.['hint'])
    return { kind: 'key', ...(hint !== undefined && hint !== '' && { hint }) }
  }
  try {
    const der = Buffer.from(raw, 'base64')
    const identity = new X509Certificate(der).subjectAltName?.replace(/^(?:URI|email):/, '')
    const issuer = issuerOf(der)
    return {
      kind: 'certificate',
      ...(issuer !== undefined && { issuer }),
      ...(identity !== undefined && { identity })
    }
  } catch {
    return { kind: 'certificate' }
  }
}

function issuerOf(der: Buffer<ArrayBuffer>): string | undefined {
  const certificate = Asn1Certificate.parse(der)
  const extension = certificate.extension(OID_ISSUER)
  if (extension) return extension.valueObj.subs[0]?.value.toString('utf8')
  return certificate.extension(OID_ISSUER_OLD)?.value.toString('utf8')
}

function logOf(entry: Json): BundleSummary['logs'][number] {
  const seconds = Number(entry['integratedTime'] ?? 0)
  const kind = object(entry['kindVersion'])
  return {
    // What is zero may be left out. https://protobuf.dev/programming-guides/json/
    index: /^\d{1,20}$/.test(String(entry['logIndex'])) ? String(entry['logIndex']) : '0',
    id: Buffer.from(text(object(entry['logId'])?.['keyId']) ?? '', 'base64').toString('hex'),
    ...(seconds > 0 && seconds < 8e12 && { integratedTime: new Date(seconds * 1000) }),
    kind: `${text(kind?.['kind']) ?? 'unknown'} ${text(kind?.['version']) ?? ''}`.trim()
  }
}

function timeOf(timestamp: unknown): Date[] {
  try {
    return [RFC3161Timestamp.parse(Buffer.from(text(timestamp) ?? '', 'base64')).signingTime]
  } catch {
    return []
  }
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
  return typeof value === 'string' ? value : undefined
}
