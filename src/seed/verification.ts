/**
 * Whether independent builders agree on a seed: finds their bundles, verifies each, and counts. Described in docs/verify.md.
 */
import { createHash } from 'node:crypto'
import { printable } from '../attest/bundle.ts'
import { judgeBundle, type Judgement } from '../attest/judge.ts'
import { findBuilder } from '../attest/policy.ts'
import type { TrustedPolicy } from '../attest/policy/trust.ts'
import { decideQuorum, type Equivocation, type Quorum } from '../attest/quorum.ts'
import { searchLog, type LogHit } from '../attest/rekor-search.ts'
import { time } from '../attest/verify/refusal.ts'
import { SeedError } from '../errors.ts'
import { digestOf } from '../oci/digest.ts'
import type { Digest, Repository } from '../oci/types.ts'
import type { Ports } from '../ports.ts'
import { findBundles, isJunk, LIST, type BundleCandidate, type BundleSource, type Junk } from './bundle-search.ts'
import { describeBundle, isContradicted, type JudgedBundle } from './verdict.ts'

export type { Junk } from './bundle-search.ts'
export type { JudgedBundle } from './verdict.ts'

export interface VerificationRequest {
  /** `REPOSITORY@sha256:…`, for people and results. */
  reference: string
  /** Of the image index. */
  digest: Digest
  /** Absent: files alone are looked at. */
  repository?: Repository
  policy: TrustedPolicy
  /** The commit that it must have been built from; absent: whichever. */
  commit?: string
  /** Files and folders with bundles. */
  paths?: readonly string[]
  /** The log (Rekor, version 1) that is searched for entries without a bundle; absent: none. */
  rekorUrl?: string
  /** What the clock says. Default: now. */
  now?: Date
}

/** An entry of the log that names the image and belongs to no bundle that was found. It counts for nothing. */
export interface Stray {
  uuid: string
  logIndex: string
  /** ISO 8601, as the log says. */
  integratedTime?: string
  identity?: string
  issuer?: string
  /** SHA-256 of the DER of the key, in hexadecimal, where there is no certificate. */
  key?: string
  /** The builder of the policy that it would be of, if it were genuine. */
  builder?: string
}

/** What a log has told. Nothing of it is verified, and nothing of it counts. */
export interface WitnessReport {
  log: string
  state: 'searched' | 'unreachable'
  /** Why it could not be searched. */
  problem?: string
  strays: Stray[]
  /** Entries that name the image. */
  found: number
  /** Whether there are more than the log could tell at once. */
  isCut: boolean
  /** Of how many nothing was read. */
  unread: number
  /** Why, where it is not that there are too many. */
  unreadProblem?: string
}

export interface Verification {
  verified: boolean
  /** One sentence. */
  reason: string
  reference: string
  digest: Digest
  /** As it was asked for. */
  commit?: string
  policy: { source: string; digest: string; threshold: number; dimensions: readonly string[] }
  /** Whose votes count. */
  builders: string[]
  /** The counted first, then in order of their digests. */
  bundles: JudgedBundle[]
  junk: Junk[]
  equivocations: Equivocation[]
  /** How many more builders are needed at least. */
  missing: number
  /** Builders of the policy that have not attested and would bring the quorum nearer. */
  wanted: string[]
  /** Absent where no log was asked. */
  witness?: WitnessReport
}

/** Read side by side. */
const READERS = 8

/**
 * Verifies an image by a policy. That the policy is not met is a result and no error: see `requireVerified`.
 *
 * @throws SeedError of the search for bundles (`findBundles`), and of a registry that does not answer; what is malformed is
 *   reported
 */
export async function verifySeed(request: VerificationRequest, ports: Ports): Promise<Verification> {
  const { digest, repository, policy: trusted, commit, paths = [] } = request
  const { policy } = trusted
  const { candidates, junk } = await findBundles({ digest, paths, ...(repository && { repository }) })
  const examined = await examineAll(candidates, request, junk, ports)
  const votes = [...examined].flatMap(([, { judgement }]) => (judgement.kind === 'valid' ? judgement.votes : []))
  const quorum = decideQuorum(policy, votes, { digest, ...(commit !== undefined && { commit }) })
  const witness =
    request.rekorUrl === undefined ? undefined : await askWitness(request.rekorUrl, examined, request, ports)
  return {
    verified: quorum.met,
    reason: quorum.reason,
    reference: request.reference,
    digest,
    ...(commit !== undefined && { commit }),
    policy: {
      source: trusted.source,
      digest: trusted.digest,
      threshold: policy.threshold,
      dimensions: policy.dimensions
    },
    builders: quorum.votes.filter(vote => !isContradicted(vote, quorum)).map(({ builder }) => builder.id),
    bundles: describeAll(examined, quorum, digest),
    junk,
    equivocations: quorum.equivocations,
    missing: quorum.missing,
    wanted: quorum.wanted,
    ...(witness && { witness })
  }
}

/**
 * @throws SeedError POLICY_UNMET where the policy is not met
 */
export function requireVerified({
  verified,
  reason,
  reference,
  equivocations,
  wanted,
  bundles,
  junk
}: Verification): void {
  if (verified) return
  const refused = bundles.filter(({ verdict }) => verdict === 'refused').length
  const seen = refused > 0 ? ` ${refused} ${refused === 1 ? 'bundle was' : 'bundles were'} refused: look at why.` : ''
  const isListLost = junk.some(({ source }) => source === LIST)
  const next =
    equivocations.length > 0
      ? 'Find out which of its builds is right, and how the other came to be, before anything is started from this image.'
      : isListLost
        ? `What hangs on the image is not known, since the list of it cannot be read: mend that, or name bundles in files.${seen}`
        : wanted.length > 0
          ? `Have it attested by more builders: ${wanted.join(', ')}.${seen}`
          : `Have it attested by the builders of the policy.${seen}`
  throw new SeedError('POLICY_UNMET', `the policy is not met: ${reason}`, { resource: reference, hint: next })
}

