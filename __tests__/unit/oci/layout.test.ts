import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { spawn, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { LayoutRepository } from '../../../src/oci/layout.ts'
import type { Digest, Index } from '../../../src/oci/types.ts'
import { failureOf } from '../../support/failure.ts'
import { pieces, readAll } from '../../support/opened.ts'
import { sha256 } from '../../support/registry-server.ts'

const BYTES = Buffer.alloc(1_000_000, 'seed')
const BLOB = { digest: sha256(BYTES), size: BYTES.length }
const TYPE = 'application/vnd.oci.image.manifest.v1+json'
const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json'

let folder: string
let directory: string
let layout: LayoutRepository

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layout-'))
  directory = join(folder, 'new', 'image')
  layout = new LayoutRepository(directory)
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

const pathOf = (digest: Digest) => join(directory, 'blobs', 'sha256', digest.slice(7))
const readIndex = async () => JSON.parse(await readFile(join(directory, 'index.json'), 'utf8')) as Index
const blobNames = () => readdir(join(directory, 'blobs', 'sha256'))

/** A manifest unlike every other. */
function manifest(id: unknown, manifests?: { digest: Digest }[]) {
  const mediaType = manifests ? INDEX_TYPE : TYPE
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, id, ...(manifests && { manifests }) }))
  return { bytes, mediaType, digest: sha256(bytes) }
}

async function put(id: unknown, tags: string[] = [], children?: { digest: Digest }[]) {
  const { bytes, mediaType } = manifest(id, children)
  return layout.putManifest(bytes, mediaType, tags)
}

describe('when blobs are written', () => {
  test('the folder becomes an image layout', async () => {
    expect(await layout.putStream(pieces(BYTES))).toEqual(BLOB)
    expect(JSON.parse(await readFile(join(directory, 'oci-layout'), 'utf8'))).toEqual({ imageLayoutVersion: '1.0.0' })
    expect(await blobNames()).toEqual([BLOB.digest.slice(7)])
    expect((await readAll(layout.getBlob(BLOB))).equals(BYTES)).toBe(true)
    expect(await layout.headBlob(BLOB.digest)).toBe(BLOB.size)
    expect(await layout.headBlob(sha256('x'))).toBeUndefined()
  })

  test('one that is there is not written again', async () => {
    expect(await layout.putBlob(BLOB, pieces(BYTES))).toBe('uploaded')
    const { ino } = await stat(pathOf(BLOB.digest))
    expect(await layout.putBlob(BLOB, () => Promise.reject(new Error('opened')) as never)).toBe('present')
    expect((await stat(pathOf(BLOB.digest))).ino).toBe(ino)
  })

  test.each([
    ['damaged', () => writeFile(pathOf(BLOB.digest), Buffer.alloc(BLOB.size))],
    ['torn', () => truncate(pathOf(BLOB.digest), 1000)]
  ])('one that is %s is put right', async (_, damage) => {
    await layout.putBlob(BLOB, pieces(BYTES))
    await damage()
    expect(await failureOf(readAll(layout.getBlob(BLOB)))).toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(await layout.putBlob(BLOB, pieces(BYTES))).toBe('uploaded')
    expect((await readAll(layout.getBlob(BLOB))).equals(BYTES)).toBe(true)
  })

  test('nothing is left of one that is wrong or whose source fails', async () => {
    const wrong = { ...BLOB, digest: sha256('x') }
    expect(await failureOf(layout.putBlob(wrong, pieces(BYTES)))).toMatchObject({ code: 'DIGEST_MISMATCH' })
    async function* broken() {
      yield BYTES
      throw Object.assign(new Error('no such store path'), { code: 'ENOENT', syscall: 'open' })
    }
    const error = await failureOf(layout.putStream(broken))
    expect([error.message, error.name]).toEqual(['no such store path', 'Error'])
    expect(await blobNames()).toEqual([])
  })

  test('nothing is left after an interruption', async () => {
    const stop = new AbortController()
    const interrupted = new LayoutRepository(directory, { signal: stop.signal })
    async function* source() {
      yield BYTES
      stop.abort()
      yield BYTES
    }
    expect(await failureOf(interrupted.putStream(source))).toMatchObject({ code: 'INTERRUPTED' })
    expect(await blobNames()).toEqual([])
    expect(await failureOf(interrupted.headBlob(BLOB.digest))).toMatchObject({ code: 'INTERRUPTED' })
  })

  test('what a killed process left is removed once it is old', async () => {
    await layout.putStream(pieces(BYTES))
    const [old, fresh] = ['.tmp-old', '.tmp-fresh'].map(name => join(directory, 'blobs', 'sha256', name))
    await writeFile(old!, 'x')
    await utimes(old!, 0, 0)
    await writeFile(fresh!, 'x')
    await new LayoutRepository(directory).putStream(pieces(BYTES))
    expect((await blobNames()).sort()).toEqual(['.tmp-fresh', BLOB.digest.slice(7)])
  })

  test('a folder with other things in it is refused and left alone', async () => {
    await mkdir(directory, { recursive: true })
    await writeFile(join(directory, 'thesis.txt'), 'x')
    expect(await failureOf(layout.putStream(pieces(BYTES)))).toMatchObject({ code: 'REFERENCE_INVALID' })
    expect(await readdir(directory)).toEqual(['thesis.txt'])
  })

  test('a file in the way is said', async () => {
    await writeFile(join(folder, 'new'), 'x')
    expect(await failureOf(layout.putStream(pieces(BYTES)))).toMatchObject({ code: 'FILE_SYSTEM' })
  })

  test('two writers of one blob do not disturb each other', async () => {
    const writers = Array.from({ length: 8 }, () => new LayoutRepository(directory).putStream(pieces(BYTES)))
    expect(await Promise.all(writers)).toEqual(Array(8).fill(BLOB))
    expect(await blobNames()).toEqual([BLOB.digest.slice(7)])
  })
})

