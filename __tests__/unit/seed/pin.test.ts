import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { parseFlakeLock } from '../../../src/nix/flake-lock.ts'
import { narHashOfTree } from '../../../src/nix/nar.ts'
import {
  closureHash,
  formatSeedPins,
  mergeSeedPins,
  parseSeedPins,
  pinLocation,
  pinnedSeed,
  readPins,
  seedInput,
  trustedImage,
  type PinnedSeed,
  type SeedPins
} from '../../../src/seed/pin.ts'

const digest = (digit: string) => `sha256:${digit.repeat(64)}`
const seed = (digit: string): PinnedSeed => ({
  image: `ghcr.io/org/app/seed@${digest(digit)}`,
  lockKey: digit.repeat(64),
  closure: digest(digit)
})
const BOTH: SeedPins = { version: 1, systems: { 'x86_64-linux': seed('1'), 'aarch64-linux': seed('2') } }
const RESOURCE = 'org/app: seed.json at abc'

const parse = (value: unknown) => parseSeedPins(Buffer.from(JSON.stringify(value)), RESOURCE)
const invalid = (message: string | RegExp, resource = RESOURCE) =>
  expect.objectContaining({
    code: 'PIN_INVALID',
    resource,
    message: expect.stringMatching(message),
    hint: expect.any(String)
  })

describe('seed.json', () => {
  test('has one text for the same pins', () => {
    const text = formatSeedPins(BOTH).toString()
    expect(text).toBe(`{
  "systems": {
    "aarch64-linux": {
      "closure": "${digest('2')}",
      "image": "ghcr.io/org/app/seed@${digest('2')}",
      "lockKey": "${'2'.repeat(64)}"
    },
    "x86_64-linux": {
      "closure": "${digest('1')}",
      "image": "ghcr.io/org/app/seed@${digest('1')}",
      "lockKey": "${'1'.repeat(64)}"
    }
  },
  "version": 1
}
`)
    const { image, closure, lockKey } = seed('1')
    const turned: SeedPins = {
      systems: { 'aarch64-linux': seed('2'), 'x86_64-linux': { lockKey, image, closure } },
      version: 1
    }
    expect(formatSeedPins(turned).toString()).toBe(text)
    expect(parseSeedPins(Buffer.from(text), RESOURCE)).toEqual(BOTH)
  })

  test('may pin no system', () => {
    expect(parse({ version: 1, systems: {} })).toEqual({ version: 1, systems: {} })
  })

  test('of a later release is read, and loses nothing by a merge', () => {
    const later = {
      version: 1,
      systems: {
        'aarch64-linux': { ...seed('2'), toc: { b: [1], a: null } },
        'x86_64-linux': { ...seed('1'), toc: 1 }
      },
      policy: 'strict'
    }
    const merged = mergeSeedPins(parse(later), 'x86_64-linux', seed('3'))
    expect(JSON.parse(formatSeedPins(merged).toString())).toEqual({
      ...later,
      systems: { ...later.systems, 'x86_64-linux': seed('3') }
    })
  })

  test('is merged whichever system comes first', () => {
    const one = mergeSeedPins(mergeSeedPins(undefined, 'x86_64-linux', seed('1')), 'aarch64-linux', seed('2'))
    const other = mergeSeedPins(mergeSeedPins(undefined, 'aarch64-linux', seed('2')), 'x86_64-linux', seed('1'))
    expect(formatSeedPins(one)).toEqual(formatSeedPins(other))
    expect(one).toEqual(BOTH)
    expect(mergeSeedPins(BOTH, 'x86_64-linux', seed('4')).systems).toEqual({
      'x86_64-linux': seed('4'),
      'aarch64-linux': seed('2')
    })
    expect(BOTH.systems['x86_64-linux']).toEqual(seed('1'))
  })

  const withSeed = (changes: object) => ({ version: 1, systems: { 'x86_64-linux': { ...seed('1'), ...changes } } })
  const X = 'systems\\.x86_64-linux'

  test.each([
    ['a list', [], 'document is not an object'],
    ['version 2', { ...BOTH, version: 2 }, 'version is 2, known is 1'],
    ['no version', { systems: {} }, 'version is missing'],
    ['no systems', { version: 1 }, 'systems is not an object'],
    ['a system with another name', { version: 1, systems: { '../x': seed('1') } }, 'member "../x", which is no system'],
    [
      'a system of no platform',
      { version: 1, systems: { constructor: seed('1') } },
      '"constructor", which is no system'
    ],
    ['a seed that is text', { version: 1, systems: { 'x86_64-linux': 'seed' } }, `${X} is not an object`],
    ['no image', withSeed({ image: undefined }), `${X}\\.image is not a string`],
    ['an image by tag', withSeed({ image: 'ghcr.io/org/app:1' }), `${X}\\.image: "ghcr.io/org/app:1" has no digest`],
    ['an image by tag and digest', withSeed({ image: `ghcr.io/o/a:1@${digest('1')}` }), `${X}\\.image: .* has a tag`],
    ['an image on disk', withSeed({ image: `oci:/tmp/x@${digest('1')}` }), `${X}\\.image: .* is not in a registry`],
    ['an image without host', withSeed({ image: `org/app@${digest('1')}` }), `${X}\\.image: .* names no registry host`],
    ['an image with a password', withSeed({ image: `a:b@ghcr.io/o/a@${digest('1')}` }), `${X}\\.image: .*password`],
    ['a short digest', withSeed({ image: 'ghcr.io/org/app@sha256:12' }), `${X}\\.image: .* has an invalid digest`],
    ['a lock key in capitals', withSeed({ lockKey: 'A'.repeat(64) }), `${X}\\.lockKey is not 64 hex digits`],
    ['no lock key', withSeed({ lockKey: null }), `${X}\\.lockKey is not`],
    ['a closure that is no digest', withSeed({ closure: '1'.repeat(64) }), `${X}\\.closure is not "sha256:"`]
  ])('is refused with %s', (_, value, message) => {
    expect(() => parse(value)).toThrow(invalid(message))
  })

  test.each([
    ['no JSON', Buffer.from('<<<<<<< HEAD')],
    ['nothing', Buffer.alloc(0)],
    [
      'bytes that are no UTF-8',
      Buffer.concat([Buffer.from('{"version":1,"systems":{},"x":"'), Buffer.from([0xff, 0x22, 0x7d])])
    ]
  ])('is refused with %s in it', (_, bytes) => {
    expect(() => parseSeedPins(bytes, RESOURCE)).toThrow(invalid('it is not JSON'))
  })
})

