import fc from 'fast-check'
import { describe, expect, test } from '@jest/globals'
import { certificateUri } from '../../../src/attest/certificate-uri.ts'

const WORKFLOW = 'https://github.com/octo-org/project/.github/workflows/'

describe('certificateUri', () => {
  // What url.Parse and URL.String of Go 1.26 make of them.
  test.each([
    ['w.yml@refs/heads/main', 'w.yml@refs/heads/main'],
    ['w.yml@refs/heads/a@b', 'w.yml@refs/heads/a@b'],
    ['w.yml@refs/tags/v1.0+build;x=1,y&z$', 'w.yml@refs/tags/v1.0+build;x=1,y&z$'],
    ['w.yml@refs/heads/fix/#12', 'w.yml@refs/heads/fix/#12'],
    ['w.yml@refs/heads/fix#', 'w.yml@refs/heads/fix'],
    ['w.yml@refs/heads/50%off', undefined],
    ['w.yml@refs/heads/50%25', 'w.yml@refs/heads/50%25'],
    ['w.yml@refs/heads/(a)!', 'w.yml@refs/heads/(a)!'],
    ['w.yml@refs/heads/ä(a)!', 'w.yml@refs/heads/%C3%A4%28a%29%21'],
    ["w.yml@refs/heads/it's", "w.yml@refs/heads/it's"],
    ['a b.yml@refs/heads/[x]', 'a%20b.yml@refs/heads/%5Bx%5D'],
    ['w.yml@refs/heads/{a}|"<b>', 'w.yml@refs/heads/%7Ba%7D%7C%22%3Cb%3E'],
    ['w.yml@refs/heads/日本#日本', 'w.yml@refs/heads/%E6%97%A5%E6%9C%AC#%E6%97%A5%E6%9C%AC'],
    ['w.yml@refs/heads/😀', 'w.yml@refs/heads/%F0%9F%98%80'],
    ['w.yml@refs/heads/ä%2Fb', 'w.yml@refs/heads/%C3%A4/b']
  ])('of %s', (text, uri) => {
    expect(certificateUri(WORKFLOW + text)).toBe(uri === undefined ? undefined : WORKFLOW + uri)
  })

  test('keeps the two slashes of GitLab', () => {
    const uri = 'https://gitlab.example:8443/group/sub/project//ci/seed.yml@refs/heads/main'
    expect(certificateUri(uri)).toBe(uri)
  })

  test.each([
    '',
    'https://github.com',
    'https:///x',
    'https://a b/x',
    'https://<nil>',
    'https://u@h/x',
    'urn:x',
    'https://h/x?y'
  ])('refuses %j', text => {
    expect(certificateUri(text)).toBeUndefined()
  })

  test('is ASCII, and stays what it is when made again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), name => {
        const uri = certificateUri(`https://github.com/${name}`)
        if (uri === undefined) return
        expect(uri).toMatch(/^[!-~]+$/)
        expect(certificateUri(uri)).toBe(uri)
      })
    )
  })
})
