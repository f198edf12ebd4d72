/** The cache of layers: what it fetches, what it trusts, and what it survives. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { silentLog, silentProgress, type Ports } from '../../../../src/ports.ts'
import type { Repository } from '../../../../src/oci/types.ts'
import { withBlobs, type CachedBlobs } from '../../../../src/seed/mount/cache.ts'
import type { Blob } from '../../../../src/seed/mount/partial-file.ts'
import { Receiving } from '../../../../src/seed/mount/receiving.ts'
import { Opened } from '../../../support/opened.ts'
import type { RegistryServer } from '../../../support/registry-server.ts'

const SEGMENT_BYTES = 4_000_000

const opened = new Opened()
let folder: string
let server: RegistryServer
let repository: Repository
let contents: Buffer[]
let blobs: Blob[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cache-'))
  server = await opened.server()
  repository = opened.repository(`${server.host}/seed`)
  contents = [700_000, 2_000_000, 5].map(size => randomBytes(size))
  blobs = contents.map(bytes => server.addBlob(bytes))
})
afterEach(async () => {
  await opened.close()
  rmSync(folder, { recursive: true, force: true })
})

const cache = (): string => join(folder, 'cache')
const file = (blob: Blob | undefined, name = 'blobs'): string =>
  join(cache(), name, blob!.digest.slice('sha256:'.length))
const ports = (signal = new AbortController().signal): Ports => ({
  ...{ log: silentLog, progress: silentProgress, env: {}, signal }
})
const gets = (): number => server.exchanges.filter(({ path }) => path.includes('/blobs/')).length

/** What an action finds: the counts, with the bytes of the files. */
async function fetch(wanted = blobs, maxBytes = 1e9, signal?: AbortSignal): Promise<CachedBlobs & { bytes: Buffer[] }> {
  const receiving = opened.add(new Receiving())
  return withBlobs(
    { folder: cache(), maxBytes, segmentBytes: SEGMENT_BYTES },
    wanted,
    repository,
    receiving,
    ports(signal),
    async found => ({
      ...found,
      bytes: found.files.map(path => readFileSync(path))
    })
  )
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path)
  bytes[at]! ^= 1
  writeFileSync(path, bytes)
}

test('blobs are fetched once, in their order, and found again', async () => {
  const first = await fetch()
  expect(first).toMatchObject({ fetched: 2_700_005, reused: 0 })
  expect(first.bytes.map((bytes, at) => bytes.equals(contents[at]!))).toEqual([true, true, true])
  const asked = gets()
  const second = await fetch([blobs[2]!, blobs[0]!])
  expect(second).toMatchObject({ fetched: 0, reused: 700_005 })
  expect(second.bytes[0]!.equals(contents[2]!)).toBe(true)
  expect(gets()).toBe(asked)
  expect(readdirSync(join(cache(), 'runs'))).toEqual([])
})

test('a blob whose file was written to is not believed, nor one that was cut short', async () => {
  await fetch()
  flip(file(blobs[0]), 1234)
  writeFileSync(file(blobs[1]), contents[1]!.subarray(1))
  const again = await fetch()
  expect(again).toMatchObject({ fetched: 2_700_000, reused: 5 })
  expect(again.bytes[0]!.equals(contents[0]!)).toBe(true)
  expect(readFileSync(file(blobs[0])).equals(contents[0]!)).toBe(true)
})

test('what was verified before the system was started anew is hashed again, and found right or wrong', async () => {
  await fetch()
  for (const blob of blobs.slice(0, 2)) {
    const note = file(blob, 'verified')
    const { boot: _, ...rest } = JSON.parse(readFileSync(note, 'utf8'))
    // As if it had been torn without a trace in its times, which nothing but a power cut does.
    if (blob === blobs[0]) flip(file(blob), 0)
    const { mtimeNs } = statSync(file(blob), { bigint: true })
    writeFileSync(note, JSON.stringify({ boot: 'another', ...rest, modified: String(mtimeNs) }))
  }
  expect(await fetch()).toMatchObject({ fetched: 700_000, reused: 2_000_005 })
})

test('what nobody can read as a cache is mended or made anew', async () => {
  await fetch()
  for (const name of readdirSync(join(cache(), 'verified'))) writeFileSync(join(cache(), 'verified', name), '{')
  writeFileSync(join(cache(), 'blobs', 'rubbish'), 'rubbish')
  mkdirSync(join(cache(), 'runs', 'rubbish'))
  expect(await fetch()).toMatchObject({ fetched: 0, reused: 2_700_005 })
})

test('what was used least recently goes first, and what is needed now stays whatever the bound', async () => {
  await fetch([blobs[0]!])
  await new Promise(done => setTimeout(done, 20))
  await fetch([blobs[2]!])
  await fetch([blobs[1]!], 2_000_100)
  expect(blobs.map(blob => existsSync(file(blob)))).toEqual([false, true, true])
  expect(existsSync(file(blobs[0], 'verified'))).toBe(false)
  await fetch(blobs, 10)
  expect(blobs.map(blob => existsSync(file(blob)))).toEqual([true, true, true])
})

