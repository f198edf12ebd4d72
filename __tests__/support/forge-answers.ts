import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { getOctokit } from '@actions/github'
import { GitHub } from '../../src/github/api.ts'
import type { GitHubOptions } from '../../src/github/api.ts'
import { silentProgress } from '../../src/ports.ts'

/** What a forge answers to one request: given, or made when it is asked. `cut` ends the connection instead. */
export interface GivenAnswer {
  status?: number
  headers?: Record<string, string>
  /** Sent as JSON, or as it is if it is text. */
  body?: unknown
  /** `before` sends nothing, `within` only half of the body. */
  cut?: 'before' | 'within'
  /** Never comes. */
  silent?: boolean
}

export interface Asked {
  line: string
  headers: IncomingMessage['headers']
  body: string
}

/** An HTTP server that gives the answers that it was told to, one after the other. */
export class ForgeAnswers {
  readonly asked: Asked[] = []
  readonly answers: (GivenAnswer | ((asked: Asked) => GivenAnswer))[] = []
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => {
      void text(request).then(body => {
        const asked = { line: `${request.method} ${request.url}`, headers: request.headers, body }
        this.asked.push(asked)
        const next = this.answers.shift() ?? { status: 599, body: { message: 'no answer was given to this request' } }
        const answer = typeof next === 'function' ? next(asked) : next
        if (answer.silent) return
        if (answer.cut === 'before') return void response.destroy()
        const isText = typeof answer.body === 'string'
        const bytes = Buffer.from(isText ? (answer.body as string) : JSON.stringify(answer.body ?? {}))
        const type = isText ? 'text/html' : 'application/json; charset=utf-8'
        response.writeHead(answer.status ?? 200, {
          'content-type': type,
          'content-length': String(bytes.length),
          ...answer.headers
        })
        if (answer.cut === undefined) return void response.end(bytes)
        response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy())
      })
    })
  }

  static async start(): Promise<ForgeAnswers> {
    const answers = new ForgeAnswers()
    await new Promise<void>(resolve => answers.#server.listen(0, '127.0.0.1', resolve))
    return answers
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }
}

/** Waits are short, but those that the forge asks for. */
export const QUICK = { attempts: 3, firstMs: 1, factor: 1, maxMs: 5, jitter: 0 }

/** The client of src/github on the Octokit of the Actions toolkit, and what it logs. */
export function gitHubAt(
  baseUrl: string,
  token: string,
  options: Partial<GitHubOptions> & { signal?: AbortSignal } = {}
): { github: GitHub; logged: string[] } {
  const logged: string[] = []
  const note = (line: string): void => void logged.push(line)
  const octokit = getOctokit(token, { baseUrl })
  const transport = {
    request: (route: string, parameters?: Record<string, unknown>) => octokit.request(route, parameters),
    graphql: (query: string, variables: Record<string, unknown>) => octokit.graphql(query, variables)
  }
  const signal = options.signal ?? new AbortController().signal
  const ports = { log: { debug: note, info: note, warn: note }, progress: silentProgress, env: {}, signal }
  const github = new GitHub(transport, { ports, server: 'https://github.com', backoff: QUICK, ...options })
  return { github, logged }
}
