/**
 * The cache service of GitHub Actions, version 2: a Twirp API that hands out URLs, and the blobs behind them, which
 * clients write as block blobs. As much of both as @actions/cache 6 uses. A blob's URL is its permission, so it is a
 * secret: tests can watch for `signature`.
 */
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

const API = '/twirp/github.actions.results.api.v1.CacheService/'

interface Entry {
  key: string
  version: string
  blob: string
  /** Only then it is found. */
  final: boolean
}

export class CacheServer {
  readonly token = `cache-token-${randomUUID()}`
  readonly signature = `sig-${randomUUID()}`
  /** Method names of the API, and the verbs and blobs of the storage. */
  readonly calls: string[] = []
  /** Answers every request to the API with this status instead. */
  failWith: number | undefined
  readonly #entries: Entry[] = []
  readonly #blobs = new Map<string, Buffer>()
  readonly #blocks = new Map<string, Buffer>()
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy())
    })
  }

  static async start(): Promise<CacheServer> {
    const server = new CacheServer()
    await new Promise<void>(resolve => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  /** What the runner gives to actions as `ACTIONS_RESULTS_URL`. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  /** Keys of what was saved whole. */
  get keys(): string[] {
    return this.#entries.filter(entry => entry.final).map(entry => entry.key)
  }

  /** Changes the bytes of everything that was saved. */
  spoil(): void {
    for (const bytes of this.#blobs.values()) bytes.fill(0, bytes.length >> 1)
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', this.url)
    const body = await buffer(request)
    if (url.pathname.startsWith(API)) {
      const method = url.pathname.slice(API.length)
      this.calls.push(method)
      if (this.failWith !== undefined) {
        answer(response, this.failWith, { code: 'internal', msg: 'on purpose' })
        return
      }
      if (request.headers.authorization !== `Bearer ${this.token}`) {
        answer(response, 401, { code: 'unauthenticated', msg: 'no such token' })
        return
      }
      this.#call(method, JSON.parse(body.toString()) as Record<string, unknown>, response)
      return
    }
    this.calls.push(`${request.method} ${url.searchParams.get('comp') ?? 'blob'}`)
    if (url.searchParams.get('sig') !== this.signature) return void response.writeHead(403).end()
    this.#store(request, url, body, response)
  }

  #call(method: string, request: Record<string, unknown>, response: ServerResponse): void {
    const key = String(request.key)
    const version = String(request.version)
    const own = this.#entries.find(entry => entry.key === key && entry.version === version)
    switch (method) {
      case 'CreateCacheEntry': {
        if (own !== undefined) return answer(response, 409, { code: 'already_exists', msg: 'cache entry exists' })
        const blob = `/account/cache/${randomUUID()}`
        this.#entries.push({ key, version, blob, final: false })
        return answer(response, 200, { ok: true, signed_upload_url: this.#sign(blob) })
      }
      case 'FinalizeCacheEntryUpload': {
        const bytes = own && this.#blobs.get(own.blob)
        if (own === undefined || bytes?.length !== Number(request.size_bytes))
          return answer(response, 200, { ok: false })
        own.final = true
        return answer(response, 200, { ok: true, entry_id: String(this.#entries.indexOf(own) + 1) })
      }
      case 'GetCacheEntryDownloadURL': {
        const found = this.#find(key, version, (request.restore_keys ?? []) as string[])
        if (found === undefined) return answer(response, 200, { ok: false })
        const signed = this.#sign(found.blob)
        return answer(response, 200, { ok: true, signed_download_url: signed, matched_key: found.key })
      }
      default:
        return answer(response, 404, { code: 'bad_route', msg: method })
    }
  }

  /** The entry of a key, or the newest one that begins with a key to restore from. */
  #find(key: string, version: string, restoreKeys: readonly string[]): Entry | undefined {
    const entries = this.#entries.filter(entry => entry.final && entry.version === version).reverse()
    const exact = entries.find(entry => entry.key === key)
    if (exact !== undefined) return exact
    return restoreKeys.map(each => entries.find(entry => entry.key.startsWith(each))).find(each => each !== undefined)
  }

  #sign(blob: string): string {
    return new URL(`${blob}?sv=2025-01-05&sig=${this.signature}`, this.url).href
  }

  /** Put Blob, Put Block, Put Block List and Get Blob of Azure's storage. */
  #store(request: IncomingMessage, url: URL, body: Buffer, response: ServerResponse): void {
    const { pathname, searchParams } = url
    if (request.method === 'GET' || request.method === 'HEAD') {
      const bytes = this.#blobs.get(pathname)
      if (bytes === undefined) return void response.writeHead(404).end()
      const range = /^bytes=(\d+)-(\d+)$/.exec(String(request.headers['x-ms-range'] ?? request.headers.range))
      const part = range === null ? bytes : bytes.subarray(Number(range[1]), Number(range[2]) + 1)
      response.writeHead(range === null ? 200 : 206, { 'content-length': part.length })
      return void response.end(request.method === 'HEAD' ? undefined : part)
    }
    const comp = searchParams.get('comp')
    if (comp === 'block') this.#blocks.set(`${pathname} ${searchParams.get('blockid')}`, body)
    else if (comp === 'blocklist') {
      const ids = [...body.toString().matchAll(/<Latest>([^<]*)<\/Latest>/g)].map(match => match[1])
      this.#blobs.set(pathname, Buffer.concat(ids.map(id => this.#blocks.get(`${pathname} ${id}`) ?? Buffer.alloc(0))))
    } else if (request.headers['x-ms-blob-type'] === 'BlockBlob') this.#blobs.set(pathname, body)
    else return void response.writeHead(400).end()
    const now = new Date().toUTCString()
    response.writeHead(201, { etag: '"0x8D"', 'last-modified': now, 'x-ms-request-id': randomUUID(), date: now }).end()
  }
}

function answer(response: ServerResponse, status: number, body: Record<string, unknown>): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