describe('when blobs are read', () => {
  test('a missing one is not found', async () => {
    expect(await failureOf(readAll(layout.getBlob(BLOB)))).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('a digest that is a path leads nowhere', async () => {
    await layout.putStream(pieces(BYTES))
    for (const digest of ['sha256:../../oci-layout', 'sha256:', `sha256:${'/'.repeat(64)}`] as Digest[]) {
      expect(await failureOf(layout.headBlob(digest))).toMatchObject({ code: 'CONTENT_INVALID' })
      expect(await failureOf(readAll(layout.getBlob({ digest, size: 30 })))).toMatchObject({ code: 'CONTENT_INVALID' })
    }
  })
})

describe('when a blob is mounted from another layout', () => {
  test('it is linked, not copied', async () => {
    const other = new LayoutRepository(join(folder, 'other'))
    await other.putStream(pieces(BYTES))
    expect(await layout.mountBlob(BLOB.digest, other.name)).toBe(true)
    expect(await layout.mountBlob(BLOB.digest, join(folder, 'other'))).toBe(true)
    expect((await stat(pathOf(BLOB.digest))).nlink).toBe(2)
    expect(await blobNames()).toEqual([BLOB.digest.slice(7)])
  })

  test('a missing or damaged one is not', async () => {
    const from = join(folder, 'other')
    expect(await layout.mountBlob(BLOB.digest, from)).toBe(false)
    await new LayoutRepository(from).putStream(pieces(BYTES))
    await writeFile(join(from, 'blobs', 'sha256', BLOB.digest.slice(7)), Buffer.alloc(BLOB.size))
    expect(await layout.mountBlob(BLOB.digest, from)).toBe(false)
    expect(await layout.headBlob(BLOB.digest)).toBeUndefined()
  })
})

describe('when manifests are written', () => {
  test('one is found by digest and tag', async () => {
    const descriptor = await put('a', ['one', 'two'])
    expect(descriptor).toEqual({ mediaType: TYPE, digest: manifest('a').digest, size: manifest('a').bytes.length })
    for (const reference of [descriptor.digest, 'one', 'two', undefined]) {
      expect(await layout.getManifest(reference)).toEqual({ descriptor, bytes: manifest('a').bytes })
    }
    expect(await layout.getManifest('three')).toBeUndefined()
    expect(await layout.getManifest(sha256('x'))).toBeUndefined()
  })

  test('a tag moves, and others stay', async () => {
    await put('a', ['latest', 'a'])
    await put('b', ['latest', 'b'])
    const tags = (await readIndex()).manifests.map(({ digest, annotations }) => [
      annotations?.['org.opencontainers.image.ref.name'],
      digest
    ])
    const [a, b] = [manifest('a').digest, manifest('b').digest]
    expect(tags).toEqual([['a', a], ['latest', b], ['b', b]]) // prettier-ignore
    await put('b', ['latest', 'b'])
    expect((await readIndex()).manifests.length).toBe(3)
  })

  test('one that an index lists is not listed beside it', async () => {
    const child = await put('child')
    expect((await layout.getManifest())?.descriptor).toEqual(child)
    const index = await put('index', ['seed'], [child])
    expect((await readIndex()).manifests.map(({ digest }) => digest)).toEqual([index.digest])
    expect((await layout.getManifest())?.descriptor).toEqual(index)
    expect((await layout.getManifest(child.digest))?.descriptor).toEqual(child)
  })

  test('what other programs wrote into index.json stays', async () => {
    await put('a', ['one'])
    const index = { ...(await readIndex()), annotations: { mine: 'yes' } }
    await writeFile(join(directory, 'index.json'), JSON.stringify(index))
    await put('b', ['two'])
    expect(await readIndex()).toMatchObject({ annotations: { mine: 'yes' }, manifests: [{}, {}] })
  })

  test('the only image is not guessed', async () => {
    expect(await failureOf(layout.getManifest())).toMatchObject({
      code: 'REFERENCE_INVALID',
      message: expect.stringContaining('no image')
    })
    await put('a')
    await put('b')
    expect(await failureOf(layout.getManifest())).toMatchObject({
      code: 'REFERENCE_INVALID',
      message: expect.stringContaining('several')
    })
  })

  test('a tag is one', async () => {
    expect(await failureOf(put('a', ['one', 'two words']))).toMatchObject({ code: 'REFERENCE_INVALID' })
    expect(await failureOf(readdir(directory))).toMatchObject({ code: 'ENOENT' })
  })

  test('a damaged one is refused', async () => {
    const { digest } = await put('a', ['one'])
    await writeFile(pathOf(digest), '{}')
    expect(await failureOf(layout.getManifest('one'))).toMatchObject({ code: 'DIGEST_MISMATCH' })
    await writeFile(join(directory, 'index.json'), '{"manifests": 5}')
    expect(await failureOf(layout.getManifest('one'))).toMatchObject({ code: 'CONTENT_INVALID' })
    await writeFile(join(directory, 'index.json'), '{"manif')
    expect(await failureOf(put('b'))).toMatchObject({ code: 'CONTENT_INVALID' })
    expect(await readFile(join(directory, 'index.json'), 'utf8')).toBe('{"manif')
  })
})

describe('when several write tags at once', () => {
  const WRITER = `
    import { LayoutRepository } from '${join(import.meta.dirname, '../../../src/oci/layout.ts')}'
    const [directory, name, count] = process.argv.slice(1)
    for (let i = 0; i < Number(count); i++) {
      const bytes = Buffer.from(JSON.stringify({ mediaType: '${TYPE}', name, i }))
      await new LayoutRepository(directory).putManifest(bytes, '${TYPE}', [name + i])
    }`

  test('processes lose none', async () => {
    const names = ['a', 'b', 'c']
    const exits = names.map(name => {
      const args = ['--no-warnings', '--input-type=module-typescript', '-e', WRITER, directory, name, '15']
      return new Promise(resolve => spawn(process.execPath, args, { stdio: 'inherit' }).on('exit', resolve))
    })
    expect(await Promise.all(exits)).toEqual([0, 0, 0])
    const tags = (await readIndex()).manifests.map(entry => entry.annotations?.['org.opencontainers.image.ref.name'])
    expect(tags.sort()).toEqual(names.flatMap(name => Array.from({ length: 15 }, (_, i) => name + i)).sort())
    expect((await readdir(directory)).sort()).toEqual(['blobs', 'index.json', 'oci-layout'])
  }, 60_000)

  test('tasks of one process lose none', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, i) => put(i, [`t${i}`])))
    expect((await readIndex()).manifests.length).toBe(20)
  })

  const lock = () => join(directory, 'index.json.lock')
  const deadPid = () => spawnSync('true').pid

  test('the lock of a process that died is taken over, by one at a time', async () => {
    await put('first', ['first'])
    await writeFile(lock(), JSON.stringify({ pid: deadPid(), host: hostname(), nonce: 'x' }))
    await Promise.all(Array.from({ length: 10 }, (_, i) => put(i, [`t${i}`])))
    expect((await readIndex()).manifests.length).toBe(11)
    expect((await readdir(directory)).sort()).toEqual(['blobs', 'index.json', 'oci-layout'])
  })

  test.each([
    ['of another machine', JSON.stringify({ pid: 1, host: 'elsewhere', nonce: 'x' })],
    ['whose writer died at it', '']
  ])('a lock %s is taken over once it is old, even after one who died at that', async (_, text) => {
    await put('first', ['first'])
    for (const path of [lock(), `${lock()}.takeover`]) {
      await writeFile(path, text)
      await utimes(path, 0, 0)
    }
    await put('second', ['second'])
    expect((await readIndex()).manifests.length).toBe(2)
    expect((await readdir(directory)).sort()).toEqual(['blobs', 'index.json', 'oci-layout'])
  })

  test('the lock of a process that lives is waited for, until an interruption', async () => {
    await put('first', ['first'])
    await writeFile(lock(), JSON.stringify({ pid: process.pid, host: hostname(), nonce: 'x' }))
    const stop = new AbortController()
    const { bytes } = manifest('second')
    const waiting = new LayoutRepository(directory, { signal: stop.signal }).putManifest(bytes, TYPE, ['second'])
    const early = await Promise.race([waiting, new Promise(resolve => setTimeout(resolve, 200, 'waiting'))])
    expect(early).toBe('waiting')
    stop.abort()
    expect(await failureOf(waiting)).toMatchObject({ code: 'INTERRUPTED' })
    expect((await readIndex()).manifests.length).toBe(1)
    expect(await readdir(directory)).toContain('index.json.lock')
  })
})

test('a folder that is a link is followed', async () => {
  await mkdir(join(folder, 'real'))
  await symlink(join(folder, 'real'), join(folder, 'link'))
  await new LayoutRepository(join(folder, 'link')).putStream(pieces(BYTES))
  expect(await new LayoutRepository(join(folder, 'real')).headBlob(BLOB.digest)).toBe(BLOB.size)
})
