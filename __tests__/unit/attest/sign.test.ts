import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { afterEach, describe, expect, test } from '@jest/globals'
import { PUBLIC_SERVICES, signStatement, type SignedBundle, type SigningMeans } from '../../../src/attest/sign.ts'
import type { SigstoreServices } from '../../../src/attest/services.ts'
import { AnsweringServer, answering, forwarding } from '../../support/answering-server.ts'
import { failureOf } from '../../support/failure.ts'
import {
  ecdsaKeys,
  identityOf,
  loggingPorts,
  QUICK,
  quietPorts,
  servicesOf,
  STATEMENT,
  SUBJECT,
  verifyWithLibrary
} from '../../support/signing.ts'
import { circleciClaims, githubClaims, gitlabClaims, startSigstore, useSigstore } from '../../support/sigstore.ts'

const sigstore = useSigstore()
const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json'
const IDENTITY = 'https://github.com/octo-org/project/.github/workflows/seed.yml@refs/heads/main'

interface BundleJson {
  mediaType: string
  verificationMaterial: { certificate?: object; publicKey?: { hint: string }; tlogEntries: { kindVersion: object }[] }
  dsseEnvelope: { payload: string; payloadType: string; signatures: { keyid?: string }[] }
}
const parse = ({ json }: SignedBundle) => JSON.parse(json) as BundleJson

async function keyless(): Promise<SigningMeans> {
  return { kind: 'keyless', identity: await identityOf(sigstore()) }
}

function sign(means: SigningMeans, changes: Partial<SigstoreServices> = {}, ports = quietPorts()) {
  return signStatement(STATEMENT, means, servicesOf(sigstore(), changes), ports, QUICK)
}

const requestsTo = (server: string, since: number) =>
  sigstore()
    .requests.slice(since)
    .filter(request => request.server === server)

describe('with an identity', () => {
  test.each<[string, Partial<SigstoreServices>, string[], number]>([
    ['log and timestamp', {}, ['dsse 0.0.1'], 1],
    ['a log of version 1 alone', { timestampUrl: undefined }, ['dsse 0.0.1'], 0],
    ['a log of version 2 and timestamp', { rekorVersion: 2 }, ['hashedrekord 0.0.2'], 1],
    ['a timestamp alone', { rekorUrl: undefined }, [], 1]
  ])('makes a bundle of %s that others accept', async (_what, changes, kinds, timestamps) => {
    const signed = await sign(await keyless(), changes)
    verifyWithLibrary(signed.json, sigstore())
    expect(signed.summary).toMatchObject({
      mediaType: BUNDLE_TYPE,
      predicateType: STATEMENT.predicateType,
      subjects: [{ name: 'registry.example/seed', digest: { sha256: SUBJECT } }],
      signer: { kind: 'certificate', identity: IDENTITY, issuer: sigstore().issuer.issuer }
    })
    expect(signed.summary.logs.map(({ kind }) => kind)).toEqual(kinds)
    expect(signed.summary.timestamps).toHaveLength(timestamps)
    const { mediaType, verificationMaterial, dsseEnvelope } = parse(signed)
    expect(mediaType).toBe(BUNDLE_TYPE)
    expect(Object.keys(verificationMaterial)).toContain('certificate')
    expect(dsseEnvelope.payloadType).toBe('application/vnd.in-toto+json')
    expect(JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString())).toEqual(STATEMENT)
  })

  test.each([
    ['GitLab', 'gitlab-pipeline' as const, gitlabClaims(), 'https://gitlab.com/octo-group/project//.gitlab-ci.yml'],
    ['CircleCI', 'circleci' as const, circleciClaims(), 'https://circleci.com/api/v2/projects/'],
    ['its own', 'uri' as const, { sub: 'https://builders.example/1' }, 'https://builders.example/1']
  ])('signs with the certificate of a job of %s', async (_who, issuerType, claims, name) => {
    const own = await startSigstore({ issuerType })
    try {
      const identity = await identityOf(own, claims)
      const signed = await signStatement(STATEMENT, { kind: 'keyless', identity }, servicesOf(own), quietPorts())
      expect(signed.summary.signer).toMatchObject({ identity: expect.stringContaining(name) })
      verifyWithLibrary(signed.json, own)
    } finally {
      await own.close()
    }
  })

  test('signs as a branch whose name others quote', async () => {
    const ref = "octo-org/project/.github/workflows/seed.yml@refs/heads/a,b'c=d"
    const identity = await identityOf(sigstore(), githubClaims({ job_workflow_ref: ref }))
    const signed = await sign({ kind: 'keyless', identity })
    expect(signed.summary.signer).toMatchObject({ identity: `https://github.com/${ref}` })
  })

  test('makes a bundle of its own every time', async () => {
    const [one, other] = [await sign(await keyless()), await sign(await keyless())]
    expect(one.summary.logs[0]?.index).not.toBe(other.summary.logs[0]?.index)
  })

  test('says nothing on the way but what servers took how long', async () => {
    const { ports, lines } = loggingPorts()
    await sign(await keyless(), {}, ports)
    expect(lines.sort()).toEqual([
      expect.stringMatching(/^certificate authority 127\.0\.0\.1:\d+: 200 after \d+ ms$/),
      expect.stringMatching(/^timestamp authority 127\.0\.0\.1:\d+: 201 after \d+ ms$/),
      expect.stringMatching(/^transparency log 127\.0\.0\.1:\d+: 201 after \d+ ms$/)
    ])
  })
})

