import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { dsse } from '@sigstore/core'
import { githubClaims, startSigstore, useSigstore } from '../../../support/sigstore.ts'
import { makeBundle } from '../../../support/sigstore-bundle.ts'

const sigstore = useSigstore()
const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex')

type Curve = 'P-256' | 'P-384'
const createKeys = (namedCurve: Curve = 'P-256') => generateKeyPairSync('ec', { namedCurve })
const pemOf = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString()

interface EnvelopeOptions {
  curve?: Curve
  algorithm?: string
  predicate?: object
  /** Put in place of what was signed. */
  payload?: string
}

/** An envelope with a statement about `digest`, and the request that asks for its entry. */
function envelope(
  digest: string,
  { curve = 'P-256', algorithm = 'sha256', predicate, payload = '' }: EnvelopeOptions = {}
) {
  const { privateKey, publicKey } = createKeys(curve)
  const type = 'application/vnd.in-toto+json'
  const statement = JSON.stringify({ subject: [{ name: 'seed', digest: { sha256: digest } }], predicate })
  const signature = sign(algorithm, dsse.preAuthEncoding(type, Buffer.from(statement)), privateKey).toString('base64')
  const text = JSON.stringify({
    payload: Buffer.from(payload || statement).toString('base64'),
    payloadType: type,
    signatures: [{ sig: signature, keyid: '' }]
  })
  const verifiers = [Buffer.from(pemOf(publicKey)).toString('base64')]
  const request = { apiVersion: '0.0.1', kind: 'dsse', spec: { proposedContent: { envelope: text, verifiers } } }
  return { request, statement, text, signature, publicKey }
}

const JSON_TYPE = { 'content-type': 'application/json' }

async function call(path: string, body?: object) {
  const answer = await fetch(`${sigstore().rekorUrl}${path}`, {
    ...(body && { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) })
  })
  return { status: answer.status, location: answer.headers.get('location'), json: JSON.parse(await answer.text()) }
}

const ENTRIES = '/api/v1/log/entries'
const SEARCH = '/api/v1/index/retrieve'
const add = (request: object) => call(ENTRIES, request)
const search = async (hash: string) => (await call(SEARCH, { hash })).json as string[]
const bodyOf = (entry: { body: string }) => JSON.parse(Buffer.from(entry.body, 'base64').toString())

describe('an envelope', () => {
  test('is logged by its hashes, signature and verifier', async () => {
    const { request, statement, text, signature, publicKey } = envelope('a'.repeat(64))
    const { status, json, location } = await add(request)
    const [id = ''] = Object.keys(json)
    expect(status).toBe(201)
    expect(id).toMatch(/^[0-9a-f]{80}$/)
    expect(location).toBe(`${ENTRIES}/${id}`)
    expect(bodyOf(json[id])).toEqual({
      apiVersion: '0.0.1',
      kind: 'dsse',
      spec: {
        envelopeHash: { algorithm: 'sha256', value: sha256(text) },
        payloadHash: { algorithm: 'sha256', value: sha256(statement) },
        signatures: [{ signature, verifier: Buffer.from(pemOf(publicKey)).toString('base64') }]
      }
    })
    expect(json[id].logIndex).not.toBe(json[id].verification.inclusionProof.logIndex)
  })

  test('is found by the digest that it is about, its payload, itself and its key', async () => {
    const digest = sha256('found')
    const { request, statement, text, publicKey } = envelope(digest)
    const [id] = Object.keys((await add(request)).json)
    for (const hash of [digest, sha256(statement), sha256(text), sha256(pemOf(publicKey))]) {
      expect(await search(`sha256:${hash}`)).toEqual([id])
    }
    expect(await search(digest.toUpperCase())).toEqual([id])
    expect(await search(`sha256:${sha256('not found')}`)).toEqual([])
    for (const hash of ['nothing', `sha256:${digest.slice(1)}`, `md5:${digest}`]) {
      expect((await call(SEARCH, { hash })).status).toBe(422)
    }
    const both = { hash: digest, subject: 'https://octo-org.example', operator: 'and' }
    expect((await call(SEARCH, both)).json).toEqual([])
    expect((await call(SEARCH, { ...both, operator: 'or' })).json).toEqual([id])
  })

  test('is found by what it says that its subject was made of', async () => {
    const [material, subject] = [sha256('material'), sha256('made of it')]
    const predicate = { materials: [{ uri: 'pkg:seed', digest: { sha256: material } }] }
    const { request } = envelope(subject, { predicate })
    const [id] = Object.keys((await add(request)).json)
    expect([await search(material), await search(subject)]).toEqual([[id], [id]])
  })

  test('is found with all others of the same digest', async () => {
    const digest = sha256('three of them')
    const ids: string[] = []
    for (let i = 0; i < 3; i++) ids.push(...Object.keys((await add(envelope(digest).request)).json))
    expect((await search(digest)).sort()).toEqual(ids.sort())
  })

  test('is found by the name in its certificate, in letters of any case', async () => {
    const made = await makeBundle(sigstore(), {
      statement: { subject: [] },
      claims: githubClaims({ job_workflow_ref: 'Octo-Org/named/.github/workflows/seed.yml@refs/heads/main' })
    })
    const [{ logIndex }] = made.verificationMaterial.tlogEntries as [{ logIndex: string }]
    const [id] = Object.keys((await call(`${ENTRIES}?logIndex=${logIndex}`)).json)
    const subject = 'https://github.com/octo-org/Named/.github/workflows/seed.yml@refs/heads/main'
    expect((await call(SEARCH, { subject })).json).toEqual([id])
  })

  test('is logged once; a second time names the first', async () => {
    const { request } = envelope(sha256('twice'))
    const first = await add(request)
    const second = await add(request)
    expect([second.status, second.location]).toEqual([409, first.location])
    expect(second.json.message).toMatch(
      /^an equivalent entry already exists in the transparency log with UUID [0-9a-f]+$/
    )
    const again = await call(second.location!)
    expect(Object.keys(again.json)).toEqual(Object.keys(first.json))
  })

  test('is checked with SHA-256, whatever the curve of its key is', async () => {
    expect((await add(envelope(sha256('384'), { curve: 'P-384' }).request)).status).toBe(201)
    expect((await add(envelope(sha256('384'), { curve: 'P-384', algorithm: 'sha384' }).request)).status).toBe(400)
  })

  test('is refused with a payload that was not signed, or with nothing in it', async () => {
    const other = await add(envelope(sha256('other'), { payload: '{"subject":[]}' }).request)
    expect([other.status, other.json.message]).toEqual([400, expect.stringContaining('could not verify envelope')])
    expect((await add({ apiVersion: '0.0.1', kind: 'dsse', spec: {} })).status).toBe(400)
    expect((await add({ apiVersion: '0.0.9', kind: 'dsse', spec: {} })).status).toBe(400)
  })
})

