/** Who vouches for a signature: a transparency log, and an authority for the time. */
import { createPublicKey, X509Certificate, type KeyObject } from 'node:crypto'
import type { SignatureBundle, VerificationMaterial, Witness } from '@sigstore/sign'
import { dsse } from '@sigstore/core'
import { SeedError } from '../errors.ts'
import type { Ports } from '../ports.ts'
import { logEnvelope } from './rekor-v1.ts'
import { logSignature, type LogVerifier } from './rekor-v2.ts'
import type { SigstoreServices } from './services.ts'
import { requestTimestamp } from './timestamp.ts'

type Envelope = (SignatureBundle & { $case: 'dsseEnvelope' })['dsseEnvelope']
type Testimony = (envelope: Envelope, signature: Buffer, verifier: string) => Promise<VerificationMaterial>

/** All of `services` but the certificate authority, as the bundle's builder asks them. */
export function witnesses({ rekorUrl, rekorVersion, timestampUrl }: SigstoreServices, ports: Ports): Witness[] {
  const found: Testimony[] = []
  if (rekorUrl !== undefined) {
    found.push(async (envelope, signature, verifier) => {
      const entry =
        rekorVersion === 1
          ? await logEnvelope(envelope, verifier, rekorUrl, ports)
          : await logSignature(encoded(envelope), signature, verifierOf(verifier), rekorUrl, ports)
      return { tlogEntries: entry ? [entry] : [] }
    })
  }
  if (timestampUrl !== undefined) {
    found.push(async (_, signature) => ({
      rfc3161Timestamps: [{ signedTimestamp: await requestTimestamp(signature, timestampUrl, ports) }]
    }))
  }
  return found.map(testify => ({
    async testify(content, verifier) {
      const [signature] = content.$case === 'dsseEnvelope' ? content.dsseEnvelope.signatures : []
      if (content.$case !== 'dsseEnvelope' || !signature) throw new Error('no envelope was signed') // cannot happen
      return testify(content.dsseEnvelope, signature.sig, verifier)
    }
  }))
}

/** What the signature of an envelope is of. */
function encoded({ payloadType, payload }: Envelope): Buffer {
  return dsse.preAuthEncoding(payloadType, payload)
}

function verifierOf(pem: string): LogVerifier {
  const certificate = pem.includes('BEGIN CERTIFICATE') ? new X509Certificate(pem) : undefined
  const key = certificate?.publicKey ?? createPublicKey(pem)
  return {
    keyDetails: keyDetails(key),
    publicKey: key.export({ type: 'spki', format: 'der' }),
    ...(certificate && { certificate: certificate.raw })
  }
}

/** @throws SeedError KEY_INVALID for what a log of version 2 takes and no verifier does */
export function keyDetails(key: KeyObject): string {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {}
  if (namedCurve === 'prime256v1') return 'PKIX_ECDSA_P256_SHA_256'
  if (key.asymmetricKeyType === 'rsa' && [2048, 3072, 4096].includes(modulusLength)) {
    return `PKIX_RSA_PKCS1V15_${modulusLength}_SHA256`
  }
  throw new SeedError('KEY_INVALID', 'keys of this kind cannot be used with a log of version 2', {
    hint: 'Use an ECDSA key on the curve P-256.'
  })
}
