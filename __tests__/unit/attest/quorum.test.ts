import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { DIMENSIONS, dimensionValue, parsePolicy, type Policy } from '../../../src/attest/policy.ts'
import { decideQuorum, findEquivocations, type Vote } from '../../../src/attest/quorum.ts'
import { certified, keyed, policyOf } from '../../support/policy.ts'

/** `VERIFY_MUTATIONS=10000` tries more. */
const RUNS = Number(process.env['VERIFY_MUTATIONS'] ?? 250)

const D1 = `sha256:${'1'.repeat(64)}`
const D2 = `sha256:${'2'.repeat(64)}`
const C1 = 'a'.repeat(40)
const C2 = 'b'.repeat(40)
const expected = { digest: D1 }

function read(builders: readonly object[], more: object = {}): Policy {
  return parsePolicy(policyOf(builders, more), 'flake')
}

/** A vote of the builder `id`. */
function vote(policy: Policy, id: string, more: Partial<Vote> = {}): Vote {
  const builder = policy.builders.find(each => each.id === id)
  if (!builder) throw new Error(`no builder ${id}`)
  return { bundle: `bundle-${id}`, builder, digest: D1, commit: C1, target: 'seed', ...more }
}

const ids = (votes: readonly Vote[]): string[] => votes.map(each => each.builder.id)

describe('a quorum', () => {
  const policy = read(['a', 'b', 'c', 'd'].map(id => certified(id)))
  const votes = (...names: string[]): Vote[] => names.map(id => vote(policy, id))

  test('is as many builders as the policy asks for, the first of them', () => {
    const quorum = decideQuorum(policy, votes('d', 'b', 'c', 'a'), expected)
    expect(quorum).toMatchObject({ met: true, builders: 4, largest: 4, missing: 0, blocks: [], wanted: [] })
    expect(ids(quorum.votes)).toEqual(['a', 'b', 'c'])
    expect(quorum.uncounted).toEqual([{ reason: 'spare', vote: vote(policy, 'd') }])
    expect(quorum.reason).toBe('3 independent builders attested this digest: a, b, c')
  })

  test('is not met by too few, and says who is waited for', () => {
    const quorum = decideQuorum(policy, votes('a', 'c'), expected)
    expect(quorum).toMatchObject({ met: false, largest: 2, missing: 1, wanted: ['b', 'd'] })
    expect(quorum.reason).toBe('2 of 3 builders attested this digest: a, c; 1 more is needed, from: b, d')
    expect(decideQuorum(policy, [], expected)).toMatchObject({
      met: false,
      missing: 3,
      votes: [],
      reason: 'no builder of the policy attested this digest; 3 more are needed, from: a, b, c, d'
    })
  })

  test('counts a builder once, however many bundles it has', () => {
    const again = [...votes('a', 'a', 'a'), vote(policy, 'a', { bundle: 'another' })]
    const quorum = decideQuorum(policy, again, expected)
    expect(quorum).toMatchObject({ met: false, builders: 1, largest: 1 })
    expect(quorum.votes.map(each => each.bundle)).toEqual(['another'])
    expect(quorum.uncounted).toHaveLength(3)
    expect(quorum.uncounted[0]).toMatchObject({ reason: 'repeated', counted: 'another' })
  })

  test('counts no vote for another digest or commit', () => {
    const mixed = [...votes('a', 'b'), vote(policy, 'c', { digest: D2 })]
    expect(decideQuorum(policy, mixed, expected)).toMatchObject({
      met: false,
      uncounted: [{ reason: 'other-digest', vote: { builder: { id: 'c' } } }]
    })
    const older = [...votes('a', 'b'), vote(policy, 'c', { commit: C2 })]
    expect(decideQuorum(policy, older, expected).met).toBe(true)
    expect(decideQuorum(policy, older, { digest: D1, commit: C1 })).toMatchObject({
      met: false,
      uncounted: [{ reason: 'other-commit', vote: { builder: { id: 'c' } } }]
    })
    const { commit: _, ...unknown } = vote(policy, 'c')
    expect(decideQuorum(policy, [...votes('a', 'b'), unknown], { digest: D1, commit: C1 }).met).toBe(false)
  })

  test('takes no votes of strangers', () => {
    const other = read([certified('z')], { threshold: 1 })
    expect(() => decideQuorum(policy, [vote(other, 'z')], expected)).toThrow('a vote of z, which is not in the policy')
  })
})

