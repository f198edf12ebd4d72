import { afterEach, describe, expect, test } from '@jest/globals'
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ensureStatus, HttpClient, readBody } from '../../src/http.ts'
import type { HttpOptions } from '../../src/http.ts'
import { HttpError, parseRetryAfterMs } from '../../src/http/error.ts'
import { isLoopback, usesProxy } from '../../src/http/proxy.ts'
import { delayMs, retrying } from '../../src/http/retry.ts'
import type { Backoff } from '../../src/http/retry.ts'
import { VERSION } from '../../src/version.ts'
import { failureOf } from '../support/failure.ts'

const FAST: Backoff = { attempts: 4, firstMs: 1, factor: 1, maxMs: 5, jitter: 0 }
const open: { close(): unknown }[] = []

afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close()
})

async function serve(listener: (...exchange: Parameters<RequestListener>) => unknown): Promise<URL> {
  const server: Server = createServer((request, response) => void listener(request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  open.push({
    close: () => {
      server.closeAllConnections()
      return new Promise(resolve => server.close(resolve))
    }
  })
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
}

function client(options: HttpOptions = {}): HttpClient {
  const made = new HttpClient(options)
  open.push(made)
  return made
}

async function get(http: HttpClient, url: URL): Promise<string> {
  return (await readBody(await ensureStatus(await http.send({ url }), 200), 1e6)).toString()
}

describe('when a server answers', () => {
  test('sends a stream with its length, or in chunks without one', async () => {
    const seen: unknown[] = []
    const url = await serve(async (request, response) => {
      let size = 0
      for await (const chunk of request) size += (chunk as Buffer).length
      seen.push([request.headers['content-length'], request.headers['transfer-encoding'], size])
      response.end()
    })
    async function* body() {
      for (let i = 0; i < 100; i++) yield Buffer.alloc(50_000, i)
    }
    const http = client()
    const known = { 'content-length': '5000000' }
    await (await http.send({ url, method: 'PUT', headers: known, body: body() })).discard()
    await (await http.send({ url, method: 'PATCH', body: body() })).discard()
    await (await http.send({ url, method: 'POST', body: Buffer.from('abc') })).discard()
    expect(seen).toEqual([
      ['5000000', undefined, 5_000_000],
      [undefined, 'chunked', 5_000_000],
      ['3', undefined, 3]
    ])
  })

  test('keeps its connection for the next request, after an error too', async () => {
    const ports: (number | undefined)[] = []
    const url = await serve((request, response) => {
      ports.push(request.socket.remotePort)
      response.writeHead(ports.length === 2 ? 404 : 200).end('text')
    })
    const http = client()
    await get(http, url)
    await failureOf(get(http, url))
    await (await http.send({ url })).discard()
    await get(http, url)
    expect(ports).toEqual([ports[0], ports[0], ports[0], ports[0]])
  })

  test('says who it is, and makes no header of a user name in the URL', async () => {
    const url = await serve((request, response) => response.end(JSON.stringify(request.headers)))
    url.username = 'me'
    url.password = 'secret'
    const headers = JSON.parse(await get(client(), url)) as Record<string, string>
    expect(headers).toMatchObject({ 'user-agent': `nix-seed/${VERSION}`, 'accept-encoding': 'identity' })
    expect(headers).not.toHaveProperty('authorization')
  })

  test('stops sending once it is refused, and reads why', async () => {
    const url = await serve((_, response) => response.writeHead(403).end('no room for you'))
    let sent = 0
    let returned = false
    async function* endless() {
      try {
        for (; ; sent++) {
          yield Buffer.alloc(64 * 1024)
          await new Promise(resolve => setImmediate(resolve))
        }
      } finally {
        returned = true
      }
    }
    const response = await client().send({ url, method: 'PUT', body: endless() })
    const error = await failureOf(ensureStatus(response, 201))
    expect(error).toMatchObject({ status: 403, body: 'no room for you', retriable: false })
    expect(returned).toBe(true)
  })

  test('refuses a body over the limit', async () => {
    const url = await serve((_, response) => response.end(Buffer.alloc(1001)))
    const response = await client().send({ url })
    expect(await failureOf(readBody(response, 1000))).toMatchObject({ retriable: false })
  })
})

describe('when a connection breaks', () => {
  test('fails as worth another try, with the cause', async () => {
    const url = await serve(request => request.socket.destroy())
    const error = await failureOf(client().send({ url }))
    expect(error).toBeInstanceOf(HttpError)
    expect(error).toMatchObject({ retriable: true, cause: { code: 'ECONNRESET' } })
    expect(error.status).toBeUndefined()
  })

  test('a kept one that the server had closed is worth another try at once', async () => {
    let requests = 0
    const url = await serve((request, response) => {
      if (++requests === 2) request.socket.destroy()
      else response.end('ok')
    })
    const http = client()
    await get(http, url)
    const pauses: number[] = []
    expect(await retrying(() => get(http, url), { onRetry: (_, ms) => pauses.push(ms) })).toBe('ok')
    expect(pauses).toEqual([0])
  })

  test('fails in the middle of an answer', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 1000 })
      response.write('half', () => response.destroy())
    })
    const response = await client().send({ url })
    expect(await failureOf(readBody(response, 2000))).toMatchObject({ name: 'HttpError', retriable: true })
  })

  test('takes no second try for a host that does not exist', async () => {
    const error = await failureOf(client().send({ url: new URL('http://nowhere.invalid/') }))
    // A machine without a resolver says EAI_AGAIN, which may pass.
    const { code } = error.cause as { code: string }
    expect(['ENOTFOUND', 'EAI_AGAIN']).toContain(code)
    expect(error).toMatchObject({ name: 'HttpError', retriable: code === 'EAI_AGAIN' })
  })

  test('passes on what the source of a body throws', async () => {
    const url = await serve(request => void request.resume())
    async function* broken() {
      yield Buffer.from('x')
      throw new RangeError('the source is broken')
    }
    expect(await failureOf(client().send({ url, method: 'PUT', body: broken() }))).toBeInstanceOf(RangeError)
  })
})

