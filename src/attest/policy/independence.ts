/**
 * How many vertices of a graph can be chosen so that no two are joined: exactly.
 *
 * The algorithm is that of F. V. Fomin, F. Grandoni and D. Kratsch, "Measure and conquer: a simple O(2^0.288n)
 * independent set algorithm", SODA 2006: components apart, dominated vertices away, small neighbourhoods folded, then a
 * branch on a vertex of greatest degree with its mirrors. For 64 vertices that bounds the branches by 2^18.5.
 */

/** A graph: for each vertex the set of those it is joined with, as bits. */
type Graph = readonly bigint[]

/**
 * @param graph symmetric, without loops, of 64 vertices at most
 * @param vertices the part of the graph that is meant, as bits
 */
export function independenceNumber(graph: Graph, vertices: bigint): number {
  if (vertices === 0n) return 0
  const component = componentOf(graph, vertices)
  if (component !== vertices) {
    return independenceNumber(graph, component) + independenceNumber(graph, vertices & ~component)
  }
  const list = members(vertices)
  if (list.length === 1) return 1
  const dominating = findDominating(graph, vertices, list)
  if (dominating !== undefined) return independenceNumber(graph, vertices & ~bit(dominating))
  const folded = fold(graph, vertices, list)
  if (folded) return 1 + independenceNumber(folded.graph, folded.vertices)
  const vertex = mostJoined(graph, vertices, list)
  const rest = vertices & ~bit(vertex)
  const without = independenceNumber(graph, rest & ~mirrors(graph, vertices, vertex))
  return Math.max(without, 1 + independenceNumber(graph, rest & ~of(graph, vertex)))
}

/** The vertices that can be reached from the first one. */
function componentOf(graph: Graph, vertices: bigint): bigint {
  let reached = vertices & -vertices
  for (let frontier = reached; frontier !== 0n;) {
    let next = 0n
    for (const vertex of members(frontier)) next |= of(graph, vertex)
    frontier = next & vertices & ~reached
    reached |= frontier
  }
  return reached
}

/** A vertex whose neighbourhood holds that of a neighbour: whatever set has it is as large with the neighbour instead. */
function findDominating(graph: Graph, vertices: bigint, list: readonly number[]): number | undefined {
  return list.find(vertex => {
    const around = (of(graph, vertex) | bit(vertex)) & vertices
    return members(of(graph, vertex) & vertices).some(other => (of(graph, other) & vertices & ~around) === 0n)
  })
}

/**
 * Replaces a vertex and its neighbours by one vertex for each pair of neighbours that are not joined. The number of the
 * new graph is less by one, as long as no three of the neighbours are pairwise not joined.
 */
function fold(graph: Graph, vertices: bigint, list: readonly number[]): { graph: Graph; vertices: bigint } | undefined {
  for (const vertex of list) {
    const around = members(of(graph, vertex) & vertices)
    if (around.length > 4) continue
    const pairs = around.flatMap((a, i) =>
      around.slice(i + 1).flatMap(b => (joined(graph, a, b) ? [] : [[a, b] as const]))
    )
    if (pairs.length > 3 || hasFreeTriple(graph, around)) continue
    return foldAt(graph, vertices, [vertex, ...around], pairs)
  }
  return undefined
}

function foldAt(
  graph: Graph,
  vertices: bigint,
  gone: readonly number[],
  pairs: readonly (readonly [number, number])[]
): { graph: Graph; vertices: bigint } {
  const kept = vertices & ~maskOf(gone)
  // There are fewer pairs than vertices that go, so the new ones take their numbers.
  const fresh = gone.slice(0, pairs.length)
  const copy = graph.map(neighbours => neighbours & kept)
  for (const [i, [a, b]] of pairs.entries()) {
    const vertex = fresh[i] ?? 0
    const neighbours = (of(graph, a) | of(graph, b)) & kept
    copy[vertex] = neighbours | maskOf(fresh.filter(other => other !== vertex))
    for (const neighbour of members(neighbours)) copy[neighbour] = of(copy, neighbour) | bit(vertex)
  }
  return { graph: copy, vertices: kept | maskOf(fresh) }
}

function hasFreeTriple(graph: Graph, list: readonly number[]): boolean {
  return list.some((a, i) =>
    list
      .slice(i + 1)
      .some(
        (b, j) => !joined(graph, a, b) && list.slice(i + j + 2).some(c => !joined(graph, a, c) && !joined(graph, b, c))
      )
  )
}

function mostJoined(graph: Graph, vertices: bigint, list: readonly number[]): number {
  const degrees = list.map(vertex => members(of(graph, vertex) & vertices).length)
  return list[degrees.indexOf(Math.max(...degrees))] ?? 0
}

/**
 * Vertices at distance two such that the neighbours of `vertex` that they leave out are all joined. Where `vertex` is in
 * no largest set, these need not be in one either.
 */
function mirrors(graph: Graph, vertices: bigint, vertex: number): bigint {
  const near = of(graph, vertex) & vertices
  let far = 0n
  for (const neighbour of members(near)) far |= of(graph, neighbour)
  far &= vertices & ~near & ~bit(vertex)
  return maskOf(members(far).filter(other => isClique(graph, near & ~of(graph, other))))
}

function isClique(graph: Graph, vertices: bigint): boolean {
  return members(vertices).every(vertex => (vertices & ~bit(vertex) & ~of(graph, vertex)) === 0n)
}

const bit = (index: number): bigint => BITS[index] ?? 0n
const of = (graph: Graph, vertex: number): bigint => graph[vertex] ?? 0n
const joined = (graph: Graph, a: number, b: number): boolean => (of(graph, a) & bit(b)) !== 0n
const maskOf = (indices: readonly number[]): bigint => indices.reduce((mask, index) => mask | bit(index), 0n)

/** Indices of the bits, in order. By halves, since numbers are much faster than big integers. */
function members(mask: bigint): number[] {
  const list: number[] = []
  for (let half = Number(mask & HALF); half !== 0; half &= half - 1) list.push(31 - Math.clz32(half & -half))
  for (let half = Number(mask >> 32n); half !== 0; half &= half - 1) list.push(63 - Math.clz32(half & -half))
  return list
}

const HALF = 0xffff_ffffn
const BITS = Array.from({ length: 64 }, (_, index) => 1n << BigInt(index))
