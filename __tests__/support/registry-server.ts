import { createHash, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { cutAnswer, loseAnswer, perform } from './registry-fault.ts'
import type { Fault } from './registry-fault.ts'

export type { Fault }

/** A registry in this process, over HTTP on 127.0.0.1, that does what the distribution specification says until told to fail. */
export interface RegistryServerOptions {
  auth?: {
    scheme: 'basic' | 'token'
    username: string
    password: string
    /** Accepted as an OAuth2 refresh token. */
    identityToken?: string
    /** Where the token service is said to be; by default on this server. */
    realm?: string
    expiresInS?: number
  }
  location?: 'absolute' | 'relative'
  /** Whether blobs can be mounted from another repository. */
  mount?: boolean
  /** Blobs are answered with a redirect to `BASE/DIGEST`. */
  blobsAt?: string
  tls?: { key: string; cert: string }
  /** Without it the registry has no referrers API. */
  referrers?: {
    /** Whether the answer to a manifest with a subject says so (`OCI-Subject`); by default it does. */
    header?: boolean
    /** Whether `?artifactType=` is heeded; by default it is. */
    filter?: boolean
    /** Entries to a page; by default there is one page. */
    pageSize?: number
    /** Says the config's media type in place of the artifact's and no annotations, as go-containerregistry does. */
    vague?: boolean
    /** Lists nothing, whatever was pushed; or nothing of this type. */
    blind?: boolean | string
  }
}

export interface Exchange {
  method: string
  /** Path and query as they came. */
  path: string
  headers: IncomingHttpHeaders
  bodyBytes: number
  /** Tells connections apart. */
  port: number
}

const INDEX = 'application/vnd.oci.image.index.v1+json'

export class RegistryServer {
  readonly blobs = new Map<string, Buffer>()
  /** By `REPOSITORY@REFERENCE`. */
  readonly manifests = new Map<string, { bytes: Buffer; mediaType: string }>()
  readonly exchanges: Exchange[] = []
  readonly faults: Fault[] = []
  /** Called once an exchange is answered, before the next request is read: time for another client's doing. */
  afterwards: (exchange: Exchange) => void = () => {}
  readonly #uploads = new Map<string, Buffer[]>()
  readonly #tokens = new Set<string>()
  readonly #server: Server
  readonly #options: RegistryServerOptions

  private constructor(options: RegistryServerOptions) {
    this.#options = options
    const listener = (request: IncomingMessage, response: ServerResponse) => void this.#serve(request, response)
    this.#server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener)
    this.#server.keepAliveTimeout = 60_000
  }

  static async start(options: RegistryServerOptions = {}): Promise<RegistryServer> {
    const server = new RegistryServer(options)
    await new Promise<void>(resolve => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get host(): string {
    return `127.0.0.1:${this.port}`
  }

  /** Makes every token invalid that was given out so far. */
  revokeTokens(): void {
    this.#tokens.clear()
  }

  addBlob(bytes: Buffer): { digest: `sha256:${string}`; size: number } {
    const digest = sha256(bytes)
    this.blobs.set(digest, bytes)
    return { digest, size: bytes.length }
  }

  /** `METHOD PATH` of what was asked, without the variable parts. */
  get calls(): string[] {
    return this.exchanges.map(({ method, path }) => {
      const short = path.replace(/\?.*/, '').replace(/[0-9a-f]{8}-[0-9a-f-]+/, 'UUID')
      return `${method} ${short.replace(/sha256:[0-9a-f]{58}/, 'sha256:…')}`
    })
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = request
    const exchange: Exchange = { method, path, headers, bodyBytes: 0, port: request.socket.remotePort ?? 0 }
    this.exchanges.push(exchange)
    const fault = this.#nextFault(method, path, request.headers.range)
    await fault?.after
    const chunks: Buffer[] = []
    try {
      if (fault?.afterBytes === 0) {
        perform(fault, request, response)
        return
      }
      // Who may not come in is told so before the body is read, as registries do.
      if (!fault && !path.startsWith('/token') && !this.#isAuthorized(headers)) {
        this.#challenge(path, method, response)
        return
      }
      for await (const chunk of request) {
        exchange.bodyBytes += (chunk as Buffer).length
        chunks.push(chunk as Buffer)
        if (fault?.afterBytes !== undefined && exchange.bodyBytes >= fault.afterBytes) break
      }
      if (fault && perform(fault, request, response)) return
      if (fault?.loseAnswer) loseAnswer(response)
      if (fault?.cutAnswerAfter !== undefined) cutAnswer(response, fault.cutAnswerAfter)
      this.#answer(exchange, Buffer.concat(chunks), response)
      this.afterwards(exchange)
    } catch {
      response.destroy() // the client went away
    }
  }

  #nextFault(method: string, path: string, range = ''): Fault | undefined {
    const fault = this.faults.find(f => f.method === method && f.path.test(path) && (f.range?.test(range) ?? true))
    if (!fault) return undefined
    fault.times = (fault.times ?? 1) - 1
    if (fault.times <= 0) this.faults.splice(this.faults.indexOf(fault), 1)
    return fault
  }

  #isAuthorized(headers: IncomingHttpHeaders): boolean {
    const { auth } = this.#options
    if (!auth) return true
    if (auth.scheme === 'basic') return headers.authorization === basic(auth)
    return this.#tokens.has((headers.authorization ?? '').replace(/^Bearer /, ''))
  }

  #challenge(path: string, method: string, response: ServerResponse): void {
    const repository = /^\/v2\/(.+?)\/(?:blobs|manifests)\//.exec(path)?.[1] ?? ''
    const realm = this.#options.auth?.realm ?? `http://${this.host}/token`
    const actions = method === 'GET' || method === 'HEAD' ? 'pull' : 'pull,push'
    const challenge =
      this.#options.auth?.scheme === 'basic'
        ? 'Basic realm="test"'
        : `Bearer realm="${realm}",service="test registry",scope="repository:${repository}:${actions}"`
    response.writeHead(401, { 'www-authenticate': challenge, 'content-type': 'application/json' })
    response.end(JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] }))
  }

  #answer({ method, path, headers }: Exchange, body: Buffer, response: ServerResponse): void {
    const url = new URL(path, `http://${this.host}`)
    // By which clients find out whether this is a registry.
    if (url.pathname === '/v2/') return void response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    if (url.pathname === '/token') return this.#giveToken(method, headers, body, response)
    const [, repository, kind, rest] =
      /^\/v2\/(.+?)\/(blobs\/uploads|blobs|manifests|referrers)\/(.*)$/.exec(url.pathname) ?? []
    if (repository === undefined || rest === undefined) return failed(response, 404, 'UNSUPPORTED')
    if (kind === 'blobs/uploads') this.#upload(method, repository, rest, url, body, response)
    else if (kind === 'blobs') this.#blob(rest, headers.range, response)
    else if (kind === 'referrers') this.#list(repository, rest, url, response)
    else this.#manifest(method, `${repository}@${rest}`, repository, headers, body, response)
  }

  #giveToken(method: string, headers: IncomingHttpHeaders, body: Buffer, response: ServerResponse): void {
    const { auth } = this.#options
    const form = new URLSearchParams(body.toString())
    const known =
      method === 'POST'
        ? form.get('refresh_token') === auth?.identityToken
        : !auth || headers.authorization === basic(auth)
    if (!known) return failed(response, 401, 'UNAUTHORIZED', 'wrong credentials')
    const token = `token-${randomUUID()}`
    this.#tokens.add(token)
    const answer = { [method === 'POST' ? 'access_token' : 'token']: token, expires_in: auth?.expiresInS ?? 300 }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }

  #upload(method: string, repository: string, id: string, url: URL, body: Buffer, response: ServerResponse): void {
    const mounted = url.searchParams.get('mount')
    if (method === 'POST' && mounted !== null && this.#options.mount && this.blobs.has(mounted)) {
      return void response.writeHead(201, { location: `/v2/${repository}/blobs/${mounted}` }).end()
    }
    if (method === 'POST') {
      const session = randomUUID()
      this.#uploads.set(session, [])
      return void response.writeHead(202, { location: this.#location(repository, session) }).end()
    }
    const parts = this.#uploads.get(id)
    if (!parts || url.searchParams.get('_state') !== 'a+b/c=') return failed(response, 404, 'BLOB_UPLOAD_UNKNOWN')
    parts.push(body)
    if (method === 'PATCH') return void response.writeHead(202, { location: this.#location(repository, id) }).end()
    const bytes = Buffer.concat(parts)
    this.#uploads.delete(id)
    const digest = url.searchParams.get('digest') ?? ''
    if (digest !== sha256(bytes)) return failed(response, 400, 'DIGEST_INVALID', 'provided digest did not match')
    this.blobs.set(digest, bytes)
    response.writeHead(201, { 'docker-content-digest': digest, location: `/v2/${repository}/blobs/${digest}` }).end()
  }

  /** With a query that a client must hand back as it is. */
  #location(repository: string, session: string): string {
    const base = this.#options.location === 'relative' ? '' : `http${this.#options.tls ? 's' : ''}://${this.host}`
    return `${base}/v2/${repository}/blobs/uploads/${session}?_state=a%2Bb%2Fc%3D`
  }

  #blob(digest: string, range: string | undefined, response: ServerResponse): void {
    const bytes = this.blobs.get(digest)
    if (!bytes) return failed(response, 404, 'BLOB_UNKNOWN', 'blob unknown to registry')
    if (this.#options.blobsAt !== undefined) {
      return void response.writeHead(307, { location: `${this.#options.blobsAt}/${digest}?signature=s3cr3t` }).end()
    }
    const [, first = '0', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? []
    const start = Number(first)
    if (start >= bytes.length && start > 0) return failed(response, 416, 'RANGE_INVALID')
    const end = last === '' ? bytes.length : Math.min(bytes.length, Number(last) + 1)
    const part = bytes.subarray(start, end)
    const contentRange = range === undefined ? {} : { 'content-range': `bytes ${start}-${end - 1}/${bytes.length}` }
    response.writeHead(range === undefined ? 200 : 206, { 'content-length': part.length, ...contentRange }).end(part)
  }

  #manifest(
    method: string,
    key: string,
    repository: string,
    headers: IncomingHttpHeaders,
    body: Buffer,
    response: ServerResponse
  ): void {
    if (method === 'PUT') {
      const stored = { bytes: body, mediaType: headers['content-type'] ?? '' }
      this.manifests.set(key, stored).set(`${repository}@${sha256(body)}`, stored)
      const subject = this.#options.referrers?.header === false ? undefined : subjectOf(body)
      const handled = this.#options.referrers && subject !== undefined ? { 'oci-subject': subject } : {}
      return void response.writeHead(201, { 'docker-content-digest': sha256(body), ...handled }).end()
    }
    const found = this.manifests.get(key)
    if (!found) return failed(response, 404, 'MANIFEST_UNKNOWN')
    const { bytes, mediaType } = found
    response
      .writeHead(200, {
        'content-type': mediaType,
        'content-length': bytes.length,
        'docker-content-digest': sha256(bytes)
      })
      .end(method === 'HEAD' ? undefined : bytes)
  }

  /** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers */
  #list(repository: string, subject: string, url: URL, response: ServerResponse): void {
    const { referrers } = this.#options
    if (!referrers) return failed(response, 404, 'UNSUPPORTED')
    const { filter = true, pageSize = Infinity, vague, blind } = referrers
    const wanted = filter ? url.searchParams.get('artifactType') : null
    const all = this.#referrers(repository, subject, vague).filter(
      r => blind !== true && r.artifactType !== blind && (wanted === null || r.artifactType === wanted)
    )
    const from = Number(url.searchParams.get('last') ?? 0)
    const to = from + pageSize
    const next = new URL(url)
    next.searchParams.set('last', String(to))
    const index = { schemaVersion: 2, mediaType: INDEX, manifests: all.slice(from, to) }
    response.writeHead(200, {
      'content-type': INDEX,
      ...(wanted !== null && { 'oci-filters-applied': 'artifactType' }),
      ...(to < all.length && { link: `<${next.pathname}${next.search}>; rel="next"` })
    })
    response.end(JSON.stringify(index))
  }

  #referrers(repository: string, subject: string, vague = false): { artifactType: string | undefined }[] {
    const own = [...this.manifests].filter(([key, { bytes }]) => key === `${repository}@${sha256(bytes)}`)
    return own
      .filter(([, { bytes }]) => subjectOf(bytes) === subject)
      .map(([, { bytes, mediaType }]) => {
        const manifest = JSON.parse(bytes.toString()) as Record<string, unknown> & { config?: { mediaType: string } }
        const artifactType = (!vague && (manifest.artifactType as string | undefined)) || manifest.config?.mediaType
        const { annotations } = vague ? {} : manifest
        return { mediaType, digest: sha256(bytes), size: bytes.length, artifactType, annotations }
      })
  }
}

function subjectOf(bytes: Buffer): string | undefined {
  try {
    return (JSON.parse(bytes.toString()) as { subject?: { digest?: string } }).subject?.digest
  } catch {
    return undefined
  }
}

export function sha256(bytes: Buffer | string): `sha256:${string}` {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

function basic({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

function failed(response: ServerResponse, status: number, code: string, message = code.toLowerCase()): void {
  const body = JSON.stringify({ errors: [{ code, message }] })
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length }).end(body)
}
