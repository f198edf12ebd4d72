import { afterEach, describe, expect, test } from '@jest/globals'
import { randomBytes } from 'node:crypto'
import type { Fault } from '../../support/registry-server.ts'
import { sha256 } from '../../support/registry-server.ts'
import { failureOf } from '../../support/failure.ts'
import { Opened, pieces } from '../../support/opened.ts'

const opened = new Opened()
afterEach(() => opened.close())

const BYTES = randomBytes(3_000_000)
const BLOB = { digest: sha256(BYTES), size: BYTES.length }
const POST = 'POST /v2/a/b/blobs/uploads/'
const HEAD = `HEAD /v2/a/b/blobs/${BLOB.digest.replace(/:.{58}/, ':…')}`
const PATCH = 'PATCH /v2/a/b/blobs/uploads/UUID'
const PUT = 'PUT /v2/a/b/blobs/uploads/UUID'

async function start(options = {}) {
  const server = await opened.server(options)
  return { server, repository: opened.repository(`${server.host}/a/b`) }
}

/** Counts how often the source is opened. */
function counted(open: () => AsyncIterable<Uint8Array>) {
  const source = () => (source.times++, open())
  source.times = 0
  return source
}

describe.each(['absolute', 'relative'])('when a Location is %s', location => {
  test('a blob with a known digest goes up in one PUT with its length', async () => {
    const { server, repository } = await start({ location })
    expect(await repository.putBlob(BLOB, pieces(BYTES))).toBe('uploaded')
    expect(server.blobs.get(BLOB.digest)?.equals(BYTES)).toBe(true)
    expect(server.calls).toEqual([HEAD, POST, PUT])
    const put = server.exchanges.at(-1)!
    expect(put.headers).toMatchObject({ 'content-length': '3000000', 'content-type': 'application/octet-stream' })
    // The query of the Location comes back byte for byte, with the digest behind it.
    expect(put.path).toMatch(new RegExp(`\\?_state=a%2Bb%2Fc%3D&digest=${BLOB.digest}$`))
  })

  test('a stream goes up in one PATCH in chunks, then a PUT with the digest', async () => {
    const { server, repository } = await start({ location })
    expect(await repository.putStream(pieces(BYTES))).toEqual(BLOB)
    expect(server.blobs.get(BLOB.digest)?.equals(BYTES)).toBe(true)
    expect(server.calls).toEqual([POST, PATCH, PUT])
    expect(server.exchanges[1]!.headers).toMatchObject({ 'transfer-encoding': 'chunked' })
    expect(server.exchanges[1]!.headers).not.toHaveProperty('content-range')
  })
})

test('a blob that is there is not sent again', async () => {
  const { server, repository } = await start()
  server.addBlob(BYTES)
  const source = counted(pieces(BYTES))
  expect(await repository.putBlob(BLOB, source)).toBe('present')
  expect([server.calls, source.times]).toEqual([[HEAD], 0])
  expect(await repository.headBlob(BLOB.digest)).toBe(BLOB.size)
  expect(await repository.headBlob(sha256('other'))).toBeUndefined()
})

test('one connection carries all requests', async () => {
  const { server, repository } = await start()
  await repository.putStream(pieces(BYTES))
  await repository.putBlob({ digest: sha256('x'), size: 1 }, pieces(Buffer.from('x')))
  await repository.headBlob(BLOB.digest)
  expect(new Set(server.exchanges.map(({ port }) => port)).size).toBe(1)
})

test('an empty blob goes up too', async () => {
  const { server, repository } = await start()
  const empty = { digest: sha256(''), size: 0 }
  expect(await repository.putStream(pieces(Buffer.alloc(0)))).toEqual(empty)
  server.blobs.clear()
  expect(await repository.putBlob(empty, pieces(Buffer.alloc(0)))).toBe('uploaded')
  expect(server.blobs.get(empty.digest)?.length).toBe(0)
})

