/** The transparency log, version 1. https://github.com/sigstore/rekor/blob/main/openapi.yaml */
import { X509Certificate } from 'node:crypto'
import { envelopeToJSON, type Envelope, type TransparencyLogEntry } from '@sigstore/bundle'
import type { Ports } from '../ports.ts'
import { ask, malformed, parseAnswer, type Service, type ServiceOptions } from './service-client.ts'
import type { Signature } from './signature.ts'

const TIMEOUT_MS = 10_000
const PATH = '/api/v1/log/entries'
export const LOG = 'transparency log'

/**
 * Enters an envelope, as kind `dsse`. One that is there already is fetched.
 *
 * @throws SeedError SIGSTORE_UNREACHABLE, SIGSTORE_FAILED
 */
export async function logEnvelope(
  envelope: Envelope,
  { certificate, publicKey }: Signature,
  url: string,
  ports: Ports,
  options?: ServiceOptions
): Promise<TransparencyLogEntry> {
  const service: Service = { name: LOG, url, timeoutMs: TIMEOUT_MS }
  const verifier = certificate
    ? new X509Certificate(certificate).toString()
    : publicKey.export({ type: 'spki', format: 'pem' })
  const proposal = {
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: {
      proposedContent: {
        envelope: JSON.stringify(envelopeToJSON(envelope)),
        verifiers: [Buffer.from(verifier).toString('base64')]
      }
    }
  }
  const accept = 'application/json'
  const body = { type: accept, bytes: Buffer.from(JSON.stringify(proposal)) }
  let answer = await ask(service, { path: PATH, accept, body, statuses: [201, 409] }, ports, options)
  if (answer.status === 409) {
    // Of the address, only the identifier: the log is asked where it is, and nobody else.
    const id = /\/([0-9a-f]{64}|[0-9a-f]{80})$/i.exec(answer.location ?? '')?.[1]
    if (id === undefined) throw malformed(service, 'address of the entry that it says to have')
    answer = await ask(service, { path: `${PATH}/${id}`, accept, statuses: [200] }, ports, options)
  }
  const [entry, ...more] = Object.values(parseAnswer(service, answer, 'log entry'))
  const read = more.length === 0 ? readEntry(entry) : undefined
  if (read === undefined) throw malformed(service, 'log entry')
  return read
}

/** In the form that bundles have. @returns undefined where it is no whole entry */
function readEntry(value: unknown): TransparencyLogEntry | undefined {
  try {
    // What is missing or of another type throws where it is used: a wrong shape has no other meaning here.
    const entry = value as RekorEntry
    const { signedEntryTimestamp, inclusionProof: proof } = entry.verification
    const body = Buffer.from(entry.body, 'base64')
    const { kind, apiVersion } = JSON.parse(body.toString('utf8')) as { kind: unknown; apiVersion: unknown }
    return {
      logIndex: whole(entry.logIndex),
      logId: { keyId: hex(entry.logID) },
      kindVersion: { kind: text(kind), version: text(apiVersion) },
      integratedTime: whole(entry.integratedTime),
      inclusionPromise: { signedEntryTimestamp: Buffer.from(text(signedEntryTimestamp), 'base64') },
      inclusionProof: {
        logIndex: whole(proof.logIndex),
        treeSize: whole(proof.treeSize),
        rootHash: hex(proof.rootHash),
        hashes: proof.hashes.map(hex),
        checkpoint: { envelope: text(proof.checkpoint) }
      },
      canonicalizedBody: body
    }
  } catch {
    return undefined
  }
}

interface RekorEntry {
  body: string
  integratedTime: number
  logID: string
  logIndex: number
  verification: {
    signedEntryTimestamp: string
    inclusionProof: { checkpoint: string; hashes: string[]; logIndex: number; rootHash: string; treeSize: number }
  }
}

function whole(value: unknown): string {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new Error('no number')
  return String(value)
}

function text(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new Error('no text')
  return value
}

function hex(value: unknown): Buffer {
  if (typeof value !== 'string' || !/^(?:[0-9a-f]{2})+$/i.test(value)) throw new Error('no bytes')
  return Buffer.from(value, 'hex')
}
