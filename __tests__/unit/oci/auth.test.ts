import { afterEach, describe, expect, test } from '@jest/globals'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { mergeScopes, parseChallenges } from '../../../src/oci/auth.ts'
import type { RegistryServer, RegistryServerOptions } from '../../support/registry-server.ts'
import { sha256 } from '../../support/registry-server.ts'
import { failureOf } from '../../support/failure.ts'
import { Opened, pieces, readAll } from '../../support/opened.ts'

const opened = new Opened()
afterEach(() => opened.close())

const BYTES = Buffer.alloc(1_000_000, 'seed')
const BLOB = { digest: sha256(BYTES), size: BYTES.length }
const credentials = { username: 'robot', password: 'pa55:w0rd' }
const BASIC = `Basic ${Buffer.from('robot:pa55:w0rd').toString('base64')}`
const SECRETS = ['pa55:w0rd', BASIC.slice('Basic '.length), 'token-']

type Auth = NonNullable<RegistryServerOptions['auth']>

async function start(
  auth: Partial<Auth> & Pick<Auth, 'scheme'>,
  options: Parameters<Opened['repository']>[1] = { credentials }
) {
  const server = await opened.server({ auth: { ...credentials, ...auth } })
  server.addBlob(BYTES)
  return { server, repository: opened.repository(`${server.host}/a/b`, options) }
}

const tokenCalls = (server: RegistryServer) => server.exchanges.filter(({ path }) => path.startsWith('/token'))
const scopesOf = (server: RegistryServer) =>
  tokenCalls(server).map(({ path }) => new URL(path, 'http://x').searchParams.getAll('scope'))

function expectNoSecrets(error: Error) {
  const texts: string[] = [...opened.logged]
  for (let e: unknown = error; e; e = (e as Error).cause)
    texts.push(inspect(e), JSON.stringify(e), (e as Error).stack ?? '')
  for (const secret of SECRETS) expect(texts.join('\n')).not.toContain(secret)
}

describe('when a registry asks for a password', () => {
  test('it gets none before it asks, and then with every request', async () => {
    const { server, repository } = await start({ scheme: 'basic' })
    await readAll(repository.getBlob(BLOB))
    await repository.headBlob(BLOB.digest)
    expect(server.exchanges.map(({ headers }) => headers.authorization)).toEqual([undefined, BASIC, BASIC])
  })

  test('an upload asks first, so that no body is sent in vain', async () => {
    const { server, repository } = await start({ scheme: 'basic' })
    expect(await repository.putStream(pieces(BYTES))).toEqual(BLOB)
    expect(server.calls.map(call => call.split(' ')[0])).toEqual(['POST', 'POST', 'PATCH', 'PUT'])
  })
})

test('a registry that does not ask sees no credentials', async () => {
  const server = await opened.server()
  const repository = opened.repository(`${server.host}/a/b`, { credentials })
  await repository.putStream(pieces(BYTES))
  await repository.putBlob(BLOB, pieces(BYTES))
  expect(server.exchanges.filter(({ headers }) => headers.authorization !== undefined)).toEqual([])
})

