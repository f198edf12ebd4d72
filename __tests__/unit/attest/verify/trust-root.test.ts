import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { TrustedRoot } from '@sigstore/protobuf-specs'
import { parseTrustRoot, readTrustRoot } from '../../../../src/attest/trust-root.ts'
import { verifyBundle } from '../../../../src/attest/verify.ts'
import { publicTrustRoot } from '../../../../src/attest/verify/public-trust-root.ts'
import { attest, bytesOf, COMMIT, expectation, trustRootBytes } from '../../../support/attestation.ts'
import { failureOf } from '../../../support/failure.ts'
import { useSigstore } from '../../../support/sigstore.ts'
import { TufRepository } from '../../../support/tuf-repository.ts'

// The machine may be busy.
jest.setTimeout(60_000)

const sigstore = useSigstore()
const folder = mkdtempSync(join(tmpdir(), 'trust-root-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** As much of a trust root's JSON as is changed here. */
interface Json {
  mediaType: string
  tlogs: { publicKey: { rawBytes: string; validFor?: { start?: string; end?: string } }; logId?: object }[]
  ctlogs: Json['tlogs']
  certificateAuthorities: { certChain: { certificates: { rawBytes: string }[] }; validFor: { start: string } }[]
}
const json = () => TrustedRoot.toJSON(sigstore().trustedRoot) as Json
const parse = (root: unknown) => () => parseTrustRoot(Buffer.from(JSON.stringify(root)), 'a root')

describe('a trust root', () => {
  test.each([
    'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    'application/vnd.dev.sigstore.trustedroot.v0.2+json'
  ])('of the type %s is read from a file, and serves', async mediaType => {
    const file = join(folder, 'good.json')
    writeFileSync(file, JSON.stringify({ ...json(), mediaType }))
    const trust = await readTrustRoot(file)
    expect(trust.name).toBe(file)
    expect(verifyBundle(bytesOf(await attest(sigstore())), expectation(sigstore()), trust).commit).toBe(COMMIT)
  })

  test.each<[string, (root: Json) => void, RegExp]>([
    [
      'no time from which on the key of a log is valid',
      root => delete root.tlogs[0]!.publicKey.validFor!.start,
      /validFor\.start/
    ],
    ['no period for the key of a log', root => delete root.tlogs[1]!.publicKey.validFor, /validFor\.start/],
    [
      'no period for the key of a certificate log',
      root => delete root.ctlogs[0]!.publicKey.validFor,
      /validFor\.start/
    ],
    ['a time that is none', root => (root.tlogs[0]!.publicKey.validFor!.end = 'soon'), /a time in it is none/],
    ['no log', root => (root.tlogs = []), /no log/],
    ['a log without an identifier', root => delete root.tlogs[0]!.logId, /no identifier/],
    ['a key that is none', root => (root.tlogs[0]!.publicKey.rawBytes = 'AAAA'), /cannot be read/],
    [
      'an authority without certificates',
      root => (root.certificateAuthorities[0]!.certChain.certificates = []),
      /no certificate/
    ],
    [
      'a certificate that is none',
      root => (root.certificateAuthorities[0]!.certChain.certificates[0]!.rawBytes = 'MAUA'),
      /cannot be read/
    ],
    ['another type', root => (root.mediaType = 'application/json'), /media type/]
  ])('with %s is refused', (_, edit, message) => {
    const root = json()
    expect(parse(root)).not.toThrow()
    edit(root)
    expect(parse(root)).toThrow(
      expect.objectContaining({ code: 'TRUST_ROOT_INVALID', message: expect.stringMatching(message) })
    )
  })

  test.each([
    ['no JSON', '{'],
    ['a name twice', '{"tlogs":[],"tlogs":[]}'],
    ['a list', '[]'],
    ['nothing', '']
  ])('that is %s is refused', (_, text) => {
    expect(() => parseTrustRoot(Buffer.from(text), 'a root')).toThrow(
      expect.objectContaining({ code: 'TRUST_ROOT_INVALID' })
    )
  })

  test('that is no file, or a folder, says so', async () => {
    expect(await failureOf(readTrustRoot(join(folder, 'none.json')))).toMatchObject({ code: 'USAGE' })
    expect(await failureOf(readTrustRoot(folder))).toMatchObject({ code: 'FILE_SYSTEM' })
  })
})

describe('the public trust root', () => {
  let repository: TufRepository
  let home: string
  beforeEach(async () => {
    repository = await TufRepository.start(trustRootBytes(sigstore().trustedRoot))
    home = mkdtempSync(join(folder, 'home-'))
  })
  afterEach(() => repository.close())
  const fetchRoot = (offline = false) =>
    publicTrustRoot({
      cacheFolder: join(home, 'cache'),
      offline,
      repository: { url: repository.url, rootFile: repository.rootFile(home) }
    })

  test('is fetched, and its copy serves without a network', async () => {
    const trust = await fetchRoot()
    const bundle = bytesOf(await attest(sigstore()))
    expect(verifyBundle(bundle, expectation(sigstore()), trust).commit).toBe(COMMIT)
    expect(repository.requests).toContain('/timestamp.json')
    repository.requests.length = 0
    const copy = await fetchRoot(true)
    expect(verifyBundle(bundle, expectation(sigstore()), copy).commit).toBe(COMMIT)
    expect(copy.name).toMatch(/^the public trust root as of \d{4}-.*Z \(.*trusted_root\.json\)$/)
    expect(repository.requests).toEqual([])
  })

  test('is fetched anew where there is a newer one', async () => {
    await fetchRoot()
    const { tlogs, ...rest } = sigstore().trustedRoot
    repository.publish({ version: 2, target: trustRootBytes({ ...rest, tlogs: tlogs.slice(0, 1) }) })
    expect((await fetchRoot()).material.tlogs).toHaveLength(1)
    expect((await fetchRoot(true)).material.tlogs).toHaveLength(1)
  })

  test('that was never fetched is missing without a network', async () => {
    expect(await failureOf(fetchRoot(true))).toMatchObject({
      code: 'SIGSTORE_UNREACHABLE',
      hint: expect.stringContaining('once without --offline')
    })
    expect(repository.requests).toEqual([])
  })

  test.each<[string, (at: TufRepository) => void | Promise<void>, string]>([
    ['without its repository', at => at.close(), 'SIGSTORE_UNREACHABLE'],
    ['with other bytes', at => at.publish({ version: 2, target: Buffer.from('{}') }), 'TRUST_ROOT_INVALID'],
    [
      'with other bytes than were signed',
      at => {
        at.publish({ version: 2, target: Buffer.from('{"mediaType":"x"}') })
        at.replaced.set(at.targetPath, Buffer.from('{"mediaType":"y"}'))
      },
      'SIGSTORE_FAILED'
    ],
    [
      'with metadata of yesterday',
      at => at.publish({ version: 2, expires: new Date(Date.now() - 1000) }),
      'SIGSTORE_FAILED'
    ],
    [
      'with metadata that nobody signed',
      at => void at.replaced.set('/timestamp.json', Buffer.from('{"signed":{},"signatures":[]}')),
      'SIGSTORE_FAILED'
    ]
  ])('%s is refused, and the copy stays', async (_, spoil, code) => {
    await fetchRoot()
    const copy = join(home, 'cache', 'trusted_root.json')
    const before = readFileSync(copy)
    const rootFile = repository.rootFile(home)
    const { url } = repository
    await spoil(repository)
    const again = publicTrustRoot({ cacheFolder: join(home, 'cache'), repository: { url, rootFile } })
    expect(await failureOf(again)).toMatchObject({ code })
    expect(readFileSync(copy)).toEqual(before)
  })

  test('of an earlier version is not taken for the latest', async () => {
    repository.publish({ version: 5, target: trustRootBytes(sigstore().trustedRoot) })
    await fetchRoot()
    repository.publish({ version: 4, target: trustRootBytes(sigstore().trustedRoot) })
    expect(await failureOf(fetchRoot())).toMatchObject({ code: 'SIGSTORE_FAILED' })
  })
})
