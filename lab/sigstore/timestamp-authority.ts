/**
 * A timestamp authority: RFC 3161, with requests in Sigstore's JSON, too.
 * https://github.com/sigstore/timestamp-authority/blob/main/openapi.yaml
 */
import { createHash, randomBytes, sign } from 'node:crypto'
import { ASN1Obj } from '@sigstore/core'
import { createAuthority } from './authority.ts'
import { algorithm, encodeName, extendedKeyUsage, signerExtensions, TIME_STAMPING } from './certificate.ts'
import type { Clock } from './clock.ts'
import {
  context,
  contextSet,
  generalizedTime,
  integer,
  nothing,
  objectIdentifier,
  octets,
  sequence,
  set,
  time
} from './der.ts'
import { refusal } from './loopback-server.ts'
import type { Answer, Call } from './loopback-server.ts'
import { certificatePem } from './pem.ts'

interface TimestampRequest {
  /** Object identifier of a hash function. */
  hashAlgorithm: string
  digest: Buffer
  /** Big-endian. */
  nonce?: Buffer
  /** Whether the answer is to hold the authority's certificate. */
  certificates: boolean
}

const HASHES: Readonly<Record<string, { oid: string; bytes: number }>> = {
  sha256: { oid: '2.16.840.1.101.3.4.2.1', bytes: 32 },
  sha384: { oid: '2.16.840.1.101.3.4.2.2', bytes: 48 },
  sha512: { oid: '2.16.840.1.101.3.4.2.3', bytes: 64 }
}
const SHA256 = '2.16.840.1.101.3.4.2.1'
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2'
const POLICY = '1.3.6.1.4.1.57264.2'
const TIMESTAMP_INFORMATION = '1.2.840.113549.1.9.16.1.4'
const SERIAL_BYTES = 16
const PATH = '/api/v1/timestamp'

export class TimestampAuthority {
  readonly #authority = createAuthority({ commonName: 'sigstore-tsa', organization: 'nix-seed lab' }, 'P-256', [
    ...signerExtensions(),
    extendedKeyUsage(TIME_STAMPING, true)
  ])
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** DER of the signing certificate and the root. */
  get chain(): readonly [Buffer, Buffer] {
    return this.#authority.chain
  }

  answer({ method, path, headers, body }: Call): Answer {
    if (method === 'GET' && path === `${PATH}/certchain`) {
      return { status: 200, body: this.chain.map(certificatePem).join('') }
    }
    if (method !== 'POST' || path !== PATH) return refusal(404, `path ${path} was not found`)
    try {
      const isJson = headers['content-type']?.startsWith('application/json') === true
      const request = isJson ? readJson(body) : readDer(body)
      return {
        status: 201,
        headers: { 'content-type': 'application/timestamp-reply' },
        body: sequence(sequence(integer(0)), this.#token(request))
      }
    } catch (error) {
      return refusal(400, 'Error generating timestamp response', (error as Error).message)
    }
  }

  /** TimeStampToken: section 2.4.2, and SignedData of RFC 5652, section 5. */
  #token(request: TimestampRequest): Buffer {
    const { chain, issuer, rootName, serial } = this.#authority
    const now = this.#clock.now()
    const information = encodeInformation(request, now)
    const attributes = signedAttributes(information, chain[0], now)
    const signature = sign('sha256', set(...attributes), issuer.privateKey)
    const signer = sequence(
      integer(1),
      sequence(encodeName(rootName), integer(serial)),
      algorithm(SHA256, 'null'),
      contextSet(0, ...attributes),
      algorithm(ECDSA_WITH_SHA256),
      octets(signature)
    )
    const signed = sequence(
      integer(3),
      set(algorithm(SHA256, 'null')),
      sequence(objectIdentifier(TIMESTAMP_INFORMATION), context(0, octets(information))),
      ...(request.certificates ? [context(0, chain[0])] : []),
      set(signer)
    )
    return sequence(objectIdentifier('1.2.840.113549.1.7.2'), context(0, signed))
  }
}

/** TSTInfo */
function encodeInformation({ hashAlgorithm, digest, nonce }: TimestampRequest, now: Date): Buffer {
  return sequence(
    integer(1),
    objectIdentifier(POLICY),
    sequence(sequence(objectIdentifier(hashAlgorithm), nothing()), octets(digest)),
    integer(randomBytes(SERIAL_BYTES)),
    generalizedTime(now),
    sequence(integer(1)), // accurate to the second
    ...(nonce === undefined ? [] : [integer(nonce)])
  )
}

function signedAttributes(information: Buffer, certificate: Buffer, now: Date): Buffer[] {
  const attribute = (oid: string, value: Buffer) => sequence(objectIdentifier(oid), set(value))
  const digest = (bytes: Buffer) => octets(createHash('sha256').update(bytes).digest())
  return [
    attribute('1.2.840.113549.1.9.3', objectIdentifier(TIMESTAMP_INFORMATION)),
    attribute('1.2.840.113549.1.9.5', time(now)),
    attribute('1.2.840.113549.1.9.4', digest(information)),
    // Which certificate signs (RFC 5816), so that none can be put in its place.
    attribute('1.2.840.113549.1.9.16.2.47', sequence(sequence(sequence(digest(certificate)))))
  ]
}

function readJson(body: Buffer): TimestampRequest {
  const {
    artifactHash,
    hashAlgorithm,
    nonce,
    certificates = false
  } = JSON.parse(body.toString()) as {
    artifactHash: string
    hashAlgorithm: string
    nonce?: number
    certificates?: boolean
  }
  const digest = Buffer.from(artifactHash, 'base64')
  const hash = HASHES[hashAlgorithm.toLowerCase().replace('-', '')]
  return checked({
    hashAlgorithm: hash?.oid ?? hashAlgorithm,
    digest,
    certificates,
    ...(nonce !== undefined && { nonce: Buffer.from(nonce.toString(16).padStart(16, '0'), 'hex') })
  })
}

/** TimeStampReq: section 2.4.1 */
function readDer(body: Buffer): TimestampRequest {
  const [, imprint, ...rest] = ASN1Obj.parseBuffer(Buffer.from(body)).subs
  const INTEGER = 0x02
  const BOOLEAN = 0x01
  const nonce = rest.find(part => part.tag.number === INTEGER && part.tag.isUniversal())?.value
  return checked({
    hashAlgorithm: imprint!.subs[0]!.subs[0]!.toOID(),
    digest: imprint!.subs[1]!.value,
    certificates: rest.some(part => part.tag.number === BOOLEAN && part.tag.isUniversal() && part.toBoolean()),
    ...(nonce && { nonce })
  })
}

function checked(request: TimestampRequest): TimestampRequest {
  const hash = Object.values(HASHES).find(each => each.oid === request.hashAlgorithm)
  if (hash?.bytes !== request.digest.length) throw new Error('the hash is not of a kind that is taken')
  return request
}
