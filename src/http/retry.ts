import { setTimeout as sleep } from 'node:timers/promises'
import { HttpError } from './error.ts'

/** How often and how patiently something is tried again. Times in milliseconds. */
export interface Backoff {
  attempts: number
  firstMs: number
  factor: number
  /** Bounds every pause, and what a `Retry-After` may ask for. */
  maxMs: number
  /** Share of a pause that is left to chance, 0 to 1, so that many clients do not come back at once. */
  jitter: number
}

export const DEFAULT_BACKOFF: Backoff = { attempts: 5, firstMs: 500, factor: 2, maxMs: 30_000, jitter: 0.5 }

/** Counts the failures of one task and pauses after each. */
export class Retrier {
  #failures = 0
  readonly #options: RetryOptions

  constructor(options: RetryOptions = {}) {
    this.#options = options
  }

  /** Forgets past failures: the task moves on. */
  progressed(): void {
    this.#failures = 0
  }

  /** Returns after a pause if it is worth another try. @throws `error` if it is not; the signal's reason. */
  async pause(error: unknown): Promise<void> {
    const { backoff = DEFAULT_BACKOFF, signal, onRetry } = this.#options
    if (!(error instanceof HttpError) || !error.retriable || error.givenUp) throw error
    if (++this.#failures >= backoff.attempts) {
      error.givenUp = true
      throw error
    }
    const delay = delayMs(backoff, this.#failures, error.retryAfterMs)
    onRetry?.(error, delay)
    await sleep(delay, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted())
  }
}

export interface RetryOptions {
  backoff?: Backoff
  signal?: AbortSignal
  onRetry?: (error: HttpError, delayMs: number) => void
}

/** Runs `action` until it succeeds: again after connection failures, 408, 429 and 5xx, and after nothing else. */
export async function retrying<T>(action: (attempt: number) => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const retrier = new Retrier(options)
  for (let attempt = 0; ; attempt++) {
    try {
      return await action(attempt)
    } catch (error) {
      await retrier.pause(error)
    }
  }
}

/** The pause after failure number `failure` (from 1). What the server asks for goes before, within `maxMs`. */
export function delayMs(backoff: Backoff, failure: number, retryAfterMs?: number, random = Math.random): number {
  if (retryAfterMs !== undefined) return Math.min(retryAfterMs, backoff.maxMs)
  const full = Math.min(backoff.firstMs * backoff.factor ** (failure - 1), backoff.maxMs)
  return Math.round(full * (1 - backoff.jitter * random()))
}
