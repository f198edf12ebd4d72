/**
 * Whether the builders that attested a digest are a quorum: as many as the policy asks for, and pairwise distinct in each
 * of its dimensions. Found exactly (see policy/distinct.ts); the same votes in another order give the same answer.
 */
import { builderRow, dimensionValue } from './policy/builder.ts'
import { distinctSets, type DistinctSets } from './policy/distinct.ts'
import type { Dimension, Policy, PolicyBuilder } from './policy/types.ts'

/** One verified bundle of one builder, about one digest. A statement with several subjects is a vote for each. */
export interface Vote {
  /** Names the bundle: its digest, for example. */
  bundle: string
  /** The entry of the policy that the signer matched. */
  builder: PolicyBuilder
  /** Of the seed, as in `sha256:…`. */
  digest: string
  /** The commit it was built from, where the statement says so. */
  commit?: string
  /**
   * What sets apart several seeds of one commit: name and system. Votes with different targets do not contradict each
   * other.
   */
  target?: string
}

/** A builder that attested two digests for the same commit and target: one of them was not built from it. */
export interface Equivocation {
  builder: string
  commit: string
  target?: string
  /** In order. */
  digests: string[]
  /** In order. */
  bundles: string[]
}

/** Why a vote is not among those of the quorum. */
export type Uncounted =
  | { reason: 'other-digest' | 'other-commit' | 'equivocation'; vote: Vote }
  /** The builder has voted with another bundle, `counted`. */
  | { reason: 'repeated'; vote: Vote; counted: string }
  /** It is like a builder that counts, in these dimensions. */
  | { reason: 'alike'; vote: Vote; builder: string; dimensions: Dimension[] }
  /** There are enough without it. */
  | { reason: 'spare'; vote: Vote }

/** Builders that attested, and are the same in a dimension where they should differ. */
export interface Block {
  dimension: Dimension
  value: string
  builders: string[]
}

export interface Quorum {
  met: boolean
  threshold: number
  /** The votes that count, in the order of the policy: `threshold` of them where it is met, else as many as possible. */
  votes: Vote[]
  uncounted: Uncounted[]
  /** How many builders attested the digest, whether they differ or not. */
  builders: number
  /** How many of them differ from each other in every dimension, at most. */
  largest: number
  /** How many more builders are needed at least; 0 where there are enough. */
  missing: number
  /** What stands between the builders that attested and a quorum; empty where it is met. */
  blocks: Block[]
  /** Builders of the policy that have not attested, and would bring the quorum nearer. */
  wanted: string[]
  equivocations: Equivocation[]
  /** One sentence that says why. */
  reason: string
}

/** What was asked for. */
export interface Expected {
  digest: string
  commit?: string
}

/**
 * Counts votes.
 *
 * @param votes all verified votes of builders of the policy, those for other digests and commits too: they do not count
 *   but may show that a builder equivocates
 */
export function decideQuorum(policy: Policy, votes: readonly Vote[], expected: Expected): Quorum {
  const ordered = inOrder(policy, votes)
  const equivocations = findEquivocations(ordered)
  const uncounted: Uncounted[] = []
  const ballot = sortBallot(policy, ordered, { expected, equivocations }, uncounted)
  const rows = (builders: readonly PolicyBuilder[]): DistinctSets =>
    distinctSets(builders.map(builder => builderRow(builder, policy.dimensions)))
  const sets = rows(ballot.map(vote => vote.builder))
  const largest = sets.largest()
  const size = Math.min(policy.threshold, largest)
  const chosen = (sets.first(size) ?? []).flatMap(index => ballot[index] ?? [])
  const isEnough = largest >= policy.threshold
  uncounted.push(...ballot.filter(vote => !chosen.includes(vote)).map(vote => notChosen(policy, vote, chosen)))
  const isHonest = equivocations.length === 0 || policy.equivocation === 'discount'
  const outcome = {
    met: isEnough && isHonest,
    threshold: policy.threshold,
    votes: chosen,
    uncounted,
    builders: ballot.length,
    largest,
    missing: Math.max(0, policy.threshold - largest),
    blocks: isEnough ? [] : findBlocks(policy, ballot, largest),
    wanted: isEnough ? [] : findWanted(policy, ballot, largest, rows),
    equivocations
  }
  return { ...outcome, reason: isHonest ? explain(outcome) : explainEquivocation(equivocations) }
}

/** Builders that attested different digests of the same commit and target, in order of the votes. */
export function findEquivocations(votes: readonly Vote[]): Equivocation[] {
  const groups = Map.groupBy(
    votes.filter(vote => vote.commit !== undefined),
    vote => JSON.stringify([vote.builder.id, vote.commit, vote.target])
  )
  return [...groups.values()].flatMap(group => {
    const digests = [...new Set(group.map(vote => vote.digest))].sort()
    const [{ builder, commit, target } = {}] = group
    if (digests.length < 2 || builder === undefined || commit === undefined) return []
    const bundles = [...new Set(group.map(vote => vote.bundle))].sort()
    return [{ builder: builder.id, commit, ...(target !== undefined && { target }), digests, bundles }]
  })
}

