/** How a seed is signed, and by whom. */
import type { KeyObject } from 'node:crypto'
import type { Builder } from '../attest/builder.ts'
import { certifiedBuilder, plainBuilder } from '../attest/builder.ts'
import { verifyIdentity, type Identity } from '../attest/identity.ts'
import { checkSigner, type SigningMeans, type SigstoreServices } from '../attest/sign.ts'
import type { TokenSource } from '../attest/token.ts'
import type { Flake } from '../nix/flake.ts'
import type { Ports } from '../ports.ts'
import { checkCheckout, commitOf } from './checkout.ts'
import { invocationOf, sourceOf } from './facts.ts'

/** How to sign, and as whom. */
export type Signing = {
  services: SigstoreServices
  /** What tokens are asked for: whom they are meant for. */
  audience: string
} & (
  | { kind: 'keyless'; token: TokenSource }
  /** `builderId` is the URI that the builder goes by, since no certificate names it. */
  | { kind: 'key'; privateKey: KeyObject; builderId: string }
  | { kind: 'command'; command: string; publicKey: KeyObject; builderId: string }
)

/** What is to be signed, as far as it is known before it is built. */
export interface SeedToSign {
  flake: Flake
  /** As it is published with (`PublishRequest.labels`). */
  labels?: Record<string, string>
}

/**
 * Finds out whether this job can sign at all, before anything that takes long: whether services, key and builder fit
 * together, what the job's identity is, and with `seed` whether that is of the tree that is to be built.
 *
 * @returns what the certificate will say; undefined for keys
 * @throws SeedError USAGE, KEY_INVALID, IDENTITY_MISSING, IDENTITY_INVALID, SIGSTORE_UNREACHABLE, SIGSTORE_FAILED
 */
export async function checkSigning(signing: Signing, ports: Ports, seed?: SeedToSign): Promise<Identity | undefined> {
  checkSigner(signing, signing.services)
  if (signing.kind !== 'keyless') {
    keyBuilder(signing.builderId, ports, seed)
    return undefined
  }
  const identity = await identify(signing, ports)
  checkSource(identity, seed?.flake)
  ports.log.info(`signing as ${identity.subject} (issuer ${identity.issuer})`)
  return identity
}

/**
 * Whether a certificate of this identity may be used for what is built of `flake`.
 *
 * @returns who builds, and what is left open about the tree, for a warning
 * @throws SeedError USAGE where the tree is another than the token's; IDENTITY_INVALID
 */
export function checkSource(identity: Identity, flake: Flake | undefined): { builder: Builder; warning?: string } {
  const commit = flake && commitOf(flake)
  const builder = certifiedBuilder(identity, commit === undefined ? {} : { commit })
  const warning = flake && checkCheckout(flake, builder.source)
  return { builder, ...(warning !== undefined && { warning }) }
}

/** What signs, and who that is, for what is built of `seed`. */
export async function signer(
  signing: Signing,
  seed: SeedToSign,
  ports: Ports
): Promise<{ means: SigningMeans; builder: Builder }> {
  const means = await signingMeans(signing, ports)
  if (means.kind !== 'keyless') return { means, builder: keyBuilder(signerId(signing, means), ports, seed) }
  const { builder, warning } = checkSource(means.identity, seed.flake)
  if (warning !== undefined) ports.log.warn(warning)
  return { means, builder }
}

/**
 * What signs, whatever it is that gets signed: says nothing about a source.
 *
 * @throws SeedError IDENTITY_MISSING, IDENTITY_INVALID
 */
export async function signingMeans(signing: Signing, ports: Ports): Promise<SigningMeans> {
  if (signing.kind === 'keyless') return { kind: 'keyless', identity: await identify(signing, ports) }
  const { services: _services, audience: _audience, builderId: _builderId, ...means } = signing
  return means
}

/**
 * The URI that the signer goes by: the name in the certificate, or the operator's word where a key signs.
 *
 * @throws SeedError USAGE where the operator's is none, or has credentials in it
 */
export function signerId(signing: Signing, means: SigningMeans): string {
  if (means.kind === 'keyless') return means.identity.subject
  return plainBuilder({ id: signing.kind === 'keyless' ? '' : signing.builderId }).id
}

async function identify(signing: Signing & { kind: 'keyless' }, ports: Ports): Promise<Identity> {
  return verifyIdentity(await signing.token(signing.audience), signing.audience, ports)
}

/** A builder that only the operator vouches for. */
function keyBuilder(id: string, { env }: Ports, seed: SeedToSign | undefined): Builder {
  const source = seed && sourceOf(seed.flake, seed.labels ?? {})
  const invocationId = invocationOf(env)
  return plainBuilder({ id, ...(source && { source }), ...(invocationId !== undefined && { invocationId }) })
}
