/**
 * The text of a policy: JSON (RFC 8259) in which comments are allowed, as in the files of many editors. Nothing else is
 * lenient: no trailing commas, no name twice in one object.
 */
import { createScanner, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser'
import { formatPath, type Path, type PolicyProblem } from './problem.ts'

/** More than 64 builders with keys and a comment for each take. */
export const MAX_POLICY_BYTES = 256 * 1024
/** A policy needs three. A reader that goes down level by level must not run out of stack. */
const MAX_DEPTH = 16
const MAX_SYNTAX_PROBLEMS = 5

export interface PolicyText {
  /** Objects have no prototype, so that every name is data. Undefined where `problems` are not empty. */
  value: unknown
  /** Syntax errors and names that occur twice. */
  problems: PolicyProblem[]
  /** Line of the value at `path`, or of what would hold it; from 1. */
  lineOf: (path: Path) => number
}

/** Reads the text of a policy; never throws. */
export function readPolicyText(text: string): PolicyText {
  const lineAt = lineCounter(text)
  const lines = new Map<string, number>()
  const refuse = (...problems: PolicyProblem[]): PolicyText => ({ value: undefined, problems, lineOf: () => 1 })
  const syntax = (message: string, offset?: number): PolicyProblem =>
    offset === undefined
      ? { kind: 'syntax', path: '', message }
      : { kind: 'syntax', path: '', line: lineAt(offset), message }

  if (Buffer.byteLength(text) > MAX_POLICY_BYTES) return refuse(syntax(`it is larger than ${MAX_POLICY_BYTES} bytes`))
  const deep = offsetOfDepth(text, MAX_DEPTH)
  if (deep !== undefined) return refuse(syntax(`more than ${MAX_DEPTH} levels of lists and objects`, deep))
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { disallowComments: false, allowTrailingComma: false, allowEmptyContent: false })
  if (errors.length > 0 || root === undefined) {
    const told = errors.slice(0, MAX_SYNTAX_PROBLEMS).map(error => syntax(`no JSON: ${name(error)}`, error.offset))
    return refuse(...(told.length > 0 ? told : [syntax('it is empty', 0)]))
  }
  const problems: PolicyProblem[] = []
  const value = valueOf(root, [], {
    at: (path, offset) => void lines.set(formatPath(path), lineAt(offset)),
    twice: (path, offset) =>
      void problems.push({
        kind: 'syntax',
        path: formatPath(path),
        line: lineAt(offset),
        message: 'stands there twice; readers differ in which of the two they take'
      })
  })
  const lineOf = (path: Path): number => {
    for (let length = path.length; length >= 0; length--) {
      const line = lines.get(formatPath(path.slice(0, length)))
      if (line !== undefined) return line
    }
    return 1
  }
  return { value: problems.length > 0 ? undefined : value, problems, lineOf }
}

/** `PropertyNameExpected` as words. */
function name({ error }: ParseError): string {
  return printParseErrorCode(error)
    .replace(/(?<=[a-z])[A-Z]/g, letter => ` ${letter.toLowerCase()}`)
    .toLowerCase()
}

interface Visitor {
  at(path: Path, offset: number): void
  twice(path: Path, offset: number): void
}

function valueOf(node: Node, path: Path, visitor: Visitor): unknown {
  visitor.at(path, node.offset)
  const children = node.children ?? []
  if (node.type === 'array') return children.map((child, i) => valueOf(child, [...path, i], visitor))
  if (node.type !== 'object') return node.value as unknown
  const object = Object.create(null) as Record<string, unknown>
  for (const { offset, children: [key, member] = [] } of children) {
    if (key === undefined || member === undefined) continue
    const field = String(key.value)
    if (field in object) visitor.twice([...path, field], offset)
    object[field] = valueOf(member, [...path, field], visitor)
    // A long value may begin on another line than its name.
    visitor.at([...path, field], offset)
  }
  return object
}

/** Where the nesting exceeds `depth`; found without recursion. */
function offsetOfDepth(text: string, depth: number): number | undefined {
  // Token numbers of jsonc-parser, whose names are no values at run time.
  const open: number[] = [1, 3] // { [
  const close: number[] = [2, 4] // } ]
  const end = 17
  const scanner = createScanner(text, true)
  for (let token: number = scanner.scan(), level = 0; token !== end; token = scanner.scan()) {
    if (open.includes(token) && ++level > depth) return scanner.getTokenOffset()
    if (close.includes(token)) level--
  }
  return undefined
}

function lineCounter(text: string): (offset: number) => number {
  const starts = [0, ...Array.from(text.matchAll(/\r\n|\n|\r/g), ({ index, 0: end }) => index + end.length)]
  return offset => {
    let [low, high] = [0, starts.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return low + 1
  }
}
