import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { installNix } from '../../../src/nix/install.ts'
import { NIX_VERSION } from '../../../src/nix/release.ts'
import { parseRegistration } from '../../../src/nix/release-content.ts'
import type { NixPlace } from '../../../src/place.ts'
import { silentLog, silentProgress, type Ports } from '../../../src/ports.ts'
import type { FileCache } from '../../../src/runner.ts'
import { failureOf } from '../../support/failure.ts'

const name = (letter: string, rest: string) => `${letter.repeat(32)}-${rest}`
const record = (path: string, references: string[]) =>
  [`/nix/store/${path}`, 'sha256:00', '120', '', `${references.length}`, ...references.map(at => `/nix/store/${at}`)]
    .map(line => `${line}\n`)
    .join('')

describe('a registration', () => {
  const [a, b] = [name('a', 'glibc-2.42'), name('b', 'nix-2.34.7')]

  test('has a record for each path', () => {
    const [first, second] = [record(a, []), record(b, [a, b])]
    expect([...parseRegistration(first + second)]).toEqual([
      [a, first],
      [b, second]
    ])
  })

  test.each([
    ['nothing', ''],
    ['a path elsewhere', record('../../etc', [])],
    ['no number of references', record(a, []).replace(/\n0\n$/, '\nmany\n')],
    ['fewer lines than it says', record(a, [b]).split('\n').slice(0, -2).join('\n')],
    ['a huge number', record(a, []).replace(/\n0\n$/, '\n999999\n')]
  ])('with %s is refused', (_, text) => {
    expect(() => parseRegistration(text)).toThrow(expect.objectContaining({ code: 'CONTENT_INVALID' }))
  })
})

describe('before anything is fetched', () => {
  let temp = ''
  beforeEach(() => {
    temp = mkdtempSync(join(tmpdir(), 'install-'))
  })
  afterEach(() => rmSync(temp, { recursive: true }))

  const place: NixPlace = { folder: '/nonexistent/nix', access: 'own', hasStore: false, daemon: false }
  const cache: FileCache = { available: false, restore: () => Promise.resolve(false), save: () => Promise.resolve() }
  const ports: Ports = {
    log: silentLog,
    progress: silentProgress,
    env: process.env,
    signal: new AbortController().signal
  }
  // Nothing listens on it.
  const request = { version: NIX_VERSION, system: 'x86_64-linux', releases: 'http://127.0.0.1:9/nix' }

  test('a missing program is named, with its package', async () => {
    const bare = { ...ports, env: { PATH: temp } }
    const error = await failureOf(installNix(request, place, bare, cache, temp))
    expect(error).toMatchObject({ code: 'TOOL_MISSING', message: expect.stringContaining('tar') })
    expect(error.hint).toMatch(/Install the package/)
  })

  test('a checksum that would come over a plain connection is asked for', async () => {
    const mirror = { ...request, version: '2.33.1', releases: 'http://mirror.example/nix' }
    const error = await failureOf(installNix(mirror, place, ports, cache, temp))
    expect(error).toMatchObject({ code: 'USAGE', hint: expect.stringContaining('checksum') })
  })

  test('an abort is an interruption', async () => {
    const error = await failureOf(installNix(request, place, { ...ports, signal: AbortSignal.abort() }, cache, temp))
    expect(error.code).toBe('INTERRUPTED')
    expect(readdirSync(temp)).toEqual([])
  })
})
