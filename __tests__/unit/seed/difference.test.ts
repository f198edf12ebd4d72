import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { PathInfo } from '../../../src/nix/closure.ts'
import { MEDIA_TYPE, type Descriptor } from '../../../src/oci/types.ts'
import { compareSeeds, parsePath } from '../../../src/seed/difference.ts'
import { makeTable, SEED_FIELD, type SeedImage } from '../../../src/seed/image.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** A store path with a hash that depends on everything that tells it apart. */
function pathInfo(name: string, narSize: number, salt = ''): PathInfo {
  const hash = sha256(`${name} ${salt}`).replace(/e/g, 'f').slice(0, 32)
  return { path: `/nix/store/${hash}-${name}`, narHash: `sha256:${sha256(name + salt)}`, narSize, references: [] }
}

const layer = (name: string, size: number): Descriptor => ({
  mediaType: MEDIA_TYPE.layerTarZstd,
  digest: `sha256:${sha256(name)}`,
  size
})

function image(closure: PathInfo[], layers: Descriptor[]): SeedImage {
  const sorted = closure.sort((a, b) => (a.path < b.path ? -1 : 1))
  const descriptor = layer('document', 1)
  const table = makeTable('app', 'x86_64-linux', [], undefined, sorted, [sorted])
  const config = { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] }, [SEED_FIELD]: table }
  return { index: descriptor, indexAnnotations: {}, manifest: descriptor, layers, config } as SeedImage
}

describe('parsePath', () => {
  test.each([
    ['hello-2.12.1', 'hello', '2.12.1'],
    ['hello', 'hello', ''],
    ['bash-interactive-5.2p37', 'bash-interactive', '5.2p37'],
    ['python3.12-requests-2.32.3', 'python3.12-requests', '2.32.3'],
    ['gcc-14.2.0-lib', 'gcc', '14.2.0'],
    ['gcc-14.2.0-libgcc', 'gcc', '14.2.0'],
    ['openssl-3.0.15-dev', 'openssl', '3.0.15'],
    ['openssl-3.0.15-rc1', 'openssl', '3.0.15-rc1'],
    ['glibc-2.40-66-bin', 'glibc', '2.40-66'],
    ['tool-unstable-2024-05-01', 'tool-unstable', '2024-05-01'],
    ['library-dev', 'library', ''],
    ['a-', 'a-', ''],
    ['a--b', 'a', '-b'],
    ['a-_1', 'a', '_1'],
    ['-1', '', '1'],
    ['source', 'source', '']
  ])('splits %s', (name, expected, version) => {
    expect(parsePath(`/nix/store/${'0'.repeat(32)}-${name}`)).toEqual({ name: expected, version })
  })
})

describe('compareSeeds', () => {
  const before = image(
    [
      pathInfo('bash-5.2', 100),
      pathInfo('openssl-3.0.15', 500),
      pathInfo('openssl-3.0.15-dev', 50),
      pathInfo('zlib-1.3', 20),
      pathInfo('zlib-1.3-dev', 5),
      pathInfo('curl-8.9', 70),
      pathInfo('old-1', 10),
      pathInfo('source', 1000, 'one')
    ],
    [layer('low', 300), layer('middle', 200), layer('top', 100)]
  )
  const after = image(
    [
      pathInfo('bash-5.2', 100),
      pathInfo('openssl-3.0.16', 600),
      pathInfo('openssl-3.0.16-dev', 60),
      pathInfo('zlib-1.3', 21, 'again'),
      pathInfo('zlib-1.3-dev', 5),
      pathInfo('curl-8.9', 70),
      pathInfo('curl-8.10', 80),
      pathInfo('new', 30),
      pathInfo('source', 1100, 'two')
    ],
    [layer('low', 300), layer('middle again', 220), layer('top', 100), layer('more', 7), layer('more', 7)]
  )

  test('tells what became of each package', () => {
    const { changed, added, removed, rebuilt } = compareSeeds(before, after)
    expect(changed).toEqual([
      { name: 'openssl', before: ['3.0.15'], after: ['3.0.16'], narBytesBefore: 550, narBytesAfter: 660 },
      { name: 'curl', before: ['8.9'], after: ['8.10', '8.9'], narBytesBefore: 70, narBytesAfter: 150 }
    ])
    expect(added).toEqual([{ name: 'new', before: [], after: [''], narBytesBefore: 0, narBytesAfter: 30 }])
    expect(removed).toEqual([{ name: 'old', before: ['1'], after: [], narBytesBefore: 10, narBytesAfter: 0 }])
    expect(rebuilt).toEqual([
      { name: 'source', before: [''], after: [''], narBytesBefore: 1000, narBytesAfter: 1100 },
      { name: 'zlib', before: ['1.3'], after: ['1.3'], narBytesBefore: 25, narBytesAfter: 26 }
    ])
  })

  test('counts paths, bytes and layers, each layer once', () => {
    expect(compareSeeds(before, after)).toMatchObject({
      paths: { before: 8, after: 9, added: 6, removed: 5 },
      narBytes: { before: 1755, after: 2066 },
      layers: { before: 3, after: 4, reused: 2 },
      bytes: { before: 600, after: 627, toPull: 227 }
    })
  })

  test('finds nothing between a seed and itself', () => {
    expect(compareSeeds(after, after)).toEqual({
      changed: [],
      added: [],
      removed: [],
      rebuilt: [],
      paths: { before: 9, after: 9, added: 0, removed: 0 },
      narBytes: { before: 2066, after: 2066 },
      layers: { before: 4, after: 4, reused: 4 },
      bytes: { before: 627, after: 627, toPull: 0 }
    })
  })

  test('has all of the first seed new', () => {
    const first = compareSeeds(undefined, before)
    expect(first.added.map(({ name }) => name)).toEqual(['source', 'openssl', 'bash', 'curl', 'zlib', 'old'])
    expect(first).toMatchObject({
      changed: [],
      removed: [],
      rebuilt: [],
      paths: { before: 0, after: 8, added: 8, removed: 0 },
      layers: { before: 0, after: 3, reused: 0 },
      bytes: { before: 0, after: 600, toPull: 600 }
    })
  })

  test('finds packages that were rebuilt with the same versions', () => {
    const again = image(
      after.config[SEED_FIELD].paths.map(row => pathInfo(row.name.slice(33), 1, 'x')),
      []
    )
    expect(compareSeeds(after, again)).toMatchObject({ changed: [], added: [], removed: [] })
    expect(
      compareSeeds(after, again)
        .rebuilt.map(({ name }) => name)
        .sort()
    ).toEqual(['bash', 'curl', 'new', 'openssl', 'source', 'zlib'].sort())
  })
})
