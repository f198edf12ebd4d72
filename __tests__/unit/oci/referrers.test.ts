import { afterEach, describe, expect, test } from '@jest/globals'
import { readArtifact } from '../../../src/oci/artifact.ts'
import type { Descriptor, Digest, Manifest } from '../../../src/oci/types.ts'
import {
  BILL_TYPE,
  bill,
  bundle,
  BUNDLE_TYPE,
  EMPTY_TYPE,
  INDEX_TYPE,
  MANIFEST_TYPE,
  putSubject
} from '../../support/artifact.ts'
import { failureOf } from '../../support/failure.ts'
import { Opened } from '../../support/opened.ts'
import { sha256 } from '../../support/registry-server.ts'
import type { RegistryServer, RegistryServerOptions } from '../../support/registry-server.ts'

const opened = new Opened()
afterEach(() => opened.close())

async function start(options: RegistryServerOptions = {}) {
  const server = await opened.server(options)
  const repository = opened.repository(`${server.host}/a/b`)
  const subject = await putSubject(repository, 'subject')
  const tag = `a/b@${subject.digest.replace(':', '-')}`
  return { server, repository, subject, tag }
}

/** Something that hangs on `subject`, put there behind the client's back; as lists show it. */
function addReferrer(server: RegistryServer, subject: Digest, manifest: object): Descriptor & { size: number } {
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: { mediaType: EMPTY_TYPE, digest: sha256('{}'), size: 2 },
      layers: [],
      subject: { mediaType: INDEX_TYPE, digest: subject, size: 1 },
      ...manifest
    })
  )
  server.manifests.set(`a/b@${sha256(bytes)}`, { bytes, mediaType: MANIFEST_TYPE })
  return { mediaType: MANIFEST_TYPE, digest: sha256(bytes), size: bytes.length }
}

function setList(server: RegistryServer, tag: string, list: unknown, mediaType = INDEX_TYPE): Buffer {
  const bytes = Buffer.from(typeof list === 'string' ? list : JSON.stringify(list))
  server.manifests.set(tag, { bytes, mediaType })
  return bytes
}

const getList = (server: RegistryServer, tag: string) =>
  JSON.parse(server.manifests.get(tag)!.bytes.toString()) as { manifests: Descriptor[] }
const callsAfter = async (server: RegistryServer, action: () => Promise<unknown>) => {
  const before = server.calls.length
  await action()
  return server.calls.slice(before)
}

test('an artifact has the form that other clients read', async () => {
  const { server, repository, subject } = await start({ referrers: {} })
  const [attached] = await repository.attach(subject, [bundle(1)])
  const { bytes } = server.manifests.get(`a/b@${attached!.descriptor.digest}`)!
  const layer = Buffer.from('{"bundle":"1"}')
  expect(JSON.parse(bytes.toString())).toEqual({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    artifactType: BUNDLE_TYPE,
    config: { mediaType: EMPTY_TYPE, digest: sha256('{}'), size: 2, data: 'e30=' },
    layers: [{ mediaType: BUNDLE_TYPE, digest: sha256(layer), size: layer.length }],
    subject,
    annotations: bundle(1).annotations
  } satisfies Manifest)
  expect([...server.blobs.values()].map(String).sort()).toEqual([String(layer), '{}'])
  expect(attached).toEqual({
    descriptor: {
      mediaType: MANIFEST_TYPE,
      digest: sha256(bytes),
      size: bytes.length,
      artifactType: BUNDLE_TYPE,
      annotations: bundle(1).annotations
    },
    existed: false
  })
})

