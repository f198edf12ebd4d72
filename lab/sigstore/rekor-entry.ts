/** The entries of Rekor version 1: checked, in the form that goes into the log, with the keys they are found by. */
import { createHash, createPublicKey, verify, X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { dsse, json } from '@sigstore/core'
import { digestAlgorithmOf, isSignatureOfDigest } from './digest-signature.ts'

export interface CanonicalEntry {
  /** Canonical JSON (RFC 8785). */
  body: Buffer
  /** What the index knows the entry by: hashes as `sha256:…`, names of certificates. */
  keys: string[]
}

/** A key or certificate that a signature is checked with. */
interface Verifier {
  key: KeyObject
  /** As the log writes it. */
  pem: string
  /** Names in the certificate. */
  subjects: string[]
}

interface Envelope {
  payloadType: string
  payload: string
  signatures: { sig: string }[]
}

/** What a client is to send; anything else fails when it is read. */
interface ProposedDsse {
  proposedContent: { envelope: string; verifiers: string[] }
}

interface ProposedHashedRekord {
  data: { hash: { algorithm: string; value: string } }
  signature: { content: string; publicKey: { content: string } }
}

/**
 * @param proposed a request for a new entry, as a client sent it
 * @throws Error where the real log refuses it, too; or it cannot be read at all
 */
export function canonicalEntry(proposed: { kind?: string; apiVersion?: string; spec?: unknown }): CanonicalEntry {
  const { kind, apiVersion, spec } = proposed
  if (apiVersion === '0.0.1' && kind === 'dsse') return dsseEntry(spec as ProposedDsse)
  if (apiVersion === '0.0.1' && kind === 'hashedrekord') return hashedRekordEntry(spec as ProposedHashedRekord)
  throw new Error(`there are no entries ${kind} of version ${apiVersion} here`)
}

/** https://github.com/sigstore/rekor/blob/main/pkg/types/dsse/v0.0.1/dsse_v0_0_1_schema.json */
function dsseEntry({ proposedContent }: ProposedDsse): CanonicalEntry {
  const { envelope: text, verifiers: encoded } = proposedContent
  const envelope = JSON.parse(text) as Envelope
  if (envelope.signatures.length === 0) throw new Error('DSSE envelope must contain 1 or more signatures')
  const verifiers = encoded.map(readVerifier)
  const payload = Buffer.from(envelope.payload, 'base64')
  const signed = dsse.preAuthEncoding(envelope.payloadType, payload)
  const signatures = envelope.signatures.map(({ sig }) => {
    const verifier = verifiers.find(each => isSignature(each.key, signed, Buffer.from(sig, 'base64')))
    if (verifier === undefined) throw new Error('could not verify envelope: no valid signature')
    return { signature: sig, verifier }
  })
  const payloadHash = sha256(payload)
  const envelopeHash = sha256(Buffer.from(text))
  return {
    body: canonical('dsse', {
      envelopeHash: { algorithm: 'sha256', value: envelopeHash },
      payloadHash: { algorithm: 'sha256', value: payloadHash },
      signatures: signatures
        .map(({ signature, verifier }) => ({ signature, verifier: base64(verifier.pem) }))
        .sort((a, b) => (a.signature < b.signature ? -1 : 1))
    }),
    keys: [
      ...signatures.flatMap(({ verifier }) => [`sha256:${sha256(Buffer.from(verifier.pem))}`, ...verifier.subjects]),
      `sha256:${payloadHash}`,
      `sha256:${envelopeHash}`,
      ...(envelope.payloadType === 'application/vnd.in-toto+json' ? namedDigests(payload) : [])
    ]
  }
}

/** https://github.com/sigstore/rekor/blob/main/pkg/types/hashedrekord/v0.0.1/hashedrekord_v0_0_1_schema.json */
function hashedRekordEntry({ data, signature: { content, publicKey } }: ProposedHashedRekord): CanonicalEntry {
  const { algorithm, value } = data.hash
  const verifier = readVerifier(publicKey.content)
  if (digestAlgorithmOf(verifier.key) !== algorithm) throw new Error('entry algorithms are not allowed')
  if (!isSignatureOfDigest(verifier.key, Buffer.from(value, 'hex'), Buffer.from(content, 'base64'))) {
    throw new Error('verifying signature: invalid signature when validating ASN.1 encoded signature')
  }
  return {
    body: canonical('hashedrekord', {
      data: { hash: { algorithm, value } },
      signature: { content, publicKey: { content: base64(verifier.pem) } }
    }),
    keys: [verifierHash(publicKey.content), ...verifier.subjects, `${algorithm}:${value}`]
  }
}

function canonical(kind: string, spec: object): Buffer {
  return Buffer.from(json.canonicalize({ apiVersion: '0.0.1', kind, spec }))
}

/** @param encoded base64 of PEM */
function readVerifier(encoded: string): Verifier {
  const pem = Buffer.from(encoded, 'base64').toString()
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
    const key = createPublicKey(pem)
    return { key, pem: key.export({ type: 'spki', format: 'pem' }).toString(), subjects: [] }
  }
  const certificate = new X509Certificate(pem)
  const subjects = (certificate.subjectAltName ?? '').split(', ').map(name => name.replace(/^(URI|email|DNS):/, ''))
  return { key: certificate.publicKey, pem: certificate.toString(), subjects }
}

/** The log checks envelopes with SHA-256, whatever the key's curve is. */
function isSignature(key: KeyObject, signed: Buffer, signature: Buffer): boolean {
  return verify(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', signed, key, signature)
}

/** What an in-toto statement is about, and what it says that was made of. */
function namedDigests(payload: Buffer): string[] {
  const { subject, predicate } = JSON.parse(payload.toString()) as {
    subject?: Named[]
    predicate?: { materials?: Named[] }
  }
  const named = [...(subject ?? []), ...(predicate?.materials ?? [])]
  return named.flatMap(({ digest = {} }) => Object.entries(digest).map(([name, value]) => `${name}:${value}`))
}

interface Named {
  digest?: Record<string, string>
}

/** What the index knows a `hashedrekord` by, whose key it is. @param encoded base64 of PEM */
export function verifierHash(encoded: string): string {
  return sha256(Buffer.from(readVerifier(encoded).pem))
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