describe('closureHash', () => {
  test('is the SHA-256 of sorted lines, whatever the order', () => {
    const info = (name: string, digit: string) => ({ path: `/nix/store/${name}`, narHash: digest(digit) })
    const lines = `/nix/store/a ${digest('1')}\n/nix/store/a-b ${digest('2')}\n/nix/store/b ${digest('3')}\n`
    const expected = `sha256:${createHash('sha256').update(lines).digest('hex')}`
    const closure = [info('a', '1'), info('a-b', '2'), info('b', '3')]
    expect(closureHash(closure)).toBe(expected)
    expect(closureHash([...closure].reverse())).toBe(expected)
    expect(closureHash([info('a', '1'), info('a-b', '2'), info('b', '4')])).not.toBe(expected)
  })
})

const LOCK = '/p/flake.lock'
const REV = 'a'.repeat(40)
const NAR_HASH = 'sha256-pQpattmS9VmO3ZIQUFn66az8GSmB4IvYhTTCFn6SUmo='
const LOCKED = { lastModified: 1, narHash: NAR_HASH, owner: 'org', repo: 'app', rev: REV, type: 'github' }
const ORIGINAL = { owner: 'org', ref: 'nix-seed', repo: 'app', type: 'github' }

function locate(node?: Record<string, unknown>, name = 'seed-self') {
  const inputs = node ? { 'seed-self': name } : {}
  const nodes = { root: { inputs }, ...(node && { [name]: { flake: false, original: ORIGINAL, ...node } }) }
  return pinLocation(parseFlakeLock(JSON.stringify({ nodes, root: 'root', version: 7 }), LOCK), LOCK)
}

