/**
 * The statement about a verification: a SLSA Verification Summary Attestation (VSA), of version 1.1 of SLSA.
 * https://slsa.dev/spec/v1.1/verification_summary
 *
 * What ours says, and what a reader has to check, is in docs/verification-summary.md.
 */
import { SeedError } from '../errors.ts'
import { STATEMENT_TYPE, type DigestSet, type ResourceDescriptor, type Statement } from './statement.ts'

export const SUMMARY_TYPE = 'https://slsa.dev/verification_summary/v1'
/** The first that has a version of the verifier, and a level for builds that nobody evaluated. */
const SLSA_VERSION = '1.1'

export interface SummaryPredicate {
  /** Whoever signs: its URI, and the versions of the programs that verified. */
  verifier: { id: string; version: Record<string, string> }
  /** RFC 3339, in UTC. */
  timeVerified: string
  resourceUri: string
  policy: ResourceDescriptor & { uri: string; digest: DigestSet }
  /** The attestations that the result rests on. */
  inputAttestations: ResourceDescriptor[]
  verificationResult: 'PASSED'
  verifiedLevels: string[]
  slsaVersion: string
}

/** What was verified, with which result. Digests as `sha256:…`. */
export interface VerificationFacts {
  /** The repository without tag, and the digest of the image index. */
  subject: { name: string; digest: string }
  /** URI that users of the image fetch it from: they compare it. */
  resource: string
  verifiedOn: Date
  /** Digest of the policy as canonical JSON, and how many builders it asks for. */
  policy: { digest: string; threshold: number }
  /** Of the builders that count, one for each. `uri` is where it can be fetched, if that is anywhere. */
  attestations: { digest: string; uri?: string }[]
}

/**
 * What there is to sign of a verification that passed.
 *
 * @param verifier URI of whoever signs, and versions of what verified, by name
 * @throws SeedError CONTENT_INVALID where a digest is none; POLICY_UNMET where fewer attestations count than the policy
 *   asks for: no statement says that something failed, so that none can be taken for one that it passed
 */
export function verificationSummary(
  verifier: { id: string; version: Record<string, string> },
  { subject, resource, verifiedOn, policy, attestations }: VerificationFacts
): Statement<SummaryPredicate> {
  if (policy.threshold < 1 || attestations.length < policy.threshold) {
    throw new SeedError('POLICY_UNMET', 'a verification that did not pass is not attested', {
      resource: `${subject.name}@${subject.digest}`
    })
  }
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name: subject.name, digest: digestSet(subject.digest, 'the image') }],
    predicateType: SUMMARY_TYPE,
    predicate: {
      verifier,
      timeVerified: verifiedOn.toISOString(),
      resourceUri: resource,
      policy: { uri: contentUri(policy.digest), digest: digestSet(policy.digest, 'the policy') },
      inputAttestations: attestations.map(({ digest, uri }) => ({
        ...(uri !== undefined && { uri }),
        digest: digestSet(digest, 'a bundle')
      })),
      verificationResult: 'PASSED',
      verifiedLevels: ['SLSA_BUILD_LEVEL_UNEVALUATED', quorumLevel(policy.threshold)],
      slsaVersion: SLSA_VERSION
    }
  }
}

/** A level of our own, as SLSA allows them: so many builders, different from each other as the policy demands. */
function quorumLevel(threshold: number): string {
  return `NIX_SEED_QUORUM_${threshold}`
}

/**
 * A policy may lie in a private repository or on somebody's disk, and the statement is public: so it is named by what it
 * is and not by where. https://www.rfc-editor.org/rfc/rfc6920#section-3
 */
function contentUri(digest: string): string {
  return `ni:///sha-256;${Buffer.from(hexOf(digest, 'the policy'), 'hex').toString('base64url')}`
}

function digestSet(digest: string, what: string): DigestSet {
  return { sha256: hexOf(digest, what) }
}

function hexOf(digest: string, what: string): string {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1]
  if (hex !== undefined) return hex
  throw new SeedError('CONTENT_INVALID', `the digest of ${what} is none: ${JSON.stringify(digest.slice(0, 80))}`)
}
