/**
 * Patterns of identities: the part of ECMAScript's regular expressions that describes regular languages, anchored at
 * both ends. So a match takes time linear in the identity, whatever the pattern, and whether two patterns accept the same
 * identity can be decided, with one as proof.
 */
import { parsePattern, PatternError, type CharacterSet, type PatternNode } from './pattern-syntax.ts'

export { PatternError }

/** A pattern that is ready to use. */
export interface Pattern {
  readonly source: string
  /** What every identity that it accepts begins with. */
  readonly prefix: string
  readonly accepts: (identity: string) => boolean
  readonly automaton: Automaton
}

interface Move {
  readonly on: CharacterSet
  readonly to: number
}

/** Without empty moves; state 0 is the start. */
interface Automaton {
  readonly moves: readonly (readonly Move[])[]
  readonly accepting: readonly boolean[]
}

/** More is no pattern that anybody can review. */
const MAX_STATES = 1024
const MAX_MOVES = 20_000
/** Pairs of moves that may be looked at to compare the patterns of a policy: about a second. */
const MAX_STEPS = 3_000_000
const LETTER_A = 0x61

/**
 * @param source as in `^https://github\.com/org/repo/\.github/workflows/seed\.yml@refs/tags/v[0-9]+$`
 * @throws PatternError where it is not anchored at both ends, or uses what is not in this part of the language
 */
export function compilePattern(source: string): Pattern {
  const node = parsePattern(source)
  const automaton = automatonOf(node)
  return { source, prefix: prefixOf(node), automaton, accepts: identity => accepts(automaton, identity) }
}

/**
 * An identity that both accept, the shortest; undefined where there is none.
 *
 * @param work counts the steps of several comparisons, which have a bound in common
 * @throws PatternError where that bound is reached
 */
export function commonIdentity(a: Pattern, b: Pattern, work = { steps: 0 }): string | undefined {
  const width = b.automaton.moves.length
  const seen = new Map<number, { from: number; character: number } | undefined>([[0, undefined]])
  const queue = [0]
  for (let next = 0; next < queue.length; next++) {
    const pair = queue[next] ?? 0
    const [p, q] = [Math.floor(pair / width), pair % width]
    if (a.automaton.accepting[p] && b.automaton.accepting[q]) return spell(seen, pair)
    for (const left of a.automaton.moves[p] ?? []) {
      for (const right of b.automaton.moves[q] ?? []) {
        if (++work.steps > MAX_STEPS) throw new PatternError('is too complicated to be compared with the others')
        const to = left.to * width + right.to
        if (seen.has(to)) continue
        const character = commonCharacter(left.on, right.on)
        if (character === undefined) continue
        seen.set(to, { from: pair, character })
        queue.push(to)
      }
    }
  }
  return undefined
}

function spell(seen: ReadonlyMap<number, { from: number; character: number } | undefined>, end: number): string {
  const characters: string[] = []
  for (let step = seen.get(end); step !== undefined; step = seen.get(step.from)) {
    characters.push(String.fromCodePoint(step.character))
  }
  return characters.reverse().join('')
}

function accepts({ moves, accepting }: Automaton, text: string): boolean {
  let states = new Set([0])
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    const next = new Set<number>()
    for (const state of states) {
      for (const { on, to } of moves[state] ?? []) if (includes(on, code)) next.add(to)
    }
    states = next
  }
  return [...states].some(state => accepting[state])
}

/**
 * The automaton of positions (V. M. Glushkov, The abstract theory of automata, 1961): a state for each place of the
 * pattern where a character stands, entered by that character.
 */
function automatonOf(node: PatternNode): Automaton {
  const sets: CharacterSet[] = [[]]
  const follow: Set<number>[] = [new Set()]
  const root = positions(node, sets, follow)
  follow[0] = new Set(root.first)
  const accepting = sets.map((_, state) => root.last.includes(state))
  accepting[0] = root.isEmpty
  return { accepting, moves: follow.map(states => [...states].map(to => ({ on: sets[to] ?? [], to }))) }
}

/** Where a part of the pattern can begin and end, and whether it accepts nothing at all. */
interface Span {
  first: number[]
  last: number[]
  isEmpty: boolean
}

const tooComplicated = (): PatternError => new PatternError('is too long once its repetitions are written out')

const NOTHING: Span = { first: [], last: [], isEmpty: true }

function positions(node: PatternNode, sets: CharacterSet[], follow: Set<number>[]): Span {
  const link = (from: readonly number[], to: readonly number[]): void => {
    if (from.length * to.length > MAX_MOVES) throw tooComplicated()
    for (const state of from) for (const next of to) follow[state]?.add(next)
    // Each link is small, and there are as many as parts of the pattern.
    if (follow.reduce((sum, states) => sum + states.size, 0) > MAX_MOVES) throw tooComplicated()
  }
  const concat = (a: Span, b: Span): Span => {
    link(a.last, b.first)
    return {
      first: a.isEmpty ? [...a.first, ...b.first] : a.first,
      last: b.isEmpty ? [...a.last, ...b.last] : b.last,
      isEmpty: a.isEmpty && b.isEmpty
    }
  }
  if (node.kind === 'set') {
    if (sets.length > MAX_STATES) throw tooComplicated()
    sets.push(node.set)
    follow.push(new Set())
    return { first: [sets.length - 1], last: [sets.length - 1], isEmpty: false }
  }
  if (node.kind === 'sequence') {
    return node.parts.reduce((span: Span, part) => concat(span, positions(part, sets, follow)), NOTHING)
  }
  if (node.kind === 'choice') {
    const spans = node.parts.map(part => positions(part, sets, follow))
    return {
      first: spans.flatMap(span => span.first),
      last: spans.flatMap(span => span.last),
      isEmpty: spans.some(span => span.isEmpty)
    }
  }
  let span = NOTHING
  const copies = node.max === Infinity ? Math.max(node.min, 1) : node.max
  for (let copy = 1; copy <= copies; copy++) {
    const part = positions(node.part, sets, follow)
    if (copy === copies && node.max === Infinity) link(part.last, part.first)
    span = concat(span, { ...part, isEmpty: part.isEmpty || copy > node.min })
  }
  return span
}

function prefixOf(node: PatternNode): string {
  let prefix = ''
  for (const part of node.kind === 'sequence' ? node.parts : [node]) {
    const [range, ...more] = part.kind === 'set' ? part.set : []
    if (range === undefined || more.length > 0 || range[0] !== range[1]) break
    prefix += String.fromCodePoint(range[0])
  }
  return prefix
}

function includes(set: CharacterSet, code: number): boolean {
  return set.some(([low, high]) => low <= code && code <= high)
}

/** One that both have, and that can be read where there is such a one. */
function commonCharacter(a: CharacterSet, b: CharacterSet): number | undefined {
  let found: number | undefined
  for (const [low, high] of a) {
    for (const [from, to] of b) {
      const [first, last] = [Math.max(low, from), Math.min(high, to)]
      if (first > last) continue
      const code = Math.min(Math.max(first, LETTER_A), last)
      if (code > 0x20 && code < 0x7f) return code
      found ??= code
    }
  }
  return found
}
