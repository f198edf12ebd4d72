/** Attestations of seeds by builders of a local Sigstore, good ones and others. */
import { TrustedRoot } from '@sigstore/protobuf-specs'
import { certifiedBuilder } from '../../src/attest/builder.ts'
import { provenance, type BuildFacts } from '../../src/attest/provenance.ts'
import type { Statement } from '../../src/attest/statement.ts'
import { parseTrustRoot, type TrustRoot } from '../../src/attest/trust-root.ts'
import { BundleRefusal, type Expectation } from '../../src/attest/verify.ts'
import { buildFacts } from './build-facts.ts'
import { makeBundle, type BundleJson, type BundleOptions } from './sigstore-bundle.ts'
import { githubClaims, type LocalSigstore } from './sigstore.ts'

export const DIGEST = buildFacts().subject.digest
export const COMMIT = '2c26b46b68ffc68ff99b453c1d30413413422d70'
export const IDENTITY = 'https://github.com/octo-org/project/.github/workflows/seed.yml@refs/heads/main'

export interface AttestationOptions extends Partial<BundleOptions> {
  facts?: Partial<BuildFacts>
  /** What the builder learnt elsewhere. */
  commit?: string
  /** Makes another statement of the right one. */
  change?: (statement: Statement) => unknown
}

/** A bundle that the builder with these claims makes of a seed. */
export async function attest(sigstore: LocalSigstore, options: AttestationOptions = {}): Promise<BundleJson> {
  const { claims = githubClaims(), facts, commit, change = each => each, issuer = sigstore.issuer, ...others } = options
  const identity = {
    token: '',
    subject: '',
    issuer: issuer.issuer,
    claims: { iss: issuer.issuer, ...claims },
    expires: new Date()
  }
  const builder = certifiedBuilder(identity, commit === undefined ? {} : { commit })
  const statement = change(provenance(builder, buildFacts(facts))) as object
  return makeBundle(sigstore, { statement, claims, issuer, ...others })
}

/** What is expected of a good one. */
export function expectation(sigstore: LocalSigstore, changes: Partial<Expectation> = {}): Expectation {
  const signer = { kind: 'certificate' as const, issuer: sigstore.issuer.issuer, identity: IDENTITY }
  return { signer, digest: DIGEST, commit: COMMIT, ...changes }
}

/** The trust root of a Sigstore, with parts of another. */
export function trustRoot({ trustedRoot }: LocalSigstore, changes: Partial<TrustedRoot> = {}): TrustRoot {
  return parseTrustRoot(trustRootBytes({ ...trustedRoot, ...changes }), 'the local trust root')
}

export function trustRootBytes(root: TrustedRoot): Buffer {
  return Buffer.from(JSON.stringify(TrustedRoot.toJSON(root)))
}

export function bytesOf(bundle: object): Buffer {
  return Buffer.from(JSON.stringify(bundle))
}

/** How `verify` refuses; fails where it accepts. */
export function refusal(verify: () => unknown): BundleRefusal {
  let value: unknown
  try {
    value = verify()
  } catch (error) {
    if (error instanceof BundleRefusal) return error
    throw error
  }
  throw new Error(`it was accepted: ${JSON.stringify(value).slice(0, 500)}`)
}
