import { generateKeyPairSync } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { certifiedIdentity } from '../../../lab/sigstore/identity-extensions.ts'
import { verifyIdentity, type Identity } from '../../../src/attest/identity.ts'
import { failureOf } from '../../support/failure.ts'
import { circleciClaims, githubClaims, gitlabClaims, useSigstore } from '../../support/sigstore.ts'
import { json, listeningPorts, QUICK, TokenIssuer } from '../../support/token-issuer.ts'

let issuer: TokenIssuer
beforeAll(async () => {
  issuer = await TokenIssuer.start()
})
afterEach(() => issuer.reset())
afterAll(() => issuer.close())

const verify = (token: string, audience = 'sigstore'): Promise<Identity> =>
  verifyIdentity(token, audience, listeningPorts().ports, QUICK)
const refused = async (token: string): Promise<Error & Record<string, unknown>> => failureOf(verify(token))
const HOUR_MS = 3_600_000

describe('verifyIdentity, with the lab’s issuer', () => {
  const sigstore = useSigstore()

  test.each([
    ['github-workflow', githubClaims()],
    ['gitlab-pipeline', gitlabClaims()],
    ['circleci', circleciClaims()],
    ['uri', { sub: 'https://builders.example/one' }]
  ] as const)('reads a token of the kind %s', async (type, claims) => {
    const token = sigstore().issuer.token(claims)
    const identity = await verify(token)
    expect(identity).toMatchObject({ token, issuer: sigstore().issuer.issuer, claims })
    expect(identity.subject).toBe(certifiedIdentity(type, { ...claims, iss: identity.issuer }).uri)
    expect(identity.expires.getTime()).toBeGreaterThan(Date.now() + 200_000)
  })

  test('names the issuer that does not answer', async () => {
    const token = sigstore().issuer.token(githubClaims())
    sigstore().fault('issuer', 'refuse')
    const error = await refused(token)
    sigstore().fault('issuer')
    expect(error).toMatchObject({ code: 'SIGSTORE_UNREACHABLE' })
    expect(error.message).toContain(new URL(sigstore().issuer.issuer).host)
  })
})

describe('verifyIdentity', () => {
  test('asks again after a failure that passes', async () => {
    const token = await issuer.sign(githubClaims())
    let answers = 0
    issuer.answers.keys = (response, request) => {
      if (++answers === 1) response.writeHead(503).end()
      else json({ keys: [issuer.publicJwk] })(response, request)
    }
    expect((await verify(token)).subject).toMatch(/seed\.yml@refs\/heads\/main$/)
    expect(issuer.asked).toEqual(['configuration', 'keys', 'keys'])
  })

  test('takes one audience of several', async () => {
    await expect(verify(await issuer.sign({ ...githubClaims(), aud: ['other', 'sigstore'] }))).resolves.toBeDefined()
  })

  test.each([
    ['GitHub', githubClaims(), '  id-token: write'],
    ['GitLab', gitlabClaims(), 'id_tokens:\n  SIGSTORE_ID_TOKEN:\n    aud: sigstore'],
    ['CircleCI', circleciClaims(), `$(circleci run oidc get --claims '{"aud":"sigstore"}')`]
  ])('explains another audience to jobs of %s', async (_provider, claims, lines) => {
    const error = await refused(await issuer.sign({ ...claims, aud: 'https://vault.example' }))
    expect(error).toMatchObject({ code: 'IDENTITY_INVALID', hint: expect.stringContaining(lines) })
    expect(error.message).toBe('the identity token is meant for "https://vault.example", and not for "sigstore"')
  })

  test('does not repeat an audience without end', async () => {
    const error = await refused(await issuer.sign({ ...githubClaims(), aud: Array(500).fill('x'.repeat(90)) }))
    expect(error.message.length).toBeLessThan(200)
  })

  test.each(['iss', 'aud', 'exp', 'iat', 'sub'])('asks for the claim %s', async name => {
    const error = await refused(await issuer.sign({ ...githubClaims(), [name]: undefined }))
    expect(error.code).toBe('IDENTITY_INVALID')
    expect(error.message).toMatch(name === 'aud' ? /meant for nobody/ : new RegExp(`"${name}"`))
  })

  test.each([
    ['exp', 'soon'],
    ['exp', 1e300],
    ['exp', null],
    ['iat', {}],
    ['nbf', 'now'],
    ['aud', 7],
    ['sub', ['a']]
  ])('refuses %s: %j', async (name, value) => {
    expect(await refused(await issuer.sign({ ...githubClaims(), [name]: value }))).toMatchObject({
      code: 'IDENTITY_INVALID'
    })
  })

  test.each<[unknown, string]>([
    ['http://issuer.example', 'in clear'],
    ['ftp://127.0.0.1/x', 'another protocol'],
    ['https://user:secret@issuer.example', 'with credentials'],
    ['https://issuer.example?x=1', 'with a query'],
    ['http://127.0.0.1.evil.example', 'no loopback'],
    ['issuer', 'no URL'],
    ['https://issuer.example/a\nb', 'of two lines'],
    [5, 'no text']
  ])('asks no issuer of the name %j: %s', async iss => {
    const error = await refused(await issuer.sign({ ...githubClaims(), iss }))
    expect(error).toMatchObject({ code: 'IDENTITY_INVALID', message: expect.stringContaining('"iss"') })
    expect(issuer.asked).toEqual([])
  })

  test.each([
    '',
    'abc',
    'a.b',
    'a.b.c',
    'e30.e30.',
    '{}.{}.{}',
    `${'a'.repeat(40_000)}.b.c`,
    'eyJhbGciOiJFUzI1NiJ9.W10.AA'
  ])('refuses what is no token: %#', async token => {
    expect(await refused(token)).toMatchObject({ code: 'IDENTITY_INVALID' })
    expect(issuer.asked).toEqual([])
  })
})