describe('when a registry asks for a token', () => {
  test('one is fetched with the password for the registry’s service, and used until it ends', async () => {
    const { server, repository } = await start({ scheme: 'token' })
    await readAll(repository.getBlob(BLOB))
    await repository.headBlob(BLOB.digest)
    await repository.getManifest('x')
    const [call, ...more] = tokenCalls(server)
    expect(more).toEqual([])
    expect(call).toMatchObject({ method: 'GET', headers: { authorization: BASIC } })
    expect(new URL(call!.path, 'http://x').searchParams.get('service')).toBe('test registry')
    const others = server.exchanges.filter(exchange => exchange !== call)
    expect(others.filter(({ headers }) => headers.authorization?.startsWith('Basic'))).toEqual([])
    expect(others.filter(({ headers }) => headers.authorization === undefined).length).toBe(1)
  })

  test('it is for what is done, and no more', async () => {
    const { server, repository } = await start({ scheme: 'token' })
    await repository.headBlob(BLOB.digest)
    await repository.putStream(pieces(BYTES))
    await repository.mountBlob(BLOB.digest, 'other/repo')
    expect(scopesOf(server)).toEqual([
      ['repository:a/b:pull'],
      ['repository:a/b:pull,push'],
      ['repository:a/b:pull,push', 'repository:other/repo:pull']
    ])
  })

  test('many requests at once fetch one', async () => {
    const { server, repository } = await start({ scheme: 'token' })
    await repository.headBlob(BLOB.digest)
    server.revokeTokens()
    await Promise.all(Array.from({ length: 20 }, () => repository.headBlob(BLOB.digest)))
    expect(tokenCalls(server).length).toBe(2)
  })

  test('a new one is fetched before the old one ends', async () => {
    const { server, repository } = await start({ scheme: 'token', expiresInS: 0.2 })
    await repository.headBlob(BLOB.digest)
    const before = server.exchanges.length
    await new Promise(resolve => setTimeout(resolve, 250))
    await repository.headBlob(BLOB.digest)
    expect(server.calls.slice(before).map(call => call.split(' ')[1]!.slice(0, 6))).toEqual(['/token', '/v2/a/'])
  })

  test('a new one is fetched after a 401', async () => {
    const { server, repository } = await start({ scheme: 'token' })
    await repository.headBlob(BLOB.digest)
    server.revokeTokens()
    expect((await readAll(repository.getBlob(BLOB))).equals(BYTES)).toBe(true)
    expect(tokenCalls(server).length).toBe(2)
  })

  test('an identity token is exchanged in the body of a request', async () => {
    const identityToken = 'pa55:w0rd'
    const { server, repository } = await start({ scheme: 'token', identityToken }, { credentials: { identityToken } })
    expect(await repository.headBlob(BLOB.digest)).toBe(BLOB.size)
    expect(tokenCalls(server)).toMatchObject([{ method: 'POST', path: '/token' }])
    expect(tokenCalls(server)[0]!.headers.authorization).toBeUndefined()
  })

  test('a registry token is sent as it is', async () => {
    const { server, repository } = await start({ scheme: 'token' }, { credentials: { registryToken: 'given' } })
    expect(await failureOf(repository.headBlob(BLOB.digest))).toMatchObject({ code: 'REGISTRY_DENIED' })
    expect(server.exchanges.map(({ headers }) => headers.authorization)).toEqual([undefined, 'Bearer given'])
  })

  test('a token service that fails is asked again', async () => {
    const { server, repository } = await start({ scheme: 'token' })
    server.faults.push({ method: 'GET', path: /^\/token/, status: 503, times: 2 })
    expect(await repository.headBlob(BLOB.digest)).toBe(BLOB.size)
  })

  test.each(['{}', 'hello', '{"token": 5}', '{"token": "two\\nlines"}'])(
    'an answer without one is an error: %s',
    async body => {
      const { server, repository } = await start({ scheme: 'token' })
      server.faults.push({ method: 'GET', path: /^\/token/, status: 200, body, times: 9 })
      expect(await failureOf(repository.headBlob(BLOB.digest))).toMatchObject({ code: 'REGISTRY_FAILED' })
      expect(tokenCalls(server).length).toBe(1)
    }
  )
})

describe('when a token ends in the middle of an upload', () => {
  function counted(server: RegistryServer, when: 'start' | 'end') {
    const source = async function* () {
      if (source.times++ === 0 && when === 'start') server.revokeTokens()
      yield* pieces(BYTES)()
      if (source.times !== 1 || when !== 'end') return
      // The request is let in with its token before that one ends.
      while (!server.calls.some(call => call.startsWith('PATCH'))) await new Promise(resolve => setTimeout(resolve, 5))
      server.revokeTokens()
    }
    source.times = 0
    return source
  }

  test.each(['putStream', 'putBlob'] as const)('%s begins anew where its body was refused', async how => {
    const { server, repository } = await start({ scheme: 'token' })
    server.blobs.clear()
    const headers = { 'www-authenticate': `Bearer realm="http://${server.host}/token"` }
    server.faults.push({
      method: how === 'putBlob' ? 'PUT' : 'PATCH',
      path: /uploads/,
      status: 401,
      headers,
      afterBytes: 300_000
    })
    const source = counted(server, 'start')
    await (how === 'putBlob' ? repository.putBlob(BLOB, source) : repository.putStream(source))
    expect(server.blobs.get(BLOB.digest)?.equals(BYTES)).toBe(true)
    expect(source.times).toBe(2)
  })

  test('the last step is done again, and the body is not sent again', async () => {
    const { server, repository } = await start({ scheme: 'token' })
    server.blobs.clear()
    const source = counted(server, 'end')
    expect(await repository.putStream(source)).toEqual(BLOB)
    expect(source.times).toBe(1)
    expect(server.calls.map(call => call.split(' ')[0])).toEqual(['POST', 'GET', 'POST', 'PATCH', 'PUT', 'GET', 'PUT'])
  })

  test('a registry that refuses every body ends it', async () => {
    const { server, repository } = await start({ scheme: 'token' })
    const headers = { 'www-authenticate': `Bearer realm="http://${server.host}/token"` }
    server.faults.push({ method: 'PATCH', path: /uploads/, status: 401, headers, times: 100 })
    expect(await failureOf(repository.putStream(pieces(BYTES)))).toMatchObject({ code: 'REGISTRY_DENIED' })
    expect(server.calls.filter(call => call.startsWith('PATCH')).length).toBe(4)
  })
})

