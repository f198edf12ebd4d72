import { retrying, DEFAULT_BACKOFF } from '../http/retry.ts'
import type { Backoff } from '../http/retry.ts'
import type { Permission } from '../permission.ts'
import type { Ports } from '../ports.ts'
import type { ForgeResponse, ForgeTransport, RepositoryName } from '../runner.ts'
import { forgeFailure } from './failure.ts'
import { brokenAnswer, ForgeFault, readFault, timeoutFault } from './fault.ts'

export interface GitHubOptions {
  ports: Ports
  /** `https://github.com`: names the forge in messages. */
  server: string
  backoff?: Backoff
  /** Longest wait for a rate limit to end, for all tries of one request together. */
  maxWaitMs?: number
  /** Longest wait for one answer. */
  timeoutMs?: number
}

/** What is known of a request beside its parameters. */
export interface RequestContext {
  /** "reading flake.lock", for messages. */
  doing?: string
  /** The permission that it takes, for the hint where it is missing. */
  permission?: Permission
  /** What it is about, for messages; the repository if absent. */
  resource?: string
  /** Status 404 is an answer and no failure. */
  notFound?: 'undefined'
  /** Taken from `owner` and `repo` of the parameters if absent. */
  repository?: RepositoryName
  /**
   * It does no harm if it happens twice. So it is tried again also where nobody knows whether it has happened: after
   * broken connections and status 5xx. All requests are by default, but POST and mutations.
   */
  repeatable?: boolean
  /** It puts something in order: it goes out although the job was cancelled, and has a few seconds. */
  cleanUp?: boolean
}

type Parameters = Readonly<Record<string, unknown>>

const MAX_WAIT_MS = 60_000
/** GitHub itself gives up on a request after 10 seconds. */
const TIMEOUT_MS = 30_000
/** A runner kills a cancelled step 10 seconds after it has told it. */
const CLEAN_UP_MS = 5_000

/** The API of one forge with one token: the way of every request, with its retries and its failures. */
export class GitHub {
  readonly #transport: ForgeTransport
  readonly #ports: Ports
  readonly #server: URL
  readonly #backoff: Backoff
  readonly #maxWaitMs: number
  readonly #timeoutMs: number
  #wasAccepted = false

  constructor(transport: ForgeTransport, options: GitHubOptions) {
    this.#transport = transport
    this.#ports = options.ports
    this.#server = new URL(options.server)
    this.#maxWaitMs = options.maxWaitMs ?? MAX_WAIT_MS
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS
    const backoff = options.backoff ?? DEFAULT_BACKOFF
    // The end of a limit may be further away than what is bearable between two ordinary tries.
    this.#backoff = { ...backoff, maxMs: Math.max(backoff.maxMs, this.#maxWaitMs) }
  }

  get log(): Ports['log'] {
    return this.#ports.log
  }

  get signal(): AbortSignal {
    return this.#ports.signal
  }

  /**
   * One request of the REST API; the data of its answer, as GitHub describes it for `route`.
   *
   * @param route `GET /repos/{owner}/{repo}`
   * @returns undefined for status 404, if `context` says that this is an answer
   * @throws SeedError FORGE_UNREACHABLE, FORGE_DENIED, FORGE_LIMITED, FORGE_CONFLICT or FORGE_FAILED; the signal's reason
   */
  request<T>(
    route: string,
    parameters: Parameters,
    context: RequestContext & { notFound: 'undefined' }
  ): Promise<T | undefined>
  request<T>(route: string, parameters: Parameters, context?: RequestContext): Promise<T>
  async request<T>(route: string, parameters: Parameters, context: RequestContext = {}): Promise<T | undefined> {
    const repeatable = context.repeatable ?? !/^POST /i.test(route)
    const send = async (signal: AbortSignal): Promise<T> => {
      const answer = await this.#transport.request(route, { ...parameters, request: { signal } })
      if (isBroken(answer)) throw brokenAnswer(this.#server, repeatable)
      return answer.data as T
    }
    const { owner, repo } = parameters
    const repository = typeof owner === 'string' && typeof repo === 'string' ? { owner, name: repo } : undefined
    try {
      return await this.#exchange(send, context, repeatable)
    } catch (error) {
      if (error instanceof ForgeFault && error.status === 404 && context.notFound) return undefined
      throw this.#failure(error, { doing: route, ...(repository && { repository }), ...context, repeatable })
    }
  }

  /**
   * One query or mutation of the GraphQL API; its `data`.
   *
   * @throws as `request` does
   */
  async graphql<T>(query: string, variables: Parameters, context: Omit<RequestContext, 'notFound'> = {}): Promise<T> {
    const repeatable = context.repeatable ?? !/^\s*mutation\b/.test(query)
    const send = async (signal: AbortSignal): Promise<T> => {
      const data = await this.#transport.graphql(query, { ...variables, request: { signal } })
      // Octokit passes an answer that is no JSON on as nothing.
      if (typeof data !== 'object' || data === null) throw brokenAnswer(this.#server, repeatable)
      return data as T
    }
    try {
      return await this.#exchange(send, context, repeatable)
    } catch (error) {
      throw this.#failure(error, { doing: 'POST /graphql', ...context, repeatable })
    }
  }

  /** @throws ForgeFault; the signal's reason */
  async #exchange<T>(
    send: (signal: AbortSignal) => Promise<T>,
    { cleanUp = false }: RequestContext,
    repeatable: boolean
  ): Promise<T> {
    const signal = cleanUp ? AbortSignal.timeout(CLEAN_UP_MS) : this.#ports.signal
    let waitLeftMs = cleanUp ? 0 : this.#maxWaitMs
    const attempt = async (): Promise<T> => {
      signal.throwIfAborted()
      const timeout = AbortSignal.timeout(this.#timeoutMs)
      try {
        const result = await send(AbortSignal.any([signal, timeout]))
        this.#wasAccepted = true
        return result
      } catch (error) {
        signal.throwIfAborted()
        if (timeout.aborted) throw timeoutFault(this.#server, this.#timeoutMs, repeatable)
        const fault = readFault(error, this.#server, repeatable)
        if (fault instanceof ForgeFault && fault.limit) {
          waitLeftMs -= fault.limit.waitMs ?? 0
          fault.retriable = waitLeftMs >= 0
        }
        throw fault
      }
    }
    const onRetry = (fault: Error, delayMs: number): void => {
      const isLimited = fault instanceof ForgeFault && fault.limit !== undefined
      const what = isLimited ? `${this.#server.host} takes no more requests for now` : fault.message
      this.log.info(`${what}; trying again in ${Math.ceil(delayMs / 1000)} s`)
    }
    return await retrying(attempt, { backoff: this.#backoff, signal, onRetry })
  }

  #failure(error: unknown, context: RequestContext & { doing: string; repeatable: boolean }): unknown {
    if (!(error instanceof ForgeFault)) return error
    const { doing, permission, repository } = context
    const resource = context.resource ?? (repository && `${repository.owner}/${repository.name}`)
    const server = this.#server.href.replace(/\/$/, '')
    return forgeFailure(error, {
      doing,
      ...(permission && { permission }),
      ...(resource !== undefined && { resource }),
      ...(repository && { repositoryUrl: `${server}/${repository.owner}/${repository.name}` }),
      isUncertain: !context.repeatable,
      wasAccepted: this.#wasAccepted
    })
  }
}

/** Octokit passes JSON that breaks off, or that is none, on as text. */
function isBroken({ status, headers, data }: ForgeResponse): boolean {
  if (status === 204 || typeof data !== 'string') return false
  return data === '' || String(headers['content-type'] ?? '').includes('json')
}
