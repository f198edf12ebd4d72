/** The certificate authority: a certificate, for minutes, for whom an identity token speaks of. */
import { sign, X509Certificate, type KeyObject } from 'node:crypto'
import type { Ports } from '../ports.ts'
import { claim } from './claims.ts'
import type { Identity } from './identity.ts'
import { ask, malformed, parseAnswer, type Service, type ServiceOptions } from './service-client.ts'

const TIMEOUT_MS = 10_000
export const AUTHORITY = 'certificate authority'

/**
 * Asks for a certificate of a key. https://github.com/sigstore/fulcio/blob/main/fulcio.proto
 *
 * @param keys ECDSA, P-256
 * @returns DER of the certificate alone, unchecked
 * @throws SeedError IDENTITY_INVALID where the token was refused, SIGSTORE_UNREACHABLE, SIGSTORE_FAILED
 */
export async function requestCertificate(
  identity: Identity,
  keys: { privateKey: KeyObject; publicKey: KeyObject },
  fulcioUrl: string,
  ports: Ports,
  options?: ServiceOptions
): Promise<Buffer> {
  const { token } = identity
  const service: Service = { name: AUTHORITY, url: fulcioUrl, timeoutMs: TIMEOUT_MS, secrets: [token] }
  // Whoever signs the token's subject has the key that the certificate is asked for.
  const proof = sign('sha256', Buffer.from(claim(identity.claims, 'sub')), keys.privateKey)
  const content = keys.publicKey.export({ type: 'spki', format: 'pem' })
  const request = {
    credentials: { oidcIdentityToken: token },
    publicKeyRequest: { publicKey: { algorithm: 'ECDSA', content }, proofOfPossession: proof.toString('base64') }
  }
  const answer = await ask(
    service,
    {
      path: '/api/v2/signingCert',
      accept: 'application/json',
      body: { type: 'application/json', bytes: Buffer.from(JSON.stringify(request)) },
      statuses: [200, 201],
      refusal: status => (status === 400 || status === 401 ? refusal(identity) : undefined)
    },
    ports,
    options
  )
  const body = parseAnswer(service, answer, 'certificate') as CertificateAnswer
  const { chain } = body.signedCertificateEmbeddedSct ?? body.signedCertificateDetachedSct ?? {}
  const [pem] = Array.isArray(chain?.certificates) ? (chain.certificates as unknown[]) : []
  try {
    if (typeof pem === 'string') return new X509Certificate(pem).raw
  } catch {
    // falls through: the library's error may quote what it read
  }
  throw malformed(service, 'certificate')
}

interface CertificateAnswer extends Record<string, unknown> {
  signedCertificateEmbeddedSct?: { chain?: { certificates?: unknown } } | null
  signedCertificateDetachedSct?: { chain?: { certificates?: unknown } } | null
}

function refusal({ issuer, expires }: Identity): { code: 'IDENTITY_INVALID'; hint: string } {
  const hint =
    expires.getTime() <= Date.now()
      ? `The identity token was good until ${expires.toISOString()}: get a fresh one.`
      : `Check that it takes tokens of ${issuer}, and for whom they are meant (its audience). The public one takes those of GitHub Actions, GitLab.com and CircleCI; others sign with a key.`
  return { code: 'IDENTITY_INVALID', hint }
}
