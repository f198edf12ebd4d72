/** Tokens, what they may do, and how the forge says that they may not. */
import { randomBytes } from 'node:crypto'
import { Refusal, notFound } from './refusal.ts'
import type { Repository } from './repository.ts'

export type TokenKind = 'job' | 'pat' | 'app'
export type Level = 'read' | 'write'
/** As in the `permissions` of a workflow. */
export type Permission = 'contents' | 'pull-requests' | 'issues' | 'packages' | 'actions' | 'id-token'

export interface TokenOptions {
  kind: TokenKind
  permissions?: Partial<Record<Permission, Level>>
  /** Requests that it is good for; the next ones are answered as for a token that has expired. */
  expiresAfterRequests?: number
  /** `OWNER/NAME` of the repositories it is for; the main one by default, and all of them for a `pat`. */
  repositories?: readonly string[]
  /** Who a `pat` is of, or the name of an `app`. */
  login?: string
}

export interface User {
  login: string
  id: number
  type: 'User' | 'Bot' | 'Organization'
  email: string
}

export interface Token {
  kind: TokenKind
  permissions: Partial<Record<Permission, Level>>
  /** Undefined: all. */
  repositories: readonly string[] | undefined
  user: User
  requestsLeft: number
}

/** Any of these will do. */
export type Needed = readonly (readonly [Permission, Level])[]

const PREFIX = { job: 'ghs_', app: 'ghs_', pat: 'github_pat_' } as const

export class Tokens {
  readonly #tokens = new Map<string, Token>()

  issue(options: TokenOptions, mainRepository: string): string {
    const { kind, permissions = {}, expiresAfterRequests = Infinity } = options
    const text = PREFIX[kind] + randomBytes(18).toString('hex')
    const repositories = options.repositories ?? (kind === 'pat' ? undefined : [mainRepository])
    this.#tokens.set(text, {
      kind,
      permissions,
      repositories,
      user: userOf(options),
      requestsLeft: expiresAfterRequests
    })
    return text
  }

  revoke(text: string): void {
    this.#tokens.delete(text)
  }

  /**
   * Whose request it is; undefined for nobody's. Counts one request of the token.
   *
   * @throws Refusal 401 for a token that is unknown or has expired
   */
  authenticate(authorization: string | undefined): Token | undefined {
    if (authorization === undefined) return undefined
    const token = this.#tokens.get(tokenText(authorization))
    if (token === undefined || token.requestsLeft <= 0) throw new Refusal(401, 'Bad credentials')
    token.requestsLeft--
    return token
  }

  /** Who would be let in; for the log. */
  peek(authorization: string | undefined): TokenKind | 'unknown' | 'none' {
    if (authorization === undefined) return 'none'
    return this.#tokens.get(tokenText(authorization))?.kind ?? 'unknown'
  }
}

function tokenText(authorization: string): string {
  const [scheme = '', value = ''] = authorization.split(' ')
  if (scheme.toLowerCase() !== 'basic') return value
  const [, password = ''] = Buffer.from(value, 'base64').toString().split(':')
  return password
}

function userOf({ kind, login }: TokenOptions): User {
  if (kind === 'pat') return makeUser(login ?? 'octocat')
  if (kind === 'app') return makeUser(`${login ?? 'seed-app'}[bot]`)
  return makeUser('github-actions[bot]')
}

export function makeUser(login: string): User {
  // The one that is known everywhere; the others only have to differ.
  const sum = Buffer.from(login).reduce((n, byte) => (n * 31 + byte) % 1_000_000, 7)
  const id = login === 'github-actions[bot]' ? 41898282 : 1000 + sum
  const type = login.endsWith('[bot]') ? 'Bot' : 'User'
  return { login, id, type, email: `${id}+${login}@users.noreply.github.com` }
}

/** @throws Refusal 401, 403 or 404, as the forge does */
export function authorize(token: Token | undefined, repository: Repository, needed: Needed): void {
  const reads = needed.length === 0 || needed.some(([, level]) => level === 'read')
  if (reads && !repository.private) return
  if (token === undefined) throw reads ? notFound() : new Refusal(401, 'Requires authentication')
  const isFor = token.repositories?.includes(repository.fullName) ?? true
  if (!isFor && repository.private) throw notFound()
  const has = ([name, level]: readonly [Permission, Level]) =>
    token.permissions[name] === 'write' || (level === 'read' && token.permissions[name] === 'read')
  if (isFor && (needed.length === 0 || needed.some(has))) return
  throw new Refusal(
    403,
    `Resource not accessible by ${token.kind === 'pat' ? 'personal access token' : 'integration'}`,
    {
      headers: {
        'x-accepted-github-permissions': needed.map(([name, level]) => `${name.replace('-', '_')}=${level}`).join('; ')
      }
    }
  )
}