/** What came of one bundle, wherever it was found. */
export interface Examined {
  judgement: Judgement
  sources: BundleSource[]
}

async function examineAll(
  candidates: readonly BundleCandidate[],
  { policy, now }: VerificationRequest,
  junk: Junk[],
  { progress, signal }: Ports
): Promise<Map<Digest, Examined>> {
  const examined: (readonly [Digest, BundleSource])[] = []
  const judgements = new Map<Digest, Judgement>()
  const examine = async (candidate: BundleCandidate): Promise<Digest> => {
    // Very many manifests may lead to one bundle.
    if (candidate.digest !== undefined && judgements.has(candidate.digest)) return candidate.digest
    const bytes = await candidate.read()
    const digest = digestOf(bytes)
    if (!judgements.has(digest)) judgements.set(digest, judgeBundle(bytes, digest, policy, now ? { now } : {}))
    return digest
  }
  let next = 0
  const work = async (): Promise<void> => {
    for (let at = next++; at < candidates.length; at = next++) {
      signal.throwIfAborted()
      const candidate = candidates[at] as BundleCandidate
      const { source } = candidate
      progress.update('verifying bundles', at, candidates.length)
      try {
        examined[at] = [await examine(candidate), source]
      } catch (error) {
        if (!isJunk(error)) throw error
        junk.push({ source: sourceText(source), problem: printable(error.message) })
      }
    }
  }
  try {
    await Promise.all(Array.from({ length: READERS }, work))
  } finally {
    next = candidates.length
    progress.end('verifying bundles')
  }
  return gathered(examined, judgements, junk)
}

/** One entry a bundle, with all the places where it was found. */
function gathered(
  examined: readonly (readonly [Digest, BundleSource])[],
  judgements: ReadonlyMap<Digest, Judgement>,
  junk: Junk[]
): Map<Digest, Examined> {
  const bundles = new Map<Digest, Examined>()
  for (const [digest, source] of examined.flatMap(each => [each])) {
    const judgement = judgements.get(digest)
    if (judgement === undefined) continue
    const known = bundles.get(digest)
    if (known) known.sources.push(source)
    else bundles.set(digest, { judgement, sources: [source] })
  }
  for (const [digest, { judgement, sources }] of bundles) {
    // A file of another kind, as there are in folders.
    if (judgement.kind !== 'refused' || judgement.refusal.reason !== 'bundle-unsupported') continue
    if (sources.some(({ kind }) => kind === 'referrer')) continue
    junk.push(...sources.map(source => ({ source: sourceText(source), problem: judgement.refusal.message })))
    bundles.delete(digest)
  }
  return bundles
}

function sourceText(source: BundleSource): string {
  return source.kind === 'file' ? `file ${printable(source.path)}` : `referrer ${source.digest}`
}

const ORDER: readonly JudgedBundle['verdict'][] = ['counted', 'not-counted', 'refused']

function describeAll(examined: ReadonlyMap<Digest, Examined>, quorum: Quorum, digest: Digest): JudgedBundle[] {
  const ranks = new Map(quorum.votes.map(({ bundle }, i) => [bundle, i]))
  const rank = ({ bundle, verdict }: JudgedBundle): number => (ranks.get(bundle) ?? ranks.size) + ORDER.indexOf(verdict)
  return [...examined]
    .map(([bundle, { judgement, sources }]) =>
      describeBundle(bundle, judgement, { sources: sources.map(sourceText), quorum, digest })
    )
    .sort((a, b) => rank(a) - rank(b) || (a.bundle < b.bundle ? -1 : 1))
}

/** Never rejects for a log that fails: it is a witness, and who could silence it must not be able to decide anything. */
async function askWitness(
  log: string,
  examined: ReadonlyMap<Digest, Examined>,
  { digest, policy }: VerificationRequest,
  ports: Ports
): Promise<WitnessReport> {
  const known = new Set([...examined].flatMap(([, { judgement }]) => judgement.entries.map(({ hash }) => hash)))
  try {
    const { found, isCut, hits, unread, unreadProblem } = await searchLog(log, digest, ports, { known })
    const strays = hits.map(hit => strayOf(hit, policy))
    const reading = { found, isCut, unread, ...(unreadProblem !== undefined && { unreadProblem }) }
    return { log, state: 'searched', strays, ...reading }
  } catch (error) {
    ports.signal.throwIfAborted()
    const problem = error instanceof SeedError ? error.message : 'it could not be searched'
    return { log, state: 'unreachable', problem, strays: [], found: 0, isCut: false, unread: 0 }
  }
}

function strayOf({ uuid, logIndex, integratedTime, identity, issuer, key }: LogHit, trusted: TrustedPolicy): Stray {
  const builder =
    identity !== undefined && issuer !== undefined
      ? findBuilder(trusted.policy, { identity, issuer }).builder
      : trusted.policy.builders.find(({ id }) => key !== undefined && fingerprintOf(trusted, id) === key)
  return {
    uuid,
    logIndex,
    ...(integratedTime && { integratedTime: time(integratedTime) }),
    ...(identity !== undefined && { identity }),
    ...(issuer !== undefined && { issuer }),
    ...(key !== undefined && { key }),
    ...(builder && { builder: builder.id })
  }
}

function fingerprintOf({ signers }: TrustedPolicy, id: string): string | undefined {
  const der = signers.get(id)?.publicKey?.export({ type: 'spki', format: 'der' })
  return der && createHash('sha256').update(der).digest('hex')
}