describe('with a key', () => {
  const KEYS: [string, () => { privateKey: KeyObject; publicKey: KeyObject }, (1 | 2)[]][] = [
    ['P-256', () => ecdsaKeys('P-256'), [1, 2]],
    ['P-384', () => ecdsaKeys('P-384'), [1]],
    ['P-521', () => ecdsaKeys('P-521'), [1]],
    ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 2048 }), [1, 2]],
    ['Ed25519', () => generateKeyPairSync('ed25519'), [1]]
  ]
  describe.each(KEYS)('%s', (_kind, generate, versions) => {
    const keys = generate()
    const means: SigningMeans = { kind: 'key', privateKey: keys.privateKey }

    test.each(versions)('makes a bundle that others accept, with a log of version %i', async rekorVersion => {
      const signed = await sign(means, { rekorVersion })
      verifyWithLibrary(signed.json, sigstore(), keys.publicKey)
      expect(() => verifyWithLibrary(signed.json, sigstore(), ecdsaKeys().publicKey)).toThrow()
      const { verificationMaterial, dsseEnvelope } = parse(signed)
      expect(signed.summary.signer).toEqual({ kind: 'key', hint: verificationMaterial.publicKey?.hint })
      // cosign and sigstore-go look for a key of that name, and find none.
      expect(dsseEnvelope.signatures.map(({ keyid }) => keyid ?? '')).toEqual([''])
    })

    if (!versions.includes(2)) {
      test('is refused for a log of version 2 before anything is sent', async () => {
        const since = sigstore().requests.length
        const failure = await failureOf(sign(means, { rekorVersion: 2 }))
        expect(failure).toMatchObject({ code: 'KEY_INVALID', hint: expect.stringContaining('P-256') })
        expect(sigstore().requests).toHaveLength(since)
      })
    }
  })

  test('has the hint that cosign computes', async () => {
    const { privateKey, publicKey } = ecdsaKeys()
    const signed = await sign({ kind: 'key', privateKey })
    const der = publicKey.export({ type: 'spki', format: 'der' })
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', der))
    expect(signed.summary.signer).toEqual({ kind: 'key', hint: digest.toString('base64') })
  })

  test('gets the entry that is there already, where signatures are always the same', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const first = await sign({ kind: 'key', privateKey })
    const again = await sign({ kind: 'key', privateKey })
    expect(again.summary.logs[0]?.index).toBe(first.summary.logs[0]?.index)
    verifyWithLibrary(again.json, sigstore(), publicKey)
  })

  test('needs no certificate authority', async () => {
    const { privateKey } = ecdsaKeys()
    expect(await sign({ kind: 'key', privateKey }, { fulcioUrl: 'nowhere' })).toBeDefined()
  })

  test.each([-3_600_000, 3_600_000])('a clock that is %i ms ahead is warned of', async clockOffsetMs => {
    sigstore().fault('rekor', { clockOffsetMs })
    try {
      const { ports, lines } = loggingPorts()
      await sign({ kind: 'key', privateKey: ecdsaKeys().privateKey }, {}, ports)
      expect(lines).toContainEqual(
        `the clock of the transparency log is 60 min ${clockOffsetMs > 0 ? 'ahead' : 'behind'}`
      )
    } finally {
      sigstore().fault('rekor')
    }
  })
})

