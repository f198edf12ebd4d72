import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import { systemCode } from './errors.ts'
import { HttpError } from './http/error.ts'
import { readProxies, usesProxy } from './http/proxy.ts'
import type { Ports } from './ports.ts'
import { VERSION } from './version.ts'

// Node's own http(s) modules and not fetch: a request body streams with backpressure while the answer is already read
// (a registry may refuse in the middle of an upload), sockets and their timeouts are in our hands, and the agents speak
// to proxies by themselves since Node 24. An undici of our own would add half a megabyte to every bundle for the same.

export interface HttpOptions {
  /** `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are read from it, in either case. */
  env?: Ports['env']
  signal?: AbortSignal
  userAgent?: string
  connectTimeoutMs?: number
  /** Longest wait for the peer to take or give the next bytes. Transfers as a whole have no limit. */
  idleTimeoutMs?: number
  /** Longest wait for an answer once the request is sent: a registry hashes and moves a large blob meanwhile. */
  answerTimeoutMs?: number
}

export interface HttpRequest {
  url: URL
  method?: string
  headers?: Record<string, string>
  /** A stream is sent as it comes: with the `content-length` of `headers`, or else in chunks. */
  body?: Uint8Array | AsyncIterable<Uint8Array>
}

export interface HttpResponse {
  status: number
  headers: http.IncomingHttpHeaders
  url: URL
  /** To be read to its end, or given up with `discard`; throws HttpError where the connection breaks. */
  body: AsyncIterable<Buffer>
  /** Gives the answer up; its connection is kept where little is left to read. */
  discard(): Promise<void>
}

const ERROR_BODY_BYTES = 64 * 1024
const DISCARD_BYTES = 64 * 1024
// What may wait in memory for a slow peer. One socket buffer at a time would stop and start the source for each chunk.
const SEND_BUFFER_BYTES = 1024 * 1024

/** A client that keeps its connections: one exchange per call, no redirects, no retries (see http/retry.ts). */
export class HttpClient {
  readonly #options: Required<Omit<HttpOptions, 'signal'>> & { signal?: AbortSignal }
  readonly #direct: { http: http.Agent; https: https.Agent }
  readonly #proxied: { http: http.Agent; https: https.Agent }

