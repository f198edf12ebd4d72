/** What is wrong with a bundle, or with what a server answers, is found before anybody gets it. */
import { X509Certificate } from 'node:crypto'
import { bundleFromJSON, type Bundle } from '@sigstore/bundle'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { describeOffset, oddClock } from '../../../src/attest/clocks.ts'
import { isIncluded } from '../../../src/attest/inclusion.ts'
import { checkBundle, checkCertificate } from '../../../src/attest/self-check.ts'
import { signStatement, type SigningMeans } from '../../../src/attest/sign.ts'
import type { SigstoreServices } from '../../../src/attest/services.ts'
import type { Identity } from '../../../src/attest/identity.ts'
import { requestTimestamp } from '../../../src/attest/timestamp.ts'
import { AnsweringServer, answering, forwarding } from '../../support/answering-server.ts'
import { failureOf } from '../../support/failure.ts'
import { ecdsaKeys, identityOf, QUICK, quietPorts, servicesOf, STATEMENT } from '../../support/signing.ts'
import { useSigstore } from '../../support/sigstore.ts'

const sigstore = useSigstore()
let identity: Identity
let server: AnsweringServer
beforeAll(async () => {
  identity = await identityOf(sigstore())
  server = await AnsweringServer.start()
})
afterAll(() => server.close())

const sign = (changes: Partial<SigstoreServices> = {}, means: SigningMeans = { kind: 'keyless', identity }) =>
  signStatement(STATEMENT, means, servicesOf(sigstore(), changes), quietPorts(), QUICK)

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- it is taken apart in many ways
type Json = Record<string, any>
/** Changes the body of a log's entry, wherever it stands in the answer. */
const withBody = (change: (body: Json) => void) => (answer: Buffer) => {
  const json = JSON.parse(answer.toString()) as Json
  const [entry] = 'canonicalizedBody' in json ? [json] : (Object.values(json) as Json[])
  const name = 'canonicalizedBody' in json ? 'canonicalizedBody' : 'body'
  const body = JSON.parse(Buffer.from(entry![name], 'base64').toString()) as Json
  change(body)
  entry![name] = Buffer.from(JSON.stringify(body)).toString('base64')
  return JSON.stringify(json)
}
const withProof = (change: (proof: Json) => void) => (answer: Buffer) => {
  const json = JSON.parse(answer.toString()) as Json
  change((Object.values(json) as Json[])[0]!.verification.inclusionProof)
  return JSON.stringify(json)
}
const OTHER = Buffer.from('other').toString('base64')

