/** What goes wrong around mounted seeds: registries, disks and caches that fail, and processes that end at any moment. */
import { createHash } from 'node:crypto'
import { spawn, type ChildProcess } from 'node:child_process'
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { exitOf } from '../../lab/child.ts'
import { DEFAULT_BACKOFF } from '../../src/http/retry.ts'
import type { Descriptor, Repository } from '../../src/oci/types.ts'
import { readSeedImage, type SeedImage } from '../../src/seed/image.ts'
import { undoMount } from '../../src/seed/mount/undo.ts'
import { restoreSeed, type Restored } from '../../src/seed/restore.ts'
import { output, requireLab, run, startService, stopService, useTempFolder } from '../support/lab.ts'
import { Opened } from '../support/opened.ts'
import { nixSeed, startNixSeed } from '../support/project.ts'
import type { RegistryServer } from '../support/registry-server.ts'
import { publishPackage, testPorts } from '../support/small-seed.ts'

const TIMEOUT_MS = 180_000

requireLab()
const folder = useTempFolder()
const opened = new Opened()
let server: RegistryServer
let repository: Repository
let image: SeedImage
/** Digests of the layers that are mounted: all but the one with the root file system. */
let digests: string[]

beforeAll(async () => {
  server = await opened.server()
  repository = opened.repository(`${server.host}/seed`)
  image = await publishPackage('coreutils', repository, folder())
  await restoreAt('root')
  digests = readdirSync(join(cache(), 'blobs')).map(hex => `sha256:${hex}`)
  await nixStore('root', '--verify', '--check-contents')
  // That what is mounted is what is unpacked, once.
  await restoreSeed(image, repository, join(folder(), 'unpacked'), testPorts(), { strategy: 'unpack' })
  const stores = ['root', 'unpacked'].map(name => join(folder(), name, 'nix/store'))
  await output(['diff', '--recursive', '--no-dereference', '--exclude=.links', ...stores])
  await output(['rm', '-rf', join(folder(), 'unpacked')])
  await undoMount(join(folder(), 'root'), testPorts())
}, TIMEOUT_MS)
afterAll(() => opened.close())

afterEach(async () => {
  for (const name of ['root', 'other']) {
    await undoMount(join(folder(), name), testPorts())
    expect(leftovers(name)).toEqual([])
    rmSync(join(folder(), name), { recursive: true, force: true })
  }
}, TIMEOUT_MS)

