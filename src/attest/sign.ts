/**
 * From a statement to a Sigstore bundle: signed, logged, with a time.
 * https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md and https://github.com/secure-systems-lab/dsse
 */
import { createPublicKey, generateKeyPairSync, sign as signWith, X509Certificate, type KeyObject } from 'node:crypto'
import { bundleToJSON } from '@sigstore/bundle'
import { DSSEBundleBuilder, type Signature, type Signer } from '@sigstore/sign'
import type { Ports } from '../ports.ts'
import { summarizeBundle, type BundleSummary } from './bundle.ts'
import { requestCertificate } from './fulcio.ts'
import type { Identity } from './identity.ts'
import { keyHint } from './key.ts'
import { checkBundle } from './self-check.ts'
import { checkServices, type SigstoreServices } from './services.ts'
import { signWithCommand } from './sign-command.ts'
import { PAYLOAD_TYPE, type Statement } from './statement.ts'
import { keyDetails, witnesses } from './witnesses.ts'

export { PUBLIC_SERVICES, type SigstoreServices } from './services.ts'

export type SigningMeans =
  | { kind: 'keyless'; identity: Identity }
  | { kind: 'key'; privateKey: KeyObject }
  | { kind: 'command'; command: string; publicKey: KeyObject }

export interface SignedBundle {
  json: string
  summary: BundleSummary
}

/**
 * Signs `statement`, has the signature logged and timestamped, and checks the result as far as that goes without a root of
 * trust: what would not verify is not handed out.
 *
 * @throws SeedError IDENTITY_INVALID, KEY_INVALID, SIGSTORE_UNREACHABLE, SIGSTORE_FAILED, SIGNING_FAILED, TOOL_FAILED; the
 *   signal's reason
 */
export async function signStatement(
  statement: Statement,
  means: SigningMeans,
  services: SigstoreServices,
  ports: Ports
): Promise<SignedBundle> {
  ports.signal.throwIfAborted()
  checkServices(services, means.kind === 'keyless')
  if (services.rekorVersion === 2 && services.rekorUrl !== undefined && means.kind !== 'keyless') {
    keyDetails(publicKeyOf(means))
  }
  const builder = new DSSEBundleBuilder({
    signer: signerOf(means, services, ports),
    witnesses: witnesses(services, ports)
  })
  const bundle = await builder.create({ data: Buffer.from(JSON.stringify(statement)), type: PAYLOAD_TYPE })
  const { content } = bundle.verificationMaterial
  // The builder would put a hint into the envelope as well, as `keyid`, and verifiers of keys want nothing there.
  if (content.$case === 'publicKey') content.publicKey.hint = keyHint(publicKeyOf(means))
  checkBundle(bundle, means.kind === 'keyless' ? means.identity : publicKeyOf(means), services)
  const json = JSON.stringify(bundleToJSON(bundle))
  return { json, summary: summarizeBundle(Buffer.from(json)) }
}

function signerOf(means: SigningMeans, services: SigstoreServices, ports: Ports): Signer {
  if (means.kind === 'keyless') return certificateSigner(means.identity, services.fulcioUrl, ports)
  const publicKey = publicKeyOf(means).export({ type: 'spki', format: 'pem' }).toString()
  return {
    async sign(data): Promise<Signature> {
      const signature =
        means.kind === 'key'
          ? signWith(digestOf(means.privateKey), data, means.privateKey)
          : await signWithCommand(means.command, means.publicKey, data, ports)
      return { signature, key: { $case: 'publicKey', publicKey } }
    }
  }
}

/** With a key that lives for one signature. */
function certificateSigner(identity: Identity, fulcioUrl: string, ports: Ports): Signer {
  return {
    async sign(data): Promise<Signature> {
      const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const certificate = await requestCertificate(identity, keys, fulcioUrl, ports)
      return {
        signature: signWith('sha256', data, keys.privateKey),
        key: { $case: 'x509Certificate', certificate: new X509Certificate(certificate).toString() }
      }
    }
  }
}

/** Logs of version 1 and cosign check with SHA-256 whatever the curve is. */
function digestOf(key: KeyObject): 'sha256' | null {
  return key.asymmetricKeyType === 'ed25519' ? null : 'sha256'
}

function publicKeyOf(means: SigningMeans): KeyObject {
  if (means.kind === 'keyless') throw new Error('a certificate has the key') // cannot happen
  return means.kind === 'key' ? createPublicKey(means.privateKey) : means.publicKey
}
