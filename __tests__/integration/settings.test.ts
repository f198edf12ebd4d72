import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { nixEnvironment } from '../../src/nix/environment.ts'
import { isTrustedUser, nixConf, restrictedSettings, writeNixConf } from '../../src/nix/settings.ts'
import { silentLog, silentProgress, type Ports } from '../../src/ports.ts'
import { output, requireLab, run, useTempFolder, type CommandResult } from '../support/lab.ts'

requireLab()

const SOURCE = join(import.meta.dirname, '../../src')
const [WITH_SUDO, PLAIN] = ['settings-sudo', 'settings-plain'] as const

const folder = useTempFolder()

beforeAll(async () => {
  for (const user of [WITH_SUDO, PLAIN]) await output(['useradd', '--create-home', user])
  writeFileSync('/etc/sudoers.d/settings-test', `${WITH_SUDO} ALL=(ALL) NOPASSWD: ALL\n`, { mode: 0o440 })
  chmodSync(folder(), 0o755)
})

/** Runs a program as another user. */
function runAs(user: string, command: readonly string[], env: Record<string, string> = {}): Promise<CommandResult> {
  const variables = Object.entries({ HOME: `/home/${user}`, ...env }).map(([name, value]) => `${name}=${value}`)
  return run(['setpriv', '--reuid', user, '--regid', user, '--init-groups', 'env', ...variables, ...command])
}