describe('when the registry has the referrers API', () => {
  test('and says that it has listed a manifest, nothing more is asked', async () => {
    const { server, repository, subject, tag } = await start({ referrers: {} })
    const calls = await callsAfter(server, () => repository.attach(subject, [bundle(1), bill(1)]))
    expect(calls.filter(call => call.includes('/referrers/'))).toEqual([])
    expect(server.manifests.has(tag)).toBe(false)
    expect((await repository.referrers(subject.digest)).map(r => r.artifactType).sort()).toEqual([
      BILL_TYPE,
      BUNDLE_TYPE
    ])
  })

  test('but says nothing, its list is looked at', async () => {
    const { server, repository, subject, tag } = await start({ referrers: { header: false } })
    const calls = await callsAfter(server, () => repository.attach(subject, [bundle(1), bill(1)]))
    expect(calls.filter(call => call.includes('/referrers/'))).toEqual([
      `GET /v2/a/b/referrers/sha256:…${subject.digest.slice(-6)}`
    ])
    expect(server.manifests.has(tag)).toBe(false)
  })

  test('but does not list what was pushed, clients find it under the fallback tag', async () => {
    const { server, repository, subject, tag } = await start({ referrers: { header: false, blind: true } })
    const [attached] = await repository.attach(subject, [bundle(1)])
    expect(getList(server, tag).manifests).toEqual([attached!.descriptor])
    expect(await repository.referrers(subject.digest)).toEqual([attached!.descriptor])
  })

  test('and lists only some, what the fallback tag has is found beside, and a damaged tag hides nothing', async () => {
    const { server, repository, subject, tag } = await start({ referrers: { blind: BILL_TYPE } })
    const [listed, tagged] = await repository.attach(subject, [bundle(1), bill(1)])
    setList(server, tag, { schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [tagged!.descriptor] })
    expect(await repository.referrers(subject.digest)).toEqual([listed!.descriptor, tagged!.descriptor])
    setList(server, tag, { schemaVersion: 2, mediaType: INDEX_TYPE, manifests: 'none' })
    expect(await repository.referrers(subject.digest)).toEqual([listed!.descriptor])
  })

  test('the same again is neither stored nor listed twice', async () => {
    const { server, repository, subject } = await start({ referrers: {} })
    const first = await repository.attach(subject, [bundle(1), bill(1)])
    const other = opened.repository(`${server.host}/a/b`)
    const calls = await callsAfter(server, async () => {
      expect(await other.attach(subject, [bundle(1), bill(1)])).toEqual(first.map(a => ({ ...a, existed: true })))
    })
    expect(calls.filter(call => call.startsWith('PUT'))).toEqual([])
    expect((await repository.referrers(subject.digest)).length).toBe(2)
  })

  test('all pages of its list are read', async () => {
    const { repository, subject } = await start({ referrers: { pageSize: 2 } })
    const attached = await repository.attach(subject, [1, 2, 3, 4, 5].map(bundle))
    const digests = attached.map(({ descriptor }) => descriptor.digest).sort()
    expect((await repository.referrers(subject.digest, BUNDLE_TYPE)).map(r => r.digest).sort()).toEqual(digests)
  })

  test('a list without an end is given up', async () => {
    const { server, repository, subject } = await start({ referrers: {} })
    const headers = { 'content-type': INDEX_TYPE, link: `</v2/a/b/referrers/${subject.digest}?n=1>; rel="next"` }
    server.faults.push({ method: 'GET', path: /referrers/, status: 200, headers, body: '{"manifests":[]}', times: 1e6 })
    const error = await failureOf(repository.referrers(subject.digest))
    expect(error).toMatchObject({ code: 'CONTENT_INVALID', message: expect.stringContaining('100 pages') })
  })

  test('a page on another host is not fetched', async () => {
    const { server, repository, subject } = await start({ referrers: {} })
    const other = await opened.server()
    const headers = { 'content-type': INDEX_TYPE, link: `<http://${other.host}/v2/x>; rel="next"` }
    server.faults.push({ method: 'GET', path: /referrers/, status: 200, headers, body: '{"manifests":[]}' })
    expect(await failureOf(repository.referrers(subject.digest))).toMatchObject({ code: 'REGISTRY_FAILED' })
    expect(other.exchanges).toEqual([])
  })

  test.each([
    ['is no JSON', 'hello'],
    ['is no list', '{"manifests":{}}'],
    ['is too large', `{"manifests":[],"x":"${'x'.repeat(4 * 1024 * 1024)}"}`]
  ])('a list that %s is an error', async (_, body) => {
    const { server, repository, subject } = await start({ referrers: {} })
    server.faults.push({ method: 'GET', path: /referrers/, status: 200, headers: { 'content-type': INDEX_TYPE }, body })
    expect(await failureOf(repository.referrers(subject.digest))).toMatchObject({ code: 'CONTENT_INVALID' })
  })

  test('a list that it fails to give is not taken for none', async () => {
    const { server, repository, subject } = await start({ referrers: {} })
    await repository.attach(subject, [bundle(1)])
    server.faults.push({ method: 'GET', path: /referrers/, status: 500, times: 100 })
    expect(await failureOf(repository.referrers(subject.digest))).toMatchObject({ code: 'REGISTRY_FAILED' })
  })

  test.each([{}, { filter: false }, { vague: true, filter: false }])(
    'one type is asked for and taken out (%j)',
    async referrers => {
      const { server, repository, subject } = await start({ referrers })
      const [attached] = await repository.attach(subject, [bundle(1), bill(1)])
      expect(await repository.referrers(subject.digest, BUNDLE_TYPE)).toEqual([attached!.descriptor])
      expect(
        server.exchanges.some(({ path }) => path.endsWith(`?artifactType=${encodeURIComponent(BUNDLE_TYPE)}`))
      ).toBe(true)
      expect(await repository.referrers(subject.digest, 'text/plain')).toEqual([])
    }
  )
})

