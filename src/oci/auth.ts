import { SeedError } from '../errors.ts'
import { ensureStatus, readBody } from '../http.ts'
import type { HttpClient, HttpResponse } from '../http.ts'
import { HttpError } from '../http/error.ts'
import { isLoopback } from '../http/proxy.ts'
import type { Credentials } from './credentials.ts'

/** What is asked of a token service, as `repository:NAME:ACTIONS`. */
export type Scope = string

export interface Challenge {
  /** In lower case. */
  scheme: string
  /** Names in lower case. */
  parameters: Record<string, string>
}

interface Token {
  value: string
  expiresAtMs: number
}

const TOKEN_BODY_BYTES = 1024 * 1024
// https://distribution.github.io/distribution/spec/auth/token/: 60 seconds where a service does not say.
const TOKEN_LIFETIME_S = 60
// A token is not used in its last seconds: a request on the way would be late. Short lives keep half.
const TOKEN_MARGIN_MS = 10_000
const CLIENT_ID = 'nix-seed'

/**
 * Knows how one registry wants to be spoken to. Nothing is sent until the registry has asked, credentials are not even
 * looked up; what is found then goes to the registry's own origin and to the token service that it names, nowhere else.
 *
 * https://distribution.github.io/distribution/spec/auth/token/ and …/oauth/
 */
export class Authorizer {
  readonly #client: HttpClient
  readonly #origin: URL
  readonly #lookUp: () => Promise<Credentials | undefined>
  #credentials?: Promise<Credentials | undefined>
  #challenge?: Challenge
  readonly #tokens = new Map<string, Promise<Token>>()
  readonly #secrets = new Set<string>()

  constructor(client: HttpClient, origin: URL, lookUp: () => Promise<Credentials | undefined>) {
    this.#client = client
    this.#origin = origin
    this.#lookUp = lookUp
  }

  /** The Authorization header for `scopes` (and what a challenge `wanted`), as far as the registry has asked for one. */
  async header(scopes: readonly Scope[], wanted?: string): Promise<string | undefined> {
    if (this.#challenge?.scheme === 'basic') return await this.#basic()
    if (this.#challenge?.scheme !== 'bearer') return undefined
    const credentials = await this.#known()
    if (credentials && 'registryToken' in credentials) return this.#secret(`Bearer ${credentials.registryToken}`)
    return this.#secret(`Bearer ${(await this.#token(scopes, wanted)).value}`)
  }

  /**
   * To be called after a 401, with the header that was refused: learns how to ask and drops what was refused, unless
   * another request has renewed it meanwhile.
   *
   * @returns false if there is nothing new to send.
   */
  async renew(response: HttpResponse, scopes: readonly Scope[], refused: string | undefined): Promise<boolean> {
    const challenges = parseChallenges(response.headers['www-authenticate'] ?? '')
    const challenge = challenges.find(c => c.scheme === 'bearer') ?? challenges.find(c => c.scheme === 'basic')
    if (!challenge) return false
    this.#challenge = challenge
    const cached = this.#tokens.get(keyOf(scopes))
    if (refused !== undefined && cached && (await settled(cached)) === refused) this.#tokens.delete(keyOf(scopes))
    const header = await this.header(scopes, challenge.parameters.scope)
    return header !== undefined && header !== refused
  }

  /** Whether the last answers were had with credentials, for a hint. */
  async isAnonymous(): Promise<boolean> {
    return this.#credentials === undefined || (await this.#credentials.catch(() => undefined)) === undefined
  }

  /** `text` without any secret that went to or came from this registry: a hostile one may echo them. */
  redact(text: string): string {
    let clean = text
    for (const secret of [...this.#secrets].sort((a, b) => b.length - a.length)) clean = clean.replaceAll(secret, '***')
    return clean
  }

  #known(): Promise<Credentials | undefined> {
    this.#credentials ??= this.#lookUp().then(credentials => {
      for (const [name, value] of Object.entries(credentials ?? {})) if (name !== 'username') this.#secret(value)
      return credentials
    })
    return this.#credentials
  }

  #secret(text: string): string {
    const bare = text.replace(/^(?:Bearer|Basic) /, '')
    if (bare !== '') this.#secrets.add(bare)
    return text
  }

