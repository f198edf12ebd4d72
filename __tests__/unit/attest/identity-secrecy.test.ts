/** Whatever the servers answer, nobody reads the token in what comes of it. */
import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { verifyIdentity } from '../../../src/attest/identity.ts'
import { environmentToken } from '../../../src/attest/token.ts'
import { failureOf } from '../../support/failure.ts'
import { githubClaims } from '../../support/sigstore.ts'
import { listeningPorts, QUICK, TokenIssuer, type Answering, type Document } from '../../support/token-issuer.ts'

let issuer: TokenIssuer
beforeAll(async () => {
  issuer = await TokenIssuer.start()
})
afterEach(() => issuer.reset())
afterAll(() => issuer.close())

const REQUEST_TOKEN = `request-${'0123456789abcdef'.repeat(4)}`
/** Shorter than any header of a token. */
const PIECE = 20

/** Fails if a piece of the token behind its header, or what it is asked for with, is in `text`. */
function expectSecret(text: string, token: string): void {
  const secret = token.slice(token.indexOf('.') + 1)
  for (let at = 0; at + PIECE <= secret.length; at++) {
    if (text.includes(secret.slice(at, at + PIECE))) throw new Error(`a piece of the token (at ${at}) is in: ${text}`)
  }
  const start = Buffer.from(secret.slice(0, PIECE))
  for (const [what, hidden] of [
    ['what it is asked for with', REQUEST_TOKEN.slice(10, 40)],
    ['the token in hexadecimal', start.toString('hex')],
    ['the token as Node shows bytes', start.toString('hex').replace(/..(?!$)/g, '$& ')],
    ['the token as JSON shows bytes', [...start].join(',')]
  ] as const) {
    if (text.includes(hidden)) throw new Error(`${what} is in: ${text}`)
  }
}

/** All of an error that any logger could come to print. */
function everything(error: unknown, lines: readonly string[]): string {
  const rendered = [2, 20].map(depth =>
    inspect(error, { depth, showHidden: true, maxStringLength: null, maxArrayLength: null })
  )
  return [...rendered, JSON.stringify(error), String((error as Error).stack), ...lines].join('\n')
}

const echo = (status: number, headers: () => Record<string, string> = () => ({})): Answering => {
  return response => response.writeHead(status, headers()).end(`no: ${issuer.token} Bearer ${REQUEST_TOKEN}`)
}

const FAILURES: [string, Answering][] = [
  ['cuts the connection', response => response.destroy()],
  ['answers 500 with the token', echo(500)],
  ['answers 403 with the token', echo(403)],
  [
    'answers 401 with the token in a header',
    echo(401, () => ({ 'www-authenticate': `Bearer token="${issuer.token}"` }))
  ],
  ['asks for patience with the token', echo(429, () => ({ 'retry-after': issuer.token }))],
  ['never answers', () => {}],
  ['stops in the middle', response => void response.writeHead(200).write(`{"value": "${issuer.token}`)],
  [
    'promises more than it sends',
    response => {
      response.writeHead(200, { 'content-length': '100000' }).write(issuer.token)
      setTimeout(() => response.destroy(), 20)
    }
  ],
  ['answers with the bare token', response => response.end(`"${issuer.token}" "`)],
  ['answers with half a document', response => response.end(`{"issuer": "${issuer.token}", "x": `)],
  [
    'answers with the token for everything',
    response =>
      response.end(
        JSON.stringify({
          issuer: issuer.token,
          jwks_uri: issuer.token,
          keys: issuer.token,
          value: { token: issuer.token }
        })
      )
  ],
  [
    'has the token as its address',
    response =>
      response.end(
        JSON.stringify({
          issuer: issuer.url,
          jwks_uri: `https://${issuer.token}@x:y/`,
          keys: [issuer.token],
          value: `${issuer.token}\n`
        })
      )
  ],
  [
    'has the token as key',
    response =>
      response.end(
        JSON.stringify({
          keys: [{ ...issuer.publicJwk, x: issuer.token, y: issuer.token }],
          value: `.${issuer.token}.`
        })
      )
  ],
  [
    'redirects to an address with the token',
    echo(302, () => ({ location: `https://elsewhere.example/?t=${issuer.token}` }))
  ],
  ['answers without end', response => response.end(`{"x": "${issuer.token.repeat(1000)}"}`)],
  [
    'speaks no HTTP',
    response => {
      response.socket?.end(`${issuer.token.split('.')[1]}\r\n\r\n`)
    }
  ]
]

