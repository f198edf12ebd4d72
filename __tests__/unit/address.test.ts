import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { publicAddress, redactUrl } from '../../src/address.ts'

const DIGEST = `sha256:${'0a'.repeat(32)}`

describe('userinfo', () => {
  test.each([
    ['https://user:p@ss@cache.example/x', 'https://cache.example/x'],
    ['https://ci:s3cr/et@cache.example', 'https://cache.example'],
    ['https://oauth2:gl/pat@gitlab.example/x.git', 'https://gitlab.example/x.git'],
    ['https://oauth2:gl@pat@gitlab.example/x.git', 'https://gitlab.example/x.git'],
    ['https://oauth2%3Apat@gitlab.example/x.git', 'https://gitlab.example/x.git'],
    ['https://token@host/x', 'https://host/x'],
    ['https://user:p?ss@host/x', 'https://host/x'],
    ['https://user:p#ss@host/x', 'https://host/x'],
    [String.raw`https://user:p\ss@host/x`, 'https://host/x'],
    ['https://user:12/34@host.example/x', 'https://host.example/x'],
    ['https://user/pw@host.example:8443/x', 'https://host.example:8443/x'],
    ['https://me@corp.example:p/w@host/x', 'https://host/x'],
    ['https://user:p@a/b@host.example/x', 'https://host.example/x'],
    ['https://user:p@/b@host/x', 'https://host/x'],
    ['https://user:pw@reg.example/@scope/x@1.2.3', 'https://reg.example/@scope/x@1.2.3'],
    ['http://user:pw@[::1]:80/x?y', 'http://[::1]:80/x'],
    ['docker://user:pw@reg/x:1', 'docker://reg/x:1'],
    [`docker://user:pw@reg/x@${DIGEST}`, `docker://reg/x@${DIGEST}`],
    ['ssh://git@host:org/repo.git', 'ssh://host'],
    ['https://user:pw', 'https://…'],
    ['https://user:12pw…', 'https://…'],
    ['https://user::pw', 'https://…'],
    ['https://a.example/x,https://user:pw@b.example/', 'https://a.example/x,https://b.example/'],
    ['https://proxy.example/https://user:pw@b.example/', 'https://proxy.example/https://b.example/']
  ])('of %s is taken out', (address, bare) => {
    expect(redactUrl(address)).toBe(bare)
    expect(redactUrl(`see '${address}' and ${address} there`)).not.toMatch(/user|pw|s3cr|ss@|gl|pat|12|34|token/)
  })

  test.each([
    ...[
      'git@host:path',
      'registry.example:5000/a/b:tag',
      `registry/repo@${DIGEST}`,
      `http://localhost:5000/v2/x@${DIGEST}`
    ],
    ...[`docker://reg:5000/a/b@${DIGEST}`, 'docker://alpine:3.19', `oci://alpine:3@${DIGEST}`, 'oci://127.0.0.1:1/a'],
    ...[
      'https://github.com/o/r/.github/workflows/seed.yml@refs/heads/main',
      'git+https://ghe.example:8443/o/r@refs/heads/x'
    ],
    ...['git+https://ghe.example:8443/o/r@refs/heads/a@b.example', 'https://registry.example/@scope/x@1.2.3'],
    ...[
      'file:///a@b.example/c',
      'unix:///run/x',
      's3://bucket',
      "'https://cache.example:443': refused",
      'https://[::1]:80'
    ],
    ...['https://cache.example:443, (https://nix.dev/x): and https://cache.example:', '{"url":"http://a:80","b":1}'],
    ...['https://HOST/…', 'no address: at all@', '']
  ])('is not found in %j', text => {
    expect(redactUrl(text)).toBe(text)
  })

  test('never stays, whatever is in it', () => {
    const piece = fc.string({
      unit: fc.constantFrom(...Array.from('QZ@:/?#%&=+.-[]\\\'"!')),
      minLength: 1,
      maxLength: 12
    })
    fc.assert(
      fc.property(piece, fc.constantFrom('https', 'git+https', 's3'), (inner, scheme) => {
        // Marked, and not begun as a port: that is another address by any reading.
        fc.pre(!inner.includes('://'))
        const address = `${scheme}://user:JJ${inner}JJ@host.example/path`
        expect(redactUrl(address)).toBe(`${scheme}://host.example/path`)
        expect(publicAddress(address)).toBe(`${scheme}://host.example/path`)
      }),
      { numRuns: 500 }
    )
  })

  test('is looked for in little time', () => {
    for (const unit of ['a', 'a.', 'a:', '@', 'a@', 'https://', 'https://a:b@', '/', '://', '[', 'a:1"', "'"]) {
      const long = unit.repeat(20_000)
      for (const text of [long, `https://${long}`, `https://a:b${long}@c`])
        expect(redactUrl(text)).toEqual(expect.any(String))
    }
  })
})

describe('an address for everybody', () => {
  test.each([
    ['https://cache.nixos.org', 'https://cache.nixos.org'],
    [' https://cache.nixos.org/ ', 'https://cache.nixos.org/'],
    ['https://user:my secret@host/x', 'https://host/x'],
    ['https://host/x?token=secret#x', 'https://host/x'],
    ['https://user:secret', 'unknown:address'],
    ['https://', 'unknown:address'],
    ['https://host:99999/secret', 'unknown:address'],
    ['user:secret@host', 'unknown:address'],
    ['daemon', 'unknown:address'],
    ['/nix/cache', 'unknown:address'],
    ['', 'unknown:address'],
    ['unknown:address', 'unknown:address']
  ])('%j is %s', (address, bare) => {
    expect(publicAddress(address)).toBe(bare)
  })
})