describe('before anything is sent', () => {
  test('is settled that something will say when it was signed', async () => {
    const since = sigstore().requests.length
    for (const changes of [
      { rekorUrl: undefined, timestampUrl: undefined },
      { rekorVersion: 2 as const, timestampUrl: undefined }
    ]) {
      const failure = await failureOf(sign({ kind: 'key', privateKey: ecdsaKeys().privateKey }, changes))
      expect(failure).toMatchObject({ code: 'USAGE', hint: expect.any(String) })
    }
    expect(sigstore().requests).toHaveLength(since)
  })

  test('is settled that the token travels encrypted', async () => {
    const failure = await failureOf(sign(await keyless(), { fulcioUrl: 'http://fulcio.example' }))
    expect(failure).toMatchObject({ code: 'USAGE', message: expect.stringContaining('in clear') })
  })

  test.each(['fulcioUrl', 'rekorUrl', 'timestampUrl'] as const)('is %s known to be an address', async name => {
    for (const url of ['', 'fulcio.sigstore.dev', 'file:///etc/passwd']) {
      expect(await failureOf(sign(await keyless(), { [name]: url }))).toMatchObject({ code: 'USAGE' })
    }
  })

  test('is nothing sent at all where it is interrupted', async () => {
    const since = sigstore().requests.length
    const reason = new Error('interrupted')
    const signal = AbortSignal.abort(reason)
    const { privateKey } = ecdsaKeys()
    await expect(sign({ kind: 'key', privateKey }, {}, quietPorts({ signal }))).rejects.toBe(reason)
    expect(sigstore().requests).toHaveLength(since)
  })
})

