import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import {
  nixConf,
  removeNixConf,
  restrictedSettings,
  writeNixConf,
  type NixSettings
} from '../../../src/nix/settings.ts'
import { failureOf } from '../../support/failure.ts'

const FEATURES = 'extra-experimental-features = nix-command flakes\n'

describe('the settings', () => {
  test('enable flakes', () => {
    expect(nixConf({})).toBe(FEATURES)
  })

  test('come in the order of who wins', () => {
    const settings: NixSettings = {
      seed: 'extra-substituters = https://seed.example\nmax-jobs = 1\n',
      experimentalFeatures: ['ca-derivations', 'flakes'],
      accessTokens: [
        { server: 'https://github.com', token: 'ghs_a' },
        { server: 'https://ghe.example:8443/', token: 'ghs_b' }
      ],
      substituters: ['https://a.example', 'https://b.example?priority=1'],
      trustedPublicKeys: ['a-1:+/=', 'b-1:x'],
      buildUsersGroup: '',
      extra: 'max-jobs = 2'
    }
    expect(nixConf(settings)).toBe(
      [
        'extra-substituters = https://seed.example',
        'max-jobs = 1',
        'extra-experimental-features = nix-command flakes ca-derivations',
        'extra-access-tokens = github.com=ghs_a ghe.example:8443=ghs_b',
        'extra-substituters = https://a.example https://b.example?priority=1',
        'extra-trusted-public-keys = a-1:+/= b-1:x',
        'build-users-group =',
        'max-jobs = 2\n'
      ].join('\n')
    )
  })

  test('of a seed lack what is about its container, and keep its features', () => {
    const seed =
      'build-users-group = \nexperimental-features = nix-command flakes dynamic-derivations\nsandbox = true\nsandbox-fallback = true\nextra-experimental-features = pipe-operators\nkeep-outputs = true\n'
    expect(nixConf({ seed })).toBe(
      'keep-outputs = true\nextra-experimental-features = nix-command flakes dynamic-derivations pipe-operators\n'
    )
  })

  test('of the user may be comments, includes, and anything that Nix reads', () => {
    const extra =
      '# mine\r\n\r\n  sandbox = false # off\n!include /etc/nix/secret.conf\ninclude a.conf\nsystem-features =\nallowed-uris = a b  c\n'
    expect(nixConf({ extra })).toBe(
      `${FEATURES}# mine\nsandbox = false # off\n!include /etc/nix/secret.conf\ninclude a.conf\nsystem-features =\nallowed-uris = a b  c\n`
    )
  })

  test.each([
    ['no sign', 'sandbox false'],
    ['no spaces around the sign', 'sandbox=false'],
    ['no name', '= false'],
    ['a YAML line', 'sandbox: false'],
    ['an include of nothing', 'include'],
    ['an include of two files', 'include a b'],
    ['a control character', 'sandbox = \u0000false'],
    ['an escape of a terminal', 'sandbox = \u001b[31m']
  ])('with %s: names the line and not what it says', (_, line) => {
    expect(() => nixConf({ extra: `max-jobs = 1\n\n${line}` })).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringMatching(/^line 3 of extra/) })
    )
    expect(() => nixConf({ extra: line })).not.toThrow(line)
  })

  test.each([
    ['a line end in a token', { accessTokens: [{ server: 'https://github.com', token: 'secret\nsandbox = false' }] }],
    ['a space in a token', { accessTokens: [{ server: 'https://github.com', token: 'secret x=y' }] }],
    ['a comment in a token', { accessTokens: [{ server: 'https://github.com', token: 'secret#' }] }],
    ['an empty token', { accessTokens: [{ server: 'https://github.com', token: '' }] }],
    ['a host for a server', { accessTokens: [{ server: 'github.com', token: 'secret' }] }],
    ['a line end in a cache', { substituters: ['https://a\nsecret = 1'] }],
    ['a space in a key', { trustedPublicKeys: ['secret b'] }],
    ['a line end in a feature', { experimentalFeatures: ['secret\nx'] }],
    ['a line end in a group', { buildUsersGroup: 'secret\nx' }]
  ] as [string, NixSettings][])('refuse %s without showing it', (_, settings) => {
    expect(() => nixConf(settings)).toThrow(expect.objectContaining({ code: 'USAGE' }))
    expect(() => nixConf(settings)).not.toThrow('secret')
  })
})

test('settings that only a trusted user may set are found by name', () => {
  const conf = nixConf({
    substituters: ['https://a'],
    trustedPublicKeys: ['a:b'],
    accessTokens: [{ server: 'https://github.com', token: 't' }],
    extra: 'sandbox = false\nsandbox = true\nmax-jobs = 3\n# post-build-hook = x\nextra-sandbox-paths = /a'
  })
  expect(restrictedSettings(conf)).toEqual(['substituters', 'trusted-public-keys', 'sandbox', 'sandbox-paths'])
})

describe('the file', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'settings-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('can be read by nobody else, and replaces what was there', async () => {
    const victim = join(folder, 'victim')
    const place = join(folder, 'job')
    const file = await writeNixConf({}, place)
    rmSync(file)
    writeFileSync(victim, 'mine')
    symlinkSync(victim, file)
    expect(await writeNixConf({ extra: 'max-jobs = 1' }, place)).toBe(file)
    expect(readFileSync(file, 'utf8')).toBe(`${FEATURES}max-jobs = 1\n`)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(place).mode & 0o777).toBe(0o700)
    expect(readFileSync(victim, 'utf8')).toBe('mine')
    await removeNixConf(place)
    await removeNixConf(place)
    expect(readdirSync(place)).toEqual([])
  })

  test('that cannot be written is a failure of the file system', async () => {
    writeFileSync(join(folder, 'job'), '')
    const error = await failureOf(writeNixConf({}, join(folder, 'job')))
    expect(error).toMatchObject({ code: 'FILE_SYSTEM', resource: join(folder, 'job', 'nix.conf') })
  })

  test('is not touched by settings that are wrong', async () => {
    const error = await failureOf(writeNixConf({ extra: 'x' }, join(folder, 'job')))
    expect(error.code).toBe('USAGE')
    expect(readdirSync(folder)).toEqual([])
  })
})