  async #basic(): Promise<string | undefined> {
    const credentials = await this.#known()
    if (!credentials || !('username' in credentials)) return undefined
    const pair = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')
    return this.#secret(`Basic ${pair}`)
  }

  async #token(scopes: readonly Scope[], wanted?: string): Promise<Token> {
    const key = keyOf(scopes)
    const cached = this.#tokens.get(key)
    if (cached && (await cached).expiresAtMs > Date.now()) return cached
    const current = this.#tokens.get(key) // another request may have begun to ask
    if (current && current !== cached) return current
    const asked = this.#fetchToken(scopes, wanted)
    this.#tokens.set(key, asked)
    asked.catch(() => this.#tokens.get(key) === asked && this.#tokens.delete(key))
    return asked
  }

  async #fetchToken(scopes: readonly Scope[], wanted = ''): Promise<Token> {
    const parameters = this.#challenge?.parameters ?? {}
    const realm = tokenService(parameters.realm, this.#origin)
    const credentials = await this.#known()
    const query = new URLSearchParams()
    if (parameters.service !== undefined) query.set('service', parameters.service)
    const all = mergeScopes([...scopes, ...wanted.split(' ')])
    let response: HttpResponse
    if (credentials && 'identityToken' in credentials) {
      query.set('scope', all.join(' '))
      query.set('grant_type', 'refresh_token')
      query.set('client_id', CLIENT_ID)
      query.set('refresh_token', credentials.identityToken)
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      response = await this.#client.send({ url: realm, method: 'POST', headers, body: Buffer.from(query.toString()) })
    } else {
      for (const scope of all) query.append('scope', scope)
      const url = new URL(realm)
      url.search += `${url.search ? '&' : '?'}${query.toString()}`
      const authorization = await this.#basic()
      response = await this.#client.send({ url, headers: authorization === undefined ? {} : { authorization } })
    }
    return this.#parseToken(await ensureStatus(response, 200))
  }

  async #parseToken(response: HttpResponse): Promise<Token> {
    const bytes = await readBody(response, TOKEN_BODY_BYTES)
    const answer = parseObject(bytes)
    const value = [answer.token, answer.access_token].find(t => typeof t === 'string' && t !== '')
    if (typeof value !== 'string' || /[^\x21-\x7e]/.test(value)) {
      throw new HttpError(`${response.url.host} answered without a token`, { url: response.url, retriable: false })
    }
    const lifetimeMs =
      1000 * (typeof answer.expires_in === 'number' && answer.expires_in > 0 ? answer.expires_in : TOKEN_LIFETIME_S)
    return {
      value: this.#secret(value),
      expiresAtMs: Date.now() + lifetimeMs - Math.min(TOKEN_MARGIN_MS, lifetimeMs / 2)
    }
  }
}

/**
 * Reads a WWW-Authenticate header: schemes with `name=value` parameters, quoted or not.
 * https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = []
  const token = /\s*,?\s*(?:([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))|([\w!#$%&'*+.^`|~-]+))/gy
  for (let match; (match = token.exec(header));) {
    const [, name, quoted, plain, scheme] = match
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: {} })
    else if (name !== undefined) {
      const challenge = challenges.at(-1)
      if (challenge) challenge.parameters[name.toLowerCase()] = quoted?.replace(/\\(.)/g, '$1') ?? plain ?? ''
    }
  }
  return challenges
}

/** One scope a resource, with all the actions that are asked for it. */
export function mergeScopes(scopes: readonly Scope[]): Scope[] {
  const merged = new Map<string, Set<string>>()
  for (const scope of scopes) {
    const colon = scope.lastIndexOf(':')
    if (colon < 0) continue
    const actions = merged.get(scope.slice(0, colon)) ?? new Set()
    for (const action of scope.slice(colon + 1).split(',')) actions.add(action)
    merged.set(scope.slice(0, colon), actions)
  }
  return [...merged].map(([resource, actions]) => `${resource}:${[...actions].join(',')}`)
}

/**
 * The URL of the token service that a registry names. The registry chooses it, so it is not to be trusted: no
 * credentials in clear over a network, and no registry elsewhere makes this machine ask its own loopback services.
 */
function tokenService(realm: string | undefined, registry: URL): URL {
  const url = realm !== undefined && URL.canParse(realm) ? new URL(realm) : undefined
  if (url?.protocol === 'https:') return url
  const near =
    url && (url.hostname === registry.hostname || (isLoopback(url.hostname) && isLoopback(registry.hostname)))
  if (url?.protocol === 'http:' && registry.protocol === 'http:' && near) return url
  throw new SeedError('REGISTRY_FAILED', `${registry.host} names a token service that is not safe to ask`, {
    ...(realm !== undefined && { resource: realm.slice(0, 200) }),
    hint: 'Credentials go to a token service over https only. Is this the registry that you mean?'
  })
}

function keyOf(scopes: readonly Scope[]): string {
  return scopes.join(' ')
}

async function settled(token: Promise<Token>): Promise<string | undefined> {
  return token.then(
    ({ value }) => `Bearer ${value}`,
    () => undefined
  )
}

function parseObject(bytes: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(bytes.toString())
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
