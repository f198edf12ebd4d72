import { spawn } from 'node:child_process'
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { InstallOutcome, InstallRequest } from '../support/install-nix.ts'
import { output, requireLab, run, useTempFolder, withNixFolder, type CommandResult } from '../support/lab.ts'
import { makeRelease, ReleaseServer, type TestRelease } from '../support/nix-release.ts'

requireLab()

const PROGRAM = join(import.meta.dirname, '../support/install-nix.ts')
const TIMEOUT_MS = 120_000
/** Users that only this file has. The first one's sudo asks no password. */
const USERS = ['install-sudo', 'install-plain'] as const
/** Instead of the release that is there, with its checksum; undefined is left out. */
type Wanted = { [K in keyof InstallRequest]?: InstallRequest[K] | undefined }
type User = 'root' | (typeof USERS)[number]

const folder = useTempFolder()
const server = new ReleaseServer()
let release: TestRelease

beforeAll(async () => {
  for (const user of USERS) await output(['useradd', '--create-home', user])
  writeFileSync('/etc/sudoers.d/install-test', `${USERS[0]} ALL=(ALL) NOPASSWD: ALL\n`, { mode: 0o440 })
  release = await makeRelease(join(folder(), 'release'))
  await server.start()
  chmodSync(folder(), 0o755)
}, TIMEOUT_MS)

afterAll(() => server.stop())

beforeEach(() => {
  server.files.clear()
  server.publish(release)
  server.requests.length = 0
  server.faults.length = 0
})

/** A machine of its own: `/nix`, a temporary folder, a user. */
class Machine {
  nix: string
  readonly temp: string
  readonly user: User
  #prepare = ''

  constructor(user: User = 'root') {
    const base = mkdtempSync(join(folder(), 'machine-'))
    chmodSync(base, 0o755)
    this.user = user
    this.nix = join(base, 'nix')
    this.temp = join(base, 'temp')
    mkdirSync(this.nix)
    mkdirSync(this.temp)
    chmodSync(this.temp, 0o777)
  }

  /** Has the same `/nix` as another machine. */
  at(nix: string): this {
    this.nix = nix
    return this
  }

  /** Runs shell code as root in the namespace before each command. */
  prepare(code: string): this {
    this.#prepare = code
    return this
  }