describe('a signature', () => {
  test('of another key is refused', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const error = await refused(await issuer.sign(githubClaims(), { key: privateKey }))
    expect(error).toMatchObject({ code: 'IDENTITY_INVALID', message: expect.stringContaining('signature') })
  })

  test('of changed claims is refused', async () => {
    const [header = '', payload = '', signature = ''] = (await issuer.sign(githubClaims())).split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
    const changed = Buffer.from(JSON.stringify({ ...claims, repository: 'octo-org/other' })).toString('base64url')
    expect(await refused([header, changed, signature].join('.'))).toMatchObject({ code: 'IDENTITY_INVALID' })
  })

  test('with a secret that is the published key is refused', async () => {
    const secret = Buffer.from(JSON.stringify(issuer.publicJwk))
    const error = await refused(await issuer.sign(githubClaims(), { key: secret, alg: 'HS256' }))
    expect(error).toMatchObject({ code: 'IDENTITY_INVALID' })
    expect(issuer.asked).toEqual([])
  })

  test('that is missing is refused', async () => {
    const [, payload = ''] = (await issuer.sign(githubClaims())).split('.')
    const header = Buffer.from('{"alg":"none"}').toString('base64url')
    for (const signature of ['', 'AA']) {
      expect(await refused(`${header}.${payload}.${signature}`)).toMatchObject({ code: 'IDENTITY_INVALID' })
    }
  })

  test('with a key that is not published is refused', async () => {
    const token = await issuer.sign(githubClaims())
    issuer.answers.keys = json({ keys: [{ ...issuer.publicJwk, kid: 'two' }] })
    expect(await refused(token)).toMatchObject({
      code: 'IDENTITY_INVALID',
      message: expect.stringContaining('not publish')
    })
  })
})

describe("the issuer's documents", () => {
  test.each([
    [
      'names another issuer',
      () => json({ issuer: 'https://other.example', jwks_uri: `${issuer.url}/keys` }),
      'IDENTITY_INVALID'
    ],
    ['names none', () => json({ jwks_uri: `${issuer.url}/keys` }), 'IDENTITY_INVALID'],
    ['is a list', () => json([]), 'IDENTITY_INVALID'],
    ['is null', () => json(null), 'IDENTITY_INVALID'],
    ['names no keys', () => json({ issuer: issuer.url }), 'SIGSTORE_FAILED'],
    [
      'has its keys in clear elsewhere',
      () => json({ issuer: issuer.url, jwks_uri: 'http://keys.example/' }),
      'SIGSTORE_FAILED'
    ],
    ['has a file for keys', () => json({ issuer: issuer.url, jwks_uri: 'file:///etc/passwd' }), 'SIGSTORE_FAILED']
  ])('a configuration that %s is refused', async (_what, answer, code) => {
    const token = await issuer.sign(githubClaims())
    issuer.answers.configuration = answer()
    expect(await refused(token)).toMatchObject({ code })
    expect(issuer.asked).toEqual(['configuration'])
  })

  test.each([
    ['no object', [], 'SIGSTORE_FAILED'],
    ['no list', { keys: {} }, 'SIGSTORE_FAILED'],
    ['no keys', { keys: [] }, 'IDENTITY_INVALID'],
    ['numbers', { keys: [1, null] }, 'IDENTITY_INVALID'],
    ['a broken key', { keys: [{ kty: 'EC', crv: 'P-256', kid: 'one', x: 'AA', y: 'AA' }] }, 'IDENTITY_INVALID']
  ])('keys that are %s are refused', async (_what, keys, code) => {
    const token = await issuer.sign(githubClaims())
    issuer.answers.keys = json(keys)
    expect(await refused(token)).toMatchObject({ code })
  })
})