test('two runs with one cache get what they want, though each has no room for the other', async () => {
  const [one, two] = await Promise.all([fetch([blobs[0]!, blobs[1]!], 10), fetch([blobs[1]!, blobs[2]!], 10)])
  expect(one.bytes.map(bytes => bytes.length)).toEqual([700_000, 2_000_000])
  expect(two.bytes.every((bytes, at) => bytes.equals(contents[at + 1]!))).toBe(true)
  const held = await withBlobs(
    { folder: cache(), maxBytes: 10 },
    [blobs[1]!],
    repository,
    opened.add(new Receiving()),
    ports(),
    async ({ files }) => {
      await fetch([blobs[0]!], 10)
      return [existsSync(file(blobs[1])), readFileSync(files[0] ?? '').equals(contents[1]!)]
    }
  )
  expect(held).toEqual([false, true])
})

test('a wrong byte is an error, and nothing of it is kept', async () => {
  const wrong = Buffer.from(contents[1]!)
  wrong[wrong.length - 1]! ^= 1
  server.blobs.set(blobs[1]!.digest, wrong)
  await expect(fetch()).rejects.toMatchObject({
    code: 'DIGEST_MISMATCH',
    message: expect.stringContaining(blobs[1]!.digest)
  })
  expect(existsSync(file(blobs[1]))).toBe(false)
  expect(readdirSync(join(cache(), 'partial'))).toEqual([])
  server.blobs.set(blobs[1]!.digest, contents[1]!)
  expect((await fetch()).bytes[1]!.equals(contents[1]!)).toBe(true)
})

test('a registry that goes away and comes back is waited for', async () => {
  const path = new RegExp(blobs[1]!.digest)
  server.faults.push({ method: 'GET', path, cutAnswerAfter: 1_500_000 }, { method: 'GET', path, status: 503, times: 2 })
  expect(await fetch()).toMatchObject({ fetched: 2_700_005 })
  expect(server.exchanges.filter(({ headers }) => headers.range !== undefined).length).toBeGreaterThan(0)
})

/** A blob of two segments, the first of them with zeros only. */
function large(): { blob: Blob; bytes: Buffer } {
  const bytes = Buffer.concat([Buffer.alloc(SEGMENT_BYTES), contents[1]!])
  return { blob: server.addBlob(bytes), bytes }
}

/** Resolves when a run has noted `line` of a part. */
async function noted(line: string): Promise<void> {
  for (let i = 0; i < 500; i++) {
    const runs = existsSync(join(cache(), 'runs')) ? readdirSync(join(cache(), 'runs'), { recursive: true }) : []
    const notes = runs.filter(name => String(name).endsWith('.notes')).map(name => join(cache(), 'runs', String(name)))
    if (notes.some(path => existsSync(path) && readFileSync(path, 'utf8').includes(`${line}\n`))) return
    await new Promise(done => setTimeout(done, 10))
  }
  throw new Error(`"${line}" was not noted`)
}

test('a large blob comes in parts, side by side, and an interrupted one is gone on with', async () => {
  const { blob, bytes } = large()
  const path = new RegExp(blob.digest)
  // The second part is whole all the same; the first is refused when it is gone on with, once that is so.
  server.faults.push(
    { method: 'GET', path, range: /^bytes=0-/, cutAnswerAfter: 3_000_000 },
    { method: 'GET', path, range: /^bytes=3000000-/, status: 403, after: noted(`${SEGMENT_BYTES} ${bytes.length}`) }
  )
  await expect(fetch([blob])).rejects.toMatchObject({ code: 'REGISTRY_DENIED' })
  const ranges = server.exchanges.map(({ headers }) => headers.range).filter(range => range !== undefined)
  expect(ranges).toContain(`bytes=0-${SEGMENT_BYTES - 1}`)
  const again = await fetch([blob])
  expect(again.bytes[0]!.equals(bytes)).toBe(true)
  expect(again.fetched).toBe(SEGMENT_BYTES - 3_000_000)
  expect(readdirSync(join(cache(), 'partial'))).toEqual([])
})

test('what an interrupted run has left is fetched anew where it turns out to be wrong', async () => {
  const { blob, bytes } = large()
  await fetch([])
  const torn = Buffer.from(bytes.subarray(0, SEGMENT_BYTES))
  torn[77] = 1
  writeFileSync(file(blob, 'partial'), torn)
  writeFileSync(`${file(blob, 'partial')}.notes`, `0 4096\n0 ${SEGMENT_BYTES}\n0 12`)
  const found = await fetch([blob])
  expect(found.fetched).toBe(blob.size + contents[1]!.length)
  expect(found.bytes[0]!.equals(bytes)).toBe(true)
})

test('an interruption ends it at once, and what is whole is kept', async () => {
  server.faults.push({ method: 'GET', path: new RegExp(blobs[1]!.digest), stall: true })
  const abort = new AbortController()
  repository = opened.repository(`${server.host}/seed`, { signal: abort.signal })
  const running = fetch(blobs, 1e9, abort.signal)
  for (let i = 0; i < 200 && !(existsSync(file(blobs[0])) && existsSync(file(blobs[2]))); i++) {
    await new Promise(done => setTimeout(done, 20))
  }
  abort.abort(new Error('stopped'))
  await expect(running).rejects.toThrow()
  repository = opened.repository(`${server.host}/seed`)
  expect(await fetch()).toMatchObject({ fetched: 2_000_000, reused: 700_005 })
})
