/**
 * JSON from the servers that make identity tokens. Whatever they answer stays out of errors: some have the token, and may
 * well send it back.
 */
import { SeedError, systemCode } from '../errors.ts'
import { HttpClient, readBody, type HttpOptions, type HttpResponse } from '../http.ts'
import { HttpError } from '../http/error.ts'
import { DEFAULT_BACKOFF, retrying, type Backoff } from '../http/retry.ts'
import type { Ports } from '../ports.ts'

/** For tests, mostly: the defaults are what a job wants. */
export interface IssuerOptions {
  http?: Pick<HttpOptions, 'connectTimeoutMs' | 'idleTimeoutMs' | 'answerTimeoutMs'>
  backoff?: Backoff
}

export interface IssuerAnswer {
  json: unknown
  /** How far the server's clock is ahead of this machine's; undefined where it does not tell. */
  clockAheadMs: number | undefined
}

/** Many times the size of any real document. */
const MAX_BYTES = 256 * 1024
const TIMEOUT_MS = 20_000
const BACKOFF: Backoff = { ...DEFAULT_BACKOFF, attempts: 4, maxMs: 10_000 }

/** Lets `use` ask for documents, over connections that are closed afterwards. */
export async function withIssuer<T>(
  ports: Ports,
  options: IssuerOptions,
  use: (fetchJson: FetchJson) => Promise<T>
): Promise<T> {
  const timeouts = { connectTimeoutMs: TIMEOUT_MS, idleTimeoutMs: TIMEOUT_MS, answerTimeoutMs: TIMEOUT_MS }
  const client = new HttpClient({ env: ports.env, signal: ports.signal, ...timeouts, ...options.http })
  const retry = {
    backoff: options.backoff ?? BACKOFF,
    signal: ports.signal,
    onRetry: (error: HttpError) => ports.log.debug(`${error.message}; trying again`)
  }
  try {
    return await use(async (what, url, headers = {}) => {
      try {
        return await retrying(() => exchange(client, url, headers), retry)
      } catch (error) {
        ports.signal.throwIfAborted()
        throw failure(what, url, error)
      }
    })
  } finally {
    client.close()
  }
}

/**
 * GET, a few times where that helps. `what` names the document in errors.
 *
 * @throws SeedError SIGSTORE_UNREACHABLE, SIGSTORE_FAILED; the signal's reason
 */
export type FetchJson = (what: string, url: URL, headers?: Record<string, string>) => Promise<IssuerAnswer>

/** The token, or what vouches for it, goes to these addresses: in clear to the machine itself alone. */
export function isSecure(url: URL): boolean {
  return (
    url.protocol === 'https:' ||
    (url.protocol === 'http:' && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname))
  )
}

async function exchange(client: HttpClient, url: URL, headers: Record<string, string>): Promise<IssuerAnswer> {
  const response = await client.send({ url, headers: { accept: 'application/json', ...headers } })
  if (response.status !== 200) {
    await response.discard()
    throw new HttpError(`${url.host} answered with status ${response.status}`, { url, response })
  }
  const clockAheadMs = clockAhead(response)
  const text = (await readBody(response, MAX_BYTES)).toString('utf8')
  try {
    return { json: JSON.parse(text) as unknown, clockAheadMs }
  } catch {
    // The parser's own error quotes what it read.
    throw new HttpError(`${url.host} answered with something that is no JSON`, { url, retriable: false })
  }
}

/** https://www.rfc-editor.org/rfc/rfc9110#name-date: of the origin, so the age of what a cache answers is added. */
function clockAhead({ headers }: HttpResponse): number | undefined {
  const date = Date.parse(headers.date ?? '')
  const age = /^\d{1,9}$/.test(headers.age ?? '') ? Number(headers.age) : 0
  return Number.isNaN(date) ? undefined : date + age * 1000 - Date.now()
}

/** Of an HttpError, only what this program itself has written, and the system's code. */
function failure(what: string, url: URL, error: unknown): SeedError {
  const isHttp = error instanceof HttpError
  const code = systemCode(error)
  const reason = isHttp ? error.message : 'the request failed'
  const isAnswered = isHttp && code === undefined && (error.status !== undefined || !error.retriable)
  return new SeedError(
    isAnswered ? 'SIGSTORE_FAILED' : 'SIGSTORE_UNREACHABLE',
    `${what}: ${reason}${code === undefined ? '' : ` (${code})`}`,
    {
      resource: url.href,
      hint: hintOf(isHttp ? error.status : undefined, isAnswered),
      ...(code !== undefined && { cause: Object.assign(new Error(code), { code }) })
    }
  )
}

function hintOf(status: number | undefined, isAnswered: boolean): string {
  if (!isAnswered) return 'Check that this machine reaches it: network, HTTPS_PROXY and NO_PROXY, NODE_EXTRA_CA_CERTS.'
  if (status === undefined) return 'Check that nothing on the way (a proxy, a portal) answers in its place.'
  if (status >= 300 && status < 400) return 'Redirects are not followed: the issuer has to be named by its own address.'
  return status >= 500 || status === 429
    ? 'Run the job again in a while.'
    : 'Run the job again, and ask its provider if it stays.'
}
