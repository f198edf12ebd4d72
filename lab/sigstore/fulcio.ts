/** Fulcio: certificates for holders of identity tokens. https://github.com/sigstore/fulcio/blob/main/fulcio.proto */
import { createPublicKey, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import type { JWTPayload } from 'jose'
import type { CertificateAuthority } from './certificate-authority.ts'
import { certifiedIdentity } from './identity-extensions.ts'
import type { CertifiedIdentity, IssuerType } from './identity-extensions.ts'
import { refusal } from './loopback-server.ts'
import type { Answer, Call } from './loopback-server.ts'
import { certificatePem } from './pem.ts'

/** An issuer whose tokens are taken. */
export interface AcceptedIssuer {
  issuer: string
  type: IssuerType
}

const AUDIENCE = 'sigstore'
const FETCH_TIMEOUT_MS = 5000
const INVALID_ARGUMENT = 3

interface CertificateRequest {
  credentials?: { oidcIdentityToken?: string }
  publicKeyRequest?: { publicKey?: { content?: string }; proofOfPossession?: string }
}

export class Fulcio {
  readonly #authority: CertificateAuthority
  readonly #issuers: AcceptedIssuer[]

  /** @param issuers may be added to later */
  constructor(authority: CertificateAuthority, issuers: AcceptedIssuer[]) {
    this.#authority = authority
    this.#issuers = issuers
  }

  async answer({ method, path, headers, body }: Call): Promise<Answer> {
    if (method === 'GET' && path === '/api/v2/trustBundle') {
      return { status: 200, body: { chains: [{ certificates: this.#authority.chain.map(certificatePem) }] } }
    }
    if (method === 'GET' && path === '/api/v2/configuration') return { status: 200, body: this.#configuration() }
    if (method !== 'POST' || path !== '/api/v2/signingCert') return refusal(404, 'Not Found')
    const { credentials, publicKeyRequest } = JSON.parse(body.toString()) as CertificateRequest
    const token = credentials?.oidcIdentityToken ?? (headers.authorization ?? '').replace('Bearer ', '')
    return this.#certify(token, publicKeyRequest)
  }

  /** The token is checked by the machine's time: an authority whose clock is off still gives out certificates. */
  async #certify(token: string, publicKeyRequest: CertificateRequest['publicKeyRequest'] = {}): Promise<Answer> {
    let claims: JWTPayload
    let identity: CertifiedIdentity
    try {
      const { issuer, type } = this.#accepted(token)
      claims = await verifyToken(token, issuer)
      identity = certifiedIdentity(type, claims)
    } catch (error) {
      return invalid('There was an error processing the identity token', (error as Error).message)
    }
    let publicKey: KeyObject
    try {
      publicKey = createPublicKey(publicKeyRequest.publicKey?.content ?? '')
    } catch (error) {
      return invalid('The public key supplied in the request could not be parsed', (error as Error).message)
    }
    if (!isProof(publicKey, claims.sub ?? '', publicKeyRequest.proofOfPossession ?? '')) {
      return invalid('The signature supplied in the request could not be verified')
    }
    const certificate = this.#authority.issue(publicKey, identity.uri, identity.extensions)
    const certificates = [certificate, ...this.#authority.chain].map(certificatePem)
    return { status: 200, body: { signedCertificateEmbeddedSct: { chain: { certificates } } } }
  }

  #accepted(token: string): AcceptedIssuer {
    const { iss } = decodeJwt(token)
    const accepted = this.#issuers.find(({ issuer }) => issuer === iss)
    if (accepted === undefined) throw new Error(`unsupported issuer: ${iss}`)
    return accepted
  }

  #configuration(): object {
    return { issuers: this.#issuers.map(({ issuer }) => ({ issuerUrl: issuer, audience: AUDIENCE })) }
  }
}

/** Checks a token with the keys that its issuer publishes now. https://openid.net/specs/openid-connect-discovery-1_0.html */
async function verifyToken(token: string, issuer: string): Promise<JWTPayload> {
  const discovery = (await fetchJson(`${issuer}/.well-known/openid-configuration`)) as { jwks_uri: string }
  const keys = createLocalJWKSet((await fetchJson(discovery.jwks_uri)) as Parameters<typeof createLocalJWKSet>[0])
  const { payload } = await jwtVerify(token, keys, { issuer, audience: AUDIENCE, requiredClaims: ['sub', 'exp'] })
  return payload
}

async function fetchJson(url: string): Promise<unknown> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
  return answer.json()
}

const PROOF_DIGESTS: Readonly<Record<string, string>> = { secp384r1: 'sha384', secp521r1: 'sha512' }

/** Who asks has the private key: it signed the token's subject. */
function isProof(key: KeyObject, subject: string, proof: string): boolean {
  const digest = PROOF_DIGESTS[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? 'sha256'
  const algorithm = key.asymmetricKeyType === 'ed25519' ? null : digest
  return verify(algorithm, Buffer.from(subject), key, Buffer.from(proof, 'base64'))
}

/** An error of a gRPC gateway. */
function invalid(message: string, reason?: string): Answer {
  return { ...refusal(400, message, reason), body: { code: INVALID_ARGUMENT, message, details: [] } }
}
