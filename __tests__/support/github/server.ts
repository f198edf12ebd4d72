/**
 * A forge of the tests: github.com or a GitHub Enterprise host, over HTTP on 127.0.0.1, upon real Git repositories.
 *
 *     const server = await GitHubServer.start({ repository: 'octo-org/project', files: { 'flake.nix': '…' } })
 *     const token = server.issueToken({ kind: 'job', permissions: { contents: 'write', 'pull-requests': 'write' } })
 *     // GITHUB_SERVER_URL, GITHUB_API_URL, GITHUB_GRAPHQL_URL: server.serverUrl, server.apiUrl, server.graphqlUrl
 *     server.before({ field: 'createCommitOnBranch' }, () => server.repository.commit('nix-seed', { a: 'theirs' }))
 *     server.fail({ method: 'POST', path: '/repos/{owner}/{repo}/pulls' }, { kind: 'status', status: 502 })
 *     …
 *     await server.repository.read('nix-seed', 'seed.json')   // also commit, head, branches, log, setBranch, folder
 *     server.pullRequests                                     // state, draft, labels, autoMerge, body, …
 *     server.repository.settings.actionsMayOpenPullRequests = false
 *     expect(server.violations).toEqual([])                   // what GitHub would not know, asked or answered
 *     await server.close()
 *
 * With `tls` it listens on port 443 of a loopback address of its own, under the names of the real hosts (this takes root, so
 * the lab). Programs find it there if they are started by `server.enclose(command)` and trust it with
 * `server.trustEnvironment`; the machine is left as it is. Several servers can be put around one command.
 *
 * Identity tokens come from `lab/sigstore/issuer.ts`.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { makeCertificate } from '../certificate.ts'
import { Addresses } from './addresses.ts'
import type { Place } from './addresses.ts'
import { Armory, answerOf } from './faults.ts'
import type { Answer, Fault, Matcher, RequestInfo } from './faults.ts'
import { loopbackAddress, withHosts } from './hosts.ts'
import { graphqlRoot } from './graphql.ts'
import type { PullRequest } from './pull-request.ts'
import { Refusal } from './refusal.ts'
import { Repository } from './repository.ts'
import type { RepositoryOptions } from './repository.ts'
import { RestApi, refusalOf } from './rest.ts'
import { fieldsOf, runQuery } from './schema.ts'
import type { GraphqlRequest } from './schema.ts'
import { Tokens, makeUser } from './tokens.ts'
import type { Token, TokenOptions } from './tokens.ts'
import { Web } from './web.ts'

export interface GitHubServerOptions extends RepositoryOptions {
  /** `OWNER/NAME` of the main one. */
  repository?: string
  /** The layout of addresses: `api.github.com`, or `/api/v3` of one host. */
  kind?: 'github.com' | 'enterprise'
  /** Serves HTTPS, on port 443. */
  tls?: boolean
  /** Name of an Enterprise host. */
  host?: string
}

/** A request that came in. */
export interface LoggedRequest extends RequestInfo {
  /** Undefined while it is served, and where there was no answer. */
  status: number | undefined
}

export class GitHubServer {
  readonly requests: LoggedRequest[] = []
  /** Requests that GitHub would not understand, and answers that it would not give. */
  readonly violations: string[] = []
  readonly repositories: Repository[] = []
  /** What fails next. */
  readonly faults = new Armory<Fault>()
  /** The certificate to trust, as PEM in a file; undefined without TLS. */
  readonly caFile: string | undefined
  /** On which it listens. */
  readonly address: string
  readonly #hooks = new Armory<(request: RequestInfo) => unknown>()
  readonly #tokens = new Tokens()
  readonly #server: Server
  readonly #folder: string
  readonly #options: GitHubServerOptions
  #addresses: Addresses
  #rest: RestApi | undefined
  #web: Web | undefined
  /** The API does one thing after the other, so that each sees the repository as the one before left it. */
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(options: GitHubServerOptions) {
    this.#options = options
    const { tls = false } = options
    this.#folder = mkdtempSync(join(tmpdir(), 'github-server-'))
    this.address = tls ? loopbackAddress() : '127.0.0.1'
    this.#addresses = this.#makeAddresses(undefined)
    const listener = (request: IncomingMessage, response: ServerResponse) => void this.#serve(request, response)
    if (!tls) this.#server = createServer(listener)
    else {
      const certificate = makeCertificate(...this.#addresses.hosts)
      this.caFile = join(this.#folder, 'ca.pem')
      writeFileSync(this.caFile, certificate.cert)
      this.#server = createTlsServer(certificate, listener)
    }
    this.#server.keepAliveTimeout = 60_000
  }

  static async start(options: GitHubServerOptions = {}): Promise<GitHubServer> {
    const server = new GitHubServer(options)
    await server.#listen()
    const find = (fullName: string) => server.#find(fullName)
    const web = new Web({ codeload: server.#addresses.codeload, find })
    server.#web = web
    const report = (violation: string) => void server.violations.push(violation)
    const archive = (repository: Repository, oid: string) => web.archive(repository, oid)
    server.#rest = new RestApi({ bases: server.#addresses, find, report, archive })
    await server.addRepository(options.repository ?? 'octo-org/project', options)
    return server
  }

  async #listen(): Promise<void> {
    const { tls = false } = this.#options
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(tls ? 443 : 0, this.address, resolve)
    })
    if (!tls) this.#addresses = this.#makeAddresses(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`)
  }

  #makeAddresses(plainUrl: string | undefined): Addresses {
    const { kind, host = 'github.test' } = this.#options
    return new Addresses({ isEnterprise: kind === 'enterprise', host, plainUrl })
  }