describe('a log of version 1', () => {
  test.each<[string, (answer: Buffer) => Buffer | string]>([
    ['another payload', withBody(body => (body.spec.payloadHash.value = 'ab'.repeat(32)))],
    ['another kind of hash', withBody(body => (body.spec.payloadHash.algorithm = 'sha512'))],
    ['another signature', withBody(body => (body.spec.signatures[0].signature = OTHER))],
    ['another signer', withBody(body => (body.spec.signatures[0].verifier = OTHER))],
    ['two signatures', withBody(body => body.spec.signatures.push(body.spec.signatures[0]))],
    ['no signature', withBody(body => (body.spec.signatures = []))],
    ['another kind', withBody(body => (body.kind = 'intoto'))],
    ['no content', withBody(body => delete body.spec)]
  ])('that answers with an entry of %s is named', async (_what, change) => {
    server.answer = forwarding(sigstore().rekorUrl, change)
    expect(await failureOf(sign({ rekorUrl: server.url }))).toMatchObject({
      code: 'SIGNING_FAILED',
      message: 'the transparency log has answered with an entry of something else',
      resource: server.url
    })
  })

  test('that answers with the entry of another envelope is named', async () => {
    let first: Buffer | undefined
    server.answer = forwarding(sigstore().rekorUrl, body => (first ??= body))
    await sign({ rekorUrl: server.url })
    expect(await failureOf(sign({ rekorUrl: server.url }))).toMatchObject({
      message: 'the transparency log has answered with an entry of something else'
    })
  })

  test.each<[string, (answer: Buffer) => Buffer | string]>([
    ['another root', withProof(proof => (proof.rootHash = 'ab'.repeat(32)))],
    ['another place', withProof(proof => (proof.logIndex += 1))],
    ['another size', withProof(proof => (proof.treeSize += 1))],
    ['a hash too many', withProof(proof => proof.hashes.push('ab'.repeat(32)))],
    ['another checkpoint', withProof(proof => (proof.checkpoint = 'origin\n1\nAAAA\n'))]
  ])('whose proof has %s is named', async (_what, change) => {
    server.answer = forwarding(sigstore().rekorUrl, change)
    expect(await failureOf(sign({ rekorUrl: server.url }))).toMatchObject({
      code: 'SIGNING_FAILED',
      message: 'the transparency log cannot prove that it has the entry'
    })
  })

  test.each<[string, unknown]>([
    ['nothing', ''],
    ['a page', '<html>'],
    ['null', 'null'],
    ['no entry', {}],
    ['two entries', { a: {}, b: {} }],
    ['a word for an entry', { a: 'entry' }],
    ['an entry of the wrong types', { a: { body: 1, verification: { inclusionProof: { hashes: 1 } } } }]
  ])('that answers with %s is named', async (_what, body) => {
    server.answer = answering(201, body)
    expect(await failureOf(sign({ rekorUrl: server.url }))).toMatchObject({
      code: 'SIGSTORE_FAILED',
      message: expect.stringContaining('the transparency log answered with something that is no'),
      resource: server.url
    })
  })

  test.each(['logIndex', 'logID', 'integratedTime', 'verification', 'body'])(
    'that leaves %s out is named',
    async name => {
      server.answer = forwarding(sigstore().rekorUrl, answer => {
        const json = JSON.parse(answer.toString()) as Json
        Reflect.deleteProperty((Object.values(json) as Json[])[0]!, name)
        return JSON.stringify(json)
      })
      expect(await failureOf(sign({ rekorUrl: server.url }))).toMatchObject({ code: 'SIGSTORE_FAILED' })
    }
  )

  test.each([undefined, 'https://elsewhere.example/', '/api/v1/log/entries/../../secret', '/entries/abc'])(
    'that says to have the entry, at %j, is named',
    async location => {
      server.answer = answering(409, { message: 'exists' }, location === undefined ? {} : { location })
      const since = server.received.length
      expect(await failureOf(sign({ rekorUrl: server.url }))).toMatchObject({ code: 'SIGSTORE_FAILED' })
      expect(server.received).toHaveLength(since + 1)
    }
  )

  test('is asked for the entry that it has, wherever it says that is', async () => {
    const elsewhere = await AnsweringServer.start()
    server.answer = (response, request) =>
      request.method === 'GET'
        ? answering(404, '')(response, request)
        : answering(409, '', { location: `${elsewhere.url}/${'ab'.repeat(40)}` })(response, request)
    expect(await failureOf(sign({ rekorUrl: server.url }))).toMatchObject({ code: 'SIGSTORE_FAILED' })
    expect(server.received.at(-1)).toMatchObject({ method: 'GET', url: `/api/v1/log/entries/${'ab'.repeat(40)}` })
    expect(elsewhere.received).toEqual([])
    await elsewhere.close()
  })
})

describe('a log of version 2', () => {
  test.each<[string, (body: Json) => void]>([
    ['another digest', ({ spec }) => (spec.hashedRekordV002.data.digest = OTHER)],
    ['another signature', ({ spec }) => (spec.hashedRekordV002.signature.content = OTHER)],
    ['another signer', ({ spec }) => (spec.hashedRekordV002.signature.verifier = {})],
    ['another kind', body => (body.kind = 'dsse')]
  ])('that answers with an entry of %s is named', async (_what, change) => {
    server.answer = forwarding(sigstore().rekorV2Url, withBody(change))
    expect(await failureOf(sign({ rekorVersion: 2, rekorUrl: server.url }))).toMatchObject({
      code: 'SIGNING_FAILED',
      message: 'the transparency log has answered with an entry of something else',
      resource: server.url
    })
  })
})

describe('a timestamp authority', () => {
  test('that answers with the timestamp of something else is named', async () => {
    const other = await requestTimestamp(Buffer.from('other'), sigstore().timestampUrl, quietPorts())
    server.answer = answering(201, other)
    expect(await failureOf(sign({ timestampUrl: server.url }))).toMatchObject({
      code: 'SIGNING_FAILED',
      message: 'the timestamp authority has answered with a timestamp of something else',
      resource: server.url
    })
  })

  test.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['a page', '<html>'],
    ['a refusal', Buffer.from('30053003020102', 'hex')],
    ['a length that is not there', Buffer.from('3084ffffffff', 'hex')],
    ['zeros', Buffer.alloc(64)]
  ])('that answers with %s is named', async (_what, body) => {
    server.answer = answering(200, body)
    expect(await failureOf(sign({ timestampUrl: server.url }))).toMatchObject({
      code: 'SIGSTORE_FAILED',
      message: 'the timestamp authority answered with something that is no timestamp',
      resource: server.url
    })
  })

  test('that answers with any part of a timestamp is named', async () => {
    const whole = await requestTimestamp(Buffer.from('x'), sigstore().timestampUrl, quietPorts())
    for (let length = 0; length < whole.length; length += 97) {
      server.answer = answering(200, whole.subarray(0, length))
      expect(await failureOf(sign({ timestampUrl: server.url }))).toMatchObject({
        code: expect.stringMatching(/^SIGSTORE_FAILED|SIGNING_FAILED$/)
      })
    }
  })
})

