import { describe, expect, test } from '@jest/globals'
import { createHash } from 'node:crypto'
import type { PathInfo } from '../../../src/nix/closure.ts'
import { MAX_LAYERS, packageName, planLayers } from '../../../src/seed/plan.ts'

const MB = 1024 * 1024

/** A store path with a hash that depends on everything that tells it apart. */
function pathInfo(name: string, narSize: number, references: string[] = [], salt = ''): PathInfo {
  const hash = createHash('sha256').update(`${name} ${salt}`).digest('hex').replace(/[eu]/g, 'f').slice(0, 32)
  return { path: `/nix/store/${hash}-${name}`, narHash: `sha256:${'0'.repeat(64)}`, narSize, references }
}

/** Names that look like packages, sizes that spread over five orders of magnitude. */
function manyPaths(count: number, salt = ''): PathInfo[] {
  return Array.from({ length: count }, (_, i) =>
    pathInfo(`package${i}-1.${i}`, 1000 + ((i * 7919) % 1000) ** 3, [], salt)
  )
}

const names = (layers: { paths: PathInfo[] }[]): string[][] => layers.map(layer => layer.paths.map(info => info.path))

describe('planLayers', () => {
  test.each([0, 1, 50, 500, 5000])('puts each of %i paths into exactly one layer, within the limit', count => {
    const closure = manyPaths(count)
    const layers = planLayers(closure, new Set())
    expect(layers.length).toBeLessThanOrEqual(MAX_LAYERS - 2)
    expect(names(layers).flat().sort()).toEqual(closure.map(info => info.path).sort())
    expect(layers.every(layer => layer.paths.length > 0)).toBe(true)
  })

  test('does not depend on the order of the closure', () => {
    const closure = manyPaths(300)
    expect(names(planLayers([...closure].reverse(), new Set()))).toEqual(names(planLayers(closure, new Set())))
  })

  test('gives large paths and large source trees layers of their own', () => {
    const large = pathInfo('gcc-14.2.0', 300 * MB)
    const source = pathInfo('source', 200 * MB)
    const small = manyPaths(20).map(info => ({ ...info, narSize: 1000 }))
    const layers = planLayers([large, source, ...small], new Set([source.path]))
    expect(names(layers)).toContainEqual([large.path])
    expect(names(layers).at(-1)).toEqual([source.path])
  })

  test('keeps an updated small package in its layer and leaves the others as they are', () => {
    const closure = manyPaths(200).map(info => ({ ...info, narSize: 5000 }))
    const updated = closure.map((info, i) => (i === 17 ? pathInfo('package17-2.0', 5100, [], 'new') : info))
    const before = new Set(names(planLayers(closure, new Set())).map(paths => paths.join()))
    const after = names(planLayers(updated, new Set())).map(paths => paths.join())
    expect(after.filter(paths => !before.has(paths))).toHaveLength(1)
  })

  test('puts what others refer to below them', () => {
    const libc = pathInfo('glibc-2.41', 30 * MB)
    const library = pathInfo('openssl-3.5', 8 * MB, [libc.path])
    const program = pathInfo('git-2.50', 40 * MB, [library.path, libc.path])
    const selfReference = { ...program, references: [...program.references, program.path] }
    expect(names(planLayers([selfReference, library, libc], new Set())).flat()).toEqual([
      libc.path,
      library.path,
      program.path
    ])
  })

  test('copes with chains of references thousands of paths long', () => {
    const closure: PathInfo[] = []
    for (let i = 0; i < 20_000; i++)
      closure.push(
        pathInfo(
          `link${i}-1`,
          1000,
          closure.slice(-1).map(info => info.path)
        )
      )
    expect(planLayers(closure.reverse(), new Set()).flatMap(layer => layer.paths)).toHaveLength(20_000)
  })
})

describe('packageName', () => {
  test.each([
    ['python3-3.12.4-dev', 'python3'],
    ['gcc-wrapper-14.2.0', 'gcc-wrapper'],
    ['source', 'source'],
    ['libstdc++6-14', 'libstdc++6'],
    ['0.1-odd', '0.1-odd'],
    ['font-7x13-1.0', 'font']
  ])('of %s is %s', (name, expected) => {
    expect(packageName(`/nix/store/${'a'.repeat(32)}-${name}`)).toBe(expected)
  })
})
