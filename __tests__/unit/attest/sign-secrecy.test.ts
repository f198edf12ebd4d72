/** Whatever the servers do, nobody reads the token in what comes of it. */
import { createPublicKey } from 'node:crypto'
import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { Identity } from '../../../src/attest/identity.ts'
import type { ServiceOptions } from '../../../src/attest/service-client.ts'
import type { SigstoreServices } from '../../../src/attest/services.ts'
import { signStatement } from '../../../src/attest/sign.ts'
import { CertificateAuthority } from '../../../lab/sigstore/certificate-authority.ts'
import { Clock } from '../../../lab/sigstore/clock.ts'
import { certifiedIdentity } from '../../../lab/sigstore/identity-extensions.ts'
import { certificatePem } from '../../../lab/sigstore/pem.ts'
import { AnsweringServer, answering, type Answering } from '../../support/answering-server.ts'
import { failureOf } from '../../support/failure.ts'
import { everythingOf, expectHidden, outputOf } from '../../support/secrecy.ts'
import { ecdsaKeys, identityOf, loggingPorts, QUICK, servicesOf, STATEMENT } from '../../support/signing.ts'
import { useSigstore, type Fault } from '../../support/sigstore.ts'

const sigstore = useSigstore()
const authority = new CertificateAuthority(new Clock())
let bad: AnsweringServer
let elsewhere: AnsweringServer
let identity: Identity
beforeAll(async () => {
  bad = await AnsweringServer.start()
  elsewhere = await AnsweringServer.start()
  identity = await identityOf(sigstore())
})
afterEach(() => {
  for (const server of ['fulcio', 'rekor', 'rekor-v2', 'timestamp'] as const) sigstore().fault(server)
})
afterAll(() => Promise.all([bad.close(), elsewhere.close()]))

/** Signs, which has to fail, and fails where the token can be read somewhere. */
async function failSecretly(changes: Partial<SigstoreServices>, options: ServiceOptions = {}, as = identity) {
  const { ports, lines } = loggingPorts()
  let failure = {} as Error & Record<string, unknown>
  const output = await outputOf(async () => {
    const means = { kind: 'keyless' as const, identity: as }
    failure = await failureOf(
      signStatement(STATEMENT, means, servicesOf(sigstore(), changes), ports, { ...QUICK, ...options })
    )
  })
  // The header of a token is the same for all of an issuer.
  const secret = as.token.slice(as.token.indexOf('.') + 1)
  expectHidden(secret, [everythingOf(failure), output, ...lines].join('\n'))
  return failure
}

const token = () => identity.token
const certificates = (...pems: unknown[]) => ({ signedCertificateEmbeddedSct: { chain: { certificates: pems } } })
const secretly =
  (make: () => [status: number, body: unknown, headers?: Record<string, string>]): Answering =>
  (response, request) =>
    answering(...make())(response, request)

/** A certificate of the lab's own, for what the request asks for after `change`. */
function certifying(change: { claims?: Record<string, unknown>; otherKey?: boolean; names?: string }): Answering {
  return (response, { body }) => {
    const { publicKeyRequest } = JSON.parse(body.toString()) as { publicKeyRequest: { publicKey: { content: string } } }
    const asked = publicKeyRequest.publicKey.content
    const { uri, extensions } = certifiedIdentity('github-workflow', { ...identity.claims, ...change.claims })
    const key = change.otherKey ? ecdsaKeys().publicKey : createPublicKey(asked)
    const certificate = authority.issue(key, change.names ?? uri, extensions)
    return answering(200, certificates(certificatePem(certificate)))(response, {} as never)
  }
}

const TOKEN_TEXTS: [string, (token: string) => string][] = [
  ['as it is', text => text],
  ['in lines', text => text.replace(/.{60}/g, '$&\n')],
  ['in pieces', text => text.replace(/.{16}/g, '$& ')],
  ['without its header', text => text.split('.').slice(1).join('.')],
  ['in JSON', text => JSON.stringify({ token: text })],
  ['in base64', text => Buffer.from(text).toString('base64')],
  ['in hexadecimal', text => Buffer.from(text).toString('hex')],
  ['as Node shows bytes', text => inspect(Buffer.from(text), { maxArrayLength: null })],
  ['as a list of bytes', text => [...Buffer.from(text)].join(', ')],
  ['percent-encoded', text => text.replace(/[^]/g, c => `%${c.charCodeAt(0).toString(16)}`)]
]

