/**
 * Problem matchers: regular expressions by which the runner finds annotations in a log.
 * https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md
 */
import { readFileSync } from 'node:fs'

interface Pattern {
  regexp: string
  file?: number
  line?: number
  column?: number
  severity?: number
  code?: number
  message?: number
  loop?: boolean
}

interface Definition {
  owner: string
  severity?: string
  pattern: Pattern[]
}

export interface Match {
  severity: string
  message: string
  file?: string
  line?: number
}

const FIELDS = ['file', 'line', 'severity', 'message'] as const
type Found = Partial<Record<(typeof FIELDS)[number], string>>

export class Matchers {
  readonly #active = new Map<string, Matcher>()

  get owners(): string[] {
    return [...this.#active.keys()]
  }

  /** @throws if the file is not what the runner takes */
  addFile(path: string): void {
    const { problemMatcher } = JSON.parse(readFileSync(path, 'utf8')) as { problemMatcher?: Definition[] }
    if (problemMatcher === undefined || problemMatcher.length === 0) throw new Error(`${path} has no matchers`)
    for (const definition of problemMatcher) this.#active.set(definition.owner, new Matcher(definition))
  }

  remove(owner: string): void {
    this.#active.delete(owner)
  }

  /** What a line is found to be; the matcher that was added last is asked first. */
  match(line: string): Match | undefined {
    // eslint-disable-next-line no-control-regex
    const plain = line.replace(/\u001b\[[0-9;]*m?/g, '')
    for (const matcher of [...this.#active.values()].reverse()) {
      const match = matcher.take(plain)
      if (match === undefined) continue
      for (const other of this.#active.values()) if (other !== matcher) other.reset()
      return match
    }
    return undefined
  }
}

/** https://github.com/actions/runner/blob/main/src/Runner.Worker/IssueMatcher.cs tells how the runner goes about it. */
class Matcher {
  readonly #severity: string
  readonly #patterns: { expression: RegExp; pattern: Pattern }[]
  /** What the patterns up to each one but the last have found, while lines keep matching. */
  #running: (Found | undefined)[] = []

  constructor(definition: Definition) {
    validate(definition)
    this.#severity = definition.severity ?? ''
    this.#patterns = definition.pattern.map(pattern => ({ expression: new RegExp(pattern.regexp), pattern }))
  }

  reset(): void {
    this.#running = []
  }

  take(line: string): Match | undefined {
    const last = this.#patterns.length - 1
    // From the last one: a line may end one sequence, or begin the next.
    for (let i = last; i >= 0; i--) {
      const before = i === 0 ? {} : this.#running[i - 1]
      if (before === undefined) continue
      const { expression, pattern } = this.#patterns[i]!
      const groups = expression.exec(line)
      if (groups === null) {
        if (i === last) this.#running[i - 1] = undefined
        else this.#running[i] = undefined
        continue
      }
      const found = { ...before, ...fieldsOf(pattern, groups) }
      if (i < last) {
        this.#running[i] = found
        continue
      }
      this.reset()
      if (pattern.loop === true) this.#running[i - 1] = before
      return this.#toMatch(found)
    }
    return undefined
  }

  #toMatch({ file, line, severity, message = '' }: Found): Match {
    return {
      severity: (severity ?? '') || this.#severity || 'error',
      message,
      ...(file !== undefined && { file }),
      ...(line !== undefined && { line: Number(line) })
    }
  }
}

function fieldsOf(pattern: Pattern, groups: RegExpExecArray): Found {
  const found: Found = {}
  for (const field of FIELDS) {
    const group = pattern[field]
    if (group !== undefined) found[field] = groups[group] ?? ''
  }
  return found
}

/** Throws what the runner refuses to add. */
function validate({ owner, severity = '', pattern: patterns }: Definition): void {
  const fail = (what: string): never => {
    throw new Error(`matcher ${owner}: ${what}`)
  }
  if (owner === '') fail('the owner must not be empty')
  if (!['', 'error', 'warning', 'notice'].includes(severity.toLowerCase())) fail(`unexpected severity ${severity}`)
  if (patterns.length === 0) fail('it has no pattern')
  const seen = new Set<string>()
  for (const [i, pattern] of patterns.entries()) {
    const isLast = i === patterns.length - 1
    if (pattern.loop === true && (i === 0 || !isLast)) fail('only the last of several patterns may loop')
    if (pattern.loop === true && pattern.message === undefined) fail('the pattern that loops must have a message')
    const groups = new RegExp(`${pattern.regexp}|`).exec('')!.length
    for (const field of [...FIELDS, 'column', 'code'] as const) {
      const group = pattern[field]
      if (group === undefined) continue
      if (seen.has(field)) fail(`${field} is set twice`)
      seen.add(field)
      if (group < 0 || group >= groups) fail(`${field} is of a group that the expression does not have`)
    }
  }
  if (!seen.has('message')) fail('no pattern has a message')
}