describe('when the registry has no referrers API', () => {
  test('a page for people on another host, to which it redirects, is left alone', async () => {
    const { server, repository, subject, tag } = await start()
    const other = await opened.server()
    const headers = { location: `http://${other.host}/-/v2/packages` }
    server.faults.push({ method: 'GET', path: /referrers/, status: 303, headers, times: 2 })
    const [attached] = await repository.attach(subject, [bundle(1)])
    expect(getList(server, tag).manifests).toEqual([attached!.descriptor])
    expect(await repository.referrers(subject.digest)).toEqual([attached!.descriptor])
    expect(other.exchanges).toEqual([])
  })

  test('nor is a page that it answers with taken for a list', async () => {
    const { server, repository, subject, tag } = await start()
    const headers = { 'content-type': 'text/html' }
    server.faults.push({ method: 'GET', path: /referrers/, status: 200, headers, body: '<html>', times: 2 })
    const [attached] = await repository.attach(subject, [bundle(1)])
    expect(getList(server, tag).manifests).toEqual([attached!.descriptor])
    expect(await repository.referrers(subject.digest)).toEqual([attached!.descriptor])
  })

  test('several are entered in the list with one writing', async () => {
    const { server, repository, subject, tag } = await start()
    const attached = await repository.attach(subject, [bundle(1), bill(1)])
    expect(getList(server, tag)).toEqual({
      schemaVersion: 2,
      mediaType: INDEX_TYPE,
      manifests: attached.map(({ descriptor }) => descriptor)
    })
    expect(server.exchanges.filter(({ method, path }) => method === 'PUT' && path.includes('sha256-')).length).toBe(1)
  })

  test('the same again writes nothing, and what the list lacks is mended', async () => {
    const { server, repository, subject, tag } = await start()
    const [first, second] = await repository.attach(subject, [bundle(1), bill(1)])
    const again = await callsAfter(server, async () => {
      const attached = await repository.attach(subject, [bundle(1), bill(1)])
      expect(attached.map(({ existed }) => existed)).toEqual([true, true])
    })
    expect(again.filter(call => call.startsWith('PUT'))).toEqual([])
    setList(server, tag, { schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [second!.descriptor] })
    const mended = await callsAfter(server, () => repository.attach(subject, [bundle(1), bill(1)]))
    expect(mended.filter(call => call.startsWith('PUT'))).toEqual([`PUT /v2/${tag.replace('@', '/manifests/')}`])
    expect(getList(server, tag).manifests).toEqual([second!.descriptor, first!.descriptor])
  })

  test('the same twice in one call is listed once', async () => {
    const { server, repository, subject, tag } = await start()
    const attached = await repository.attach(subject, [bundle(1), bundle(1)])
    expect(attached[0]!.descriptor).toEqual(attached[1]!.descriptor)
    expect(getList(server, tag).manifests).toEqual([attached[0]!.descriptor])
  })

  test('types and annotations that the list does not say are those of the manifests', async () => {
    const { server, repository, subject, tag } = await start()
    const { annotations } = bundle(1)
    const ofCosign = addReferrer(server, subject.digest, { artifactType: BUNDLE_TYPE, annotations })
    const old = addReferrer(server, subject.digest, {
      config: { mediaType: 'text/old' },
      annotations: { a: 'b', c: 1 }
    })
    const entries = [
      { ...ofCosign, artifactType: EMPTY_TYPE },
      { ...old, annotations: { a: 'wrong' } }
    ]
    setList(server, tag, { schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [...entries, ofCosign] })
    const described = { ...ofCosign, artifactType: BUNDLE_TYPE, annotations }
    expect(await repository.referrers(subject.digest, BUNDLE_TYPE)).toEqual([described])
    expect(await repository.referrers(subject.digest)).toEqual([
      described,
      { ...old, artifactType: 'text/old', annotations: { a: 'b' } }
    ])
  })

  test('there may be nothing', async () => {
    const { repository, subject } = await start()
    expect(await repository.referrers(subject.digest)).toEqual([])
    expect(await repository.referrers(sha256('no image'))).toEqual([])
    expect(await repository.attach(subject, [])).toEqual([])
  })
})

