import { describe, expect, test } from '@jest/globals'
import { parseFlakeLock, seedSelfNode } from '../../../src/nix/flake-lock.ts'
import { withLockedNode, withNewSeedNode } from '../../../src/nix/lock-edit.ts'
import { lockKey } from '../../../src/seed/key.ts'

const OLD = { rev: 'a'.repeat(40), narHash: 'sha256-old', lastModified: 1700000000 }
const NEW = { rev: 'b'.repeat(40), narHash: 'sha256-new', lastModified: 1800000000 }
const BRANCH = { owner: 'org', repo: 'app', ref: 'nix-seed' }
const RESOURCE = '/p/flake.lock'

/** The text of a lock file as Nix writes it, but that members stand as they are given. */
const lockText = (nodes: Record<string, unknown>, indent: string | number = 2) =>
  `${JSON.stringify({ nodes, root: 'root', version: 7 }, undefined, indent)}\n`

const nixpkgs = {
  locked: {
    lastModified: 5,
    narHash: 'sha256-p',
    owner: 'NixOS',
    repo: 'nixpkgs',
    rev: 'c'.repeat(40),
    type: 'github'
  },
  original: { id: 'nixpkgs', type: 'indirect' }
}
/** As Nix orders the members. */
const seedNode = ({ rev, narHash, lastModified }: typeof OLD, server = {}) => ({
  flake: false,
  locked: { ...server, lastModified, narHash, owner: 'org', repo: 'app', rev, type: 'github' },
  original: { ...server, owner: 'org', ref: 'nix-seed', repo: 'app', type: 'github' }
})
const pinned = (locked: typeof OLD) => ({
  nixpkgs,
  root: { inputs: { nixpkgs: 'nixpkgs', 'seed-self': 'seed-self' } },
  'seed-self': seedNode(locked),
  systems: nixpkgs
})
const unpinned = { nixpkgs, root: { inputs: { nixpkgs: 'nixpkgs' } }, systems: nixpkgs }

const refused = (message: RegExp) =>
  expect.objectContaining({ code: 'LOCK_INVALID', resource: RESOURCE, message: expect.stringMatching(message) })

/** Ways in which a lock file's text may have been laid out. */
const LAYOUTS: [string, (text: string) => string][] = [
  ["Nix's own layout", text => text],
  ['Windows line ends', text => text.replaceAll('\n', '\r\n')],
  ['no line end at the end', text => text.trimEnd()],
  ['blank lines at the end', text => `${text}\n\n`],
  ['tabs', text => text.replaceAll('  ', '\t')],
  ['four spaces', text => text.replaceAll('  ', '    ')],
  ['one line', text => JSON.stringify(JSON.parse(text))]
]

describe('withLockedNode', () => {
  describe.each(LAYOUTS)('in a text with %s', (_, layout) => {
    test('changes the three values and no other byte', () => {
      expect(withLockedNode(layout(lockText(pinned(OLD))), 'seed-self', NEW, RESOURCE)).toBe(
        layout(lockText(pinned(NEW)))
      )
    })

    test('adds what is missing where the order has it', () => {
      const { rev, narHash, lastModified, ...bare } = seedNode(NEW).locked
      const without = (locked: object) => lockText({ ...pinned(OLD), 'seed-self': { ...seedNode(OLD), locked } })
      expect([rev, narHash, lastModified]).toEqual([NEW.rev, NEW.narHash, NEW.lastModified])
      expect(withLockedNode(layout(without(bare)), 'seed-self', NEW, RESOURCE)).toBe(layout(lockText(pinned(NEW))))
      const last = { owner: 'org' } // what is added goes before it and behind it
      expect(withLockedNode(layout(without({ ...last, type: 'github' })), 'seed-self', NEW, RESOURCE)).toBe(
        layout(without({ lastModified, narHash, ...last, rev, type: 'github' }))
      )
    })
  })

  test('leaves the order of members and unusual text as they are', () => {
    const text =
      '{"version":7, "root" : "r", "nodes":{"\\u0073eed":{"locked":{"type":"github","rev":"1","x":"\\u00e9 { \\"rev\\": 2",' +
      '"narHash":"2" , "lastModified":\t3e0},"flake":false},"r":{"inputs":{"seed-self":"seed"}}}}'
    const expected = text
      .replace('"rev":"1"', `"rev":"${NEW.rev}"`)
      .replace('"narHash":"2"', '"narHash":"sha256-new"')
      .replace('3e0', '1800000000')
    expect(withLockedNode(text, 'seed', NEW, RESOURCE)).toBe(expected)
  })

  test('gives the same text for what is locked already', () => {
    expect(withLockedNode(lockText(pinned(OLD)), 'seed-self', OLD, RESOURCE)).toBe(lockText(pinned(OLD)))
  })

  test.each([
    ['a node that is not there', lockText(unpinned), /no locked node "seed-self"/],
    ['an inherited name', lockText(unpinned).replace('systems', 'x'), /no locked node/],
    ['text that is no lock file', '{}', /version/],
    ['comments', `// mine\n${lockText(pinned(OLD))}`, /not JSON/],
    ['a comma too many', lockText(pinned(OLD)).replace('7\n', '7,\n'), /not JSON/],
    ['a mark of the byte order', `\ufeff${lockText(pinned(OLD))}`, /not JSON/],
    ['a member that is there twice', lockText(pinned(OLD)).replaceAll('"rev":', '"rev": "x", "rev":'), /there twice/],
    ['a node that is there twice', lockText(pinned(OLD)).replace('"nodes": {', '"nodes": {"seed-self": {},'), /twice/],
    ['nodes that are there twice', lockText(pinned(OLD)).replace('{', '{"nodes": 1,'), /twice/]
  ])('refuses %s', (_, text, message) => {
    expect(() => withLockedNode(text, 'seed-self', NEW, RESOURCE)).toThrow(refused(message))
  })

  test('refuses the root', () => {
    expect(() => withLockedNode(lockText(unpinned), 'root', NEW, RESOURCE)).toThrow(refused(/no locked node "root"/))
    expect(() => withLockedNode(lockText(unpinned), 'toString', NEW, RESOURCE)).toThrow(refused(/no locked node/))
  })
})

