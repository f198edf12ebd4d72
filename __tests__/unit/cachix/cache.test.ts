import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readCachix, writeNetrc } from '../../../src/cachix/cache.ts'
import { silentLog, silentProgress, type Ports } from '../../../src/ports.ts'
import { failureOf } from '../../support/failure.ts'

/** What https://app.cachix.org/api/v1/ documents for `GET /cache/{name}`. */
const CACHE = {
  name: 'org',
  uri: 'https://org.cachix.org',
  isPublic: true,
  publicSigningKeys: [`org.cachix.org-1:${'A'.repeat(43)}=`],
  githubUsername: 'org',
  permission: 'Read',
  preferredCompressionMethod: 'ZSTD'
}
const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.secret'
const backoff = { attempts: 3, firstMs: 1, factor: 1, maxMs: 1, jitter: 0 }

// The service itself cannot be had here: this one answers as its documentation says, over HTTP on loopback.
let server: Server
let answers: ((request: IncomingMessage, response: ServerResponse) => void)[]
let requests: { url: string | undefined; authorization: string | undefined }[]
let ports: Ports
let abort: AbortController
beforeEach(async () => {
  answers = []
  requests = []
  abort = new AbortController()
  ports = { log: silentLog, progress: silentProgress, env: {}, signal: abort.signal }
  server = createServer((request, response) => {
    requests.push({ url: request.url, authorization: request.headers.authorization })
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    answer?.(request, response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
})
const api = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const json = (value: unknown) => (_: IncomingMessage, response: ServerResponse) => response.end(JSON.stringify(value))
const status =
  (code: number, body = '') =>
  (_: IncomingMessage, response: ServerResponse) =>
    response.writeHead(code).end(body)
const read = (token?: string) => readCachix('org', { api: api(), backoff, ...(token && { token }) }, ports)

describe('readCachix', () => {
  test('reads address and keys of a public cache, without a token', async () => {
    answers = [json(CACHE)]
    expect(await read()).toEqual({
      substituter: 'https://org.cachix.org',
      publicKeys: CACHE.publicSigningKeys,
      isPublic: true
    })
    expect(requests).toEqual([{ url: '/api/v1/cache/org', authorization: undefined }])
  })

  test('sends the token for a private one', async () => {
    answers = [json({ ...CACHE, isPublic: false })]
    expect(await read(TOKEN)).toMatchObject({ isPublic: false })
    expect(requests[0]?.authorization).toBe(`Bearer ${TOKEN}`)
  })

  test('tries again when the service is overloaded', async () => {
    answers = [status(503), status(429), json(CACHE)]
    expect(await read()).toMatchObject({ substituter: 'https://org.cachix.org' })
    expect(requests).toHaveLength(3)
  })

  test.each([
    [401, undefined, 'REGISTRY_DENIED', /give a token/],
    [401, TOKEN, 'REGISTRY_DENIED', /has not expired/],
    [404, TOKEN, 'NOT_FOUND', /Check the name/],
    [500, TOKEN, 'DOWNLOAD_FAILED', /later/]
  ])('names what %d means (token: %s), and shows no secret', async (code, token, expected, hint) => {
    answers = [status(code, `you sent ${TOKEN}`)]
    const error = await failureOf(read(token))
    expect(error).toMatchObject({ code: expected, hint: expect.stringMatching(hint) })
    expect(`${error.message} ${JSON.stringify(error)} ${String(error.cause)} ${error.stack}`).not.toContain(TOKEN)
    expect(requests).toHaveLength(code === 500 ? 3 : 1)
  })

  test.each([
    ['no JSON', 'hello'],
    ['an address with a second setting', { ...CACHE, uri: 'https://org.cachix.org\nsandbox = false' }],
    ['an address without encryption', { ...CACHE, uri: 'http://org.cachix.org' }],
    ['no keys', { ...CACHE, publicSigningKeys: [] }],
    ['a key with a second setting', { ...CACHE, publicSigningKeys: [`${CACHE.publicSigningKeys[0]}\nsandbox = false`] }]
  ])('refuses %s', async (_, answer) => {
    answers = [json(answer)]
    expect(await failureOf(read())).toMatchObject({ code: 'CONTENT_INVALID' })
  })

  test('sends no token in clear', async () => {
    const error = await failureOf(readCachix('org', { api: 'http://cachix.example', token: TOKEN }, ports))
    expect(error).toMatchObject({ code: 'USAGE' })
  })

  test('ends when it is interrupted', async () => {
    answers = [() => abort.abort(new Error('stopped'))]
    expect(await failureOf(read())).toMatchObject({ code: 'INTERRUPTED' })
  })
})

describe('writeNetrc', () => {
  const cache = { substituter: 'https://org.cachix.org', publicKeys: [], isPublic: false }
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nix-seed-netrc-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  test('writes an entry for this user alone, before what the system has', async () => {
    const [file, present] = [join(folder, 'netrc'), join(folder, 'system')]
    await writeFile(present, 'machine other.example login me password mine\n')
    await writeNetrc(file, cache, TOKEN, present)
    expect(await readFile(file, 'utf8')).toBe(
      `machine org.cachix.org login cachix password ${TOKEN}\nmachine other.example login me password mine\n`
    )
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  test('refuses a token that would be more than one word', async () => {
    const error = await failureOf(writeNetrc(join(folder, 'netrc'), cache, `${TOKEN}\nmachine evil.example`))
    expect(error).toMatchObject({ code: 'USAGE' })
    expect(error.message).not.toContain(TOKEN)
  })
})
