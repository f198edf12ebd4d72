import { afterEach, describe, expect, test } from '@jest/globals'
import { randomBytes } from 'node:crypto'
import { sha256 } from '../../support/registry-server.ts'
import { failureOf } from '../../support/failure.ts'
import { Opened, readAll } from '../../support/opened.ts'

const opened = new Opened()
afterEach(() => opened.close())

const BYTES = randomBytes(3_000_000)
const BLOB = { digest: sha256(BYTES), size: BYTES.length }
const GET = { method: 'GET', path: /blobs\/sha256/ }

async function start(options = {}) {
  const server = await opened.server(options)
  server.addBlob(BYTES)
  return { server, repository: opened.repository(`${server.host}/a/b`) }
}

test('a blob comes down', async () => {
  const { server, repository } = await start()
  expect((await readAll(repository.getBlob(BLOB))).equals(BYTES)).toBe(true)
  expect(server.exchanges[0]!.headers).not.toHaveProperty('range')
})

describe('when the connection is cut', () => {
  test('it goes on by range, once for each cut', async () => {
    const { server, repository } = await start()
    server.faults.push(
      { ...GET, cutAnswerAfter: 1_000_000 },
      { ...GET, cutAnswerAfter: 500_000 },
      { ...GET, cut: true }
    )
    expect((await readAll(repository.getBlob(BLOB))).equals(BYTES)).toBe(true)
    const ranges = server.exchanges.map(({ headers }) => headers.range)
    expect(ranges[0]).toBeUndefined()
    expect(ranges.slice(1).map(range => Number(/^bytes=(\d+)-$/.exec(range!)![1]) > 0)).toEqual([true, true, true])
  })

  test('a server that ignores ranges begins anew, and what is known is left out', async () => {
    const { server, repository } = await start()
    server.faults.push({ ...GET, cutAnswerAfter: 1_000_000 }, { ...GET, status: 200, body: BYTES })
    expect((await readAll(repository.getBlob(BLOB))).equals(BYTES)).toBe(true)
  })

  test('many cuts are fine as long as it moves on', async () => {
    const { server, repository } = await start()
    const big = server.addBlob(randomBytes(12_000_000))
    server.faults.push({ ...GET, cutAnswerAfter: 1_500_000, times: 7 })
    expect((await readAll(repository.getBlob(big))).length).toBe(big.size)
  })

  test('but it ends where it does not', async () => {
    const { server, repository } = await start()
    server.faults.push({ ...GET, cutAnswerAfter: 10, times: 100 })
    expect(await failureOf(readAll(repository.getBlob(BLOB)))).toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
    expect(server.exchanges.length).toBe(4)
  })

  test('another range than was asked for is refused', async () => {
    const { server, repository } = await start()
    const headers = { 'content-range': `bytes 5-${BLOB.size - 1}/${BLOB.size}` }
    server.faults.push({ ...GET, cutAnswerAfter: 1_000_000 }, { ...GET, status: 206, headers, body: BYTES.subarray(5) })
    expect(await failureOf(readAll(repository.getBlob(BLOB)))).toMatchObject({ code: 'REGISTRY_FAILED' })
  })

  test('so is a range of a blob of another size', async () => {
    const { server, repository } = await start()
    server.faults.push({ ...GET, cutAnswerAfter: 1_000_000 })
    const chunks = repository.getBlob(BLOB)[Symbol.asyncIterator]()
    await chunks.next()
    server.blobs.set(BLOB.digest, Buffer.concat([BYTES, BYTES]))
    const rest = (async () => {
      while (!(await chunks.next()).done);
    })()
    expect(await failureOf(rest)).toMatchObject({ code: 'DIGEST_MISMATCH' })
  })
})

describe('when the bytes are wrong', () => {
  const damaged = Buffer.from(BYTES)
  damaged[2_000_000]! ^= 1
  test.each([
    ['damaged', damaged],
    ['too few', BYTES.subarray(0, -1)],
    ['too many', Buffer.concat([BYTES, Buffer.from('x')])],
    ['none', Buffer.alloc(0)]
  ])('%s: the end is not seen', async (_, bytes) => {
    const { server, repository } = await start()
    server.blobs.set(BLOB.digest, bytes)
    expect(await failureOf(readAll(repository.getBlob(BLOB)))).toMatchObject({ code: 'DIGEST_MISMATCH' })
  })

  test('too few without a length are asked for again by range', async () => {
    const { server, repository } = await start()
    const headers = { 'transfer-encoding': 'chunked' }
    server.faults.push({ ...GET, status: 200, headers, body: BYTES.subarray(0, 2_000_000) })
    expect((await readAll(repository.getBlob(BLOB))).equals(BYTES)).toBe(true)
    expect(server.exchanges[1]!.headers.range).toBe('bytes=2000000-')
  })

  test('damage before a cut is found after it', async () => {
    const { server, repository } = await start()
    server.blobs.set(BLOB.digest, Buffer.concat([Buffer.from('xxxx'), BYTES.subarray(4)]))
    server.faults.push({ ...GET, cutAnswerAfter: 1_000_000 })
    expect(await failureOf(readAll(repository.getBlob(BLOB)))).toMatchObject({ code: 'DIGEST_MISMATCH' })
  })
})

