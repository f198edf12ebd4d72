import type { IncomingHttpHeaders } from 'node:http'
import { redactUrl } from '../errors.ts'

interface HttpErrorOptions {
  url: URL
  response?: { status: number; headers: IncomingHttpHeaders }
  body?: string
  retriable?: boolean
  retryAfterMs?: number
  cause?: unknown
}

/** An exchange that failed: with `status` if there was an answer, without one if there was none. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status?: number
  readonly headers: IncomingHttpHeaders
  /** Start of the answer, unchecked and not redacted. */
  readonly body: string
  readonly url: string
  readonly retryAfterMs?: number
  /** Worth another try: always set for 408, 429, 5xx and connections that broke. */
  retriable: boolean
  /** Set once all tries were had, so that a retry around a retry does not multiply them. */
  givenUp = false

  constructor(message: string, options: HttpErrorOptions) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    const { response } = options
    this.url = redactUrl(options.url.href)
    this.headers = response?.headers ?? {}
    this.body = options.body ?? ''
    this.retriable = options.retriable ?? (response ? isRetriableStatus(response.status) : true)
    const retryAfterMs = options.retryAfterMs ?? parseRetryAfterMs(this.headers['retry-after'])
    if (response) this.status = response.status
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs
  }
}

function isRetriableStatus(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505)
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3: seconds or a date. */
export function parseRetryAfterMs(value: string | undefined, now = Date.now()): number | undefined {
  if (value === undefined) return undefined
  if (/^\s*\d+\s*$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