describe('a document of any size', () => {
  test('is not read beyond what real ones have', async () => {
    const token = await issuer.sign(githubClaims())
    const keys = { keys: [issuer.publicJwk], padding: '' }
    const size = (bytes: number): void => {
      keys.padding = 'x'.repeat(bytes - JSON.stringify({ ...keys, padding: '' }).length)
      issuer.answers.keys = json(keys)
    }
    size(256 * 1024)
    await expect(verify(token)).resolves.toBeDefined()
    size(256 * 1024 + 1)
    expect(await refused(token)).toMatchObject({
      code: 'SIGSTORE_FAILED',
      message: expect.stringContaining('more than')
    })
  })

  test('without end is given up', async () => {
    const token = await issuer.sign(githubClaims())
    let sent = 0
    issuer.answers.configuration = response => {
      const write = (): void => {
        while (!response.destroyed && response.write('x'.repeat(64 * 1024))) sent += 64 * 1024
      }
      response.on('drain', write)
      write()
    }
    expect(await refused(token)).toMatchObject({ code: 'SIGSTORE_FAILED' })
    expect(sent).toBeLessThan(64 * 1024 * 1024)
  })
})

describe('time', () => {
  const at = (ms: number): string => new Date(ms).toISOString().slice(0, 'yyyy-mm-ddThh:'.length)

  test.each([
    ['ahead', -HOUR_MS],
    ['behind', HOUR_MS]
  ])('a machine whose clock is an hour %s is told so, with both times', async (_what, clockAheadMs) => {
    issuer.clockAheadMs = clockAheadMs
    const before = Date.now()
    const error = await refused(await issuer.sign(githubClaims()))
    expect(error).toMatchObject({ code: 'IDENTITY_INVALID', hint: "Set this machine's clock." })
    expect(error.message).toContain(`this machine's clock says ${at(before)}`)
    expect(error.message).toContain(`the issuer's ${at(before + clockAheadMs)}`)
  })

  test('a clock that is behind is found where tokens do not say from when they are valid', async () => {
    issuer.clockAheadMs = HOUR_MS
    const error = await refused(await issuer.sign({ ...circleciClaims(), nbf: undefined }))
    expect(error).toMatchObject({ code: 'IDENTITY_INVALID', hint: "Set this machine's clock." })
  })

  test('the age of what a cache answers counts', async () => {
    const token = await issuer.sign({ ...githubClaims(), exp: Math.floor(Date.now() / 1000) - 5 })
    issuer.answers.keys = (response, request) => {
      response.setHeader('date', new Date(Date.now() - HOUR_MS).toUTCString()).setHeader('age', '3600')
      json({ keys: [issuer.publicJwk] })(response, request)
    }
    expect(await refused(token)).toMatchObject({ message: expect.stringMatching(/^the identity token has expired: /) })
  })

  test('a token that is over is called so', async () => {
    const error = await refused(await issuer.sign({ ...githubClaims(), exp: Math.floor(Date.now() / 1000) - 1 }))
    expect(error).toMatchObject({ code: 'IDENTITY_INVALID', hint: expect.stringContaining('fresh') })
  })

  test('a clock that is off is worth a warning where the token is good', async () => {
    issuer.clockAheadMs = HOUR_MS
    const now = Math.floor(Date.now() / 1000)
    const token = await issuer.sign({ ...githubClaims(), iat: now, nbf: now, exp: now + 7200 })
    const { ports, lines } = listeningPorts()
    await verifyIdentity(token, 'sigstore', ports, QUICK)
    expect(lines).toEqual([expect.stringMatching(/^this machine's clock says .*Z, that of the token's issuer .*Z$/)])
  })
})

test('an interrupted job does not wait', async () => {
  const token = await issuer.sign(githubClaims())
  const controller = new AbortController()
  issuer.answers.configuration = () => controller.abort(new Error('stopped'))
  const ports = { ...listeningPorts().ports, signal: controller.signal }
  expect((await failureOf(verifyIdentity(token, 'sigstore', ports))).message).toBe('stopped')
})