describe('when a list holds junk', () => {
  async function startWithJunk() {
    const started = await start()
    const { server, repository, subject, tag } = started
    const [good] = await repository.attach(subject, [bundle(1)])
    const put = (bytes: Buffer, digest = sha256(bytes)) => {
      server.manifests.set(`a/b@${digest}`, { bytes, mediaType: MANIFEST_TYPE })
      return { mediaType: MANIFEST_TYPE, digest, size: bytes.length }
    }
    const others = [
      null,
      'text',
      {},
      { digest: 'sha256:../../x', size: 1 },
      { digest: 7 },
      { mediaType: MANIFEST_TYPE, digest: sha256('gone'), size: 4 },
      put(Buffer.from('{}'), sha256('other bytes')),
      put(Buffer.from('no JSON')),
      put(Buffer.from('[]')),
      put(Buffer.from('{"subject":null,"config":null,"annotations":null}')),
      put(Buffer.from(`"${'x'.repeat(16 * 1024 * 1024)}"`)),
      addReferrer(server, sha256('another image'), { artifactType: BUNDLE_TYPE })
    ]
    setList(server, tag, { schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [...others, good!.descriptor] })
    return { ...started, good: good!.descriptor, others }
  }

  test('it is passed over with a line each', async () => {
    const { repository, subject, good } = await startWithJunk()
    opened.logged.length = 0
    expect(await repository.referrers(subject.digest)).toEqual([good])
    expect(await repository.referrers(subject.digest, BUNDLE_TYPE)).toEqual([good])
    const lines = opened.logged.filter(line => line.startsWith('passing over'))
    expect(lines.length).toBe(24)
    expect(lines.filter(line => line.includes('SHA-256')).length).toBe(10)
  })

  test('no more is kept of what hangs there than a list needs, however large it is', async () => {
    const { server, repository, subject, tag } = await start()
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`a${i}`, '']))
    const odd: [object, object | undefined][] = [
      [{ artifactType: BUNDLE_TYPE, annotations: { large: 'x'.repeat(100_000) } }, {}],
      [{ artifactType: BUNDLE_TYPE, annotations: 'x'.repeat(1000) }, {}],
      [{ artifactType: BUNDLE_TYPE, annotations: ['x', 'y'] }, {}],
      [{ artifactType: BUNDLE_TYPE, annotations: many }, {}],
      [{ artifactType: BUNDLE_TYPE, annotations: { small: 'x', none: 1 } }, { small: 'x' }],
      [{ artifactType: 'x'.repeat(1000) }, undefined]
    ]
    setList(server, tag, { manifests: odd.map(([manifest]) => addReferrer(server, subject.digest, manifest)) })
    const problems: string[] = []
    const found = await repository.referrers(subject.digest, undefined, (_, problem) => problems.push(problem))
    expect(found.map(({ annotations }) => annotations)).toEqual(odd.flatMap(([, kept]) => kept ?? []))
    expect(problems).toEqual([expect.stringMatching(/^the manifest \S{71} has a media type that is too long$/)])
  })

  test('it stays in the list when something is added', async () => {
    const { server, repository, subject, tag, good, others } = await startWithJunk()
    const [added] = await repository.attach(subject, [bundle(2)])
    expect(getList(server, tag).manifests).toEqual([...others, good, added!.descriptor])
  })

  test('what cannot be reached is no junk', async () => {
    const { server, repository, subject } = await startWithJunk()
    server.faults.push({ method: 'GET', path: /manifests\/sha256:/, cut: true, times: 1000 })
    expect(await failureOf(repository.referrers(subject.digest))).toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
    server.faults.splice(0)
    server.faults.push({ method: 'GET', path: /manifests\/sha256:/, status: 403, times: 1000 })
    expect(await failureOf(repository.referrers(subject.digest))).toMatchObject({ code: 'REGISTRY_DENIED' })
  })
})