describe('when a peer stalls', () => {
  const options = { idleTimeoutMs: 100, answerTimeoutMs: 150 }

  test('gives up on an answer that does not come', async () => {
    const url = await serve(() => {})
    expect(await failureOf(client(options).send({ url }))).toMatchObject({
      retriable: true,
      message: expect.stringContaining('0.15 s')
    })
  })

  test('gives up on a body that does not go on', async () => {
    const url = await serve((_, response) => response.write('some'))
    const response = await client(options).send({ url })
    expect(await failureOf(readBody(response, 100))).toMatchObject({
      retriable: true,
      message: expect.stringContaining('0.1 s')
    })
  })

  test('gives up on a server that takes no more', async () => {
    const url = await serve(() => {}) // never reads
    async function* endless() {
      for (;;) yield Buffer.alloc(1024 * 1024)
    }
    const error = await failureOf(client(options).send({ url, method: 'PUT', body: endless() }))
    expect(error).toMatchObject({ retriable: true, message: expect.stringContaining('0.1 s') })
  })

  test('does not blame it for a slow source or reader of our own', async () => {
    const url = await serve(async (request, response) => {
      for await (const _ of request);
      response.writeHead(200)
      for (let i = 0; i < 64; i++) response.write(Buffer.alloc(64 * 1024))
      response.end()
    })
    const pause = () => new Promise(resolve => setTimeout(resolve, 1950))
    async function* slow() {
      yield Buffer.from('a')
      await pause()
      yield Buffer.from('b')
    }
    const response = await client({ idleTimeoutMs: 1000 }).send({ url, method: 'PUT', body: slow() })
    let size = 0
    for await (const chunk of response.body) {
      if (size === 0) await pause()
      size += chunk.length
    }
    expect(size).toBe(64 * 64 * 1024)
  })
})

describe('when it is interrupted', () => {
  test.each(['the answer', 'the body', 'the sending'])('ends while it waits for %s', async what => {
    const stop = new AbortController()
    const url = await serve((_, response) => {
      if (what === 'the body') response.write('some')
      setTimeout(() => stop.abort(new Error('stopped')), 20)
    })
    const http = client({ signal: stop.signal })
    async function* endless() {
      for (;;) yield Buffer.alloc(1024 * 1024)
    }
    const work = async () => {
      const response = await http.send(what === 'the sending' ? { url, method: 'PUT', body: endless() } : { url })
      await readBody(response, 100)
    }
    expect((await failureOf(work())).message).toBe('stopped')
    expect((await failureOf(http.send({ url }))).message).toBe('stopped')
  })

  test('ends a pause between two tries', async () => {
    const stop = new AbortController()
    const url = await serve((_, response) => response.writeHead(503, { 'retry-after': '1000' }).end())
    const http = client({ signal: stop.signal })
    const work = retrying(() => get(http, url), {
      backoff: { ...FAST, maxMs: 1e9 },
      signal: stop.signal,
      onRetry: () => stop.abort(new Error('stopped'))
    })
    expect((await failureOf(work)).message).toBe('stopped')
  })
})

describe('when something is tried again', () => {
  const answers = async (...statuses: number[]) => {
    let calls = 0
    const url = await serve((_, response) =>
      response.writeHead(statuses[Math.min(calls++, statuses.length - 1)]!).end('ok')
    )
    const http = client()
    const result = await retrying(() => get(http, url), { backoff: FAST }).catch((error: unknown) => error)
    return { calls, result }
  }

  test.each([408, 429, 500, 502, 503, 504])('status %i is', async status => {
    expect(await answers(status, status, 200)).toEqual({ calls: 3, result: 'ok' })
  })

  test.each([400, 401, 403, 404, 405, 409, 413, 416, 501])('status %i is not', async status => {
    expect(await answers(status)).toMatchObject({ calls: 1, result: { status } })
  })

  test('gives up after as many attempts as it may make, and an outer retry does not begin anew', async () => {
    let calls = 0
    const url = await serve((_, response) => response.writeHead((calls++, 503)).end())
    const http = client()
    const inner = () => retrying(() => get(http, url), { backoff: FAST })
    expect(await failureOf(retrying(inner, { backoff: FAST }))).toMatchObject({ status: 503, givenUp: true })
    expect(calls).toBe(4)
  })

  test('nothing but a failed exchange is', async () => {
    let calls = 0
    const action = () => Promise.reject(new Error(`mistake ${++calls}`))
    expect((await failureOf(retrying(action, { backoff: FAST }))).message).toBe('mistake 1')
  })

  test('waits as the server asks', async () => {
    const pauses: number[] = []
    let calls = 0
    const url = await serve((_, response) =>
      response.writeHead(calls++ < 2 ? 429 : 200, { 'retry-after': calls === 1 ? '0' : '3600' }).end('ok')
    )
    const http = client()
    const backoff = { ...FAST, maxMs: 30 }
    expect(await retrying(() => get(http, url), { backoff, onRetry: (_, ms) => pauses.push(ms) })).toBe('ok')
    expect(pauses).toEqual([0, 30])
  })
})

