import { describe, expect, test } from '@jest/globals'
import type { PathInfo } from '../../../src/nix/closure.ts'
import { SeedError } from '../../../src/errors.ts'
import { makeTable, readTable } from '../../../src/seed/image.ts'
import { layersOf, select, selectOutputs, splitNames } from '../../../src/seed/selection.ts'

const path = (name: string): string => `/nix/store/${'0'.repeat(32)}-${name}`
const names = (paths: readonly string[]): string[] => paths.map(each => each.slice(44))
const info = (name: string, ...references: string[]): PathInfo => ({
  path: path(name),
  narHash: `sha256:${'0'.repeat(64)}`,
  narSize: 1,
  references: references.map(path)
})

const SYSTEM = 'x86_64-linux'
const CLOSURE = [
  info('bash', 'libc'),
  info('compiler', 'compiler', 'libc'),
  info('docs-tool', 'fonts'),
  info('fonts'),
  info('libc'),
  info('nix', 'libc'),
  info('source')
]
const OUTPUTS = {
  [`packages.${SYSTEM}.hello`]: [path('compiler')],
  [`packages.${SYSTEM}.docs`]: [path('docs-tool')],
  [`packages.${SYSTEM}.none`]: [],
  [`checks.${SYSTEM}.docs`]: [path('bash'), path('docs-tool')],
  [`devShells.${SYSTEM}.default`]: [path('bash'), path('compiler')],
  [`apps.${SYSTEM}.a.b`]: [path('fonts')]
}
const ROOTS = ['source', 'nix', 'bash', 'compiler', 'docs-tool', 'fonts'].map(path)
const table = makeTable(
  'seed',
  SYSTEM,
  ROOTS,
  path('nix'),
  CLOSURE,
  [CLOSURE.slice(0, 2), CLOSURE.slice(2, 4), CLOSURE.slice(4)],
  {},
  OUTPUTS
)
const selected = (...asked: string[]): string[] => select(readTable(table), asked).selected ?? []
const refusal = (...asked: string[]): SeedError => {
  try {
    select(readTable(table), asked)
  } catch (error) {
    if (error instanceof SeedError) return error
  }
  throw new Error('nothing was refused')
}

describe('a selection', () => {
  test('has what its outputs need, what every job needs, and the closure of both', () => {
    const { closure, rest, roots, nix, layerOf } = select(readTable(table), ['hello'])
    expect(names(closure.map(each => each.path))).toEqual(['compiler', 'libc', 'nix', 'source'])
    expect(names(rest.map(each => each.path))).toEqual(['bash', 'docs-tool', 'fonts'])
    expect(names(roots)).toEqual(['compiler', 'nix', 'source'])
    expect(nix).toBe(path('nix'))
    expect(layerOf.size).toBe(CLOSURE.length)
  })

  test('of an output that needs no more has what every job needs', () => {
    const { closure } = select(readTable(table), ['none'])
    expect(names(closure.map(each => each.path))).toEqual(['libc', 'nix', 'source'])
  })

  test('is in the layers that hold some of it', () => {
    expect(layersOf(select(readTable(table), ['none']))).toEqual([2])
    expect(layersOf(select(readTable(table), ['hello']))).toEqual([0, 2])
    expect(layersOf(readTable(table))).toEqual([0, 1, 2])
  })

  test('of no output is what every job needs', () => {
    const seed = readTable(table)
    expect(selectOutputs(seed, []).closure).toEqual(select(seed, ['none']).closure)
    expect(selectOutputs({ ...seed, outputs: new Map() }, []).rest).toEqual([])
  })

  test('has the Nix that the seed brings, whatever refers to it', () => {
    const seed = { ...readTable(table), nix: path('docs-tool') }
    expect(names(selectOutputs(seed, []).closure.map(each => each.path))).toEqual(
      expect.arrayContaining(['docs-tool', 'fonts'])
    )
  })

  test('of all outputs is all of the seed', () => {
    const { rest, closure } = select(readTable(table), Object.keys(OUTPUTS))
    expect(rest).toEqual([])
    expect(closure).toEqual(CLOSURE)
  })
})

describe('the name of an output', () => {
  test.each([
    ['hello', ['packages.x86_64-linux.hello']],
    ['.#hello', ['packages.x86_64-linux.hello']],
    ['git+https://example.org/repo?ref=main#hello', ['packages.x86_64-linux.hello']],
    ['.#hello^out,dev', ['packages.x86_64-linux.hello']],
    ['packages.x86_64-linux.docs', ['packages.x86_64-linux.docs']],
    ['.#.packages.x86_64-linux.docs', ['packages.x86_64-linux.docs']],
    ['docs', ['checks.x86_64-linux.docs', 'packages.x86_64-linux.docs']],
    ['default', ['devShells.x86_64-linux.default']],
    ['.', ['devShells.x86_64-linux.default']],
    ['.#', ['devShells.x86_64-linux.default']],
    ['./sub', ['devShells.x86_64-linux.default']],
    ['.#"a.b"', ['apps.x86_64-linux.a.b']],
    ['apps.x86_64-linux."a.b"', ['apps.x86_64-linux.a.b']]
  ])('%s', (name, outputs) => {
    expect(selected(name)).toEqual(outputs)
  })

  test('may stand beside others', () => {
    expect(selected('default', 'hello', '.#hello')).toEqual([
      'devShells.x86_64-linux.default',
      'packages.x86_64-linux.hello'
    ])
  })

  test.each([
    'hell',
    'packages',
    'packages.x86_64-linux',
    'packages.aarch64-linux.hello',
    'b',
    'toString',
    '__proto__'
  ])('that the seed does not know, such as %s, is refused with those that it does', name => {
    const { code, message, hint } = refusal('hello', name)
    expect({ code, message }).toEqual({
      code: 'USAGE',
      message: `the seed knows no output ${JSON.stringify(name)}`
    })
    for (const output of Object.keys(OUTPUTS)) expect(hint).toContain(output)
  })

  test('can be one of several in a text', () => {
    expect(splitNames(' a, b\n.#c,,d ')).toEqual(['a', 'b', '.#c', 'd'])
    expect(splitNames(' ,\n')).toEqual([])
  })
})

describe('the table', () => {
  test('names outputs and what they need by index, sorted, whatever their order was', () => {
    const shuffled = Object.fromEntries(
      Object.entries(OUTPUTS)
        .reverse()
        .map(([name, paths]) => [name, [...paths].reverse()])
    )
    const again = makeTable('seed', SYSTEM, [...ROOTS].reverse(), path('nix'), CLOSURE, [CLOSURE], {}, shuffled)
    expect(JSON.stringify(again.outputs)).toBe(JSON.stringify(table.outputs))
    expect(Object.keys(table.outputs ?? {})).toEqual(Object.keys(OUTPUTS).sort())
    expect(table.outputs?.[`checks.${SYSTEM}.docs`]).toEqual([0, 2])
    expect(readTable(table).outputs).toEqual(new Map(Object.entries(OUTPUTS)))
  })

  test('is without them where they are not known', () => {
    const older = makeTable('seed', SYSTEM, ROOTS, path('nix'), CLOSURE, [CLOSURE])
    expect(older).not.toHaveProperty('outputs')
    expect(readTable(older)).not.toHaveProperty('outputs')
  })
})
