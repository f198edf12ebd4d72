/** Seeds that are mounted: with the kernel's own EROFS and overlay, real Nix, and restores that are killed. */
import { spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { exitOf } from '../../lab/child.ts'
import { registerPaths } from '../../src/nix/store-database.ts'
import { MEDIA_TYPE, type Repository } from '../../src/oci/types.ts'
import { readTable, type SeedImage } from '../../src/seed/image.ts'
import { undoMount } from '../../src/seed/mount/undo.ts'
import { restoreSeed, type Restored, type RestoreOptions } from '../../src/seed/restore.ts'
import { output, requireLab, run, useTempFolder } from '../support/lab.ts'
import { Opened } from '../support/opened.ts'
import { nixSeed, seedCommand } from '../support/project.ts'
import type { RegistryServer } from '../support/registry-server.ts'
import { publishPackage, testPorts } from '../support/small-seed.ts'

const TIMEOUT_MS = 120_000

requireLab()
const folder = useTempFolder()
const opened = new Opened()
let server: RegistryServer
let repository: Repository
let image: SeedImage
let layers: { digest: string; size: number }[]

beforeAll(async () => {
  server = await opened.server()
  repository = opened.repository(`${server.host}/seed`)
  image = await publishPackage('coreutils', repository, folder())
  layers = image.erofs?.layers ?? []
}, TIMEOUT_MS)
afterAll(() => opened.close())

const root = (): string => join(folder(), 'root')
const cache = (): string => join(folder(), 'cache')
const store = (): string => join(root(), 'nix/store')
const logged: string[] = []

afterEach(async () => {
  await undoMount(root(), testPorts())
  expect(leftovers()).toEqual([])
  rmSync(root(), { recursive: true, force: true })
  logged.length = 0
}, TIMEOUT_MS)

/** Mounts in the folders of the tests, and files beside the store. */
function leftovers(): string[] {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  const names = existsSync(root()) ? readdirSync(root()).filter(name => name !== 'nix') : []
  return [...mounts.filter(line => line.includes(folder())), ...names]
}

function restore(options: Partial<RestoreOptions> = {}, signal?: AbortSignal): Promise<Restored> {
  const ports = testPorts(logged, signal)
  return restoreSeed(image, repository, root(), ports, { strategy: 'mount', cache: { folder: cache() }, ...options })
}

const names = (): string[] => image.config['dev.nix-seed'].paths.map(({ name }) => name)
const nix = (...args: string[]): Promise<string> => output(['nix-store', '--store', root(), ...args])
const sum = (): number => layers.reduce((total, { size }) => total + size, 0)

describe('a mounted seed', () => {
  test(
    'is a valid store that can be written to, and is gone after an undo, with what was written',
    async () => {
      const restored = await restore()
      expect(restored).toMatchObject({ strategy: 'mount', paths: names().length, present: 0, cached: 0 })
      expect(restored.bytes).toBeGreaterThan(0)
      expect(restored.bytes).toBeLessThan(sum()) // without the root file system
      expect(logged).toEqual([`${root()}/nix: mounted, since this machine mounts EROFS images as files`])
      expect(readdirSync(store()).sort()).toEqual(names())
      await nix('--verify', '--check-contents')
      expect(statSync(join(root(), 'nix/var/nix/db/db.sqlite')).isFile()).toBe(true)
      // One mount is all there is.
      expect(leftovers().filter(line => line.includes(' - '))).toHaveLength(1)

      writeFileSync(join(folder(), 'written'), 'during the job\n')
      const added = await nix('--add', join(folder(), 'written'))
      expect(readdirSync(store())).toContain(added.slice('/nix/store/'.length))
      expect(await nix('--query', '--hash', added)).toMatch(/^sha256:/)
      // A path of the seed can be deleted, which moves a folder of a layer.
      const [path = ''] = (await nix('--query', '--roots', `/nix/store/${names()[0]}`)).split(' ')
      expect(path).toContain('gcroots/nix-seed')
      rmSync(join(root(), path.slice(path.indexOf('nix/var'))), { force: true })

      expect(await undoMount(root(), testPorts())).toBe(true)
      expect(existsSync(join(root(), 'nix'))).toBe(false)
      expect(await undoMount(root(), testPorts())).toBe(false)
    },
    TIMEOUT_MS
  )

  test(
    'is mounted again from the cache without a byte being fetched, and stays when it is restored twice',
    async () => {
      expect(await restore()).toMatchObject({ bytes: 0 })
      writeFileSync(join(store(), 'kept'), '')
      const before = server.exchanges.length
      expect(await restore()).toMatchObject({ strategy: 'mount', present: names().length, bytes: 0 })
      expect(await restore({ strategy: 'auto' })).toMatchObject({ present: names().length, bytes: 0 })
      expect(existsSync(join(store(), 'kept'))).toBe(true)
      expect(server.exchanges.length).toBe(before)
    },
    TIMEOUT_MS
  )

  test(
    'lies over a store that is there, whose paths stay what they are, and which an undo brings back untouched',
    async () => {
      await output(['nix-store', '--store', root(), '--init'])
      writeFileSync(join(folder(), 'mine'), 'mine\n')
      const mine = await nix('--add', join(folder(), 'mine'))
      // One path of the seed is there, and of another a part.
      const glibc = names().find(name => name.includes('glibc')) ?? ''
      const closure = await output(['nix-store', '--query', '--requisites', `/nix/store/${glibc}`])
      await output(['nix', 'copy', '--no-check-sigs', '--to', root(), ...closure.split('\n')])
      chmodSync(store(), 0o755)
      const torn = names().find(name => name.includes('coreutils')) ?? ''
      mkdirSync(join(store(), torn, 'half'), { recursive: true })
      const inode = lstatSync(join(store(), glibc)).ino
      const database = readFileSync(join(root(), 'nix/var/nix/db/db.sqlite'))

      const present = closure.split('\n').length
      expect(await restore()).toMatchObject({ strategy: 'mount', present })
      await nix('--verify', '--check-contents')
      expect(existsSync(join(store(), torn, 'half'))).toBe(false)
      expect(existsSync(join(store(), mine.slice('/nix/store/'.length)))).toBe(true)
      expect((await output(['nix', 'path-info', '--store', root(), '--all'])).split('\n')).toHaveLength(
        names().length + 1
      )

      await undoMount(root(), testPorts())
      expect(readFileSync(join(root(), 'nix/var/nix/db/db.sqlite')).equals(database)).toBe(true)
      expect(lstatSync(join(store(), glibc)).ino).toBe(inode)
      expect(await output(['nix', 'path-info', '--store', root(), '--all'])).not.toContain('coreutils')
      await nix('--verify', '--check-contents')
    },
    TIMEOUT_MS
  )

  test(
    'does not come over a store that a daemon has open, which would go on with the database below it',
    async () => {
      await output(['nix-store', '--store', root(), '--init'])
      const socket = join(root(), 'nix/var/nix/daemon-socket/socket')
      const env = { ...process.env, NIX_DAEMON_SOCKET_PATH: socket, NIX_REMOTE: root() }
      const daemon = spawn('nix-daemon', [], { env, stdio: 'ignore' })
      try {
        for (let i = 0; i < 200 && !existsSync(socket); i++) await new Promise(done => setTimeout(done, 50))
        await expect(restore()).rejects.toMatchObject({
          code: 'PLATFORM',
          message: 'the seed cannot be mounted: a Nix daemon serves the store that is there'
        })
      } finally {
        daemon.kill()
        await exitOf(daemon)
      }
      // One that has ended leaves its socket.
      expect(await restore()).toMatchObject({ strategy: 'mount' })
    },
    TIMEOUT_MS
  )

  test(
    'can have many layers, hundreds of paths and an owner, and comes by loop devices where it has to',
    async () => {
      const many = await manyLayers(105, 6)
      const bin = join(folder(), 'bin-loop')
      mkdirSync(bin)
      // As with a program or a kernel that mounts no files.
      const script = 'case "$*" in *erofs*loop*) ;; *erofs*) echo "mount: no block device" >&2; exit 32 ;; esac'
      writeFileSync(join(bin, 'mount'), `#!/bin/sh\n${script}\nexec /usr/bin/mount "$@"\n`, { mode: 0o755 })
      const before = await loopDevices()
      const ports = { ...testPorts(logged), env: { PATH: `${bin}:${process.env['PATH']}` } }
      const options = { strategy: 'mount', cache: { folder: cache() }, owner: { uid: 1234, gid: 1234 } } as const
      expect(await restoreSeed(many, repository, root(), ports, options)).toMatchObject({ paths: 630, present: 0 })
      expect(logged).toEqual([`${root()}/nix: mounted, since this machine mounts EROFS images by loop devices`])
      expect(readdirSync(store())).toHaveLength(630)
      expect((await output(['nix', 'path-info', '--store', root(), '--all'])).split('\n')).toHaveLength(630)
      const owners = ['', 'store', 'var/nix/db/db.sqlite'].map(name => statSync(join(root(), 'nix', name)).uid)
      expect(owners).toEqual([1234, 1234, 1234])
      expect(await loopDevices()).toBe(before + 105)
      await undoMount(root(), testPorts())
      // The kernel lets go of them a moment later.
      for (let i = 0; i < 100 && (await loopDevices()) > before; i++) await new Promise(done => setTimeout(done, 50))
      expect(await loopDevices()).toBe(before)
    },
    TIMEOUT_MS
  )

  test(
    'of some outputs hides what else comes with their layers, so that others can be put there',
    async () => {
      const made = await manyLayers(3, 3)
      const { paths, ...field } = made.config['dev.nix-seed']
      const table = {
        ...field,
        roots: [0, 5, 8],
        outputs: { 'packages.x86_64-linux.a': [5], 'checks.x86_64-linux.b': [8] }
      }
      paths[5]!.references = [4]
      const some = { ...made, config: { ...made.config, 'dev.nix-seed': { ...table, paths } } }
      const options = { strategy: 'mount', cache: { folder: cache() }, for: ['a'] } as const
      const name = (at: number): string => paths[at]!.name
      const owner = { uid: 1234, gid: 1234 }
      const restored = await restoreSeed(some, repository, root(), testPorts(), { ...options, owner })
      expect(restored).toMatchObject({ selected: ['packages.x86_64-linux.a'], paths: 3, seedPaths: 9, layers: 2 })
      const selected = [0, 4, 5].map(name)
      expect(readdirSync(store())).toEqual(selected)
      const known = async (): Promise<string[]> =>
        (await output(['nix', 'path-info', '--store', root(), '--all']))
          .split('\n')
          .map(path => path.slice(11))
          .sort()
      expect(await known()).toEqual(selected)
      // As root's files they would be in the way of a Nix that is not root's.
      const place = join(root(), 'nix/store', name(3))
      chmodSync(folder(), 0o755)
      await output(['setpriv', '--reuid', '1234', '--regid', '1234', '--clear-groups', 'mkdir', place])
      expect(readdirSync(place)).toEqual([])
      await undoMount(root(), testPorts())

      // Beside a store that has one of them, and another that comes with the layers.
      await output(['nix-store', '--store', root(), '--init'])
      chmodSync(store(), 0o755)
      for (const at of [1, 4]) writeFileSync(join(store(), name(at)), 'there before')
      const { closure } = readTable({ ...field, roots: [], paths })
      await registerPaths(join(root(), 'nix/var/nix/db'), [closure[1]!, closure[4]!])
      const beside = await restoreSeed(some, repository, root(), testPorts(), options)
      expect(beside).toMatchObject({ paths: 3, present: 1, layers: 2, bytes: 0 })
      expect(readdirSync(store()).filter(each => each !== '.links')).toEqual([0, 1, 4, 5].map(name))
      for (const at of [1, 4]) expect(readFileSync(join(store(), name(at)), 'utf8')).toBe('there before')
      expect(await known()).toEqual([0, 1, 4, 5].map(name))
    },
    TIMEOUT_MS
  )

  test(
    'is taken back while a process is in it',
    async () => {
      await restore()
      const child = spawn('sleep', ['60'], { cwd: store() })
      try {
        expect(await undoMount(root(), testPorts())).toBe(true)
        expect(existsSync(join(root(), 'nix'))).toBe(false)
      } finally {
        child.kill('SIGKILL')
        await exitOf(child)
      }
    },
    TIMEOUT_MS
  )
})

describe('a restore that is killed', () => {
  /** Programs in front of the real ones: the N-th that the restore itself calls does its work, and kills the restore. */
  const killers = (n: number): string => {
    const bin = join(folder(), `bin-${n}`)
    mkdirSync(bin)
    for (const name of ['mount', 'umount']) {
      const script = [
        '#!/bin/sh',
        `/usr/bin/${name} "$@" || exit`,
        '[ "$(cat /proc/$PPID/comm)" = sh ] && exit', // the probe's
        `echo >> ${bin}/calls; [ "$(wc -l < ${bin}/calls)" -ne ${n} ] || kill -9 $PPID`
      ]
      writeFileSync(join(bin, name), `${script.join('\n')}\n`, { mode: 0o755 })
    }
    return bin
  }

  const args = (): string[] => [
    ...['restore', `${server.host}/seed@${image.index.digest}`, '--root', root()],
    ...['--strategy', 'mount', '--cache', cache()]
  ]

  test(
    'after any of its mounts has left no half of a store, and the next one works',
    async () => {
      let kills = 0
      for (let n = 1; n < 20; n++) {
        const env = { PATH: `${killers(n)}:${process.env['PATH']}` }
        const { code } = await nixSeed(args(), { env })
        if (code === 0) break
        expect(code).toBe(128 + 9)
        kills++
        // All or nothing.
        const seen = existsSync(store()) ? readdirSync(store()) : []
        if (seen.length > 0) await nix('--verify', '--check-contents')
        if (n % 2 === 0) expect(await undoMount(root(), testPorts())).toBe(true)
        else {
          expect(await restore()).toMatchObject({ strategy: 'mount', present: 0 })
          expect(logged).toContain(`${root()}/nix: taking back what an interrupted restore has left`)
          await undoMount(root(), testPorts())
        }
        expect(leftovers()).toEqual([])
      }
      expect(kills).toBe(5)
    },
    TIMEOUT_MS
  )

  test(
    'while it downloads goes on where it stopped, and what it had is not fetched again',
    async () => {
      rmSync(cache(), { recursive: true, force: true })
      const [large] = [...layers].sort((a, b) => b.size - a.size)
      const stall = { method: 'GET', path: new RegExp(large!.digest), stall: true }
      server.faults.push(stall)
      const [program = '', ...rest] = seedCommand(...args())
      const child = spawn(program, rest, { stdio: 'ignore' })
      const whole = layers.length - 2 // without this one and the root file system
      for (let i = 0; i < 600 && countBlobs() < whole; i++) await new Promise(done => setTimeout(done, 50))
      child.kill('SIGKILL')
      await exitOf(child)
      expect(countBlobs()).toBe(whole)
      expect(existsSync(join(root(), 'nix'))).toBe(false)
      expect(await restore()).toMatchObject({ bytes: large!.size })
      expect(readdirSync(join(cache(), 'runs'))).toEqual([])
    },
    TIMEOUT_MS
  )
})

/** Of this test's files. Others may use some, too. */
async function loopDevices(): Promise<number> {
  return (await output(['losetup', '--list', '--noheadings', '--output', 'BACK-FILE'])).split(folder()).length - 1
}

/** An image of so many EROFS layers with so many small paths each, and with no layer for the database. */
async function manyLayers(count: number, each: number): Promise<SeedImage> {
  const made = join(folder(), `many-${count}`)
  const name = (layer: number, path: number): string => `${String(layer * each + path).padStart(32, '0')}-path`
  const table = Array.from({ length: count * each }, (_, at) => ({
    ...{
      name: name(0, at),
      narHash: `sha256:${'0'.repeat(64)}`,
      narSize: 1,
      references: [],
      layer: Math.floor(at / each)
    }
  }))
  for (let layer = 0; layer < count; layer++) {
    mkdirSync(join(made, String(layer), 'nix/store'), { recursive: true })
    for (let at = 0; at < each; at++) writeFileSync(join(made, String(layer), 'nix/store', name(layer, at)), `${layer}`)
  }
  const script = 'for n in *; do mkfs.erofs --quiet -zzstd -T1 --all-root -Uclear "$n.erofs" "$n" || exit; done'
  await output(['sh', '-c', script], { cwd: made })
  const descriptors = Array.from({ length: count }, (_, layer) => ({
    mediaType: MEDIA_TYPE.erofsLayer,
    ...server.addBlob(readFileSync(join(made, `${layer}.erofs`)))
  }))
  const { nix: _, ...field } = image.config['dev.nix-seed']
  const config = { ...image.config, 'dev.nix-seed': { ...field, roots: [], paths: table } }
  return { ...image, layers: descriptors, config, erofs: { manifest: image.manifest, layers: descriptors } }
}

const countBlobs = (): number => (existsSync(join(cache(), 'blobs')) ? readdirSync(join(cache(), 'blobs')).length : 0)

describe('a restore that cannot mount', () => {
  const expectUntouched = (): void => {
    expect(existsSync(join(root(), 'nix'))).toBe(false)
    expect(leftovers()).toEqual([])
  }

  test(
    'since a byte of a layer is wrong, in any of them, leaves nothing',
    async () => {
      for (const { digest } of layers.slice(0, -1)) {
        rmSync(join(cache(), 'blobs', digest.slice('sha256:'.length)), { force: true })
        const right = server.blobs.get(digest)!
        const wrong = Buffer.from(right)
        wrong[right.length >> 1]! ^= 1
        server.blobs.set(digest, wrong)
        const failure = await restore().catch((error: unknown) => error)
        server.blobs.set(digest, right)
        expect(failure).toMatchObject({ code: 'DIGEST_MISMATCH' })
        expectUntouched()
      }
    },
    TIMEOUT_MS
  )

  test(
    'since the cache has no room for it says so before anything is fetched',
    async () => {
      const small = join(folder(), 'small')
      mkdirSync(small)
      await output(['mount', '-t', 'tmpfs', '-o', 'size=5m', 'tmpfs', small])
      try {
        const before = server.exchanges.length
        await expect(restore({ cache: { folder: small } })).rejects.toMatchObject({
          code: 'DISK_FULL',
          resource: small
        })
        expect(server.exchanges.length).toBe(before)
      } finally {
        await output(['umount', small])
      }
      expectUntouched()
    },
    TIMEOUT_MS
  )

  test(
    'since it may not, unpacks, and says why; where it has to, it fails',
    async () => {
      const command = seedCommand('restore', `${server.host}/seed@${image.index.digest}`, '--cache', cache())
      const drop = ['setpriv', '--bounding-set', '-sys_admin', '--inh-caps', '-all']
      const strict = await run([...drop, ...command, '--root', root(), '--strategy', 'mount'])
      expect(strict.code).toBe(1)
      expect(strict.stderr).toMatch(/cannot be mounted: (?:mount|unshare).*(?:denied|not permitted)/)
      expectUntouched()
      const { stderr, code } = await run([...drop, ...command, '--root', root(), '--json'])
      expect(code).toBe(0)
      expect(stderr).toContain('unpacked, since')
    },
    TIMEOUT_MS
  )
})
