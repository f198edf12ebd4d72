import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { useSigstore } from '../../../support/sigstore.ts'

const sigstore = useSigstore()

/** A request that asks for the entry of a signature of `data`. */
function request(data: string, { algorithm = 'sha256', keyDetails = 'PKIX_ECDSA_P256_SHA_256', curve = 'P-256' } = {}) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: curve })
  const rawBytes = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
  return {
    hashedRekordRequestV002: {
      digest: createHash(algorithm).update(data).digest('base64'),
      signature: {
        content: sign(algorithm, Buffer.from(data), privateKey).toString('base64'),
        verifier: { keyDetails, publicKey: { rawBytes } }
      }
    }
  }
}

async function add(body: object) {
  const answer = await fetch(`${sigstore().rekorV2Url}/api/v2/log/entries`, {
    method: 'POST',
    body: JSON.stringify(body)
  })
  return { status: answer.status, index: answer.headers.get('x-log-index'), json: JSON.parse(await answer.text()) }
}

describe('a signature of a digest', () => {
  test('is logged without a time and without a promise', async () => {
    const asked = request('data')
    const { digest, signature } = asked.hashedRekordRequestV002
    const { status, json } = await add(asked)
    expect(status).toBe(201)
    expect(JSON.parse(Buffer.from(json.canonicalizedBody, 'base64').toString())).toEqual({
      apiVersion: '0.0.2',
      kind: 'hashedrekord',
      spec: { hashedRekordV002: { data: { algorithm: 'SHA2_256', digest }, signature } }
    })
    expect(json).toMatchObject({
      integratedTime: '0',
      inclusionPromise: null,
      kindVersion: { kind: 'hashedrekord', version: '0.0.2' },
      logIndex: json.inclusionProof.logIndex
    })
  })

  test('may be of another curve with its own hash function', async () => {
    const keyDetails = 'PKIX_ECDSA_P384_SHA_384'
    const { status, json } = await add(request('data', { curve: 'P-384', algorithm: 'sha384', keyDetails }))
    expect(status).toBe(201)
    expect(Buffer.from(json.canonicalizedBody, 'base64').toString()).toContain('SHA2_384')
    expect((await add(request('data', { curve: 'P-384', keyDetails }))).status).toBe(400)
  })

  test('is logged once; a second time names the index of the first', async () => {
    const asked = request('twice')
    const first = await add(asked)
    expect(await add(asked)).toMatchObject({ status: 409, index: first.json.logIndex, json: { code: 6 } })
  })

  test('is refused for another digest, and in a request that is not understood', async () => {
    const asked = request('data').hashedRekordRequestV002
    const { digest } = request('other').hashedRekordRequestV002
    for (const wrong of [{ ...asked, digest }, { ...asked, digest: '' }, {}]) {
      const { status, json } = await add({ hashedRekordRequestV002: wrong })
      expect({ status, json }).toMatchObject({ status: 400, json: { message: 'invalid hashedrekord request' } })
    }
    expect((await add({ hashedRekordRequestV002: asked, more: 1 })).status).toBe(400)
  })
})

test('envelopes are no longer taken', async () => {
  const { status, json } = await add({ dsseRequestV002: { envelope: {}, verifiers: [] } })
  expect({ status, json }).toEqual({
    status: 400,
    json: { code: 3, message: 'invalid type, must be hashedrekord', details: [] }
  })
})

test('the checkpoint is of the whole log, in the name of the host', async () => {
  const { json } = await add(request('the last'))
  const checkpoint = await (await fetch(`${sigstore().rekorV2Url}/api/v2/checkpoint`)).text()
  expect(checkpoint).toBe(json.inclusionProof.checkpoint.envelope)
  expect(checkpoint).toMatch(/^127\.0\.0\.1\n\d+\n[\w+/]{43}=\n\n\u2014 127\.0\.0\.1 [\w+/]+={0,2}\n$/)
})