  command(command: readonly string[], env: Record<string, string> = {}): string[] {
    const home = this.user === 'root' ? '/root' : `/home/${this.user}`
    const become = this.user === 'root' ? [] : ['setpriv', '--reuid', this.user, '--regid', this.user, '--init-groups']
    const variables = { HOME: home, USER: this.user, ...env }
    const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`)
    const prepared = ['sh', '-c', `${this.#prepare || ':'} && exec "$@"`, 'sh', ...become, 'env', ...assignments]
    return withNixFolder(this.nix, [...prepared, ...command])
  }

  run(command: readonly string[], env?: Record<string, string>): Promise<CommandResult> {
    return run(this.command(command, env))
  }

  /** The output of a program that has to succeed. */
  output(...command: string[]): Promise<string> {
    return output(this.command(command))
  }

  installation(request: Wanted = {}): string[] {
    const { version, system, sha256 } = release
    const whole = { version, system, sha256, releases: server.url, temp: this.temp, ...request }
    return [process.execPath, '--disable-warning=ExperimentalWarning', PROGRAM, JSON.stringify(whole)]
  }

  async install(request?: Wanted, env?: Record<string, string>): Promise<InstallOutcome> {
    const { code, stdout, stderr } = await this.run(this.installation(request), env)
    if (code !== 0) throw new Error(stderr)
    return JSON.parse(stdout) as InstallOutcome
  }

  /** Everything below `/nix`, with modes. */
  content(): string[] {
    const names = readdirSync(this.nix, { recursive: true, encoding: 'utf8' }).sort()
    return names.map(name => `${lstatSync(join(this.nix, name)).mode.toString(8)} ${name}`)
  }

  /** Fails unless a complete Nix is there, which builds. */
  async check(): Promise<void> {
    const bin = '/nix/var/nix/profiles/default/bin'
    expect(await this.output(`${bin}/nix`, '--version')).toBe(`nix (Nix) ${release.version}`)
    const config = 'build-users-group =\nsandbox = false\nsubstituters =\nextra-experimental-features = nix-command'
    const checked = await this.run([`${bin}/nix-store`, '--verify', '--check-contents'], { NIX_CONFIG: config })
    expect(checked.stderr).not.toMatch(/modified|disappeared|error/)
    expect(checked.code).toBe(0)
    const expression = `derivation { name = "hello"; system = "${release.system}"; builder = "/bin/sh"; args = [ "-c" "echo hello > $out" ]; }`
    const built = await this.run([`${bin}/nix`, 'build', '--no-link', '--print-out-paths', '--expr', expression], {
      NIX_CONFIG: config
    })
    expect(built).toMatchObject({ code: 0 })
    expect(await this.output('cat', built.stdout.trim())).toBe('hello')
    expect(readdirSync(this.nix).sort()).toEqual(['store', 'var'])
    expect(readdirSync(this.temp)).toEqual([])
  }
}

describe('on an empty /nix', () => {
  test.each(['root', 'install-sudo'] as const)(
    'as %s: installs a Nix that builds',
    async user => {
      const machine = new Machine(user)
      const { place, result, error } = await machine.install()
      expect(error).toBeUndefined()
      expect(place).toEqual({ folder: '/nix', access: 'own', hasStore: false, daemon: false })
      expect(result).toMatchObject({ nix: release.nix, cacert: release.cacert, version: release.version })
      expect(result).toMatchObject({ bytes: release.tarball.length, fromCache: false })
      expect(server.requests).toEqual([`nix-${release.version}-${release.system}.tar.xz`])
      const writable = await machine.output('sh', '-c', 'find /nix/store/*-* -perm /222 -not -type l')
      expect(writable).toBe('')
      expect(await machine.output('readlink', '/nix/var/nix/profiles/default')).toBe(release.nix)
      await machine.check()
      expect((await machine.run(['/nix/var/nix/profiles/default/bin/nix-store', '--gc'])).code).toBe(0)
      expect(existsSync(join(machine.nix, 'store', release.nix.slice('/nix/store/'.length)))).toBe(true)
    },
    TIMEOUT_MS
  )

  test('of root, without sudo: says what to do, and fetches nothing', async () => {
    const machine = new Machine('install-plain')
    const { error } = await machine.install()
    expect(error?.code).toBe('NO_PRIVILEGE')
    expect(error?.hint).toMatch(/sudo work without a password/)
    expect(server.requests).toEqual([])
    expect(machine.content()).toEqual([])
  })

  test('that is read-only: says so, and fetches nothing', async () => {
    for (const user of ['root', 'install-sudo'] as const) {
      const { error } = await new Machine(user).prepare('mount -o remount,bind,ro /nix').install()
      expect(error).toMatchObject({ code: 'FILE_SYSTEM', message: 'the file system is read-only', resource: '/nix' })
    }
    expect(server.requests).toEqual([])
  })

  test(
    'that is too small: leaves it empty',
    async () => {
      const machine = new Machine()
      machine.prepare('mount -t tmpfs -o size=20m none /nix')
      const script = ['sh', '-c', '"$@"; find /nix -mindepth 1 >&2', 'sh', ...machine.installation()]
      const { stdout, stderr } = await machine.run(script)
      expect((JSON.parse(stdout) as InstallOutcome).error).toMatchObject({ code: 'DISK_FULL', resource: '/nix' })
      expect(stderr).toBe('')
    },
    TIMEOUT_MS
  )

  test('with too little room for the tarball: names the temporary folder', async () => {
    const machine = new Machine()
    machine.prepare(`mount -t tmpfs -o size=1m none ${machine.temp}`)
    const { error } = await machine.install()
    expect(error).toMatchObject({ code: 'DISK_FULL', resource: machine.temp })
    expect(machine.content()).toEqual([])
  })
})

describe('the tarball', () => {
  test('with another checksum: is not unpacked', async () => {
    const machine = new Machine()
    const { error } = await machine.install({ sha256: '0'.repeat(64) })
    expect(error?.code).toBe('DIGEST_MISMATCH')
    expect(error?.message).toContain(release.sha256)
    expect(machine.content()).toEqual([])
    expect(readdirSync(machine.temp)).toEqual([])
  })

  test(
    'without a known checksum: is checked against the published one, which is shown',
    async () => {
      const { result, log } = await new Machine().install({ sha256: undefined })
      expect(result?.version).toBe(release.version)
      expect(log.join('\n')).toContain(release.sha256)
      expect(server.requests[0]).toMatch(/\.sha256$/)
      const path = [...server.files.keys()].find(name => name.endsWith('.sha256')) ?? ''
      server.files.set(path, Buffer.from('f'.repeat(64)))
      const other = new Machine()
      expect((await other.install({ sha256: undefined })).error?.code).toBe('DIGEST_MISMATCH')
      expect(other.content()).toEqual([])
    },
    TIMEOUT_MS
  )

  test(
    'cut twice on its way: is resumed',
    async () => {
      server.faults.push({ afterBytes: 3_000_000, how: 'cut' }, { afterBytes: 2_000_000, how: 'cut' })
      const { result, log } = await new Machine().install()
      expect(result?.bytes).toBe(release.tarball.length)
      expect(server.requests).toHaveLength(3)
      expect(server.requests.slice(1).every(request => /bytes=\d+-$/.test(request))).toBe(true)
      expect(log.filter(line => line.includes('trying again'))).toHaveLength(2)
    },
    TIMEOUT_MS
  )

  test('shorter than it should be: is refused', async () => {
    for (const [path, bytes] of server.files) server.files.set(path, bytes.subarray(0, bytes.length / 2))
    const machine = new Machine()
    expect((await machine.install()).error?.code).toBe('DIGEST_MISMATCH')
    expect(machine.content()).toEqual([])
  })

  test('that does not exist: names the version and where it was looked for', async () => {
    const { error } = await new Machine().install({ version: '2.99.1' })
    expect(error).toMatchObject({ code: 'NOT_FOUND' })
    expect(error?.message).toContain('2.99.1')
    expect(error?.resource).toContain(server.url)
  })

  test.each([
    ['has no registration', (parts: string) => writeFileSync(join(parts, '.reginfo'), '')],
    ['names another Nix', (parts: string) => writeFileSync(join(parts, 'install'), '#!/bin/sh\nnix="@nix@"\n')]
  ])(
    'that %s: is refused',
    async (what, edit) => {
      const broken = await makeRelease(join(folder(), what.replaceAll(' ', '-')), edit)
      server.publish(broken)
      const machine = new Machine()
      expect((await machine.install({ sha256: broken.sha256 })).error?.code).toBe('CONTENT_INVALID')
      expect(machine.content()).toEqual([])
    },
    TIMEOUT_MS
  )
})

describe('the cache', () => {
  test(
    'has the tarball afterwards, and is asked first',
    async () => {
      const cache = join(folder(), 'cache')
      mkdirSync(cache)
      await new Machine().install({ cache })
      expect(readdirSync(cache)).toEqual([`nix-${release.version}-${release.system}-${release.sha256}`])
      server.requests.length = 0
      const machine = new Machine('install-sudo')
      await output(['chmod', '-R', 'a+rX', cache])
      const { result } = await machine.install({ cache })
      expect(result).toMatchObject({ fromCache: true, bytes: release.tarball.length })
      expect(server.requests).toEqual([])
      await machine.check()
    },
    TIMEOUT_MS
  )

  test(
    'that holds something else: is not believed',
    async () => {
      const cache = join(folder(), 'bad-cache')
      const kept = join(cache, `nix-${release.version}-${release.system}-${release.sha256}`, '0')
      mkdirSync(kept, { recursive: true })
      writeFileSync(join(kept, `nix-${release.version}-${release.system}.tar.xz`), release.tarball.subarray(1))
      const { result, log } = await new Machine().install({ cache })
      expect(result?.fromCache).toBe(false)
      expect(log.join('\n')).toMatch(/another file/)
    },
    TIMEOUT_MS
  )
})

describe('ended half-way', () => {
  /** A PATH on which `tool` is a script that does something else first, until it has made `marker`. */
  function pathWith(tool: string, first: string, machine: Machine, marker: string): string {
    const shims = join(machine.temp, '..', 'shims')
    mkdirSync(shims)
    const script = `#!/bin/sh\nif [ ! -e ${marker} ]; then\n  ${first}\nfi\nexec /usr/bin/${tool} "$@"\n`
    writeFileSync(join(shims, tool), script, { mode: 0o755 })
    return `${shims}:${process.env.PATH ?? ''}`
  }

  /** Starts a command and waits until `marker` is there. */
  async function startUntil(marker: string, command: readonly string[]) {
    const [program = '', ...args] = command
    const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = new Promise<void>(resolve => child.once('close', () => resolve()))
    let printed = ''
    child.stdout.on('data', (text: Buffer) => (printed += text.toString()))
    for (let waited = 0; !existsSync(marker); waited += 20) {
      if (waited > 60_000 || child.exitCode !== null) throw new Error(`it did not come so far: ${printed}`)
      await sleep(20)
    }
    return { child, ended, printed: () => printed }
  }

  const UNPACK_A_PART = '/usr/bin/head -c 40000000 | /usr/bin/tar "$@" 2>/dev/null'
  const MOVE_A_PART = '/usr/bin/mv -- "$2" "$3" "$4" /nix/store'

  test.each([
    ['it is unpacked', 'root', 'tar', UNPACK_A_PART],
    ['paths are moved', 'install-sudo', 'mv', MOVE_A_PART]
  ] as const)(
    'by a kill while %s, as %s: the next run completes it',
    async (_, user, tool, part) => {
      const machine = new Machine(user)
      const marker = join(machine.temp, 'marker')
      const first = `[ "$1" = --version ] && exec /usr/bin/${tool} --version; ${part}; : >${marker}; exec sleep 300`
      const command = machine.command(machine.installation(), { PATH: pathWith(tool, first, machine, marker) })
      const { child, ended } = await startUntil(marker, command)
      process.kill(-(child.pid ?? 0), 'SIGKILL')
      await ended
      expect(machine.content().length).toBeGreaterThan(1)
      rmSync(marker)
      expect((await machine.install()).error).toBeUndefined()
      await machine.check()
    },
    TIMEOUT_MS
  )

  test(
    'by SIGTERM during the download: leaves nothing behind',
    async () => {
      const machine = new Machine()
      server.faults.push({ afterBytes: 1_000_000, how: 'stall' })
      const marker = join(machine.temp, 'nix-seed-release')
      const { child, ended, printed } = await startUntil(marker, machine.command(machine.installation()))
      child.kill('SIGTERM')
      await ended
      expect((JSON.parse(printed()) as InstallOutcome).error?.code).toBe('INTERRUPTED')
      expect(machine.content()).toEqual([])
      expect(readdirSync(machine.temp)).toEqual([])
    },
    TIMEOUT_MS
  )

  test(
    'by SIGTERM while paths are moved: takes them back',
    async () => {
      const machine = new Machine()
      const marker = join(machine.temp, 'marker')
      const path = pathWith('mv', `: >${marker}; sleep 1`, machine, marker)
      const { child, ended, printed } = await startUntil(
        marker,
        machine.command(machine.installation(), { PATH: path })
      )
      child.kill('SIGTERM')
      await ended
      expect((JSON.parse(printed()) as InstallOutcome).error?.code).toBe('INTERRUPTED')
      expect(machine.content()).toEqual([])
    },
    TIMEOUT_MS
  )
})

describe('beside what is there', () => {
  test(
    'a store of root: an ordinary user with sudo adds to it',
    async () => {
      const root = new Machine()
      await root.install()
      await root.output('sh', '-c', 'rm -r /nix/var/nix/profiles/default /nix/var/nix/gcroots/nix-seed')
      const machine = new Machine('install-sudo').at(root.nix)
      const { place, result, error } = await machine.install()
      expect(error).toBeUndefined()
      expect(place).toEqual({ folder: '/nix', access: 'elevated', hasStore: true, daemon: false })
      expect(result?.nix).toBe(release.nix)
      expect(lstatSync(join(root.nix, 'var/nix/profiles/default')).uid).toBe(0)
      await root.check()
    },
    TIMEOUT_MS
  )

  test('a store of root, and no sudo: says what to do', async () => {
    const root = new Machine()
    mkdirSync(join(root.nix, 'store'))
    const { error } = await new Machine('install-plain').at(root.nix).install()
    expect(error?.code).toBe('NO_PRIVILEGE')
    expect(root.content()).toEqual(['40755 store'])
  })

  test(
    'valid paths are kept, and what is none is replaced',
    async () => {
      const machine = new Machine('install-sudo')
      await machine.install()
      const store = join(machine.nix, 'store')
      const nameLike = (pattern: RegExp) =>
        (release.closure.find(path => pattern.test(path)) ?? '').slice('/nix/store/'.length)
      // All paths but one are unregistered, and one of these, which every program needs, is broken.
      const [valid, broken] = [nameLike(/-nss-cacert-/), nameLike(/-(glibc|libc6)-/)]
      const inode = lstatSync(join(store, valid)).ino
      const files = readdirSync(join(store, broken))
      const forget = `delete from Refs; delete from ValidPaths where path <> '/nix/store/${valid}'`
      await output(['sqlite3', join(machine.nix, 'var/nix/db/db.sqlite'), forget])
      await machine.output('sh', '-c', `cd /nix/store/${broken} && chmod -R u+w . && rm -r ./*`)
      await machine.output('rm', '/nix/var/nix/profiles/default')
      const { result, error } = await machine.install()
      expect(error).toBeUndefined()
      expect(result?.nix).toBe(release.nix)
      expect(readdirSync(join(store, broken))).toEqual(files)
      await machine.check()
      // What was broken kept the new Nix from telling what is valid, so that all came anew; now it can tell.
      expect(lstatSync(join(store, valid)).ino).not.toBe(inode)
      const kept = lstatSync(join(store, valid)).ino
      await output(['sqlite3', join(machine.nix, 'var/nix/db/db.sqlite'), forget])
      expect((await machine.install()).error).toBeUndefined()
      expect(lstatSync(join(store, valid)).ino).toBe(kept)
      await machine.check()
    },
    TIMEOUT_MS
  )

  test(
    'a database that the new Nix refuses: stays as it is',
    async () => {
      const machine = new Machine()
      mkdirSync(join(machine.nix, 'var/nix/db'), { recursive: true })
      writeFileSync(join(machine.nix, 'var/nix/db/schema'), '99')
      const { error } = await machine.install()
      expect(error?.code).toBe('TOOL_FAILED')
      expect(error?.message).toContain('99')
      expect(readdirSync(machine.nix)).toEqual(['var'])
      expect(machine.content().filter(name => /schema|sqlite|profiles|gcroots/.test(name))).toEqual([
        '100644 var/nix/db/schema'
      ])
    },
    TIMEOUT_MS
  )

  test(
    'what an interrupted installation left, and a failure: is as it was',
    async () => {
      const machine = new Machine('install-sudo')
      await machine.install()
      await machine.output('rm', '-r', '/nix/var/nix/db', '/nix/var/nix/gcroots/nix-seed')
      const before = machine.content()
      const roots = '/nix/var/nix/gcroots'
      machine.prepare(`mount --bind ${roots} ${roots} && mount -o remount,bind,ro ${roots}`)
      const { error } = await machine.install()
      expect(error?.code).toBe('FILE_SYSTEM')
      expect(machine.content()).toEqual(before)
    },
    TIMEOUT_MS
  )
})
