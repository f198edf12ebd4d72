import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readArtifact } from '../../../src/oci/artifact.ts'
import { fallbackTag } from '../../../src/oci/fallback-index.ts'
import { LayoutRepository } from '../../../src/oci/layout.ts'
import type { Digest, Index } from '../../../src/oci/types.ts'
import { bill, bundle, BUNDLE_TYPE, INDEX_TYPE, MANIFEST_TYPE, putSubject } from '../../support/artifact.ts'
import { failureOf } from '../../support/failure.ts'
import { sha256 } from '../../support/registry-server.ts'

let directory: string
let layout: LayoutRepository
const logged: string[] = []

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'layout-'))
  const warn = (line: string) => void logged.push(line)
  logged.length = 0
  layout = new LayoutRepository(directory, { log: { debug() {}, info() {}, warn } })
})
afterEach(() => rm(directory, { recursive: true }))

const readIndex = async () => JSON.parse(await readFile(join(directory, 'index.json'), 'utf8')) as Index
const pathOf = (digest: Digest) => join(directory, 'blobs', 'sha256', digest.slice(7))

test('what is attached is listed, once, and read', async () => {
  const subject = await putSubject(layout, 1, ['v1'])
  const attached = await layout.attach(subject, [bundle(1), bill(1)])
  expect(attached.map(({ existed }) => existed)).toEqual([false, false])
  expect(await layout.attach(subject, [bundle(1), bill(1)])).toEqual(attached.map(a => ({ ...a, existed: true })))
  const descriptors = attached.map(({ descriptor }) => descriptor)
  expect(await layout.referrers(subject.digest)).toEqual(descriptors)
  expect(await layout.referrers(subject.digest, BUNDLE_TYPE)).toEqual(descriptors.slice(0, 1))
  expect((await readIndex()).manifests.length).toBe(3)
  expect((await readArtifact(layout, descriptors[1]!)).bytes).toEqual(bill(1).bytes)
  expect(logged).toEqual([])
})

test('one that index.json has lost is listed again', async () => {
  const subject = await putSubject(layout, 1, ['v1'])
  const before = await readFile(join(directory, 'index.json'))
  const [attached] = await layout.attach(subject, [bundle(1)])
  await writeFile(join(directory, 'index.json'), before)
  expect(await layout.referrers(subject.digest)).toEqual([])
  expect(await layout.attach(subject, [bundle(1)])).toEqual([{ ...attached, existed: true }])
  expect(await layout.referrers(subject.digest)).toEqual([attached!.descriptor])
})

test('the one image is still the one image', async () => {
  const subject = await putSubject(layout, 1, ['v1'])
  await layout.attach(subject, [bundle(1), bill(1)])
  expect((await layout.getManifest())?.descriptor).toEqual(subject)
  const list = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [] }))
  await layout.putManifest(list, INDEX_TYPE, [fallbackTag(subject.digest)])
  expect((await layout.getManifest())?.descriptor).toEqual(subject)
  await putSubject(layout, 2)
  expect(await failureOf(layout.getManifest())).toMatchObject({ code: 'REFERENCE_INVALID' })
})

test('several writers at once all end up listed', async () => {
  const subject = await putSubject(layout, 1)
  const writers = [1, 2, 3, 4, 5].map(id => new LayoutRepository(directory).attach(subject, [bundle(id), bill(id)]))
  const digests = (await Promise.all(writers)).flat().map(({ descriptor }) => descriptor.digest)
  expect((await layout.referrers(subject.digest)).map(({ digest }) => digest).sort()).toEqual(digests.sort())
})

test('there may be nothing', async () => {
  const subject = await putSubject(layout, 1)
  expect(await layout.referrers(subject.digest)).toEqual([])
  expect(await new LayoutRepository(join(directory, 'none')).referrers(sha256('none'))).toEqual([])
  expect(await failureOf(layout.attach({ digest: sha256('none') }, [bundle(1)]))).toMatchObject({ code: 'NOT_FOUND' })
})

test('a list under the fallback tag is read too, and junk passed over', async () => {
  const subject = await putSubject(layout, 1, ['v1'])
  const [listed, damaged] = await layout.attach(subject, [bundle(1), bundle(2)])
  const { manifests } = await readIndex()
  const own = (digest: Digest) => manifests.filter(entry => entry.digest === digest)
  await writeFile(
    join(directory, 'index.json'),
    JSON.stringify({
      schemaVersion: 2,
      manifests: [...own(subject.digest), { digest: 'x' }, ...own(damaged!.descriptor.digest)]
    })
  )
  const entries = [{ mediaType: MANIFEST_TYPE, digest: listed!.descriptor.digest, size: 1 }, 7]
  const list = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests: entries }))
  await layout.putManifest(list, INDEX_TYPE, [fallbackTag(subject.digest)])
  await writeFile(pathOf(damaged!.descriptor.digest), 'damaged')
  expect(await layout.referrers(subject.digest)).toEqual([listed!.descriptor])
  expect(logged.length).toBeGreaterThan(2)
})

test('a referrer and a list alone are no one image', async () => {
  const bytes = Buffer.from(JSON.stringify({ mediaType: MANIFEST_TYPE, subject: { digest: sha256('elsewhere') } }))
  const descriptor = await layout.putManifest(bytes, MANIFEST_TYPE)
  const list = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [] }))
  await layout.putManifest(list, INDEX_TYPE, [fallbackTag(sha256('elsewhere'))])
  expect(await failureOf(layout.getManifest())).toMatchObject({ code: 'REFERENCE_INVALID' })
  expect((await layout.getManifest(descriptor.digest))?.descriptor).toEqual(descriptor)
})
