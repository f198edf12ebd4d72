/**
 * What an entry of a transparency log, version 1, says of itself. Nothing is verified: it is a stranger's text.
 * https://github.com/sigstore/rekor/tree/main/pkg/types
 */
import { createHash, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto'
import { printable } from './bundle.ts'
import { readCertificate } from './certificate.ts'
import { stackless } from './verify/stackless.ts'
import { parseStrictJson } from './verify/strict-json.ts'

export interface LogHit {
  /** Hash of the leaf, after the number of its tree where the log says it; in hexadecimal. */
  uuid: string
  /** Decimal. */
  logIndex: string
  /** In hexadecimal. */
  logId: string
  integratedTime?: Date
  /** `dsse`; `unknown` where the entry cannot be read. */
  kind: string
  /** The first name in the certificate that signed. */
  identity?: string
  /** Who vouched for it. */
  issuer?: string
  /** SHA-256 of the DER of the key that signed, in hexadecimal; where no certificate names anybody. */
  key?: string
}

type Signer = Pick<LogHit, 'identity' | 'issuer' | 'key'>

const MAX_DEPTH = 16
const MAX_KIND = 64
const MAX_SIGNATURES = 4
/** As base64 of PEM, many times what is usual. What is small takes little time, however it is made. */
const MAX_PEM = 16 * 1024
/** In seconds, what dates can hold. */
const MAX_TIME = 8e12

/**
 * @param uuid what the log calls it
 * @param entry as the log answers
 * @returns undefined where it does not say its place in the log; what else is odd is left out
 */
export function readHit(uuid: string, entry: unknown): LogHit | undefined {
  if (!isObject(entry)) return undefined
  const { body, logID, logIndex, integratedTime: seconds } = entry
  if (typeof logID !== 'string' || !/^[0-9a-f]{64}$/i.test(logID)) return undefined
  if (!Number.isSafeInteger(logIndex) || (logIndex as number) < 0) return undefined
  const isTime = typeof seconds === 'number' && seconds > 0 && seconds < MAX_TIME
  return {
    uuid,
    logIndex: String(logIndex),
    logId: logID.toLowerCase(),
    ...(isTime && { integratedTime: new Date(seconds * 1000) }),
    ...readBody(body)
  }
}

interface Body {
  kind?: unknown
  spec?: {
    /** dsse */
    signatures?: { verifier?: unknown }[]
    /** intoto 0.0.2 */
    content?: { envelope?: { signatures?: { publicKey?: unknown }[] } }
    /** intoto 0.0.1 */
    publicKey?: unknown
    /** hashedrekord, rekord */
    signature?: { publicKey?: { content?: unknown } }
  }
}

function readBody(base64: unknown): Signer & { kind: string } {
  try {
    if (typeof base64 !== 'string') return { kind: 'unknown' }
    const value = parseStrictJson(Buffer.from(base64, 'base64'), { depth: MAX_DEPTH })
    const body = (isObject(value) ? value : {}) as Body
    const kind = typeof body.kind === 'string' ? printable(body.kind.slice(0, MAX_KIND)) : ''
    return { kind: kind || 'unknown', ...signerOf(body) }
  } catch {
    return { kind: 'unknown' }
  }
}

/** The first that can be read: there is hardly ever another. */
function signerOf(body: Body): Signer {
  let verifiers: unknown[]
  try {
    verifiers = verifiersOf(body)
  } catch {
    return {}
  }
  for (const verifier of verifiers) {
    try {
      if (typeof verifier !== 'string' || verifier.length > MAX_PEM) continue
      return readVerifier(Buffer.from(verifier, 'base64').toString('utf8'))
    } catch {
      continue
    }
  }
  return {}
}

/** @throws TypeError where the shape is another */
function verifiersOf({ kind, spec = {} }: Body): unknown[] {
  switch (kind) {
    case 'dsse':
      return spec.signatures?.slice(0, MAX_SIGNATURES).map(each => each.verifier) ?? []
    case 'intoto': {
      const signatures = spec.content?.envelope?.signatures?.slice(0, MAX_SIGNATURES) ?? []
      return [...signatures.map(each => each.publicKey), spec.publicKey]
    }
    case 'hashedrekord':
    case 'rekord':
      return [spec.signature?.publicKey?.content]
    default:
      return []
  }
}

/** @throws Error where it is no certificate or public key in PEM */
function readVerifier(pem: string): Signer {
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
    if (!/-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(pem)) throw new Error('this is no public key')
    return { key: fingerprint(createPublicKey(pem)) }
  }
  const { names, issuers, publicKey } = stackless(() => readCertificate(new X509Certificate(pem).raw))
  const [identity = '', issuer = ''] = [names[0], issuers[0]].map(each => each && printable(each))
  if (identity === '') return { key: fingerprint(publicKey) }
  return { identity, ...(issuer !== '' && { issuer }) }
}

function fingerprint(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
}

/** Of JSON. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
