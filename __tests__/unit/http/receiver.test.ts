/** The receiver against servers that answer byte by byte what a test wants. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Receiver, type Located, type Received, type ReceiveOrder } from '../../../src/http/receiver.ts'
import { makeCertificate } from '../../support/certificate.ts'

const BLOB = randomBytes(300_000)
const HEX = createHash('sha256').update(BLOB).digest('hex')

/** What a server does with a request: its head as text, and how many came on this connection before it. */
type Answering = (head: string, socket: Socket, before: number) => void

let folder: string
let file: string
let receiver: Receiver
const servers: { server: Server; sockets: Set<Socket> }[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'receiver-'))
  file = join(folder, 'blob')
  writeFileSync(file, '')
  receiver = new Receiver()
})
afterEach(async () => {
  receiver.close()
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy()
    await new Promise(resolve => server.close(resolve))
  }
  rmSync(folder, { recursive: true, force: true })
})

interface Serving {
  url: string
  /** Heads of requests, in the order in which they came. */
  heads: string[]
  connections: () => number
}

async function serve(answer: Answering, tls?: { key: string; cert: string }): Promise<Serving> {
  const heads: string[] = []
  const sockets = new Set<Socket>()
  const onConnection = (socket: Socket): void => {
    sockets.add(socket)
    let text = ''
    let before = 0
    socket.on('error', () => {})
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1')
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const head = text.slice(0, end)
        text = text.slice(end + 4)
        heads.push(head)
        answer(head, socket, before++)
      }
    })
  }
  const server = tls ? createTlsServer(tls, onConnection) : createServer(onConnection)
  servers.push({ server, sockets })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `${tls ? 'https' : 'http'}://localhost:${port}/blob?key=1`, heads, connections: () => sockets.size }
}

function located(url: string, more: Partial<Located> = {}): Located {
  const headers = { 'user-agent': 'test', authorization: 'Bearer secret' }
  return { url, headers, mayLeaveHttps: false, connectTimeoutMs: 2000, idleTimeoutMs: 2000, ...more }
}

let told: number
function receive(url: string, more: Partial<ReceiveOrder> = {}, from: Partial<Located> = {}): Promise<Received> {
  told = 0
  const order = { from: located(url, from), size: BLOB.length, start: 0, end: BLOB.length, file, isHashed: true }
  return receiver.receive({ ...order, ...more }, count => {
    told += count
  })
}

/** Answers as a registry does: the whole, or the range that is asked for. */
const right: Answering = (head, socket) => {
  const [, start, end] = /\r\nrange: bytes=(\d+)-(\d+)/i.exec(head) ?? []
  if (start === undefined) socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${BLOB.length}\r\n\r\n`)
  else {
    const body = BLOB.subarray(Number(start), Number(end) + 1)
    const range = `Content-Range: bytes ${start}-${end}/${BLOB.length}`
    socket.write(`HTTP/1.1 206 Partial Content\r\n${range}\r\nContent-Length: ${body.length}\r\n\r\n`)
  }
  socket.write(start === undefined ? BLOB : BLOB.subarray(Number(start), Number(end) + 1))
}
const say =
  (text: string): Answering =>
  (_, socket) => {
    socket.write(text)
  }

describe('from a server that answers rightly', () => {
  test('a body is written, hashed and counted', async () => {
    const { url, heads } = await serve(right)
    expect(await receive(url)).toEqual({ bytes: BLOB.length, hex: HEX })
    expect(readFileSync(file).equals(BLOB)).toBe(true)
    expect(told).toBe(BLOB.length)
    expect(heads[0]).toMatch(/^GET \/blob\?key=1 HTTP\/1\.1\r\nhost: localhost:\d+\r\n/)
    expect(heads[0]).toContain('\r\nauthorization: Bearer secret')
    expect(heads[0]).not.toMatch(/range/)
  })

  test('parts are written where they stand, over one connection', async () => {
    const { url, heads, connections } = await serve(right)
    const parts = [
      [100_000, 300_000],
      [0, 100_000]
    ] as const
    for (const [start, end] of parts) {
      expect(await receive(url, { start, end, isHashed: false })).toEqual({ bytes: end - start })
    }
    expect(readFileSync(file).equals(BLOB)).toBe(true)
    expect(heads.map(head => /\r\nrange: (.*)/.exec(head)?.[1])).toEqual(['bytes=100000-299999', 'bytes=0-99999'])
    expect(connections()).toBe(1)
  })

  test('several come side by side, each on its own connection', async () => {
    const { url, connections } = await serve(right)
    const files = [0, 1, 2].map(at => join(folder, String(at)))
    for (const each of files) writeFileSync(each, '')
    const received = await Promise.all(files.map(each => receive(url, { file: each })))
    expect(received.map(({ hex }) => hex)).toEqual([HEX, HEX, HEX])
    expect(files.every(each => readFileSync(each).equals(BLOB))).toBe(true)
    expect(connections()).toBe(3)
  })

  test('the head may come byte by byte, after others that are not it', async () => {
    const { url } = await serve((_, socket) => {
      const bytes = `HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: ${BLOB.length}\r\n\r\n`
      socket.setNoDelay(true)
      const send = (at: number): void => {
        if (at === bytes.length) socket.write(BLOB)
        else socket.write(bytes[at] ?? '', () => setImmediate(send, at + 1))
      }
      send(0)
    })
    expect(await receive(url)).toEqual({ bytes: BLOB.length, hex: HEX })
  })

  test('a connection that was closed meanwhile is opened anew', async () => {
    const { url, connections } = await serve((head, socket) => {
      right(head, socket, 0)
      setTimeout(() => socket.destroy(), 30)
    })
    expect(await receive(url)).toMatchObject({ hex: HEX })
    await new Promise(resolve => setTimeout(resolve, 80))
    expect(await receive(url)).toMatchObject({ hex: HEX })
    expect(connections()).toBe(2)
  })

  test('a kept connection that ends with the next request is no failure of the server', async () => {
    const { url, connections } = await serve((head, socket, before) => {
      if (before === 0) right(head, socket, before)
      else socket.destroy()
    })
    expect(await receive(url)).toMatchObject({ hex: HEX })
    expect(await receive(url)).toMatchObject({ hex: HEX })
    expect(connections()).toBe(2)
  })

  test('one that says it closes is not asked again', async () => {
    const { url, connections } = await serve((_, socket) => {
      socket.end(
        Buffer.concat([
          Buffer.from(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${BLOB.length}\r\n\r\n`),
          BLOB
        ])
      )
    })
    for (const _ of [1, 2]) expect(await receive(url)).toMatchObject({ hex: HEX })
    expect(connections()).toBe(2)
  })

  test('TLS is spoken, and whom nobody vouches for is not believed', async () => {
    const certificate = makeCertificate('localhost')
    const { url, heads } = await serve(right, certificate)
    const refused = await receive(url)
    expect(refused).toEqual({
      bytes: 0,
      problem: expect.stringMatching(/^the connection to localhost:\d+ broke \([A-Z_]+\)$/)
    })
    expect(heads).toEqual([])
    const before = getCACertificates('default')
    setDefaultCACertificates([...before, certificate.cert])
    try {
      expect(await receive(url)).toEqual({ bytes: BLOB.length, hex: HEX })
      expect((await receive(url.replace('localhost', '127.0.0.1'))).problem).toMatch(/ALTNAME/)
    } finally {
      setDefaultCACertificates(before)
    }
    expect(readFileSync(file).equals(BLOB)).toBe(true)
  })
})