test('pauses grow, are bounded and leave a share to chance', () => {
  const backoff: Backoff = { attempts: 9, firstMs: 100, factor: 2, maxMs: 1000, jitter: 0.5 }
  expect([1, 2, 3, 4, 5, 50].map(n => delayMs(backoff, n, undefined, () => 0))).toEqual([
    100, 200, 400, 800, 1000, 1000
  ])
  expect(delayMs(backoff, 2, undefined, () => 1)).toBe(100)
  expect(delayMs(backoff, 1, 700)).toBe(700)
  expect(delayMs(backoff, 1, 70_000)).toBe(1000)
})

test('Retry-After is seconds or a date', () => {
  const now = Date.parse('2026-11-01T10:00:00Z')
  expect(parseRetryAfterMs('120', now)).toBe(120_000)
  expect(parseRetryAfterMs('Sun, 01 Nov 2026 10:00:30 GMT', now)).toBe(30_000)
  expect(parseRetryAfterMs('Sun, 01 Nov 2026 09:00:00 GMT', now)).toBe(0)
  expect(parseRetryAfterMs('soon', now)).toBeUndefined()
  expect(parseRetryAfterMs(undefined, now)).toBeUndefined()
})

test('loopback is what stays on this machine by its name', () => {
  const hosts = ['localhost', '127.0.0.1', '127.8.9.1', '[::1]']
  expect(hosts.filter(host => !isLoopback(host))).toEqual([])
  const others = [
    'localhost.example',
    '128.0.0.1',
    '127.0.0.1.example',
    '127.evil.example',
    '[::2]',
    'example.localhost'
  ]
  expect(others.filter(isLoopback)).toEqual([])
})

describe('when the environment names proxies', () => {
  const env = { HTTP_PROXY: 'http://proxy:1', https_proxy: 'proxy:2' }
  const uses = (url: string, no_proxy = '') => usesProxy(new URL(url), { ...env, no_proxy })

  test('they are for other machines', () => {
    expect(uses('http://example.org/')).toBe(true)
    expect(uses('https://example.org/')).toBe(true)
    expect(usesProxy(new URL('https://example.org/'), { HTTP_PROXY: 'http://proxy:1' })).toBe(false)
    expect(uses('http://127.0.0.1:5000/')).toBe(false)
    expect(uses('http://localhost:5000/')).toBe(false)
    expect(uses('http://[::1]:5000/')).toBe(false)
  })

  test.each(['socks5://me:s3cr3t@proxy:1', 'http://me:s3cr3t@[bad'])('%s is refused, without its password', proxy => {
    const make = () => new HttpClient({ env: { HTTPS_PROXY: proxy } })
    expect(make).toThrow('HTTPS_PROXY names no http or https proxy')
    try {
      make()
    } catch (error) {
      expect(JSON.stringify(error)).not.toContain('s3cr3t')
    }
  })

  test.each([
    ['example.org', 'https://example.org/', false],
    ['example.org', 'https://a.example.org/', false],
    ['example.org', 'https://notexample.org/', true],
    ['.example.org', 'https://example.org/', true],
    ['.example.org', 'https://a.example.org/', false],
    ['*.example.org', 'https://a.example.org/', false],
    ['other, EXAMPLE.org ', 'https://example.org/', false],
    ['example.org:8443', 'https://example.org/', true],
    ['example.org:443', 'https://example.org/', false],
    ['*', 'https://example.org/', false],
    ['10.0.0.0/8', 'https://10.1.2.3/', false],
    ['10.0.0.0/8', 'https://11.1.2.3/', true],
    ['10.1.2.3', 'https://10.1.2.3/', false],
    ['fd00::/8', 'https://[fd00::1]/', false],
    ['fd00::1', 'https://[fd00::1]/', false],
    ['[fd00::1]:443', 'https://[fd00::1]/', false],
    ['10.0.0.0/99', 'https://10.1.2.3/', true],
    [',,', 'https://example.org/', true]
  ])('NO_PROXY=%s, %s: %s', (exceptions, url, expected) => {
    expect(uses(url, exceptions)).toBe(expected)
  })
})
