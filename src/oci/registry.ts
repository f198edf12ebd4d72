import { setTimeout as sleep } from 'node:timers/promises'
import { SeedError } from '../errors.ts'
import { ensureStatus } from '../http.ts'
import type { HttpClient, HttpRequest, HttpResponse } from '../http.ts'
import { HttpError } from '../http/error.ts'
import type { Located } from '../http/receiver.ts'
import { MAX_REDIRECTS, redirectTarget, REDIRECT_STATUSES } from '../http/redirect.ts'
import { Retrier, retrying } from '../http/retry.ts'
import type { Backoff } from '../http/retry.ts'
import type { Log } from '../ports.ts'
import { Authorizer } from './auth.ts'
import type { Scope } from './auth.ts'
import type { Credentials } from './credentials.ts'
import { registryFailure } from './failure.ts'

export interface RegistryOptions {
  /** Scheme, host and port: the one origin that sees credentials. */
  origin: URL
  /** For people: `HOST/REPOSITORY`. */
  name: string
  client: HttpClient
  credentials: () => Promise<Credentials | undefined>
  backoff: Backoff
  log: Log
  /** Redirects and uploads may leave https. */
  insecure: boolean
  signal?: AbortSignal
}

/** What one call may ask for and answer. */
export interface Call extends HttpRequest {
  scopes: readonly Scope[]
  /** The statuses that are a success, a redirect among them included; any other is an HttpError. */
  statuses: readonly number[]
}

/** One registry, spoken to with the right credentials, redirects, retries and errors. Knows no path of its API. */
export class Registry {
  readonly #options: RegistryOptions
  readonly #authorizer: Authorizer

  constructor(options: RegistryOptions) {
    this.#options = options
    this.#authorizer = new Authorizer(options.client, options.origin, options.credentials)
  }

  get origin(): URL {
    return this.#options.origin
  }

  /**
   * One exchange: with the redirects of a GET or HEAD, and asked a second time where credentials were missing or have
   * run out. A body that streams cannot be sent a second time here: it fails as worth a retry, with new credentials
   * at hand.
   */
  async call(call: Call): Promise<HttpResponse> {
    let { url } = call
    for (let redirects = 0; ;) {
      const response = await this.#authorized({ ...call, url })
      const { location } = response.headers
      const redirected = REDIRECT_STATUSES.includes(response.status) && location !== undefined
      if (!redirected || !isRead(call) || call.statuses.includes(response.status)) {
        return ensureStatus(response, ...call.statuses)
      }
      await response.discard()
      if (++redirects > MAX_REDIRECTS) throw new HttpError('too many redirects', { url, retriable: false })
      url = this.resolve(location, url)
    }
  }

  /** Runs `action` with retries. @throws SeedError with what the registry said, or what `action` itself throws. */
  async attempt<T>(doing: string, action: (attempt: number) => Promise<T>): Promise<T> {
    try {
      return await retrying(action, this.#retries(doing))
    } catch (error) {
      throw await this.failure(doing, error)
    }
  }

  /** Like `attempt`, without turning the error into one for people: for use inside of it. */
  async again<T>(doing: string, action: (attempt: number) => Promise<T>): Promise<T> {
    return retrying(action, this.#retries(doing))
  }

  /** Waits, in the course of `doing`. @throws INTERRUPTED */
  async pause(doing: string, ms: number): Promise<void> {
    const { signal } = this.#options
    await sleep(ms, undefined, signal ? { signal } : {}).catch(async (error: unknown) => {
      throw await this.failure(doing, error)
    })
  }

  retrier(doing: string): Retrier {
    return new Retrier(this.#retries(doing))
  }

  /** `error` for people. */
  async failure(doing: string, error: unknown): Promise<unknown> {
    const { origin, name, signal } = this.#options
    if (signal?.aborted) {
      return new SeedError('INTERRUPTED', `interrupted: ${doing}`, { resource: name, cause: signal.reason })
    }
    const anonymous = await this.#authorizer.isAnonymous()
    return registryFailure(error, {
      doing,
      name,
      host: origin.host,
      anonymous,
      redact: t => this.#authorizer.redact(t)
    })
  }

  /** The URL of a Location header. @throws HttpError if it leaves https. */
  resolve(location: string, base: URL): URL {
    return redirectTarget(location, base, this.#options.insecure)
  }

  /**
   * Where and how somebody else may ask for what is at `url`, in one plain exchange: what goes wrong there is asked for
   * again by `call`. Undefined where a proxy stands between.
   */
  async locate(url: URL, scopes: readonly Scope[]): Promise<Located | undefined> {
    const { client, insecure } = this.#options
    if (client.hasProxies) return undefined
    const authorization = await this.#authorizer.header(scopes)
    return {
      url: url.href,
      headers: { 'user-agent': client.userAgent, ...(authorization !== undefined && { authorization }) },
      mayLeaveHttps: insecure,
      connectTimeoutMs: client.connectTimeoutMs,
      idleTimeoutMs: client.idleTimeoutMs
    }
  }

  async #authorized(call: Call): Promise<HttpResponse> {
    const { client, origin } = this.#options
    if (call.url.origin !== origin.origin) return client.send(call)
    const authorization = await this.#authorizer.header(call.scopes)
    const send = (value?: string) =>
      client.send({ ...call, headers: { ...call.headers, ...(value && { authorization: value }) } })
    const response = await send(authorization)
    if (response.status !== 401) return response
    const renewed = await this.#authorizer.renew(response, call.scopes, authorization)
    if (!renewed) return response
    if (call.body && !(call.body instanceof Uint8Array)) {
      await response.discard()
      throw new HttpError(`${origin.host} asked for new credentials`, {
        url: call.url,
        response,
        retriable: true,
        retryAfterMs: 0
      })
    }
    await response.discard()
    return send(await this.#authorizer.header(call.scopes))
  }

  #retries(doing: string) {
    const { backoff, signal, log } = this.#options
    const onRetry = (error: HttpError, delayMs: number) => {
      const line = `${doing}: ${error.message}; trying again${delayMs >= 1000 ? ` in ${Math.round(delayMs / 1000)} s` : ''}`
      log[delayMs > 0 ? 'warn' : 'debug'](this.#authorizer.redact(line))
    }
    return { backoff, onRetry, ...(signal && { signal }) }
  }
}

function isRead(call: Call): boolean {
  return call.method === undefined || call.method === 'GET' || call.method === 'HEAD'
}
