import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import tls from 'node:tls'
import { HttpError } from '../../../src/http/error.ts'
import { registryFailure, registryMessage } from '../../../src/oci/failure.ts'
import type { Digest } from '../../../src/oci/types.ts'
import { makeCertificate } from '../../support/certificate.ts'
import { failureOf } from '../../support/failure.ts'
import { Opened, pieces, readAll } from '../../support/opened.ts'
import { ProxyServer } from '../../support/proxy-server.ts'
import { sha256 } from '../../support/registry-server.ts'

const opened = new Opened()
afterEach(() => opened.close())

const BYTES = Buffer.alloc(1_000_000, 'seed')
const BLOB = { digest: sha256(BYTES), size: BYTES.length }
const certificate = makeCertificate('registry.test')
const local = makeCertificate('localhost')

// Node reads NODE_EXTRA_CA_CERTS at its start only.
const trusted = tls.getCACertificates('default')
beforeAll(() => tls.setDefaultCACertificates([...trusted, certificate.cert, local.cert]))
afterAll(() => tls.setDefaultCACertificates(trusted))

describe('when there is a proxy', () => {
  async function start(options: { tls?: typeof certificate } = {}) {
    const server = await opened.server({ location: 'relative', ...options })
    const proxy = opened.add(await ProxyServer.start(server.port))
    return { server, proxy }
  }

  test('plain http goes through it', async () => {
    const { server, proxy } = await start()
    const env = { HTTP_PROXY: `http://user:pr0xy@${proxy.host}` }
    const repository = opened.repository('registry.test:5000/a/b', { env, insecure: true })
    expect(await repository.putStream(pieces(BYTES))).toEqual(BLOB)
    expect((await readAll(repository.getBlob(BLOB))).equals(BYTES)).toBe(true)
    expect(new Set(proxy.asked.map(asked => asked.split(' ')[1]))).toEqual(new Set(['http://registry.test:5000']))
    expect(proxy.headers[0]!['proxy-authorization']).toBe(`Basic ${Buffer.from('user:pr0xy').toString('base64')}`)
    expect(server.exchanges[0]!.headers.host).toBe('registry.test:5000')
  })

  test('https goes through a tunnel in it, kept for the next request', async () => {
    const { server, proxy } = await start({ tls: certificate })
    const repository = opened.repository('registry.test/a/b', { env: { https_proxy: proxy.host } })
    expect(await repository.putStream(pieces(BYTES))).toEqual(BLOB)
    expect((await readAll(repository.getBlob(BLOB))).equals(BYTES)).toBe(true)
    expect(proxy.asked).toEqual(['CONNECT registry.test:443'])
    expect(server.exchanges[0]!.headers).not.toHaveProperty('proxy-authorization')
  })

  test('a proxy that refuses is named, without its password', async () => {
    const { proxy } = await start({ tls: certificate })
    proxy.refusal = 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'
    const env = { HTTPS_PROXY: `http://user:pr0xy@${proxy.host}` }
    const error = await failureOf(opened.repository('registry.test/a/b', { env }).headBlob(BLOB.digest))
    expect(error).toMatchObject({ code: 'REGISTRY_UNREACHABLE', message: expect.stringMatching(/tunnel.* 407/) })
    expect(JSON.stringify([error.message, error.stack, error, String(error.cause)])).not.toContain('pr0xy')
    expect(proxy.asked.length).toBe(1)
  })

  test('a registry on this machine is reached without it', async () => {
    const { server, proxy } = await start()
    const env = { HTTP_PROXY: `http://${proxy.host}` }
    await opened.repository(`${server.host}/a/b`, { env }).headBlob(BLOB.digest)
    expect(proxy.asked).toEqual([])
  })
})

describe('when a registry speaks TLS', () => {
  const start = async (options = {}) => opened.server({ tls: local, ...options })

  test('credentials go to it', async () => {
    const credentials = { username: 'robot', password: 'pa55:w0rd' }
    const server = await start({ auth: { scheme: 'basic', ...credentials }, location: 'relative' })
    const repository = opened.repository(`localhost:${server.port}/a/b`, { credentials, insecure: false })
    expect(await repository.putStream(pieces(BYTES))).toEqual(BLOB)
  })

  test('a Location that names it with http is put right', async () => {
    const server = await start({ location: 'relative' })
    const repository = opened.repository(`localhost:${server.port}/a/b`, { insecure: false })
    const location = `http://localhost:${server.port}/v2/a/b/blobs/uploads/1`
    server.faults.push({ method: 'POST', path: /uploads/, status: 202, headers: { location } })
    expect(await repository.putStream(pieces(BYTES))).toEqual(BLOB) // that session is unknown, the next one is not
    expect(server.calls[1]).toBe('PATCH /v2/a/b/blobs/uploads/1')
  })

  test.each(['redirect', 'upload', 'token service'])('a %s that leaves https is refused', async what => {
    const plain = await opened.server()
    const realm = `http://${plain.host}/token`
    const server = await start(
      what === 'token service' ? { auth: { scheme: 'token', username: 'a', password: 'b', realm } } : {}
    )
    server.addBlob(BYTES)
    const headers = { location: `http://${plain.host}/x` }
    if (what === 'redirect') server.faults.push({ method: 'GET', path: /blobs/, status: 307, headers })
    if (what === 'upload') server.faults.push({ method: 'POST', path: /uploads/, status: 202, headers })
    const repository = opened.repository(`localhost:${server.port}/a/b`, { insecure: false })
    const work = what === 'upload' ? repository.putStream(pieces(BYTES)) : readAll(repository.getBlob(BLOB))
    expect(await failureOf(work)).toMatchObject({ code: 'REGISTRY_FAILED' })
    expect(plain.exchanges).toEqual([])
  })

  test('a certificate that is not trusted is no reason to go on', async () => {
    const server = await opened.server({ tls: makeCertificate('localhost') })
    const repository = opened.repository(`localhost:${server.port}/a/b`, { insecure: false })
    const error = await failureOf(repository.headBlob(BLOB.digest))
    expect(error).toMatchObject({ code: 'REGISTRY_UNREACHABLE', hint: expect.stringContaining('NODE_EXTRA_CA_CERTS') })
    expect(server.exchanges).toEqual([])
    expect(opened.logged).toEqual([])
  })

  test('a registry without it is told apart', async () => {
    const server = await opened.server()
    const repository = opened.repository(`localhost:${server.port}/a/b`, { insecure: false })
    const error = await failureOf(repository.headBlob(BLOB.digest))
    expect(error).toMatchObject({ code: 'REGISTRY_UNREACHABLE', hint: expect.stringContaining('insecure') })
  })
})

