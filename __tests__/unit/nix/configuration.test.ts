import { describe, expect, test } from '@jest/globals'
import { parseConfiguration } from '../../../src/nix/configuration.ts'

const document = (settings: Record<string, unknown>): unknown =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, { value, description: 'told at length' }]))

describe('parseConfiguration', () => {
  test('reads what Nix prints, without the secrets in addresses of caches', () => {
    const settings = document({
      sandbox: 1,
      'sandbox-fallback': true,
      substituters: ['https://me:secret@cache.example/?token=secret', 'https://cache.nixos.org/'],
      'trusted-public-keys': ['cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=']
    })
    expect(parseConfiguration(settings)).toEqual({
      sandbox: 'true',
      sandboxFallback: true,
      substituters: ['https://cache.example/', 'https://cache.nixos.org/'],
      trustedPublicKeys: ['cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=']
    })
  })

  test.each([
    [0, 'false'],
    [1, 'true'],
    [2, 'relaxed'],
    [true, 'true'],
    [false, 'false'],
    ['relaxed', 'relaxed']
  ])('a sandbox of %j is %j', (sandbox, text) => {
    const settings = document({ sandbox, substituters: '', 'trusted-public-keys': 'a:b  c:d' })
    expect(parseConfiguration(settings)).toEqual({
      sandbox: text,
      sandboxFallback: false,
      substituters: [],
      trustedPublicKeys: ['a:b', 'c:d']
    })
  })

  test.each([
    [null, 'the document'],
    [document({ sandbox: 1, substituters: [] }), 'trusted-public-keys'],
    [document({ substituters: [], 'trusted-public-keys': [] }), 'sandbox']
  ])('refuses what it cannot know: %j', (settings, where) => {
    expect(() => parseConfiguration(settings)).toThrow(where)
  })
})