describe('builders that are alike', () => {
  test('in their organisation count once, and the reason names it', () => {
    const policy = read([
      certified('a'),
      certified('b', { organisation: 'Org A' }),
      certified('c', { organisation: 'Org A' }),
      certified('d'),
      certified('e')
    ])
    const quorum = decideQuorum(
      policy,
      ['c', 'b', 'd'].map(id => vote(policy, id)),
      expected
    )
    expect(quorum).toMatchObject({
      met: false,
      builders: 3,
      largest: 2,
      missing: 1,
      blocks: [{ dimension: 'organisation', value: 'Org A', builders: ['b', 'c'] }],
      wanted: ['e']
    })
    expect(ids(quorum.votes)).toEqual(['b', 'd'])
    expect(quorum.uncounted).toMatchObject([
      { reason: 'alike', vote: { builder: { id: 'c' } }, builder: 'b', dimensions: ['organisation'] }
    ])
    expect(quorum.reason).toBe(
      '3 builders attested this digest, and no more than 2 of them differ from each other (b and c have the organisation Org A); 1 more is needed, from: e'
    )
  })

  test('in their issuer count once', () => {
    const issuer = 'https://gitlab.example'
    const policy = read([certified('a', { issuer }), certified('b', { issuer }), certified('c')], { threshold: 2 })
    const quorum = decideQuorum(policy, [vote(policy, 'a'), vote(policy, 'b')], expected)
    expect(quorum).toMatchObject({
      met: false,
      blocks: [{ dimension: 'issuer', value: issuer, builders: ['a', 'b'] }],
      wanted: ['c']
    })
  })

  test('in what the policy does not ask about count each', () => {
    const policy = read(
      ['a', 'b', 'c'].map(id => certified(id, { organisation: 'One', cloud: 'Two', operatorJurisdiction: 'US' })),
      { dimensions: ['issuer'] }
    )
    expect(
      decideQuorum(
        policy,
        ['a', 'b', 'c'].map(id => vote(policy, id)),
        expected
      ).met
    ).toBe(true)
  })

  test('are told where no single dimension is to blame', () => {
    // a and b share two things, so that without either they are alike in the other.
    const policy = read(
      [
        certified('a', { organisation: 'X', issuer: 'https://i.example' }),
        certified('b', { organisation: 'X', issuer: 'https://i.example' }),
        certified('c')
      ],
      { threshold: 2 }
    )
    const { blocks } = decideQuorum(policy, [vote(policy, 'a'), vote(policy, 'b')], expected)
    expect(blocks.map(({ dimension }) => dimension)).toEqual(['organisation', 'issuer'])
  })

  test('do not hide a quorum that only an exact search finds', () => {
    const policy = read([
      certified('a', { organisation: 'X', issuer: 'https://i2.example' }),
      certified('b', { organisation: 'X', issuer: 'https://i1.example' }),
      certified('c', { organisation: 'Y', issuer: 'https://i2.example' }),
      certified('d', { organisation: 'Z', issuer: 'https://i3.example' })
    ])
    const quorum = decideQuorum(
      policy,
      ['a', 'b', 'c', 'd'].map(id => vote(policy, id)),
      expected
    )
    expect(quorum.met).toBe(true)
    expect(ids(quorum.votes)).toEqual(['b', 'c', 'd'])
    expect(quorum.uncounted).toMatchObject([{ reason: 'alike', builder: 'b', dimensions: ['organisation'] }])
  })

  test('in their trust root: two keys with the public log', () => {
    const policy = read([keyed('a', { publicKey: 'a.pub' }), keyed('b'), certified('c', { trustRoot: 'own.json' })], {
      threshold: 2,
      dimensions: ['trustRoot']
    })
    expect(decideQuorum(policy, [vote(policy, 'a'), vote(policy, 'b')], expected).met).toBe(false)
    expect(decideQuorum(policy, [vote(policy, 'a'), vote(policy, 'c')], expected).met).toBe(true)
  })
})

