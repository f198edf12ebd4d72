/** Where a forge is: the hosts and paths of github.com, of an Enterprise host, or all of it on one port of 127.0.0.1. */

/** The hosts of github.com. */
const PUBLIC_HOSTS = ['github.com', 'api.github.com', 'codeload.github.com'] as const

export interface Place {
  kind: 'rest' | 'graphql' | 'web'
  /** Without `/api/v3`. */
  path: string
}

export class Addresses {
  /** The names that have to lead to the server. */
  readonly hosts: readonly [string, ...string[]]
  readonly #isEnterprise: boolean
  readonly #plainUrl: string | undefined

  /** @param options.plainUrl where it listens, if without TLS @param options.host of an Enterprise host */
  constructor(options: { isEnterprise: boolean; host: string; plainUrl: string | undefined }) {
    this.#isEnterprise = options.isEnterprise
    this.#plainUrl = options.plainUrl
    this.hosts = options.isEnterprise ? [options.host] : [...PUBLIC_HOSTS]
  }

  get web(): string {
    return this.#plainUrl ?? `https://${this.hosts[0]}`
  }

  get api(): string {
    if (this.#isEnterprise) return `${this.web}/api/v3`
    return this.#plainUrl ?? 'https://api.github.com'
  }

  get graphql(): string {
    return this.#isEnterprise ? `${this.web}/api/graphql` : `${this.api}/graphql`
  }

  /** Of archives. */
  get codeload(): string {
    if (this.#plainUrl === undefined && !this.#isEnterprise) return 'https://codeload.github.com'
    return `${this.web}/_codeload`
  }

  /** Whether a request is for the API, and for what of it. */
  placeOf(pathname: string, host: string): Place {
    if (pathname === (this.#isEnterprise ? '/api/graphql' : '/graphql')) return { kind: 'graphql', path: '/graphql' }
    if (this.#isEnterprise) {
      const base = '/api/v3'
      if (pathname.startsWith(`${base}/`)) return { kind: 'rest', path: pathname.slice(base.length) }
    } else if (host.startsWith('api.') || pathname.startsWith('/repos/') || pathname === '/rate_limit') {
      return { kind: 'rest', path: pathname }
    }
    return { kind: 'web', path: pathname }
  }
}