/** By builder, as the policy lists them, then by bundle. */
function inOrder(policy: Policy, votes: readonly Vote[]): Vote[] {
  const rank = new Map(policy.builders.map((builder, i) => [builder.id, i]))
  const stranger = votes.find(vote => !rank.has(vote.builder.id))
  if (stranger) throw new Error(`a vote of ${stranger.builder.id}, which is not in the policy`)
  const key = ({ bundle, digest, commit = '', target = '' }: Vote): string[] => [bundle, digest, commit, target]
  return [...votes].sort(
    (a, b) => (rank.get(a.builder.id) ?? 0) - (rank.get(b.builder.id) ?? 0) || compareLists(key(a), key(b))
  )
}

function compareLists(a: readonly string[], b: readonly string[]): number {
  const index = a.findIndex((value, i) => value !== b[i])
  return index < 0 ? 0 : (a[index] ?? '') < (b[index] ?? '') ? -1 : 1
}

/** One vote a builder; the others go to `uncounted`. */
function sortBallot(
  policy: Policy,
  votes: readonly Vote[],
  { expected, equivocations }: { expected: Expected; equivocations: readonly Equivocation[] },
  uncounted: Uncounted[]
): Vote[] {
  const ballot = new Map<string, Vote>()
  for (const vote of votes) {
    const { id } = vote.builder
    const counted = ballot.get(id)
    if (vote.digest !== expected.digest) uncounted.push({ reason: 'other-digest', vote })
    else if (expected.commit !== undefined && vote.commit !== expected.commit)
      uncounted.push({ reason: 'other-commit', vote })
    else if (policy.equivocation === 'discount' && equivocations.some(({ builder }) => builder === id)) {
      uncounted.push({ reason: 'equivocation', vote })
    } else if (counted) uncounted.push({ reason: 'repeated', vote, counted: counted.bundle })
    else ballot.set(id, vote)
  }
  return [...ballot.values()]
}

function notChosen(policy: Policy, vote: Vote, chosen: readonly Vote[]): Uncounted {
  for (const { builder } of chosen) {
    const dimensions = alikeIn(policy.dimensions, builder, vote.builder)
    if (dimensions.length > 0) return { reason: 'alike', vote, builder: builder.id, dimensions }
  }
  return { reason: 'spare', vote }
}

function alikeIn(dimensions: readonly Dimension[], a: PolicyBuilder, b: PolicyBuilder): Dimension[] {
  return dimensions.filter(dimension => dimensionValue(a, dimension) === dimensionValue(b, dimension))
}

/**
 * The dimensions without which more would differ, with who is alike in them. Where no single one is to blame, all in
 * which some are alike.
 */
function findBlocks(policy: Policy, ballot: readonly Vote[], largest: number): Block[] {
  const builders = ballot.map(vote => vote.builder)
  const without = (dimension: Dimension): number => {
    const others = policy.dimensions.filter(other => other !== dimension)
    return distinctSets(builders.map(builder => builderRow(builder, others))).largest()
  }
  const shared = policy.dimensions.flatMap(dimension =>
    [...Map.groupBy(builders, builder => dimensionValue(builder, dimension))]
      .filter(([, group]) => group.length > 1)
      .map(([value, group]): Block => ({ dimension, value, builders: group.map(builder => builder.id) }))
  )
  const decisive = new Set(policy.dimensions.filter(dimension => without(dimension) > largest))
  return decisive.size > 0 ? shared.filter(({ dimension }) => decisive.has(dimension)) : shared
}

function findWanted(
  policy: Policy,
  ballot: readonly Vote[],
  largest: number,
  rows: (builders: readonly PolicyBuilder[]) => DistinctSets
): string[] {
  const voted = ballot.map(vote => vote.builder)
  const ids = new Set(voted.map(builder => builder.id))
  return policy.builders
    .filter(builder => !ids.has(builder.id) && rows([builder, ...voted]).canHold(0, largest + 1))
    .map(builder => builder.id)
}

function explain({
  met,
  threshold,
  votes,
  builders,
  largest,
  missing,
  blocks,
  wanted
}: Omit<Quorum, 'reason'>): string {
  const names = votes.map(vote => vote.builder.id).join(', ')
  if (met) return `${threshold} independent ${plural(threshold, 'builder')} attested this digest: ${names}`
  const more = `${missing} more ${missing === 1 ? 'is' : 'are'} needed${wanted.length > 0 ? `, from: ${wanted.join(', ')}` : ''}`
  if (builders === 0) return `no builder of the policy attested this digest; ${more}`
  if (builders === largest) return `${builders} of ${threshold} builders attested this digest: ${names}; ${more}`
  const alike = blocks.map(block => `${block.builders.join(' and ')} have the ${block.dimension} ${block.value}`)
  return `${builders} ${plural(builders, 'builder')} attested this digest, and no more than ${largest} of them differ from each other (${alike.join('; ')}); ${more}`
}

function explainEquivocation([first, ...others]: readonly Equivocation[]): string {
  const more = others.length > 0 ? ` (and ${others.length} more such ${plural(others.length, 'case')})` : ''
  return `builder ${first?.builder ?? ''} attested ${first?.digests.length ?? 0} digests for commit ${first?.commit ?? ''}${more}: it cannot be trusted with any`
}

const plural = (count: number, word: string): string => (count === 1 ? word : `${word}s`)
