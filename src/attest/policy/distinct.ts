/**
 * Sets of rows that are pairwise distinct in each column.
 *
 * With one column that is one row a value; with two it is a matching in the bipartite graph whose edges are the rows;
 * both take polynomial time. With three it is 3-dimensional matching, NP-hard (Karp, Reducibility among combinatorial
 * problems, 1972). There it is a largest independent set of the graph of conflicts, found exactly by the algorithm of
 * `independence.ts`, whose time is bounded by 1.221^rows.
 */
import { independenceNumber } from './independence.ts'

/** Values of one row, by column. */
export type Row = readonly string[]

/** Questions about one list of rows. Rows are named by their index. */
export interface DistinctSets {
  /** How many rows the largest set has. */
  largest(): number
  /** Whether some set of `size` rows does without `row`. */
  canLack(row: number, size: number): boolean
  /** The set of `size` rows that comes first in the order of the rows; undefined where there is none. */
  first(size: number): number[] | undefined
  /** Whether some set of `size` holds the row. */
  canHold(row: number, size: number): boolean
  /** All sets of `size`, in order. There can be very many: take as many as are needed. */
  all(size: number): Generator<number[], void>
  /** Whether two rows share a value in a column. */
  conflict(a: number, b: number): boolean
}

/**
 * @param rows all of the same length
 */
export function distinctSets(rows: readonly Row[]): DistinctSets {
  const conflicts = conflictsOf(rows)
  const everything = maskOf([...rows.keys()])
  const known = new Map<bigint, number>()
  const most = (mask: bigint): number => {
    const size = known.get(mask) ?? largest(rows, conflicts, mask)
    known.set(mask, size)
    return size
  }
  /** Whether `most(mask) >= size`: in nearly all cases plain to see. */
  const reaches = (mask: bigint, size: number): boolean => {
    if (size <= 0) return true
    const members = rows.filter((_, i) => has(mask, i))
    const isShort = (column: number): boolean => new Set(members.map(row => row[column])).size < size
    if (members.length < size || (members[0] ?? []).some((_, column) => isShort(column))) return false
    return greedySize(conflicts, mask) >= size || most(mask) >= size
  }
  /** Rows after `row` that may stand in a set with it and with all that `open` allows. */
  const after = (open: bigint, row: number): bigint =>
    ((open >> BigInt(row + 1)) << BigInt(row + 1)) & ~at(conflicts, row)

  function* extend(chosen: readonly number[], open: bigint, size: number): Generator<number[], void> {
    if (chosen.length === size) {
      yield [...chosen]
      return
    }
    // Whatever is entered holds a set: the time between two answers is that of `rows` searches.
    if (!reaches(open, size - chosen.length)) return
    for (let row = 0; row < rows.length; row++) {
      if (has(open, row)) yield* extend([...chosen, row], after(open, row), size)
    }
  }

  return {
    largest: () => most(everything),
    first: size => extend([], everything, size).next().value ?? undefined,
    canLack: (row, size) => reaches(everything & ~bit(row), size),
    canHold: (row, size) => reaches(everything & ~bit(row) & ~at(conflicts, row), size - 1),
    all: size => extend([], everything, size),
    conflict: (a, b) => has(at(conflicts, a), b)
  }
}

function largest(rows: readonly Row[], conflicts: readonly bigint[], mask: bigint): number {
  const members = rows.filter((_, i) => has(mask, i))
  const columns = necessaryColumns(members)
  const [left, right] = columns
  if (left === undefined) return members.length
  if (right === undefined) return new Set(left).size
  return columns.length === 2 ? matchingSize(left, right) : independenceNumber(conflicts, mask)
}

/** Size of a set that need not be a largest: always the row next that has the fewest conflicts. */
function greedySize(conflicts: readonly bigint[], mask: bigint): number {
  const order = [...conflicts.keys()]
    .filter(row => has(mask, row))
    .map(row => ({ row, weight: count(at(conflicts, row) & mask) }))
    .sort((a, b) => a.weight - b.weight)
  let open = mask
  let size = 0
  for (const { row } of order) {
    if (!has(open, row)) continue
    size++
    open &= ~bit(row) & ~at(conflicts, row)
  }
  return size
}

/**
 * The columns that matter. One in which no value is shared forbids nothing; nor does one that only ever shares a value
 * where another does too.
 */
function necessaryColumns(rows: readonly Row[]): string[][] {
  const width = rows[0]?.length ?? 0
  const columns = Array.from({ length: width }, (_, i) => rows.map(row => row[i] ?? ''))
  return columns
    .filter(column => new Set(column).size < rows.length)
    .filter(
      (column, i, kept) =>
        !kept.some((other, j) => i !== j && refines(column, other) && (j < i || !refines(other, column)))
    )
}

/** Whether rows that are equal in `fine` are equal in `coarse` too. */
function refines(fine: readonly string[], coarse: readonly string[]): boolean {
  const image = new Map<string, string | undefined>()
  return fine.every((value, i) => {
    if (!image.has(value)) image.set(value, coarse[i])
    return image.get(value) === coarse[i]
  })
}

/** Size of a largest matching of the bipartite graph with the edges (left[i], right[i]): augmenting paths. */
function matchingSize(left: readonly string[], right: readonly string[]): number {
  const neighbours = new Map<string, string[]>()
  for (const [i, vertex] of left.entries()) neighbours.set(vertex, [...(neighbours.get(vertex) ?? []), right[i] ?? ''])
  const partner = new Map<string, string>()
  const augment = (vertex: string, seen: Set<string>): boolean =>
    (neighbours.get(vertex) ?? []).some(other => {
      if (seen.has(other)) return false
      seen.add(other)
      const taken = partner.get(other)
      if (taken !== undefined && !augment(taken, seen)) return false
      partner.set(other, vertex)
      return true
    })
  return [...neighbours.keys()].filter(vertex => augment(vertex, new Set())).length
}

function conflictsOf(rows: readonly Row[]): bigint[] {
  return rows.map((row, i) =>
    maskOf(rows.flatMap((other, j) => (i !== j && row.some((value, column) => value === other[column]) ? [j] : [])))
  )
}

const bit = (index: number): bigint => 1n << BigInt(index)
const has = (mask: bigint, index: number): boolean => ((mask >> BigInt(index)) & 1n) === 1n
const at = (masks: readonly bigint[], index: number): bigint => masks[index] ?? 0n
const maskOf = (indices: readonly number[]): bigint => indices.reduce((mask, index) => mask | bit(index), 0n)

function count(mask: bigint): number {
  let size = 0
  for (let rest = mask; rest !== 0n; rest &= rest - 1n) size++
  return size
}