describe('a redirect', () => {
  const to = (location: string, status = 307): Answering =>
    say(`HTTP/1.1 ${status} Elsewhere\r\nLocation: ${location}\r\nContent-Length: 4\r\n\r\nmove`)

  test('is followed, and credentials stay with their origin', async () => {
    const storage = await serve(right)
    const registry = await serve(to(storage.url))
    expect(await receive(registry.url, { start: 5, end: 10, isHashed: false })).toEqual({ bytes: 5 })
    expect(registry.heads[0]).toContain('secret')
    expect(storage.heads[0]).not.toContain('secret')
    expect(storage.heads[0]).toMatch(/\r\nuser-agent: test\r\nrange: bytes=5-9$/)
  })

  test('within one origin takes them along', async () => {
    const { url, heads, connections } = await serve((head, socket, before) => {
      if (head.startsWith('GET /blob')) to('/other?key=%2F')(head, socket, before)
      else right(head, socket, before)
    })
    expect(await receive(url)).toMatchObject({ hex: HEX })
    expect(heads[1]).toMatch(/^GET \/other\?key=%2F HTTP/)
    expect(heads[1]).toContain('secret')
    expect(connections()).toBe(1)
  })

  test('in a circle has an end', async () => {
    const { url, heads } = await serve(to('/again', 302))
    expect((await receive(url)).problem).toMatch(/^localhost:\d+ redirects too often$/)
    expect(heads.length).toBe(6)
  })

  test('does not leave https', async () => {
    const certificate = makeCertificate('localhost')
    const other = await serve(right)
    const { url } = await serve(to(other.url), certificate)
    const before = getCACertificates('default')
    setDefaultCACertificates([...before, certificate.cert])
    try {
      expect((await receive(url)).problem).toMatch(/a Location that leaves https$/)
      expect(other.heads).toEqual([])
      expect(await receive(url, {}, { mayLeaveHttps: true })).toMatchObject({ hex: HEX })
    } finally {
      setDefaultCACertificates(before)
    }
  })
})

