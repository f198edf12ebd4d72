import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { preparePlace, runAsOwner, sudo } from '../../src/place.ts'
import { silentLog, silentProgress, type Ports } from '../../src/ports.ts'
import { failureOf } from '../support/failure.ts'

let base = ''
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'place-'))
  mkdirSync(join(base, 'bin'))
})
afterEach(() => rmSync(base, { recursive: true }))

const ports = (): Ports => ({
  log: silentLog,
  progress: silentProgress,
  env: { PATH: join(base, 'bin'), NIX_CONFIG: 'sandbox = false', KEPT: 'yes' },
  signal: new AbortController().signal
})

/** A `sudo` that does what `script` says. */
function fakeSudo(script: string): void {
  writeFileSync(join(base, 'bin/sudo'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
}

describe('a folder of this user', () => {
  test('is made where it is missing', async () => {
    const folder = join(base, 'nix')
    expect(await preparePlace(ports(), folder)).toEqual({ folder, access: 'own', hasStore: false, daemon: false })
    expect(readdirSync(folder)).toEqual([])
  })

  test('is left as it is, with a store or without', async () => {
    const folder = join(base, 'nix')
    mkdirSync(join(folder, 'store'), { recursive: true })
    mkdirSync(join(folder, 'var/nix/db'), { recursive: true })
    expect((await preparePlace(ports(), folder)).hasStore).toBe(false)
    writeFileSync(join(folder, 'var/nix/db/db.sqlite'), '')
    expect((await preparePlace(ports(), folder)).hasStore).toBe(true)
    expect(readdirSync(folder)).toEqual(['store', 'var'])
    expect(readdirSync(join(folder, 'store'))).toEqual([])
    expect(readdirSync(join(folder, 'var/nix/db'))).toEqual(['db.sqlite'])
  })

  test('has a daemon only where one answers', async () => {
    const folder = join(base, 'nix')
    const socket = join(folder, 'var/nix/daemon-socket/socket')
    mkdirSync(join(socket, '..'), { recursive: true })
    writeFileSync(socket, '')
    expect((await preparePlace(ports(), folder)).daemon).toBe(false)
    rmSync(socket)
    const server = createServer()
    await new Promise<void>(resolve => server.listen(socket, resolve))
    expect((await preparePlace(ports(), folder)).daemon).toBe(true)
    await new Promise(resolve => server.close(resolve))
  })
})

test.each([
  ['a symbolic link', (path: string) => symlinkSync('/', path), /symbolic link/],
  ['a file', (path: string) => writeFileSync(path, ''), /no folder/]
])('%s in its place is refused', async (_, make, message) => {
  make(join(base, 'nix'))
  const error = await failureOf(preparePlace(ports(), join(base, 'nix')))
  expect(error).toMatchObject({ code: 'FILE_SYSTEM', resource: join(base, 'nix') })
  expect(error.message).toMatch(message)
})

test('an interruption leaves no folder behind', async () => {
  const controller = new AbortController()
  const preparing = preparePlace({ ...ports(), signal: controller.signal }, join(base, 'nix'))
  controller.abort()
  expect(await failureOf(preparing)).toMatchObject({ code: 'INTERRUPTED', resource: join(base, 'nix') })
  expect(readdirSync(base)).toEqual(['bin'])
})

test('a place that cannot be is no matter for sudo', async () => {
  fakeSudo(`: >${join(base, 'asked')}`)
  const error = await failureOf(preparePlace(ports(), join(base, 'missing/nix')))
  expect(error.code).toBe('FILE_SYSTEM')
  expect(readdirSync(base)).toEqual(['bin'])
})

describe('sudo', () => {
  test('asks no password, and passes input on', async () => {
    fakeSudo('printf "%s " "$@"; read line; echo "$line"')
    const { stdout } = await sudo(['tee', '/etc/x'], ports(), { input: 'hello\n' })
    expect(stdout.toString()).toBe('-n -- tee /etc/x hello\n')
  })

  test.each([
    ['sudo: a password is required', 'NO_PRIVILEGE'],
    ['sudo: a terminal is required to read the password', 'NO_PRIVILEGE'],
    ['sudo: The "no new privileges" flag is set, which prevents sudo from running as root.', 'NO_PRIVILEGE'],
    ['sudo-rs: interactive authentication is required', 'NO_PRIVILEGE'],
    ['sudo: apfs: command not found', 'TOOL_MISSING'],
    ['mkdir: cannot create directory', 'TOOL_FAILED']
  ])('that says "%s" fails as %s', async (line, code) => {
    fakeSudo(`echo '${line}' >&2; exit 1`)
    const error = await failureOf(sudo(['true'], ports()))
    expect(error.code).toBe(code)
    if (code === 'NO_PRIVILEGE') expect(error.hint).toMatch(/as root/)
  })

  test('runs to its end, whatever is interrupted: it takes back what it did itself', async () => {
    fakeSudo('/bin/sleep 0.2; echo done')
    const controller = new AbortController()
    const cancelled: Ports = { ...ports(), signal: controller.signal }
    setTimeout(() => controller.abort(), 50)
    const { stdout } = await sudo(['true'], cancelled)
    expect(stdout.toString()).toBe('done\n')
  })

  test('that is missing is a lack of privilege', async () => {
    expect(await failureOf(sudo(['true'], ports()))).toMatchObject({ code: 'NO_PRIVILEGE' })
  })
})

describe('the owner', () => {
  test('has the variables that are given, and none of Nix beside', async () => {
    const { stdout } = await runAsOwner({ access: 'own' }, ['/usr/bin/env'], ports(), { variables: { NIX_X: '1' } })
    const lines = stdout.toString().trim().split('\n').sort()
    expect(lines).toEqual(['KEPT=yes', 'LC_ALL=C', 'NIX_X=1', `PATH=${join(base, 'bin')}`])
  })

  test('that is root gets them through sudo', async () => {
    const file = join(base, 'arguments')
    fakeSudo(`printf '%s\\n' "$@" >${file}`)
    await runAsOwner({ access: 'elevated' }, ['nix-store', '--load-db'], ports(), { variables: { NIX_X: 'a b' } })
    expect(readFileSync(file, 'utf8')).toBe('-n\n--\nenv\nLC_ALL=C\nNIX_X=a b\nnix-store\n--load-db\n')
  })
})
