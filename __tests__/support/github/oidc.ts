/**
 * The issuer of identity tokens for a job. Its `requestUrl` and `requestToken` are for ACTIONS_ID_TOKEN_REQUEST_URL and
 * ACTIONS_ID_TOKEN_REQUEST_TOKEN. https://docs.github.com/actions/reference/security/oidc
 */
import { generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export class OidcServer {
  /** What the tokens say beside issuer, audience and times. */
  claims: Record<string, unknown>
  /** Answered in place of a token. */
  failure: { status: number; body?: string } | undefined
  /** Audiences that were asked for. */
  readonly audiences: (string | undefined)[] = []
  /** All tokens that were given out, which no log may show. */
  readonly issued: string[] = []
  readonly requestToken = randomBytes(24).toString('base64url')
  readonly publicKey: KeyObject
  readonly #privateKey: KeyObject
  readonly #server: Server

  private constructor(claims: Record<string, unknown>) {
    this.claims = claims
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    this.#privateKey = privateKey
    this.publicKey = publicKey
    this.#server = createServer((request, response) => this.#serve(request, response))
  }

  static async start(claims: Record<string, unknown> = {}): Promise<OidcServer> {
    const server = new OidcServer(claims)
    await new Promise<void>(resolve => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** It has a query already, to which `&audience=` is added. */
  get requestUrl(): string {
    return `${this.issuer}/token?api-version=2.0`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.issuer)
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (url.pathname === '/.well-known/openid-configuration') {
      return answer(200, { issuer: this.issuer, jwks_uri: `${this.issuer}/.well-known/jwks` })
    }
    if (url.pathname === '/.well-known/jwks') {
      return answer(200, { keys: [{ ...this.publicKey.export({ format: 'jwk' }), ...KEY, use: 'sig' }] })
    }
    if (url.pathname !== '/token') return answer(404, { message: 'Not Found' })
    if (this.failure) return void response.writeHead(this.failure.status).end(this.failure.body)
    if (request.headers.authorization !== `Bearer ${this.requestToken}`) {
      return answer(401, { message: 'Unauthorized' })
    }
    const audience = url.searchParams.get('audience') ?? undefined
    this.audiences.push(audience)
    const value = this.#token(audience ?? 'https://github.com/octo-org')
    this.issued.push(value)
    answer(200, { count: value.length, value })
  }

  /** https://www.rfc-editor.org/rfc/rfc7519 */
  #token(audience: string): string {
    const now = Math.floor(Date.now() / 1000)
    const times = { iat: now, nbf: now - 300, exp: now + 300 }
    const payload = { ...this.claims, iss: this.issuer, aud: audience, jti: randomUUID(), ...times }
    const text = [{ ...KEY, typ: 'JWT' }, payload]
      .map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
    return `${text}.${sign('sha256', Buffer.from(text), this.#privateKey).toString('base64url')}`
  }
}

const KEY = { alg: 'RS256', kid: 'test' } as const
