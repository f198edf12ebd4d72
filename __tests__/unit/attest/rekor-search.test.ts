import { createHash, sign } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { searchLog, type LogHit, type SearchOptions } from '../../../src/attest/rekor-search.ts'
import { SeedError } from '../../../src/errors.ts'
import { AnsweringServer, answering, forwarding, type Answering } from '../../support/answering-server.ts'
import { makeCertificate } from '../../support/certificate.ts'
import { failureOf } from '../../support/failure.ts'
import { ecdsaKeys, QUICK, quietPorts } from '../../support/signing.ts'
import { makeBundle } from '../../support/sigstore-bundle.ts'
import { githubClaims, useSigstore } from '../../support/sigstore.ts'

/** `VERIFY_MUTATIONS=10000` tries more than the tests of every day do. */
const RUNS = Number(process.env['VERIFY_MUTATIONS'] ?? 250)

// The machine may be busy.
jest.setTimeout(3_600_000)

const SEARCH = '/api/v1/index/retrieve'
const RETRIEVE = '/api/v1/log/entries/retrieve'
const DIGEST = `sha256:${'5eed'.repeat(16)}`
const LOG_ID = 'ab'.repeat(32)

const sigstore = useSigstore()
let server: AnsweringServer
beforeAll(async () => {
  server = await AnsweringServer.start()
})
afterAll(() => server.close())

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex')
const base64 = (text: string) => Buffer.from(text).toString('base64')
const about = (digest: string) => ({ subject: [{ name: 'seed', digest: { sha256: digest } }] })
const search = (options: SearchOptions = {}, digest = DIGEST) =>
  searchLog(server.url, digest, quietPorts(), { ...QUICK, ...options })
const keys = ecdsaKeys()
const PEM = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString()
const FINGERPRINT = sha256(keys.publicKey.export({ type: 'spki', format: 'der' }))

/** The name of an entry in a tree. */
const id = (number: number) => `${'1'.repeat(16)}${number.toString(16).padStart(64, '0')}`
const ids = (count: number) => Array.from({ length: count }, (_, i) => id(i))
const bodyOf = (value: unknown) => base64(JSON.stringify(value))
const DSSE = { apiVersion: '0.0.1', kind: 'dsse', spec: { signatures: [{ signature: '', verifier: base64(PEM) }] } }

const entry = (logIndex: unknown, changes: object = {}) => ({
  body: bodyOf(DSSE),
  integratedTime: 1_700_000_000,
  logID: LOG_ID,
  logIndex,
  ...changes
})
const numberOf = (uuid: string) => parseInt(uuid.slice(-8), 16)
const give = (uuids: string[]): unknown => uuids.map(uuid => ({ [uuid]: entry(numberOf(uuid)) }))

/** A log that lists what it is told to, and gives out entries as it is told to. */
function logOf(list: unknown, retrieve: (uuids: string[]) => unknown = give): Answering {
  return (response, request) => {
    if (request.url !== RETRIEVE) return answering(200, list)(response, request)
    const { entryUUIDs } = JSON.parse(request.body.toString()) as { entryUUIDs: string[] }
    return answering(200, retrieve(entryUUIDs))(response, request)
  }
}

/** How often the log is asked for entries meanwhile. */
async function countRetrievals<T>(run: () => Promise<T>): Promise<{ result: T; retrievals: number }> {
  const since = server.received.length
  const result = await run()
  return { result, retrievals: server.received.slice(since).filter(({ url }) => url === RETRIEVE).length }
}