test('what is no digest or tag gets into no URL', async () => {
  const server = await opened.server()
  const repository = opened.repository(`${server.host}/a/b`)
  const digest = 'sha256:../../../../admin?' as Digest
  const blob = { digest, size: 1 }
  const works = [
    () => repository.headBlob(digest),
    () => repository.putBlob(blob, pieces(BYTES)),
    () => readAll(repository.getBlob(blob)),
    () => repository.mountBlob(digest, 'c')
  ]
  for (const work of works) expect(await failureOf(work())).toMatchObject({ code: 'CONTENT_INVALID' })
  const manifests = [
    () => repository.getManifest('../x'),
    () => repository.getManifest(''),
    () => repository.putManifest(BYTES, 'x', ['a/b'])
  ]
  for (const work of manifests) expect(await failureOf(work())).toMatchObject({ code: 'REFERENCE_INVALID' })
  expect(server.exchanges).toEqual([])
})

test('many requests at once are no leak', async () => {
  const warnings: Error[] = []
  const note = (warning: Error) => warnings.push(warning)
  process.on('warning', note)
  const server = await opened.server()
  const repository = opened.repository(`${server.host}/a/b`, { signal: new AbortController().signal })
  for (let round = 0; round < 3; round++) {
    await Promise.all(Array.from({ length: 30 }, () => repository.headBlob(BLOB.digest)))
  }
  await new Promise(resolve => setImmediate(resolve))
  process.off('warning', note)
  expect(warnings).toEqual([])
  expect(new Set(server.exchanges.map(({ port }) => port)).size).toBeLessThanOrEqual(30)
})

describe('when a registry cannot be reached', () => {
  test('nothing listens', async () => {
    const server = await opened.server()
    const { host } = server
    await server.close()
    const error = await failureOf(opened.repository(`${host}/a/b`).headBlob(BLOB.digest))
    expect(error).toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      resource: `${host}/a/b`,
      hint: expect.stringContaining('Nothing listens')
    })
    expect(error.message).toContain('ECONNREFUSED')
  })

  test('its host is unknown', async () => {
    const error = await failureOf(opened.repository('registry.invalid/a/b').headBlob(BLOB.digest))
    expect(error).toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      hint: expect.stringContaining('"registry.invalid" spelt right')
    })
  })
})

describe('what a registry says', () => {
  test.each([
    ['{"errors":[{"code":"DENIED","message":"no"},{"code":"X"}]}', 'DENIED: no; X'],
    ['{"errors":[{"message":5}]}', ''],
    ['{"errors":5}', '{"errors":5}'],
    ['null', 'null'],
    ['<html>long</html>', ''],
    ['plain\n\twords\u001b[1m', 'plain words [1m'],
    ['see https://u:p@h/x?token=1#y', 'see https://h/x'],
    ['', '']
  ])('%s', (body, expected) => {
    expect(registryMessage(body)).toBe(expected)
  })

  test('a hint names the permission that GitHub Actions needs', () => {
    const url = new URL('https://ghcr.io/v2/a/b/blobs/uploads/')
    const response = { status: 403, headers: {}, url, body: pieces(Buffer.alloc(0))(), discard: async () => {} }
    const error = new HttpError('refused', { url, response })
    const context = {
      doing: 'uploading',
      name: 'ghcr.io/a/b',
      host: 'ghcr.io',
      anonymous: false,
      redact: (text: string) => text
    }
    expect(registryFailure(error, context)).toMatchObject({
      code: 'REGISTRY_DENIED',
      hint: expect.stringContaining('packages: write')
    })
  })

  test('too many requests', async () => {
    const server = await opened.server()
    server.faults.push({ method: 'HEAD', path: /./, status: 429, headers: { 'retry-after': '3600' }, times: 9 })
    const error = await failureOf(opened.repository(`${server.host}/a/b`).headBlob(BLOB.digest))
    expect(error).toMatchObject({ code: 'REGISTRY_FAILED', hint: expect.stringContaining('limits requests') })
    expect(server.exchanges.length).toBe(4)
  })
})