  async addRepository(fullName: string, options: RepositoryOptions = {}): Promise<Repository> {
    const repository = await Repository.make(fullName, options)
    this.repositories.push(repository)
    return repository
  }

  /** The main one. */
  get repository(): Repository {
    return this.repositories[0]!
  }

  get pullRequests(): readonly PullRequest[] {
    return this.repository.pullRequests
  }

  /** For GITHUB_SERVER_URL. */
  get serverUrl(): string {
    return this.#addresses.web
  }

  /** For GITHUB_API_URL. */
  get apiUrl(): string {
    return this.#addresses.api
  }

  /** For GITHUB_GRAPHQL_URL. */
  get graphqlUrl(): string {
    return this.#addresses.graphql
  }

  /** The command such that the names of the hosts lead here. */
  enclose(command: readonly string[]): string[] {
    return withHosts(this.#folder, this.address, this.#addresses.hosts, command)
  }

  /** What makes Node.js, Nix, Git and curl trust the server. */
  get trustEnvironment(): Record<string, string> {
    const { caFile } = this
    if (caFile === undefined) return {}
    return { NODE_EXTRA_CA_CERTS: caFile, NIX_SSL_CERT_FILE: caFile, GIT_SSL_CAINFO: caFile, CURL_CA_BUNDLE: caFile }
  }

  /** `METHOD PATH` of the requests, with the fields of GraphQL after it. */
  get calls(): string[] {
    return this.requests.map(({ method, path, fields }) => [method, path, ...fields].join(' '))
  }

  issueToken(options: TokenOptions): string {
    return this.#tokens.issue(options, this.repository.fullName)
  }

  revokeToken(token: string): void {
    this.#tokens.revoke(token)
  }

  /** Makes the next requests that match fail. */
  fail(matcher: Matcher, fault: Fault, times = 1): void {
    this.faults.arm(matcher, fault, times)
  }

  /** Has `action` run to its end just before the next requests that match are served. */
  before(matcher: Matcher, action: (request: RequestInfo) => unknown, times = 1): void {
    this.#hooks.arm(matcher, action, times)
  }

  isVerified(oid: string): boolean {
    return this.repositories.some(repository => repository.isVerified(oid))
  }

  /** Merges a pull request of the main repository as a person would; the id of the merge commit. */
  async merge(number: number, by = 'octocat'): Promise<string> {
    const pull = this.repository.pullRequest(number)
    if (pull?.state !== 'open') throw new Error(`pull request ${number} is not open`)
    const oid = await this.repository.mergePullRequest(pull, makeUser(by))
    if (oid === undefined) throw new Error(`pull request ${number} has conflicts`)
    return oid
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
    await Promise.all(this.repositories.map(repository => repository.close()))
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #find(fullName: string): Repository | undefined {
    return this.repositories.find(known => known.fullName.toLowerCase() === fullName.toLowerCase())
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#exchange(request, response)
    } catch (error) {
      // A client that goes away is no defect of this server; anything else is.
      if (!request.socket.destroyed) this.violations.push(`the server failed: ${String(error)}`)
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end(JSON.stringify({ message: String(error) }))
    }
  }