describe('entries in the log', () => {
  test('are found with who signed them, the earliest first', async () => {
    const [artifact, statement] = [Buffer.from('found'), about(sha256('found'))]
    await makeBundle(sigstore(), { statement, claims: githubClaims() })
    await makeBundle(sigstore(), { statement, key: keys })
    await makeBundle(sigstore(), { statement: about(sha256('another')), key: keys })
    const hash = { algorithm: 'sha256', value: sha256(artifact) }
    const content = sign('sha256', artifact, keys.privateKey).toString('base64')
    const proposal = {
      apiVersion: '0.0.1',
      kind: 'hashedrekord',
      spec: { data: { hash }, signature: { content, publicKey: { content: base64(PEM) } } }
    }
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify(proposal)
    const added = await fetch(`${sigstore().rekorUrl}/api/v1/log/entries`, { method: 'POST', headers, body })
    expect(added.status).toBe(201)

    server.answer = forwarding(sigstore().rekorUrl)
    const since = server.received.length
    const place = {
      uuid: expect.stringMatching(/^[0-9a-f]{80}$/),
      logIndex: expect.stringMatching(/^\d+$/),
      logId: expect.stringMatching(/^[0-9a-f]{64}$/),
      integratedTime: expect.any(Date)
    }
    const result = await search({}, `sha256:${sha256(artifact)}`)
    expect(result).toEqual({
      found: 3,
      isCut: false,
      known: 0,
      hits: [
        {
          ...place,
          kind: 'dsse',
          identity: 'https://github.com/octo-org/project/.github/workflows/seed.yml@refs/heads/main',
          issuer: sigstore().issuer.issuer
        },
        { ...place, kind: 'dsse', key: FINGERPRINT },
        { ...place, kind: 'hashedrekord', key: FINGERPRINT }
      ],
      unread: 0
    })
    expect(result.hits.every(({ integratedTime }) => Math.abs(Date.now() - Number(integratedTime)) < 3_600_000)).toBe(
      true
    )

    const [asked, retrieved, ...more] = server.received.slice(since)
    expect(more).toEqual([])
    expect([asked, retrieved].map(each => [each?.method, each?.url, each?.headers['content-type']])).toEqual([
      ['POST', SEARCH, 'application/json'],
      ['POST', RETRIEVE, 'application/json']
    ])
    expect(JSON.parse(asked!.body.toString())).toEqual({ hash: `sha256:${sha256(artifact)}` })
    expect(JSON.parse(retrieved!.body.toString()).entryUUIDs.sort()).toEqual(result.hits.map(({ uuid }) => uuid).sort())
  })

  test('are found by what other statements say that theirs was made of', async () => {
    const material = sha256('material')
    const predicate = { materials: [{ digest: { sha256: material } }] }
    await makeBundle(sigstore(), { statement: { ...about(sha256('made of it')), predicate }, key: keys })
    expect(await searchLog(sigstore().rekorUrl, `sha256:${material}`, quietPorts())).toMatchObject({ found: 1 })
  })

  test('are read ten at a time, where there are more', async () => {
    server.answer = logOf(ids(25))
    const { result, retrievals } = await countRetrievals(() => search())
    expect(retrievals).toBe(3)
    expect(result).toMatchObject({ found: 25, unread: 0 })
    expect(result.hits.map(({ uuid }) => uuid)).toEqual(ids(25))
  })

  test('are read up to a hundred, and the others counted', async () => {
    server.answer = logOf(ids(1234))
    const { result, retrievals } = await countRetrievals(() => search())
    expect(retrievals).toBe(10)
    expect(result).toMatchObject({ found: 1234, isCut: false, unread: 1134 })
    expect(result.hits).toHaveLength(100)
    expect(result.unreadProblem).toBeUndefined()
  })

  test('are not read where the caller knows them, and are counted', async () => {
    server.answer = logOf(ids(250))
    const known = new Set(ids(240).map(uuid => uuid.slice(16)))
    const { result, retrievals } = await countRetrievals(() => search({ known }))
    expect(retrievals).toBe(1)
    expect(result).toMatchObject({ found: 250, known: 240, unread: 0 })
    expect(result.hits.map(({ uuid }) => uuid)).toEqual(ids(250).slice(240))
  })

  test('are none where the log has none', async () => {
    server.answer = logOf([])
    const { result, retrievals } = await countRetrievals(() => search())
    expect({ result, retrievals }).toEqual({
      result: { found: 0, isCut: false, known: 0, hits: [], unread: 0 },
      retrievals: 0
    })
  })

  test('are one where the log names them more than once', async () => {
    const [short, long] = [id(7).slice(16), id(7)]
    server.answer = logOf([long, short, long.toUpperCase(), short, id(0xab).toUpperCase()], uuids => [
      ...(give(uuids) as object[]),
      ...(give(uuids) as object[])
    ])
    const { found, hits, unread } = await search()
    expect({ found, uuids: hits.map(({ uuid }) => uuid), unread }).toEqual({
      found: 2,
      uuids: [id(7), id(0xab)],
      unread: 0
    })
  })

  test('are left out where nobody has asked for them', async () => {
    server.answer = logOf(ids(2), () => give([id(99), id(1), 'f'.repeat(64), 'nobody', '']))
    const { found, hits, unread } = await search()
    expect({ found, uuids: hits.map(({ uuid }) => uuid), unread }).toEqual({ found: 2, uuids: [id(1)], unread: 1 })
  })
})