describe('pinLocation', () => {
  test('tells where the pins are', () => {
    const expected = { owner: 'org', repo: 'app', ref: 'nix-seed', rev: REV, narHash: NAR_HASH }
    expect(locate({ locked: LOCKED })).toEqual({ ...expected, host: undefined, node: 'seed-self' })
    const host = 'ghe.example.org:8443'
    expect(locate({ locked: { ...LOCKED, host } }, 'seed-self_2')).toEqual({ ...expected, host, node: 'seed-self_2' })
  })

  test('has no branch where flake.nix fixes a commit', () => {
    const { ref: _, ...fixed } = ORIGINAL
    expect(locate({ locked: LOCKED, original: { ...fixed, rev: REV } })).not.toHaveProperty('ref')
  })

  test('without the input gives the steps and the lines', () => {
    const missing = (hint: string) => expect.objectContaining({ code: 'PIN_MISSING', resource: LOCK, hint })
    expect(() => locate()).toThrow(
      missing(
        'Run seed mode once, which makes the branch nix-seed; then add inputs.seed-self = { url = ' +
          '"github:OWNER/REPOSITORY/nix-seed"; flake = false; }; to flake.nix (and seed-self or "..." to the arguments of ' +
          'outputs), run "nix flake lock", and commit both files.'
      )
    )
    const lock = parseFlakeLock('{"nodes":{"root":{}},"root":"root","version":7}', LOCK)
    const branch = { host: 'ghe.example.org', owner: 'org', repo: 'app', ref: 'pins' }
    expect(() => pinLocation(lock, LOCK, branch)).toThrow(
      missing(expect.stringContaining(`inputs.${seedInput(branch)}`) as unknown as string)
    )
  })

  test.each([
    ['of another type', { locked: { ...LOCKED, type: 'git' } }, /has the type "git" and not "github"/],
    ['that is a flake', { locked: LOCKED, flake: true }, /flake = false is missing/],
    ['without rev', { locked: { ...LOCKED, rev: undefined } }, /nodes\.seed-self\.locked\.rev is missing/],
    ['with a short rev', { locked: { ...LOCKED, rev: 'abc' } }, /rev is "abc", which it cannot be/],
    ['with a rev and more', { locked: { ...LOCKED, rev: `${REV}\n` } }, /rev is .*cannot be/],
    ['with a rev that is none', { locked: { ...LOCKED, rev: '../../'.padEnd(40, 'x') } }, /rev is .*cannot be/],
    ['with a path for an owner', { locked: { ...LOCKED, owner: 'a/b' } }, /owner is "a\/b", which/],
    ['with an empty owner', { locked: { ...LOCKED, owner: '' } }, /owner is "", which/],
    ['with a repository above', { locked: { ...LOCKED, repo: '..' } }, /repo is "\.\.", which/],
    ['with a query', { locked: { ...LOCKED, repo: 'app?x' } }, /repo is "app\?x", which/],
    ['with a repository that is a number', { locked: { ...LOCKED, repo: 5 } }, /repo is 5, which/],
    ['with a user before the host', { locked: { ...LOCKED, host: 'github.com@evil.org' } }, /host is .*, which/],
    ['with a path behind the host', { locked: { ...LOCKED, host: 'github.com/x' } }, /host is .*, which/],
    ['with a host that is null', { locked: { ...LOCKED, host: null } }, /host is null, which/],
    ['with a hash of another kind', { locked: { ...LOCKED, narHash: 'md5-x' } }, /narHash is "md5-x", which/],
    [
      'with a branch above',
      { locked: LOCKED, original: { ...ORIGINAL, ref: 'a/../b' } },
      /original\.ref is "a\/\.\.\/b"/
    ],
    ['with a branch that is an option', { locked: LOCKED, original: { ...ORIGINAL, ref: '-x' } }, /original\.ref is/],
    ['with a branch that is a list', { locked: LOCKED, original: { ...ORIGINAL, ref: [] } }, /original\.ref is \[\]/]
  ])('refuses a node %s', (_, node, message) => {
    expect(() => locate(node)).toThrow(invalid(message, LOCK))
    expect(() => locate(node)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('nix flake update seed-self') })
    )
  })

  test('refuses an input that follows the flake itself', () => {
    const text = '{"nodes":{"root":{"inputs":{"seed-self":[]}}},"root":"root","version":7}'
    expect(() => pinLocation(parseFlakeLock(text, LOCK), LOCK)).toThrow(invalid(/the flake itself/, LOCK))
  })
})

test.each([
  [{ owner: 'org', repo: 'app', ref: 'nix-seed' }, 'github:org/app/nix-seed'],
  [{ owner: 'org', repo: 'app', ref: 'nix-seed', host: 'github.com' }, 'github:org/app/nix-seed'],
  [{ owner: 'o', repo: 'a', ref: 'pins', host: 'ghe.example.org' }, 'github:o/a/pins?host=ghe.example.org']
])('seedInput writes the input of %j', (branch, url) => {
  expect(seedInput(branch)).toBe(`seed-self = { url = "${url}"; flake = false; };`)
})

