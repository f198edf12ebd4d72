/** What users meet when something is wrong: a clear error, its exit code, and nothing half done. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { exitOf } from '../../lab/child.ts'
import type { Published } from '../../src/seed/publish.ts'
import { output, requireLab, run, useService, useTempFolder } from '../support/lab.ts'
import { nixSeed, nixSeedJson, startNixSeed, useProject } from '../support/project.ts'
import { RegistryServer } from '../support/registry-server.ts'

const TIMEOUT_MS = 300_000

requireLab()
const folder = useTempFolder()
const project = useProject(folder)
const layout = (): string => `oci:${join(folder(), 'layout')}`
let good: Published

beforeAll(async () => {
  good = await nixSeedJson<Published>(['publish', '--format', 'oci', '--to', layout()], { cwd: project().folder })
}, TIMEOUT_MS)

describe('a project that cannot be seeded', () => {
  const broken = (name: string, flake?: string): string => {
    const path = join(folder(), name)
    mkdirSync(path)
    if (flake !== undefined) writeFileSync(join(path, 'flake.nix'), flake)
    return path
  }
  const publish = (cwd: string, ...more: string[]) =>
    nixSeed(['publish', '--format', 'oci', ...more, '--to', `oci:${join(folder(), 'no')}`], { cwd })

  test('is no flake', async () => {
    const { code, stderr } = await publish(broken('no-flake'))
    expect(code).toBe(1)
    expect(stderr).toMatch(/flake\.nix/)
  })

  test('has no lock file', async () => {
    const { code, stderr } = await publish(broken('no-lock', '{ outputs = { self }: { }; }'))
    expect(code).toBe(1)
    expect(stderr).toMatch(/flake\.lock/)
    expect(stderr).toContain('nix flake lock')
  })

  test('has a lock file that is none', async () => {
    const path = broken(
      'bad-lock',
      `{ inputs.nixpkgs.url = "path:${project().inputs.nixpkgs}"; outputs = { self, nixpkgs }: { }; }`
    )
    writeFileSync(join(path, 'flake.lock'), '{ "version": 7')
    const { code, stderr } = await publish(path)
    expect(code).toBe(1)
    expect(stderr).toMatch(/flake\.lock/)
  })

  test.each([
    [
      'declared',
      'packages.x86_64-linux.seed = throw "the dog ate it"; packages.aarch64-linux.seed = throw "the dog ate it";'
    ],
    [
      'automatic',
      'packages.x86_64-linux.default = throw "the dog ate it"; packages.aarch64-linux.default = throw "the dog ate it";'
    ]
  ])(
    'fails to evaluate (%s): Nix says why',
    async (name, outputs) => {
      const path = broken(
        `throws-${name}`,
        `{ inputs.nixpkgs.url = "path:${project().inputs.nixpkgs}"; outputs = { self, nixpkgs }: { ${outputs} }; }`
      )
      await output(['nix', 'flake', 'lock'], { cwd: path })
      const { code, stderr } = await publish(path)
      expect(code).toBe(1)
      expect(stderr).toContain('the dog ate it')
      expect(stderr).not.toContain('defect')
    },
    TIMEOUT_MS
  )

  test(
    'fails to build: Nix says why',
    async () => {
      const path = broken(
        'fails',
        `{ inputs.nixpkgs.url = "path:${project().inputs.nixpkgs}";
         outputs = { self, nixpkgs }: let
           each = system: rec {
             pkgs = nixpkgs.legacyPackages.\${system};
             dependency = pkgs.runCommand "dependency" { } "echo the cat ate it >&2; exit 1";
             default = pkgs.runCommand "default" { src = ./flake.nix; inherit dependency; } "touch $out";
           };
         in { packages = nixpkgs.lib.genAttrs [ "x86_64-linux" "aarch64-linux" ] (system: { inherit (each system) default; }); }; }`
      )
      await output(['nix', 'flake', 'lock'], { cwd: path })
      const { code, stderr } = await publish(path)
      expect(code).toBe(1)
      expect(stderr).toContain('the cat ate it')
    },
    TIMEOUT_MS
  )

  test('has no such attribute', async () => {
    const { code, stderr } = await publish(project().folder, '.#sede')
    expect(code).toBe(1)
    expect(stderr).toMatch(/sede/)
  })

  afterEach(() => expect(existsSync(join(folder(), 'no'))).toBe(false))
})

describe('a registry', () => {
  const account = { user: 'robot', password: 'correct horse battery staple' }
  const registry = useService('registry', { account })
  const publish = (to: string, env: Record<string, string | undefined> = {}) =>
    nixSeed(['publish', '--format', 'oci', '--to', to], { cwd: project().folder, env })

  test(
    'of an unknown host is named',
    async () => {
      const { code, stderr } = await publish('registry.invalid/org/seed')
      expect(code).toBe(5)
      expect(stderr).toContain('registry.invalid')
    },
    TIMEOUT_MS
  )

  test(
    'that refuses connections is named',
    async () => {
      const { code, stderr } = await publish('127.0.0.1:1/org/seed')
      expect(code).toBe(5)
      expect(stderr).toContain('127.0.0.1:1')
    },
    TIMEOUT_MS
  )

  test.each([
    ['without credentials', undefined],
    ['with wrong ones', 'wrong horse']
  ])(
    'that asks for credentials refuses %s, and none are shown',
    async (_, password) => {
      const config = join(folder(), `docker-${password === undefined ? 'none' : 'wrong'}`)
      mkdirSync(config, { recursive: true })
      const auth = Buffer.from(`${account.user}:${password}`).toString('base64')
      const auths = password === undefined ? {} : { [registry().address]: { auth } }
      writeFileSync(join(config, 'config.json'), JSON.stringify({ auths }))
      const { code, stderr, stdout } = await publish(`${registry().address}/org/seed`, { DOCKER_CONFIG: config })
      expect({ code, stdout }).toEqual({ code: 5, stdout: '' })
      expect(stderr).toMatch(/docker login/)
      for (const secret of [account.password, 'wrong horse', auth]) expect(stderr).not.toContain(secret)
    },
    TIMEOUT_MS
  )

  test(
    'takes the right credentials',
    async () => {
      const config = join(folder(), 'docker-right')
      mkdirSync(config)
      const auth = Buffer.from(`${account.user}:${account.password}`).toString('base64')
      writeFileSync(join(config, 'config.json'), JSON.stringify({ auths: { [registry().address]: { auth } } }))
      const { code, stdout } = await publish(`${registry().address}/org/seed`, { DOCKER_CONFIG: config })
      expect(code).toBe(0)
      expect(stdout).toContain(good.digest)
    },
    TIMEOUT_MS
  )
})

describe('a registry that fails half-way', () => {
  let server: RegistryServer
  beforeAll(async () => {
    server = await RegistryServer.start()
  })
  afterAll(() => server.close())
  afterEach(() => void server.faults.splice(0))
  const reset = (): void => {
    server.blobs.clear()
    server.manifests.clear()
  }
  const publish = () =>
    nixSeed(['publish', '--format', 'oci', '--to', `${server.host}/org/seed`], { cwd: project().folder })

  test.each([
    ['answers 500', { method: 'PATCH', path: /uploads/, status: 500, times: 1000 }],
    [
      'is full',
      {
        method: 'PUT',
        path: /uploads/,
        status: 507,
        body: '{"errors":[{"code":"DENIED","message":"disk full"}]}',
        times: 1000
      }
    ],
    ['cuts every upload', { method: 'PATCH', path: /uploads/, cut: true, afterBytes: 10_000, times: 1000 }]
  ])(
    '%s: no tag, no index, exit code 5; and the next run succeeds',
    async (_, fault) => {
      reset()
      server.faults.push(fault)
      const failed = await publish()
      expect({ code: failed.code, stdout: failed.stdout }).toEqual({ code: 5, stdout: '' })
      expect(failed.stderr).toContain(server.host)
      expect([...server.manifests.keys()]).toEqual([])
      server.faults.splice(0)
      expect((await publish()).stdout).toContain(good.digest)
    },
    TIMEOUT_MS
  )

  test.each([
    ['answers 500 once', { method: 'PATCH', path: /uploads/, status: 500, times: 1 }],
    ['cuts one upload', { method: 'PATCH', path: /uploads/, cut: true, afterBytes: 10_000, times: 1 }],
    [
      'is overloaded for a moment',
      { method: 'POST', path: /uploads/, status: 429, headers: { 'retry-after': '1' }, times: 2 }
    ]
  ])(
    '%s: the upload is repeated',
    async (_, fault) => {
      reset()
      server.faults.push(fault)
      const { code, stdout } = await publish()
      expect(code).toBe(0)
      expect(stdout).toContain(good.digest)
    },
    TIMEOUT_MS
  )

  test(
    'answers another digest: that is no success',
    async () => {
      reset()
      const wrong = `sha256:${'0'.repeat(64)}`
      const fault = {
        method: 'PUT',
        path: /manifests\/sha256/,
        status: 201,
        headers: { 'docker-content-digest': wrong },
        times: 1000
      }
      server.faults.push(fault)
      const { code, stderr, stdout } = await publish()
      expect({ code, stdout }).toEqual({ code: 5, stdout: '' })
      expect(stderr).toMatch(/answered with another digest/)
    },
    TIMEOUT_MS
  )
})

describe('a restore that cannot succeed', () => {
  let server: RegistryServer
  beforeAll(async () => {
    server = await RegistryServer.start()
    await nixSeedJson(['publish', '--format', 'oci', '--to', `${server.host}/org/seed`], { cwd: project().folder })
  }, TIMEOUT_MS)
  afterAll(() => server.close())
  afterEach(() => void server.faults.splice(0))
  const image = (): string => `${server.host}/org/seed@${good.digest}`
  const layers = (): { digest: string; size: number }[] => {
    const index = JSON.parse(server.manifests.get(`org/seed@${good.digest}`)?.bytes.toString() ?? '{}')
    return JSON.parse(server.manifests.get(`org/seed@${index.manifests[0].digest}`)?.bytes.toString() ?? '{}').layers
  }
  const largest = () => layers().sort((a, b) => b.size - a.size)[0] ?? { digest: '', size: 0 }

  /** The store is as it was: there is none. */
  const expectNothing = (root: string): void => {
    expect(readdirSync(join(root, 'nix'))).toEqual(['store'])
    expect(readdirSync(join(root, 'nix', 'store'))).toEqual([])
  }

  test(
    'because a layer is corrupt leaves nothing',
    async () => {
      const { digest } = largest()
      const whole = server.blobs.get(digest) ?? Buffer.alloc(0)
      const corrupt = Buffer.from(whole)
      corrupt[corrupt.length - 100]! ^= 1
      server.blobs.set(digest, corrupt)
      const root = join(folder(), 'corrupt')
      const { code, stderr } = await nixSeed(['restore', image(), '--root', root])
      server.blobs.set(digest, whole)
      expect(code).toBe(5)
      expect(stderr).toContain(digest)
      expectNothing(root)
    },
    TIMEOUT_MS
  )

  test(
    'because a layer is gone leaves nothing',
    async () => {
      const { digest } = largest()
      const whole = server.blobs.get(digest) ?? Buffer.alloc(0)
      server.blobs.delete(digest)
      const root = join(folder(), 'gone')
      const { code } = await nixSeed(['restore', image(), '--root', root])
      server.blobs.set(digest, whole)
      expect(code).toBe(5)
      expectNothing(root)
    },
    TIMEOUT_MS
  )

  test(
    'is saved by a resumed download when the connection is cut',
    async () => {
      server.faults.push({ method: 'GET', path: new RegExp(largest().digest), cutAnswerAfter: 20_000, times: 2 })
      const { code } = await nixSeed(['restore', image(), '--root', join(folder(), 'cut')])
      expect(code).toBe(0)
      const ranges = server.exchanges.filter(({ headers }) => headers.range !== undefined)
      expect(ranges.length).toBeGreaterThan(0)
    },
    TIMEOUT_MS
  )

  test(
    'because the disk is too small is refused before anything is fetched',
    async () => {
      const root = join(folder(), 'small')
      mkdirSync(root)
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', root])
      try {
        const before = server.exchanges.length
        const { code, stderr } = await nixSeed(['restore', image(), '--root', root])
        expect(code).toBe(1)
        expect(stderr).toMatch(/needs \d+ MB, and \d+ MB are free/)
        expect(server.exchanges.slice(before).filter(({ path }) => path.includes(largest().digest))).toEqual([])
        expectNothing(root)
      } finally {
        execFileSync('umount', [root])
      }
    },
    TIMEOUT_MS
  )

  test(
    'because the disk becomes full leaves nothing',
    async () => {
      const root = join(folder(), 'full')
      mkdirSync(root)
      // Room for the bytes, not for the files.
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8g,nr_inodes=300', 'tmpfs', root])
      try {
        const { code, stderr } = await nixSeed(['restore', image(), '--root', root])
        expect(code).toBe(1)
        expect(stderr).toMatch(/the disk became full; what was written has been removed/)
        expectNothing(root)
      } finally {
        execFileSync('umount', [root])
      }
    },
    TIMEOUT_MS
  )

  test(
    'because the place is read-only says so',
    async () => {
      const root = join(folder(), 'read-only')
      mkdirSync(root)
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', root])
      try {
        const { code, stderr } = await nixSeed(['restore', image(), '--root', root])
        expect(code).toBe(1)
        expect(stderr).toMatch(/EROFS/)
        expect(stderr).toContain('--root')
      } finally {
        execFileSync('umount', [root])
      }
    },
    TIMEOUT_MS
  )

  test('because there is no such image', async () => {
    const missing = `${server.host}/org/seed@sha256:${'1'.repeat(64)}`
    const { code, stderr } = await nixSeed(['restore', missing, '--root', join(folder(), 'missing')])
    expect(code).toBe(5)
    expect(stderr).toContain('there is no such image')
    expect(existsSync(join(folder(), 'missing'))).toBe(false)
  })
})