describe('servers', () => {
  const opened: AnsweringServer[] = []
  const open = async (...args: Parameters<typeof AnsweringServer.start>) => {
    opened.push(await AnsweringServer.start(...args))
    return opened.at(-1)!
  }
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(server => server.close()))
    for (const server of ['fulcio', 'rekor', 'rekor-v2', 'timestamp'] as const) sigstore().fault(server)
  })

  test('are the public ones by default, with a log of version 1', () => {
    expect(PUBLIC_SERVICES).toEqual({
      fulcioUrl: 'https://fulcio.sigstore.dev',
      rekorUrl: 'https://rekor.sigstore.dev',
      rekorVersion: 1,
      timestampUrl: 'https://timestamp.sigstore.dev'
    })
  })

  test('are found where their addresses end with a slash, or are below a path', async () => {
    const log = await open()
    log.answer = (response, request) =>
      forwarding(sigstore().rekorUrl)(response, { ...request, url: request.url.replace('/below/it', '') })
    const authority = await open(forwarding(sigstore().timestampUrl))
    await sign(await keyless(), {
      fulcioUrl: `${sigstore().fulcioUrl}/`,
      rekorUrl: `${log.url}/below/it/`,
      timestampUrl: `${authority.url}/api/v1/timestamp`
    })
    expect(log.received.map(({ url }) => url)).toEqual(['/below/it/api/v1/log/entries'])
    expect(authority.received.map(({ url }) => url)).toEqual(['/api/v1/timestamp'])
  })

  test('that fail once are asked again', async () => {
    const flaky = (to: string): Promise<AnsweringServer> => {
      let isFirst = true
      return open((response, request) => {
        if (!isFirst) return forwarding(to)(response, request)
        isFirst = false
        return answering(503, { message: 'not now' })(response, request)
      })
    }
    const { fulcioUrl, rekorUrl, timestampUrl } = sigstore()
    const servers = await Promise.all([fulcioUrl, rekorUrl, timestampUrl].map(flaky))
    const [fulcio, rekor, timestamp] = servers.map(({ url }) => url)
    await sign(await keyless(), { fulcioUrl: fulcio!, rekorUrl: rekor, timestampUrl: timestamp })
    expect(servers.map(({ received }) => received.length)).toEqual([2, 2, 2])
  })

  test.each([
    ['fulcio', 'certificate authority'],
    ['rekor', 'transparency log'],
    ['timestamp', 'timestamp authority']
  ] as const)('that refuse are named, with what they say and what to do: %s', async (server, name) => {
    sigstore().fault(server, 'deny')
    const since = sigstore().requests.length
    const means = await keyless()
    const address = servicesOf(sigstore())[`${server}Url`] ?? ''
    expect(await failureOf(sign(means))).toMatchObject({
      code: 'SIGSTORE_FAILED',
      message: `the ${name} failed: ${new URL(address).host} answered with status 403: Forbidden`,
      resource: expect.stringContaining(address),
      hint: expect.any(String)
    })
    expect(requestsTo(server, since)).toHaveLength(1)
  })

  test('that stay silent are named', async () => {
    sigstore().fault('timestamp', 'refuse')
    const since = sigstore().requests.length
    const means = await keyless()
    expect(await failureOf(sign(means))).toMatchObject({
      code: 'SIGSTORE_UNREACHABLE',
      message: expect.stringMatching(/^the timestamp authority cannot be reached: no answer from .* \(ECONNRESET\)$/),
      cause: { code: 'ECONNRESET' }
    })
    expect(requestsTo('timestamp', since)).toHaveLength(2)
  })

  test('that send their answer for ever are given up on', async () => {
    const log = await open(response => {
      response.writeHead(201).write('{')
      const timer = setInterval(() => response.write(' '), 20)
      response.once('close', () => clearInterval(timer))
    })
    const services = servicesOf(sigstore(), { rekorUrl: log.url })
    const means: SigningMeans = { kind: 'key', privateKey: ecdsaKeys().privateKey }
    const signing = signStatement(STATEMENT, means, services, quietPorts(), { ...QUICK, exchangeTimeoutMs: 200 })
    expect(await failureOf(signing)).toMatchObject({
      code: 'SIGSTORE_UNREACHABLE',
      message: expect.stringContaining('did not finish its answer within 0.2 s')
    })
  })

  test('that want the token to go elsewhere do not get it there', async () => {
    const elsewhere = await open()
    for (const status of [301, 302, 303, 307, 308]) {
      const location = `${elsewhere.url}/api/v2/signingCert`
      const fulcio = await open(answering(status, '', { location }))
      const failure = await failureOf(sign(await keyless(), { fulcioUrl: fulcio.url }))
      expect(failure).toMatchObject({ code: 'SIGSTORE_FAILED', hint: expect.stringContaining('Redirects') })
    }
    expect(elsewhere.received).toEqual([])
  })

  test('say where the token was refused, and why that may be', async () => {
    const means: SigningMeans = { kind: 'keyless', identity: { ...(await identityOf(sigstore())), token: 'no.to.ken' } }
    expect(await failureOf(sign(means))).toMatchObject({
      code: 'IDENTITY_INVALID',
      message: expect.stringContaining('There was an error processing the identity token'),
      hint: expect.stringContaining(sigstore().issuer.issuer)
    })
    const ended = new Date(Date.now() - 1000)
    means.identity.expires = ended
    expect(await failureOf(sign(means))).toMatchObject({ hint: expect.stringContaining(ended.toISOString()) })
  })

  test('hear no more where another one has failed', async () => {
    sigstore().fault('rekor', 'deny')
    let isCut = (_: unknown): void => {}
    const cut = new Promise(resolve => (isCut = resolve))
    const authority = await open(response => void response.once('close', isCut))
    expect(await failureOf(sign(await keyless(), { timestampUrl: authority.url }))).toMatchObject({
      code: 'SIGSTORE_FAILED',
      message: expect.stringContaining('transparency log')
    })
    await cut
  })

  test.each(['fulcio', 'rekor', 'timestamp'] as const)('are left at once on interruption: %s', async server => {
    const controller = new AbortController()
    const waiting = await open(() => controller.abort(new Error('interrupted')))
    const ports = quietPorts({ signal: controller.signal })
    await expect(sign(await keyless(), { [`${server}Url`]: waiting.url }, ports)).rejects.toThrow('interrupted')
    expect(waiting.received).toHaveLength(1)
  })

  test('get nothing to log before the certificate is the right one', async () => {
    const since = sigstore().requests.length
    const identity = { ...(await identityOf(sigstore())), subject: 'https://github.com/octo-org/other' }
    const failure = await failureOf(sign({ kind: 'keyless', identity }))
    expect(failure).toMatchObject({
      code: 'SIGNING_FAILED',
      message: `the certificate is for ${IDENTITY}, and the identity token speaks for https://github.com/octo-org/other`
    })
    expect(requestsTo('rekor', since)).toEqual([])
    expect(requestsTo('timestamp', since)).toEqual([])
  })

  test.each([
    ['fulcio', 'certificate authority', -1],
    ['fulcio', 'certificate authority', 1],
    ['rekor', 'transparency log', -1],
    ['rekor', 'transparency log', 1],
    ['timestamp', 'timestamp authority', -1],
    ['timestamp', 'timestamp authority', 1]
  ] as const)('whose clocks are off are named: %s, the %s, by %i h', async (server, name, hours) => {
    sigstore().fault(server, { clockOffsetMs: hours * 3_600_000 })
    expect(await failureOf(sign(await keyless()))).toMatchObject({
      code: 'SIGNING_FAILED',
      message: expect.stringContaining(`the clock of the ${name} is 60 min ${hours > 0 ? 'ahead' : 'behind'}: `),
      resource: servicesOf(sigstore())[`${server}Url`],
      hint: expect.any(String)
    })
  })

  test('of a log of version 2 need no clock', async () => {
    sigstore().fault('rekor-v2', { clockOffsetMs: 3_600_000 })
    verifyWithLibrary((await sign(await keyless(), { rekorVersion: 2 })).json, sigstore())
  })
})
