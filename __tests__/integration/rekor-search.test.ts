/** The search of the log beside the one of its own client, which is real, in a log that is the tests' own. */
import { createHash, sign } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { searchLog } from '../../src/attest/rekor-search.ts'
import { output, requireLab, run, useTempFolder } from '../support/lab.ts'
import { ecdsaKeys, quietPorts } from '../support/signing.ts'
import { githubClaims, startSigstore, type LocalSigstore } from '../support/sigstore.ts'
import { makeBundle } from '../support/sigstore-bundle.ts'

requireLab()

const folder = useTempFolder()
const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex')
const write = (name: string, content: string | Buffer) => {
  writeFileSync(join(folder(), name), content)
  return join(folder(), name)
}

let sigstore: LocalSigstore
beforeAll(async () => {
  sigstore = await startSigstore()
})
afterAll(() => sigstore.close())

const command = (...args: string[]) => ['rekor-cli', '--rekor_server', sigstore.rekorUrl, ...args]
const client = (...args: string[]) => output(command(...args), { env: { HOME: folder() } })
const clientSearch = async (digest: string) => (await client('search', '--sha', digest)).split('\n').sort()
const search = (digest: string) => searchLog(sigstore.rekorUrl, `sha256:${digest}`, quietPorts())

/** What the client says of an entry, once it has checked that it is in the log. */
async function clientEntry(uuid: string) {
  const said = JSON.parse(await client('get', '--uuid', uuid, '--format', 'json'))
  const { UUID, LogIndex, LogID, IntegratedTime, Body } = said as Record<string, unknown>
  return {
    uuid: UUID,
    logIndex: String(LogIndex),
    logId: LogID,
    integratedTime: new Date(Number(IntegratedTime) * 1000),
    kind: 'DSSEObj' in (Body as object) ? 'dsse' : 'hashedrekord'
  }
}

const about = (digest: string) => ({ subject: [{ name: 'seed', digest: { sha256: digest } }] })

describe('what names a digest is found as by the client,', () => {
  const artifact = Buffer.from('a seed')
  const digest = sha256(artifact)
  const keys = ecdsaKeys()
  const fingerprint = sha256(keys.publicKey.export({ type: 'spki', format: 'der' }))
  beforeAll(async () => {
    await makeBundle(sigstore, { statement: about(digest), claims: githubClaims() })
    await makeBundle(sigstore, { statement: about(digest), key: keys })
    await makeBundle(sigstore, { statement: about(sha256('another')), key: keys })
    const key = write('key.pem', keys.publicKey.export({ type: 'spki', format: 'pem' }))
    const signature = write('signature', sign('sha256', artifact, keys.privateKey))
    const what = [
      '--artifact',
      write('artifact', artifact),
      '--artifact-hash',
      digest,
      '--signature',
      signature,
      '--public-key',
      key
    ]
    const said = await client('upload', '--type', 'hashedrekord', '--pki-format', 'x509', ...what)
    expect(said).toContain('Created entry at index')
  })

  test('with the same place, log, time and kind of each', async () => {
    const { hits, ...counts } = await search(digest)
    expect(counts).toEqual({ found: 3, isCut: false, known: 0, unread: 0 })
    expect(hits.map(({ uuid }) => uuid).sort()).toEqual(await clientSearch(digest))
    for (const { identity: _, issuer: __, key: ___, ...hit } of hits) expect(await clientEntry(hit.uuid)).toEqual(hit)
    expect(hits.map(({ kind, identity, issuer, key }) => ({ kind, identity, issuer, key }))).toEqual([
      {
        kind: 'dsse',
        identity: `https://github.com/${String(githubClaims().job_workflow_ref)}`,
        issuer: sigstore.issuer.issuer
      },
      { kind: 'dsse', key: fingerprint },
      { kind: 'hashedrekord', key: fingerprint }
    ])
  })

  test('in either case of the digest', async () => {
    expect(await clientSearch(digest.toUpperCase())).toEqual(await clientSearch(digest))
    expect((await search(digest.toUpperCase())).found).toBe(3)
  })

  test('and nothing where the client finds nothing', async () => {
    const nobody = sha256('nobody')
    expect(await run(command('search', '--sha', nobody), { env: { HOME: folder() } })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no matching entries found')
    })
    expect(await search(nobody)).toEqual({ found: 0, isCut: false, known: 0, hits: [], unread: 0 })
  })
})

test('more than the log gives out at once are all found', async () => {
  const digest = sha256('many')
  for (let i = 0; i < 23; i++)
    await makeBundle(sigstore, { statement: about(digest), key: ecdsaKeys(), timestamp: false })
  const { found, hits, unread } = await search(digest)
  expect({ found, unread }).toEqual({ found: 23, unread: 0 })
  expect(hits.map(({ uuid }) => uuid).sort()).toEqual(await clientSearch(digest))
})

test('a log that cannot be searched is told as such, as the client does', async () => {
  const nobody = sha256('nobody')
  sigstore.fault('rekor', 'deny')
  try {
    const searching = await search(nobody).catch((error: unknown) => error)
    expect(searching).toMatchObject({ code: 'SIGSTORE_FAILED', message: expect.stringContaining('403') })
    expect((await run(command('search', '--sha', nobody), { env: { HOME: folder() } })).code).toBe(1)
  } finally {
    sigstore.fault('rekor')
  }
})
