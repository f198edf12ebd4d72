import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { nixConfiguration, parseConfiguration } from '../../../src/nix/configuration.ts'
import { silentLog, silentProgress } from '../../../src/ports.ts'

const document = (settings: Record<string, unknown>): unknown =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, { value, description: 'told at length' }]))

describe('parseConfiguration', () => {
  test('reads what Nix prints, without the secrets in addresses of caches', () => {
    const settings = document({
      sandbox: 1,
      'sandbox-fallback': true,
      substituters: [
        'https://me:secret@cache.example/?token=secret',
        'https://ci:s3cr/et@cache.example/x',
        'https://me:secret',
        'https://cache.nixos.org/'
      ],
      'trusted-public-keys': ['cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=']
    })
    expect(parseConfiguration(settings)).toEqual({
      sandbox: 'true',
      sandboxFallback: true,
      substituters: [
        'https://cache.example/',
        'https://cache.example/x',
        'unknown:address',
        'https://cache.nixos.org/'
      ],
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

describe('the configuration of builds', () => {
  let folder: string
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'nix-seed-test-'))))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  /** Nix of a version, with the sandbox on, that answers a question for its store so. */
  const ask = (version: string, command: string, answer: string) => {
    const settings = document({ sandbox: true, 'sandbox-fallback': false, substituters: '', 'trusted-public-keys': '' })
    const file = join(folder, 'nix')
    const script = [
      `#!/bin/sh`,
      `case "$*" in`,
      `--version) echo 'nix (Nix) ${version}' ;;`,
      `*show*--json) echo '${JSON.stringify(settings)}' ;;`,
      `*'${command}') ${answer} ;;`,
      `*) echo "error: unexpected: $*" >&2; exit 1 ;;`,
      `esac`
    ]
    writeFileSync(file, script.join('\n'))
    chmodSync(file, 0o755)
    const signal = new AbortController().signal
    return nixConfiguration({
      log: silentLog,
      progress: silentProgress,
      env: { PATH: `${folder}:/bin:/usr/bin` },
      signal
    })
  }
  const json = (info: object) => `echo '${JSON.stringify(info)}'`
  const text = (...lines: string[]) => lines.map(line => `echo '${line}' >&2`).join('; ')

  test.each([
    ['no daemon', '2.34.8', 'store info --json', json({ trusted: true, url: 'local', version: '2.34.8' })],
    ['a store in a folder', '2.34.8', 'store info --json', json({ trusted: true, url: 'local?root=/x' })],
    ['a daemon that trusts this user', '2.34.8', 'store info --json', json({ trusted: true, url: 'daemon' })],
    ['one that says so in a number', '2.19.1', 'store info --json', json({ trusted: 1, url: 'unix:///run/x' })],
    ['no daemon, said in words', '2.8.0', 'store ping', text('Store URL: local')],
    [
      'a trusting daemon, said in words',
      '2.18.1',
      'store ping',
      text('Store URL: daemon', 'Version: 2.18.1', 'Trusted: 1')
    ]
  ])('is what this user says, with %s', async (_what, version, command, answer) => {
    expect(await ask(version, command, answer)).toMatchObject({ sandbox: 'true', sandboxFallback: false })
  })

  test.each([
    ['a daemon that does not trust this user', '2.34.8', 'store info --json', json({ trusted: false, url: 'daemon' })],
    ['one that does not say', '2.34.8', 'store info --json', json({ url: 'daemon' })],
    ['nothing known at all', '2.34.8', 'store info --json', json({})],
    ['another machine', '2.34.8', 'store info --json', json({ trusted: true, url: 'ssh-ng://build@host' })],
    ['a daemon of old', '2.8.0', 'store ping', text('Store URL: daemon')],
    ['a distrusting one in words', '2.18.1', 'store ping', text('Store URL: daemon', 'Trusted: 0')]
  ])('is not known with %s', async (_what, version, command, answer) => {
    const configuration = await ask(version, command, answer)
    expect(configuration.sandbox).toBe('unknown')
    expect(configuration).not.toHaveProperty('sandboxFallback')
  })
})