/** Runs a function of the sources as another user; its result, or the code of its failure. */
async function callAs(user: string, module: string, call: string): Promise<unknown> {
  const script = `
    import * as it from '${SOURCE}/${module}'
    const nothing = () => {}
    const log = { debug: nothing, info: nothing, warn: nothing }
    const ports = { log, progress: { update: nothing, end: nothing }, env: process.env, signal: new AbortController().signal }
    console.log(JSON.stringify(await it.${call}.catch(error => error.code)))`
  const { code, stdout, stderr } = await runAs(user, [process.execPath, '--input-type=module', '--eval', script])
  if (code !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

describe('Nix with a file of settings', () => {
  test('reads it beside those of the user, whom the file of the job outranks', async () => {
    const home = join(folder(), 'home')
    mkdirSync(join(home, '.config/nix'), { recursive: true })
    const own = 'max-jobs = 7\ncores = 3\naccess-tokens = github.com=own gitlab.com=other\n'
    writeFileSync(join(home, '.config/nix/nix.conf'), own)
    const conf = await writeNixConf(
      {
        seed: 'max-jobs = 5\nkeep-outputs = true\nextra-substituters = https://seed.example\n',
        accessTokens: ['https://github.com', 'https://ghe.example'].map(server => ({ server, token: 'job' })),
        substituters: ['https://job.example'],
        trustedPublicKeys: ['job-1:a'],
        extra: 'max-jobs = 9 # mine\nkeep-derivations = false'
      },
      join(folder(), 'job')
    )
    const env = { HOME: home, XDG_CONFIG_HOME: undefined, NIX_USER_CONF_FILES: undefined }
    const { variables } = nixEnvironment({ conf }, env)
    const shown = await output(['nix', 'config', 'show', '--json'], { env: { ...env, ...variables } })
    const settings = JSON.parse(shown) as Record<string, { value: unknown } | undefined>
    const value = (name: string) => settings[name]?.value
    expect(value('max-jobs')).toBe(9)
    expect(value('cores')).toBe(3)
    expect(value('keep-outputs')).toBe(true)
    expect(value('keep-derivations')).toBe(false)
    expect(value('access-tokens')).toEqual({ 'github.com': 'own', 'gitlab.com': 'other', 'ghe.example': 'job' })
    expect(value('substituters')).toEqual(expect.arrayContaining(['https://seed.example', 'https://job.example']))
    expect(value('trusted-public-keys')).toEqual(expect.arrayContaining(['job-1:a']))
    expect(value('experimental-features')).toEqual(expect.arrayContaining(['flakes', 'nix-command']))
  })
})

describe('a daemon', () => {
  let daemon: ChildProcess
  const socket = () => join(folder(), 'socket')
  const remote = () => `unix://${socket()}`

  beforeAll(async () => {
    // Its own configuration: that of the lab, in which nobody but root is trusted.
    daemon = spawn('nix-daemon', [], { env: { ...process.env, NIX_DAEMON_SOCKET_PATH: socket() }, stdio: 'ignore' })
    for (let waited = 0; !existsSync(socket()); waited += 20) {
      if (waited > 20_000) throw new Error('the daemon does not come up')
      await sleep(20)
    }
  }, 30_000)
  afterAll(() => void daemon.kill())

  test('ignores from an ordinary user just what is said to be restricted', async () => {
    const conf = nixConf({
      substituters: ['https://job.example'],
      trustedPublicKeys: ['job-1:a'],
      accessTokens: [{ server: 'https://github.com', token: 'job' }],
      extra: [
        'max-jobs = 3\ncores = 2\ntimeout = 10\nmax-silent-time = 10\nconnect-timeout = 7\nkeep-going = true',
        'sandbox = relaxed\nextra-sandbox-paths = /a\nsystem-features = x\nextra-platforms = i686-linux',
        'post-build-hook = /x\npre-build-hook = /x\ndiff-hook = /x\nbuild-hook = /x\nbuilders = x\nnetrc-file = /x',
        'keep-outputs = true\nrequire-sigs = false\nhttp-connections = 3\nbuild-users-group = x\nmin-free = 1',
        'warn-dirty = false\naccept-flake-config = true\nflake-registry = /x\nallow-import-from-derivation = false'
      ].join('\n')
    })
    const file = join(folder(), 'untrusted.conf')
    writeFileSync(file, conf)
    const env = { NIX_USER_CONF_FILES: file, NIX_REMOTE: remote() }
    const { code, stderr } = await runAs(PLAIN, ['nix', 'store', 'info'], env)
    expect(code).toBe(0)
    const ignored = [...stderr.matchAll(/client-specified setting '([a-z0-9-]+)'/g)].map(([, name]) => name)
    expect(stderr).toContain("untrusted substituter 'https://job.example'")
    expect([...new Set([...ignored, 'substituters'])].sort()).toEqual(restrictedSettings(conf).sort())
  })

  test('trusts root, and nobody else', async () => {
    const ports = (env: Ports['env']): Ports => ({
      log: silentLog,
      progress: silentProgress,
      env,
      signal: new AbortController().signal
    })
    expect(await isTrustedUser(ports({ ...process.env, NIX_REMOTE: remote() }))).toBe(true)
    expect(await isTrustedUser(ports(process.env))).toBe(true)
    expect(await isTrustedUser(ports({ PATH: '/nowhere' }))).toBeUndefined()
    const { stdout } = await runAs(PLAIN, ['nix', 'store', 'info', '--json'], { NIX_REMOTE: remote() })
    expect(JSON.parse(stdout)).toMatchObject({ trusted: false })
  })
})

describe('with sudo, and without', () => {
  test('a missing /nix becomes the user’s own', async () => {
    const place = join(folder(), 'place')
    mkdirSync(place)
    const call = `preparePlace(ports, '${place}/nix')`
    expect(await callAs(PLAIN, 'place.ts', call)).toBe('NO_PRIVILEGE')
    expect(existsSync(join(place, 'nix'))).toBe(false)
    expect(await callAs(WITH_SUDO, 'place.ts', call)).toMatchObject({ access: 'own', hasStore: false })
    expect(`${statSync(join(place, 'nix')).uid}`).toBe(await output(['id', '-u', WITH_SUDO]))
  })

  test('a device of root is opened to builds, or stays closed', async () => {
    const device = join(folder(), 'kvm')
    writeFileSync(device, '', { mode: 0o600 })
    expect(await callAs(PLAIN, 'kvm.ts', `enableKvm(ports, '${device}')`)).toBe('refused')
    expect(await callAs(WITH_SUDO, 'kvm.ts', `enableKvm(ports, '${device}')`)).toBe('enabled')
    expect(await callAs(PLAIN, 'kvm.ts', `enableKvm(ports, '${device}')`)).toBe('ready')
  })
})