describe('what is left to others, with nothing of it in the file:', () => {
  const body = BLOB.toString('latin1')
  const length = `Content-Length: ${BLOB.length}`
  test.each<[string, string, RegExp]>([
    ['a refusal', 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno', /status 401/],
    ['a failure without an end', 'HTTP/1.1 500 Oh\r\n\r\n', /status 500/],
    ['a redirect to nowhere', 'HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n', /status 302/],
    [
      'an answer in chunks',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
      /status 200/
    ],
    ['a compressed one', `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n${length}\r\n\r\n`, /status 200/],
    ['one of another length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', /status 200/],
    [
      'a part of another place',
      `HTTP/1.1 206 Part\r\nContent-Range: bytes 1-${BLOB.length}/*\r\n${length}\r\n\r\n`,
      /status 206/
    ],
    ['another protocol', 'SSH-2.0-OpenSSH_9.9\r\n\r\n', /something else than HTTP/],
    ['a head without an end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}`, /something else than HTTP/],
    ['two lengths', `HTTP/1.1 200 OK\r\n${length}\r\nContent-Length: 1\r\n\r\n${body}`, /something else than HTTP/]
  ])('%s', async (_, answer, problem) => {
    const { url } = await serve((_head, socket) => {
      socket.write(answer, 'latin1')
    })
    const received = await receive(url)
    expect(received).toEqual({ bytes: 0, problem: expect.stringMatching(problem) })
    expect(readFileSync(file).length).toBe(0)
    expect(received.problem).not.toMatch(/secret|key=/)
  })

  test('the whole where a part was asked for', async () => {
    const { url } = await serve((_, socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${length}\r\n\r\n`)
      socket.write(BLOB)
    })
    expect(await receive(url, { start: 10, end: 20, isHashed: false })).toMatchObject({ bytes: 0 })
    expect(await receive(url)).toMatchObject({ hex: HEX })
  })

  test('a server that is not there', async () => {
    const { url } = await serve(right)
    const port = Number(new URL(url).port)
    const gone = servers.pop()
    await new Promise(resolve => gone?.server.close(resolve))
    expect(await receive(`http://localhost:${port}/x`)).toEqual({
      bytes: 0,
      problem: expect.stringMatching(/^the connection to localhost:\d+ broke/)
    })
  })

  test('a header with a line break', async () => {
    const { url, heads } = await serve(right)
    expect(await receive(url, {}, { headers: { authorization: 'a\r\nx: y' } })).toMatchObject({ bytes: 0 })
    expect(heads).toEqual([])
  })
})

describe('of an answer that stops in the middle, what has come is kept:', () => {
  const begin = (then: (socket: Socket) => void): Answering => {
    return (_, socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${BLOB.length}\r\n\r\n`)
      socket.write(BLOB.subarray(0, 100_000), () => {
        then(socket)
      })
    }
  }
  test.each([
    ['an end', begin(socket => socket.end()), /closed the connection/],
    ['a cut', begin(socket => socket.resetAndDestroy()), /broke|closed/],
    ['silence', begin(() => {}), /nothing came/]
  ])('%s', async (_, answer, problem) => {
    const { url } = await serve(answer)
    const received = await receive(url, {}, { idleTimeoutMs: 200 })
    expect(received.problem).toMatch(problem)
    expect(received.hex).toBeUndefined()
    expect(readFileSync(file).equals(BLOB.subarray(0, received.bytes))).toBe(true)
    expect(told).toBe(received.bytes)
  })
})

test('bytes that nobody asked for end the connection, and are in no file', async () => {
  const { url, connections } = await serve((head, socket, before) => {
    right(head, socket, before)
    socket.write('and more')
  })
  for (const _ of [1, 2]) expect(await receive(url)).toMatchObject({ hex: HEX })
  expect(readFileSync(file).equals(BLOB)).toBe(true)
  expect(connections()).toBe(2)
})

test('a file that cannot be written is an error of the system, and the receiver goes on with others', async () => {
  const { url } = await serve(right)
  await expect(receive(url, { file: '/dev/full' })).rejects.toMatchObject({ code: 'ENOSPC' })
  await expect(receive(url, { file: join(folder, 'none') })).rejects.toMatchObject({ code: 'ENOENT' })
  expect(await receive(url)).toMatchObject({ hex: HEX })
})

test('whatever a server sends, a receiver gives the right bytes or says that it has not', async () => {
  const answer = `HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: ${BLOB.length}\r\nConnection: keep-alive\r\n\r\n`
  let seed = 7
  const random = (below: number): number => (seed = (seed * 48271) % 2147483647) % below
  const { url } = await serve((_, socket) => {
    const bytes = Buffer.from(answer, 'latin1')
    for (let n = random(3); n >= 0; n--) bytes[random(bytes.length)] = random(256)
    const at = random(bytes.length)
    socket.write(random(2) === 0 ? bytes : Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random(9))]))
    socket.end(BLOB)
  })
  const outcomes = { right: 0, refused: 0 }
  for (let i = 0; i < 150; i++) {
    const received = await receive(url, {}, { idleTimeoutMs: 500 })
    if (received.problem === undefined) {
      expect(received).toEqual({ bytes: BLOB.length, hex: HEX })
      outcomes.right++
    } else outcomes.refused++
  }
  expect(outcomes.right).toBeGreaterThan(10)
  expect(outcomes.refused).toBeGreaterThan(10)
})
