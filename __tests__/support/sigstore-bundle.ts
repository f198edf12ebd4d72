/** Makes bundles with Sigstore's own library, so that tests of the local Sigstore need nothing of the product. */
import { createHash, createPublicKey, sign, X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { bundleToJSON } from '@sigstore/bundle'
import { dsse } from '@sigstore/core'
import { TransparencyLogEntry } from '@sigstore/protobuf-specs'
import { DSSEBundleBuilder, FulcioSigner, RekorWitness, TSAWitness } from '@sigstore/sign'
import type { Signer, Witness } from '@sigstore/sign'
import type { Issuer } from '../../lab/sigstore/issuer.ts'
import type { LocalSigstore } from '../../lab/sigstore/sigstore.ts'

export interface BundleOptions {
  statement: object
  /** Signed in place of the statement. */
  payload?: Buffer
  payloadType?: string
  /** Signs without a certificate. */
  key?: { privateKey: KeyObject; publicKey: KeyObject }
  /** Of the identity token. */
  claims?: Record<string, unknown>
  /** Whose token the certificate is for, if not the Sigstore's own issuer's. */
  issuer?: Issuer
  /** Version of the log. Default: 1. */
  rekor?: 1 | 2 | 'none'
  /** Default: true. */
  timestamp?: boolean
}

/** A bundle as JSON. */
export interface BundleJson {
  dsseEnvelope: object
  verificationMaterial: { tlogEntries: object[]; timestampVerificationData: object; publicKey?: { hint: string } }
}

/** A bundle with a log entry and a timestamp, if not without. */
export async function makeBundle(sigstore: LocalSigstore, options: BundleOptions): Promise<BundleJson> {
  const { statement, key, claims = {}, issuer = sigstore.issuer, rekor = 1, timestamp = true } = options
  const identityProvider = { getToken: async () => issuer.token(claims) }
  const signer = key ? keySigner(key) : new FulcioSigner({ fulcioBaseURL: sigstore.fulcioUrl, identityProvider })
  const log = rekor === 1 ? new RekorWitness({ rekorBaseURL: sigstore.rekorUrl }) : rekorV2Witness(sigstore.rekorV2Url)
  const witnesses = [
    ...(rekor === 'none' ? [] : [log]),
    ...(timestamp ? [new TSAWitness({ tsaBaseURL: sigstore.timestampUrl })] : [])
  ]
  const bundle = await new DSSEBundleBuilder({ signer, witnesses }).create({
    data: options.payload ?? Buffer.from(JSON.stringify(statement)),
    type: options.payloadType ?? 'application/vnd.in-toto+json'
  })
  const json = bundleToJSON(bundle) as unknown as BundleJson
  if (key) json.verificationMaterial.publicKey = { hint: KEY_HINT }
  return json
}

export const KEY_HINT = 'lab-key'

/** The builder puts the hint into the envelope as `keyid`, where verifiers of keys want nothing. */
function keySigner({ privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }): Signer {
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  return {
    sign: async data => ({
      signature: sign('sha256', data, privateKey),
      key: { $case: 'publicKey', publicKey: pem }
    })
  }
}

/** Logs an envelope by the digest of what was signed. The library's own witness sends a kind that is no longer taken. */
function rekorV2Witness(url: string): Witness {
  return {
    testify: async (content, pem) => {
      if (content.$case !== 'dsseEnvelope') throw new Error('not an envelope')
      const { payload, payloadType, signatures } = content.dsseEnvelope
      const digest = createHash('sha256').update(dsse.preAuthEncoding(payloadType, payload)).digest('base64')
      const signature = { content: signatures[0]!.sig.toString('base64'), verifier: verifier(pem) }
      const request = { hashedRekordRequestV002: { digest, signature } }
      const answer = await fetch(`${url}/api/v2/log/entries`, { method: 'POST', body: JSON.stringify(request) })
      if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`)
      const entry = TransparencyLogEntry.fromJSON(await answer.json())
      return { tlogEntries: [entry] } as Awaited<ReturnType<Witness['testify']>>
    }
  }
}

function verifier(pem: string): object {
  const keyDetails = 'PKIX_ECDSA_P256_SHA_256'
  if (pem.includes('BEGIN CERTIFICATE')) {
    return { keyDetails, x509Certificate: { rawBytes: new X509Certificate(pem).raw.toString('base64') } }
  }
  const rawBytes = createPublicKey(pem).export({ type: 'spki', format: 'der' }).toString('base64')
  return { keyDetails, publicKey: { rawBytes } }
}