describe('where the certificate authority sends the token back', () => {
  describe.each([400, 403, 500])('with status %i,', status => {
    test.each(TOKEN_TEXTS)('%s, it is in no error, log or output', async (_how, write) => {
      bad.answer = secretly(() => [status, { code: 3, message: `invalid identity token: ${write(token())} (bad)` }])
      const failure = await failSecretly({ fulcioUrl: bad.url })
      expect(failure).toMatchObject({
        message: expect.stringMatching(/answered with status .*invalid identity token: /)
      })
      bad.answer = secretly(() => [status, write(token()), { 'content-type': 'text/plain' }])
      await failSecretly({ fulcioUrl: bad.url })
    })
  })

  test.each<[string, Answering]>([
    ['in a header', secretly(() => [401, '', { 'www-authenticate': `Bearer token="${token()}"` }])],
    ['as the status', response => void response.writeHead(400, `no ${token()}`).end()],
    ['as the time to come back', secretly(() => [429, '', { 'retry-after': token() }])],
    ['as the place to go to', secretly(() => [307, '', { location: `${elsewhere.url}/${token()}` }])],
    ['as the length', response => void response.socket?.end(`HTTP/1.1 200 OK\r\ncontent-length: ${token()}\r\n\r\n`)],
    ['in place of HTTP', response => void response.socket?.end(`${token().split('.')[1]}\r\n\r\n`)],
    ['as JSON', secretly(() => [200, JSON.stringify(token())])],
    ['as half of JSON', secretly(() => [200, `{"signedCertificateEmbeddedSct": "${token()}`])],
    ['as the chain', secretly(() => [200, { signedCertificateEmbeddedSct: { chain: token() } }])],
    [
      'as the certificates',
      secretly(() => [200, { signedCertificateEmbeddedSct: { chain: { certificates: token() } } }])
    ],
    ['as a certificate', secretly(() => [200, certificates(token())])],
    [
      'in a certificate',
      secretly(() => [200, certificates(`-----BEGIN CERTIFICATE-----\n${token()}\n-----END CERTIFICATE-----\n`)])
    ],
    ['as the name in the certificate', (...args) => certifying({ names: `https://host/${token()}` })(...args)],
    ['as the issuer in the certificate', (...args) => certifying({ claims: { iss: `https://${token()}` } })(...args)],
    ['without end', secretly(() => [200, `"${token().repeat(2000)}"`])],
    ['and cuts the connection', response => void response.writeHead(200).write(token(), () => response.destroy())]
  ])('%s, it is in no error, log or output', async (_how, answer) => {
    bad.answer = answer
    const { code } = await failSecretly({ fulcioUrl: bad.url })
    expect(code).toMatch(/^(?:SIGSTORE_UNREACHABLE|SIGSTORE_FAILED|IDENTITY_INVALID|SIGNING_FAILED)$/)
    expect(elsewhere.received).toEqual([])
  })
})

