/** What one bundle is worth under a policy: a vote of one of its builders, or nothing. Offline. */
import { keyHint } from './key.ts'
import { findBuilder, repositoryKey, type KeyPolicyBuilder, type PolicyBuilder } from './policy.ts'
import type { TrustedPolicy } from './policy/trust.ts'
import type { Vote } from './quorum.ts'
import { leafHash } from './verify/log-entry.ts'
import {
  BundleRefusal,
  readBundle,
  verifyBundle,
  type Expectation,
  type ReadBundle,
  type RefusalReason,
  type VerifiedBundle,
  type VerifyOptions
} from './verify.ts'

/** An entry of a log. */
export interface LoggedEntry {
  /** Of its leaf, in hexadecimal. */
  hash: string
  /** Decimal. */
  logIndex: string
}

interface Examined {
  /** The entries that the bundle has, as far as they were verified: anyone can write down any. */
  entries: LoggedEntry[]
}

export type Judgement =
  | (Examined & { kind: 'valid'; builder: PolicyBuilder; verified: VerifiedBundle; votes: Vote[] })
  | (Examined & {
      kind: 'refused'
      refusal: BundleRefusal
      /** Whose it says to be. */
      builder?: PolicyBuilder
      claimed?: { identity?: string; issuer?: string }
    })

/**
 * Verifies a bundle as one of the builder that it says to be of. What digest and commit it is for is left to the quorum:
 * a vote for another one is none, and may show that a builder contradicts itself.
 *
 * @param name names the bundle in votes: its digest
 */
export function judgeBundle(
  bytes: Uint8Array,
  name: string,
  trusted: TrustedPolicy,
  options: VerifyOptions = {}
): Judgement {
  let read: ReadBundle
  try {
    read = readBundle(bytes)
  } catch (refusal) {
    if (refusal instanceof BundleRefusal) return { kind: 'refused', refusal, entries: [] }
    throw refusal
  }
  const entries = read.bundle.verificationMaterial.tlogEntries.map(entry => ({
    hash: leafHash(entry),
    logIndex: entry.logIndex
  }))
  const found =
    read.claimed.kind === 'certificate' ? byCertificate(read, trusted, options) : byKey(read, trusted, options)
  if ('refusal' in found) {
    const { isGenuine = false, ...refused } = found
    return { kind: 'refused', entries: isGenuine ? entries : [], ...refused }
  }
  return { kind: 'valid', entries, ...found, votes: votesOf(name, found) }
}

/** What is wrong with a bundle whose signature and log entry were verified before. */
const GENUINE: ReadonlySet<RefusalReason> = new Set([
  'too-old',
  'predicate-type',
  'predicate-malformed',
  'subject-count',
  'subject-invalid',
  'builder-mismatch',
  'commit-contradiction',
  'self-hosted',
  'sandbox-off'
])

interface Found {
  builder: PolicyBuilder
  verified: VerifiedBundle
}
interface Refused {
  refusal: BundleRefusal
  /** Its signature and log entry were verified. */
  isGenuine?: boolean
  builder?: PolicyBuilder
  claimed?: { identity?: string; issuer?: string }
}

function byCertificate(read: ReadBundle, trusted: TrustedPolicy, options: VerifyOptions): Found | Refused {
  if (read.claimed.kind !== 'certificate') throw new Error('a bundle without a certificate')
  const { issuer, identity, sourceRepository } = read.claimed.certificate
  const claimed = { identity, issuer }
  const signer = { issuer, identity, ...(sourceRepository !== undefined && { repository: sourceRepository }) }
  const { builder, ...miss } = findBuilder(trusted.policy, signer)
  if (builder === undefined) {
    const { reason = '', elsewhere } = 'reason' in miss ? miss : {}
    const refusal = elsewhere
      ? new BundleRefusal('repository-mismatch', `it was built from another repository: ${reason}`)
      : new BundleRefusal('signer-unknown', `signed by nobody in the policy: ${reason}`)
    return { claimed, refusal, ...(elsewhere && { builder: elsewhere }) }
  }
  // The builder was found by all that the policy says of its certificates: what is left is that they are genuine.
  const outcome = ofRef(verify(read, builder, { kind: 'certificate', issuer, identity }, trusted, options))
  return 'refusal' in outcome ? { ...outcome, claimed } : outcome
}

