/** A server that stands before another one and answers for it, wrongly at some of the requests. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { MEDIA_TYPE } from '../../src/oci/types.ts'
import { pick, places, withOtherBytes, withOtherValue, type Json } from './json-mutation.ts'

/** A way to answer otherwise than one should. */
export type WrongAnswer = (
  request: IncomingMessage,
  response: ServerResponse,
  right: { status: number; headers: Record<string, string>; body: Buffer }
) => unknown

const STATUSES = [
  200, 201, 204, 206, 301, 302, 304, 307, 400, 401, 403, 404, 405, 406, 410, 416, 418, 429, 500, 501, 502, 503
]
const HEADERS: Record<string, string>[] = [
  { 'content-type': 'text/html' },
  { 'content-type': 'application/vnd.oci.image.index.v1+json; charset=x' },
  { 'content-type': '' },
  { 'docker-content-digest': `sha256:${'0'.repeat(64)}` },
  { 'docker-content-digest': 'sha512:abc' },
  { location: '/v2/' },
  { location: 'http://127.0.0.1:9/' },
  { location: 'file:///etc/passwd' },
  { location: '::::' },
  { link: '</v2/seed/referrers/next>; rel="next"' },
  { link: '<http://127.0.0.1:9/>; rel="next"' },
  { link: '<::::>; rel=next' },
  { 'www-authenticate': 'Bearer realm="http://127.0.0.1:9/token",service="x",scope="y"' },
  { 'www-authenticate': 'Basic realm="x"' },
  { 'www-authenticate': 'Bearer' },
  { 'retry-after': '86400' },
  { 'content-range': 'bytes 5-9/10' },
  { 'content-encoding': 'gzip' },
  { 'oci-subject': 'x', 'oci-filters-applied': 'x' },
  { 'x-long': 'x'.repeat(12_000) }
]
const ENDLESS_BYTES = 48 * 1024 * 1024

/** One of many ways, by these numbers. */
export function wrongly([what = 0, how = 0, at = 0, more = 0]: readonly number[]): WrongAnswer {
  return async (_, response, { status, headers, body }) => {
    const { 'content-length': length, ...plain } = headers
    switch (what % 12) {
      case 0:
        return response.writeHead(pick(STATUSES, how), plain).end(body)
      case 1:
        return response
          .writeHead(how % 3 === 0 ? pick(STATUSES, at) : status, { ...plain, ...pick(HEADERS, how) })
          .end(body)
      case 2:
        return response.writeHead(status, plain).end(withOtherBytes(body, { at, kind: how, byte: more }))
      case 3:
      case 4:
        return response.writeHead(status, plain).end(otherJson(body, at, how, more))
      case 5:
        // It ends before it says to.
        response.writeHead(status, { ...plain, 'content-length': length ?? String(body.length) })
        return response.write(body.subarray(0, at % Math.max(1, body.length)), () => response.destroy())
      case 6:
        return response
          .writeHead(status, { ...plain, 'content-length': String(body.length + (how % 50) + 1) })
          .end(body)
      case 7:
        return response.destroy()
      case 8:
        return endless(
          response,
          status,
          plain,
          pick([Buffer.alloc(65_536, 0x20), Buffer.alloc(65_536, '['), Buffer.alloc(65_536, body)], how)
        )
      case 9:
        // Byte by byte, and then nothing more.
        response.writeHead(status, plain)
        for (const byte of body.subarray(0, how % 8)) {
          response.write(Buffer.of(byte))
          await sleep(1)
        }
        return how % 2 === 0 ? undefined : response.end()
      case 10:
        return response.writeHead(status, plain).end(pick(ODD_BODIES, how))
      default:
        // There is never an answer.
        return undefined
    }
  }
}

export const many = (count: number, item: string): string => `[${Array.from({ length: count }, () => item).join(',')}]`
const ODD_BODIES: (string | Buffer)[] = [
  '',
  'null',
  '[]',
  '{}',
  '{"manifests":null}',
  '{"manifests":{}}',
  `{"manifests":${many(2000, 'null')}}`,
  `{"schemaVersion":2,"mediaType":"${MEDIA_TYPE.index}","manifests":${many(9000, '{"digest":1}')}}`,
  `{"schemaVersion":2,"mediaType":"${MEDIA_TYPE.index}","manifests":${many(20_000, '{}')}}`,
  '{"layers":[{}]}',
  '['.repeat(100_000),
  Buffer.from([0xff, 0xfe, 0x00]),
  Buffer.alloc(1024 * 1024, 0x20)
]

/** The document that the body is, with something else in it. */
export function otherJson(body: Buffer, at: number, kind: number, value: number): string {
  let json: Json
  try {
    json = JSON.parse(body.toString()) as Json
  } catch {
    return `${at}`
  }
  return JSON.stringify(withOtherValue(json, pick(places(json), at), { kind, value, from: json }))
}

async function endless(
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  chunk: Buffer
): Promise<void> {
  response.writeHead(status, headers)
  const closed = new Promise<void>(resolve => response.once('close', resolve))
  for (let sent = 0; sent < ENDLESS_BYTES && !response.destroyed; sent += chunk.length) {
    if (!response.write(chunk)) await Promise.race([once(response, 'drain'), closed])
  }
  response.end()
}

/** Stands before a server and answers for it, wrongly at some of the requests. */
export class LyingServer {
  /** By the number of the request. */
  plan = new Map<number, WrongAnswer>()
  asked = 0
  readonly #server: Server
  readonly #to: string

  private constructor(to: string) {
    this.#to = to
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy())
    })
  }

  static async start(to: string): Promise<LyingServer> {
    const liar = new LyingServer(to)
    await new Promise<void>(resolve => liar.#server.listen(0, '127.0.0.1', resolve))
    return liar
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const wrong = this.plan.get(this.asked++)
    const body = await buffer(request)
    const answer = await fetch(new URL(request.url ?? '/', this.#to), {
      method: request.method ?? 'GET',
      headers: { accept: request.headers.accept ?? '*/*', 'content-type': 'application/json' },
      ...(body.length > 0 && { body })
    })
    const right = {
      status: answer.status,
      headers: Object.fromEntries([...answer.headers].filter(([name]) => KEPT.includes(name))),
      body: Buffer.from(await answer.arrayBuffer())
    }
    if (wrong) await wrong(request, response, right)
    else response.writeHead(right.status, right.headers).end(right.body)
  }
}
const KEPT = ['content-type', 'content-length', 'docker-content-digest', 'link', 'oci-filters-applied']
