/** The transparency log, version 2. https://github.com/sigstore/rekor-tiles/tree/main/api/proto/rekor/v2 */
import { createHash } from 'node:crypto'
import type { TransparencyLogEntry } from '@sigstore/bundle'
import { TransparencyLogEntry as EntryMessage } from '@sigstore/protobuf-specs'
import type { Ports } from '../ports.ts'
import { keyDetails } from './key.ts'
import { LOG } from './rekor-v1.ts'
import { ask, malformed, parseAnswer, type Service, type ServiceOptions } from './service-client.ts'
import type { Signature } from './signature.ts'

/** It answers only when the entry is in the tree. */
const TIMEOUT_MS = 20_000

/**
 * Enters a signature by the digest of what was signed, as kind `hashedrekord`: this version takes no envelopes. There is no
 * time in such an entry.
 *
 * @param signed what the signature is of: the encoded envelope (PAE)
 * @returns undefined where the log has this very signature already: it does not give it out again
 * @throws SeedError KEY_INVALID, SIGSTORE_UNREACHABLE, SIGSTORE_FAILED
 */
export async function logSignature(
  signed: Buffer,
  { bytes, certificate, publicKey }: Signature,
  url: string,
  ports: Ports,
  options?: ServiceOptions
): Promise<TransparencyLogEntry | undefined> {
  const service: Service = { name: LOG, url, timeoutMs: TIMEOUT_MS }
  const rawBytes = (certificate ?? publicKey.export({ type: 'spki', format: 'der' })).toString('base64')
  const verifier = {
    keyDetails: keyDetails(publicKey),
    ...(certificate ? { x509Certificate: { rawBytes } } : { publicKey: { rawBytes } })
  }
  const request = {
    hashedRekordRequestV002: {
      digest: createHash('sha256').update(signed).digest('base64'),
      signature: { content: bytes.toString('base64'), verifier }
    }
  }
  const accept = 'application/json'
  const body = { type: accept, bytes: Buffer.from(JSON.stringify(request)) }
  const path = '/api/v2/log/entries'
  const answer = await ask(service, { path, accept, body, statuses: [200, 201, 409] }, ports, options)
  if (answer.status === 409) return undefined
  const entry = readEntry(parseAnswer(service, answer, 'log entry'))
  if (entry === undefined) throw malformed(service, 'log entry')
  return entry
}

function readEntry(value: Record<string, unknown>): TransparencyLogEntry | undefined {
  try {
    const { logId, kindVersion, inclusionProof, ...entry } = EntryMessage.fromJSON(value)
    const isWhole =
      logId !== undefined &&
      kindVersion !== undefined &&
      inclusionProof?.checkpoint !== undefined &&
      logId.keyId.length > 0 &&
      entry.canonicalizedBody.length > 0 &&
      [entry.logIndex, inclusionProof.logIndex, inclusionProof.treeSize].every(number => /^\d+$/.test(number))
    return isWhole ? { ...entry, logId, kindVersion, inclusionProof } : undefined
  } catch {
    return undefined
  }
}
