import { describe, expect, test } from '@jest/globals'
import {
  isTrustworthy,
  NIX_SYSTEMS,
  NIX_VERSION,
  parsePublishedChecksum,
  RELEASES_URL,
  resolveRelease
} from '../../../src/nix/release.ts'

const request = { version: NIX_VERSION, system: 'x86_64-linux', releases: RELEASES_URL }
const HEX = '0123456789abcdef'.repeat(4)

describe('the default release', () => {
  test.each(['x86_64-linux', 'aarch64-linux', 'x86_64-darwin', 'aarch64-darwin'])('is known for %s', system => {
    const release = resolveRelease({ ...request, system })
    expect(release.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(release.tarball.href).toBe(
      `https://releases.nixos.org/nix/nix-${NIX_VERSION}/nix-${NIX_VERSION}-${system}.tar.xz`
    )
    expect(release.checksum.href).toBe(`${release.tarball.href}.sha256`)
  })

  test('has another checksum for each system', () => {
    expect(new Set(NIX_SYSTEMS.map(system => resolveRelease({ ...request, system }).sha256)).size).toBe(4)
  })
})

describe('another release', () => {
  test('has no checksum, unless one is given', () => {
    expect(resolveRelease({ ...request, version: '2.33.1' }).sha256).toBeUndefined()
    expect(resolveRelease({ ...request, version: '2.33.1', sha256: HEX.toUpperCase() }).sha256).toBe(HEX)
  })

  test('takes the checksum in the forms of Nix', () => {
    const sri = `sha256-${Buffer.from(HEX, 'hex').toString('base64')}`
    for (const sha256 of [sri, `sha256:${HEX}`, ` ${HEX}\n`]) {
      expect(resolveRelease({ ...request, sha256 }).sha256).toBe(HEX)
    }
  })

  test('given for the default version, the checksum goes before the known one', () => {
    expect(resolveRelease({ ...request, sha256: HEX }).sha256).toBe(HEX)
  })

  test('can come from a mirror', () => {
    for (const releases of ['http://mirror.example:8080/a/nix', 'http://mirror.example:8080/a/nix/']) {
      expect(resolveRelease({ ...request, releases }).tarball.href).toBe(
        `http://mirror.example:8080/a/nix/nix-${NIX_VERSION}/nix-${NIX_VERSION}-x86_64-linux.tar.xz`
      )
    }
  })
})

test.each([
  [{ version: 'v2.34.7' }, 'USAGE', /without a "v"/],
  [{ version: 'latest' }, 'USAGE', /2\.34/],
  [{ version: '../../x' }, 'USAGE', /2\.34/],
  [{ version: '' }, 'USAGE', /2\.34/],
  [{ system: 'riscv64-linux' }, 'PLATFORM', /x86_64-linux, aarch64-linux/],
  [{ sha256: 'abc' }, 'USAGE', /64 hexadecimal digits/],
  [{ sha256: `sha512:${HEX}` }, 'USAGE', /64 hexadecimal digits/],
  [{ releases: 'releases.nixos.org/nix' }, 'USAGE', /https:\/\/releases/],
  [{ releases: 'file:///nix' }, 'USAGE', /https:\/\/releases/]
])('%j is refused', (wrong, code, hint) => {
  expect(() => resolveRelease({ ...request, ...wrong })).toThrow(
    expect.objectContaining({ code, hint: expect.stringMatching(hint) })
  )
})

describe('a published checksum', () => {
  test('is a digest, or a line of sha256sum', () => {
    for (const text of [HEX, `${HEX}\n`, `${HEX.toUpperCase()}  nix.tar.xz\n`]) {
      expect(parsePublishedChecksum(text, 'x')).toBe(HEX)
    }
  })

  test('is refused where it is a page', () => {
    for (const text of ['', '<html>', `${HEX}0`, HEX.slice(1)]) {
      expect(() => parsePublishedChecksum(text, 'x')).toThrow(expect.objectContaining({ code: 'CONTENT_INVALID' }))
    }
  })

  test('counts only where nobody could have changed it', () => {
    const yes = ['https://a.example/', 'http://127.0.0.1:80/', 'http://localhost/', 'http://[::1]/']
    expect(yes.map(url => isTrustworthy(new URL(url)))).toEqual([true, true, true, true])
    const no = ['http://a.example/', 'http://127.evil.example/', 'http://localhost.example/']
    expect(no.map(url => isTrustworthy(new URL(url)))).toEqual([false, false, false])
  })
})
