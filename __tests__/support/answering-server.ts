/** A server that answers whatever a test wants, or passes on what another one does, changed. */
import { createServer, request as send, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export interface ReceivedRequest {
  method: string
  url: string
  headers: IncomingMessage['headers']
  body: Buffer
}
export type Answering = (response: ServerResponse, request: ReceivedRequest) => void | Promise<void>

export class AnsweringServer {
  readonly received: ReceivedRequest[] = []
  answer: Answering
  /** Stays when the server is closed. */
  url = ''
  readonly #server: Server

  private constructor(answer: Answering) {
    this.answer = answer
    this.#server = createServer((message, response) => {
      this.#serve(message, response).catch((error: unknown) => response.destroy(error as Error))
    })
  }

  static async start(answer: Answering = response => void response.writeHead(404).end()): Promise<AnsweringServer> {
    const server = new AnsweringServer(answer)
    await new Promise<void>(resolve => server.#server.listen(0, '127.0.0.1', resolve))
    server.url = `http://127.0.0.1:${(server.#server.address() as AddressInfo).port}`
    return server
  }

  async close(): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '/', headers } = message
    const request = { method, url, headers, body: await buffer(message) }
    this.received.push(request)
    await this.answer(response, request)
  }
}

/** Asks the server at `to`, and answers with what it says after `change`. */
export function forwarding(to: string, change: (body: Buffer) => Buffer | string = body => body): Answering {
  return async (response, { method, url, headers, body }) => {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      send(new URL(url, to), { method, headers: { ...headers, host: new URL(to).host } }, resolve)
        .on('error', reject)
        .end(body)
    })
    const { 'content-length': _, 'transfer-encoding': __, ...kept } = answer.headers
    response.writeHead(answer.statusCode ?? 500, kept).end(change(await buffer(answer)))
  }
}

export const answering =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answering =>
  response => {
    const isRaw = typeof body === 'string' || body instanceof Uint8Array
    const type: Record<string, string> = isRaw ? {} : { 'content-type': 'application/json' }
    response.writeHead(status, { ...type, ...headers }).end(isRaw ? body : JSON.stringify(body))
  }
