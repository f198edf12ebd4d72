import { afterEach, describe, expect, test } from '@jest/globals'
import { HttpClient } from '../../../src/http.ts'
import { silentLog } from '../../../src/ports.ts'
import { fallbackTag, FallbackIndex, settleMs } from '../../../src/oci/fallback-index.ts'
import { Registry } from '../../../src/oci/registry.ts'
import type { Descriptor } from '../../../src/oci/types.ts'
import { INDEX_TYPE, MANIFEST_TYPE } from '../../support/artifact.ts'
import { failureOf } from '../../support/failure.ts'
import { Opened } from '../../support/opened.ts'
import { sha256 } from '../../support/registry-server.ts'
import type { RegistryServer } from '../../support/registry-server.ts'

const opened = new Opened()
afterEach(() => opened.close())

const SUBJECT = sha256('subject')
const TAG = fallbackTag(SUBJECT)
const KEY = `a/b@${TAG}`
const QUICK = { windows: 0, localMs: 5, distantMs: 5, mostMs: 10, rounds: 12 }

const entry = (id: string): Descriptor => ({
  mediaType: MANIFEST_TYPE,
  digest: sha256(id),
  size: id.length,
  artifactType: 'text/plain',
  annotations: { id }
})
const list = (...ids: string[]) => ({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests: ids.map(entry) })
const PUT_LIST = { method: 'PUT', path: /manifests\/sha256-/ }
const GET_LIST = { method: 'GET', path: /manifests\/sha256-/ }

function writer(server: RegistryServer, settling = QUICK): FallbackIndex {
  const client = new HttpClient()
  opened.add({ close: async () => client.close() })
  const origin = new URL(`http://${server.host}`)
  const registry = new Registry({
    origin,
    name: 'registry',
    client,
    credentials: () => Promise.resolve(undefined),
    backoff: { attempts: 3, firstMs: 1, factor: 1, maxMs: 5, jitter: 0 },
    log: silentLog,
    insecure: true
  })
  const place = { registry, base: new URL('/v2/a/b/', origin), scopes: [], name: `${server.host}/a/b` }
  return new FallbackIndex({ pull: place, push: place, log: silentLog, settling })
}

function setList(server: RegistryServer, content: unknown, mediaType = INDEX_TYPE): Buffer {
  const bytes = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content))
  server.manifests.set(KEY, { bytes, mediaType })
  return bytes
}

const idsOf = (server: RegistryServer) => {
  const { manifests } = JSON.parse(server.manifests.get(KEY)!.bytes.toString()) as { manifests: Descriptor[] }
  return manifests.map(({ annotations }) => annotations!.id)
}
const writes = (server: RegistryServer) => server.exchanges.filter(({ method }) => method === 'PUT').length

test('the tag is the digest with a dash', () => {
  expect(TAG).toBe(`sha256-${SUBJECT.slice(7)}`)
})