  constructor(options: HttpOptions = {}) {
    this.#options = {
      env: {},
      userAgent: `nix-seed/${VERSION}`,
      connectTimeoutMs: 30_000,
      idleTimeoutMs: 60_000,
      answerTimeoutMs: 300_000,
      ...options
    }
    const agents = (proxyEnv?: Record<string, string>) => {
      const settings = { keepAlive: true, ...(proxyEnv && { proxyEnv }) }
      return { http: new http.Agent(settings), https: new https.Agent(settings) }
    }
    this.#direct = agents()
    this.#proxied = agents(readProxies(this.#options.env))
  }

  get userAgent(): string {
    return this.#options.userAgent
  }

  get connectTimeoutMs(): number {
    return this.#options.connectTimeoutMs
  }

  get idleTimeoutMs(): number {
    return this.#options.idleTimeoutMs
  }

  /** Whether any request may go through a proxy. */
  get hasProxies(): boolean {
    return Object.keys(readProxies(this.#options.env)).length > 0
  }

  /**
   * One request and the head of its answer, of whatever status.
   * A refusal (300 and up) that comes while the body is still being sent ends the sending.
   *
   * @throws HttpError (retriable) if there is no answer; what the body's source throws; the signal's reason.
   */
  async send(request: HttpRequest): Promise<HttpResponse> {
    const { signal, idleTimeoutMs, answerTimeoutMs } = this.#options
    signal?.throwIfAborted()
    const url = new URL(request.url)
    url.username = url.password = '' // node:http would make an Authorization header of them
    const plain = url.protocol === 'http:'
    const agents = usesProxy(url, this.#options.env) ? this.#proxied : this.#direct
    const exchange = (plain ? http : https).request(url, {
      method: request.method ?? 'GET',
      headers: { 'user-agent': this.#options.userAgent, 'accept-encoding': 'identity', ...request.headers },
      agent: plain ? agents.http : agents.https,
      ...(signal && { signal })
    })
    const peer = this.#watch(exchange, url)
    const answer = new Promise<http.IncomingMessage>((resolve, reject) => {
      exchange
        .once('response', resolve)
        .on('error', cause => reject(connectionError(cause, url, exchange.reusedSocket)))
    })
    answer.catch(() => {}) // it is awaited below, but perhaps only after the body
    try {
      if (request.body instanceof Uint8Array || !request.body) exchange.end(request.body)
      else await sendBody(request.body, exchange, peer)
      peer.expected(answerTimeoutMs)
      const message = await answer
      peer.expected(idleTimeoutMs)
      return receive(message, exchange, url, peer, signal)
    } catch (error) {
      exchange.destroy()
      throw signal?.aborted ? signal.reason : error
    }
  }

  /** Closes the connections that are kept. */
  close(): void {
    for (const agents of [this.#direct, this.#proxied]) {
      agents.http.destroy()
      agents.https.destroy()
    }
  }

  /** Destroys `exchange` when its peer stalls. A slow source or reader on our side is not the peer's fault. */
  #watch(exchange: http.ClientRequest, url: URL): Peer {
    const { connectTimeoutMs, idleTimeoutMs } = this.#options
    const stalled = (what: string, ms: number) => {
      peer.failure = new HttpError(`${what} for ${ms / 1000} s from ${url.host}`, { url })
      exchange.destroy(peer.failure)
    }
    const connecting = setTimeout(stalled, connectTimeoutMs, 'no connection', connectTimeoutMs)
    let patienceMs = idleTimeoutMs
    let awaitedSince: number | undefined = performance.now()
    let socket: Socket | undefined
    // The socket's own timer starts anew with every byte that it moves, but knows nothing of whose turn it is.
    const onTimeout = () => {
      if (awaitedSince !== undefined && performance.now() - awaitedSince >= patienceMs) stalled('nothing', patienceMs)
      else socket?.setTimeout(patienceMs)
    }
    exchange.once('socket', s => {
      socket = s.on('timeout', onTimeout).setTimeout(patienceMs)
      if (s.connecting) s.once('connect', () => clearTimeout(connecting))
      else clearTimeout(connecting)
    })
    exchange.once('close', () => {
      clearTimeout(connecting)
      socket?.off('timeout', onTimeout)
    })
    const peer: Peer = {
      expected(ms) {
        awaitedSince = performance.now()
        if (ms === undefined || ms === patienceMs) return
        patienceMs = ms
        socket?.setTimeout(ms)
      },
      unexpected() {
        awaitedSince = undefined
      }
    }
    return peer
  }
}

interface Peer {
  /** Why it was given up on. */
  failure?: HttpError
  /** From now on the next bytes are the peer's turn, within `ms` if given. */
  expected(ms?: number): void
  /** From now on they are ours. */
  unexpected(): void
}

async function sendBody(body: AsyncIterable<Uint8Array>, exchange: http.ClientRequest, peer: Peer): Promise<void> {
  let over = false as boolean
  let wake = () => {}
  exchange.on('drain', () => wake())
  exchange.once('close', () => {
    over = true
    wake()
  })
  exchange.once('response', (answer: http.IncomingMessage) => {
    if ((answer.statusCode ?? 0) < 300) return
    over = true
    wake()
    // The server may never read what was sent or is on its way: the connection is of no more use.
    const { socket } = answer
    answer.once('end', () => socket.destroy())
  })
  peer.unexpected()
  for await (const chunk of body) {
    // The answer or the failure is the caller's to see. A source that never waits would keep the events from coming.
    if (over || exchange.destroyed) return
    if (exchange.write(chunk) || exchange.writableLength < SEND_BUFFER_BYTES) continue
    peer.expected()
    await new Promise<void>(resolve => (wake = resolve))
    peer.unexpected()
  }
  exchange.end()
}

function receive(
  message: http.IncomingMessage,
  exchange: http.ClientRequest,
  url: URL,
  peer: Peer,
  signal?: AbortSignal
): HttpResponse {
  async function* chunks(): AsyncGenerator<Buffer, void, void> {
    try {
      for await (const chunk of message) {
        peer.unexpected()
        yield chunk as Buffer
        peer.expected()
      }
      // Only then is the connection free for the next request, which would open another one.
      if (!exchange.closed) await new Promise(resolve => exchange.once('close', resolve))
    } catch (cause) {
      signal?.throwIfAborted()
      throw peer.failure ?? new HttpError(`${url.host} cut the connection`, { url, cause })
    } finally {
      if (!message.complete) exchange.destroy()
    }
  }
  const body = chunks()
  const discard = async () => {
    let left = DISCARD_BYTES
    try {
      for await (const chunk of body) if ((left -= chunk.length) < 0) break
    } catch {
      // its connection is gone, which is as good
    }
  }
  return { status: message.statusCode ?? 0, headers: message.headers, url, body, discard }
}

function connectionError(cause: Error, url: URL, reused: boolean): HttpError {
  if (cause instanceof HttpError) return cause
  const code = systemCode(cause) ?? ''
  // A kept connection that the server has closed meanwhile says nothing about the server: no pause.
  const retryAfterMs = reused && (code === 'ECONNRESET' || code === 'EPIPE') ? 0 : undefined
  return new HttpError(`no answer from ${url.host}`, {
    url,
    cause,
    retriable: !isLasting(code, cause.message),
    ...(retryAfterMs !== undefined && { retryAfterMs })
  })
}

/** Whether a connection that failed with `code` would fail again: no such host, no TLS or no trust, a proxy's refusal. */
function isLasting(code: string, message: string): boolean {
  if (code === 'ERR_PROXY_TUNNEL') return !/ (?:408|429|5\d\d)\b/.test(message)
  if (code === 'ENOTFOUND' || code === 'EPROTO') return true
  return /CERT|SIGNED|ISSUER|ALTNAME|^ERR_INVALID|^HPE_(?!INVALID_EOF_STATE)/.test(code)
}

/** Passes on an answer of one of `statuses`. @throws HttpError for any other. */
export async function ensureStatus(response: HttpResponse, ...statuses: number[]): Promise<HttpResponse> {
  if (statuses.includes(response.status)) return response
  const body = await readBody(response, ERROR_BODY_BYTES, true).catch(() => Buffer.alloc(0))
  const { url } = response
  throw new HttpError(`${url.host} answered with status ${response.status}`, { url, response, body: body.toString() })
}

/** The whole body, at most `limit` bytes; what is over is cut off if `cut` is set. @throws HttpError if it is longer. */
export async function readBody(response: HttpResponse, limit: number, cut = false): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response.body) {
    size += chunk.length
    chunks.push(chunk)
    if (size <= limit) continue
    if (cut) break
    const { url } = response
    throw new HttpError(`${url.host} answered with more than ${limit} bytes`, { url, retriable: false })
  }
  return Buffer.concat(chunks).subarray(0, limit)
}
