import { parseRetryAfterMs } from '../http/error.ts'

/** GitHub turned a request away since there were too many. */
export interface Limit {
  /** How long to stay away, in milliseconds, as far as GitHub says so. */
  waitMs?: number
}

const SECONDARY_WAIT_MS = 60_000
/** Times of reset are whole seconds. */
const RESET_MARGIN_MS = 1000
const LIMIT_MESSAGE = /rate limit|abuse detection|submitted too quickly/i
const PERMISSION_MESSAGE = /not accessible|not permitted|must have|archived/i

/**
 * Whether an answer means that there were too many requests, and how long to wait.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 *
 * @param headers names in lower case
 * @param said GitHub's message
 */
export function readLimit(status: number, headers: Readonly<Record<string, string>>, said: string): Limit | undefined {
  const retryAfterMs = parseRetryAfterMs(headers['retry-after'])
  const isUsedUp = headers['x-ratelimit-remaining'] === '0'
  if (status !== 429) {
    if (status !== 403) return undefined
    const isNamed = LIMIT_MESSAGE.test(said) || retryAfterMs !== undefined
    if (!isNamed && (!isUsedUp || PERMISSION_MESSAGE.test(said))) return undefined
  }
  if (retryAfterMs !== undefined) return { waitMs: retryAfterMs }
  const resetMs = Number(headers['x-ratelimit-reset']) * 1000
  if (isUsedUp && resetMs > 0) return { waitMs: Math.max(0, resetMs - nowMs(headers)) + RESET_MARGIN_MS }
  return /secondary|abuse|too quickly/i.test(said) ? { waitMs: SECONDARY_WAIT_MS } : {}
}

/** GitHub's clock, which need not be this machine's. */
function nowMs(headers: Readonly<Record<string, string>>): number {
  const date = Date.parse(headers.date ?? '')
  return Number.isNaN(date) ? Date.now() : date
}
