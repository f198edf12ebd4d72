import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { HttpClient } from '../../../src/http.ts'
import { downloadFile, downloadText, type DownloadOptions } from '../../../src/http/download.ts'
import { failureOf } from '../../support/failure.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const CONTENT = Buffer.from(Array.from({ length: 200_000 }, (_, at) => at % 251))
const SHA256 = createHash('sha256').update(CONTENT).digest('hex')
const BACKOFF = { attempts: 3, firstMs: 1, factor: 1, maxMs: 1, jitter: 0 }

let folder = ''
let answers: Answer[] = []
let requests: IncomingMessage[] = []
let client: HttpClient
const server = createServer((request, response) => {
  requests.push(request)
  const answer = answers.shift()
  if (answer === undefined) response.writeHead(500).end()
  else answer(request, response)
})

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'download-'))
  answers = []
  requests = []
  client = new HttpClient()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  client.close()
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
  rmSync(folder, { recursive: true })
})

const url = (path = '/file') => new URL(path, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
const file = () => join(folder, 'file')
const options = (): DownloadOptions => ({ client, maxBytes: 1_000_000, backoff: BACKOFF })
const download = (path?: string) => downloadFile(url(path), file(), options())

const whole: Answer = (_, response) => {
  response.writeHead(200, { etag: '"1"', 'content-length': CONTENT.length }).end(CONTENT)
}
/** Ends after so many bytes. */
const cut =
  (bytes: number, headers: Record<string, string> = { etag: '"1"' }): Answer =>
  (_, response) => {
    response.writeHead(200, { ...headers, 'content-length': CONTENT.length })
    response.write(CONTENT.subarray(0, bytes), () => response.destroy())
  }
const rest: Answer = (request, response) => {
  const start = Number(/\d+/.exec(request.headers.range ?? '')?.[0])
  const range = `bytes ${start}-${CONTENT.length - 1}/${CONTENT.length}`
  response.writeHead(206, { etag: '"1"', 'content-range': range }).end(CONTENT.subarray(start))
}
const redirect =
  (location: string): Answer =>
  (_, response) => {
    response.writeHead(302, { location }).end('moved')
  }

async function expectContent(): Promise<void> {
  expect(await download()).toEqual({ bytes: CONTENT.length, sha256: SHA256 })
  expect(readFileSync(file()).equals(CONTENT)).toBe(true)
}

describe('a file', () => {
  test('is written and hashed', async () => {
    answers = [whole]
    const seen: [number, number | undefined][] = []
    await downloadFile(url(), file(), { ...options(), onProgress: (done, total) => seen.push([done, total]) })
    expect(seen.at(-1)).toEqual([CONTENT.length, CONTENT.length])
    answers = [whole]
    await expectContent()
  })

  test('goes on where it was cut, if it is the same still', async () => {
    answers = [cut(70_000), rest]
    await expectContent()
    expect(requests[1]?.headers['if-range']).toBe('"1"')
    expect(requests[1]?.headers.range).toMatch(/^bytes=[1-9]\d*-$/)
  })

  test('starts anew where the server sends all of it', async () => {
    answers = [cut(70_000), whole]
    await expectContent()
  })

  test('starts anew where nothing says that it is the same', async () => {
    answers = [cut(70_000, { etag: 'W/"1"' }), whole]
    await expectContent()
    expect(requests[1]?.headers.range).toBeUndefined()
  })

  test('starts anew where the range does not exist, or is another', async () => {
    const refuse: Answer = (_, response) => void response.writeHead(416).end()
    answers = [cut(70_000), refuse, whole]
    await expectContent()
    const other: Answer = (_, response) => {
      response.writeHead(206, { 'content-range': 'bytes 5-9/10' }).end('12345')
    }
    answers = [cut(70_000), other, rest]
    await expectContent()
  })

  test('fails when it is cut without end', async () => {
    answers = Array.from({ length: 9 }, () => cut(10, {}))
    const error = await failureOf(download())
    expect(error).toMatchObject({ name: 'HttpError', retriable: true })
    expect(requests).toHaveLength(BACKOFF.attempts)
  })

  test('is not asked for again where it does not exist', async () => {
    answers = [(_, response) => void response.writeHead(404).end()]
    expect(await failureOf(download())).toMatchObject({ status: 404 })
    expect(requests).toHaveLength(1)
  })

  test('is not longer than allowed', async () => {
    answers = [whole]
    const error = await failureOf(downloadFile(url(), file(), { ...options(), maxBytes: 1000 }))
    expect(error.message).toMatch(/more than 1000 bytes/)
  })
})

describe('redirects', () => {
  test('are followed, relative ones too', async () => {
    answers = [redirect('/a/b'), redirect(url('/c?x=1').href), whole]
    await expectContent()
    expect(requests.map(request => request.url)).toEqual(['/file', '/a/b', '/c?x=1'])
  })

  test('end', async () => {
    answers = Array.from({ length: 20 }, () => redirect('/file'))
    expect((await failureOf(download())).message).toMatch(/too often/)
    expect(requests).toHaveLength(6)
  })

  test('do not lead to files of this machine', async () => {
    answers = [redirect('file:///etc/passwd')]
    expect((await failureOf(download())).message).toMatch(/no http: URL/)
  })
})

test('a text is read, and not longer than allowed', async () => {
  answers = [(_, response) => void response.writeHead(503).end(), (_, response) => void response.end('hello')]
  expect(await downloadText(url(), options())).toBe('hello')
  answers = [(_, response) => void response.end('hello')]
  expect((await failureOf(downloadText(url(), { ...options(), maxBytes: 4 }))).message).toMatch(/more than 4 bytes/)
})