test('a blob that is not there is not found', async () => {
  const { repository } = await start()
  const error = await failureOf(readAll(repository.getBlob({ digest: sha256('x'), size: 1 })))
  expect(error).toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining('BLOB_UNKNOWN') })
})

test('a failing registry is asked again', async () => {
  const { server, repository } = await start()
  server.faults.push({ ...GET, status: 503, headers: { 'retry-after': '0' }, times: 3 })
  expect((await readAll(repository.getBlob(BLOB))).equals(BYTES)).toBe(true)
})

test('a reader that leaves early closes the connection', async () => {
  const { server, repository } = await start()
  const big = server.addBlob(randomBytes(64_000_000))
  for await (const _ of repository.getBlob(big)) break
  await repository.headBlob(BLOB.digest)
  expect(server.exchanges[0]!.port).not.toBe(server.exchanges[1]!.port)
})

test('an interruption ends it', async () => {
  const server = await opened.server()
  server.addBlob(BYTES)
  server.faults.push({ ...GET, cutAnswerAfter: 100 })
  const stop = new AbortController()
  const repository = opened.repository(`${server.host}/a/b`, { signal: stop.signal })
  const reading = (async () => {
    for await (const _ of repository.getBlob(BLOB)) stop.abort()
  })()
  expect(await failureOf(reading)).toMatchObject({ code: 'INTERRUPTED' })
})

describe('when manifests are read and written', () => {
  const type = 'application/vnd.oci.image.manifest.v1+json'
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: type, layers: [] }))
  const digest = sha256(manifest)

  test('one is stored under its digest and tags, and found by each', async () => {
    const { server, repository } = await start()
    const descriptor = { mediaType: type, digest, size: manifest.length }
    expect(await repository.putManifest(manifest, type, ['one', 'two'])).toEqual(descriptor)
    for (const reference of [digest, 'one', 'two']) {
      expect(await repository.getManifest(reference)).toEqual({ descriptor, bytes: manifest })
    }
    expect(await repository.getManifest('three')).toBeUndefined()
    const accept = server.exchanges.at(-1)!.headers.accept!
    for (const kind of ['oci.image.index.v1', 'oci.image.manifest.v1', 'docker.distribution.manifest.list.v2']) {
      expect(accept).toContain(kind)
    }
  })

  test('one with other bytes is refused', async () => {
    const { server, repository } = await start()
    server.manifests.set(`a/b@${digest}`, { bytes: Buffer.concat([manifest, Buffer.from(' ')]), mediaType: type })
    expect(await failureOf(repository.getManifest(digest))).toMatchObject({ code: 'DIGEST_MISMATCH' })
  })

  test('so is one that the registry calls by another digest', async () => {
    const { server, repository } = await start()
    const headers = { 'docker-content-digest': sha256('x'), 'content-type': type }
    server.faults.push({ method: 'GET', path: /manifests/, status: 200, headers, body: manifest })
    expect(await failureOf(repository.getManifest('tag'))).toMatchObject({ code: 'DIGEST_MISMATCH' })
    server.faults.push({ method: 'PUT', path: /manifests/, status: 201, headers })
    expect(await failureOf(repository.putManifest(manifest, type))).toMatchObject({ code: 'DIGEST_MISMATCH' })
  })

  test.each([
    ['over 16 MiB', `"${'x'.repeat(16 * 1024 * 1024)}"`, 'CONTENT_INVALID'],
    ['no JSON', 'hello', 'CONTENT_INVALID'],
    ['no object', '[1]', 'CONTENT_INVALID']
  ])('one that is %s is refused', async (_, text, code) => {
    const { server, repository } = await start()
    server.manifests.set('a/b@tag', { bytes: Buffer.from(text), mediaType: type })
    expect(await failureOf(repository.getManifest('tag'))).toMatchObject({ code })
  })

  test('its own media type counts, or else the stated one', async () => {
    const { server, repository } = await start()
    server.manifests.set('a/b@own', { bytes: manifest, mediaType: 'text/plain' })
    server.manifests.set('a/b@stated', { bytes: Buffer.from('{}'), mediaType: `${type}; charset=utf-8` })
    expect((await repository.getManifest('own'))?.descriptor.mediaType).toBe(type)
    expect((await repository.getManifest('stated'))?.descriptor.mediaType).toBe(type)
  })

  test('a truncated one is read again', async () => {
    const { server, repository } = await start()
    server.manifests.set('a/b@tag', { bytes: manifest, mediaType: type })
    server.faults.push({ method: 'GET', path: /manifests/, cutAnswerAfter: 10 })
    expect((await repository.getManifest('tag'))?.bytes.equals(manifest)).toBe(true)
  })

  test('a repository alone is no image', async () => {
    const { repository } = await start()
    expect(await failureOf(repository.getManifest())).toMatchObject({ code: 'REFERENCE_INVALID' })
  })
})
