/** Reads the inputs of a step one by one. */
import { SeedError } from '../errors.ts'
import { INPUTS } from './input-names.ts'
import type { InputName } from './input-names.ts'
import * as value from './input-values.ts'

/** Takes inputs one by one and collects what is wrong with them, so that one run tells it all. */
export class Reader {
  readonly #raw: ReadonlyMap<string, string>
  readonly #problems: string[]

  constructor(raw: ReadonlyMap<string, string>, problems: string[]) {
    this.#raw = raw
    this.#problems = problems
  }

  /** Whether the workflow gives a value. */
  has(name: InputName): boolean {
    return (this.#raw.get(name)?.trim() ?? '') !== ''
  }

  /** What the workflow gives, or the default. */
  text(name: InputName): string {
    return this.#raw.get(name)?.trim() || INPUTS[name]
  }

  /** @param standIn goes on in place of a value that is refused; nobody sees it, since parseInputs throws then */
  take<T>(name: InputName, parse: (text: string) => T, standIn: T): T {
    try {
      return parse(this.text(name))
    } catch (error) {
      this.refuse(name, error)
      return standIn
    }
  }

  flag(name: InputName): boolean {
    return this.take(name, value.parseBoolean, false)
  }

  /** The member `key`, if there is a value for it. */
  optional<K extends string, T>(key: K, name: InputName, parse: (text: string) => T): { [key in K]?: T } {
    const parsed = this.take(name, text => (text === '' ? undefined : parse(text)), undefined)
    return (parsed === undefined ? {} : { [key]: parsed }) as { [key in K]?: T }
  }

  refuse(name: InputName, error: unknown): void {
    if (!(error instanceof SeedError)) throw error
    this.#problems.push(`${name}: ${error.message}${error.hint === undefined ? '' : `. ${error.hint}`}`)
  }
}