describe('a list', () => {
  /** Sends the beginning of a list without an end. */
  const endless = (response: ServerResponse, request: { url: string; body: Buffer }, count: number) => {
    let sent = 0
    const more = (): void => {
      while (sent < count) {
        const block = ids(Math.min(1000, count - sent)).map((_, i) => `"${id(sent + i)}"`)
        sent += block.length
        if (!response.write(`${block.join(',')}${sent < count ? ',' : ''}`)) return void response.once('drain', more)
      }
      response.end(']')
    }
    response.writeHead(200, { 'content-type': 'application/json' }).write('[')
    more()
    return request
  }

  test('of a million entries is read as far as it goes', async () => {
    let isOver = false
    server.answer = (response, request) => {
      if (request.url === RETRIEVE) return logOf([])(response, request)
      response.once('close', () => (isOver = response.writableFinished))
      endless(response, request, 1_000_000)
    }
    const { result, retrievals } = await countRetrievals(() => search())
    expect(retrievals).toBe(10)
    expect(result).toMatchObject({ isCut: true, known: 0 })
    expect(result.hits).toHaveLength(100)
    expect(result.found).toBeGreaterThan(10_000)
    expect(result.found).toBeLessThan(20_000)
    expect(result.unread).toBe(result.found - 100)
    expect(isOver).toBe(false)
  })

  test('with other things in it is read for what it has', async () => {
    server.answer = logOf([null, id(1), 7, 'nobody', [id(2)], { [id(3)]: 1 }, '', id(4)])
    expect(await search()).toMatchObject({ found: 2, hits: [{ logIndex: '1' }, { logIndex: '4' }], unread: 0 })
  })

  test.each<[string, unknown]>([
    ['nothing', ''],
    ['a page', '<!doctype html><title>Sign in</title>'],
    ['half a list', `["${id(1)}", "${id(2)}`],
    ['a text', '"[]"'],
    ['null', 'null'],
    ['an object', { hits: [id(1)] }],
    ['things that name nothing', [1, 'nobody', {}]],
    ['an identifier that is too long', [`${id(1)}0`]],
    ['levels of lists', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['more levels than are read', '['.repeat(2_000_000)],
    ['one long text', `"${'a'.repeat(2_000_000)}"`],
    ['other numbers than JSON has', '[NaN]'],
    ['text that is not in UTF-8', Buffer.of(0x5b, 0x22, 0xff, 0x22, 0x5d)]
  ])('that is %s is none', async (_what, body) => {
    server.answer = answering(200, body)
    const { result, retrievals } = await countRetrievals(() => failureOf(search()))
    expect(retrievals).toBe(0)
    expect(result).toMatchObject({
      code: 'SIGSTORE_FAILED',
      message: 'the transparency log answered with something that is no list of entries',
      resource: server.url,
      hint: expect.any(String)
    })
  })
})

describe('a log that', () => {
  test.each<[number, string, string]>([
    [301, 'SIGSTORE_FAILED', 'Redirects are not followed'],
    [307, 'SIGSTORE_FAILED', 'Redirects are not followed'],
    [400, 'SIGSTORE_FAILED', 'Check that the address is right'],
    [403, 'SIGSTORE_FAILED', 'Check that the address is right'],
    [404, 'SIGSTORE_FAILED', 'Name a log of version 1 that can be searched'],
    [429, 'SIGSTORE_FAILED', 'Run it again'],
    [500, 'SIGSTORE_FAILED', 'Run it again'],
    [501, 'SIGSTORE_FAILED', 'Name a log of version 1 that can be searched'],
    [201, 'SIGSTORE_FAILED', '']
  ])('answers with status %i is not searched', async (status, code, hint) => {
    const elsewhere = await AnsweringServer.start(logOf([]))
    server.answer = answering(status, [id(1)], { location: elsewhere.url })
    const { result, retrievals } = await countRetrievals(() => failureOf(search()))
    await elsewhere.close()
    expect(result).toMatchObject({ code, message: expect.stringContaining(String(status)) })
    expect(result['hint']).toContain(hint)
    expect({ retrievals, elsewhere: elsewhere.received }).toEqual({ retrievals: 0, elsewhere: [] })
  })

  test('is of version 2 is not searched', async () => {
    expect(await failureOf(searchLog(sigstore().rekorV2Url, DIGEST, quietPorts(), QUICK))).toMatchObject({
      code: 'SIGSTORE_FAILED',
      hint: expect.stringContaining('version 1')
    })
  })

  test('has something to say is quoted in one line', async () => {
    server.answer = answering(400, { code: 400, message: `\u001b[31mno\u202e\n\n${'x '.repeat(10_000)}` })
    const { message } = await failureOf(search())
    expect(message).toMatch(/^[^\p{C}]{1,500}$/u)
  })

  test('is not there cannot be reached', async () => {
    const gone = await AnsweringServer.start()
    await gone.close()
    expect(await failureOf(searchLog(gone.url, DIGEST, quietPorts(), QUICK))).toMatchObject({
      code: 'SIGSTORE_UNREACHABLE'
    })
  })

  test.each<[string, Answering]>([
    ['never answers', () => {}],
    [
      'sends a byte now and then',
      response => {
        response.writeHead(200).write('[')
        const timer = setInterval(() => response.write(' '), 20)
        response.once('close', () => clearInterval(timer))
      }
    ],
    ['wants to be asked again for ever', answering(503, '', { 'retry-after': '1' })]
  ])('%s is given up on in time', async (_what, answer) => {
    server.answer = answer
    const backoff = { attempts: 1000, firstMs: 10, factor: 1, maxMs: 1000, jitter: 0 }
    expect(await failureOf(search({ totalTimeoutMs: 300, backoff }))).toMatchObject({
      code: 'SIGSTORE_UNREACHABLE',
      message: 'the transparency log did not finish its answers within 0.3 s',
      resource: server.url,
      hint: expect.any(String)
    })
  })

  test('is being asked is left with the reason of whoever interrupts', async () => {
    const interrupt = new AbortController()
    const reason = new SeedError('INTERRUPTED', 'stopped')
    for (const answer of [() => {}, logOf(ids(30), () => (interrupt.abort(reason), []))] satisfies Answering[]) {
      server.answer = answer
      if (answer.length === 0) setTimeout(() => interrupt.abort(reason), 50)
      const searching = searchLog(server.url, DIGEST, quietPorts({ signal: interrupt.signal }), QUICK)
      expect(await failureOf(searching)).toBe(reason)
    }
  })
})

describe('entries that cannot be had', () => {
  /** A log that fails where `isBad` says so. */
  const failing = (list: unknown, isBad: (uuids: string[]) => boolean, answer: Answering): Answering => {
    return (response, request) => {
      const { entryUUIDs = [] } = JSON.parse(request.body.toString()) as { entryUUIDs?: string[] }
      return (isBad(entryUUIDs) ? answer : logOf(list))(response, request)
    }
  }

  test.each<[string, Answering]>([
    ['fails', answering(500, { code: 500, message: 'error getting log entry' })],
    ['is refused', answering(400, { code: 400, message: 'invalid' })],
    ['is a page', answering(200, '<html>')],
    ['has a name twice', answering(200, `[{"${id(13)}": {"logIndex": 1, "logIndex": 2}}]`)],
    ['is too large', answering(200, Buffer.alloc(5 * 1024 * 1024, 0x20))],
    ['is deep', answering(200, `${'['.repeat(1000)}${']'.repeat(1000)}`)]
  ])('hide no others: one %s', async (_what, answer) => {
    server.answer = failing(ids(25), uuids => uuids.includes(id(13)), answer)
    const { hits, ...counts } = await search()
    expect(hits.map(({ uuid }) => uuid)).toEqual(ids(25).filter(uuid => uuid !== id(13)))
    expect(counts).toMatchObject({
      found: 25,
      unread: 1,
      unreadProblem: expect.stringMatching(/^the transparency log [^\p{C}]+$/u)
    })
  })

  test('are counted where all fail, and no more is asked than one by one', async () => {
    server.answer = failing(ids(25), uuids => uuids.length > 0, answering(404, ''))
    const { result, retrievals } = await countRetrievals(() => search())
    expect(result).toMatchObject({ found: 25, hits: [], unread: 25, unreadProblem: expect.stringContaining('404') })
    expect(retrievals).toBe(3 + 25)
  })

  test('are not asked for any more where the log is gone, or is asked too often', async () => {
    const cut: Answering = response => void response.destroy()
    for (const [answer, problem] of [
      [cut, 'cannot be reached'],
      [answering(429, ''), '429']
    ] as const) {
      server.answer = failing(ids(40), uuids => uuids.includes(id(10)), answer)
      const { result, retrievals } = await countRetrievals(() => search())
      expect(result).toMatchObject({ found: 40, unread: 30, unreadProblem: expect.stringContaining(problem) })
      expect(result.hits).toHaveLength(10)
      expect(retrievals).toBe(1 + QUICK.backoff!.attempts)
    }
  })

  test('do not hide what was there before time was up', async () => {
    server.answer = failing(
      ids(40),
      uuids => uuids.includes(id(10)),
      () => {}
    )
    const result = await search({ totalTimeoutMs: 2500 })
    expect(result).toMatchObject({ found: 40, unreadProblem: expect.stringContaining('within 2.5 s') })
    expect(result.hits.length + result.unread).toBe(40)
    expect(result.unread).toBeGreaterThanOrEqual(30)
  })
})

describe('of an entry', () => {
  const [only] = ids(1) as [string]
  const read = async (value: unknown): Promise<LogHit | undefined> => {
    server.answer = logOf([id(0), id(1)], () => [{ [only]: value }, { [id(1)]: entry(1) }])
    const { hits } = await search()
    expect(hits.find(({ uuid }) => uuid === id(1))).toEqual(hit('1', { key: FINGERPRINT }))
    return hits.find(({ uuid }) => uuid === only)
  }
  const hit = (logIndex: string, changes: Partial<LogHit> = {}): LogHit => ({
    uuid: id(Number(logIndex)),
    logIndex,
    logId: LOG_ID,
    integratedTime: new Date(1_700_000_000_000),
    kind: 'dsse',
    ...changes
  })
  const certificateOf = (name: string) => makeCertificate(name).cert.replace('\n\n', '\n')
  const cert = certificateOf('builds.example')
  const signedBy = (pem: string) => ({ kind: 'dsse', spec: { signatures: [{ verifier: base64(pem) }] } })

  test.each<[string, unknown]>([
    ['nothing', null],
    ['a text', 'entry'],
    ['a list', [entry(0)]],
    ['no place', entry(undefined)],
    ['a place that is no number', entry('0')],
    ['a place before the first', entry(-1)],
    ['half a place', entry(0.5)],
    ['a place beyond all numbers', entry(2 ** 60)],
    ['no log', entry(0, { logID: undefined })],
    ['a log that is no hash', entry(0, { logID: 'log' })],
    ['a log that is a number', entry(0, { logID: 1 })]
  ])('that is or has %s, nothing is told', async (_what, value) => {
    expect(await read(value)).toBeUndefined()
  })

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['an object', { kind: 'dsse' }],
    ['no base64', '%%%'],
    ['no JSON', base64('{')],
    ['a list', bodyOf([])],
    ['null', bodyOf(null)],
    ['levels of lists', base64(`{"kind":"dsse","spec":${'['.repeat(1000)}${']'.repeat(1000)}}`)],
    ['a name twice', base64('{"kind":"dsse","kind":"intoto"}')],
    ['bytes', Buffer.from([0xff, 0xfe, 0x00]).toString('base64')],
    ['no kind', bodyOf({ spec: DSSE.spec })],
    ['a kind that is no text', bodyOf({ ...DSSE, kind: { kind: 'dsse' } })],
    ['an empty kind', bodyOf({ ...DSSE, kind: '' })]
  ])('whose body is %s, its place is told', async (_what, body) => {
    expect(await read(entry(0, { body }))).toEqual(hit('0', { kind: 'unknown' }))
  })

  test.each<[string, object, Partial<LogHit>]>([
    ['dsse', DSSE, { key: FINGERPRINT }],
    [
      'dsse by the first that can be read',
      { kind: 'dsse', spec: { signatures: [{}, { verifier: 1 }, { verifier: base64(PEM) }] } },
      { key: FINGERPRINT }
    ],
    [
      'intoto 0.0.1',
      { kind: 'intoto', spec: { content: { hash: {} }, publicKey: base64(PEM) } },
      { kind: 'intoto', key: FINGERPRINT }
    ],
    [
      'intoto 0.0.2',
      { kind: 'intoto', spec: { content: { envelope: { signatures: [{ publicKey: base64(PEM), sig: '' }] } } } },
      { kind: 'intoto', key: FINGERPRINT }
    ],
    [
      'hashedrekord',
      { kind: 'hashedrekord', spec: { signature: { publicKey: { content: base64(PEM) } } } },
      { kind: 'hashedrekord', key: FINGERPRINT }
    ],
    [
      'rekord',
      { kind: 'rekord', spec: { signature: { format: 'x509', publicKey: { content: base64(PEM) } } } },
      { kind: 'rekord', key: FINGERPRINT }
    ],
    ['unknown kind', { kind: 'helm', spec: { publicKey: { content: base64(PEM) } } }, { kind: 'helm' }],
    ['a certificate without an issuer', signedBy(cert), { identity: 'builds.example' }],
    [
      'a key in another form',
      signedBy(keys.publicKey.export({ type: 'spki', format: 'pem' }).toString().replaceAll('\n', '\r\n')),
      { key: FINGERPRINT }
    ],
    ['no signatures', { kind: 'dsse', spec: { signatures: [] } }, {}],
    ['signatures that are a text', { kind: 'dsse', spec: { signatures: 'signatures' } }, {}],
    ['signatures that are nothing', { kind: 'dsse', spec: { signatures: [null] } }, {}],
    ['nothing to say', { kind: 'dsse', spec: null }, {}],
    ['a key of PGP', signedBy('-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n-----END PGP PUBLIC KEY BLOCK-----'), {}],
    ['a private key', signedBy(keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()), {}],
    ['a broken key', signedBy(PEM.replace('MFkw', 'MFkx')), {}],
    ['a broken certificate', signedBy(cert.replace(/M/g, 'N')), {}],
    [
      'a verifier as an array of bytes',
      { kind: 'dsse', spec: { signatures: [{ verifier: { length: 4_000_000_000 } }] } },
      {}
    ],
    ['a key that is too long', signedBy(`${PEM}${'\n'.repeat(100_000)}`), {}]
  ])('of %s, who signed is told as far as it says', async (_what, body, said) => {
    expect(await read(entry(0, { body: bodyOf(body) }))).toEqual(hit('0', said))
  })

  test.each<[string, unknown]>([
    ['no time', undefined],
    ['a time that is a text', '1700000000'],
    ['a time before all', -1],
    ['nothing for a time', 0],
    ['a time that no clock shows', 1e300]
  ])('with %s, none is told', async (_what, integratedTime) => {
    const { integratedTime: _, ...rest } = hit('0', { key: FINGERPRINT })
    expect(await read(entry(0, { integratedTime }))).toEqual(rest)
  })

  test('what strangers write is short and prints', async () => {
    const hostile = certificateOf(`\u001b]0;x\u0007\u202e${'a'.repeat(2500)}`)
    const shown = await read(
      entry(0, { body: bodyOf({ ...signedBy(hostile), kind: `\r\n\u2028${'k'.repeat(5000)}` }) })
    )
    expect(shown?.kind).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]{1,64}$/u)
    const named = await read(entry(0, { body: bodyOf(signedBy(hostile)) }))
    expect(named?.identity).toMatch(/^\ufffd\]0;x\ufffd+a{1000,2048}$/)
  })

  test('a certificate of octet strings in octet strings is no certificate', async () => {
    let der = Buffer.alloc(0)
    for (let level = 0; level < 3000; level++) {
      const length = der.length < 128 ? [der.length] : [0x82, der.length >> 8, der.length & 0xff]
      der = Buffer.concat([Buffer.from([4, ...length]), der])
    }
    const pem = `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`
    expect(await read(entry(0, { body: bodyOf(signedBy(pem)) }))).toEqual(hit('0'))
  })

  test('all that the log keeps is read, though it is more than other answers may be', async () => {
    const attestation = { data: 'A'.repeat(140_000) }
    server.answer = logOf(ids(20), uuids => uuids.map(uuid => ({ [uuid]: entry(numberOf(uuid), { attestation }) })))
    const { result, retrievals } = await countRetrievals(() => search())
    expect({ hits: result.hits.length, retrievals }).toEqual({ hits: 20, retrievals: 2 })
  })
})