describe('when there is a list', () => {
  test('all that others wrote into it stays', async () => {
    const server = await opened.server()
    const theirs = {
      manifests: [
        { ...entry('a'), urls: ['http://x'], data: 'e30=', unknown: { deep: [1, null] } },
        { digest: 'sha512:ab', size: 1 }
      ],
      annotations: { owner: 'them' },
      mediaType: INDEX_TYPE,
      'x-unknown': true,
      schemaVersion: 2
    }
    setList(server, theirs)
    await writer(server).add(SUBJECT, [entry('ours')], false)
    const after = JSON.parse(server.manifests.get(KEY)!.bytes.toString()) as object
    expect(after).toEqual({ ...theirs, manifests: [...theirs.manifests, entry('ours')] })
    expect(Object.keys(after)).toEqual(Object.keys(theirs))
  })

  test('what is in it is not entered twice', async () => {
    const server = await opened.server()
    setList(server, list('a', 'ours'))
    await writer(server).add(SUBJECT, [entry('ours')], true)
    await writer(server).add(SUBJECT, [entry('ours')], false)
    expect(writes(server)).toBe(0)
  })

  test.each([
    ['no JSON', 'hello', INDEX_TYPE],
    ['no object', '[]', INDEX_TYPE],
    ['an image', { schemaVersion: 2, mediaType: MANIFEST_TYPE, layers: [] }, MANIFEST_TYPE],
    ['of an unstated type', { schemaVersion: 2, manifests: [] }, 'text/plain'],
    ['without manifests', { schemaVersion: 2, mediaType: INDEX_TYPE }, INDEX_TYPE],
    ['with something else for manifests', { mediaType: INDEX_TYPE, manifests: { a: 1 } }, INDEX_TYPE],
    ['too large', { ...list(), x: 'x'.repeat(4 * 1024 * 1024) }, INDEX_TYPE],
    ['full', { ...list(), x: 'x'.repeat(4 * 1024 * 1024 - 200) }, INDEX_TYPE]
  ])('one that is %s is left as it is, and the next step said', async (what, content, mediaType) => {
    const server = await opened.server()
    const bytes = setList(server, content, mediaType)
    const error = await failureOf(writer(server).add(SUBJECT, [entry('ours')], false))
    expect(error).toMatchObject({
      code: 'CONTENT_INVALID',
      resource: `${server.host}/a/b:${TAG}`,
      hint: expect.stringContaining(TAG)
    })
    expect(server.manifests.get(KEY)!.bytes).toBe(bytes)
    expect(writes(server)).toBe(0)
    if (what !== 'full') {
      expect(await failureOf(writer(server).entries(SUBJECT))).toMatchObject({ code: 'CONTENT_INVALID' })
    }
  })

  test('a registry that takes the tag for the digest shows the image itself, which is no list', async () => {
    const server = await opened.server()
    const subject = setList(server, list('a child'))
    const key = `a/b@${fallbackTag(sha256(subject))}`
    server.manifests.set(key, server.manifests.get(KEY)!)
    expect(await writer(server).entries(sha256(subject))).toEqual([])
    await writer(server).add(sha256(subject), [entry('ours')], false)
    expect(JSON.parse(server.manifests.get(key)!.bytes.toString())).toMatchObject({ manifests: [entry('ours')] })
  })

  test('a moment without it does not lose what is in it', async () => {
    const server = await opened.server()
    setList(server, list('a', 'b'))
    server.faults.push({ ...GET_LIST, status: 404 })
    await writer(server).add(SUBJECT, [entry('ours')], false)
    expect(idsOf(server)).toEqual(['a', 'b', 'ours'])
  })
})

