/** Who vouches for a signature: a transparency log, and an authority for the time. */
import { createPublicKey, X509Certificate } from 'node:crypto'
import { dsse } from '@sigstore/core'
import type { SignatureBundle, VerificationMaterial, Witness } from '@sigstore/sign'
import type { Ports } from '../ports.ts'
import { keyDetails } from './key.ts'
import { logEnvelope } from './rekor-v1.ts'
import { logSignature, type LogVerifier } from './rekor-v2.ts'
import type { ServiceOptions } from './service-client.ts'
import type { SigstoreServices } from './services.ts'
import { requestTimestamp } from './timestamp.ts'

type Envelope = (SignatureBundle & { $case: 'dsseEnvelope' })['dsseEnvelope']
type Testimony = (envelope: Envelope, signature: Buffer, verifier: string) => Promise<VerificationMaterial>

/**
 * All of `services` but the certificate authority, as the bundle's builder asks them. A log of version 2 testifies to nothing
 * where it has the signature already.
 */
export function witnesses(
  { rekorUrl, rekorVersion, timestampUrl }: SigstoreServices,
  ports: Ports,
  options: ServiceOptions
): Witness[] {
  const found: Testimony[] = []
  if (rekorUrl !== undefined) {
    found.push(async (envelope, signature, verifier) => {
      const entry =
        rekorVersion === 1
          ? await logEnvelope(envelope, verifier, rekorUrl, ports, options)
          : await logSignature(encoded(envelope), signature, verifierOf(verifier), rekorUrl, ports, options)
      return { tlogEntries: entry ? [entry] : [] }
    })
  }
  if (timestampUrl !== undefined) {
    found.push(async (_, signature) => ({
      rfc3161Timestamps: [{ signedTimestamp: await requestTimestamp(signature, timestampUrl, ports, options) }]
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