describe('a builder that equivocates', () => {
  const builders = ['a', 'b', 'c', 'd'].map(id => certified(id))
  const votesOf = (policy: Policy): Vote[] => [
    ...['a', 'b', 'c', 'd'].map(id => vote(policy, id)),
    vote(policy, 'a', { digest: D2, bundle: 'second' })
  ]

  test('fails all, though the others are enough', () => {
    const policy = read(builders)
    const quorum = decideQuorum(policy, votesOf(policy), expected)
    expect(quorum).toMatchObject({
      met: false,
      missing: 0,
      equivocations: [{ builder: 'a', commit: C1, target: 'seed', digests: [D1, D2], bundles: ['bundle-a', 'second'] }]
    })
    expect(quorum.reason).toBe(`builder a attested 2 digests for commit ${C1}: it cannot be trusted with any`)
  })

  test('does not count where the policy says so', () => {
    const policy = read(builders, { equivocation: 'discount' })
    const quorum = decideQuorum(policy, votesOf(policy), expected)
    expect(quorum.met).toBe(true)
    expect(ids(quorum.votes)).toEqual(['b', 'c', 'd'])
    expect(quorum.equivocations).toHaveLength(1)
    expect(quorum.uncounted.map(({ reason }) => reason)).toEqual(['equivocation', 'other-digest'])
  })

  test('is not one that built two commits or two systems, or attested one digest twice', () => {
    const policy = read(builders)
    const honest = [
      vote(policy, 'a'),
      vote(policy, 'a', { bundle: 'again' }),
      vote(policy, 'a', { digest: D2, commit: C2 }),
      vote(policy, 'a', { digest: D2, target: 'seed for another system' }),
      vote(policy, 'b', { digest: D2 })
    ]
    expect(findEquivocations(honest)).toEqual([])
    expect(findEquivocations([...honest, vote(policy, 'b')])).toHaveLength(1)
  })
})