describe('when credentials are refused', () => {
  test.each(['basic', 'token'] as const)('%s: it says so once, with the way to log in', async scheme => {
    const { server, repository } = await start({ scheme, password: 'other' })
    const error = await failureOf(repository.headBlob(BLOB.digest))
    expect(error).toMatchObject({
      code: 'REGISTRY_DENIED',
      hint: expect.stringContaining(`Log in again with \`docker login ${server.host}\``)
    })
    expectNoSecrets(error)
    expect(server.exchanges.length).toBe(2)
  })

  test('and where there are none', async () => {
    const { repository } = await start({ scheme: 'basic' }, {})
    const error = await failureOf(repository.putStream(pieces(BYTES)))
    expect(error).toMatchObject({ code: 'REGISTRY_DENIED', hint: expect.stringContaining('No credentials') })
  })

  test('a hostile registry cannot bring secrets into the log', async () => {
    const { server, repository } = await start({ scheme: 'basic' })
    const message = `no, ${SECRETS.join(' ')} \u001b[31m\nis ${BASIC} https://x:pa55:w0rd@y/?q=1`
    const body = JSON.stringify({ errors: [{ code: 'DENIED', message: message + 'x'.repeat(5000) }] })
    server.faults.push({
      method: 'POST',
      path: /uploads/,
      status: 401,
      headers: { 'www-authenticate': 'Basic realm="x"' }
    })
    server.faults.push({ method: 'POST', path: /uploads/, status: 403, body })
    const error = await failureOf(repository.putStream(pieces(BYTES)))
    expect(error.code).toBe('REGISTRY_DENIED')
    expect(error.message).toContain('DENIED: no, ***')
    expect(error.message).not.toMatch(/\p{Cc}/u)
    expect(error.message.length).toBeLessThan(1000)
    for (const secret of SECRETS.slice(0, 2)) expect(error.message).not.toContain(secret)
  })
})

