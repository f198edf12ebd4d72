import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { popularityLayers } from '../../../bench/peers/popularity.ts'
import { sizeCohortLayers } from '../../../bench/peers/size-cohorts.ts'
import { readClosureFile } from '../../../bench/support/closure-file.ts'
import { costOf, dependantsOf, touch, type Cost, type Plan } from '../../../bench/support/updates.ts'
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
    for (let i = 0; i < 5000; i++)
      closure.push(
        pathInfo(
          `link${i}-1`,
          1000,
          closure.slice(-1).map(info => info.path)
        )
      )
    expect(planLayers(closure.reverse(), new Set()).flatMap(layer => layer.paths)).toHaveLength(5000)
  })
})

/** Closures with references from each path to some before it. */
const closures = fc
  .array(fc.record({ size: fc.integer({ min: 1, max: 2 ** 30 }), below: fc.array(fc.nat(), { maxLength: 4 }) }), {
    maxLength: 250
  })
  .map(drawn => {
    const closure: PathInfo[] = []
    for (const { size, below } of drawn) {
      const references = closure.length === 0 ? [] : below.map(at => closure[at % closure.length]?.path ?? '')
      closure.push(pathInfo(`package${closure.length}-1.0`, size, [...new Set(references)].sort()))
    }
    return closure
  })

describe('planLayers, whatever the closure', () => {
  test('puts every path into one layer, within the limit, in an order that depends on nothing else', () => {
    fc.assert(
      fc.property(closures, fc.nat(), (closure, turn) => {
        const sources = new Set(closure.filter((_, at) => at % 20 === 7).map(info => info.path))
        const layers = names(planLayers(closure, sources))
        expect(layers.length).toBeLessThanOrEqual(MAX_LAYERS - 2)
        expect(layers.flat().sort()).toEqual(closure.map(info => info.path).sort())
        const at = closure.length === 0 ? 0 : turn % closure.length
        const turned = [...closure.slice(at), ...closure.slice(0, at)].reverse()
        expect(names(planLayers(turned, sources))).toEqual(layers)
      }),
      { numRuns: 30 }
    )
  })

  test('changes no layer but those of what changed, where an update leaves names and sizes as they were', () => {
    fc.assert(
      fc.property(closures, fc.nat(), (closure, drawn) => {
        fc.pre(closure.length > 0)
        const touched = closure[drawn % closure.length]?.path ?? ''
        const changed = dependantsOf(closure, touched)
        const measured = closure.map(info => ({ ...info, compressed: 1 }))
        const after = new Set(names(planLayers(touch(measured, touched), new Set())).map(paths => paths.join()))
        for (const paths of names(planLayers(closure, new Set()))) {
          expect(after.has(paths.join())).toBe(!paths.some(path => changed.has(path)))
        }
      }),
      { numRuns: 30 }
    )
  })
})

describe('planLayers on the lab’s package set', () => {
  const [old, new_, current] = ['old', 'new', 'current'].map(name =>
    readClosureFile(join(import.meta.dirname, `../../../bench/data/${name}.tsv`))
  ) as [Measured, Measured, Measured]
  type Measured = ReturnType<typeof readClosureFile>
  const ours: Plan = closure => planLayers(closure, new Set()).map(layer => layer.paths)
  const amplification = (costs: Cost[]): number =>
    costs.reduce((sum, cost) => sum + cost.pushed, 0) / costs.reduce((sum, cost) => sum + cost.changed, 0)
  const referred = new Set(current.flatMap(({ path, references }) => references.filter(other => other !== path)))

  test.each([
    ['leaves', false, 1],
    ['libraries in the middle', true, 8]
  ])('sends at most a quarter more than what changes when %s are touched', (_, isReferred, step) => {
    const paths = current.filter(({ path }) => referred.has(path) === isReferred).filter((_, at) => at % step === 0)
    expect(paths.length).toBeGreaterThan(30)
    expect(amplification(paths.map(({ path }) => costOf(current, touch(current, path), ours)))).toBeLessThan(1.25)
  })

  test.each([
    ['the updates of a suite', old, new_],
    ['the next suite', new_, current]
  ])('sends no more than dockerTools would for %s', (_, before, after) => {
    const peers: Plan[] = [closure => popularityLayers(closure, 98), closure => sizeCohortLayers(closure, 98)]
    const sent = costOf(before, after, ours)
    expect(amplification([sent])).toBeLessThan(1.25)
    for (const peer of peers) expect(sent.pushed).toBeLessThanOrEqual(costOf(before, after, peer).pushed)
  })

  test('turns over little where a path is added or another one grows', () => {
    const bytes = current.reduce((sum, info) => sum + info.compressed, 0)
    const leaves = current.filter(({ path }) => !referred.has(path)).filter((_, at) => at % 12 === 0)
    for (const leaf of leaves) {
      const before = current.filter(info => info !== leaf)
      expect(costOf(before, current, ours).pushed - leaf.compressed).toBeLessThan(bytes / 50)
      const grown = current.map(info => (info === leaf ? { ...info, narSize: Math.round(info.narSize * 1.1) } : info))
      expect(costOf(current, grown, ours).pushed).toBeLessThan(bytes / 50)
    }
  })
})

describe('dockerTools’ plans, which ours is compared with', () => {
  const closure = (edges: Record<string, [size: number, references: string]>): PathInfo[] => {
    const path = (name: string): string => pathInfo(name, 0).path
    return Object.entries(edges).map(([name, [size, references]]) =>
      pathInfo(name, size, references === '' ? [] : references.split(' ').map(path))
    )
  }
  const labels = (layers: PathInfo[][]): string[] =>
    layers.map(layer =>
      layer
        .map(info => info.path.slice(44))
        .sort()
        .join(' ')
    )

  test('order by popularity as in the example that came with it', () => {
    const edges = { A: 'B G', B: 'C E', C: 'D E', D: 'F', E: 'F', F: '', G: '' }
    const graph = closure(Object.fromEntries(Object.entries(edges).map(([name, below]) => [name, [1, below]])))
    expect(labels(popularityLayers(graph, 7)).slice(0, 5)).toEqual(['F', 'E', 'D', 'C', 'B'])
    expect(labels(popularityLayers(graph, 4))).toEqual(['F', 'E', 'D', 'A B C G'])
  })

  test('put small paths with the large ones that alone need them, and shared ones apart', () => {
    const graph = closure({ root: [1, 'x y'], x: [900, 'own both'], y: [800, 'both'], own: [2, ''], both: [3, ''] })
    expect(labels(sizeCohortLayers(graph, 4)).sort()).toEqual(['both', 'own x', 'root', 'y'])
    expect(labels(sizeCohortLayers(graph, 3)).sort()).toEqual(['both own x', 'root y'])
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
