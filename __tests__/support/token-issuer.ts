/** An issuer of identity tokens that answers whatever a test wants, for what the lab's well-behaved one does not do. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SignJWT } from 'jose'
import type { Ports } from '../../src/ports.ts'
import { silentProgress } from '../../src/ports.ts'

export type Document = 'configuration' | 'keys' | 'token'
export type Answering = (response: ServerResponse, request: IncomingMessage) => void

const PATHS: Readonly<Record<string, Document>> = {
  '/.well-known/openid-configuration': 'configuration',
  '/keys': 'keys',
  '/token': 'token'
}
/** So that nothing here waits for long. */
export const QUICK = {
  http: { connectTimeoutMs: 2000, idleTimeoutMs: 150, answerTimeoutMs: 150 },
  backoff: { attempts: 2, firstMs: 1, factor: 1, maxMs: 1, jitter: 0 }
}

export class TokenIssuer {
  /** Answers in place of the right document. */
  answers: Partial<Record<Document, Answering>> = {}
  /** What was asked for, in order. */
  readonly asked: Document[] = []
  /** How far its clock, in every answer and token, is ahead. */
  clockAheadMs = 0
  /** The last token that was made. */
  token = ''
  readonly #server: Server
  readonly #keys: { privateKey: KeyObject; publicKey: KeyObject }

  private constructor() {
    this.#keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.#server = createServer((request, response) => this.#answer(request, response))
  }

  static async start(): Promise<TokenIssuer> {
    const issuer = new TokenIssuer()
    await new Promise<void>(resolve => issuer.#server.listen(0, '127.0.0.1', resolve))
    return issuer
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get publicJwk(): Record<string, unknown> {
    return { ...this.#keys.publicKey.export({ format: 'jwk' }), kid: 'one' }
  }

  /** Claims that are undefined are left out. */
  async sign(
    claims: Record<string, unknown>,
    { key = this.#keys.privateKey, alg = 'ES256' }: { key?: KeyObject | Uint8Array; alg?: string } = {}
  ): Promise<string> {
    const now = Math.floor((Date.now() + this.clockAheadMs) / 1000)
    const times = { iat: now, nbf: now - 5, exp: now + 300 }
    const payload = { iss: this.url, aud: 'sigstore', ...times, ...claims }
    this.token = await new SignJWT(payload).setProtectedHeader({ alg, kid: 'one', typ: 'JWT' }).sign(key)
    return this.token
  }

  reset(): void {
    this.answers = {}
    this.asked.length = 0
    this.clockAheadMs = 0
  }

  async close(): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const document = PATHS[new URL(request.url ?? '/', this.url).pathname]
    if (document === undefined) return void response.writeHead(404).end()
    this.asked.push(document)
    response.setHeader('date', new Date(Date.now() + this.clockAheadMs).toUTCString())
    const answer = this.answers[document]
    if (answer !== undefined) return answer(response, request)
    const documents = {
      configuration: { issuer: this.url, jwks_uri: `${this.url}/keys` },
      keys: { keys: [this.publicJwk] },
      token: { value: this.token }
    }
    json(documents[document])(response, request)
  }
}

export const json =
  (value: unknown): Answering =>
  response =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))

/** Ports that keep what is logged. */
export function listeningPorts(env: Ports['env'] = {}): { ports: Ports; lines: string[] } {
  const lines: string[] = []
  const write = (line: string): void => void lines.push(line)
  const log = { debug: write, info: write, warn: write }
  return { ports: { log, progress: silentProgress, env, signal: new AbortController().signal }, lines }
}
