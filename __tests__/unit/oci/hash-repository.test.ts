import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { digestOf } from '../../../src/oci/digest.ts'
import { HashRepository } from '../../../src/oci/hash-repository.ts'
import { LayoutRepository } from '../../../src/oci/layout.ts'
import { MEDIA_TYPE, type Repository } from '../../../src/oci/types.ts'

const folder = mkdtempSync(join(tmpdir(), 'hash-repository-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function* pieces(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text)
}
const INDEX = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [] }))

describe('a repository that only hashes', () => {
  const nowhere: Repository = new HashRepository()

  test('names everything as one that keeps it', async () => {
    const kept = new LayoutRepository(join(folder, 'layout'))
    for (const repository of [nowhere, kept]) {
      expect(await repository.putStream(() => pieces('one', 'two'))).toEqual({ digest: digestOf('onetwo'), size: 6 })
      expect(await repository.putManifest(INDEX, MEDIA_TYPE.index, ['tag'])).toEqual({
        mediaType: MEDIA_TYPE.index,
        digest: digestOf(INDEX),
        size: INDEX.length
      })
    }
    await kept.close()
    await nowhere.close()
  })

  test('takes a blob that is what it is called, and no other', async () => {
    const blob = { digest: digestOf('onetwo'), size: 6 }
    expect(await nowhere.putBlob(blob, () => pieces('one', 'two'))).toBe('uploaded')
    await expect(nowhere.putBlob(blob, () => pieces('one', 'owt'))).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    await expect(nowhere.putBlob(blob, () => pieces('one'))).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
  })

  test('passes on what goes wrong with the bytes', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from('one')
      throw new Error('cut')
    }
    await expect(nowhere.putStream(broken)).rejects.toThrow('cut')
  })

  test('has nothing afterwards, and takes nothing that could get lost', async () => {
    const { digest } = await nowhere.putManifest(INDEX, MEDIA_TYPE.index)
    expect(await nowhere.getManifest(digest)).toBeUndefined()
    expect(await nowhere.headBlob(digest)).toBeUndefined()
    expect(await nowhere.mountBlob(digest, 'elsewhere')).toBe(false)
    expect(await nowhere.referrers(digest)).toEqual([])
    await expect(nowhere.attach({ digest }, [])).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(() => nowhere.getBlob({ digest, size: 1 })).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }))
  })
})
