/** The REST API: which route a request is for, whether it may be served, and what to answer. */
import type { Answer } from './faults.ts'
import { contractOf } from './openapi.ts'
import type { Contract } from './openapi.ts'
import { Refusal, notFound } from './refusal.ts'
import { showFullRepository } from './representations.ts'
import type { Bases } from './representations.ts'
import type { Repository } from './repository.ts'
import { gitRoutes, commitOf } from './rest-git.ts'
import { pullRoutes } from './rest-pulls.ts'
import { READ_CONTENTS } from './route.ts'
import type { Route } from './route.ts'
import { authorize } from './tokens.ts'
import type { Token } from './tokens.ts'

const repositoryRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}',
    needs: [],
    answer: ({ bases, repository }) => ({ status: 200, json: showFullRepository(bases, repository) })
  }
]

/** Routes that have no repository: the limit costs nothing, and needs nobody. */
const RATE_LIMIT = '/rate_limit'

export interface Found {
  /** As GitHub's description writes it. */
  path: string
  route: Route | undefined
  params: Record<string, string>
  contract: Contract
}

export interface RestRequest {
  found: Found
  address: URL
  body: unknown
  accept: string
  token: Token | undefined
}

export class RestApi {
  readonly #routes: readonly Route[]
  readonly #bases: Bases
  readonly #find: (fullName: string) => Repository | undefined
  readonly #report: (violation: string) => void

  /** @param archive address of a tar archive, that may be fetched without a token */
  constructor(options: {
    bases: Bases
    find: (fullName: string) => Repository | undefined
    report: (violation: string) => void
    archive: (repository: Repository, oid: string) => string
  }) {
    this.#bases = options.bases
    this.#find = options.find
    this.#report = options.report
    const tarball: Route = {
      method: 'GET',
      path: '/repos/{owner}/{repo}/tarball/{ref}',
      needs: READ_CONTENTS,
      answer: async call => {
        const oid = await commitOf(call, call.params.ref ?? '')
        if (oid === undefined) throw notFound()
        return { status: 302, headers: { location: options.archive(call.repository, oid) } }
      }
    }
    this.#routes = [...repositoryRoutes, ...gitRoutes, ...pullRoutes, tarball]
  }

  /** @param pathname as it came, without the base of the API */
  find(method: string, pathname: string): Found | undefined {
    if (method === 'GET' && pathname === RATE_LIMIT) {
      return { path: RATE_LIMIT, route: undefined, params: {}, contract: contractOf('GET', RATE_LIMIT) }
    }
    for (const route of this.#routes) {
      if (route.method !== method) continue
      const contract = contractOf(method, route.path)
      const params = matchPath(route.path, pathname, contract.multiSegment)
      if (params) return { path: route.path, route, params, contract }
    }
    return undefined
  }

  /** Never throws: what is refused is an answer. */
  async answer(request: RestRequest): Promise<Answer> {
    const answer = await this.#serve(request).catch(refusalOf)
    if (answer.bytes === undefined) {
      for (const problem of request.found.contract.checkResponse(answer.status, answer.json)) {
        this.#report(`our own answer to ${request.found.path}: ${problem}`)
      }
    }
    return answer
  }

  async #serve({ found, address, body, accept, token }: RestRequest): Promise<Answer> {
    const { route, params, contract } = found
    const query = Object.fromEntries(address.searchParams)
    if (route === undefined) return showRateLimit()
    const repository = this.#find(`${params.owner}/${params.repo}`)
    if (repository === undefined) throw notFound()
    authorize(token, repository, route.needs)
    const problems = contract.checkRequest({ params, query, body })
    if (problems.length > 0) {
      for (const problem of problems) this.#report(`${route.method} ${route.path}: ${problem}`)
      throw new Refusal(422, `Invalid request.\n\n${problems.join('\n')}`)
    }
    const fields = (body ?? {}) as Record<string, unknown>
    return route.answer({ bases: this.#bases, repository, token, params, query, address, accept, body: fields })
  }
}

export function refusalOf(error: unknown): Answer {
  if (!(error instanceof Refusal)) throw error
  return { status: error.status, headers: error.headers, json: error.body }
}

function matchPath(template: string, pathname: string, multi: ReadonlySet<string>): Record<string, string> | undefined {
  const names: string[] = []
  const pattern = template.replace(/\/\{([^}]+)\}/g, (_, name: string) => {
    names.push(name)
    // The path of a repository's root is empty.
    return name === 'path' ? '(?:/(.*))?' : multi.has(name) ? '/(.+)' : '/([^/]+)'
  })
  const match = new RegExp(`^${pattern}$`).exec(pathname)
  if (!match) return undefined
  return Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(match[i + 1] ?? '')]))
}

function showRateLimit(): Answer {
  const rate = { limit: 5000, remaining: 4999, used: 1, reset: Math.ceil(Date.now() / 1000) + 3600 }
  return { status: 200, json: { resources: { core: rate, search: rate, graphql: rate }, rate } }
}
