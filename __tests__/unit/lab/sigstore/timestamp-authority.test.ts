import { createHash, createPublicKey, X509Certificate } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { RFC3161Timestamp } from '@sigstore/core'
import { useSigstore } from '../../../support/sigstore.ts'

const sigstore = useSigstore()
const DATA = Buffer.from('signed')
const artifactHash = createHash('sha256').update(DATA).digest('base64')

function ask(request: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return fetch(`${sigstore().timestampUrl}/api/v1/timestamp`, {
    method: 'POST',
    headers,
    body: JSON.stringify(request)
  })
}

async function timestamp(): Promise<RFC3161Timestamp> {
  const answer = await ask({ artifactHash, hashAlgorithm: 'sha256' })
  expect([answer.status, answer.headers.get('content-type')]).toEqual([201, 'application/timestamp-reply'])
  return RFC3161Timestamp.parse(Buffer.from(await answer.arrayBuffer()))
}

describe('a timestamp', () => {
  test('is of what was signed, by the certificate that the trusted root has', async () => {
    const [leaf] = sigstore().trustedRoot.timestampAuthorities[0]!.certChain!.certificates
    const key = createPublicKey(new X509Certificate(leaf!.rawBytes).publicKey.export({ type: 'spki', format: 'pem' }))
    const stamp = await timestamp()
    expect(() => stamp.verify(DATA, key)).not.toThrow()
    expect(() => stamp.verify(Buffer.from('other'), key)).toThrow('does not match artifact')
  })

  test('has the time of a clock that is off', async () => {
    sigstore().fault('timestamp', { clockOffsetMs: 3_600_000 })
    const stamp = await timestamp()
    sigstore().fault('timestamp')
    expect(Math.round((stamp.signingTime.getTime() - Date.now()) / 60_000)).toBe(60)
  })

  test('is refused for a hash of another length or kind, and for what is no request', async () => {
    expect((await ask({ artifactHash: 'AAAA', hashAlgorithm: 'sha256' })).status).toBe(400)
    expect((await ask({ artifactHash, hashAlgorithm: 'md5' })).status).toBe(400)
    expect((await ask({})).status).toBe(400)
  })
})

test('the chain is given out', async () => {
  const text = await (await fetch(`${sigstore().timestampUrl}/api/v1/timestamp/certchain`)).text()
  const [leaf, root] = text.split(/(?=-----BEGIN)/).map(pem => new X509Certificate(pem))
  expect(leaf!.checkIssued(root!) && leaf!.verify(root!.publicKey)).toBe(true)
})
