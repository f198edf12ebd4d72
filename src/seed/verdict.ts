/** What is told of one bundle. */
import type { Judgement } from '../attest/judge.ts'
import type { Quorum, Uncounted, Vote } from '../attest/quorum.ts'
import type { RefusalReason } from '../attest/verify.ts'
import { time } from '../attest/verify/refusal.ts'
import { printable } from '../attest/bundle.ts'
import type { Digest } from '../oci/types.ts'

export interface JudgedBundle {
  /** SHA-256 of its bytes. */
  bundle: Digest
  /** Where it was found: `referrer sha256:…` or `file PATH`. */
  sources: string[]
  verdict: 'counted' | 'not-counted' | 'refused'
  /** For programs. */
  reason: 'counted' | Uncounted['reason'] | RefusalReason
  /** One sentence, fit for a terminal. */
  message: string
  /** The builder of the policy; of a bundle that is refused, the one that it says to be of. */
  builder?: string
  /** Of a bundle that is refused, as it says. */
  identity?: string
  issuer?: string
  /** SHA-256 of the DER of the key that signed, in hexadecimal. */
  key?: string
  /** What it is about. */
  digests?: string[]
  commit?: string
  /** ISO 8601: the earliest time that somebody who is trusted says. */
  signedAt?: string
  logIndex?: string
}

/** Beside what a bundle is worth by itself. */
export interface VerdictContext {
  sources: string[]
  quorum: Quorum
  /** Of the image. */
  digest: Digest
}

export function describeBundle(bundle: Digest, judgement: Judgement, context: VerdictContext): JudgedBundle {
  const { sources } = context
  if (judgement.kind === 'refused') {
    const { refusal, builder, claimed, entries } = judgement
    return {
      bundle,
      sources,
      verdict: 'refused',
      reason: refusal.reason,
      message: refusal.message,
      ...(builder && { builder: builder.id }),
      ...(claimed?.identity !== undefined && { identity: printable(claimed.identity) }),
      ...(claimed?.issuer !== undefined && { issuer: printable(claimed.issuer) }),
      ...(entries[0] && { logIndex: entries[0].logIndex })
    }
  }
  const { verified, builder } = judgement
  const { signer, digests, commit, times, entries } = verified
  return {
    bundle,
    sources,
    ...verdictOf(bundle, context),
    builder: builder.id,
    ...(signer.kind === 'certificate'
      ? { identity: printable(signer.certificate.identity), issuer: printable(signer.certificate.issuer) }
      : { key: signer.fingerprint }),
    digests,
    ...(commit !== undefined && { commit }),
    signedAt: time(times[0].at),
    ...(entries[0] && { logIndex: entries[0].index })
  }
}

/** A statement about several images is several votes: the one for this image tells, and else the first. */
function verdictOf(
  bundle: Digest,
  { quorum, digest }: VerdictContext
): Pick<JudgedBundle, 'verdict' | 'reason' | 'message'> {
  const counted = quorum.votes.find(vote => vote.bundle === bundle)
  if (counted && isContradicted(counted, quorum)) {
    return {
      verdict: 'not-counted',
      reason: 'equivocation',
      message: sentence({ reason: 'equivocation', vote: counted })
    }
  }
  if (counted) return { verdict: 'counted', reason: 'counted', message: 'counts' }
  const uncounted = quorum.uncounted.filter(({ vote }) => vote.bundle === bundle)
  const why = uncounted.find(({ vote }) => vote.digest === digest) ?? uncounted[0]
  if (why === undefined) throw new Error(`nothing came of the bundle ${bundle}`)
  return { verdict: 'not-counted', reason: why.reason, message: sentence(why) }
}

/** Where nothing passes for that, the vote is as good as none. */
export function isContradicted({ builder }: Vote, { equivocations }: Quorum): boolean {
  return equivocations.some(each => each.builder === builder.id)
}

function sentence(why: Uncounted): string {
  switch (why.reason) {
    case 'other-digest':
      return `is about another image: ${why.vote.digest}`
    case 'other-commit':
      return commitSentence(why.vote)
    case 'equivocation':
      return `its builder has attested several digests for commit ${why.vote.commit ?? ''}`
    case 'repeated':
      return `its builder has one vote, and that is ${why.counted}`
    case 'alike':
      return `is not independent of ${why.builder}: the same ${why.dimensions.join(' and ')}`
    case 'spare':
      return 'there are enough without it'
  }
}

function commitSentence({ commit }: Vote): string {
  return commit === undefined
    ? 'does not say from which commit it was built'
    : `was built from another commit: ${commit}`
}