/**
 * A reusable workflow is its own identity, with its own ref, whoever calls it. Where the caller is of the same repository,
 * that ref is taken for the one that was built: whoever may push to any other branch could call it from there.
 */
function ofRef(outcome: Found | Refused): Found | Refused {
  if ('refusal' in outcome || outcome.verified.signer.kind !== 'certificate') return outcome
  const { identity, sourceRepository, sourceRef } = outcome.verified.signer.certificate
  if (sourceRepository === undefined || sourceRef === undefined || !identity.includes('@refs/')) return outcome
  const isOwn = identity.toLowerCase().startsWith(`${sourceRepository.toLowerCase()}/`)
  if (!isOwn || identity.endsWith(`@${sourceRef}`)) return outcome
  const refusal = new BundleRefusal(
    'ref-mismatch',
    'it was built from another branch or tag than that of its workflow',
    {
      expected: identity.slice(identity.indexOf('@refs/') + 1),
      found: sourceRef
    }
  )
  return { builder: outcome.builder, refusal, isGenuine: true }
}

/** A bundle that a key signed does not say by which: its hint is in the signer's words. */
function byKey(read: ReadBundle, trusted: TrustedPolicy, options: VerifyOptions): Found | Refused {
  const holders = trusted.policy.builders.filter(builder => builder.publicKey !== undefined)
  const hint = read.claimed.kind === 'key' ? read.claimed.hint : ''
  let named: Refused | undefined
  for (const builder of holders) {
    const { publicKey } = trusted.signers.get(builder.id) ?? {}
    if (publicKey === undefined) throw new Error(`the key of ${builder.id} was not read`)
    const outcome = verify(read, builder, { kind: 'key', publicKey }, trusted, options)
    if (!('refusal' in outcome) || outcome.refusal.reason !== 'signature-invalid') return ofRepository(outcome)
    if (hint === keyHint(publicKey) || (hint === '' && holders.length === 1)) named = outcome
  }
  return named ?? { refusal: new BundleRefusal('signer-unknown', 'signed by none of the keys in the policy') }
}

function verify(
  read: ReadBundle,
  builder: PolicyBuilder,
  signer: Expectation['signer'],
  { policy, signers }: TrustedPolicy,
  options: VerifyOptions
): Found | Refused {
  const { trust } = signers.get(builder.id) ?? {}
  if (trust === undefined) throw new Error(`the trust root of ${builder.id} was not read`)
  const { predicateType, maximumAgeDays, allowSelfHosted, allowSandboxOff, allowSeveralSubjects } = policy
  const allowed = { allowSelfHosted, allowSandboxOff, allowSeveralSubjects }
  const age = maximumAgeDays === undefined ? {} : { maximumAgeDays }
  try {
    return { builder, verified: verifyBundle(read, { signer, predicateType, ...age, ...allowed }, trust, options) }
  } catch (refusal) {
    if (refusal instanceof BundleRefusal) return { builder, refusal, isGenuine: GENUINE.has(refusal.reason) }
    throw refusal
  }
}

/** Where no certificate names the repository that was built, the statement has to: it is the word of the same signer. */
function ofRepository(outcome: Found | Refused): Found | Refused {
  if ('refusal' in outcome) return outcome
  const { builder, verified } = outcome as Found & { builder: KeyPolicyBuilder }
  const source = verified.provenance?.source
  const { repository } = builder
  if (repository === undefined || (source !== undefined && repositoryKey(source) === repositoryKey(repository))) {
    return outcome
  }
  const found = source === undefined ? {} : { found: source }
  const message = `it was built from another repository than builder ${builder.id} builds`
  const refusal = new BundleRefusal('repository-mismatch', message, { expected: repository, ...found })
  return { builder, refusal, isGenuine: true }
}

/** One for each subject: an image may go by several names, and by each of them it has to be the only one of its commit. */
function votesOf(bundle: string, { builder, verified }: Found): Vote[] {
  const { statement, commit, provenance } = verified
  return statement.subject.map(({ name, digest }) => ({
    bundle,
    builder,
    digest: `sha256:${digest['sha256']}`,
    target: JSON.stringify([name, provenance?.system ?? null]),
    ...(commit !== undefined && { commit })
  }))
}
