import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { findNix, nixEnvironment, userConfFiles } from '../../../src/nix/environment.ts'

const DEFAULT_BIN = '/nix/var/nix/profiles/default/bin'
const CONF = '/tmp/job/nix.conf'

describe('files of settings', () => {
  test('are ours, and those that Nix reads by itself', () => {
    expect(userConfFiles(CONF, { HOME: '/home/joe' })).toEqual([
      CONF,
      '/home/joe/.config/nix/nix.conf',
      '/etc/xdg/nix/nix.conf'
    ])
  })

  test('follow the folders of the desktop', () => {
    const env = { HOME: '/home/joe', XDG_CONFIG_HOME: '/c', XDG_CONFIG_DIRS: '/d1:/d2' }
    expect(userConfFiles(CONF, env)).toEqual([CONF, '/c/nix/nix.conf', '/d1/nix/nix.conf', '/d2/nix/nix.conf'])
    expect(userConfFiles(CONF, { ...env, NIX_CONFIG_HOME: '/n' })[1]).toBe('/n/nix.conf')
  })

  test('are those that were named, after ours, which is there once', () => {
    const once = userConfFiles(CONF, { NIX_USER_CONF_FILES: '/a/x.conf:/b/y.conf', HOME: '/home/joe' })
    expect(once).toEqual([CONF, '/a/x.conf', '/b/y.conf'])
    expect(userConfFiles(CONF, { NIX_USER_CONF_FILES: once.join(':') })).toEqual(once)
    expect(userConfFiles(CONF, { NIX_USER_CONF_FILES: '', HOME: '/home/joe' })).toEqual([CONF])
  })

  test('can do without a home', () => {
    expect(userConfFiles(CONF, {})).toEqual([CONF, '/etc/xdg/nix/nix.conf'])
  })
})

describe('the environment', () => {
  let home = ''
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'home-'))
  })
  afterEach(() => rmSync(home, { recursive: true }))

  function program(folder: string): string {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'nix'), '#!/bin/sh\n', { mode: 0o755 })
    return folder
  }

  test('has what is installed first, then Nix itself', () => {
    const { path } = nixEnvironment({ nix: '/nix/store/x-nix' }, { HOME: home, PATH: '/usr/bin' })
    expect(path.slice(0, 3)).toEqual([join(home, '.nix-profile/bin'), DEFAULT_BIN, '/nix/store/x-nix/bin'])
  })

  test('does not put on PATH what is on it', () => {
    const PATH = `${DEFAULT_BIN}:/nix/store/x-nix/bin:/usr/bin`
    const { path } = nixEnvironment({ nix: '/nix/store/x-nix' }, { HOME: home, PATH })
    expect(path).toContain(join(home, '.nix-profile/bin'))
    expect(path).not.toContain(DEFAULT_BIN)
    expect(path).not.toContain('/nix/store/x-nix/bin')
  })

  test('names the settings only where there are some', () => {
    expect(nixEnvironment({}, { HOME: home }).variables).not.toHaveProperty('NIX_USER_CONF_FILES')
    const { variables } = nixEnvironment({ conf: CONF }, { HOME: home })
    expect(variables.NIX_USER_CONF_FILES).toBe(`${CONF}:${home}/.config/nix/nix.conf:/etc/xdg/nix/nix.conf`)
  })

  test('leaves certificates that are chosen', () => {
    for (const name of ['NIX_SSL_CERT_FILE', 'SSL_CERT_FILE']) {
      expect(nixEnvironment({}, { HOME: home, [name]: '/own.crt' }).variables).toEqual({})
    }
  })

  test('names certificates that are there: of the system, or else of Nix', () => {
    const bundle = join(home, 'cacert/etc/ssl/certs/ca-bundle.crt')
    mkdirSync(join(bundle, '..'), { recursive: true })
    writeFileSync(bundle, '')
    const { NIX_SSL_CERT_FILE: file } = nixEnvironment({ cacert: join(home, 'cacert') }, { HOME: home }).variables
    const isDebian = existsSync('/etc/ssl/certs/ca-certificates.crt')
    if (isDebian) expect(file).toBe('/etc/ssl/certs/ca-certificates.crt')
    else expect(existsSync(file ?? '')).toBe(true)
  })

  test('finds Nix on PATH first', async () => {
    const [first, second] = [program(join(home, 'a')), program(join(home, 'b'))]
    program(join(home, '.nix-profile/bin'))
    expect(await findNix({ HOME: home, PATH: `/nowhere:${first}:${second}` })).toBe(first)
  })

  test('finds Nix beside PATH, and puts it there', async () => {
    if (existsSync(join(DEFAULT_BIN, 'nix'))) return
    const folder = program(join(home, '.local/state/nix/profile/bin'))
    const env = { HOME: home, PATH: '/nowhere' }
    expect(await findNix(env)).toBe(folder)
    expect(nixEnvironment({}, env).path).toContain(folder)
    const profile = program(join(home, '.nix-profile/bin'))
    expect(await findNix(env)).toBe(profile)
  })

  test('does not take what cannot be executed', async () => {
    const folder = program(join(home, '.nix-profile/bin'))
    chmodSync(join(folder, 'nix'), 0o644)
    expect(await findNix({ HOME: home, PATH: '' })).not.toBe(folder)
  })
})