describe('when an upload fails and is tried again', () => {
  const rows: [string, Fault, number][] = [
    ['POST is answered with 500', { method: 'POST', path: /uploads/, status: 500 }, 1],
    ['POST is answered with 429', { method: 'POST', path: /uploads/, status: 429, headers: { 'retry-after': '0' } }, 1],
    ['PUT is answered with 503', { method: 'PUT', path: /uploads/, status: 503, times: 2 }, 3],
    [
      'PUT is answered with 500 before the body was read',
      { method: 'PUT', path: /uploads/, status: 500, afterBytes: 0 },
      2
    ],
    ['PUT is cut in the middle', { method: 'PUT', path: /uploads/, cut: true, afterBytes: 1_000_000 }, 2],
    ['the session is lost', { method: 'PUT', path: /uploads/, status: 404 }, 2],
    ['HEAD is cut', { method: 'HEAD', path: /blobs/, cut: true }, 1]
  ]
  test.each(rows)('a known blob arrives where %s', async (_, fault, times) => {
    const { server, repository } = await start()
    server.faults.push(fault)
    const source = counted(pieces(BYTES))
    expect(await repository.putBlob(BLOB, source)).toBe('uploaded')
    expect(server.blobs.get(BLOB.digest)?.equals(BYTES)).toBe(true)
    expect(source.times).toBe(times)
    expect(opened.logged.length).toBeGreaterThan(0)
  })

  test('a known blob whose answer was lost is found to be there', async () => {
    const { server, repository } = await start()
    server.faults.push({ method: 'PUT', path: /uploads/, loseAnswer: true })
    const source = counted(pieces(BYTES))
    expect(await repository.putBlob(BLOB, source)).toBe('present')
    expect(source.times).toBe(1)
  })

  const streams: [string, Fault, number][] = [
    ['PATCH is answered with 500', { method: 'PATCH', path: /uploads/, status: 500 }, 2],
    ['PATCH is cut in the middle', { method: 'PATCH', path: /uploads/, cut: true, afterBytes: 1_000_000, times: 3 }, 4],
    ['the session is lost in PATCH', { method: 'PATCH', path: /uploads/, status: 404 }, 2],
    ['the range is refused', { method: 'PATCH', path: /uploads/, status: 416 }, 2],
    ['the last PUT is answered with 500', { method: 'PUT', path: /uploads/, status: 500, times: 2 }, 1],
    ['the last PUT is cut', { method: 'PUT', path: /uploads/, cut: true }, 1],
    ['the answer to the last PUT is lost', { method: 'PUT', path: /uploads/, loseAnswer: true }, 1],
    ['the session is lost in the last PUT', { method: 'PUT', path: /uploads/, status: 404 }, 2]
  ]
  test.each(streams)('a stream arrives where %s', async (_, fault, times) => {
    const { server, repository } = await start()
    server.faults.push(fault)
    const source = counted(pieces(BYTES))
    expect(await repository.putStream(source)).toEqual(BLOB)
    expect(server.blobs.get(BLOB.digest)?.equals(BYTES)).toBe(true)
    expect(source.times).toBe(times)
  })

  test('a stream whose last answer was lost is looked for, before a registry that forgot its session is asked again', async () => {
    const { server, repository } = await start()
    server.faults.push(
      { method: 'PUT', path: /uploads/, loseAnswer: true },
      { method: 'PUT', path: /uploads/, status: 400 }
    )
    expect(await repository.putStream(pieces(BYTES))).toEqual(BLOB)
    expect(server.calls).toEqual([POST, PATCH, PUT, HEAD])
  })

  test('it ends after a few attempts', async () => {
    const { server, repository } = await start()
    const body = JSON.stringify({ errors: [{ code: 'UNKNOWN', message: 'disk full' }] })
    server.faults.push({ method: 'PUT', path: /uploads/, status: 507, body, times: 100 })
    const error = await failureOf(repository.putStream(pieces(BYTES)))
    expect(error).toMatchObject({
      code: 'REGISTRY_FAILED',
      message: expect.stringMatching(/status 507: UNKNOWN: disk full/)
    })
    expect(server.calls.filter(call => call === PUT).length).toBe(4)
    expect(server.calls.filter(call => call === PATCH).length).toBe(1)
  })
})