describe('when another host comes into play', () => {
  test('a redirect to storage takes no credentials along', async () => {
    const storage = await opened.server()
    const blobsAt = `http://${storage.host}/v2/a/b/blobs`
    storage.addBlob(BYTES)
    const server = await opened.server({ auth: { scheme: 'basic', ...credentials }, blobsAt })
    server.addBlob(BYTES)
    const repository = opened.repository(`${server.host}/a/b`, { credentials })
    storage.faults.push({ method: 'GET', path: /blobs/, cutAnswerAfter: 300_000 })
    expect((await readAll(repository.getBlob(BLOB))).equals(BYTES)).toBe(true)
    expect(server.exchanges.at(-1)!.headers.authorization).toBe(BASIC)
    expect(storage.exchanges.map(({ headers, path }) => [headers.authorization, path.includes('signature')])).toEqual([
      [undefined, true],
      [undefined, true]
    ])
  })

  test('storage that asks for a password gets none', async () => {
    const storage = await opened.server({ auth: { scheme: 'basic', ...credentials } })
    const server = await opened.server({
      auth: { scheme: 'basic', ...credentials },
      blobsAt: `http://${storage.host}/v2/a/b/blobs`
    })
    server.addBlob(BYTES)
    const repository = opened.repository(`${server.host}/a/b`, { credentials })
    const error = await failureOf(readAll(repository.getBlob(BLOB)))
    expect(error.code).toBe('REGISTRY_DENIED')
    expect(storage.exchanges.map(({ headers }) => headers.authorization)).toEqual([undefined])
    expect(JSON.stringify([error.message, error])).not.toContain('s3cr3t')
  })

  test('an upload that is sent elsewhere takes none along', async () => {
    const elsewhere = await opened.server()
    const server = await opened.server({ auth: { scheme: 'basic', ...credentials } })
    const repository = opened.repository(`${server.host}/a/b`, { credentials })
    await repository.headBlob(BLOB.digest)
    const headers = { location: `http://${elsewhere.host}/v2/a/b/blobs/uploads/1` }
    server.faults.push({ method: 'POST', path: /uploads/, status: 202, headers })
    expect(await repository.putStream(pieces(BYTES))).toEqual(BLOB) // elsewhere knows no such session
    expect(elsewhere.exchanges.length).toBeGreaterThan(0)
    expect(elsewhere.exchanges.filter(exchange => exchange.headers.authorization !== undefined)).toEqual([])
  })

  test('redirects end', async () => {
    const server = await opened.server()
    const repository = opened.repository(`${server.host}/a/b`)
    server.faults.push({ method: 'GET', path: /./, status: 307, headers: { location: '/again' }, times: 100 })
    expect(await failureOf(readAll(repository.getBlob(BLOB)))).toMatchObject({ code: 'REGISTRY_FAILED' })
    expect(server.exchanges.length).toBe(6)
  })

  test.each(['http://tokens.example/token', 'http://10.0.0.1/latest/meta-data', 'file:///etc/passwd', 'token', ''])(
    'a token service at "%s" is not asked',
    async realm => {
      const { server, repository } = await start({ scheme: 'token', realm })
      const error = await failureOf(repository.headBlob(BLOB.digest))
      expect(error).toMatchObject({ code: 'REGISTRY_FAILED', message: expect.stringContaining('not safe') })
      expect(server.exchanges.length).toBe(1)
    }
  )
})

test('stored credentials are used, and looked up only once a registry asks', async () => {
  const home = await mkdtemp(join(tmpdir(), 'auth-'))
  try {
    const open = await opened.server()
    const closed = await opened.server({ auth: { scheme: 'token', ...credentials } })
    closed.addBlob(BYTES)
    await mkdir(join(home, '.docker'))
    await writeFile(join(home, '.docker', 'config.json'), '{"credsStore":"test"}')
    const helper = join(home, 'docker-credential-test')
    await writeFile(helper, `#!/bin/sh\ncat >> ${home}/asked\necho '{"Username":"robot","Secret":"pa55:w0rd"}'\n`)
    await chmod(helper, 0o755)
    const env = { HOME: home, PATH: `${home}:${process.env.PATH}` }
    await opened.repository(`${open.host}/a/b`, { env }).headBlob(BLOB.digest)
    const repository = opened.repository(`${closed.host}/a/b`, { env })
    expect(await repository.headBlob(BLOB.digest)).toBe(BLOB.size)
    closed.revokeTokens()
    expect(await repository.headBlob(BLOB.digest)).toBe(BLOB.size)
    expect(await readFile(join(home, 'asked'), 'utf8')).toBe(`${closed.host}\n`)
  } finally {
    await rm(home, { recursive: true })
  }
})

test.each([
  ['Basic realm="x"', [{ scheme: 'basic', parameters: { realm: 'x' } }]],
  [
    'Bearer realm="https://a/t?x=1,2",service="s",scope="repository:a/b:pull,push"',
    [{ scheme: 'bearer', parameters: { realm: 'https://a/t?x=1,2', service: 's', scope: 'repository:a/b:pull,push' } }]
  ],
  ['bearer Realm=x , Service="a \\"b\\""', [{ scheme: 'bearer', parameters: { realm: 'x', service: 'a "b"' } }]],
  [
    'Negotiate, Basic realm="a", Bearer realm="b"',
    [
      { scheme: 'negotiate', parameters: {} },
      { scheme: 'basic', parameters: { realm: 'a' } },
      { scheme: 'bearer', parameters: { realm: 'b' } }
    ]
  ],
  ['', []],
  ['realm="x"', []],
  ['"', []]
])('the challenge %s is read', (header, expected) => {
  expect(parseChallenges(header)).toEqual(expected)
})

test('scopes for one resource are asked for together', () => {
  const scopes = ['repository:a/b:pull', 'repository:a/b:pull,push', '', 'repository:c:pull', 'registry:catalog:*']
  expect(mergeScopes(scopes)).toEqual(['repository:a/b:pull,push', 'repository:c:pull', 'registry:catalog:*'])
})
