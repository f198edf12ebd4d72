import { describe, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  isRelative,
  parseFlakeLock,
  reachableNodes,
  readFlakeLock,
  resolveInput,
  seedSelfNode
} from '../../../src/nix/flake-lock.ts'

const locked = (rev: string) => ({ type: 'github', owner: 'o', repo: 'r', rev, narHash: 'sha256-x', lastModified: 1 })
const lockText = (nodes: Record<string, unknown>, version: unknown = 7, root: unknown = 'root') =>
  JSON.stringify({ nodes, root, version })
const parse = (nodes: Record<string, unknown>) => parseFlakeLock(lockText(nodes), 'flake.lock')

/** root → a → nixpkgs, root.nixpkgs follows a's, root.b → its own nixpkgs_2, b.utils follows a/utils. */
const nodes = {
  a: { inputs: { nixpkgs: 'nixpkgs', utils: 'utils' }, locked: locked('1') },
  b: { inputs: { nixpkgs: 'nixpkgs_2', utils: ['a', 'utils'] }, locked: locked('2') },
  nixpkgs: { locked: locked('3') },
  nixpkgs_2: { locked: locked('4') },
  utils: { flake: false, locked: locked('5') },
  'seed-self': { inputs: { deep: 'deep' }, flake: false, locked: locked('6') },
  deep: { locked: locked('7') },
  root: { inputs: { a: 'a', b: 'b', nixpkgs: ['a', 'nixpkgs'], 'seed-self': 'seed-self' } }
}

describe('a lock file', () => {
  test('resolves inputs through follows', () => {
    const lock = parse(nodes)
    expect(resolveInput(lock, ['nixpkgs'])).toBe('nixpkgs')
    expect(resolveInput(lock, ['b', 'utils'])).toBe('utils')
    expect(resolveInput(lock, ['b', 'nixpkgs'])).toBe('nixpkgs_2')
    expect(resolveInput(lock, [])).toBe('root')
    expect(resolveInput(lock, ['none'])).toBeUndefined()
    expect(resolveInput(lock, ['constructor'])).toBeUndefined()
  })

  test('knows the pinned seed, directly and through follows', () => {
    expect(seedSelfNode(parse(nodes))).toMatchObject({ name: 'seed-self', node: { flake: false } })
    const root = { inputs: { a: 'a', 'seed-self': ['a', 'utils'] } }
    expect(seedSelfNode(parse({ ...nodes, root }))?.name).toBe('utils')
    expect(seedSelfNode(parse({ root: {} }))).toBeUndefined()
  })

  test('lists what can be reached, with and without the seed', () => {
    const lock = parse({ ...nodes, orphan: { locked: locked('8') } })
    const rest = ['a', 'b', 'nixpkgs', 'nixpkgs_2', 'utils']
    expect(reachableNodes(lock, { without: ['seed-self'] })).toEqual(rest)
    expect(reachableNodes(lock)).toEqual([...rest, 'deep', 'seed-self'].sort())
  })

  test('tells folders of the parent from trees', () => {
    const lock = parse({
      sub: { locked: { type: 'path', path: './sub' }, parent: [] },
      abs: { locked: { type: 'path', path: '/abs' } },
      root: { inputs: { sub: 'sub', abs: 'abs' } }
    })
    expect(isRelative(lock.nodes.sub)).toBe(true)
    expect(isRelative(lock.nodes.abs)).toBe(false)
  })
})

describe('a lock file that is none', () => {
  test.each([
    ['text', 'hello', /not JSON/],
    ['a merge conflict', '{\n<<<<<<< HEAD\n}', /conflict markers/],
    ['a list', '[]', /the document is not an object/],
    ['version 6', lockText({ root: {} }, 6), /version is 6 and not 7/],
    ['no version', '{"nodes":{},"root":"root"}', /version is undefined/],
    ['no nodes', '{"version":7,"root":"root"}', /nodes is not an object/],
    ['no root', lockText({ root: {} }, 7, 5), /root is not a string/],
    ['a root that is no node', lockText({}, 7, 'top'), /root \("top"\) is not the name of a node/],
    ['a node without locked', lockText({ a: {}, root: {} }), /nodes\.a\.locked is not an object/],
    ['a locked without type', lockText({ a: { locked: {} }, root: {} }), /nodes\.a\.locked\.type is not a string/],
    ['an input to nowhere', lockText({ root: { inputs: { x: 'y' } } }), /nodes\.root\.inputs\.x is not the name/],
    ['an inherited name', lockText({ root: { inputs: { x: 'toString' } } }), /nodes\.root\.inputs\.x is not the name/],
    ['follows to nowhere', lockText({ root: { inputs: { x: ['y', 'z'] } } }), /nodes\.root\.inputs\.x is not/],
    ['follows in a circle', lockText({ root: { inputs: { x: ['y'], y: ['x'] } } }), /nodes\.root\.inputs\.x is not/],
    ['an input that is a number', lockText({ root: { inputs: { x: 1 } } }), /nodes\.root\.inputs\.x is not a list/],
    ['a flake that is text', lockText({ a: { flake: 'no', locked: locked('1') }, root: {} }), /nodes\.a\.flake is not/]
  ])('%s', (_, text, message) => {
    expect(() => parseFlakeLock(text, '/p/flake.lock')).toThrow(
      expect.objectContaining({
        code: 'LOCK_INVALID',
        resource: '/p/flake.lock',
        message: expect.stringMatching(message)
      })
    )
  })
})

test('a lock file that is not there says what to do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nix-seed-test-'))
  try {
    await expect(readFlakeLock(join(folder, 'flake.lock'))).rejects.toMatchObject({
      code: 'LOCK_MISSING',
      resource: join(folder, 'flake.lock'),
      hint: expect.stringContaining('nix flake lock')
    })
    await expect(readFlakeLock(folder)).rejects.toMatchObject({ code: 'FILE_SYSTEM' })
  } finally {
    rmSync(folder, { recursive: true })
  }
})