const cache = (name = 'cache'): string => join(folder(), name)
const blob = (digest: string, kind = 'blobs'): string => join(cache(), kind, digest.slice('sha256:'.length))
const sha256 = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`
const emptyCache = (): void => rmSync(cache(), { recursive: true, force: true })
const nixStore = (name: string, ...args: string[]): Promise<string> =>
  output(['nix-store', '--store', join(folder(), name), ...args])

function restoreAt(name: string, cacheFolder = cache(), from = repository): Promise<Restored> {
  const options = { strategy: 'mount', cache: { folder: cacheFolder } } as const
  return restoreSeed(image, from, join(folder(), name), testPorts(), options)
}

/** For the command line. */
const restoreArgs = (name = 'root'): string[] => [
  ...['restore', `${server.host}/seed@${image.index.digest}`, '--root', join(folder(), name)],
  ...['--strategy', 'mount', '--cache', cache()]
]
const undoArgs = (): string[] => ['restore', '--undo', '--root', join(folder(), 'root')]

/** Mounts and loop devices in the folders of the tests, and files beside the store. */
function leftovers(name = 'root'): string[] {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  const root = join(folder(), name)
  const names = existsSync(root) ? readdirSync(root).filter(each => each !== 'nix') : []
  return [...mounts.filter(line => line.includes(`${root}/`)), ...names]
}

/** The store is whole, and so is each layer that the cache holds now. */
async function expectWhole(name = 'root'): Promise<void> {
  await nixStore(name, '--verify', '--check-contents')
  expect(readdirSync(join(folder(), name, 'nix/store')).filter(each => each !== '.links')).toHaveLength(
    image.config['dev.nix-seed'].paths.length
  )
}

/** All layers are there and right, and nothing of what runs work with. */
function expectCache(): void {
  for (const digest of digests) expect(sha256(readFileSync(blob(digest)))).toBe(digest)
  for (const kind of ['runs', 'partial']) expect(readdirSync(join(cache(), kind))).toEqual([])
  for (const digest of digests) {
    const { ino, size } = statSync(blob(digest))
    const note = JSON.parse(readFileSync(blob(digest, 'verified'), 'utf8')) as unknown
    expect(note).toMatchObject({ inode: String(ino), size })
  }
}

function expectNothing(name = 'root'): void {
  expect(existsSync(join(folder(), name, 'nix'))).toBe(false)
  expect(leftovers(name)).toEqual([])
}

describe('a registry', () => {
  test(
    'that is killed while a seed is fetched, and comes back on its port, is waited for',
    async () => {
      const service = await startService('registry')
      let second: ChildProcess | undefined
      try {
        const reference = (host: string): string => `${host}/seed@${image.index.digest}`
        const copy = ['crane', 'copy', '--insecure', reference(server.host), `${service.address}/seed:1`]
        await output(copy)
        const settings = join(service.folder, 'files', 'registry.json')
        writeFileSync(settings, readFileSync(settings, 'utf8').replace('127.0.0.1:0', service.address))

        const backoff = { ...DEFAULT_BACKOFF, attempts: 8 }
        const remote = opened.repository(`${service.address}/seed`, { backoff })
        // Held where it is when the first bytes have come. Where all of them came at once, another time.
        let restoring: Promise<Restored> | undefined
        for (let i = 0; i < 20 && restoring === undefined; i++) {
          emptyCache()
          const attempt = restoreAt('root', cache(), remote)
          attempt.catch(() => {})
          for (let wait = 0; wait < 20_000 && !hasBegun(); wait++) await sleep(1)
          process.kill(service.pid, 'SIGSTOP')
          await sleep(100)
          if (countBlobs() < digests.length) restoring = attempt
          else {
            process.kill(service.pid, 'SIGCONT')
            await attempt
            await undoMount(join(folder(), 'root'), testPorts())
          }
        }
        expect(restoring).toBeDefined()
        process.kill(service.pid, 'SIGKILL')
        await sleep(1000)
        second = spawn('docker-registry', ['serve', settings], { stdio: 'ignore' })
        expect(await restoring).toMatchObject({ strategy: 'mount', present: 0 })
        await expectWhole()
        expectCache()
      } finally {
        second?.kill('SIGKILL')
        if (second) await exitOf(second)
        await stopService(service)
      }
    },
    TIMEOUT_MS
  )

  test(
    'whose index, manifest, config or layer is not what its digest says is refused, and nothing of that is kept',
    async () => {
      const layer = image.erofs!.layers.find(({ digest }) => digests.includes(digest))!
      const { bytes } = server.manifests.get(`seed@${image.manifest.digest}`)!
      const { config } = JSON.parse(bytes.toString()) as { config: Descriptor }
      const wrongs = [image.index, image.manifest, image.erofs!.manifest, config, layer]
      for (const { digest } of wrongs) {
        for (const at of [0, -1]) {
          emptyCache()
          const putBack = serveWrong(digest, at)
          const failure = await readSeedImage(repository, image.index.digest)
            .then(found =>
              restoreSeed(found, repository, join(folder(), 'root'), testPorts(), {
                strategy: 'mount',
                cache: { folder: cache() }
              })
            )
            .catch((error: unknown) => error)
          putBack()
          expect(failure).toMatchObject({ code: 'DIGEST_MISMATCH' })
          expect(String(failure)).toContain(digest)
          expectNothing()
          expect(existsSync(blob(digest))).toBe(false)
          if (digest === layer.digest)
            for (const kind of ['partial', 'runs']) expect(readdirSync(join(cache(), kind))).toEqual([])
        }
      }
    },
    TIMEOUT_MS
  )
})

/** Flips a bit of what is served for `digest`. @returns what undoes that */
function serveWrong(digest: string, at: number): () => void {
  const wrongOf = (right: Buffer): Buffer => {
    const wrong = Buffer.from(right)
    wrong[(at + wrong.length) % wrong.length]! ^= 1
    return wrong
  }
  const right = server.blobs.get(digest)
  if (right !== undefined) {
    server.blobs.set(digest, wrongOf(right))
    return () => void server.blobs.set(digest, right)
  }
  const key = `seed@${digest}`
  const manifest = server.manifests.get(key)!
  server.manifests.set(key, { ...manifest, bytes: wrongOf(manifest.bytes) })
  return () => void server.manifests.set(key, manifest)
}

const countBlobs = (): number => (existsSync(join(cache(), 'blobs')) ? readdirSync(join(cache(), 'blobs')).length : 0)

/** Whether some bytes of a layer are in the cache. */
function hasBegun(): boolean {
  const runs = join(cache(), 'runs')
  if (!existsSync(runs)) return false
  const names = readdirSync(runs, { recursive: true, encoding: 'utf8' })
  return names.some(
    name => name.endsWith('.part') && (lstatSync(join(runs, name), { throwIfNoEntry: false })?.size ?? 0) > 0
  )
}

describe('a process that is killed', () => {
  /** Programs in front of the real ones: the N-th that is called does its work, and kills its caller. */
  const killers = (n: number): Record<string, string> => {
    const bin = join(folder(), 'bin')
    rmSync(bin, { recursive: true, force: true })
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
    return { PATH: `${bin}:${process.env['PATH']}` }
  }

  test(
    'while it takes a seed back leaves what the next undo or restore takes back, and not the store below',
    async () => {
      await nixStore('root', '--init')
      writeFileSync(join(folder(), 'mine'), 'mine\n')
      const mine = join(folder(), 'root', await nixStore('root', '--add', join(folder(), 'mine')))
      const database = join(folder(), 'root/nix/var/nix/db/db.sqlite')
      const before = readFileSync(database)
      const expectEarlier = (): void => {
        expect(leftovers()).toEqual([])
        expect(readFileSync(database).equals(before)).toBe(true)
        expect(readdirSync(join(folder(), 'root/nix/store')).filter(name => name !== '.links')).toHaveLength(1)
        expect(readFileSync(mine, 'utf8')).toBe('mine\n')
      }
      // Of a whole restore, and of one that was killed with all but the last of its mounts made.
      const makes = [() => restoreAt('root'), () => nixSeed(restoreArgs(), { env: killers(4) })]
      let kills = 0
      for (const make of makes) {
        for (let n = 1; n < 10; n++) {
          await make()
          const { code } = await nixSeed(undoArgs(), { env: killers(n) })
          if (code === 0) break
          expect(code).toBe(128 + 9)
          kills++
          // A restore first, and an undo of that; then an undo alone.
          if (n % 2 === 1) expect(await restoreAt('root')).toMatchObject({ strategy: 'mount', present: 0 })
          await undoMount(join(folder(), 'root'), testPorts())
          expectEarlier()
        }
        expectEarlier()
      }
      expect(kills).toBeGreaterThanOrEqual(2)
    },
    TIMEOUT_MS
  )

  test(
    'at any moment of a restore has left no half of a store, and nothing that an undo does not take away',
    async () => {
      const time = async (): Promise<number> => {
        const started = performance.now()
        expect((await nixSeed(restoreArgs())).code).toBe(0)
        const took = performance.now() - started
        await undoMount(join(folder(), 'root'), testPorts())
        return took
      }
      emptyCache()
      const whole = await time()
      const COUNT = 10
      for (let at = 0; at < COUNT; at++) {
        emptyCache()
        const child = startNixSeed(restoreArgs())
        const ended = exitOf(child)
        await sleep(whole * (0.25 + (0.75 * at) / COUNT))
        child.kill('SIGKILL')
        await ended
        // All or nothing.
        const store = join(folder(), 'root/nix/store')
        const seen = existsSync(store) ? readdirSync(store) : []
        expect([0, image.config['dev.nix-seed'].paths.length]).toContain(seen.length)
        if (at % 2 === 1) {
          await undoMount(join(folder(), 'root'), testPorts())
          expectNothing()
        }
        expect(await restoreAt('root')).toMatchObject({ strategy: 'mount' })
        await expectWhole()
        expectCache()
        await undoMount(join(folder(), 'root'), testPorts())
        expectNothing()
      }
    },
    TIMEOUT_MS
  )

  test(
    'before its work had a name, or after the last of it had gone, leaves folders that an undo removes',
    async () => {
      const state = join(folder(), 'root', '.nix-seed')
      const owner = `${/\d+/.exec(await output(['readlink', '/proc/self/ns/pid']))?.[0]}-4194304-1-00000000`
      mkdirSync(state, { recursive: true })
      mkdirSync(`${state}.${owner}/upper`, { recursive: true })
      expect(await undoMount(join(folder(), 'root'), testPorts())).toBe(false)
      expectNothing()
    },
    TIMEOUT_MS
  )
})

describe('a cache', () => {
  test(
    'that two restores fill or use at once serves both',
    async () => {
      emptyCache()
      for (const state of ['empty', 'full']) {
        const children = ['root', 'other'].map(name => nixSeed(restoreArgs(name)))
        for (const { code, stderr } of await Promise.all(children))
          expect(code === 0 ? '' : `${state}: ${stderr}`).toBe('')
        for (const name of ['root', 'other']) await expectWhole(name)
        expectCache()
        for (const name of ['root', 'other']) await undoMount(join(folder(), name), testPorts())
      }
    },
    TIMEOUT_MS
  )

  /** Writes other bytes without a trace in the times of the file. */
  const flip = (path: string): void => {
    const { atime, mtime, size } = statSync(path)
    const bytes = readFileSync(path)
    const file = openSync(path, 'r+')
    writeSync(file, Buffer.from([bytes[size >> 1]! ^ 1]), 0, 1, size >> 1)
    closeSync(file)
    utimesSync(path, atime, mtime)
  }
  const another = (digest: string): string => digests.find(each => each !== digest)!
  /** What is in the place of a file, and of its notes, after an interrupted run. */
  const leave = (digest: string, bytes: Buffer, notes: string): void => {
    rmSync(blob(digest))
    writeFileSync(blob(digest, 'partial'), bytes)
    writeFileSync(`${blob(digest, 'partial')}.notes`, notes)
  }
  const replace = (path: string, by: (path: string) => void): void => {
    rmSync(path)
    by(path)
  }

  const damages: Record<string, (digest: string) => void> = {
    'another byte': digest => flip(blob(digest)),
    'a part of it': digest => truncateSync(blob(digest), 4096),
    nothing: digest => truncateSync(blob(digest), 0),
    'more than it': digest => writeFileSync(blob(digest), 'more', { flag: 'a' }),
    'a folder': digest => replace(blob(digest), path => mkdirSync(join(path, 'within'), { recursive: true })),
    'a link to nowhere': digest => replace(blob(digest), path => symlinkSync('/nonexistent', path)),
    'a link to a copy': digest => {
      renameSync(blob(digest), join(folder(), 'moved'))
      symlinkSync(join(folder(), 'moved'), blob(digest))
    },
    'another layer, with its note': digest => {
      for (const kind of ['blobs', 'verified'])
        writeFileSync(blob(digest, kind), readFileSync(blob(another(digest), kind)))
    },
    'a note for another file': digest => {
      flip(blob(digest))
      writeFileSync(blob(digest, 'verified'), readFileSync(blob(another(digest), 'verified')))
    },
    'a folder as its note': digest =>
      replace(blob(digest, 'verified'), path => mkdirSync(join(path, 'within'), { recursive: true })),
    'a partial file of wrong bytes that is noted as whole': digest => {
      const { size } = statSync(blob(digest))
      leave(digest, Buffer.alloc(size, 1), `0 ${size}\n`)
    },
    'a partial file of which the notes tell more': digest => {
      const bytes = readFileSync(blob(digest))
      leave(digest, bytes.subarray(0, 1000), `0 ${bytes.length}\n`)
    },
    'a partial file that is too long': digest => {
      const bytes = readFileSync(blob(digest))
      leave(digest, Buffer.concat([bytes, bytes]), '0 8000\n')
    },
    'a partial file that is none': digest => {
      rmSync(blob(digest))
      for (const suffix of ['', '.notes'])
        mkdirSync(join(blob(digest, 'partial') + suffix, 'within'), { recursive: true })
    },
    'a partial file that is a link': digest => {
      rmSync(blob(digest))
      writeFileSync(join(folder(), 'elsewhere'), 'elsewhere')
      symlinkSync(join(folder(), 'elsewhere'), blob(digest, 'partial'))
    }
  }

  /** As the next start of the system finds the notes. */
  const restart = (): void => {
    for (const digest of digests) {
      const note = JSON.parse(readFileSync(blob(digest, 'verified'), 'utf8')) as object
      writeFileSync(blob(digest, 'verified'), JSON.stringify({ ...note, boot: 'another' }))
    }
  }

  const check = async (): Promise<void> => {
    expect(await restoreAt('root')).toMatchObject({ strategy: 'mount', present: 0 })
    await expectWhole()
    expectCache()
    await undoMount(join(folder(), 'root'), testPorts())
  }

  test(
    'with a wrong byte in each layer is filled anew after a restart, though no time tells of it',
    async () => {
      await restoreAt('root')
      await undoMount(join(folder(), 'root'), testPorts())
      restart()
      for (const digest of digests) flip(blob(digest))
      await check()
    },
    TIMEOUT_MS
  )

  test(
    'that has something else in the place of layers and notes is mended',
    async () => {
      await restoreAt('root')
      await undoMount(join(folder(), 'root'), testPorts())
      const all = Object.entries(damages)
      const rounds = Math.ceil(all.length / digests.length)
      for (let round = 0; round < rounds; round++) {
        restart()
        for (const [at, [, damage]] of all.slice(round * digests.length, (round + 1) * digests.length).entries()) {
          damage(digests[at]!)
        }
        await check()
      }
      expect(readFileSync(join(folder(), 'elsewhere'), 'utf8')).toBe('elsewhere')
    },
    TIMEOUT_MS
  )

  test(
    'on a disk that something else fills meanwhile fails with its name, and works once there is room',
    async () => {
      const disk = join(folder(), 'disk')
      const place = join(disk, 'cache')
      const filler = join(disk, 'filler')
      const sum = digests.reduce((total, digest) => total + server.blobs.get(digest)!.length, 0)
      mkdirSync(disk)
      await output(['mount', '-t', 'tmpfs', '-o', `size=${2 * sum + 4_000_000}`, 'tmpfs', disk])
      try {
        server.afterwards = ({ path }) => {
          if (!path.includes('/blobs/')) return
          server.afterwards = () => {}
          fill(filler)
        }
        const full = { code: 'DISK_FULL', resource: place, hint: expect.stringContaining('--cache') }
        await expect(restoreAt('root', place)).rejects.toMatchObject(full)
        expect(existsSync(filler)).toBe(true)
        expectNothing()
        // Nor does it begin where there is none, not even for what the machine is probed with.
        fill(`${filler}-of-the-rest`)
        await expect(restoreAt('root', place)).rejects.toMatchObject(full)
        expectNothing()
        for (const name of [filler, `${filler}-of-the-rest`]) rmSync(name)
        expect(await restoreAt('root', place)).toMatchObject({ strategy: 'mount', present: 0 })
        await expectWhole()
      } finally {
        server.afterwards = () => {}
        await undoMount(join(folder(), 'root'), testPorts())
        // A loop device of a layer holds it a moment longer.
        for (let i = 0; i < 100 && (await run(['umount', disk])).code !== 0; i++) await sleep(50)
      }
    },
    TIMEOUT_MS
  )

  /** Until nothing more fits. */
  function fill(path: string): void {
    const file = openSync(path, 'w')
    try {
      for (const piece of [1 << 20, 4096]) {
        try {
          for (let i = 0; i < 1000; i++) writeSync(file, Buffer.alloc(piece))
        } catch {
          // Full.
        }
      }
    } finally {
      closeSync(file)
    }
  }
})
