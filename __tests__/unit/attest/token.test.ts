import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { environmentToken, type EnvironmentTokenOptions } from '../../../src/attest/token.ts'
import { permissionHint } from '../../../src/permission.ts'
import { failureOf } from '../../support/failure.ts'
import { circleciClaims, githubClaims, useSigstore } from '../../support/sigstore.ts'
import { listeningPorts, QUICK, TokenIssuer } from '../../support/token-issuer.ts'

const sigstore = useSigstore()
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'token-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const ask = (
  env: Record<string, string>,
  options: EnvironmentTokenOptions = {},
  audience = 'sigstore'
): Promise<string> => environmentToken(listeningPorts(env).ports, { ...QUICK, ...options })(audience)
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

describe('environmentToken', () => {
  test('reads a file before anything else', async () => {
    const token = sigstore().issuer.token()
    expect(await ask({ SIGSTORE_ID_TOKEN: 'a.b.c' }, { file: file('token', `${token}\n`) })).toBe(token)
  })

  test('reads SIGSTORE_ID_TOKEN before it asks anybody', async () => {
    expect(await ask({ SIGSTORE_ID_TOKEN: ' a.b.c\n', ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:1' })).toBe(
      'a.b.c'
    )
  })

  test.each(['', 'nothing', 'a.b', 'a.b.c d', '"a.b.c"'])('refuses a file with %j', async text => {
    const error = await failureOf(ask({}, { file: file('other', text) }))
    expect(error).toMatchObject({ code: 'IDENTITY_INVALID', resource: join(folder, 'other') })
  })

  test('says which file is missing', async () => {
    expect(await failureOf(ask({}, { file: join(folder, 'none') }))).toMatchObject({
      code: 'IDENTITY_MISSING',
      message: expect.stringContaining('ENOENT'),
      resource: join(folder, 'none')
    })
  })

  test('does not repeat a token that is given in place of a file', async () => {
    const token = sigstore().issuer.token()
    const error = await failureOf(ask({}, { file: join('/home/runner', token) }))
    expect(error).toMatchObject({ code: 'USAGE' })
    expect(inspect(error, { depth: 20 })).not.toContain(token.split('.')[1]?.slice(0, 30))
  })

  test('does not repeat a variable that is no token', async () => {
    const error = await failureOf(ask({ SIGSTORE_ID_TOKEN: 'hunter2 hunter2' }))
    expect(error).toMatchObject({ code: 'IDENTITY_INVALID', message: expect.stringContaining('SIGSTORE_ID_TOKEN') })
    expect(inspect(error, { depth: 20 })).not.toContain('hunter2')
  })

  test('says what there is to do on a machine of nobody', async () => {
    expect(await failureOf(ask({}))).toMatchObject({ code: 'IDENTITY_MISSING', hint: expect.stringContaining('--key') })
  })
})

describe('environmentToken in GitHub Actions', () => {
  const env = (): Record<string, string> => ({
    GITHUB_ACTIONS: 'true',
    ACTIONS_ID_TOKEN_REQUEST_URL: sigstore().issuer.requestUrl,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: sigstore().issuer.requestToken
  })

  test('asks for a fresh token each time, for the audience that is wanted', async () => {
    sigstore().issuer.claims = githubClaims()
    const source = environmentToken(listeningPorts(env()).ports, QUICK)
    const tokens = [await source('sigstore'), await source('https://a.example/?b&c')]
    expect(new Set(tokens).size).toBe(2)
    expect(sigstore().issuer.issued).toEqual(expect.arrayContaining(tokens))
    expect(sigstore().issuer.audiences.slice(-2)).toEqual(['sigstore', 'https://a.example/?b&c'])
  })

  test('names the permission that is missing', async () => {
    const error = await failureOf(ask({ GITHUB_ACTIONS: 'true' }))
    expect(error).toMatchObject({ code: 'IDENTITY_MISSING' })
    expect(error.hint).toContain(permissionHint('id-token: write'))
    expect(error.hint).toContain('fork')
  })

  test.each([
    ['http://tokens.example/?x=1', 'secret'],
    ['tokens', 'secret'],
    ['https://tokens.example/', 'sec\nret']
  ])('sends nothing to %j with %j', async (url, token) => {
    const error = await failureOf(
      ask({ ...env(), ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token })
    )
    expect(error).toMatchObject({ code: 'IDENTITY_INVALID' })
  })

  test.each(['deny', 'error', 'refuse', 'malformed', 'hang'] as const)('says that GitHub fails: %s', async fault => {
    sigstore().fault('issuer', fault)
    const error = await failureOf(ask(env()))
    sigstore().fault('issuer')
    expect(error.code).toBe(['refuse', 'hang'].includes(fault) ? 'SIGSTORE_UNREACHABLE' : 'SIGSTORE_FAILED')
    expect(error.message).toMatch(/^GitHub makes no identity token: /)
    expect(error.resource).toBe(`${sigstore().issuer.issuer}/token`)
  })

  test('sends the request to nobody else', async () => {
    const [one, other] = [await TokenIssuer.start(), await TokenIssuer.start()]
    one.answers.token = response => void response.writeHead(307, { location: `${other.url}/token` }).end()
    const error = await failureOf(ask({ ...env(), ACTIONS_ID_TOKEN_REQUEST_URL: `${one.url}/token` }))
    expect(error).toMatchObject({ code: 'SIGSTORE_FAILED', hint: expect.stringContaining('Redirects') })
    expect(other.asked).toEqual([])
    await Promise.all([one.close(), other.close()])
  })
})

describe('environmentToken in GitLab CI', () => {
  test('names the lines that are missing, for the audience that is wanted', async () => {
    const error = await failureOf(ask({ GITLAB_CI: 'true', SIGSTORE_ID_TOKEN: '' }, {}, 'private'))
    expect(error).toMatchObject({
      code: 'IDENTITY_MISSING',
      hint: 'Add this to the job in .gitlab-ci.yml:\nid_tokens:\n  SIGSTORE_ID_TOKEN:\n    aud: private'
    })
  })
})

describe('environmentToken in CircleCI', () => {
  const own = (aud: string): string => sigstore().issuer.token({ ...circleciClaims(), aud })
  /** A program of that name which prints `output`, and its arguments to a file. */
  function programs(script: string): string {
    const bin = mkdtempSync(join(folder, 'bin-'))
    writeFileSync(join(bin, 'circleci'), `#!/bin/sh\nprintf '%s\\n' "$@" >"${bin}/arguments"\n${script}\n`)
    chmodSync(join(bin, 'circleci'), 0o755)
    return bin
  }

  test('takes the token of the job where that is meant for it', async () => {
    const token = own('sigstore')
    expect(await ask({ CIRCLECI: 'true', CIRCLE_OIDC_TOKEN_V2: token, PATH: folder })).toBe(token)
  })

  test('has one made for the audience otherwise', async () => {
    const token = own('sigstore')
    const bin = programs(`echo ${token}`)
    const env = {
      CIRCLECI: 'true',
      CIRCLE_OIDC_TOKEN_V2: own('3f9b1a52-0d0e-4a9e-8d52-0f5f0c0f1f11'),
      PATH: `${bin}:/usr/bin:/bin`
    }
    expect(await ask(env)).toBe(token)
    expect(readFileSync(join(bin, 'arguments'), 'utf8')).toBe('run\noidc\nget\n--claims\n{"aud":"sigstore"}\n')
  })

  test.each([
    ['is not there', undefined, 'is not there'],
    ['fails', (token: string) => `echo ${token} >&2; exit 3`, 'did not make one']
  ])('names the lines to add where the program %s', async (_what, script, why) => {
    const token = own('x')
    const bin = script === undefined ? mkdtempSync(join(folder, 'bin-')) : programs(script(token))
    const error = await failureOf(ask({ CIRCLECI: 'true', CIRCLE_OIDC_TOKEN_V2: token, PATH: bin }))
    expect(error).toMatchObject({ code: 'IDENTITY_MISSING', message: expect.stringContaining(why) })
    expect(error.hint).toContain(`export SIGSTORE_ID_TOKEN="$(circleci run oidc get --claims '{"aud":"sigstore"}')"`)
    expect(inspect(error, { depth: 20 })).not.toContain(token.split('.')[1]?.slice(0, 30))
  })

  test.each([
    ['something else', 'echo "Error: no"'],
    ['without end', 'head -c 200000 /dev/zero | tr "\\0" a']
  ])('takes nothing that the program prints but a token: %s', async (_what, script) => {
    const error = await failureOf(ask({ CIRCLECI: 'true', PATH: `${programs(script)}:/usr/bin:/bin` }))
    expect(error.code).toMatch(/^IDENTITY_(?:INVALID|MISSING)$/)
    expect(inspect(error, { depth: 20 })).not.toContain('Error: no')
  })
})