describe('readPins', () => {
  const bytes = formatSeedPins(BOTH)
  const location = { ...locate({ locked: LOCKED }), narHash: narHashOfTree([{ path: 'seed.json', bytes }]) }

  test('reads what the lock pins', () => {
    expect(readPins(bytes, location, RESOURCE)).toEqual(BOTH)
  })

  test('refuses any other bytes, before it looks into them', () => {
    const other = Buffer.from('not even JSON')
    const found = narHashOfTree([{ path: 'seed.json', bytes: other }])
    expect(() => readPins(other, location, RESOURCE)).toThrow(
      invalid(
        `not what flake.lock pins: expected ${location.narHash}, found ${found}\\. .*other files.*tampered`.replaceAll(
          '+',
          '\\+'
        )
      )
    )
    expect(() => readPins(Buffer.concat([bytes, Buffer.from('\n')]), location, RESOURCE)).toThrow(invalid(/expected/))
  })

  test('refuses a branch with more in it', () => {
    const narHash = narHashOfTree([
      { path: 'seed.json', bytes },
      { path: 'README.md', bytes: Buffer.from('hello') }
    ])
    expect(() => readPins(bytes, { ...location, narHash }, RESOURCE)).toThrow(invalid(/holds other files/))
  })

  test('refuses what is pinned and no pins', () => {
    const other = Buffer.from('{}')
    const narHash = narHashOfTree([{ path: 'seed.json', bytes: other }])
    expect(() => readPins(other, { ...location, narHash }, RESOURCE)).toThrow(invalid(/version is missing/))
  })
})

const NONE: SeedPins = { version: 1, systems: {} }

describe('pinnedSeed', () => {
  test('is that of the system', () => {
    expect(pinnedSeed(BOTH, 'aarch64-linux', RESOURCE)).toEqual(seed('2'))
  })

  test.each([
    ['x86_64-darwin', BOTH, /no seed is pinned for x86_64-darwin: pinned are those for aarch64-linux, x86_64-linux/],
    ['constructor', BOTH, /no seed is pinned for constructor/],
    ['x86_64-linux', NONE, /none is pinned for any system/]
  ])('of %s is missing', (system, pins, message) => {
    expect(() => pinnedSeed(pins, system, RESOURCE)).toThrow(
      expect.objectContaining({ code: 'PIN_MISSING', resource: RESOURCE, message: expect.stringMatching(message) })
    )
  })
})

describe('trustedImage', () => {
  const image = `ghcr.io/org/app/seed@${digest('1')}`

  test('gives the image of a trusted repository', () => {
    const name = { kind: 'registry', host: 'ghcr.io', repository: 'org/app/seed', digest: digest('1') }
    expect(trustedImage(image, ['ghcr.io/org/app/seed'])).toEqual(name)
    expect(trustedImage(image, ['quay.io/org/app', 'GHCR.IO/org/app/seed'])).toEqual(name)
    expect(trustedImage(image.replace('ghcr.io', 'GHCR.io'), ['ghcr.io/org/app/seed'])).toMatchObject({
      host: 'GHCR.io'
    })
  })

  test.each([
    [image, []],
    [image, ['ghcr.io/org/app']],
    [image, ['ghcr.io/org/app/seed/x']],
    [image, ['ghcr.io/org/app/see']],
    [image, ['ghcr.io.evil.org/org/app/seed']],
    [image, ['ghcr.io:444/org/app/seed']],
    [`ghcr.io/org/app/seed-evil@${digest('1')}`, ['ghcr.io/org/app/seed']],
    [`evil.org/ghcr.io/org/app/seed@${digest('1')}`, ['ghcr.io/org/app/seed']]
  ])('refuses %s where %j are trusted', (pinned, trusted) => {
    expect(() => trustedImage(pinned, trusted)).toThrow(
      expect.objectContaining({
        code: 'SEED_REFUSED',
        resource: pinned,
        hint: expect.stringMatching(/trusted-images/),
        message: expect.stringContaining(pinned.slice(0, pinned.indexOf('@')))
      })
    )
  })

  test.each(['oci:/tmp/seed', 'ghcr.io/org/app/seed:latest', `oci:/tmp/seed@${digest('1')}`, 'seed', ''])(
    'refuses %j, which is no image by digest',
    pinned => {
      expect(() => trustedImage(pinned, ['ghcr.io/org/app/seed'])).toThrow(
        expect.objectContaining({ code: 'PIN_INVALID' })
      )
    }
  )

  test.each(['ghcr.io', 'ghcr.io/org/*', 'ghcr.io/org/app:latest', image, 'oci:/tmp/seed', ''])(
    'refuses to trust %j',
    trusted => {
      expect(() => trustedImage(image, ['ghcr.io/org/app/seed', trusted])).toThrow(
        expect.objectContaining({ code: 'REFERENCE_INVALID' })
      )
    }
  )
})
