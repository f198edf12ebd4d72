import { describe, expect, test } from '@jest/globals'
import { createHash } from 'node:crypto'
import { parseFlakeLock } from '../../../src/nix/flake-lock.ts'
import { canonicalJson, lockKey } from '../../../src/seed/key.ts'

const nixpkgs = {
  locked: { type: 'github', rev: 'a', narHash: 'sha256-x' },
  original: { type: 'indirect', id: 'nixpkgs' }
}
const seed = (rev: string) => ({ flake: false, locked: { type: 'github', rev, narHash: 'sha256-y' } })
const key = (nodes: Record<string, unknown>, indent = 0) =>
  lockKey(parseFlakeLock(JSON.stringify({ nodes, root: 'root', version: 7 }, undefined, indent), 'flake.lock'))

const plain = { nixpkgs, root: { inputs: { nixpkgs: 'nixpkgs' } } }
const seeded = (rev: string) => ({
  nixpkgs,
  root: { inputs: { nixpkgs: 'nixpkgs', 'seed-self': 'seed-self' } },
  'seed-self': seed(rev)
})

describe('the lock key', () => {
  test('is the SHA-256 of the canonical file', () => {
    const text =
      '{"nodes":{"nixpkgs":{"locked":{"narHash":"sha256-x","rev":"a","type":"github"},' +
      '"original":{"id":"nixpkgs","type":"indirect"}},"root":{"inputs":{"nixpkgs":"nixpkgs"}}},"root":"root","version":7}'
    expect(key(plain)).toBe(createHash('sha256').update(text).digest('hex'))
    expect(key(plain)).toBe('490171782845afd144037a3d2c755a4dad75c40faefa06bb9f0d0d48f96fb31c')
  })

  test('does not change with the pin, nor with its first appearance', () => {
    expect(key(seeded('1'))).toBe(key(plain))
    expect(key(seeded('2'))).toBe(key(plain))
    expect(key({ root: { inputs: { 'seed-self': 'seed-self' } }, 'seed-self': seed('1') })).toBe(key({ root: {} }))
  })

  test('does not change with layout and order', () => {
    expect(key(plain, 2)).toBe(key(plain))
    expect(key({ root: plain.root, nixpkgs: { original: nixpkgs.original, locked: nixpkgs.locked } })).toBe(key(plain))
  })

  test('changes with every input', () => {
    const moved = { ...nixpkgs, locked: { ...nixpkgs.locked, rev: 'b' } }
    expect(key({ ...plain, nixpkgs: moved })).not.toBe(key(plain))
    expect(key({ nixpkgs, root: { inputs: { nixpkgs: 'nixpkgs', other: 'nixpkgs' } } })).not.toBe(key(plain))
  })

  test('leaves out what only the pin leads to, and keeps what others need', () => {
    const deep = { deep: nixpkgs, 'seed-self': { ...seed('1'), inputs: { deep: 'deep', nixpkgs: 'nixpkgs' } } }
    expect(key({ ...seeded('1'), ...deep })).toBe(key(plain))
    const kept = { ...seeded('1'), root: { inputs: { nixpkgs: ['seed-self', 'nixpkgs'], 'seed-self': 'seed-self' } } }
    expect(key({ ...kept, ...deep })).not.toBe(key({ root: {} }))
  })

  test('keeps an input of an input that has the name of the pin', () => {
    const inner = { ...nixpkgs, inputs: { 'seed-self': 'seed-self' } }
    const nodes = { nixpkgs: inner, root: plain.root, 'seed-self': seed('1') }
    expect(key(nodes)).not.toBe(key({ ...nodes, 'seed-self': seed('2') }))
  })
})

describe('canonicalJson', () => {
  test.each([
    [{ b: [2, { d: null, c: true }], a: 'é\n"' }, '{"a":"é\\n\\"","b":[2,{"c":true,"d":null}]}'],
    // RFC 8785, section 3.2.3: by UTF-16 code units and not by code points.
    [
      JSON.parse('{"\\ufb33":1,"\\ud83d\\ude00":2,"1":3,"\\r":4,"ö":5}'),
      '{"\\r":4,"1":3,"\u00f6":5,"\ud83d\ude00":2,"\ufb33":1}'
    ],
    [JSON.parse('{"__proto__":{"b":1,"a":1e21},"a":0.000001}'), '{"__proto__":{"a":1e+21,"b":1},"a":0.000001}'],
    [[], '[]']
  ])('%#', (value, text) => {
    expect(canonicalJson(value)).toBe(text)
  })
})
