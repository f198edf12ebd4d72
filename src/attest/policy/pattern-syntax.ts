/** Reads patterns. What means nothing to an identity, or is not regular, is refused with the place where it stands. */

/** Ranges of code points, both ends included. */
export type CharacterSet = readonly (readonly [low: number, high: number])[]

export type PatternNode =
  | { kind: 'set'; set: CharacterSet }
  | { kind: 'sequence'; parts: readonly PatternNode[] }
  | { kind: 'choice'; parts: readonly PatternNode[] }
  | { kind: 'repeat'; part: PatternNode; min: number; max: number }

/** The message goes on after the pattern's name: `is not anchored …`. */
export class PatternError extends Error {
  override readonly name = 'PatternError'
}

const LAST_CODE_POINT = 0x10ffff
const MAX_REPEAT = 255
const MAX_DEPTH = 16
const DIGIT: CharacterSet = [[0x30, 0x39]]
const WORD: CharacterSet = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a]
]
const LINE_ENDS: CharacterSet = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029]
]
const CLASSES: Readonly<Record<string, CharacterSet>> = { d: DIGIT, D: complement(DIGIT), w: WORD, W: complement(WORD) }

/**
 * @param source with `^` and `$` around it
 * @returns what is between them
 * @throws PatternError
 */
export function parsePattern(source: string): PatternNode {
  if (!source.startsWith('^'))
    throw new PatternError('does not start with ^, so it would accept what merely ends like it')
  // An escaped `$` is a character like any other.
  if (!/(?:^|[^\\])(?:\\\\)*\$$/.test(source.slice(1))) {
    throw new PatternError('does not end with $, so it would accept what merely begins like it')
  }
  const reader: Reader = { text: source.slice(0, -1), at: 1, depth: 0 }
  const node = choice(reader)
  if (reader.at < reader.text.length) throw unexpected(reader, 'a ) without its (')
  if (node.kind === 'choice') {
    throw new PatternError(
      'has a | that is in no group: ^ belongs to the first part alone and $ to the last; write ^(…|…)$'
    )
  }
  if (node.kind === 'sequence' && node.parts.length === 0)
    throw new PatternError('accepts nothing but an empty identity')
  return node
}

/** `at` is an index of `text`; what is before it has been read. */
interface Reader {
  readonly text: string
  at: number
  depth: number
}

function choice(reader: Reader): PatternNode {
  const parts = [sequence(reader)]
  while (reader.text[reader.at] === '|') {
    reader.at++
    parts.push(sequence(reader))
  }
  const [only] = parts
  return parts.length === 1 && only ? only : { kind: 'choice', parts }
}

function sequence(reader: Reader): PatternNode {
  const parts: PatternNode[] = []
  while (reader.at < reader.text.length && !'|)'.includes(reader.text[reader.at] ?? '')) parts.push(repeated(reader))
  // Also keeps repetitions finite: each goes on by one character at least.
  if (parts.length === 0) throw unexpected(reader, 'nothing between its parts')
  return { kind: 'sequence', parts }
}

function repeated(reader: Reader): PatternNode {
  const start = reader.at
  const part = item(reader)
  const bounds = quantifier(reader)
  if (bounds === undefined) {
    if (reader.text.slice(start, reader.at) !== '.') return part
    reader.at = start
    throw unexpected(
      reader,
      'a . that accepts any character; write \\. for a full stop, or say which characters with […]'
    )
  }
  if ('*+?{'.includes(reader.text[reader.at] ?? ' ')) throw unexpected(reader, 'a second repetition')
  return { kind: 'repeat', part, ...bounds }
}

function quantifier(reader: Reader): { min: number; max: number } | undefined {
  const simple = { '*': [0, Infinity], '+': [1, Infinity], '?': [0, 1] } as const
  const symbol = reader.text[reader.at]
  if (symbol === '*' || symbol === '+' || symbol === '?') {
    reader.at++
    const [min, max] = simple[symbol]
    return { min, max }
  }
  if (symbol !== '{') return undefined
  const [whole = '', low = '', comma, high] = /^\{(\d{1,3})(,)?(\d{1,3})?\}/.exec(reader.text.slice(reader.at)) ?? []
  const min = Number(low)
  const max = comma === undefined ? min : high === undefined ? Infinity : Number(high)
  if (whole === '' || (comma === undefined && high !== undefined) || max < min || max === 0) {
    throw unexpected(reader, 'a { that begins no repetition')
  }
  if (min > MAX_REPEAT || (max !== Infinity && max > MAX_REPEAT)) {
    throw unexpected(reader, `more than ${MAX_REPEAT} repetitions`)
  }
  reader.at += whole.length
  return { min, max }
}

