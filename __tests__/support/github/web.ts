/** What is not the API: archives, and Git over HTTP. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { Answer } from './faults.ts'
import { notFound } from './refusal.ts'
import type { Repository } from './repository.ts'
import { commitOf } from './rest-git.ts'
import { READ_CONTENTS } from './route.ts'
import { authorize } from './tokens.ts'
import type { Token } from './tokens.ts'

export class Web {
  /** Of archives. */
  readonly #codeload: string
  readonly #find: (fullName: string) => Repository | undefined
  /** Addresses of archives carry one of their own, since no credential goes along with a redirect. */
  readonly #tickets = new Map<string, Repository>()

  constructor(options: { codeload: string; find: (fullName: string) => Repository | undefined }) {
    this.#codeload = options.codeload
    this.#find = options.find
  }

  /** Where the archive of a commit is, for whoever may see the repository. */
  archive(repository: Repository, oid: string): string {
    const address = `${this.#codeload}/${repository.fullName}/legacy.tar.gz/${oid}`
    if (!repository.private) return address
    const ticket = randomBytes(12).toString('hex')
    this.#tickets.set(ticket, repository)
    return `${address}?token=${ticket}`
  }

  /**
   * The answer to a GET that is not for the API; undefined where there is nothing.
   *
   * @throws Refusal
   */
  async answer(path: string, ticket: string | undefined, token: Token | undefined): Promise<Answer | undefined> {
    const [, web, ref] = /^\/([^/]+\/[^/]+)\/archive\/(.+)\.tar\.gz$/.exec(path) ?? []
    if (web !== undefined && ref !== undefined) {
      const { repository, oid } = await this.#commit(web, ref, undefined, token)
      return { status: 302, headers: { location: `${this.#codeload}/${repository.fullName}/tar.gz/${oid}` } }
    }
    const base = new URL(this.#codeload).pathname.replace(/\/$/, '')
    const rest = path.startsWith(`${base}/`) ? path.slice(base.length) : ''
    const [, code, form, name] = /^\/([^/]+\/[^/]+)\/(legacy\.tar\.gz|tar\.gz)\/(.+)$/.exec(rest) ?? []
    if (code === undefined || name === undefined) return undefined
    const { repository, oid } = await this.#commit(code, name, ticket, token)
    const prefix =
      form === 'tar.gz' ? `${repository.name}-${oid}` : `${repository.owner}-${repository.name}-${oid.slice(0, 7)}`
    const bytes = await repository.git.archive(oid, prefix)
    const headers = {
      'content-type': 'application/x-gzip',
      'content-disposition': `attachment; filename=${prefix}.tar.gz`,
      etag: `W/"${oid}"`
    }
    return { status: 200, headers, bytes }
  }

  async #commit(fullName: string, ref: string, ticket: string | undefined, token: Token | undefined) {
    const repository = this.#find(fullName)
    if (repository === undefined) throw notFound()
    if (ticket === undefined || this.#tickets.get(ticket) !== repository) authorize(token, repository, READ_CONTENTS)
    const oid = await commitOf({ repository }, ref)
    if (oid === undefined) throw notFound()
    return { repository, oid }
  }

  /** Git's smart protocol, for clone and fetch; false where the request is not of it. */
  async serveGit(
    request: IncomingMessage,
    url: URL,
    token: Token | undefined,
    response: ServerResponse
  ): Promise<boolean> {
    const [, name, action] = /^\/([^/]+\/[^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack)$/.exec(url.pathname) ?? []
    if (name === undefined || action === undefined) return false
    const repository = this.#find(name)
    if (repository === undefined) throw notFound()
    if (repository.private && token === undefined) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="GitHub"' }).end()
      return true
    }
    authorize(token, repository, READ_CONTENTS)
    const { status, headers, body } = await backend(repository, request, url, action)
    response.writeHead(status, headers).end(body)
    return true
  }
}

/** https://git-scm.com/docs/git-http-backend, a program of the common gateway interface. */
async function backend(repository: Repository, request: IncomingMessage, url: URL, action: string) {
  const { headers, method = 'GET' } = request
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: repository.folder,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      PATH_INFO: `/${action}`,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: method,
      CONTENT_TYPE: headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(headers['git-protocol'] ?? '')
    },
    stdio: ['pipe', 'pipe', 'ignore']
  })
  child.stdin.on('error', () => {})
  request.pipe(child.stdin)
  const output = await buffer(child.stdout)
  const end = output.indexOf('\r\n\r\n')
  const lines = output.subarray(0, end).toString().split('\r\n')
  const fields = Object.fromEntries(
    lines.map(line => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()])
  )
  const { status = '200', ...rest } = fields
  return { status: parseInt(status, 10), headers: rest, body: output.subarray(end + 4) }
}
