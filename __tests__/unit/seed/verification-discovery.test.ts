/** Where bundles are found, and what else is there. The list of all cases is in verification-list.test.ts. */
import { execFileSync } from 'node:child_process'
import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { MEDIA_TYPE, type Digest, type Repository } from '../../../src/oci/types.ts'
import type { Log } from '../../../src/ports.ts'
import { failureOf } from '../../support/failure.ts'
import {
  artifactOf,
  BUNDLE_TYPE,
  DIGEST,
  digestOf,
  edited,
  hang,
  hangManifest,
  imageBytes,
  OTHER_DIGEST,
  outcomes,
  pathOf,
  useBuilders,
  type BuilderId,
  type BundleDocument
} from '../../support/quorum.ts'
import { githubClaims } from '../../support/sigstore.ts'
import type { RegistryServer } from '../../support/registry-server.ts'

// The machine may be busy.
jest.setTimeout(60_000)

const the = useBuilders()

const good = {} as Record<BuilderId, Buffer>
let without: RegistryServer
beforeAll(async () => {
  for (const id of ['A', 'B', 'C', 'E', 'F'] as const) good[id] = await the().bundle(id)
  without = await the().server()
}, 60_000)
const of = (ids: string): Buffer[] => Array.from(ids, id => good[id as BuilderId])

const KINDS = ['a registry with a list', 'a registry with a fallback tag'] as const
type Kind = (typeof KINDS)[number]
const serverOf = (kind: Kind): RegistryServer => (kind === 'a registry with a list' ? the().registry : without)

/** Has entries added to the list of referrers of the image, as nobody should write them. */
function listUnderTag(server: RegistryServer, repository: Repository, entries: readonly unknown[]): void {
  const tag = `${pathOf(repository)}@${DIGEST.replace(':', '-')}`
  const known = server.manifests.get(tag)
  const { manifests = [] } = known ? (JSON.parse(known.bytes.toString()) as { manifests: unknown[] }) : {}
  const bytes = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [...manifests, ...entries] })
  )
  server.manifests.set(tag, { bytes, mediaType: MEDIA_TYPE.index })
}

const layerOf = (digest: Digest, size: number, mediaType = BUNDLE_TYPE) => ({ mediaType, digest, size })