describe('when an upload cannot succeed', () => {
  test.each([400, 413, 405])('status %i is not tried again', async status => {
    const { server, repository } = await start()
    server.faults.push({ method: 'PATCH', path: /uploads/, status, times: 9 })
    expect(await failureOf(repository.putStream(pieces(BYTES)))).toMatchObject({ code: 'REGISTRY_FAILED' })
    expect(server.calls).toEqual([POST, PATCH])
  })

  test.each([
    ['other bytes', randomBytes(BLOB.size)],
    ['too few bytes', BYTES.subarray(1)],
    ['too many bytes', Buffer.concat([BYTES, BYTES])]
  ])('a source with %s is found out here', async (_, bytes) => {
    const { server, repository } = await start()
    expect(await failureOf(repository.putBlob(BLOB, pieces(bytes)))).toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(server.blobs.size).toBe(0)
  })

  test('a registry that stored something else is found out', async () => {
    const { server, repository } = await start()
    const headers = { 'docker-content-digest': sha256('other') }
    server.faults.push({ method: 'PUT', path: /uploads/, status: 201, headers, times: 2 })
    expect(await failureOf(repository.putBlob(BLOB, pieces(BYTES)))).toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(await failureOf(repository.putStream(pieces(BYTES)))).toMatchObject({ code: 'DIGEST_MISMATCH' })
  })

  test('a source that fails is not the registry’s fault', async () => {
    const { server, repository } = await start()
    async function* broken() {
      yield BYTES
      throw new RangeError('no such store path')
    }
    expect((await failureOf(repository.putStream(broken))).message).toBe('no such store path')
    expect(server.calls.filter(call => call === POST).length).toBe(1)
    expect(server.blobs.size).toBe(0)
  })

  test('an interruption ends it', async () => {
    const server = await opened.server()
    const stop = new AbortController()
    const repository = opened.repository(`${server.host}/a/b`, { signal: stop.signal })
    async function* endless() {
      for (let i = 0; ; i++) {
        if (i === 50) stop.abort()
        yield BYTES.subarray(0, 65_536)
      }
    }
    expect(await failureOf(repository.putStream(endless))).toMatchObject({ code: 'INTERRUPTED' })
    expect(await failureOf(repository.headBlob(BLOB.digest))).toMatchObject({ code: 'INTERRUPTED' })
  })
})

describe('when a blob is mounted', () => {
  test('it appears', async () => {
    const { server, repository } = await start({ mount: true })
    server.addBlob(BYTES)
    expect(await repository.mountBlob(BLOB.digest, 'other/repo')).toBe(true)
    expect(await repository.mountBlob(BLOB.digest, `${server.host}/other/repo`)).toBe(true)
    const path = `/v2/a/b/blobs/uploads/?mount=${BLOB.digest}&from=other%2Frepo`
    expect(server.exchanges.map(exchange => exchange.path)).toEqual([path, path])
  })

  test('or a session is opened, which the upload then uses', async () => {
    const { server, repository } = await start({ mount: false })
    expect(await repository.mountBlob(BLOB.digest, 'other/repo')).toBe(false)
    expect(await repository.putBlob(BLOB, pieces(BYTES))).toBe('uploaded')
    expect(server.calls).toEqual([POST, HEAD, PUT])
  })

  test.each([401, 403, 404, 405])('or it is refused with %i, which is no failure', async status => {
    const { server, repository } = await start()
    server.faults.push({ method: 'POST', path: /mount/, status })
    expect(await repository.mountBlob(BLOB.digest, 'other/repo')).toBe(false)
  })

  test('or the registry is out of order', async () => {
    const { server, repository } = await start()
    server.faults.push({ method: 'POST', path: /mount/, status: 500, times: 9 })
    expect(await failureOf(repository.mountBlob(BLOB.digest, 'other/repo'))).toMatchObject({ code: 'REGISTRY_FAILED' })
  })
})
