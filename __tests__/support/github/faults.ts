/** What a test arms: requests that fail in place of being served, and what happens just before one is served. */
import type { TokenKind } from './tokens.ts'

/** A request as tests see it; never with a token in it. */
export interface RequestInfo {
  method: string
  /** Decoded, without host, `/api/v3` and query: `/repos/octo-org/project/git/refs`. */
  path: string
  query: Readonly<Record<string, string>>
  /** `/repos/{owner}/{repo}/git/refs`; undefined where it is none of the API's. */
  route: string | undefined
  /** Of GraphQL, the fields asked for at the top: `createCommitOnBranch`, `repository`. */
  fields: readonly string[]
  token: TokenKind | 'unknown' | 'none'
}

/** All that is given must match. */
export interface Match {
  method?: string
  /** A regular expression for the path, or the route as the API's description writes it. */
  path?: RegExp | string
  /** Of GraphQL. */
  field?: string
}

export type Matcher = Match | ((request: RequestInfo) => boolean)

export type Fault =
  /** The hour's requests are used up. `resetAt` is in seconds since 1970; in one minute by default. */
  | { kind: 'primary-limit'; resetAt?: number }
  /** Too many in too short a time. */
  | { kind: 'secondary-limit'; retryAfterS?: number; status?: 403 | 429 }
  | { kind: 'status'; status: number; body?: string; headers?: Record<string, string> }
  /** The connection ends without an answer, and nothing was done. */
  | { kind: 'cut' }
  /** What was asked is done, and the connection ends in place of the answer. */
  | { kind: 'lost-answer' }
  /** The answer comes later. */
  | { kind: 'slow'; ms: number }

interface Armed<T> {
  matcher: Matcher
  times: number
  what: T
}

/** Things armed for the next requests that match; the first one armed is the first to go. */
export class Armory<T> {
  readonly #armed: Armed<T>[] = []

  arm(matcher: Matcher, what: T, times: number): void {
    this.#armed.push({ matcher, what, times })
  }

  disarm(): void {
    this.#armed.length = 0
  }

  /** How many are armed still: a test may want to know that its fault was met. */
  get armed(): number {
    return this.#armed.reduce((n, { times }) => n + times, 0)
  }

  take(request: RequestInfo): T | undefined {
    const found = this.#armed.find(({ matcher }) => matches(matcher, request))
    if (found === undefined) return undefined
    if (--found.times <= 0) this.#armed.splice(this.#armed.indexOf(found), 1)
    return found.what
  }
}

function matches(matcher: Matcher, request: RequestInfo): boolean {
  if (typeof matcher === 'function') return matcher(request)
  const { method, path, field } = matcher
  if (method !== undefined && method !== request.method) return false
  if (typeof path === 'string' && path !== request.route && path !== request.path) return false
  if (path instanceof RegExp && !path.test(request.path)) return false
  return field === undefined || request.fields.includes(field)
}

export interface Answer {
  status: number
  headers?: Record<string, string>
  /** Sent as JSON. */
  json?: unknown
  /** Sent as it is. */
  bytes?: Buffer | string
}

/** The answer in place of the right one, for the faults that have one. */
export function answerOf(fault: Fault, { fields }: RequestInfo): Answer | undefined {
  const documentation_url = 'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api'
  switch (fault.kind) {
    case 'primary-limit': {
      const message = 'API rate limit exceeded for installation ID 1.'
      const reset = String(fault.resetAt ?? Math.ceil(Date.now() / 1000) + 60)
      const headers = {
        'x-ratelimit-limit': '1000',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-used': '1000',
        'x-ratelimit-reset': reset
      }
      // GraphQL says it in its own way.
      if (fields.length > 0) return { status: 200, headers, json: { errors: [{ type: 'RATE_LIMITED', message }] } }
      return { status: 403, headers, json: { message, documentation_url, status: '403' } }
    }
    case 'secondary-limit': {
      const status = fault.status ?? 403
      const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'
      return {
        status,
        headers: { 'retry-after': String(fault.retryAfterS ?? 60) },
        json: { message, documentation_url, status: String(status) }
      }
    }
    case 'status':
      return { status: fault.status, headers: fault.headers ?? {}, bytes: fault.body ?? '' }
    default:
      return undefined
  }
}