describe.each(KINDS)('junk in %s', kind => {
  /** What hangs there, and what is told of it. `listed`: the registry that keeps no list has to be told. */
  const JUNK: [string, (server: RegistryServer, repository: Repository) => unknown, RegExp | undefined][] = [
    ['an empty bundle', (_, repository) => hang(repository, Buffer.alloc(0)), /bundle-malformed|junk/],
    ['text', (_, repository) => hang(repository, Buffer.from('attested: yes')), /bundle-malformed|junk/],
    ['an empty object', (_, repository) => hang(repository, Buffer.from('{}')), /bundle-unsupported|junk/],
    [
      'another type of layer',
      (_, repository) => hang(repository, artifactOf(Buffer.from('<html>'), { mediaType: 'text/html' })),
      /bundle-malformed|junk/
    ],
    [
      'another type of artifact',
      (_, repository) => hang(repository, artifactOf(Buffer.from('{}'), { artifactType: 'application/spdx+json' })),
      undefined
    ],
    ['5 MiB', (_, repository) => hang(repository, Buffer.alloc(5 * 1024 * 1024, 0x20)), /bundle-too-large|junk/],
    [
      'two layers',
      (server, repository) => {
        const { digest, size } = server.addBlob(good.A)
        return hangManifest(server, repository, { layers: [layerOf(digest, size), layerOf(digest, size)] })
      },
      /junk/
    ],
    ['no layer', (server, repository) => hangManifest(server, repository, { layers: [] }), /junk/],
    ['no list of layers', (server, repository) => hangManifest(server, repository, { layers: 'none' }), /junk/],
    ['a layer that is null', (server, repository) => hangManifest(server, repository, { layers: [null] }), /junk/],
    [
      'a blob that is missing',
      (server, repository) => hangManifest(server, repository, { layers: [layerOf(`sha256:${'0'.repeat(64)}`, 10)] }),
      /junk/
    ],
    [
      'a blob that is another',
      (server, repository) => {
        const digest: Digest = `sha256:${'1'.repeat(64)}`
        server.blobs.set(digest, good.A)
        return hangManifest(server, repository, { layers: [layerOf(digest, good.A.length)] })
      },
      /junk/
    ],
    [
      'a blob of another size',
      (server, repository) => {
        const { digest, size } = server.addBlob(Buffer.concat([good.A, Buffer.from(' ')]))
        return hangManifest(server, repository, { layers: [layerOf(digest, size - 1)] })
      },
      /junk/
    ],
    [
      'a layer that says to be endless',
      (server, repository) => {
        const { digest } = server.addBlob(good.A)
        return hangManifest(server, repository, { layers: [layerOf(digest, Number.MAX_SAFE_INTEGER)] })
      },
      /junk/
    ],
    [
      'a layer with an address for a digest',
      (server, repository) => hangManifest(server, repository, { layers: [layerOf('sha256:../../../secret', 10)] }),
      /junk/
    ],
    [
      'a manifest that hangs on another image',
      (server, repository) => {
        const { digest, size } = server.addBlob(good.A)
        const subject = { mediaType: MEDIA_TYPE.index, digest: `sha256:${'2'.repeat(64)}`, size: 2 }
        const described = hangManifest(server, repository, { layers: [layerOf(digest, size)], subject })
        // The registry’s own list would not have it.
        if (kind === KINDS[1]) listUnderTag(server, repository, [described])
      },
      kind === KINDS[1] ? /junk/ : undefined
    ]
  ]

  test.each(JUNK)('as %s is told, and harms nothing', async (_, put, told) => {
    const server = serverOf(kind)
    const repository = await the().repository(server)
    await hang(repository, ...of('ABC'))
    const described = (await put(server, repository)) as { digest?: Digest; mediaType?: string } | undefined
    if (kind === KINDS[1] && described?.digest !== undefined && !Array.isArray(described)) {
      listUnderTag(server, repository, [described])
    }
    const verification = await the().verify({ repository })
    expect(verification).toMatchObject({ verified: true, builders: ['A', 'B', 'C'], equivocations: [] })
    const others = [
      ...outcomes(verification).filter(each => !/^[ABC] counted$/.test(each)),
      ...verification.junk.map(() => 'junk')
    ]
    expect(others).toHaveLength(told ? 1 : 0)
    if (told) expect(others[0]).toMatch(told)
    for (const { source, problem } of verification.junk) expect(`${source} ${problem}`).toMatch(/^[^\p{C}]{10,3000}$/u)
  })
})