describe('a bundle', () => {
  let bundle: Bundle
  let services: SigstoreServices
  beforeEach(async () => {
    services = servicesOf(sigstore())
    bundle = bundleFromJSON(JSON.parse((await sign()).json))
  })
  const check = (key = undefined as ReturnType<typeof ecdsaKeys>['publicKey'] | undefined) =>
    checkBundle(bundle, key, services, quietPorts())
  const envelope = () => {
    if (bundle.content.$case !== 'dsseEnvelope') throw new Error('no envelope')
    return bundle.content.dsseEnvelope
  }

  test('that is whole is good', () => expect(check).not.toThrow())

  test.each<[string, () => unknown, RegExp]>([
    ['another payload', () => (envelope().payload = Buffer.from('{}')), /does not fit/],
    ['another type of payload', () => (envelope().payloadType = 'text/plain'), /does not fit/],
    ['another signature', () => (envelope().signatures[0]!.sig = Buffer.from('x')), /does not fit/],
    ['no signature', () => (envelope().signatures = []), /not whole/],
    ['two signatures', () => envelope().signatures.push(envelope().signatures[0]!), /not whole/],
    ['no log entry', () => (bundle.verificationMaterial.tlogEntries = []), /log has made no entry/],
    [
      'no timestamp',
      () => (bundle.verificationMaterial.timestampVerificationData = undefined),
      /authority has not answered/
    ],
    [
      'a key of somebody',
      () => (bundle.verificationMaterial.content = { $case: 'publicKey', publicKey: { hint: '' } }),
      /not whole/
    ]
  ])('with %s is not', (_what, change, said) => {
    change()
    expect(() => check()).toThrow(said)
  })

  test('by another key is not', () => {
    bundle.verificationMaterial.content = { $case: 'publicKey', publicKey: { hint: '' } }
    expect(() => check(ecdsaKeys().publicKey)).toThrow('does not fit')
  })

  test('is by the certificate that was asked for', () => {
    const { content } = bundle.verificationMaterial
    const der = content.$case === 'certificate' ? content.certificate.rawBytes : Buffer.alloc(0)
    const { publicKey } = new X509Certificate(der)
    const url = 'https://fulcio.example'
    expect(() => checkCertificate(der, publicKey, identity, url)).not.toThrow()
    expect(() => checkCertificate(der, ecdsaKeys().publicKey, identity, url)).toThrow('another key')
    expect(() => checkCertificate(der, publicKey, { ...identity, issuer: 'https://other' }, url)).toThrow('issuer')
    expect(() => checkCertificate(der, publicKey, { ...identity, subject: `${identity.subject}x` }, url)).toThrow(
      'is for'
    )
    expect(() => checkCertificate(der.subarray(0, 99), publicKey, identity, url)).toThrow('cannot be read')
  })

  test('is in the tree, whatever its size', async () => {
    for (let i = 0; i < 20; i++) {
      const { json } = await sign({ timestampUrl: undefined }, { kind: 'key', privateKey: ecdsaKeys().privateKey })
      const [entry] = bundleFromJSON(JSON.parse(json)).verificationMaterial.tlogEntries
      expect(isIncluded(entry!)).toBe(true)
      for (const hash of entry!.inclusionProof!.hashes) {
        hash[0] = hash[0]! ^ 1
        expect(isIncluded(entry!)).toBe(false)
        hash[0] = hash[0] ^ 1
      }
      expect(isIncluded({ ...entry!, canonicalizedBody: Buffer.from('other') })).toBe(false)
    }
  })
})

describe('of several clocks', () => {
  const at = (...minutes: number[]) => minutes.map((m, i) => ({ name: `${i}`, time: new Date(m * 60_000) }))
  test.each([
    [[0, 0, 60], '2', 'ahead'],
    [[0, -60, 0], '1', 'behind'],
    [[60, 0, 0.5, 0.9], '0', 'ahead'],
    [[0, 0, 0, -5], '3', 'behind']
  ])('%j, the odd one is found', (minutes, name, way) => {
    const odd = oddClock(at(...minutes))
    expect(odd?.clock.name).toBe(name)
    expect(describeOffset(odd!.aheadMs)).toContain(way)
  })

  test.each([[[0, 60]], [[0, 0, 0]], [[0, 0.5, 1]], [[0, 30, 60]], [[0, 0, 60, 60]]])('%j, none is blamed', minutes => {
    expect(oddClock(at(...minutes))).toBeUndefined()
  })

  test.each([
    [3_600_000, '60 min ahead'],
    [-90_000, '90 s behind'],
    [-86_400_000, '1440 min behind']
  ])('%i ms are called %s', (ms, text) => expect(describeOffset(ms)).toBe(text))
})
