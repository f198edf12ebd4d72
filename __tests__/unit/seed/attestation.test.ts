import { generateKeyPairSync } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { BILL_TYPE } from '../../../src/attest/bill-of-materials.ts'
import { plainBuilder } from '../../../src/attest/builder.ts'
import { provenance } from '../../../src/attest/provenance.ts'
import { signStatement, type SignedBundle } from '../../../src/attest/sign.ts'
import { digestOf } from '../../../src/oci/digest.ts'
import { LayoutRepository } from '../../../src/oci/layout.ts'
import { MEDIA_TYPE, type Descriptor, type Digest } from '../../../src/oci/types.ts'
import { silentLog, silentProgress, type Ports } from '../../../src/ports.ts'
import { attachFiles } from '../../../src/seed/attach.ts'
import { billBeside, writeAttestation } from '../../../src/seed/attestation.ts'
import { listAttestations } from '../../../src/seed/attestations.ts'
import { earlierSeed, sourceOf } from '../../../src/seed/facts.ts'
import { useSigstore } from '../../support/sigstore.ts'

const ports: Ports = { log: silentLog, progress: silentProgress, env: {}, signal: new AbortController().signal }
const DIGEST: Digest = `sha256:${'0123456789abcdef'.repeat(4)}`
const BILL = Buffer.from('{"bomFormat":"CycloneDX"}')
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'attestation-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('writeAttestation', () => {
  test('makes the folder, and replaces what stands there without writing through it', async () => {
    const place = join(folder, 'a', 'b')
    const files = await writeAttestation(place, DIGEST, '{}', BILL)
    expect(files).toEqual({
      bundle: join(place, 'seed-0123456789abcdef.sigstore.json'),
      bill: join(place, 'seed-0123456789abcdef.cdx.json')
    })
    expect(billBeside(files.bundle)).toBe(files.bill)
    const other = join(folder, 'other')
    writeFileSync(other, 'mine')
    rmSync(files.bundle)
    symlinkSync(other, files.bundle)
    await writeAttestation(place, DIGEST, '{"again":true}', BILL)
    expect(readFileSync(other, 'utf8')).toBe('mine')
    expect(readFileSync(files.bundle, 'utf8')).toBe('{"again":true}')
    for (const file of Object.values(files)) expect(statSync(file).mode & 0o777).toBe(0o644)
    expect(readdirSync(place)).toHaveLength(2)
  })

  test('names the folder that cannot be written to, and leaves nothing', async () => {
    const place = join(folder, 'file')
    writeFileSync(place, '')
    await expect(writeAttestation(place, DIGEST, '{}', BILL)).rejects.toMatchObject({
      code: 'FILE_SYSTEM',
      resource: place
    })
    const blocked = join(folder, 'blocked')
    mkdirSync(join(blocked, 'seed-0123456789abcdef.cdx.json', 'in-the-way'), { recursive: true })
    await expect(writeAttestation(blocked, DIGEST, '{}', BILL)).rejects.toMatchObject({ code: 'FILE_SYSTEM' })
    expect(readdirSync(blocked)).toEqual(['seed-0123456789abcdef.cdx.json'])
  })
})

describe('sourceOf', () => {
  const rev = '2c26b46b68ffc68ff99b453c1d30413413422d70'
  const label = 'org.opencontainers.image.source'
  test.each([
    [
      { url: 'git+file:///home/me/project', rev },
      { [label]: 'https://host/r' },
      { uri: 'git+https://host/r', commit: rev }
    ],
    [{ url: `github:org/repo/${rev}`, rev }, {}, { uri: `github:org/repo/${rev}`, commit: rev }],
    [{ url: 'git+file:///home/me/project', rev }, {}, undefined],
    [{ url: 'git+file:///home/me/project' }, { [label]: 'https://host/r' }, undefined]
  ])('%j with %j', (flake, annotations, source) => {
    expect(sourceOf(flake, annotations)).toEqual(source)
  })
})

describe('earlierSeed', () => {
  test('names the repository, and the digest beside it', () => {
    expect(earlierSeed(`ghcr.io/org/repo/seed:newest@${DIGEST}`)).toEqual({
      uri: 'oci://ghcr.io/org/repo/seed',
      digest: DIGEST
    })
    expect(earlierSeed(`oci:/seeds@${DIGEST}`)).toEqual({ uri: 'oci:/seeds', digest: DIGEST })
  })

  test('has to be one image for good', () => {
    expect(() => earlierSeed('ghcr.io/org/repo/seed:newest')).toThrow(
      expect.objectContaining({ code: 'REFERENCE_INVALID' })
    )
  })
})