function item(reader: Reader): PatternNode {
  const character = reader.text[reader.at] ?? ''
  if (character === '(') return group(reader)
  if (character === '[') return { kind: 'set', set: characterClass(reader) }
  if (character === '\\') return { kind: 'set', set: escape(reader, '') }
  if ('^$'.includes(character))
    throw unexpected(reader, `a second ${character}; write \\${character} for the character`)
  if ('*+?{'.includes(character)) throw unexpected(reader, 'a repetition of nothing')
  if (']}'.includes(character))
    throw unexpected(reader, `a ${character} without its beginning; write \\${character} for the character`)
  reader.at++
  return { kind: 'set', set: character === '.' ? complement(LINE_ENDS) : single(reader, character) }
}

function group(reader: Reader): PatternNode {
  const start = reader.at
  const [opening = '('] = /^\((?:\?:)?/.exec(reader.text.slice(start)) ?? []
  reader.at += opening.length
  if (reader.text[reader.at] === '?') throw unexpected(reader, 'a group of a kind that patterns do not have')
  if (++reader.depth > MAX_DEPTH) throw unexpected(reader, `more than ${MAX_DEPTH} groups in each other`)
  const node = choice(reader)
  reader.depth--
  if (reader.text[reader.at] !== ')') {
    reader.at = start
    throw unexpected(reader, 'a ( without its )')
  }
  reader.at++
  return node
}

function characterClass(reader: Reader): CharacterSet {
  const start = reader.at
  const isNegated = reader.text[start + 1] === '^'
  reader.at += isNegated ? 2 : 1
  const ranges: (readonly [number, number])[] = []
  while (reader.text[reader.at] !== ']') {
    if (reader.at >= reader.text.length) {
      reader.at = start
      throw unexpected(reader, 'a [ without its ]')
    }
    const low = member(reader)
    // A - at the end of the class stands for itself.
    const isRange = reader.text[reader.at] === '-' && ![']', undefined].includes(reader.text[reader.at + 1])
    if (!isRange) {
      ranges.push(...low)
      continue
    }
    reader.at++
    const high = member(reader)
    const [from, to] = [codeOf(low), codeOf(high)]
    if (from === undefined || to === undefined || from > to)
      throw unexpected(reader, 'a range that has no beginning or end')
    ranges.push([from, to])
  }
  reader.at++
  if (ranges.length === 0) throw unexpected(reader, 'a class of no characters')
  return isNegated ? complement(ranges) : ranges
}

function member(reader: Reader): CharacterSet {
  const character = reader.text[reader.at] ?? ''
  if (character === '\\') return escape(reader, '-')
  reader.at++
  return single(reader, character)
}

/** @param more what else may be escaped here */
function escape(reader: Reader, more: string): CharacterSet {
  const character = reader.text.charAt(reader.at + 1)
  if (Object.hasOwn(CLASSES, character)) {
    reader.at += 2
    return CLASSES[character] ?? []
  }
  if (character === '' || !`\\^$.*+?()[]{}|/${more}`.includes(character)) {
    throw unexpected(reader, `an escape \\${character} that patterns do not have`)
  }
  reader.at += 2
  return single(reader, character)
}

function single(reader: Reader, character: string): CharacterSet {
  const code = character.charCodeAt(0)
  if (!(code > 0x20 && code < 0x7f)) throw unexpected(reader, 'a character that stands in no identity')
  return [[code, code]]
}

function codeOf(set: CharacterSet): number | undefined {
  const [range, ...more] = set
  return range !== undefined && more.length === 0 && range[0] === range[1] ? range[0] : undefined
}

function complement(set: CharacterSet): CharacterSet {
  const rest: (readonly [number, number])[] = []
  let next = 0
  for (const [low, high] of [...set].sort(([a], [b]) => a - b)) {
    if (low > next) rest.push([next, low - 1])
    next = Math.max(next, high + 1)
  }
  return next <= LAST_CODE_POINT ? [...rest, [next, LAST_CODE_POINT]] : rest
}

function unexpected(reader: Reader, what: string): PatternError {
  return new PatternError(`has ${what} (character ${reader.at + 1})`)
}