describe('of any votes', () => {
  /** Builders with few organisations, issuers and clouds. */
  const scene = fc
    .record({
      builders: fc.array(fc.record({ organisation: fc.nat(3), issuer: fc.nat(3), cloud: fc.nat(3) }), {
        minLength: 2,
        maxLength: 8
      }),
      dimensions: fc.uniqueArray(fc.constantFrom('builder', 'organisation', 'issuer', 'cloud'), { minLength: 1 }),
      votes: fc.array(fc.record({ builder: fc.nat(), bundle: fc.nat(4) }), { maxLength: 20 }),
      threshold: fc.integer({ min: 1, max: 4 })
    })
    .map(({ builders, dimensions, votes, threshold }) => {
      const entries = builders.map(({ organisation, issuer, cloud }, i) =>
        certified(`b${i}`, {
          organisation: `O${organisation}`,
          issuer: `https://i${issuer}.example`,
          cloud: `C${cloud}`
        })
      )
      // The threshold is put in afterwards, since some of these cannot be met.
      const policy: Policy = { ...read(entries, { dimensions, threshold: 1 }), threshold }
      return {
        policy,
        votes: votes.map(({ builder, bundle }) =>
          vote(policy, `b${builder % builders.length}`, { bundle: `x${bundle}` })
        )
      }
    })

  test('the answer is that of trying every set of builders', () => {
    const seen = { met: 0, unmet: 0 }
    fc.assert(
      fc.property(scene, ({ policy, votes }) => {
        const voted = policy.builders.filter(builder => votes.some(each => each.builder === builder))
        const isDistinct = (set: typeof voted): boolean =>
          policy.dimensions.every(
            dimension => new Set(set.map(builder => dimensionValue(builder, dimension))).size === set.length
          )
        const subsets = Array.from({ length: 1 << voted.length }, (_, mask) =>
          voted.filter((_builder, i) => (mask >> i) & 1)
        ).filter(isDistinct)
        const largest = Math.max(...subsets.map(set => set.length))
        const quorum = decideQuorum(policy, votes, expected)
        expect(quorum).toMatchObject({ largest, met: largest >= policy.threshold, builders: voted.length })
        expect(quorum.votes).toHaveLength(Math.min(largest, policy.threshold))
        expect(isDistinct(quorum.votes.map(each => each.builder))).toBe(true)
        expect(quorum.votes.length + quorum.uncounted.length).toBe(votes.length)
        seen[quorum.met ? 'met' : 'unmet']++
      }),
      { numRuns: RUNS }
    )
    expect(Math.min(seen.met, seen.unmet)).toBeGreaterThan(RUNS / 10)
  })

  test('the order in which they come changes nothing', () => {
    fc.assert(
      fc.property(
        scene.chain(({ policy, votes }) =>
          fc.record({
            policy: fc.constant(policy),
            votes: fc.constant(votes),
            mixed: fc.shuffledSubarray(votes, { minLength: votes.length })
          })
        ),
        ({ policy, votes, mixed }) => {
          expect(decideQuorum(policy, mixed, expected)).toEqual(decideQuorum(policy, votes, expected))
        }
      ),
      { numRuns: Math.ceil(RUNS / 3) }
    )
  })

  test('a builder that is wanted brings the quorum nearer, and no other does', () => {
    fc.assert(
      fc.property(scene, ({ policy, votes }) => {
        const before = decideQuorum(policy, votes, expected)
        fc.pre(!before.met)
        for (const builder of policy.builders) {
          const after = decideQuorum(policy, [...votes, vote(policy, builder.id)], expected)
          if (after.largest > before.largest !== before.wanted.includes(builder.id)) throw new Error(builder.id)
        }
      }),
      { numRuns: Math.ceil(RUNS / 3) }
    )
  })
})

describe('a thousand votes', () => {
  test('of 64 builders, alike in pairs in every dimension, are counted exactly', () => {
    // Each dimension pairs the builders in another way.
    const pair = (i: number, step: number): string => String(Math.min(i, i ^ step))
    const builders = Array.from({ length: 64 }, (_builder, i) => {
      const { identity: _, ...rest } = certified(`b${i}`, {
        organisation: `O${pair(i, 1)}`,
        issuer: `https://i${pair(i, 2)}.example`,
        cloud: `C${pair(i, 4)}`,
        operatorJurisdiction: `${letter(i ^ 8, i)}${letter2(i ^ 8, i)}`,
        computeJurisdiction: `${letter(i ^ 16, i)}${letter2(i ^ 16, i)}`,
        trustRoot: `root${pair(i, 32)}.json`,
        repository: `https://forge.example/r${pair(i, 63)}`
      })
      return { ...rest, identity: `https://x.example/${i}` }
    })
    const policy = read(builders, { dimensions: DIMENSIONS, threshold: 3 })
    const votes = Array.from({ length: 1000 }, (_, i) => vote(policy, `b${(i * 37) % 64}`, { bundle: `bundle-${i}` }))
    const quorum = decideQuorum(policy, votes, expected)
    expect(quorum).toMatchObject({ met: true, builders: 64 })
    expect(quorum.uncounted).toHaveLength(997)
    const impossible = decideQuorum({ ...policy, threshold: 64 }, votes, expected)
    // The graph is that of a cube, with its diagonals: its two halves are one of each pair, as far as they go.
    expect(impossible).toMatchObject({ met: false, wanted: [] })
    expect(impossible.largest + impossible.missing).toBe(64)
    expect(impossible.largest).toBeLessThanOrEqual(32)
    expect(impossible.blocks.length).toBeGreaterThan(0)
  })
})

const letter = (a: number, b: number): string => String.fromCharCode(65 + (Math.min(a, b) >> 3))
const letter2 = (a: number, b: number): string => String.fromCharCode(65 + (Math.min(a, b) & 7))
