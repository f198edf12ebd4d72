import { describe, expect, test } from '@jest/globals'
import { randomBytes } from 'node:crypto'
import { encodeBase32, sha256Hex } from '../../../src/nix/hash.ts'
import { containingStorePath, sourceTreePath, storePath } from '../../../src/nix/store-path.ts'

const base = 'wiw76i28j0p4irpkgsd5pg8wwk3255im-source'
const hex = '80483980317ed4179acf79c641d4c0bc2e1a28e465463dd95152551ac66e9811'

describe('storePath', () => {
  test('takes full paths and base names', () => {
    expect(storePath(base)).toBe(`/nix/store/${base}`)
    expect(storePath(`/nix/store/${base}`)).toBe(`/nix/store/${base}`)
  })

  test.each([
    '',
    '/nix/store',
    `/nix/store/${base}/bin`,
    `/nix/store/../store/${base}`,
    `/nix/store/${base.replace('w', 'e')}`,
    `/nix/store/${base}\n`,
    '/nix/store/wiw76i28j0p4irpkgsd5pg8wwk3255im-',
    `--option`,
    `/home/${base}`
  ])('refuses %j', text => {
    expect(() => storePath(text)).toThrow(expect.objectContaining({ code: 'STORE_INVALID' }))
  })
})

test('containingStorePath gives the path that a file lies in', () => {
  expect(containingStorePath(`/nix/store/${base}/bin/x`)).toBe(`/nix/store/${base}`)
  expect(containingStorePath(`/nix/store/${base}`)).toBe(`/nix/store/${base}`)
})

test('sourceTreePath computes where a fetched tree with that hash stands', () => {
  expect(sourceTreePath('sha256-gEg5gDF+1Beaz3nGQdTAvC4aKORlRj3ZUVJVGsZumBE=')).toBe(`/nix/store/${base}`)
})

describe('sha256Hex', () => {
  test.each([
    'sha256-gEg5gDF+1Beaz3nGQdTAvC4aKORlRj3ZUVJVGsZumBE=',
    `sha256:${hex}`,
    'sha256:04cqdv31lmaja7cksik5whl1lbmwq3a43ikrryd1gm3y6603jj40',
    'sha256:gEg5gDF+1Beaz3nGQdTAvC4aKORlRj3ZUVJVGsZumBE='
  ])('reads %s', text => {
    expect(sha256Hex(text)).toBe(`sha256:${hex}`)
  })

  test.each([hex, `sha512:${hex}`, 'sha256:', `sha256:${hex}0`, `sha256:z${'0'.repeat(51)}`, 7, null])(
    'refuses %j',
    value => {
      expect(() => sha256Hex(value)).toThrow(expect.objectContaining({ code: 'STORE_INVALID' }))
    }
  )

  test('base 32 is read as it was written', () => {
    for (let i = 0; i < 50; i++) {
      const digest = randomBytes(32)
      expect(sha256Hex(`sha256:${encodeBase32(digest)}`)).toBe(`sha256:${digest.toString('hex')}`)
    }
    expect(encodeBase32(Buffer.alloc(20))).toBe('0'.repeat(32))
    expect(encodeBase32(Buffer.alloc(64, 255))).toBe(`3${'z'.repeat(102)}`)
  })
})
