import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { logSignature } from '../../../src/attest/rekor-v2.ts'
import { signStatement } from '../../../src/attest/sign.ts'
import { AnsweringServer, answering, forwarding } from '../../support/answering-server.ts'
import { failureOf } from '../../support/failure.ts'
import { ecdsaKeys, QUICK, quietPorts, servicesOf, STATEMENT, verifyWithLibrary } from '../../support/signing.ts'
import { useSigstore } from '../../support/sigstore.ts'

const sigstore = useSigstore()
/** Takes an answer and passes nothing on. */
const LOST = { writeHead: () => LOST, end: () => LOST } as unknown as ServerResponse
const SIGNED = Buffer.from('DSSEv1 1 a 1 b')
let server: AnsweringServer
beforeAll(async () => {
  server = await AnsweringServer.start()
})
afterAll(() => server.close())

const keys = ecdsaKeys()
const log = (bytes = sign('sha256', SIGNED, keys.privateKey), url = sigstore().rekorV2Url) =>
  logSignature(SIGNED, { bytes, publicKey: keys.publicKey }, url, quietPorts(), QUICK)

test('logs the digest of what was signed, with the key', async () => {
  const signature = sign('sha256', SIGNED, keys.privateKey)
  server.answer = forwarding(sigstore().rekorV2Url)
  const entry = await log(signature, server.url)
  const { url, method, headers, body } = server.received.at(-1)!
  expect({ url, method, type: headers['content-type'] }).toEqual({
    url: '/api/v2/log/entries',
    method: 'POST',
    type: 'application/json'
  })
  const rawBytes = keys.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
  expect(JSON.parse(body.toString())).toEqual({
    hashedRekordRequestV002: {
      digest: createHash('sha256').update(SIGNED).digest('base64'),
      signature: {
        content: signature.toString('base64'),
        verifier: { keyDetails: 'PKIX_ECDSA_P256_SHA_256', publicKey: { rawBytes } }
      }
    }
  })
  expect(entry).toMatchObject({ kindVersion: { kind: 'hashedrekord', version: '0.0.2' }, integratedTime: '0' })
})

test('says where the log has the signature already, which gives it out no more', async () => {
  const signature = sign('sha256', SIGNED, keys.privateKey)
  expect(await log(signature)).toBeDefined()
  expect(await log(signature)).toBeUndefined()
})

test.each<[string, unknown]>([
  ['nothing', ''],
  ['a page', '<html>'],
  ['half of it', '{"logIndex": "1", "logId": '],
  ['a number', '1'],
  ['a list', []],
  ['nothing of it', {}],
  [
    'no proof',
    { logIndex: '1', logId: { keyId: 'AA==' }, kindVersion: { kind: 'hashedrekord' }, canonicalizedBody: 'AA==' }
  ],
  ['numbers for names', { logIndex: '1', logId: { keyId: 1 }, kindVersion: 2, inclusionProof: 3, canonicalizedBody: 4 }]
])('refuses %s for an entry', async (_what, body) => {
  server.answer = answering(201, body)
  expect(await failureOf(log(undefined, server.url))).toMatchObject({
    code: 'SIGSTORE_FAILED',
    message: expect.stringContaining('the transparency log answered with something that is no'),
    resource: server.url
  })
})

describe('a whole signature', () => {
  const signWith = (key: ReturnType<typeof ecdsaKeys>['privateKey'], url: string) => {
    const services = servicesOf(sigstore(), { rekorVersion: 2, rekorUrl: url })
    return signStatement(STATEMENT, { kind: 'key', privateKey: key }, services, quietPorts(), QUICK)
  }

  test('is made once more where the log has the first already, as after an answer that was lost', async () => {
    let isFirst = true
    server.answer = async (response, request) => {
      await forwarding(sigstore().rekorV2Url)(isFirst ? LOST : response, request)
      if (isFirst) response.destroy()
      isFirst = false
    }
    const since = server.received.length
    const { privateKey, publicKey } = ecdsaKeys()
    verifyWithLibrary((await signWith(privateKey, server.url)).json, sigstore(), publicKey)
    // Lost, known already, and another one.
    expect(server.received).toHaveLength(since + 3)
  })

  test('is given up on where it would be the same again', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    await signWith(privateKey, sigstore().rekorV2Url)
    expect(await failureOf(signWith(privateKey, sigstore().rekorV2Url))).toMatchObject({
      code: 'SIGSTORE_FAILED',
      message: expect.stringContaining('has this signature already'),
      hint: expect.any(String)
    })
  })
})
