/**
 * Rekor version 2, as far as one server with a fixed set of keys goes; its tiles are not served.
 * https://github.com/sigstore/rekor-tiles/tree/main/api/proto/rekor/v2
 */
import { createPublicKey, X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { json } from '@sigstore/core'
import type { Clock } from './clock.ts'
import { digestAlgorithmOf, isSignatureOfDigest } from './digest-signature.ts'
import { refusal } from './loopback-server.ts'
import type { Answer, Call } from './loopback-server.ts'
import { leafHash } from './merkle-tree.ts'
import { createEd25519Key, TransparencyLog } from './transparency-log.ts'
import type { LoggedEntry } from './transparency-log.ts'

/** Verifiers take the host of the log's address for its name. */
const NAME = '127.0.0.1'

/** In protobuf's JSON. */
interface HashedRekordRequest {
  digest: string
  signature: {
    content: string
    verifier: { keyDetails: string; x509Certificate?: { rawBytes: string }; publicKey?: { rawBytes: string } }
  }
}

const DETAILS: Readonly<Record<string, { digest: string; type: string; bytes: number }>> = {
  PKIX_ECDSA_P256_SHA_256: { digest: 'sha256', type: 'SHA2_256', bytes: 32 },
  PKIX_ECDSA_P384_SHA_384: { digest: 'sha384', type: 'SHA2_384', bytes: 48 },
  PKIX_ECDSA_P521_SHA_512: { digest: 'sha512', type: 'SHA2_512', bytes: 64 },
  PKIX_RSA_PKCS1V15_2048_SHA256: { digest: 'sha256', type: 'SHA2_256', bytes: 32 },
  PKIX_RSA_PKCS1V15_3072_SHA256: { digest: 'sha256', type: 'SHA2_256', bytes: 32 },
  PKIX_RSA_PKCS1V15_4096_SHA256: { digest: 'sha256', type: 'SHA2_256', bytes: 32 }
}

export class RekorV2 {
  readonly log = new TransparencyLog(createEd25519Key(NAME), NAME)
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  answer({ method, path, body }: Call): Answer {
    if (method === 'POST' && path === '/api/v2/log/entries') return this.#create(body)
    if (method === 'GET' && path === '/api/v2/checkpoint') return { status: 200, body: this.log.checkpoint() }
    return status(404, 5, 'Not Found')
  }

  #create(body: Buffer): Answer {
    let canonical: Buffer
    try {
      const { hashedRekordRequestV002: request, ...others } = JSON.parse(body.toString()) as {
        hashedRekordRequestV002?: HashedRekordRequest
      }
      // Only known, and no longer taken: envelopes (dsseRequestV002).
      if (request === undefined) return status(400, 3, 'invalid type, must be hashedrekord')
      if (Object.keys(others).length > 0) throw new Error(`unknown field "${Object.keys(others)[0]}"`)
      canonical = hashedRekord(request)
    } catch (error) {
      return { ...status(400, 3, 'invalid hashedrekord request'), reason: (error as Error).message }
    }
    const known = this.log.find(leafHash(canonical).toString('hex'))
    if (known !== undefined) {
      const message = `an equivalent entry already exists in the transparency log with index ${known.index}`
      return { ...status(409, 6, message), headers: { 'x-log-index': String(known.index) } }
    }
    return { status: 201, body: this.#describe(this.log.append(canonical, this.#clock.seconds())) }
  }

  /** A TransparencyLogEntry. There is no time in it, and no promise: the server writes out even what is not set. */
  #describe(entry: LoggedEntry): object {
    const { index, treeSize, rootHash, hashes, checkpoint } = this.log.prove(entry)
    return {
      logIndex: String(entry.index),
      logId: { keyId: this.log.key.id.toString('base64') },
      kindVersion: { kind: 'hashedrekord', version: '0.0.2' },
      integratedTime: '0',
      inclusionPromise: null,
      inclusionProof: {
        logIndex: String(index),
        rootHash: rootHash.toString('base64'),
        treeSize: String(treeSize),
        hashes: hashes.map(hash => hash.toString('base64')),
        checkpoint: { envelope: checkpoint }
      },
      canonicalizedBody: entry.body.toString('base64')
    }
  }
}

/** Checks a request and makes the entry of it that goes into the log. */
function hashedRekord({ digest, signature: { content, verifier } }: HashedRekordRequest): Buffer {
  const details = DETAILS[verifier.keyDetails]
  const key = readKey(verifier)
  const bytes = Buffer.from(digest, 'base64')
  if (details === undefined || digestAlgorithmOf(key) !== details.digest) throw new Error('unsupported entry algorithm')
  if (bytes.length !== details.bytes) throw new Error('digest length does not match')
  if (!isSignatureOfDigest(key, bytes, Buffer.from(content, 'base64'))) throw new Error('verifying signature')
  const spec = { hashedRekordV002: { data: { algorithm: details.type, digest }, signature: { content, verifier } } }
  return Buffer.from(json.canonicalize({ apiVersion: '0.0.2', kind: 'hashedrekord', spec }))
}

function readKey({ x509Certificate, publicKey }: HashedRekordRequest['signature']['verifier']): KeyObject {
  if (x509Certificate !== undefined)
    return new X509Certificate(Buffer.from(x509Certificate.rawBytes, 'base64')).publicKey
  if (publicKey === undefined) throw new Error('must contain either a public key or X.509 certificate')
  return createPublicKey({ key: Buffer.from(publicKey.rawBytes, 'base64'), format: 'der', type: 'spki' })
}

/** An error of a gRPC gateway. */
function status(http: number, code: number, message: string): Answer {
  return { ...refusal(http, message), body: { code, message, details: [] } }
}
