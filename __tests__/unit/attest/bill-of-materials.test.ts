import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { billOfMaterials, type Component, type SeedBill } from '../../../src/attest/bill-of-materials.ts'
import { isSpdxLicense } from '../../../src/attest/licenses.ts'
import { billProblems, spdxLicenses } from '../../support/bill-schema.ts'

const hash = (letter: string): string => letter.repeat(32)
const path = (letter: string, name: string): string => `/nix/store/${hash(letter)}-${name}`

function component(at: string, more: Partial<Component> = {}): Component {
  return { path: at, narHash: `sha256:${'0'.repeat(64)}`, narSize: 96, references: [], ...more }
}

interface Document {
  serialNumber: string
  metadata: { component: { purl: string }; tools: unknown }
  components: { name: string; version?: string }[]
  dependencies: unknown[]
}

function bill(components: Component[], more: Partial<SeedBill> = {}): Document {
  const seed = {
    name: 'ghcr.io/org/repo/seed',
    digest: `sha256:${'1'.repeat(64)}`,
    system: 'x86_64-linux',
    version: '1'
  }
  return JSON.parse(billOfMaterials({ ...seed, ...more, components }).toString()) as Document
}

describe('the bill of materials of a seed', () => {
  const glibc = path('a', 'glibc-2.40-66')
  const hello = path('b', 'hello-2.12.1')
  const source = path('c', 'source')
  const document = bill([
    component(hello, { references: [glibc, hello], license: 'GPL-3.0-or-later', root: true }),
    component(source, { root: true }),
    component(glibc, { references: [glibc], narSize: 3e7, license: ['LGPL-2.0-or-later', 'Sun RPC'] })
  ])

  test('is valid by the official schema', () => {
    expect(billProblems(document)).toEqual([])
  })

  test('is of the image, by name and digest', () => {
    expect(document.metadata.component).toEqual({
      type: 'container',
      'bom-ref': `sha256:${'1'.repeat(64)}`,
      name: 'ghcr.io/org/repo/seed',
      version: `sha256:${'1'.repeat(64)}`,
      hashes: [{ alg: 'SHA-256', content: '1'.repeat(64) }],
      purl: `pkg:oci/seed@sha256:${'1'.repeat(64)}?repository_url=ghcr.io%2Forg%2Frepo%2Fseed`,
      properties: [{ name: 'nix:system', value: 'x86_64-linux' }]
    })
  })

  test('lists every store path with what Nix knows of it', () => {
    expect(document.components).toEqual([
      {
        type: 'library',
        'bom-ref': `${hash('a')}-glibc-2.40-66`,
        name: 'glibc',
        version: '2.40-66',
        licenses: [{ license: { id: 'LGPL-2.0-or-later' } }, { license: { name: 'Sun RPC' } }],
        properties: [
          { name: 'nix:storePath', value: glibc },
          { name: 'nix:narHash', value: `sha256:${'0'.repeat(64)}` },
          { name: 'nix:narSize', value: '30000000' }
        ]
      },
      expect.objectContaining({ name: 'hello', licenses: [{ license: { id: 'GPL-3.0-or-later' } }] }),
      expect.objectContaining({ name: 'source' })
    ])
    expect(document.components[2]).not.toHaveProperty('version')
    expect(document.components[2]).not.toHaveProperty('licenses')
  })

  test('leads from the image to its roots, and on along the references', () => {
    expect(document.dependencies).toEqual([
      { ref: `sha256:${'1'.repeat(64)}`, dependsOn: [`${hash('b')}-hello-2.12.1`, `${hash('c')}-source`] },
      { ref: `${hash('a')}-glibc-2.40-66` },
      { ref: `${hash('b')}-hello-2.12.1`, dependsOn: [`${hash('a')}-glibc-2.40-66`] },
      { ref: `${hash('c')}-source` }
    ])
  })

  test('names the tool and no time', () => {
    expect(document.metadata.tools).toEqual({ components: [{ type: 'application', name: 'nix-seed', version: '1' }] })
    expect(JSON.stringify(document)).not.toContain('timestamp')
  })

  test('has a serial number of its own, which the same contents have again', () => {
    const serials = [
      bill([component(hello)]),
      bill([component(hello, { narSize: 97 })]),
      bill([component(hello)], { digest: `sha256:${'2'.repeat(64)}` }),
      bill([component(hello)])
    ].map(({ serialNumber }) => serialNumber)
    expect(new Set(serials).size).toBe(3)
    expect(serials[3]).toBe(serials[0])
    expect(serials[0]).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  test.each([
    ['hello-2.12.1', 'hello', '2.12.1'],
    ['bash-interactive-5.3p3', 'bash-interactive', '5.3p3'],
    ['zlib-1.3.1-dev', 'zlib', '1.3.1-dev'],
    ['foo-1.2.3pre-test', 'foo', '1.2.3pre-test'],
    ['perl5.40.0-URI-5.21', 'perl5.40.0-URI', '5.21'],
    ['a-?b', 'a', '?b'],
    ['source', 'source', undefined],
    ['name-', 'name-', undefined],
    ['-1', '-1', undefined],
    ['stdenv-linux', 'stdenv-linux', undefined]
  ])('splits %s as Nix does', (text, name, version) => {
    const [found] = bill([component(path('a', text))]).components
    expect([found?.name, found?.version]).toEqual([name, version])
  })

  test('names of repositories with ports and capitals are fit for a package URL', () => {
    const { purl } = bill([], { name: '127.0.0.1:5000/Org/Seed' }).metadata.component
    expect(purl).toBe(`pkg:oci/seed@sha256:${'1'.repeat(64)}?repository_url=127.0.0.1:5000%2FOrg%2FSeed`)
  })

  test('of anything is valid, and the order of what it is given does not matter', () => {
    const letters = fc.constantFrom('a', 'b', 'c', 'd', 'f', 'g', 'h', '0', '1')
    const name = fc.stringMatching(/^[0-9a-zA-Z+\-._?=]{1,40}$/)
    const closures = fc
      .uniqueArray(fc.tuple(letters, name), { selector: ([letter]) => letter, maxLength: 8 })
      .map(found => found.map(([letter, text]) => path(letter, text)))
      .chain(paths =>
        fc.tuple(
          ...paths.map(at =>
            fc.record({
              path: fc.constant(at),
              narHash: fc.constant(`sha256:${'0'.repeat(64)}`),
              narSize: fc.maxSafeNat(),
              references: fc.subarray(paths),
              license: fc.oneof(fc.array(fc.string({ maxLength: 9 })), fc.constantFrom('MIT', 'Unfree', '')),
              root: fc.boolean()
            })
          )
        )
      )
    fc.assert(
      fc.property(closures, components => {
        const document = bill(components)
        expect(billProblems(document)).toEqual([])
        const turned = components.map(one => ({ ...one, references: one.references.toReversed() })).toReversed()
        expect(bill(turned)).toEqual(document)
      }),
      { numRuns: 100 }
    )
  })
})

test('the identifiers of licences are those that the official schema takes', () => {
  expect(spdxLicenses.filter(id => !isSpdxLicense(id))).toEqual([])
  expect(['Unfree', 'mit', 'MIT OR Apache-2.0', '', 'toString'].filter(isSpdxLicense)).toEqual([])
  const file = readFileSync(join(import.meta.dirname, '../../../src/attest/licenses.ts'), 'utf8')
  const list = /`\n([^`]+)`/.exec(file)?.[1]?.trim().split(/\s+/)
  expect(list).toEqual(spdxLicenses)
})