describe('an interruption', () => {
  /** Ends a run after some time; true if it was still running. */
  async function interrupt(args: readonly string[], afterMs: number, signal: NodeJS.Signals): Promise<boolean> {
    const child = startNixSeed(args, { cwd: project().folder })
    const ended = exitOf(child)
    await Promise.race([sleep(afterMs), ended])
    const wasRunning = child.kill(signal)
    const code = await ended
    if (signal === 'SIGINT' && wasRunning) expect([0, 130]).toContain(code)
    return wasRunning
  }

  test(
    'of a publish, at any step, leaves no tag; and the next run gives the same digest',
    async () => {
      const server = await RegistryServer.start()
      try {
        let interrupted = 0
        for (const afterMs of [50, 400, 800, 1500, 2500]) {
          server.manifests.clear()
          server.blobs.clear()
          const wasRunning = await interrupt(
            ['publish', '--format', 'oci', '--to', `${server.host}/org/seed`],
            afterMs,
            'SIGINT'
          )
          if (!wasRunning) break
          interrupted++
          for (const name of server.manifests.keys()) expect(name).toContain('@sha256:') // none by tag
        }
        expect(interrupted).toBeGreaterThan(2)
        const again = await nixSeedJson<Published>(['publish', '--format', 'oci', '--to', `${server.host}/org/seed`], {
          cwd: project().folder
        })
        expect(again.digest).toBe(good.digest)
      } finally {
        await server.close()
      }
    },
    TIMEOUT_MS
  )

  test.each(['SIGINT', 'SIGKILL'] as const)(
    'of a restore by %s leaves no store that Nix would trust, and can be repeated',
    async signal => {
      const root = join(folder(), `interrupted-${signal}`)
      const args = ['restore', layout(), '--root', root]
      let interrupted = 0
      for (const afterMs of [200, 400, 800, 1600, 3200, 6400]) {
        if (interrupted > 0 && afterMs > 800) break // the later ones are for machines that are busy
        rmSync(root, { recursive: true, force: true })
        if (!(await interrupt(args, afterMs, signal))) break
        if (!existsSync(join(root, 'nix'))) continue
        if (existsSync(join(root, 'nix/var/nix/db/db.sqlite'))) break // it was done
        interrupted++
        if (signal === 'SIGINT') {
          expect(readdirSync(join(root, 'nix'))).toEqual(['store'])
          expect(readdirSync(join(root, 'nix', 'store'))).toEqual([])
        }
        const { code } = await nixSeed(args)
        expect(code).toBe(0)
        const verify = await run(['nix-store', '--store', root, '--verify', '--check-contents'])
        expect(verify.code).toBe(0)
        expect(readdirSync(join(root, 'nix')).sort()).toEqual(['store', 'var'])
      }
      expect(interrupted).toBeGreaterThan(0)
    },
    TIMEOUT_MS
  )
})

test('standard output is the result alone', async () => {
  const { stdout } = await nixSeed(['publish', '--format', 'oci', '--to', layout(), '--verbose'], {
    cwd: project().folder
  })
  expect(stdout.trim().split('\n')).toEqual([`${layout()}@${good.digest}`])
  expect(readFileSync(join(project().folder, 'flake.lock'), 'utf8')).toContain('"nodes"')
})
