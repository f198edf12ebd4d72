/** What builders have in common, and what each CI provider tells of a job. */
import type { Claims } from '../claims.ts'

/** Who built, and what for, in the terms of https://slsa.dev/spec/v1.0/provenance. */
export interface Builder {
  kind: 'github' | 'gitlab' | 'circleci' | 'plain'
  /** A URI: whom a verifier has to trust. */
  id: string
  buildType: string
  externalParameters: Record<string, unknown>
  internalParameters: Record<string, unknown>
  /** The repository that was built, as `git+URL@REF`, and the commit in hexadecimal. */
  source?: { uri: string; commit: string }
  /** URL of this run of the build. */
  invocationId?: string
}

/** What a builder knows beyond its token. */
export interface Checkout {
  /** In hexadecimal; used where the token names no commit. */
  commit?: string
}

/** A kind of identity token. */
export interface Provider {
  /** Whether these are its claims: by what they are called, since any host may be an installation of it. */
  isIssuerOf(claims: Claims): boolean
  /** The identity that Fulcio writes into a certificate for these claims. @throws SeedError IDENTITY_INVALID */
  subject(claims: Claims): string
  /** @throws SeedError IDENTITY_INVALID */
  builder(claims: Claims, checkout: Checkout): Builder
  /** How a job gets a token for this audience: the lines to add. */
  hint(audience: string): string
}

/** Of the build types that are documented in docs/build-types. */
export const BUILD_TYPES = 'https://nix-seed.dev/build-types'