describe('withNewSeedNode', () => {
  const seed = { ...BRANCH, ...NEW }

  test.each(LAYOUTS)('adds node and input to a text with %s, and no other byte', (_, layout) => {
    expect(withNewSeedNode(layout(lockText(unpinned)), seed, RESOURCE)).toBe(layout(lockText(pinned(NEW))))
  })

  test('keeps the lock key', () => {
    const key = (text: string) => lockKey(parseFlakeLock(text, RESOURCE))
    const text = lockText(unpinned)
    expect(key(withNewSeedNode(text, seed, RESOURCE))).toBe(key(text))
  })

  test('names the server that the branch is on', () => {
    const server = { host: 'ghe.example.org' }
    const text = withNewSeedNode(lockText(unpinned), { ...seed, ...server }, RESOURCE)
    expect(text).toBe(lockText({ ...pinned(NEW), 'seed-self': seedNode(NEW, server) }))
    const usual = withNewSeedNode(lockText(unpinned), { ...seed, host: 'github.com' }, RESOURCE)
    expect(usual).toBe(lockText(pinned(NEW)))
  })

  test('goes last and first', () => {
    const only = (input: string, name: string) => ({ [name]: nixpkgs, root: { inputs: { [input]: name } } })
    const first = withNewSeedNode(lockText(only('zlib', 'zlib')), seed, RESOURCE)
    expect(first).toBe(
      lockText({
        'seed-self': seedNode(NEW),
        ...{ zlib: nixpkgs, root: { inputs: { 'seed-self': 'seed-self', zlib: 'zlib' } } }
      })
    )
    const last = withNewSeedNode(lockText(only('a', 'a')), seed, RESOURCE)
    expect(last).toBe(
      lockText({ a: nixpkgs, root: { inputs: { a: 'a', 'seed-self': 'seed-self' } }, 'seed-self': seedNode(NEW) })
    )
  })

  test('takes another name where an input has one of its own', () => {
    const inner = { ...nixpkgs, inputs: { 'seed-self': 'seed-self' } }
    const nodes = { lib: inner, root: { inputs: { lib: 'lib' } }, 'seed-self': seedNode(OLD), 'seed-self_3': nixpkgs }
    const text = withNewSeedNode(lockText(nodes), seed, RESOURCE)
    expect(text).toBe(
      lockText({
        lib: inner,
        root: { inputs: { lib: 'lib', 'seed-self': 'seed-self_2' } },
        'seed-self': seedNode(OLD),
        'seed-self_2': seedNode(NEW),
        'seed-self_3': nixpkgs
      })
    )
    expect(seedSelfNode(parseFlakeLock(text, RESOURCE))?.name).toBe('seed-self_2')
  })

  test.each(LAYOUTS)('gives inputs to a root that has none, in a text with %s', (_, layout) => {
    const expected = lockText({ root: { inputs: { 'seed-self': 'seed-self' } }, 'seed-self': seedNode(NEW) })
    expect(withNewSeedNode(layout(lockText({ root: {} })), seed, RESOURCE)).toBe(layout(expected))
    expect(withNewSeedNode(layout(lockText({ root: { inputs: {} } })), seed, RESOURCE)).toBe(layout(expected))
  })

  test.each([
    ['a lock file that has the input', lockText(pinned(OLD)), /has the input seed-self already/],
    [
      'one that has it by following another',
      lockText({ nixpkgs, root: { inputs: { nixpkgs: 'nixpkgs', 'seed-self': ['nixpkgs'] } } }),
      /has the input seed-self already/
    ],
    ['text that is no lock file', 'hello', /not JSON/],
    ['inputs that are there twice', lockText(unpinned).replace('"inputs": {', '"inputs": {}, "inputs": {'), /twice/]
  ])('refuses %s', (_, text, message) => {
    expect(() => withNewSeedNode(text, seed, RESOURCE)).toThrow(refused(message))
  })
})
