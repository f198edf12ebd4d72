import { builderRow } from './builder.ts'
import { distinctSets } from './distinct.ts'
import type { Policy } from './types.ts'

/** Whether a builder is in `every` set that can meet a policy, in `some`, or in `none`. */
export type BuilderRole = 'every' | 'some' | 'none'

export interface PolicyOutlook {
  /** How many builders differ from each other in all dimensions, at most. */
  largest: number
  /** Sets of as many builders as the threshold asks for that can meet the policy, by id; the first of them, in order. */
  sets: string[][]
  /** Whether there are more sets than these. */
  hasMore: boolean
  roles: Map<string, BuilderRole>
}

/**
 * Which sets of builders can meet a policy.
 *
 * @param limit how many sets to tell, at most
 */
export function policyOutlook({ builders, dimensions, threshold }: Policy, limit: number): PolicyOutlook {
  const found = distinctSets(builders.map(builder => builderRow(builder, dimensions)))
  const sets: string[][] = []
  for (const set of found.all(threshold)) {
    sets.push(set.flatMap(index => builders[index]?.id ?? []))
    if (sets.length > limit) break
  }
  const role = (index: number): BuilderRole => {
    if (!found.canHold(index, threshold)) return 'none'
    return found.canLack(index, threshold) ? 'some' : 'every'
  }
  return {
    largest: found.largest(),
    sets: sets.slice(0, limit),
    hasMore: sets.length > limit,
    roles: new Map(builders.map((builder, index) => [builder.id, role(index)]))
  }
}