  async #exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.serverUrl)
    const place = this.#addresses.placeOf(url.pathname, request.headers.host ?? '')
    // What comes for Git goes to Git as it is.
    const text = place.kind === 'web' ? '' : (await buffer(request)).toString()
    const info = this.#log(request, url, place, text)
    response.once('finish', () => (info.status = response.statusCode))
    await this.#hooks.take(info)?.(info)
    const fault = this.faults.take(info)
    if (fault?.kind === 'cut') return void request.socket.destroy()
    if (fault?.kind === 'slow') await new Promise(resolve => setTimeout(resolve, fault.ms))
    const instead = fault && answerOf(fault, info)
    if (instead) {
      send(response, instead)
      return
    }
    if (fault?.kind === 'lost-answer') loseAnswer(response)
    if (place.kind === 'web') return this.#serveWeb(request, url, response)
    send(response, await this.#inTurn(() => this.#answer(request, url, place, text).catch(refusalOf)))
  }

  #log(request: IncomingMessage, url: URL, place: Place, text: string): LoggedRequest {
    const { method = 'GET', headers } = request
    const query = place.kind === 'graphql' ? parseJson(text) : undefined
    const found = place.kind === 'rest' ? this.#rest?.find(method, place.path) : undefined
    const info: LoggedRequest = {
      method,
      path: decodeURIComponent(place.path),
      // Tickets of archives are secrets.
      query: place.kind === 'web' ? {} : Object.fromEntries(url.searchParams),
      route: found?.path,
      fields: typeof query?.query === 'string' ? fieldsOf(query.query) : [],
      token: this.#tokens.peek(headers.authorization),
      status: undefined
    }
    this.requests.push(info)
    return info
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(action)
    this.#turn = result.catch(() => {})
    return result
  }

  async #answer(request: IncomingMessage, url: URL, place: Place, text: string): Promise<Answer> {
    const { method = 'GET', headers } = request
    const token = this.#tokens.authenticate(headers.authorization)
    const body = text === '' ? undefined : parseJson(text)
    if (text !== '' && body === undefined) {
      this.violations.push(`${method} ${place.path}: the body is not JSON`)
      throw new Refusal(400, 'Problems parsing JSON')
    }
    if (place.kind === 'graphql') return this.#answerGraphql(method, body, token)
    const found = this.#rest?.find(method, place.path)
    if (found === undefined || this.#rest === undefined) {
      this.violations.push(`${method} ${place.path}: no such route`)
      throw new Refusal(404, 'Not Found')
    }
    return this.#rest.answer({ found, address: url, body, accept: headers.accept ?? '', token })
  }

  async #answerGraphql(method: string, body: unknown, token: Token | undefined): Promise<Answer> {
    if (token === undefined) throw new Refusal(401, 'This endpoint requires you to be authenticated.')
    const report = (violation: string) => void this.violations.push(violation)
    if (method !== 'POST' || typeof (body as GraphqlRequest | undefined)?.query !== 'string') {
      report(`${method} /graphql: a query was attribute nil`)
      throw new Refusal(400, 'A query attribute must be specified and must be a string.')
    }
    const root = graphqlRoot({ bases: this.#addresses, repositories: this.repositories, token })
    return { status: 200, json: await runQuery(body as GraphqlRequest, root, report) }
  }

  async #serveWeb(request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> {
    try {
      const token = this.#tokens.authenticate(request.headers.authorization)
      if (await this.#web?.serveGit(request, url, token, response)) return
      const answer = await this.#web?.answer(
        decodeURIComponent(url.pathname),
        url.searchParams.get('token') ?? undefined,
        token
      )
      if (answer === undefined) {
        this.violations.push(`${request.method} ${url.pathname}: no such page`)
        throw new Refusal(404, 'Not Found')
      }
      send(response, answer)
    } catch (error) {
      send(response, refusalOf(error))
    }
  }
}

/** What is written from now on does not arrive. */
function loseAnswer(response: ServerResponse): void {
  response.writeHead = () => {
    response.socket?.destroy()
    return response
  }
}

function send(response: ServerResponse, { status, headers = {}, json, bytes }: Answer): void {
  const body = bytes ?? (json === undefined ? '' : JSON.stringify(json))
  response.writeHead(status, {
    ...(json !== undefined && { 'content-type': 'application/json; charset=utf-8' }),
    ...(status !== 204 && { 'content-length': Buffer.byteLength(body) }),
    'x-github-request-id': 'TEST:0:0',
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': '4999',
    'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 3600),
    ...headers
  })
  response.end(body)
}

function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return undefined
  }
}