describe('when it is interrupted while it waits', () => {
  test('it ends at once and says so', async () => {
    const server = await opened.server()
    const controller = new AbortController()
    const repository = opened.repository(`${server.host}/a/b`, { signal: controller.signal })
    const subject = await putSubject(repository, 'subject')
    server.afterwards = ({ method, path }) => {
      if (method === 'PUT' && path.includes('/sha256-')) setTimeout(() => controller.abort(), 20)
    }
    expect(await failureOf(repository.attach(subject, [bundle(1)]))).toMatchObject({ code: 'INTERRUPTED' })
  })
})

describe('when there is no such image', () => {
  test('nothing is attached', async () => {
    const { server, repository } = await start()
    const calls = await callsAfter(server, async () => {
      const error = await failureOf(repository.attach({ digest: sha256('none') }, [bundle(1)]))
      expect(error).toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining(sha256('none')) })
      expect(error).toMatchObject({ resource: repository.name, hint: expect.stringContaining('Publish') })
    })
    expect(calls.filter(call => !call.startsWith('GET'))).toEqual([])
  })
})

describe('when an artifact is read', () => {
  test('its bytes and their type come back', async () => {
    const { repository, subject } = await start({ referrers: {} })
    const [attached] = await repository.attach(subject, [bundle('ä')])
    const read = await readArtifact(repository, attached!.descriptor)
    expect(read).toEqual({ bytes: bundle('ä').bytes, mediaType: BUNDLE_TYPE })
  })

  const layer = { mediaType: 'text/plain', digest: sha256('hello'), size: 5 }

  test('a manifest that was read to list it is not asked for again', async () => {
    const { server, repository, subject } = await start({ referrers: {} })
    await repository.attach(subject, [bundle(1), bill(1)])
    const listed = await repository.referrers(subject.digest)
    const calls = await callsAfter(server, async () => {
      const texts = await Promise.all(listed.map(async each => String((await readArtifact(repository, each)).bytes)))
      expect(texts.sort()).toEqual(['{"bill":"1"}', '{"bundle":"1"}'])
    })
    expect(calls).toEqual([
      expect.stringMatching(/^GET \/v2\/a\/b\/blobs\//),
      expect.stringMatching(/^GET \/v2\/a\/b\/blobs\//)
    ])
  })

  test.each([
    ['no layers', {}],
    ['no list of layers', { layers: 'none' }],
    ['none', { layers: [] }],
    ['two', { layers: [layer, layer] }],
    ['one that is none', { layers: [null] }],
    ['one without a type', { layers: [{ ...layer, mediaType: undefined }] }],
    ['one of another algorithm', { layers: [{ ...layer, digest: 'sha512:00' }] }],
    ['one without a size', { layers: [{ ...layer, size: '5' }] }],
    ['one of a size below 0', { layers: [{ ...layer, size: -1 }] }],
    ['one that is too large', { layers: [{ ...layer, size: 64 * 1024 * 1024 + 1 }] }]
  ])('one with %s is refused', async (_, manifest) => {
    const { server, repository, subject } = await start()
    const added = addReferrer(server, subject.digest, { layers: undefined, ...manifest })
    expect(await failureOf(readArtifact(repository, added))).toMatchObject({ code: 'CONTENT_INVALID' })
  })

  test('a layer that is damaged, longer than stated or gone is refused', async () => {
    const { server, repository, subject } = await start()
    const added = addReferrer(server, subject.digest, { layers: [layer] })
    expect(await failureOf(readArtifact(repository, added))).toMatchObject({ code: 'NOT_FOUND' })
    for (const bytes of ['hallo', 'hello, world']) {
      server.blobs.set(layer.digest, Buffer.from(bytes))
      expect(await failureOf(readArtifact(repository, added))).toMatchObject({ code: 'DIGEST_MISMATCH' })
    }
    server.blobs.set(layer.digest, Buffer.from('hello'))
    expect(String((await readArtifact(repository, added)).bytes)).toBe('hello')
    expect(await failureOf(readArtifact(repository, added, 4))).toMatchObject({ code: 'CONTENT_INVALID' })
    expect(await failureOf(readArtifact(repository, { digest: sha256('no') }))).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('one that could not be read again is not attached', async () => {
    const { server, repository, subject } = await start()
    const large = { ...bundle(1), bytes: Buffer.alloc(64 * 1024 * 1024 + 1) }
    const calls = await callsAfter(server, async () => {
      expect(await failureOf(repository.attach(subject, [large]))).toMatchObject({ code: 'CONTENT_INVALID' })
    })
    expect(calls).toEqual([])
  })
})
