/**
 * From a statement to a Sigstore bundle: signed, logged, with a time.
 * https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md and https://github.com/secure-systems-lab/dsse
 *
 * Put together here and not by @sigstore/sign: its clients will not do (see service-client.ts), and for the little that is
 * left, it takes longer to load than the servers take to answer.
 */
import { bundleToJSON, toDSSEBundle, type TransparencyLogEntry } from '@sigstore/bundle'
import { dsse } from '@sigstore/core'
import { SeedError } from '../errors.ts'
import type { Ports } from '../ports.ts'
import { summarizeBundle, type BundleSummary } from './bundle.ts'
import { keyDetails, keyHint } from './key.ts'
import { logEnvelope } from './rekor-v1.ts'
import { logSignature } from './rekor-v2.ts'
import { checkBundle } from './self-check.ts'
import type { ServiceOptions } from './service-client.ts'
import { checkServices, type SigstoreServices } from './services.ts'
import { checkCommandKey } from './sign-command.ts'
import type { Signature } from './signature.ts'
import { keyOf, publicKeyOf, signBytes, type SigningMeans } from './signer.ts'
import { PAYLOAD_TYPE, type Statement } from './statement.ts'
import { requestTimestamp } from './timestamp.ts'

export { PUBLIC_SERVICES, type SigstoreServices } from './services.ts'
export type { SigningMeans } from './signer.ts'

export interface SignedBundle {
  /** Version 0.3, as it is kept and attached. */
  json: string
  summary: BundleSummary
}

/**
 * Signs `statement`, has the signature logged and timestamped, and checks the result as far as that goes without a root of
 * trust: what would not verify is not handed out. Nothing is logged before the certificate is known to be the right one.
 *
 * @throws SeedError USAGE, IDENTITY_INVALID, KEY_INVALID, SIGSTORE_UNREACHABLE, SIGSTORE_FAILED, SIGNING_FAILED, TOOL_FAILED;
 *   the signal's reason. None of them shows any of the identity token.
 */
export async function signStatement(
  statement: Statement,
  means: SigningMeans,
  services: SigstoreServices,
  ports: Ports,
  options: ServiceOptions = {}
): Promise<SignedBundle> {
  ports.signal.throwIfAborted()
  checkSigner(means, services)
  const key = publicKeyOf(means)
  const payload = Buffer.from(JSON.stringify(statement))
  const encoded = dsse.preAuthEncoding(PAYLOAD_TYPE, payload)
  // Where one server fails, the requests to the others end as well.
  const stop = new AbortController()
  const bounded = { ...ports, signal: AbortSignal.any([ports.signal, stop.signal]) }
  try {
    // A log of version 2 does not give out what it has already, as after an answer that was lost. Another signature will do.
    for (let attempt = 0; attempt < 2; attempt++) {
      const signature = await signBytes(encoded, means, services.fulcioUrl, bounded, options)
      const bundle = assemble(payload, signature)
      const vouched = await vouch(bundle.content.dsseEnvelope, encoded, signature, services, bounded, options)
      if (vouched === undefined) continue
      Object.assign(bundle.verificationMaterial, vouched)
      checkBundle(bundle, key, services, ports)
      const json = JSON.stringify(bundleToJSON(bundle))
      return { json, summary: summarizeBundle(Buffer.from(json)) }
    }
  } finally {
    stop.abort()
  }
  throw new SeedError('SIGSTORE_FAILED', 'the transparency log has this signature already, and does not give it out', {
    ...(services.rekorUrl !== undefined && { resource: services.rekorUrl }),
    hint: 'Run it again: what is signed then has another time in it.'
  })
}

/** What signs, whoever that is in the end. */
type Signer = { kind: 'keyless' } | Exclude<SigningMeans, { kind: 'keyless' }>

/**
 * Whether services and key fit together, which shows without anything being sent.
 *
 * @throws SeedError USAGE, KEY_INVALID
 */
export function checkSigner(signer: Signer, services: SigstoreServices): void {
  checkServices(services, signer.kind === 'keyless')
  if (signer.kind === 'keyless') return
  if (signer.kind === 'command') checkCommandKey(signer.publicKey)
  // Logs of version 2 do not take all keys.
  if (services.rekorUrl !== undefined && services.rekorVersion === 2) keyDetails(keyOf(signer))
}

function assemble(payload: Buffer, { bytes, publicKey, certificate }: Signature) {
  const bundle = toDSSEBundle({
    artifact: payload,
    artifactType: PAYLOAD_TYPE,
    signature: bytes,
    ...(certificate && { certificate })
  })
  const { content } = bundle.verificationMaterial
  // Not by the option for it: that names the key in the envelope as well, where verifiers of keys want nothing.
  if (content.$case === 'publicKey') content.publicKey.hint = keyHint(publicKey)
  return bundle
}

type Envelope = ReturnType<typeof toDSSEBundle>['content']['dsseEnvelope']

interface Vouched {
  tlogEntries: TransparencyLogEntry[]
  timestampVerificationData: { rfc3161Timestamps: { signedTimestamp: Buffer }[] }
}

/** Log and timestamp authority are asked at once. @returns undefined where the log has the signature, and does not show it */
async function vouch(
  envelope: Envelope,
  encoded: Buffer,
  signature: Signature,
  { rekorUrl, rekorVersion, timestampUrl }: SigstoreServices,
  ports: Ports,
  options: ServiceOptions
): Promise<Vouched | undefined> {
  const logging =
    rekorUrl === undefined
      ? []
      : rekorVersion === 1
        ? logEnvelope(envelope, signature, rekorUrl, ports, options).then(entry => [entry])
        : logSignature(encoded, signature, rekorUrl, ports, options).then(entry => entry && [entry])
  const timestamping =
    timestampUrl === undefined
      ? []
      : requestTimestamp(signature.bytes, timestampUrl, ports, options).then(signedTimestamp => [{ signedTimestamp }])
  const [tlogEntries, rfc3161Timestamps] = await Promise.all([logging, timestamping])
  return tlogEntries && { tlogEntries, timestampVerificationData: { rfc3161Timestamps } }
}
