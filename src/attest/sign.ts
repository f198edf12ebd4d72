/**
 * From a statement to a Sigstore bundle: signed, logged, with a time.
 * https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md and https://github.com/secure-systems-lab/dsse
 */
import { bundleToJSON, type Bundle } from '@sigstore/bundle'
import { DSSEBundleBuilder } from '@sigstore/sign'
import { SeedError } from '../errors.ts'
import type { Ports } from '../ports.ts'
import { summarizeBundle, type BundleSummary } from './bundle.ts'
import { checkLogKey, keyHint } from './key.ts'
import { checkBundle } from './self-check.ts'
import type { ServiceOptions } from './service-client.ts'
import { checkServices, type SigstoreServices } from './services.ts'
import { createSigner, publicKeyOf, type SigningMeans } from './signer.ts'
import { PAYLOAD_TYPE, type Statement } from './statement.ts'
import { witnesses } from './witnesses.ts'

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
  checkServices(services, means.kind === 'keyless')
  const key = publicKeyOf(means)
  if (key && services.rekorUrl !== undefined) checkLogKey(key, services.rekorVersion)
  // Where one server fails, the requests to the others end as well.
  const stop = new AbortController()
  const bounded = { ...ports, signal: AbortSignal.any([ports.signal, stop.signal]) }
  try {
    const builder = new DSSEBundleBuilder({
      signer: createSigner(means, services.fulcioUrl, bounded, options),
      witnesses: witnesses(services, bounded, options)
    })
    const bundle = await build(builder, statement, services)
    const { content } = bundle.verificationMaterial
    // The builder would put a hint into the envelope as well, as `keyid`, and verifiers of keys want nothing there.
    if (key && content.$case === 'publicKey') content.publicKey.hint = keyHint(key)
    checkBundle(bundle, key, services, ports)
    const json = JSON.stringify(bundleToJSON(bundle))
    return { json, summary: summarizeBundle(Buffer.from(json)) }
  } finally {
    stop.abort()
  }
}

async function build(
  builder: DSSEBundleBuilder,
  statement: Statement,
  { rekorUrl }: SigstoreServices
): Promise<Bundle> {
  const artifact = { data: Buffer.from(JSON.stringify(statement)), type: PAYLOAD_TYPE }
  // A log of version 2 does not give out what it has already, as after an answer that was lost. Another signature will do.
  for (let attempt = 0; attempt < 2; attempt++) {
    const bundle = await builder.create(artifact)
    if (rekorUrl === undefined || bundle.verificationMaterial.tlogEntries.length > 0) return bundle
  }
  throw new SeedError('SIGSTORE_FAILED', 'the transparency log has this signature already, and does not give it out', {
    ...(rekorUrl !== undefined && { resource: rekorUrl }),
    hint: 'Run it again: what is signed then has another time in it.'
  })
}