describe.each([
  ['fulcio', 'certificate authority', {}],
  ['rekor', 'transparency log', {}],
  ['rekor-v2', 'transparency log', { rekorVersion: 2 }],
  ['timestamp', 'timestamp authority', {}]
] as const)('with a fault of %s, the %s,', (server, name, changes) => {
  test.each<[Fault, RegExp]>([
    ['refuse', /SIGSTORE_UNREACHABLE/],
    ['deny', /SIGSTORE_FAILED/],
    ['error', /SIGSTORE_FAILED/],
    ['malformed', /SIGSTORE_FAILED/]
  ])('%j, the token stays secret and the server is named', async (fault, code) => {
    sigstore().fault(server, fault)
    const failure = await failSecretly(changes)
    expect(failure).toMatchObject({
      code: expect.stringMatching(code),
      message: expect.stringContaining(`the ${name} `),
      resource: expect.stringContaining('http://127.0.0.1:'),
      hint: expect.any(String)
    })
  })

  test('no answer at all, the token stays secret and the server is named', async () => {
    sigstore().fault(server, 'hang')
    const options = { http: { answerTimeoutMs: 1500 }, backoff: { ...QUICK.backoff!, attempts: 1 } }
    expect(await failSecretly(changes, options)).toMatchObject({
      code: 'SIGSTORE_UNREACHABLE',
      message: expect.stringMatching(`the ${name} cannot be reached: nothing for 1.5 s from`)
    })
  })

  test('nobody there, the token stays secret and the server is named', async () => {
    const gone = await AnsweringServer.start()
    await gone.close()
    const option = server === 'fulcio' ? 'fulcioUrl' : server === 'timestamp' ? 'timestampUrl' : 'rekorUrl'
    expect(await failSecretly({ ...changes, [option]: gone.url })).toMatchObject({
      code: 'SIGSTORE_UNREACHABLE',
      message: expect.stringMatching(`the ${name} cannot be reached: .*ECONNREFUSED`),
      cause: { code: 'ECONNREFUSED' }
    })
  })

  if (server !== 'rekor-v2') {
    test.each([-3_600_000, 3_600_000])('a clock that is %i ms ahead, the token stays secret', async clockOffsetMs => {
      sigstore().fault(server, { clockOffsetMs })
      expect(await failSecretly(changes)).toMatchObject({ code: 'SIGNING_FAILED' })
    })
  }
})

describe('what is no good is refused, and said of whom it is', () => {
  test.each<[string, Answering, string | RegExp]>([
    ['nothing', answering(200, ''), /no JSON/],
    ['a page', answering(200, '<html>Sign in</html>'), /no JSON/],
    ['null', answering(200, 'null'), 'no certificate'],
    ['a list', answering(200, []), 'no certificate'],
    ['another object', answering(200, {}), 'no certificate'],
    ['an empty chain', answering(200, certificates()), 'no certificate'],
    ['numbers', answering(200, certificates(1)), 'no certificate'],
    ['text', answering(200, certificates('text')), 'no certificate'],
    [
      'a key',
      secretly(() => [200, certificates(ecdsaKeys().publicKey.export({ type: 'spki', format: 'pem' }))]),
      'no certificate'
    ]
  ])('a certificate authority that answers with %s', async (_what, answer, said) => {
    bad.answer = answer
    expect(await failSecretly({ fulcioUrl: bad.url })).toMatchObject({
      code: 'SIGSTORE_FAILED',
      message: expect.stringMatching(said),
      resource: bad.url
    })
  })

  test.each<[string, Answering, RegExp]>([
    ['another key', certifying({ otherKey: true }), /has certified another key/],
    [
      'another job',
      (...args) => certifying({ claims: { job_workflow_ref: 'a/b/c@d' } })(...args),
      /certificate is for .*\/a\/b\/c@d, and the identity token speaks for/
    ],
    [
      'another issuer',
      (...args) => certifying({ claims: { iss: 'https://other.example' } })(...args),
      /names the issuer https:\/\/other\.example, and/
    ]
  ])('a certificate of %s', async (_what, answer, said) => {
    bad.answer = answer
    expect(await failSecretly({ fulcioUrl: bad.url })).toMatchObject({
      code: 'SIGNING_FAILED',
      message: expect.stringMatching(said),
      resource: bad.url
    })
  })
})

test('these tests find a token', async () => {
  const secret = token()
  const error = new Error('outer', { cause: Object.assign(new Error('inner'), { request: { headers: [secret] } }) })
  expect(() => expectHidden(secret, everythingOf(error))).toThrow('a piece of the secret')
  for (const [, write] of TOKEN_TEXTS.filter(([how]) => /hexadecimal|Node shows/.test(how))) {
    expect(() => expectHidden(secret, write(secret))).toThrow('a piece of the secret')
  }
  const output = await outputOf(async () => void process.stderr.write(secret))
  expect(() => expectHidden(secret, output)).toThrow('a piece of the secret')
})
