import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { ControlEntry } from '../../../lab/packages/control.ts'
import { parseRelations, readControl, upstreamVersion } from '../../../lab/packages/control.ts'
import { formatIndex, makeIndex } from '../../../lab/packages/index.ts'
import { findCircles, makeUnits, resolvePackages } from '../../../lab/packages/resolve.ts'
import { compareVersions } from '../../../lab/packages/version.ts'

function entry(name: string, depends: string[][] = [], provides: string[] = []): ControlEntry {
  return { name, version: '1.0-1', depends, provides, size: 1, sha256: name.padEnd(64, '0') }
}

const mapOf = (...entries: ControlEntry[]) => new Map(entries.map(one => [one.name, one]))

test.each([
  ['1.0', '1.0~rc1'],
  ['1:1', '2'],
  ['1.10', '1.9'],
  ['1.0-1+deb13u1', '1.0-1'],
  ['3.5.9-1~deb13u1', '3.5.7-1~deb13u3'],
  ['2.0+', '2.0a'],
  ['1.0-10', '1.0-9']
])('version %s is newer than %s', (newer, older) => {
  expect(compareVersions(newer, older)).toBeGreaterThan(0)
  expect(compareVersions(older, newer)).toBeLessThan(0)
  expect(compareVersions(newer, newer)).toBe(0)
})

test.each([
  ['1:1.3.dfsg+really1.3.2-1', '1.3.2'],
  ['24.21.0+dfsg+~cs24.13.4-1', '24.21.0'],
  ['6.6+20260608-2', '6.6+20260608'],
  ['2.34.8+dfsg-1+b1', '2.34.8'],
  ['1.85.1+dfsg1-1+deb13u1', '1.85.1']
])('the upstream part of %s is %s', (version, upstream) => {
  expect(upstreamVersion(version)).toBe(upstream)
})

test('relations lose versions and architectures, and keep alternatives', () => {
  expect(parseRelations('a (>= 1:2~3) | b:any, c')).toEqual([['a', 'b'], ['c']])
  expect(parseRelations(undefined)).toEqual([])
})

test('entries of a Packages file are read with their continued lines left out', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'control-'))
  try {
    const text = [
      'Package: a',
      'Version: 1-1',
      'Description: x',
      ' Depends: no',
      'Depends: b',
      'Size: 7',
      'SHA256: 00',
      ''
    ]
    writeFileSync(join(folder, 'Packages'), `${text.join('\n')}\nPackage: without-hash\nVersion: 1\n`)
    expect(await readControl(join(folder, 'Packages'))).toEqual([
      { name: 'a', version: '1-1', depends: [['b']], provides: [], size: 7, sha256: '00' }
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

describe('the choice of packages', () => {
  test('takes the first alternative that exists, and the least provider where none does', () => {
    const all = mapOf(
      entry('root', [['gone', 'second'], ['virtual']]),
      entry('second'),
      entry('provider-b', [], ['virtual']),
      entry('provider-a', [], ['virtual'])
    )
    expect([...resolvePackages(all, ['root']).keys()].sort()).toEqual(['provider-a', 'root', 'second'])
  })

  test('leaves out what is cut, and ends in circles', () => {
    const all = mapOf(entry('root', [['dpkg'], ['other']]), entry('other', [['root']]), entry('dpkg'))
    expect([...resolvePackages(all, ['root']).keys()].sort()).toEqual(['other', 'root'])
  })

  test('names a root that the mirror does not have', () => {
    expect(() => resolvePackages(mapOf(), ['nothing'])).toThrow(/the mirror has no package nothing/)
  })

  test('is the same when it is made again from its own result', () => {
    const all = mapOf(entry('root', [['v']]), entry('b', [], ['v']), entry('a', [['c']], ['v']), entry('c'), entry('d'))
    const once = resolvePackages(all, ['root'])
    expect([...resolvePackages(once, ['root']).keys()].sort()).toEqual([...once.keys()].sort())
  })
})

describe('units', () => {
  test('circles become one unit under its least name', () => {
    const graph = { a: ['b'], b: ['c'], c: ['b', 'd'], d: [] as string[] }
    const circles = findCircles(new Map(Object.entries(graph).map(([name, next]) => [name, new Set(next)])))
    expect(Object.fromEntries(circles)).toEqual({ b: 'b', c: 'b' })

    const units = makeUnits(mapOf(entry('a', [['b']]), entry('b', [['c']]), entry('c', [['b'], ['d']]), entry('d')))
    expect(units.map(({ name, members, deps }) => [name, members.map(one => one.name), deps])).toEqual([
      ['a', ['a'], ['b']],
      ['b', ['b', 'c'], ['d']],
      ['d', ['d'], []]
    ])
  })

  test('what belongs together is merged, and the C library depends on nothing', () => {
    const units = makeUnits(
      mapOf(
        entry('libc6', [['libgcc-s1']]),
        entry('libgcc-s1', [['libc6']]),
        entry('libstdc++6', [['libgcc-s1'], ['libc6']])
      )
    )
    expect(units.map(({ name, deps }) => [name, deps])).toEqual([
      ['gcc-lib', ['glibc']],
      ['glibc', []]
    ])
  })

  test('the index does not depend on the order of the packages', () => {
    const entries = [entry('a', [['b']]), entry('b'), entry('libc6'), entry('libc-bin')]
    const format = (list: ControlEntry[]) =>
      formatIndex(makeIndex('current', 'amd64', 'sha256-x', makeUnits(mapOf(...list))))
    expect(format(entries)).toBe(format(entries.toReversed()))
    expect(JSON.parse(format(entries))).toMatchObject({ system: 'x86_64-linux', units: { glibc: { version: '1.0' } } })
  })
})