describe('when others write at the same time', () => {
  test('who was erased enters itself again, and leaves what is there', async () => {
    const server = await opened.server()
    let erased = 0
    server.afterwards = ({ method }) => {
      if (method === 'PUT' && erased++ < 3) setList(server, list('a', `theirs ${erased}`))
    }
    setList(server, list('a'))
    await writer(server).add(SUBJECT, [entry('ours'), entry('ours too')], false)
    expect(idsOf(server)).toEqual(['a', 'theirs 3', 'ours', 'ours too'])
    expect(writes(server)).toBe(4)
  })

  test('one of several that is missing is entered alone', async () => {
    const server = await opened.server()
    let erased = false
    server.afterwards = ({ method }) => {
      if (method === 'PUT' && !erased) setList(server, list('ours too', 'theirs'))
      erased ||= method === 'PUT'
    }
    await writer(server).add(SUBJECT, [entry('ours'), entry('ours too')], false)
    expect(idsOf(server)).toEqual(['ours too', 'theirs', 'ours'])
  })

  test('being listed in a list that still changes is not enough', async () => {
    const server = await opened.server()
    // Somebody erased it, somebody else put it back, and a third, who has read in between, is yet to write.
    let turns = 0
    server.afterwards = ({ method }) => {
      if (turns === 0 && method === 'PUT') setList(server, list('ours', 'theirs'))
      else if (turns === 1) setList(server, list('theirs', 'another'))
      else if (turns === 0) return
      turns++
    }
    await writer(server).add(SUBJECT, [entry('ours')], false)
    expect(idsOf(server)).toEqual(['theirs', 'another', 'ours'])
  })

  test('it ends, and says so, if they never leave it there', async () => {
    const server = await opened.server()
    server.afterwards = ({ method }) => {
      if (method === 'PUT') setList(server, list('theirs'))
    }
    const error = await failureOf(writer(server).add(SUBJECT, [entry('ours')], false))
    expect(error).toMatchObject({ code: 'REGISTRY_FAILED', hint: expect.stringContaining('again') })
    expect(writes(server)).toBe(12)
  })

  test('it ends as well if the list never comes to rest but holds the entry', async () => {
    const server = await opened.server()
    let turn = 0
    server.afterwards = ({ method }) => {
      if (method === 'GET') setList(server, list('ours', `theirs ${turn++}`))
    }
    await writer(server).add(SUBJECT, [entry('ours')], false)
    expect(idsOf(server)[0]).toBe('ours')
  })

  test('a writing that fails is not repeated with what was read before', async () => {
    const server = await opened.server()
    setList(server, list('a'))
    server.faults.push({ ...PUT_LIST, status: 500 })
    server.afterwards = ({ method }) => {
      if (method === 'GET' && writes(server) === 0) setList(server, list('a', 'b'))
    }
    await writer(server).add(SUBJECT, [entry('ours')], false)
    expect(idsOf(server)).toEqual(['a', 'b', 'ours'])
  })

  test('a part that the registry does not see for a moment is waited for', async () => {
    const server = await opened.server()
    const body = JSON.stringify({ errors: [{ code: 'MANIFEST_BLOB_UNKNOWN', message: 'blob unknown to registry' }] })
    server.faults.push({ ...PUT_LIST, status: 400, body })
    await writer(server).add(SUBJECT, [entry('ours')], false)
    expect(idsOf(server)).toEqual(['ours'])
    server.faults.push({ ...PUT_LIST, status: 400, body, times: 100 })
    const error = await failureOf(writer(server).add(SUBJECT, [entry('more')], false))
    expect(error).toMatchObject({ code: 'CONTENT_INVALID', message: expect.stringContaining('gone') })
    expect(idsOf(server)).toEqual(['ours'])
  })

  test('an answer that is lost does no harm', async () => {
    const server = await opened.server()
    server.faults.push({ ...PUT_LIST, loseAnswer: true })
    await writer(server).add(SUBJECT, [entry('ours')], false)
    expect(idsOf(server)).toEqual(['ours'])
  })

  test('none of many is lost', async () => {
    const server = await opened.server()
    const ids = Array.from({ length: 10 }, (_, i) => `writer ${i}`)
    const settling = { ...QUICK, windows: 4, localMs: 60, mostMs: 10_000 }
    await Promise.all(ids.map(id => writer(server, settling).add(SUBJECT, [entry(id)], false)))
    expect(idsOf(server).sort()).toEqual(ids)
    expect(writes(server)).toBeGreaterThan(10)
  })
})

test('the wait is a multiple of the time that reading and writing took, within bounds, and longer after losses', () => {
  const wait = { windows: 4, windowMs: 10, leastMs: 100, mostMs: 15_000, losses: 0 }
  expect(settleMs(wait, () => 0)).toBe(100)
  expect(settleMs(wait, () => 1)).toBe(200)
  expect(settleMs({ ...wait, windowMs: 500 }, () => 0)).toBe(2000)
  expect(settleMs({ ...wait, windowMs: 500, losses: 2 }, () => 0.5)).toBe(5000)
  expect(settleMs({ ...wait, windowMs: 60_000 }, () => 1)).toBe(15_000)
})