/** Whatever a log answers: a failure of its own, or a result that adds up and may be shown. */
describe('answers of any kind end well:', () => {
  const PRINTS = /^[^\p{C}\p{Zl}\p{Zp}]{1,2048}$/u
  async function check(): Promise<'failed' | 'searched'> {
    const since = server.received.length
    let result
    try {
      result = await search()
    } catch (error) {
      expect(error).toMatchObject({ code: expect.stringMatching(/^SIGSTORE_(?:FAILED|UNREACHABLE)$/) })
      expect((error as Error).message).toMatch(/^[^\p{C}]{1,1000}$/u)
      return 'failed'
    }
    expect(server.received.length - since).toBeLessThanOrEqual(1 + 20 + 100)
    const { found, known, hits, unread, unreadProblem = 'none' } = result
    expect(found).toBe(known + hits.length + unread)
    expect(hits.length).toBeLessThanOrEqual(100)
    expect(new Set(hits.map(({ uuid }) => uuid.slice(-64))).size).toBe(hits.length)
    expect(unreadProblem).toMatch(/^[^\p{C}]{1,1000}$/u)
    for (const {
      uuid,
      logIndex,
      logId,
      integratedTime,
      kind,
      identity = 'x',
      issuer = 'x',
      key = 'ab'.repeat(32)
    } of hits) {
      expect(uuid).toMatch(/^[0-9a-f]{64}(?:[0-9a-f]{16})?$/)
      expect(logIndex).toMatch(/^\d{1,16}$/)
      for (const hash of [logId, key]) expect(hash).toMatch(/^[0-9a-f]{64}$/)
      for (const text of [kind, identity, issuer]) expect(text).toMatch(PRINTS)
      if (integratedTime !== undefined) expect(Number.isNaN(integratedTime.getTime())).toBe(false)
    }
    return 'searched'
  }

  const places = (value: unknown, path: (string | number)[] = []): (string | number)[][] => [
    path,
    ...(typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, item]) => places(item, [...path, name]))
      : [])
  ]
  /** The document with another value in the place of that number. */
  const edited = (document: unknown, number: number, value: unknown): unknown => {
    const all = places(document)
    const copy = { root: structuredClone(document) } as Record<string | number, unknown>
    const [name, ...outer] = ['root', ...all[number % all.length]!].reverse() as [
      string | number,
      ...(string | number)[]
    ]
    const holder = outer.reverse().reduce((each, step) => each[step] as typeof copy, copy)
    if (value === undefined) Reflect.deleteProperty(holder, name)
    else Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true })
    return copy['root']
  }

  /** Something that is nearly right, more often than what is not right at all. */
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(undefined, null, -1, 1e300, 2 ** 53, '', '__proto__', id(3), 'a'.repeat(3000), {}, [], [[]], {
      length: 2 ** 31
    }),
    fc.string({ unit: 'binary', maxLength: 40 })
  )
  const edit = fc.tuple(fc.nat({ max: 2 ** 20 }), value)
  const bytes = fc.tuple(
    fc.nat({ max: 2 ** 20 }),
    fc.nat({ max: 255 }),
    fc.constantFrom('cut', 'change', 'none', 'none')
  )
  const status = fc.constantFrom(...Array.from({ length: 12 }, () => 200), 201, 204, 302, 400, 404, 429, 500)

  const textOf = (document: unknown): string => (document === undefined ? '' : JSON.stringify(document))
  const mangled = (document: unknown, [at, byte, how]: [number, number, string]): Buffer => {
    const text = Buffer.from(textOf(document))
    const place = at % Math.max(1, text.length)
    if (how === 'cut') return text.subarray(0, place)
    if (how === 'change' && text.length > 0) text[place] = byte
    return text
  }

  let bodies: object[]
  beforeAll(async () => {
    const digest = sha256('fuzzed')
    await makeBundle(sigstore(), { statement: about(digest), claims: githubClaims() })
    await makeBundle(sigstore(), { statement: about(digest), key: keys })
    const { hits } = await searchLog(sigstore().rekorUrl, `sha256:${digest}`, quietPorts())
    const logged = await Promise.all(
      hits.map(async ({ uuid }) => {
        const answer = await fetch(`${sigstore().rekorUrl}/api/v1/log/entries/${uuid}`)
        const [{ body }] = Object.values((await answer.json()) as object) as [{ body: string }]
        return JSON.parse(Buffer.from(body, 'base64').toString()) as { spec: { signatures: [{ verifier: string }] } }
      })
    )
    const [{ verifier }] = logged[0]!.spec.signatures
    bodies = [
      ...logged,
      {
        kind: 'intoto',
        spec: { content: { envelope: { signatures: [{ publicKey: verifier }] } }, publicKey: verifier }
      },
      { kind: 'hashedrekord', spec: { signature: { publicKey: { content: verifier } } } }
    ]
  })

  test('entries', async () => {
    const seen = { failed: 0, searched: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ body: fc.nat({ max: 3 }), inBody: edit, inEntry: edit, certificate: bytes }), {
          maxLength: 12
        }),
        fc.array(edit, { maxLength: 2 }),
        bytes,
        status,
        async (entries, edits, cut, code) => {
          const items = entries.map(({ body, inBody, inEntry, certificate }, i) => {
            const text = textOf(edited(bodies[body], ...inBody))
            // Bits of certificates and keys, too.
            const changed = text.replace(/"[A-Za-z0-9+/=]{200,}"/g, literal => {
              const pem = Buffer.from(JSON.parse(literal) as string, 'base64').toString()
              return JSON.stringify(mangled(pem, certificate).toString('base64'))
            })
            return { [id(i)]: edited(entry(i, { body: base64(changed) }), ...inEntry) }
          })
          const answer = edits.reduce<unknown>((document, each) => edited(document, ...each), items)
          server.answer = (response, request) =>
            request.url === RETRIEVE
              ? answering(code, mangled(answer, cut))(response, request)
              : answering(200, ids(entries.length))(response, request)
          seen[await check()]++
        }
      ),
      { numRuns: RUNS }
    )
    expect(seen.failed).toBe(0)
  })

  test('lists', async () => {
    const seen = { failed: 0, searched: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.nat({ max: 300 }).map(id), value), { maxLength: 150 }),
        fc.array(edit, { maxLength: 1 }),
        bytes,
        status,
        async (list, edits, cut, code) => {
          const answer = edits.reduce<unknown>((document, each) => edited(document, ...each), list)
          server.answer = (response, request) =>
            request.url === RETRIEVE
              ? logOf([])(response, request)
              : answering(code, mangled(answer, cut))(response, request)
          seen[await check()]++
        }
      ),
      { numRuns: RUNS }
    )
    expect(seen.failed).toBeGreaterThan(RUNS * 0.1)
    expect(seen.searched).toBeGreaterThan(RUNS * 0.1)
  })
})