describe.each<Document>(['configuration', 'keys'])(
  'the token is in no error and no log where the server of %s',
  document => {
    test.each(FAILURES)('%s', async (_what, answering) => {
      const token = await issuer.sign(githubClaims())
      issuer.answers[document] = answering
      const { ports, lines } = listeningPorts()
      const error = await failureOf(verifyIdentity(token, 'sigstore', ports, QUICK))
      expect(error.code).toMatch(/^(?:SIGSTORE_UNREACHABLE|SIGSTORE_FAILED|IDENTITY_INVALID)$/)
      expectSecret(everything(error, lines), token)
    })
  }
)

describe('the token, and what it is asked for with, is in no error and no log where GitHub', () => {
  test.each(FAILURES)('%s', async (_what, answering) => {
    const token = await issuer.sign(githubClaims())
    issuer.answers.token = answering
    const { ports, lines } = listeningPorts({
      ACTIONS_ID_TOKEN_REQUEST_URL: `${issuer.url}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_TOKEN
    })
    const error = await failureOf(environmentToken(ports, QUICK)('sigstore'))
    expect(error.code).toMatch(/^(?:SIGSTORE_UNREACHABLE|SIGSTORE_FAILED)$/)
    expectSecret(everything(error, lines), token)
  })
})

test('the token is in no error where nobody listens', async () => {
  const gone = await TokenIssuer.start()
  const token = await gone.sign(githubClaims())
  await gone.close()
  const { ports, lines } = listeningPorts()
  const error = await failureOf(verifyIdentity(token, 'sigstore', ports, QUICK))
  expect(error).toMatchObject({ code: 'SIGSTORE_UNREACHABLE', message: expect.stringContaining('ECONNREFUSED') })
  expectSecret(everything(error, lines), token)
})

test.each([
  ['is too old', { exp: 1 }],
  ['is too new', { nbf: 4e9 }],
  ['is for others', { aud: 'others' }],
  ['is of nobody', { sub: '' }],
  ['is of no kind', { job_workflow_ref: undefined }],
  ['lacks a claim', { run_id: undefined }],
  ['has a claim of two lines', { repository: 'a/b\nc' }],
  ['is of an issuer with no address', { iss: 'nowhere' }]
])('the token is in no error where it %s', async (_what, claims) => {
  const token = await issuer.sign({ ...githubClaims(), ...claims })
  const { ports, lines } = listeningPorts()
  const error = await failureOf(verifyIdentity(token, 'sigstore', ports, QUICK))
  expect(error.code).toBe('IDENTITY_INVALID')
  expectSecret(everything(error, lines), token)
})

test.each([-3_600_000, 3_600_000])('the token is in no error where a clock is off by %i ms', async clockAheadMs => {
  issuer.clockAheadMs = clockAheadMs
  const token = await issuer.sign(githubClaims())
  const { ports, lines } = listeningPorts()
  expectSecret(everything(await failureOf(verifyIdentity(token, 'sigstore', ports, QUICK)), lines), token)
})

test('this test finds a token', async () => {
  const token = await issuer.sign(githubClaims())
  const error = new Error('outer', {
    cause: Object.assign(new Error('inner'), { request: { headers: [`Bearer ${token}`] } })
  })
  expect(() => expectSecret(everything(error, []), token)).toThrow('a piece of the token')
  const bytes = Buffer.from(token.slice(token.indexOf('.') + 1))
  for (const shown of [inspect(bytes), JSON.stringify(bytes)]) {
    expect(() => expectSecret(shown, token)).toThrow(/as (?:Node|JSON) shows bytes/)
  }
})
