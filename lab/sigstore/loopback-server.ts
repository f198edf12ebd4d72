/** An HTTP server on a free port of the loopback that can be made to fail. */
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export interface Call {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  body: Buffer
}

export interface Answer {
  status: number
  headers?: Record<string, string>
  /** Bytes and text go out as they are, anything else as JSON. */
  body?: unknown
  /** Why a request was refused, where the real server keeps that in its log. */
  reason?: string
}

/** A request that was answered, or that a fault kept from being answered (no status). */
export interface SeenRequest {
  server: string
  method: string
  /** Path and query. */
  url: string
  headers: IncomingHttpHeaders
  body: Buffer
  status?: number
  reason?: string
}

/**
 * - `refuse`: the connection is cut before an answer
 * - `deny`: 403
 * - `error`: 500
 * - `hang`: there is never an answer
 * - `malformed`: the right answer, cut in half
 */
export type HttpFault = 'refuse' | 'deny' | 'error' | 'hang' | 'malformed'

const IDLE_MS = 120_000

export class LoopbackServer {
  fault: HttpFault | undefined
  readonly #name: string
  readonly #answer: (call: Call) => Answer | Promise<Answer>
  readonly #seen: SeenRequest[]
  readonly #server: Server

  private constructor(name: string, answer: (call: Call) => Answer | Promise<Answer>, seen: SeenRequest[]) {
    this.#name = name
    this.#answer = answer
    this.#seen = seen
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => response.destroy(error as Error))
    })
    // On a busy machine a client may send on a connection in the moment in which it is closed for idling.
    this.#server.keepAliveTimeout = IDLE_MS
  }

  /** @param seen gets every request */
  static async start(
    name: string,
    answer: (call: Call) => Answer | Promise<Answer>,
    seen: SeenRequest[] = []
  ): Promise<LoopbackServer> {
    const server = new LoopbackServer(name, answer, seen)
    await new Promise<void>(resolve => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '/', headers } = request
    const seen: SeenRequest = { server: this.#name, method, url, headers, body: Buffer.alloc(0) }
    this.#seen.push(seen)
    if (this.fault === 'refuse') return void response.destroy()
    seen.body = await buffer(request)
    if (this.fault === 'hang') return
    const answer = await this.#failOrAnswer(seen)
    seen.status = answer.status
    if (answer.reason !== undefined) seen.reason = answer.reason
    send(response, answer, this.fault === 'malformed')
  }

  async #failOrAnswer({ method, url, headers, body }: SeenRequest): Promise<Answer> {
    if (this.fault === 'deny') return refusal(403, 'Forbidden')
    if (this.fault === 'error') return refusal(500, 'Internal Server Error')
    const { pathname, searchParams } = new URL(url, this.url)
    try {
      return await this.#answer({ method, path: pathname, query: searchParams, headers, body })
    } catch (error) {
      return refusal(400, 'the request cannot be read', (error as Error).message)
    }
  }
}

/** An error in the form that Sigstore's servers have in common. */
export function refusal(status: number, message: string, reason?: string): Answer {
  return { status, body: { code: status, message }, ...(reason !== undefined && { reason }) }
}

function send(response: ServerResponse, { status, headers = {}, body }: Answer, half: boolean): void {
  const raw = body instanceof Uint8Array || typeof body === 'string'
  const bytes = Buffer.from(raw ? body : body === undefined ? '' : JSON.stringify(body))
  const type = raw || body === undefined ? {} : { 'content-type': 'application/json' }
  response.writeHead(status, { ...type, ...headers }).end(half ? bytes.subarray(0, bytes.length >> 1) : bytes)
}
