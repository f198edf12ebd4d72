/** Reads what Octokit throws. */
import { redactUrl, systemCode } from '../errors.ts'
import { HttpError } from '../http/error.ts'
import { readLimit } from './limit.ts'
import type { Limit } from './limit.ts'

const MESSAGE_CHARACTERS = 400

/** An exchange with the API that failed. */
export class ForgeFault extends HttpError {
  /** GitHub's own words: one line, bounded, without secrets. Empty if there was no answer. */
  readonly said: string
  /** Set if the answer was that there were too many requests. */
  readonly limit?: Limit

  constructor(message: string, options: ConstructorParameters<typeof HttpError>[1] & { said?: string; limit?: Limit }) {
    super(message, options)
    this.said = options.said ?? ''
    if (options.limit) this.limit = options.limit
  }
}

/** Statuses of HTTP that say the same as the types of errors in answers of GraphQL, which all have status 200. */
const STATUS_OF_TYPE: Readonly<Record<string, number>> = {
  FORBIDDEN: 403,
  INSUFFICIENT_SCOPES: 403,
  NOT_FOUND: 404,
  STALE_DATA: 409,
  UNPROCESSABLE: 422,
  RATE_LIMIT: 429,
  RATE_LIMITED: 429,
  SERVICE_UNAVAILABLE: 503,
  MAX_NODE_LIMIT_EXCEEDED: 422
}

// Before anything of the request was sent.
const UNSENT =
  /^(?:ECONNREFUSED|EAI_AGAIN|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_PROXY_TUNNEL)$/
// No such host, no TLS or no trust: the next try would fail in the same way.
const LASTING = /^(?:ENOTFOUND|EPROTO)$|CERT|SIGNED|ISSUER|ALTNAME|^ERR_INVALID|^ERR_SSL/

/**
 * The fault behind what a request threw.
 *
 * @param url of the forge, for messages
 * @param repeatable whether it does no harm if what was asked happens twice
 * @returns `error` itself if it says nothing about an exchange: a defect.
 */
export function readFault(error: unknown, url: URL, repeatable: boolean): unknown {
  if (error instanceof ForgeFault || !isObject(error)) return error
  if (Array.isArray(error.errors)) return graphqlFault(error, url, repeatable)
  if (isObject(error.response)) return answerFault(error.response, url, repeatable)
  // Octokit reports a connection that failed as status 500 without a response.
  if (typeof error.status === 'number' || systemCode(error) !== undefined)
    return connectionFault(error, url, repeatable)
  return error
}

/** What comes of an answer that broke off, or that is not GitHub's. */
export function brokenAnswer(url: URL, repeatable: boolean): ForgeFault {
  return new ForgeFault(`${url.host} gave no whole answer`, { url, retriable: repeatable })
}

/** What comes of an exchange that took longer than `ms`. */
export function timeoutFault(url: URL, ms: number, repeatable: boolean): ForgeFault {
  return new ForgeFault(`no answer from ${url.host} within ${ms / 1000} s`, { url, retriable: repeatable })
}

function answerFault(response: Fields, url: URL, repeatable: boolean): ForgeFault {
  const status = Number(response.status)
  return fault(status, readHeaders(response.headers), restMessage(response.data), url, repeatable)
}

/** https://docs.github.com/en/graphql/guides/using-graphql-clients: errors stand in the body. */
function graphqlFault(error: Fields, url: URL, repeatable: boolean): ForgeFault {
  const errors = (error.errors as unknown[]).filter(isObject)
  const said = cleanMessage(
    errors
      .map(e => e.message)
      .filter(isText)
      .join('; ')
  )
  const type = errors.map(e => e.type).find(isText) ?? ''
  // GitHub gives up on a slow query with a sentence that has no type.
  const status = STATUS_OF_TYPE[type] ?? (type === '' && /something went wrong|timed? ?out/i.test(said) ? 502 : 400)
  return fault(status, readHeaders(error.headers), said, url, repeatable)
}

function fault(
  status: number,
  headers: Record<string, string>,
  said: string,
  url: URL,
  repeatable: boolean
): ForgeFault {
  const limit = readLimit(status, headers, said)
  const probe = new ForgeFault(`${url.host} answered with status ${status}`, {
    url,
    response: { status, headers },
    said,
    ...(limit && { limit, retriable: true }),
    ...(limit?.waitMs !== undefined && { retryAfterMs: limit.waitMs })
  })
  // Who is over the limit is turned away before anything is done; any other failure may have come after it.
  if (!repeatable && !limit) probe.retriable = false
  return probe
}

function connectionFault(error: Fields, url: URL, repeatable: boolean): ForgeFault {
  const code = systemCode(error) ?? ''
  const message = cleanMessage(rootMessage(error))
  const unsent = UNSENT.test(code)
  return new ForgeFault([`no answer from ${url.host}`, message].filter(Boolean).join(': '), {
    url,
    // A copy: the error itself holds the request.
    cause: Object.assign(new Error(message), { code }),
    retriable: (repeatable || unsent) && !LASTING.test(code)
  })
}

/** What fetch throws says only that it failed; the reason is in its causes. */
function rootMessage(error: unknown): string {
  let message = ''
  for (let e = error, depth = 0; Error.isError(e) && depth < 8; e = e.cause, depth++) message = e.message || message
  return message
}

/** https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed */
function restMessage(data: unknown): string {
  if (typeof data === 'string') return /^\s*</.test(data) ? '' : cleanMessage(data) // a page of HTML says nothing here
  if (!isObject(data)) return ''
  const details = Array.isArray(data.errors) ? data.errors : []
  const texts = details.map((detail: unknown) => {
    if (!isObject(detail)) return detail
    return detail.message ?? [detail.resource, detail.field, detail.code].filter(isText).join(' ')
  })
  return cleanMessage([data.message, texts.filter(isText).join('; ')].filter(isText).filter(Boolean).join(': '))
}

/** One line, bounded, without anything that could take a log over, and without what looks like a secret. */
function cleanMessage(text: string): string {
  const line = redactTokens(redactUrl(text))
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
  return line.length > MESSAGE_CHARACTERS ? `${line.slice(0, MESSAGE_CHARACTERS)}…` : line
}

/** https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/ */
function redactTokens(text: string): string {
  return text
    .replace(/\b(?:gh[a-z]_|github_pat_)[\w.-]+/g, '***')
    .replace(/\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]+)?/g, '***')
    .replace(/\b(token|bearer|basic)[ :=]+[\w.~+/=-]{16,}/gi, '$1 ***')
}

function readHeaders(headers: unknown): Record<string, string> {
  if (!isObject(headers)) return {}
  const pairs = Object.entries(headers).filter(([, value]) => typeof value === 'string' || typeof value === 'number')
  return Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), String(value)]))
}

type Fields = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
