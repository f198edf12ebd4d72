import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { PathInfo } from '../../../src/nix/closure.ts'
import { MEDIA_TYPE, type Descriptor, type Repository } from '../../../src/oci/types.ts'
import { billOf } from '../../../src/seed/bill.ts'
import { makeTable, readSeedImage, readTable, SEED_FIELD, type SeedTable } from '../../../src/seed/image.ts'
import { billProblems } from '../../support/bill-schema.ts'

const path = (letter: string, name: string): string => `/nix/store/${letter.repeat(32)}-${name}`
const glibc = path('a', 'glibc-2.40')
const zlib = path('b', 'zlib-1.3')
const info = (at: string, ...references: string[]): PathInfo => ({
  path: at,
  narHash: `sha256:${'0'.repeat(64)}`,
  narSize: 1,
  references
})
const closure = [info(glibc, glibc), info(zlib, glibc)]

function table(licenses?: Record<string, string[]>): SeedTable {
  return makeTable('seed', 'x86_64-linux', [zlib], undefined, closure, [closure], licenses)
}

/** A repository that has one image, whose config holds the table. */
function repository(seed: unknown): Repository {
  const documents = new Map<string, Buffer>()
  const put = (mediaType: string, document: unknown): Descriptor => {
    const bytes = Buffer.from(JSON.stringify(document))
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}` as const
    documents.set(digest, bytes)
    return { mediaType, digest, size: bytes.length }
  }
  const config = put(MEDIA_TYPE.config, { architecture: 'amd64', os: 'linux', [SEED_FIELD]: seed })
  const layers = [{ mediaType: MEDIA_TYPE.layerTarZstd, digest: `sha256:${'0'.repeat(64)}`, size: 1 }]
  const manifest = put(MEDIA_TYPE.manifest, { schemaVersion: 2, mediaType: MEDIA_TYPE.manifest, config, layers })
  const index = put(MEDIA_TYPE.index, { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [manifest] })
  return {
    name: 'ghcr.io/org/repo/seed',
    getManifest: (reference = index.digest) => {
      const bytes = documents.get(reference)
      const { mediaType } = reference === index.digest ? index : manifest
      return Promise.resolve(bytes && { bytes, descriptor: { mediaType, digest: reference, size: bytes.length } })
    },
    async *getBlob({ digest }: Descriptor) {
      yield documents.get(digest) ?? Buffer.alloc(0)
    }
  } as unknown as Repository
}

async function billOfTable(seed: SeedTable): Promise<{ components: { name: string; licenses?: unknown }[] }> {
  const image = await readSeedImage(repository(seed))
  const bytes = billOf(image, { name: 'ghcr.io/org/repo/seed', digest: image.index.digest })
  expect(bytes).toEqual(billOf(image, { name: 'ghcr.io/org/repo/seed', digest: image.index.digest }))
  return JSON.parse(bytes.toString())
}

describe('the bill of materials of an image', () => {
  test('has the licences that its table has', async () => {
    const bill = await billOfTable(table({ [zlib]: ['Zlib', 'Public Domain', 'Zlib'], [path('c', 'gcc-15')]: ['MIT'] }))
    expect(billProblems(bill)).toEqual([])
    expect(bill.components.map(({ name, licenses }) => [name, licenses])).toEqual([
      ['glibc', undefined],
      ['zlib', [{ license: { name: 'Public Domain' } }, { license: { id: 'Zlib' } }]]
    ])
  })

  test('leads from its digest to its roots', async () => {
    const { dependencies, metadata } = (await billOfTable(table())) as unknown as {
      dependencies: { ref: string; dependsOn?: string[] }[]
      metadata: { component: { version: string } }
    }
    expect(dependencies[0]).toEqual({ ref: metadata.component.version, dependsOn: [zlib.slice('/nix/store/'.length)] })
  })

  test('of an image from before there were licences has none', async () => {
    const old = table()
    expect(JSON.stringify(old)).not.toContain('license')
    const bill = await billOfTable(old)
    expect(billProblems(bill)).toEqual([])
    expect(bill.components.filter(({ licenses }) => licenses !== undefined)).toEqual([])
  })
})

describe('the table of a seed', () => {
  test('keeps licences, sorted and single, of the closure alone', () => {
    const made = table({ [zlib]: ['b', 'a', 'b'], [glibc]: [], [path('c', 'gcc-15')]: ['MIT'] })
    expect(readTable(made).licenses).toEqual(new Map([[zlib, ['a', 'b']]]))
    expect(made.paths).toHaveLength(2)
  })

  test('keeps which output needs what', async () => {
    const outputs = { 'packages.x86_64-linux.default': [1], 'checks.x86_64-linux.a b.c': [] }
    const { config } = await readSeedImage(repository({ ...table(), roots: [1], outputs }))
    expect(readTable(config[SEED_FIELD]).outputs).toEqual(
      new Map([
        ['packages.x86_64-linux.default', [zlib]],
        ['checks.x86_64-linux.a b.c', []]
      ])
    )
  })

  test.each([
    [[]],
    [null],
    ['all'],
    [{ 'packages.x86_64-linux.default': 1 }],
    [{ 'packages.x86_64-linux.default': [0] }], // no root
    [{ 'packages.x86_64-linux.default': [2] }],
    [{ 'packages.x86_64-linux.default': ['1'] }],
    [{ 'packages.default': [1] }],
    [{ 'packages.x86_64-linux.\u001b[2J': [1] }]
  ])('with %j for outputs is refused', async outputs => {
    const seed = { ...table(), roots: [1], outputs } as unknown as SeedTable
    await expect(readSeedImage(repository(seed))).rejects.toMatchObject({ code: 'NOT_A_SEED' })
  })

  test.each([['MIT'], [['']], [[1]], [{}], [null]])('with %j for licences is refused', async license => {
    const made = table({ [zlib]: ['Zlib'] })
    const seed = { ...made, paths: made.paths.map(row => (row.license ? { ...row, license } : row)) }
    await expect(readSeedImage(repository(seed))).rejects.toMatchObject({ code: 'NOT_A_SEED' })
  })
})
