/**
 * An issuer of identity tokens (OpenID Connect). `requestUrl` and `requestToken` are for a job's
 * ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN. Other than GitHub's, the address takes claims, too: as
 * JSON, in the body of a POST.
 * https://docs.github.com/actions/reference/security/oidc
 */
import { generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { Clock } from './clock.ts'
import { LoopbackServer, refusal } from './loopback-server.ts'
import type { Answer, Call, HttpFault, SeenRequest } from './loopback-server.ts'

export interface TokenOptions {
  audience?: string
  /** Seconds from the issuer's time to the token's end; negative: it has ended. Default: 300. */
  lifetimeSeconds?: number
}

const KEY = { alg: 'RS256', kid: 'lab' } as const
const LIFETIME_SECONDS = 300
/** What a runner's clock may be behind. */
const LEEWAY_SECONDS = 300

export class Issuer {
  /** What tokens of the token endpoint say beside issuer, audience and times. */
  claims: Record<string, unknown>
  /** Answered by the token endpoint in place of a token. */
  failure: { status: number; body?: string } | undefined
  /** Audiences that the token endpoint was asked for. */
  readonly audiences: (string | undefined)[] = []
  /** All tokens that were made, which no log may show. */
  readonly issued: string[] = []
  readonly requestToken = randomBytes(24).toString('base64url')
  readonly publicKey: KeyObject
  readonly clock: Clock
  readonly #privateKey: KeyObject
  #server: LoopbackServer | undefined

  private constructor(claims: Record<string, unknown>, clock: Clock) {
    this.claims = claims
    this.clock = clock
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    this.#privateKey = privateKey
    this.publicKey = publicKey
  }

  static async start(
    claims: Record<string, unknown> = {},
    { clock = new Clock(), seen }: { clock?: Clock; seen?: SeenRequest[] } = {}
  ): Promise<Issuer> {
    const issuer = new Issuer(claims, clock)
    issuer.#server = await LoopbackServer.start('issuer', call => issuer.#serve(call), seen)
    return issuer
  }

  /** Its address, which its tokens name. */
  get issuer(): string {
    return this.#server!.url
  }

  /** It has a query already, to which `&audience=` is added. */
  get requestUrl(): string {
    return `${this.issuer}/token?api-version=2.0`
  }

  set fault(fault: HttpFault | undefined) {
    this.#server!.fault = fault
  }

  /**
   * A signed token with these claims; issuer, audience, times and `jti` are added where the claims lack them.
   * https://www.rfc-editor.org/rfc/rfc7519
   */
  token(claims: Record<string, unknown> = this.claims, options: TokenOptions = {}): string {
    const { audience = 'sigstore', lifetimeSeconds = LIFETIME_SECONDS } = options
    const now = this.clock.seconds()
    const times = { iat: now, nbf: now - LEEWAY_SECONDS, exp: now + lifetimeSeconds }
    const payload = { jti: randomUUID(), iss: this.issuer, aud: audience, ...times, ...claims }
    const text = [{ ...KEY, typ: 'JWT' }, payload]
      .map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
    const token = `${text}.${sign('sha256', Buffer.from(text), this.#privateKey).toString('base64url')}`
    this.issued.push(token)
    return token
  }

  async close(): Promise<void> {
    await this.#server?.close()
  }

  #serve({ path, query, headers, body }: Call): Answer {
    if (path === '/.well-known/openid-configuration') {
      return { status: 200, body: { issuer: this.issuer, jwks_uri: `${this.issuer}/.well-known/jwks` } }
    }
    if (path === '/.well-known/jwks') {
      return { status: 200, body: { keys: [{ ...this.publicKey.export({ format: 'jwk' }), ...KEY, use: 'sig' }] } }
    }
    if (path !== '/token') return refusal(404, 'Not Found')
    if (this.failure) return { status: this.failure.status, body: this.failure.body ?? '' }
    if (headers.authorization !== `Bearer ${this.requestToken}`) return refusal(401, 'Unauthorized')
    const audience = query.get('audience') ?? undefined
    this.audiences.push(audience)
    const asked = body.length > 0 ? (JSON.parse(body.toString()) as Record<string, unknown>) : {}
    const value = this.token({ ...this.claims, ...asked }, { audience: audience ?? 'https://github.com/octo-org' })
    return { status: 200, body: { count: value.length, value } }
  }
}
