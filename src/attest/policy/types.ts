/** The parts of a policy. What each means to its author is in docs/policy.md. */

export const SCHEMA_ID = 'https://nix-seed.dev/schemas/policy/v1.json'

/** The search for a quorum is exact; with this bound it is also quick, whatever the policy says (see independence.ts). */
export const MAX_BUILDERS = 64
/** A century. */
export const MAX_AGE_DAYS = 36_500

/** In what builders may be asked to differ. */
export const DIMENSIONS = [
  'builder',
  'organisation',
  'issuer',
  'cloud',
  'operatorJurisdiction',
  'computeJurisdiction',
  'trustRoot',
  'repository'
] as const
export type Dimension = (typeof DIMENSIONS)[number]

/** `fail`: nothing passes. `discount`: the builder's votes do not count. */
export const EQUIVOCATION = ['fail', 'discount'] as const
export type EquivocationHandling = (typeof EQUIVOCATION)[number]

interface BuilderFacts {
  /** Unique in the policy. */
  id: string
  /** Who controls the builder: its operator, or the operator's parent. */
  organisation?: string
  /** Whose law the operator is under; ISO 3166-1, two letters. */
  operatorJurisdiction?: string
  /** Whose law the machines are under; ISO 3166-1, two letters. */
  computeJurisdiction?: string
  cloud?: string
  /** The repository that is built, as an https URL. */
  repository?: string
  /** A Sigstore trusted root: `public`, or a file as the policy names it. */
  trustRoot: string
}

/** A builder that signs with a certificate for its OIDC identity. One of `identity` and `identityPattern` is there. */
export interface CertifiedPolicyBuilder extends BuilderFacts {
  issuer: string
  identity?: string
  identityPattern?: string
  publicKey?: never
}

/** A builder that signs with a key of its own. */
export interface KeyPolicyBuilder extends BuilderFacts {
  /** PEM, or a file as the policy names it. */
  publicKey: string
  issuer?: never
  identity?: never
  identityPattern?: never
}

export type PolicyBuilder = CertifiedPolicyBuilder | KeyPolicyBuilder

export interface Policy {
  /** How many builders must have attested the same digest. */
  threshold: number
  /** In what all of these must differ from each other; in `builder` they always do. */
  dimensions: readonly Dimension[]
  predicateType: string
  maximumAgeDays?: number
  allowSelfHosted: boolean
  allowSandboxOff: boolean
  allowSeveralSubjects: boolean
  equivocation: EquivocationHandling
  builders: readonly PolicyBuilder[]
}
