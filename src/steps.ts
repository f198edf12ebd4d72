/** What a job did, step by step, and how long each took. */
import { SeedError } from './errors.ts'

export interface Step {
  name: string
  outcome: 'done' | 'skipped' | 'failed'
  milliseconds: number
  /** What came of it, or why it was skipped or failed. One line. */
  detail?: string
}

/** Times named steps. A later phase goes on with what an earlier one recorded. */
export class Steps {
  readonly #steps: Step[]
  readonly #now: () => number

  /**
   * @param earlier steps of phases before this one
   * @param now a clock in milliseconds that never goes back
   */
  constructor(earlier: readonly Step[] = [], now: () => number = () => performance.now()) {
    this.#steps = earlier.map(step => ({ ...step }))
    this.#now = now
  }

  /**
   * Runs `action` and records it, whether it ends well or not. Steps inside of steps are recorded in the order of their
   * ends.
   *
   * @param action may note what came of it; the last note counts
   * @throws what `action` throws
   */
  async run<T>(name: string, action: (note: (detail: string) => void) => Promise<T> | T): Promise<T> {
    const started = this.#now()
    let detail: string | undefined
    try {
      const result = await action(text => {
        detail = text
      })
      this.#record(name, 'done', this.#now() - started, detail)
      return result
    } catch (error) {
      const reason = error instanceof SeedError ? firstLine(error.message) : 'unexpected error'
      this.#record(name, 'failed', this.#now() - started, reason)
      throw error
    }
  }

  /** Records a step that was not needed. */
  skip(name: string, reason: string): void {
    this.#record(name, 'skipped', 0, reason)
  }

  /** All steps, those of earlier phases first; a copy. */
  get list(): Step[] {
    return this.#steps.map(step => ({ ...step }))
  }

  #record(name: string, outcome: Step['outcome'], milliseconds: number, detail: string | undefined): void {
    const step: Step = { name, outcome, milliseconds: Math.round(milliseconds) }
    if (detail !== undefined) step.detail = firstLine(detail)
    this.#steps.push(step)
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.trim() ?? ''
}
