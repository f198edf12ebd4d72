/** A store that root owns, and an ordinary user whose sudo asks no password: real Nix, a real sudo, a real daemon. */
import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { exitOf } from '../../lab/child.ts'
import type { ElevatedOptions } from '../../src/seed/elevated.ts'
import type { Published } from '../../src/seed/publish.ts'
import type { Restored } from '../../src/seed/restore.ts'
import { output, requireLab, run, useTempFolder, withNixFolder } from '../support/lab.ts'
import { nixSeedJson, useProject } from '../support/project.ts'
import { RegistryServer } from '../support/registry-server.ts'

requireLab()

const TIMEOUT_MS = 180_000
const PROGRAM = join(import.meta.dirname, '../support/restore-elevated.ts')
/** Users that only this file has. The first one's sudo asks no password. */
const TRUSTED = 'elevated-sudo'
const PLAIN = 'elevated-plain'
const ACCOUNT = { username: 'robot', password: 'correct-horse-battery' }

interface Answer extends Partial<Restored> {
  error?: { code: string; message: string; resource?: string; hint?: string; stack: string }
}

const folder = useTempFolder()
const project = useProject(folder)
let server: RegistryServer
let image: string
let published: Published

beforeAll(async () => {
  for (const user of [TRUSTED, PLAIN]) await output(['useradd', '--create-home', user])
  writeFileSync('/etc/sudoers.d/elevated-test', `${TRUSTED} ALL=(ALL) NOPASSWD: ALL\n`, { mode: 0o440 })
  chmodSync(folder(), 0o755)
  server = await RegistryServer.start({ auth: { scheme: 'basic', ...ACCOUNT } })
  const config = join(folder(), 'docker')
  mkdirSync(config)
  const auth = Buffer.from(`${ACCOUNT.username}:${ACCOUNT.password}`).toString('base64')
  writeFileSync(join(config, 'config.json'), JSON.stringify({ auths: { [server.host]: { auth } } }))
  const to = `${server.host}/org/seed`
  const env = { DOCKER_CONFIG: config }
  published = await nixSeedJson<Published>(['publish', '--format', 'oci', '--to', to], { cwd: project().folder, env })
  image = `${to}@${published.digest}`
}, TIMEOUT_MS)

afterAll(() => server.close())

/** A `/nix` whose store is root's, with one path of its own. */
class RootStore {
  readonly nix: string
  readonly temp: string
  own = ''

  constructor(name: string) {
    this.nix = join(folder(), name, 'nix')
    this.temp = join(folder(), name, 'temp')
    mkdirSync(this.nix, { recursive: true })
    mkdirSync(this.temp)
    chmodSync(this.temp, 0o777)
  }

  async fill(): Promise<this> {
    this.own = (await output(this.command('root', 'nix', 'store', 'add-file', PROGRAM))).trim()
    return this
  }

  command(user: string, ...command: string[]): string[] {
    const become = user === 'root' ? [] : ['setpriv', '--reuid', user, '--regid', user, '--init-groups']
    const home = user === 'root' ? '/root' : `/home/${user}`
    const variables = [`HOME=${home}`, `USER=${user}`, `RUNNER_TEMP=${this.temp}`]
    return withNixFolder(this.nix, [...become, 'env', ...variables, ...command])
  }

  restore(user: string, options: ElevatedOptions = { credentials: ACCOUNT }, reference = image): string[] {
    const request = JSON.stringify({ reference, options })
    return this.command(user, process.execPath, '--disable-warning=ExperimentalWarning', PROGRAM, request)
  }

  async restored(user: string, options?: ElevatedOptions, reference?: string): Promise<Answer> {
    const { stdout } = await run(this.restore(user, options, reference))
    return JSON.parse(stdout) as Answer
  }

  async valid(): Promise<string[]> {
    return (await output(this.command('root', 'nix', 'path-info', '--all'))).split('\n')
  }

  get stages(): string[] {
    return readdirSync(this.nix).filter(name => name.startsWith('.nix-seed-'))
  }

  /** As it was before any restore. */
  async expectUntouched(): Promise<void> {
    expect(this.stages).toEqual([])
    expect(readdirSync(join(this.nix, 'store')).filter(name => name !== '.links')).toEqual([this.own.slice(11)])
    expect(await this.valid()).toEqual([this.own])
    expect(readdirSync(this.temp)).toEqual([])
  }
}

/** The command lines of all processes. */
function commandLines(): string[] {
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name))
  return pids.map(pid => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    } catch {
      return '' // it has ended
    }
  })
}

async function until(what: string, condition: () => boolean): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (condition()) return
    await sleep(50)
  }
  throw new Error(`in vain: ${what}`)
}

