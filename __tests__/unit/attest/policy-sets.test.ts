import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { distinctSets, type Row } from '../../../src/attest/policy/distinct.ts'

/** `VERIFY_MUTATIONS=10000` tries more. */
const RUNS = Number(process.env['VERIFY_MUTATIONS'] ?? 250)

/** All sets of rows that are pairwise distinct in each column, in order. */
function everySet(rows: readonly Row[]): number[][] {
  const sets: number[][] = []
  for (let mask = 0; mask < 1 << rows.length; mask++) {
    const set = [...rows.keys()].filter(index => (mask >> index) & 1)
    const isDistinct = set.every((a, i) =>
      set.slice(i + 1).every(b => rows[a]?.every((value, c) => value !== rows[b]?.[c]))
    )
    if (isDistinct) sets.push(set)
  }
  return sets.sort((a, b) => {
    const index = a.findIndex((value, i) => value !== b[i])
    return index < 0 ? a.length - b.length : (a[index] ?? 0) - (b[index] ?? 0)
  })
}

/** Up to eight rows, with few values, so that many are alike. */
const table = fc
  .record({ columns: fc.integer({ min: 0, max: 5 }), values: fc.integer({ min: 1, max: 8 }) })
  .chain(({ columns, values }) =>
    fc.array(fc.array(fc.nat(values - 1).map(String), { minLength: columns, maxLength: columns }), { maxLength: 8 })
  )

/** Numbers that look like chance and are the same every time. */
function chance(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % below
  }
}

describe('sets that are distinct', () => {
  test('are those that trying all of them finds: the largest, the first, each', () => {
    fc.assert(
      fc.property(table, fc.nat(10), (rows, size) => {
        const sets = distinctSets(rows)
        const every = everySet(rows)
        const ofSize = every.filter(set => set.length === size)
        const answers = {
          largest: sets.largest(),
          first: sets.first(size),
          all: [...sets.all(size)],
          canHold: [...rows.keys()].map(row => sets.canHold(row, size)),
          canLack: [...rows.keys()].map(row => sets.canLack(row, size))
        }
        expect(answers).toEqual({
          largest: Math.max(...every.map(set => set.length)),
          first: ofSize[0],
          all: ofSize,
          canHold: [...rows.keys()].map(row => size === 0 || ofSize.some(set => set.includes(row))),
          canLack: [...rows.keys()].map(row => ofSize.some(set => !set.includes(row)))
        })
      }),
      { numRuns: RUNS }
    )
  })

  test('of the hardest shapes are found at once: 64 rows, all alike in pairs, in up to seven columns', () => {
    // Random perfect matchings, one a column: no column bounds the answer, none is implied by another.
    for (let columns = 3; columns <= 7; columns++) {
      const next = chance(columns)
      const shuffled = Array.from({ length: columns }, () => {
        const order = Array.from({ length: 64 }, (_, i) => i)
        for (let i = 63; i > 0; i--) {
          const j = next(i + 1)
          ;[order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0]
        }
        const values: string[] = []
        for (const [place, row] of order.entries()) values[row] = String(place >> 1)
        return values
      })
      const rows = Array.from({ length: 64 }, (_, row) => shuffled.map(values => values[row] ?? ''))
      const sets = distinctSets(rows)
      const largest = sets.largest()
      const first = sets.first(largest) ?? []
      expect(first).toHaveLength(largest)
      expect(first.every((a, i) => first.slice(i + 1).every(b => !sets.conflict(a, b)))).toBe(true)
      expect(sets.first(largest + 1)).toBeUndefined()
      // No set can be larger than one of each pair, and one that takes whatever comes first has 64 / (columns + 1).
      expect(largest).toBeLessThanOrEqual(32)
      expect(largest).toBeGreaterThanOrEqual(Math.ceil(64 / (columns + 1)))
    }
  })

  test('in two columns are a matching, whatever its size', () => {
    // A staircase: each row shares one value with the next. Every other one is distinct, and only one set is largest.
    const rows = Array.from({ length: 63 }, (_, i) => [String((i + 1) >> 1), String(i >> 1)])
    const sets = distinctSets(rows)
    expect(sets.largest()).toBe(32)
    expect(sets.first(32)).toEqual(Array.from({ length: 32 }, (_, i) => 2 * i))
    expect([...sets.all(32)]).toHaveLength(1)
  })

  test('of nothing are one, and of rows with no columns are all', () => {
    expect(distinctSets([]).first(0)).toEqual([])
    expect(distinctSets([[], [], []]).largest()).toBe(3)
  })
})