describe('a list of referrers', () => {
  test('with entries that are none is told, and harms nothing', async () => {
    const repository = await the().repository(without)
    await hang(repository, ...of('ABC'))
    const odd = [
      null,
      'sha256:1',
      17,
      [],
      {},
      { digest: null },
      { digest: `sha256:${'A'.repeat(64)}` },
      { digest: `sha512:${'a'.repeat(128)}` },
      { digest: '../../../etc/passwd', mediaType: MEDIA_TYPE.manifest },
      { digest: `sha256:${'9'.repeat(64)}`, mediaType: MEDIA_TYPE.manifest, size: 12 }
    ]
    listUnderTag(without, repository, odd)
    const verification = await the().verify({ repository })
    expect(verification).toMatchObject({ verified: true, builders: ['A', 'B', 'C'] })
    expect(verification.junk).toHaveLength(odd.length)
    expect(without.calls.join()).not.toMatch(/passwd/)
  })

  test.each<[string, unknown, boolean]>([
    ['no JSON', '<html>', true],
    ['null', 'null', true],
    ['a list', '[]', true],
    ['manifests that are no list', { manifests: 'all' }, true],
    ['no manifests', { manifests: null }, false]
  ])('that is %s is told, and files count all the same', async (_, list, isTold) => {
    const repository = await the().repository(without)
    const bytes = Buffer.from(typeof list === 'string' ? list : JSON.stringify(list))
    without.manifests.set(`${pathOf(repository)}@${DIGEST.replace(':', '-')}`, { bytes, mediaType: MEDIA_TYPE.index })
    const folder = await the().folderOf({ 'a.json': good.A, 'b.json': good.B, 'c.json': good.C })
    const verification = await the().verify({ repository, paths: [folder] })
    expect(verification).toMatchObject({ verified: true, builders: ['A', 'B', 'C'] })
    if (isTold) expect(verification.junk.map(({ source }) => source)).toEqual(['list of referrers'])
  })

  test('in pages is read to its end, and nothing of it is there twice', async () => {
    const paged = await the().server({ referrers: { pageSize: 1 } })
    const repository = await the().repository(paged)
    await hang(repository, ...of('ABCEF'))
    const verification = await the().verify({ repository })
    expect(outcomes(verification)).toEqual(['A counted', 'B counted', 'C counted', 'E spare', 'F spare'])
  })

  test('that says nothing of types, or ignores what is asked for, is read all the same', async () => {
    for (const referrers of [{ vague: true }, { filter: false }, { header: false }, { blind: true, header: false }]) {
      const repository = await the().repository(await the().server({ referrers }))
      await hang(repository, ...of('ABC'))
      expect(await the().verify({ repository })).toMatchObject({ verified: true, builders: ['A', 'B', 'C'] })
    }
  })

  test('that there is none of is no failure', async () => {
    const repository = await the().repository(without)
    expect(await the().verify({ repository })).toMatchObject({ verified: false, bundles: [], junk: [], missing: 3 })
  })

  test('that cannot be had is a failure of the registry, and not an unmet policy', async () => {
    const server = await the().server({ referrers: {} })
    const repository = await the().repository(server)
    await hang(repository, ...of('ABC'))
    server.faults.push({ method: 'GET', path: /referrers/, status: 500, times: 100 })
    expect(await failureOf(the().verify({ repository }))).toMatchObject({ code: 'REGISTRY_FAILED' })
    server.faults.splice(0)
    server.faults.push({ method: 'GET', path: /blobs/, cut: true, times: 1000 })
    expect(String((await failureOf(the().verify({ repository })))['code'])).toMatch(/^REGISTRY_/)
  })

  test('of an image that is not there says so', async () => {
    const repository = await the().repository()
    const digest: Digest = `sha256:${'7'.repeat(64)}`
    expect(await failureOf(the().verify({ repository, digest }))).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('of more than 10,000 is not looked at', async () => {
    const server = await the().server()
    const repository = await the().repository(server)
    await hang(repository, ...of('ABC'))
    const many = Array.from({ length: 10_001 }, (_, i) => ({
      mediaType: MEDIA_TYPE.manifest,
      digest: `sha256:${i.toString(16).padStart(64, '0')}`,
      size: 400
    }))
    listUnderTag(server, repository, many)
    const before = server.exchanges.length
    const verification = await the().verify({ repository })
    expect(verification).toMatchObject({ verified: false, bundles: [], junk: [{ source: 'list of referrers' }] })
    expect(server.exchanges.length - before).toBeLessThan(100)
  })
})

describe('files', () => {
  test('and referrers of the same bundle are one, with both sources', async () => {
    const folder = await the().folderOf({ 'a.json': good.A, 'again.json': good.A, 'b.sigstore.json': good.B })
    const file = join(folder, 'a.json')
    const verification = await the().verify({ bundles: of('AC'), paths: [folder, file] })
    expect(verification).toMatchObject({ verified: true, builders: ['A', 'B', 'C'], junk: [] })
    expect(outcomes(verification)).toEqual(['A counted', 'B counted', 'C counted'])
    const { sources } = verification.bundles.find(({ builder }) => builder === 'A')!
    expect(sources[0]).toMatch(/^referrer sha256:/)
    expect(new Set(sources.slice(1))).toEqual(new Set([`file ${file}`, `file ${join(folder, 'again.json')}`]))
  })

  test('are enough without a repository', async () => {
    const folder = await the().folderOf({ 'a.json': good.A, 'b.json': good.B, 'c.json': good.C })
    expect(await the().verify({ paths: [folder] })).toMatchObject({ verified: true, builders: ['A', 'B', 'C'] })
    const paths = ['a', 'b', 'c'].map(name => join(folder, `${name}.json`))
    expect(await the().verify({ paths })).toMatchObject({ verified: true })
    expect(await the().verify({ paths: paths.slice(1) })).toMatchObject({ verified: false, missing: 1 })
  })

  test('of every other kind beside them in a folder harm nothing', async () => {
    const folder = await the().folderOf({
      'a.json': good.A,
      'b.json': good.B,
      'c.json': good.C,
      'empty.json': '',
      'package.json': '{"name":"x"}',
      'list.json': '[]',
      'seed.cdx.json': '{"bomFormat":"CycloneDX"}',
      'readme.md': '# bundles',
      '.hidden.json': good.E,
      'lines.jsonl': `${good.E.toString()}\n`,
      'large.json': Buffer.alloc(5 * 1024 * 1024, 0x20),
      'b\u001b[2J.json': 'no'
    })
    await symlink('/nonexistent', join(folder, 'dangling.json'))
    await symlink('/dev/zero', join(folder, 'endless.json'))
    await symlink(folder, join(folder, 'loop.json'))
    // Who opens it waits for a writer that never comes.
    execFileSync('mkfifo', [join(folder, 'pipe.json')])
    const verification = await the().verify({ paths: [folder] })
    expect(verification).toMatchObject({ verified: true, builders: ['A', 'B', 'C'] })
    expect(JSON.stringify(verification)).not.toContain('hidden')
    expect(outcomes(verification).join()).not.toContain('E ')
    for (const { source, problem } of verification.junk) expect(`${source} ${problem}`).toMatch(/^[^\p{C}]{10,3000}$/u)
    for (const { message, sources } of verification.bundles)
      expect([message, ...sources].join()).toMatch(/^[^\p{C}]+$/u)
  })

  test('that are named and cannot be read are the caller’s mistake', async () => {
    const folder = await the().folderOf({ 'a.json': good.A })
    for (const name of ['none.json', 'none/']) {
      expect(await failureOf(the().verify({ paths: [join(folder, name)] }))).toMatchObject({ code: 'USAGE' })
    }
    await symlink('itself.json', join(folder, 'itself.json'))
    expect(await failureOf(the().verify({ paths: [join(folder, 'itself.json')] }))).toMatchObject({
      code: 'FILE_SYSTEM'
    })
    // One that nobody named is no more than junk.
    const verification = await the().verify({ paths: [folder] })
    expect(outcomes(verification)).toEqual(['A counted'])
    expect(verification.junk.map(({ source }) => source)).toEqual([`file ${join(folder, 'itself.json')}`])
  })

  test('of more than 10,000 are not looked at', async () => {
    const folder = await the().folderOf({})
    const names = Array.from({ length: 10_001 }, (_, i) => join(folder, `${i}.json`))
    for (let at = 0; at < names.length; at += 500) {
      await Promise.all(names.slice(at, at + 500).map(name => writeFile(name, '')))
    }
    expect(await failureOf(the().verify({ paths: [folder] }))).toMatchObject({ code: 'CONTENT_INVALID' })
  })
})

describe('several writers', () => {
  test.each(KINDS)('that attach to one image in %s at once are all counted', async kind => {
    const server = serverOf(kind)
    const first = await the().repository(server)
    const writers = [first, ...(await Promise.all([1, 2].map(() => the().another(first))))]
    await Promise.all(writers.map((writer, i) => hang(writer, good[(['A', 'B', 'C'] as const)[i]!])))
    expect(await the().verify({ repository: first })).toMatchObject({ verified: true, builders: ['A', 'B', 'C'] })
  })
})

describe('the log as a witness', () => {
  test('that fails changes nothing', async () => {
    const faulty = [the().one, the().two, the().three]
    for (const [i, fault] of (['refuse', 'error', 'malformed'] as const).entries()) faulty[i]!.fault('rekor', fault)
    try {
      const nowhere = 'http://127.0.0.1:9'
      const attempts = [...faulty.map(({ rekorUrl }) => rekorUrl), nowhere].map(async rekorUrl => {
        expect(await the().verify({ bundles: of('AB'), rekorUrl })).toMatchObject({ verified: false, missing: 1 })
        return the().verify({ bundles: of('ABC'), rekorUrl })
      })
      for (const { verified, builders, witness } of await Promise.all(attempts)) {
        expect({ verified, builders }).toEqual({ verified: true, builders: ['A', 'B', 'C'] })
        expect(witness).toMatchObject({ state: 'unreachable', strays: [], found: 0 })
        expect(witness?.problem).toMatch(/^[^\p{C}]{10,}$/u)
      }
    } finally {
      for (const each of faulty) each.fault('rekor')
    }
  })

  test('knows of a bundle that is not here, which is told and not counted', async () => {
    const seen = await the().bundle('A', { name: 'registry.example/elsewhere' })
    const verification = await the().verify({ bundles: of('BC'), rekorUrl: the().one.rekorUrl })
    expect(verification).toMatchObject({ verified: false, builders: ['B', 'C'], missing: 1 })
    const { state, strays = [] } = verification.witness ?? {}
    expect(state).toBe('searched')
    expect(strays.length).toBeGreaterThanOrEqual(2)
    expect(strays[0]).toMatchObject({
      builder: 'A',
      identity: 'https://github.com/octo-org/project/.github/workflows/seed.yml@refs/heads/main',
      issuer: the().one.issuer.issuer,
      uuid: expect.stringMatching(/^[0-9a-f]{64,80}$/),
      logIndex: expect.stringMatching(/^\d+$/)
    })
    // With all bundles at hand, no entry is without one.
    const all = await the().verify({ bundles: [seen, ...of('ABC')], rekorUrl: the().one.rekorUrl })
    expect(all).toMatchObject({ verified: true, witness: { state: 'searched', strays: [] } })
  })

  test('tells of it beside bundles that hold a copy of its entry, as nobody has signed them', async () => {
    const claims = githubClaims({ repository: 'evil-org/project', repository_owner: 'evil-org' })
    const entries = (JSON.parse(good.A.toString()) as BundleDocument).verificationMaterial.tlogEntries
    const copied = edited(await the().bundle('A', { claims, digest: OTHER_DIGEST }), ({ verificationMaterial }) => {
      verificationMaterial.tlogEntries = entries
    })
    const builder = the().entry('A', { repository: 'https://github.com/octo-org/project' })
    const policy = await the().policy([builder, 'B', 'C'])
    const rekorUrl = the().one.rekorUrl
    const told = async (bundles: Buffer[]) => (await the().verify({ bundles, policy, rekorUrl })).witness?.strays.length
    const alone = await told(of('BC'))
    expect(alone).toBeGreaterThanOrEqual(1)
    expect(await told([copied, ...of('BC')])).toBe(alone)
    // As long as it is at hand itself.
    expect(await told(of('ABC'))).toBe(alone! - 1)
  })

  test('is not asked where none is named', async () => {
    const before = the().one.requests.length
    expect((await the().verify({ bundles: of('ABC') })).witness).toBeUndefined()
    expect(the().one.requests.slice(before)).toEqual([])
  })
})

describe('an interruption', () => {
  test('ends it with its reason, and with no verdict', async () => {
    const reason = new Error('interrupted')
    const controller = new AbortController()
    const server = await the().server({ referrers: {} })
    const first = await the().repository(server)
    await hang(first, ...of('ABCEF'))
    const repository = await the().another(first, { signal: controller.signal })
    let blobs = 0
    server.afterwards = ({ path }) => {
      if (/blobs/.test(path) && ++blobs === 2) controller.abort(reason)
    }
    const error = await failureOf(the().verify({ repository, signal: controller.signal }))
    expect([error, error.cause]).toContain(reason)
    expect(server.exchanges.filter(({ path }) => /blobs/.test(path)).length).toBeLessThan(30)
  })

  test('before anything was read ends it, too', async () => {
    const folder = await the().folderOf({ 'a.json': good.A, 'b.json': good.B, 'c.json': good.C })
    const reason = new Error('interrupted')
    const error = await failureOf(the().verify({ paths: [folder], signal: AbortSignal.abort(reason) }))
    expect(error).toBe(reason)
  })
})

test('what is looked at leaves nothing behind, and asks for nothing but what it needs', async () => {
  const lines: string[] = []
  const line = (text: string): void => void lines.push(text)
  const log: Log = { debug: line, info: line, warn: line }
  const repository = await the().repository(the().registry, { log })
  await hang(repository, ...of('ABC'))
  const before = the().registry.exchanges.length
  expect(await the().verify({ repository, log })).toMatchObject({ verified: true })
  const asked = the().registry.exchanges.slice(before)
  expect(asked.every(({ method }) => method === 'GET' || method === 'HEAD')).toBe(true)
  expect(lines.join('\n')).not.toMatch(/error|fail/i)
  expect(digestOf(imageBytes())).toBe(DIGEST)
})