describe('a store of root', () => {
  test(
    'takes a seed from a user with sudo, whose secrets are in no argument and no file that stays',
    async () => {
      const store = await new RootStore('restored').fill()
      const child = spawn(store.restore(TRUSTED)[0] ?? '', store.restore(TRUSTED).slice(1), {
        env: process.env,
        stdio: ['ignore', 'pipe', 'inherit']
      })
      let stdout = ''
      child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()))
      const ended = exitOf(child)
      const seen = new Set<string>()
      const modes = new Set<string>()
      for (let done = false; !done; done = await Promise.race([ended.then(() => true), sleep(20, false)])) {
        for (const line of commandLines()) if (line.startsWith('sudo ')) seen.add(line)
        for (const name of readdirSync(store.temp)) {
          const file = join(store.temp, name, 'auth.json')
          if (existsSync(file)) modes.add((statSync(file).mode & 0o777).toString(8))
        }
      }
      // The request of this test's own program does hold it; what sudo runs must not.
      expect(seen.size).toBeGreaterThan(0)
      expect([...seen].join('\n')).not.toContain(ACCOUNT.password)
      expect([...modes]).toEqual(['600'])
      expect(readdirSync(store.temp)).toEqual([])

      expect(JSON.parse(stdout)).toMatchObject({ strategy: 'unpack', root: '/', paths: published.paths, present: 0 })
      expect(await store.valid()).toHaveLength(published.paths + 1)
      expect(store.stages).toEqual([])
      for (const name of readdirSync(join(store.nix, 'store')))
        expect(statSync(join(store.nix, 'store', name)).uid).toBe(0)
      await output(store.command('root', 'nix-store', '--verify', '--check-contents'))
    },
    TIMEOUT_MS
  )

  test(
    'takes it with the credentials that are stored for the user',
    async () => {
      const store = await new RootStore('stored').fill()
      const auth = Buffer.from(`${ACCOUNT.username}:${ACCOUNT.password}`).toString('base64')
      const home = `/home/${TRUSTED}/.docker`
      await output(['install', '-d', '-o', TRUSTED, home])
      writeFileSync(join(home, 'config.json'), JSON.stringify({ auths: { [server.host]: { auth } } }))
      try {
        expect(await store.restored(TRUSTED, {})).toMatchObject({ paths: published.paths })
      } finally {
        await output(['rm', '-r', home])
      }
    },
    TIMEOUT_MS
  )

  test(
    'stays as it is when the registry refuses, and says why as the restore does',
    async () => {
      const store = await new RootStore('refused').fill()
      const { error } = await store.restored(TRUSTED, { credentials: { ...ACCOUNT, password: 'wrong-horse' } })
      expect(error).toMatchObject({ code: 'REGISTRY_DENIED', hint: expect.stringContaining('docker login') })
      expect(JSON.stringify(error)).not.toContain('wrong-horse')
      await store.expectUntouched()
    },
    TIMEOUT_MS
  )

  test(
    'stays as it is without sudo',
    async () => {
      const store = await new RootStore('plain').fill()
      const { error } = await store.restored(PLAIN)
      expect(error).toMatchObject({ code: 'NO_PRIVILEGE', hint: expect.stringContaining('without a password') })
      await store.expectUntouched()
    },
    TIMEOUT_MS
  )

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    'is taken back, and nothing goes on, when the user’s process gets %s half-way',
    async signal => {
      const store = await new RootStore(`interrupted-${signal}`).fill()
      const { layers } = await nixSeedJson<{ layers: { digest: string; size: number }[] }>(['inspect', image], {
        env: { DOCKER_CONFIG: join(folder(), 'docker') }
      })
      const [largest] = [...layers].sort((a, b) => b.size - a.size)
      // It waits for this layer while others have been unpacked.
      server.faults.push({ method: 'GET', path: new RegExp(largest?.digest ?? ''), stall: true })
      const [program = '', ...args] = store.restore(TRUSTED)
      const child: ChildProcess = spawn(program, args, { env: process.env, stdio: 'ignore' })
      const ended = exitOf(child)
      try {
        await until('a stage with something on it', () =>
          store.stages.some(name => readdirSync(join(store.nix, name)).length > 0)
        )
        // unshare and setpriv replace themselves, so this is the user's own process.
        child.kill(signal)
        await ended
        const isOver = (): boolean => !commandLines().some(line => line.includes('cli.ts restore'))
        // A process that was killed waits for nobody; the other one has to.
        if (signal === 'SIGKILL') await until('the end of the restore', isOver)
        expect(isOver()).toBe(true)
      } finally {
        server.faults.splice(0)
      }
      if (signal === 'SIGKILL') await output(['sh', '-c', 'rm -rf "$1"/*', 'sh', store.temp]) // the runner's own duty
      await store.expectUntouched()
      expect(await store.restored(TRUSTED)).toMatchObject({ paths: published.paths, present: 0 })
    },
    TIMEOUT_MS
  )
})

describe('a store of root with a daemon', () => {
  test(
    'takes a seed while the daemon writes, and the daemon builds from it for the user',
    async () => {
      const store = await new RootStore('daemon').fill()
      const [program = '', ...args] = store.command('root', 'nix-daemon')
      const daemon = spawn(program, args, { env: process.env, stdio: 'ignore' })
      const ended = exitOf(daemon)
      try {
        const socket = join(store.nix, 'var/nix/daemon-socket/socket')
        await until('the daemon', () => existsSync(socket))
        const asUser = (...command: string[]) => store.command(TRUSTED, 'env', 'NIX_REMOTE=daemon', ...command)
        const script =
          'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo $i > /tmp/elevated-$i; nix-store --add /tmp/elevated-$i || exit; done'
        const [adding, answer] = await Promise.all([run(asUser('sh', '-c', script)), store.restored(TRUSTED)])
        expect(answer).toMatchObject({ paths: published.paths })
        expect(adding).toMatchObject({ code: 0 })
        expect(await store.valid()).toEqual(expect.arrayContaining([store.own, ...adding.stdout.trim().split('\n')]))
        expect(await store.valid()).toHaveLength(published.paths + 1 + 12)

        const built = await run(asUser('nix', 'build', '--no-link', '--offline'), { cwd: project().folder })
        expect(built).toMatchObject({ code: 0 })
        const names = [...built.stderr.matchAll(/^building '\/nix\/store\/[^-]+-(.*)\.drv'/gm)].map(match => match[1])
        expect(names).toEqual(['hello-1.0'])
        await output(store.command('root', 'nix-store', '--verify', '--check-contents'))
      } finally {
        daemon.kill('SIGTERM')
        await ended
      }
    },
    TIMEOUT_MS
  )
})