describe('a signature of a digest', () => {
  const request = (data: string, { privateKey, publicKey }: ReturnType<typeof createKeys>, algorithm = 'sha256') => {
    const value = createHash(algorithm).update(data).digest('hex')
    const content = sign(algorithm, Buffer.from(data), privateKey).toString('base64')
    const key = { content: Buffer.from(pemOf(publicKey)).toString('base64') }
    const spec = { data: { hash: { algorithm, value } }, signature: { content, publicKey: key } }
    return { apiVersion: '0.0.1', kind: 'hashedrekord', spec }
  }

  test('is logged, and found by the digest', async () => {
    for (const [curve, algorithm] of [['P-256', 'sha256'] as const, ['P-384', 'sha384'] as const]) {
      const asked = request('data', createKeys(curve), algorithm)
      const { status, json } = await add(asked)
      expect(status).toBe(201)
      const [[id, entry]] = Object.entries(json) as [[string, { body: string }]]
      expect(bodyOf(entry)).toEqual(asked)
      const hash = `${algorithm}:${createHash(algorithm).update('data').digest('hex')}`
      if (algorithm === 'sha256') expect(await search(hash)).toEqual([id])
      // Logged it is, but the server takes no such hash in a search.
      else expect((await call(SEARCH, { hash })).status).toBe(422)
      const { content } = asked.spec.signature.publicKey
      expect((await call(SEARCH, { publicKey: { format: 'x509', content } })).json).toEqual([id])
    }
  })

  test('is refused for another digest, key or hash function', async () => {
    const asked = request('data', createKeys())
    const other = request('other data', createKeys())
    const mixed = (spec: object) => ({ ...asked, spec: { ...asked.spec, ...spec } })
    expect((await add(mixed({ data: other.spec.data }))).status).toBe(400)
    expect(
      (await add(mixed({ signature: { ...asked.spec.signature, publicKey: other.spec.signature.publicKey } }))).status
    ).toBe(400)
    expect((await add(request('data', createKeys('P-384'), 'sha256'))).json.message).toContain('not allowed')
  })
})

describe('entries', () => {
  test('are read by identifier, hash of the leaf or index, up to ten at once', async () => {
    const { json } = await add(envelope(sha256('read')).request)
    const [[id, { logIndex }]] = Object.entries(json) as [[string, { logIndex: number }]]
    const ids = (found: object[]) => found.flatMap(Object.keys)
    expect(ids([(await call(`${ENTRIES}?logIndex=${logIndex}`)).json])).toEqual([id])
    const retrieve = async (query: object) => (await call(`${ENTRIES}/retrieve`, query)).json
    expect(ids(await retrieve({ entryUUIDs: [id, id.slice(16), 'f'.repeat(64)] }))).toEqual([id, id])
    expect(ids(await retrieve({ logIndexes: [logIndex, logIndex + 1000] }))).toEqual([id])
    const many = await call(`${ENTRIES}/retrieve`, { logIndexes: Array.from({ length: 11 }, () => logIndex) })
    expect(many.status).toBe(422)
    expect((await call(`${ENTRIES}/retrieve`, { entryUUIDs: [] })).status).toBe(422)
    expect((await call(`${ENTRIES}/retrieve`, { entryUUIDs: [id.slice(1)] })).status).toBe(422)
    expect(ids(await retrieve({ entryUUIDs: [id.toUpperCase()] }))).toEqual([id])
    expect((await call(`${ENTRIES}/${'f'.repeat(80)}`)).status).toBe(404)
    expect((await call(`${ENTRIES}?logIndex=1`)).status).toBe(404)
  })

  test('are asked for in JSON', async () => {
    const body = JSON.stringify({ hash: sha256('text') })
    expect((await fetch(`${sigstore().rekorUrl}${SEARCH}`, { method: 'POST', body })).status).toBe(415)
  })

  test('have the time of a clock that is off', async () => {
    const late = await startSigstore({ clockOffsetMs: { rekor: -3_600_000 } })
    try {
      const body = JSON.stringify(envelope(sha256('late')).request)
      const answer = await fetch(`${late.rekorUrl}${ENTRIES}`, { method: 'POST', headers: JSON_TYPE, body })
      const [entry] = Object.values((await answer.json()) as Record<string, { integratedTime: number }>)
      expect(Math.round((Date.now() / 1000 - entry!.integratedTime) / 60)).toBe(60)
    } finally {
      await late.close()
    }
  })
})
