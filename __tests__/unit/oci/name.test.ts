import { describe, expect, test } from '@jest/globals'
import { formatName, parseName } from '../../../src/oci/name.ts'

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}` as const

function failure(text: string) {
  try {
    parseName(text)
  } catch (error) {
    return error as Error & { code: string; hint: string }
  }
  throw new Error(`"${text}" was read`)
}

describe('when a reference names a registry', () => {
  test.each([
    ['ghcr.io/org/repo/seed', { host: 'ghcr.io', repository: 'org/repo/seed' }],
    ['ghcr.io/a__b/c-d.e:v1.0_x', { host: 'ghcr.io', repository: 'a__b/c-d.e', tag: 'v1.0_x' }],
    ['localhost/a', { host: 'localhost', repository: 'a' }],
    ['localhost:5000/a:t', { host: 'localhost:5000', repository: 'a', tag: 't' }],
    ['registry:5000/a', { host: 'registry:5000', repository: 'a' }],
    ['[::1]:5000/a', { host: '[::1]:5000', repository: 'a' }],
    [`ghcr.io/a/b@${DIGEST}`, { host: 'ghcr.io', repository: 'a/b', digest: DIGEST }],
    [`ghcr.io/a/b:t@${DIGEST}`, { host: 'ghcr.io', repository: 'a/b', tag: 't', digest: DIGEST }],
    ['docker.io/library/debian', { host: 'docker.io', repository: 'library/debian' }]
  ])('%s is read and written back', (text, expected) => {
    expect(parseName(text)).toEqual({ kind: 'registry', ...expected })
    expect(formatName(parseName(text))).toBe(text)
  })
})

describe('when a reference names a folder', () => {
  test.each([
    ['oci:seed', { directory: 'seed' }],
    ['oci:/a/b:v1', { directory: '/a/b', tag: 'v1' }],
    ['oci:.', { directory: '.' }],
    [`oci:./a@${DIGEST}`, { directory: './a', digest: DIGEST }],
    [`oci:./a:t@${DIGEST}`, { directory: './a', tag: 't', digest: DIGEST }],
    ['oci:a:b/', { directory: 'a:b/' }],
    ['oci:a:b/:c', { directory: 'a:b/', tag: 'c' }],
    ['oci:/a:1/b c@d', { directory: '/a:1/b c@d' }],
    [`oci:/x@${DIGEST}/`, { directory: `/x@${DIGEST}/` }],
    ['oci:é:ü', { directory: 'é:ü' }],
    ['oci://ghcr.io/a', { directory: '//ghcr.io/a' }]
  ])('%s is read and written back', (text, expected) => {
    expect(parseName(text)).toEqual({ kind: 'layout', ...expected })
    expect(formatName(parseName(text))).toBe(text)
  })

  test('only the last part is a tag', () => {
    expect(parseName('oci:a:b:c')).toEqual({ kind: 'layout', directory: 'a:b', tag: 'c' })
  })

  test('a name that looks like a tag survives being written', () => {
    const name = { kind: 'layout', directory: '/tmp/a:b' } as const
    expect(formatName(name)).toBe('oci:/tmp/a:b/')
    expect(parseName(formatName(name))).toEqual({ ...name, directory: '/tmp/a:b/' })
    const pinned = { kind: 'layout', directory: '/tmp/a:b', digest: DIGEST } as const
    expect(parseName(formatName(pinned))).toEqual({ ...pinned, directory: '/tmp/a:b/' })
  })
})

describe('when a reference cannot be read', () => {
  test.each([
    ['', 'names no registry host'],
    ['seed', 'names no registry host'],
    ['org/repo', 'names no registry host'],
    ['ghcr.io', 'no repository'],
    ['localhost:5000', 'no repository'],
    ['ghcr.io/', 'no repository'],
    ['ghcr.io/:tag', 'no repository'],
    ['https://ghcr.io/a/b', 'is a URL'],
    ['docker://ghcr.io/a/b', 'is a URL'],
    ['ghcr.io/a//b', 'invalid repository'],
    ['ghcr.io/a/../b', 'invalid repository'],
    ['ghcr.io/a/b?x=1', 'invalid repository'],
    ['ghcr.io/a/%2e%2e', 'invalid repository'],
    ['ghcr.io/a b', 'invalid repository'],
    [`ghcr.io/${'a/'.repeat(200)}a`, 'invalid repository'],
    ['ghcr.io/a:', 'invalid tag'],
    ['ghcr.io/a:b:c', 'invalid tag'],
    [`ghcr.io/a:${'x'.repeat(129)}`, 'invalid tag'],
    ['ghcr.io/a@sha256:abc', 'invalid digest'],
    ['ghcr.io/a@md5:abc', 'invalid digest'],
    [`ghcr.io/a@${DIGEST.toUpperCase()}`, 'invalid digest'],
    [`ghcr.io/a@${DIGEST}@${DIGEST}`, 'two digests'],
    ['gh_cr.io/a', 'names no registry host'],
    ['ghcr.io:port/a', 'names no registry host'],
    ['ghcr.io:99999/a', 'names no registry host'],
    ['[::::1]/a', 'names no registry host'],
    ['1.2.3.4.5/a', 'names no registry host'],
    ['oci:', 'no directory'],
    ['oci:a@sha256:abc', 'invalid digest']
  ])('"%s" %s', (text, message) => {
    expect(failure(text)).toMatchObject({ code: 'REFERENCE_INVALID', message: expect.stringContaining(message) })
    expect(failure(text).hint).toMatch(/\w/)
  })

  test('names the spelling that a registry takes', () => {
    expect(failure('ghcr.io/Org/Repo').hint).toContain('ghcr.io/org/repo')
  })

  test.each(['me:secret@ghcr.io/a', 'https://me:secret@ghcr.io/a'])('keeps a password to itself: %s', text => {
    const error = failure(text)
    expect(JSON.stringify([error.message, error.hint, error])).not.toContain('secret')
  })
})
