/**
 * Requests to Sigstore's servers.
 *
 * Not by the library's own client: that one follows redirects with the token in the request's body, takes answers of any
 * length, cannot be interrupted, and has the token in the text of an error.
 */
import { SeedError, systemCode, type ErrorCode } from '../errors.ts'
import { HttpClient, readBody, type HttpOptions } from '../http.ts'
import { HttpError } from '../http/error.ts'
import { retrying, type Backoff } from '../http/retry.ts'
import type { Ports } from '../ports.ts'
import { quotable } from './redact.ts'

/** A server of a kind. */
export interface Service {
  /** `certificate authority` */
  name: string
  url: string
  /** Longest wait for an answer. */
  timeoutMs: number
  /** What it is sent that nobody else may see. */
  secrets?: readonly string[]
}

/** For tests, mostly: the defaults are what a job wants. */
export interface ServiceOptions {
  http?: Pick<HttpOptions, 'connectTimeoutMs' | 'idleTimeoutMs' | 'answerTimeoutMs'>
  backoff?: Backoff
  /** Longest time for one exchange as a whole. */
  exchangeTimeoutMs?: number
}

export interface ServiceRequest {
  /** Behind the server's address. */
  path: string
  accept: string
  /** Absent: GET. */
  body?: { type: string; bytes: Uint8Array }
  /** The answers that are good. */
  statuses: readonly number[]
  /** Of a good answer. Default: 1 MiB. */
  maxBytes?: number
  /** Cuts off what is longer. Default: that fails. */
  cut?: boolean
  /** What another answer means. */
  refusal?: (status: number) => { code: ErrorCode; hint: string } | undefined
}

export interface ServiceAnswer {
  status: number
  bytes: Buffer
  /** Whether there was more. */
  isCut: boolean
  location: string | undefined
}

const MAX_BYTES = 1024 * 1024
const BACKOFF: Backoff = { attempts: 3, firstMs: 500, factor: 3, maxMs: 5000, jitter: 0.5 }

/**
 * One request, a few times where that helps. Redirects are not followed.
 *
 * @throws SeedError SIGSTORE_UNREACHABLE, SIGSTORE_FAILED or what `refusal` says; the signal's reason
 */
export async function ask(
  service: Service,
  request: ServiceRequest,
  ports: Ports,
  options: ServiceOptions = {}
): Promise<ServiceAnswer> {
  const url = addressOf(service, request.path)
  const started = performance.now()
  try {
    const answer = await retrying(() => exchange(service, request, url, ports, options), {
      backoff: options.backoff ?? BACKOFF,
      signal: ports.signal,
      onRetry: error => ports.log.debug(`${service.name}: ${error.message}; trying again`)
    })
    ports.log.debug(`${service.name} ${url.host}: ${answer.status} after ${Math.round(performance.now() - started)} ms`)
    return answer
  } catch (error) {
    ports.signal.throwIfAborted()
    throw failure(service, request, url, error)
  }
}

/** What the answer of `service` is not. */
export function malformed(service: Service, what: string): SeedError {
  return new SeedError('SIGSTORE_FAILED', `the ${service.name} answered with something that is no ${what}`, {
    resource: service.url,
    hint: 'Check that the address is right, and that nothing on the way (a proxy, a portal) answers in its place.'
  })
}

/** The answer as JSON. @throws SeedError SIGSTORE_FAILED that quotes nothing */
export function parseAnswer(service: Service, { bytes }: ServiceAnswer, what: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch {
    throw malformed(service, `JSON, and so no ${what}`) // the parser's own error quotes what it read
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(service, what)
  return value as Record<string, unknown>
}

function addressOf({ url }: Service, path: string): URL {
  return new URL(url.replace(/\/+$/, '') + path)
}

async function exchange(
  { timeoutMs }: Service,
  { accept, body, statuses, maxBytes = MAX_BYTES, cut = false }: ServiceRequest,
  url: URL,
  { env, signal }: Ports,
  { http, exchangeTimeoutMs = 3 * timeoutMs }: ServiceOptions
): Promise<ServiceAnswer> {
  // The client's own limits are about the next bytes: a server could send one at a time for ever.
  const deadline = AbortSignal.timeout(exchangeTimeoutMs)
  const limits = { connectTimeoutMs: timeoutMs, idleTimeoutMs: timeoutMs, answerTimeoutMs: timeoutMs, ...http }
  const client = new HttpClient({ env, signal: AbortSignal.any([signal, deadline]), ...limits })
  try {
    const response = await client.send({
      url,
      headers: { accept, ...(body && { 'content-type': body.type }) },
      ...(body && { method: 'POST', body: body.bytes })
    })
    const { status, headers } = response
    if (statuses.includes(status)) {
      const bytes = await readBody(response, cut ? maxBytes + 1 : maxBytes, cut)
      return { status, bytes: bytes.subarray(0, maxBytes), isCut: bytes.length > maxBytes, location: headers.location }
    }
    const said = await readBody(response, MAX_BYTES, true).catch(() => Buffer.alloc(0))
    throw new HttpError(`${url.host} answered with status ${status}`, { url, response, body: said.toString('utf8') })
  } catch (error) {
    signal.throwIfAborted()
    if (!deadline.aborted) throw error
    throw new HttpError(`${url.host} did not finish its answer within ${exchangeTimeoutMs / 1000} s`, { url })
  } finally {
    client.close()
  }
}

/** Of what went wrong, only what this program has written itself, the system's code, and what may be quoted. */
function failure(service: Service, request: ServiceRequest, url: URL, error: unknown): SeedError {
  const isHttp = error instanceof HttpError
  const status = isHttp ? error.status : undefined
  const code = systemCode(error)
  const reason = (isHttp ? error.message : 'the request failed') + (code === undefined ? '' : ` (${code})`)
  const said = isHttp && status !== undefined ? quotable(messageOf(error), service.secrets) : ''
  const isAnswered = isHttp && code === undefined && (status !== undefined || !error.retriable)
  const refusal = status === undefined ? undefined : request.refusal?.(status)
  return new SeedError(
    refusal?.code ?? (isAnswered ? 'SIGSTORE_FAILED' : 'SIGSTORE_UNREACHABLE'),
    `the ${service.name} ${isAnswered ? 'failed' : 'cannot be reached'}: ${reason}${said === '' ? '' : `: ${said}`}`,
    {
      resource: url.href,
      hint: refusal?.hint ?? hintOf(status, isAnswered),
      cause: Object.assign(new Error(reason), code !== undefined && { code })
    }
  )
}

/** What Sigstore's servers say is in `message`. A page of HTML says nothing. */
function messageOf({ body, headers }: HttpError): string {
  try {
    const value = JSON.parse(body) as { message?: unknown } | null
    return typeof value?.message === 'string' ? value.message : ''
  } catch {
    return headers['content-type']?.startsWith('text/plain') === true ? body : ''
  }
}

function hintOf(status: number | undefined, isAnswered: boolean): string {
  if (!isAnswered) return 'Check that this machine reaches it: network, HTTPS_PROXY and NO_PROXY, NODE_EXTRA_CA_CERTS.'
  if (status === undefined) return 'Check that nothing on the way (a proxy, a portal) answers in its place.'
  if (status >= 300 && status < 400) return 'Redirects are not followed: the server has to be named by its own address.'
  if (status === 404) return 'Check the address: there is no such server behind it.'
  if (status >= 500 || status === 429 || status === 408) return 'Run it again in a while.'
  return 'Check that the address is right, and that this machine may use the server.'
}
