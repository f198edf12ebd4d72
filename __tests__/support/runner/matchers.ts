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

class Matcher {
  readonly #severity: string
  readonly #patterns: { expression: RegExp; pattern: Pattern }[]
  #next = 0
  #found: Found = {}

  constructor(definition: Definition) {
    this.#severity = definition.severity ?? ''
    this.#patterns = definition.pattern.map(pattern => ({ expression: new RegExp(pattern.regexp), pattern }))
    if (this.#patterns.length === 0) throw new Error(`matcher ${definition.owner} has no pattern`)
    if (definition.pattern.at(-1)?.message === undefined) {
      throw new Error(`the last pattern of matcher ${definition.owner} has no message`)
    }
  }

  reset(): void {
    this.#next = 0
    this.#found = {}
  }

  take(line: string): Match | undefined {
    const step = this.#patterns[this.#next]
    const groups = step?.expression.exec(line)
    if (step === undefined || groups === null || groups === undefined) {
      const wasInside = this.#next > 0
      this.reset()
      // A line that breaks a sequence may begin the next one.
      return wasInside ? this.take(line) : undefined
    }
    const found = { ...this.#found }
    for (const field of FIELDS) {
      const group = step.pattern[field]
      if (group !== undefined) found[field] = groups[group] ?? ''
    }
    const isLast = this.#next === this.#patterns.length - 1
    if (!isLast) {
      this.#next++
      this.#found = found
      return undefined
    }
    if (step.pattern.loop !== true) this.reset()
    const { file, line: number, severity, message = '' } = found
    return {
      severity: severity ?? (this.#severity === '' ? 'error' : this.#severity),
      message,
      ...(file !== undefined && { file }),
      ...(number !== undefined && { line: Number(number) })
    }
  }
}