describe('a list of what hangs on an image', () => {
  test('is safe to be shown in a terminal, by its types too', async () => {
    const repository = new LayoutRepository(join(folder, 'strange'))
    const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [] }
    const image = await repository.putManifest(Buffer.from(JSON.stringify(index)), MEDIA_TYPE.index)
    const artifactType = 'application/x\u009b2J\u202ey'
    await repository.attach(image, [
      { artifactType, mediaType: 'text/plain', bytes: Buffer.from('x'), annotations: {} }
    ])
    const listed = await listAttestations(repository, image.digest)
    expect(listed).toMatchObject([{ kind: 'other', artifactType: 'application/x\ufffd2J\ufffdy' }])
  })
})

describe('a bundle on disk', () => {
  const sigstore = useSigstore()
  let repository: LayoutRepository
  let image: Descriptor
  let bundle = ''

  beforeAll(async () => {
    repository = new LayoutRepository(join(folder, 'layout'))
    const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [] }
    image = await repository.putManifest(Buffer.from(JSON.stringify(index)), MEDIA_TYPE.index)
    const signed = await signFor(image.digest)
    bundle = (await writeAttestation(join(folder, 'kept'), image.digest, signed.json, BILL)).bundle
  })

  function signFor(digest: Digest): Promise<SignedBundle> {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { fulcioUrl, rekorUrl, timestampUrl } = sigstore()
    const statement = provenance(plainBuilder({ id: 'https://ci.example/seed' }), {
      subject: { name: 'host/seed', digest },
      startedOn: new Date(1),
      finishedOn: new Date(2),
      system: 'x86_64-linux',
      inputs: [],
      checkout: { narHash: 'sha256-uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=' },
      closureHash: DIGEST,
      versions: {},
      nix: { sandbox: 'true', substituters: [], trustedPublicKeys: [] },
      bill: { digest: digestOf(BILL), mediaType: BILL_TYPE, size: BILL.length }
    })
    const services = { fulcioUrl, rekorUrl, timestampUrl, rekorVersion: 1 as const }
    return signStatement(statement, { kind: 'key', privateKey }, services, ports)
  }

  test('is attached with the bill beside it, once however often', async () => {
    const first = await attachFiles(repository, image.digest, { bundle })
    expect(first).toMatchObject({ bundle: { existed: false }, bill: { existed: false } })
    const again = await attachFiles(repository, image.digest, { bundle })
    expect(again).toMatchObject({ bundle: { existed: true }, bill: { existed: true } })
    const listed = await listAttestations(repository, image.digest)
    expect(listed).toHaveLength(2)
    expect(listed.find(({ kind }) => kind === 'provenance')).toMatchObject({
      digest: first.bundle.descriptor.digest,
      predicateType: 'https://slsa.dev/provenance/v1',
      signer: { kind: 'key' },
      logIndex: expect.stringMatching(/^\d+$/),
      time: expect.stringMatching(/^\d{4}-.*Z$/)
    })
    expect(listed.find(({ kind }) => kind === 'bill of materials')).toMatchObject({ artifactType: BILL_TYPE })
  })

  test('is not attached to another image', async () => {
    await expect(attachFiles(repository, DIGEST, { bundle })).rejects.toMatchObject({ code: 'USAGE' })
  })

  test('is not attached without the bill that it names', async () => {
    const alone = join(folder, 'alone.sigstore.json')
    writeFileSync(alone, readFileSync(bundle))
    await expect(attachFiles(repository, image.digest, { bundle: alone })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      resource: join(folder, 'alone.cdx.json')
    })
    writeFileSync(join(folder, 'alone.cdx.json'), '{}')
    await expect(attachFiles(repository, image.digest, { bundle: alone })).rejects.toMatchObject({
      code: 'DIGEST_MISMATCH'
    })
    const bill = billBeside(bundle)
    expect(await attachFiles(repository, image.digest, { bundle: alone, bill })).toMatchObject({
      bill: { existed: true }
    })
  })

  test('has to be one', async () => {
    const junk = join(folder, 'junk.json')
    writeFileSync(junk, '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}')
    await expect(attachFiles(repository, image.digest, { bundle: junk })).rejects.toMatchObject({
      code: 'CONTENT_INVALID'
    })
    await expect(attachFiles(repository, image.digest, { bundle: join(folder, 'none') })).rejects.toMatchObject({
      code: 'NOT_FOUND'
    })
  })

  test('cannot hang on an image that is not there', async () => {
    const signed = await signFor(DIGEST)
    const files = await writeAttestation(join(folder, 'gone'), DIGEST, signed.json, BILL)
    await expect(attachFiles(repository, DIGEST, files)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
