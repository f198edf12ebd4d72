/** Publish, inspect and restore with real Nix, real registries and an image layout. */
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { commit } from '../../lab/example.ts'
import type { Published } from '../../src/seed/publish.ts'
import type { Restored } from '../../src/seed/restore.ts'
import { output, requireLab, run, useService, useTempFolder } from '../support/lab.ts'
import { nixSeed, nixSeedJson, useProject, withoutSeed } from '../support/project.ts'

const TIMEOUT_MS = 300_000

type Result = Published & { reference: string }
interface Inspection {
  digest: string
  layers: { digest: string; paths: number; mediaType: string }[]
  paths: { path: string; layer: number }[]
  roots: string[]
  outputs: Record<string, { paths: number; layers: number; bytes: number }>
  labels: Record<string, string>
  annotations: Record<string, string>
}

requireLab()
const folder = useTempFolder()

/** The example with an output that needs no compiler. */
function withWords(flake: string): string {
  const output = 'words = pkgs.runCommand "words" { } "cat ${./src}/hello.c > $out";'
  return flake.replace('default = own.hello;', `default = own.hello; ${output}`)
}

describe('a flake that declares its seed', () => {
  const project = useProject(() => join(folder(), 'declared'), withWords)
  const registry = useService('registry')
  const crane = useService('crane-registry')
  const layout = (): string => `oci:${join(folder(), 'layout')}`
  const publish = (to: string, ...more: string[]): Promise<Result> =>
    nixSeedJson<Result>(['publish', '--format', 'oci', '--to', to, ...more], { cwd: project().folder })
  let first: Result

  test(
    'is published to an image layout',
    async () => {
      first = await publish(layout(), '--source', 'https://example.org/hello')
      expect(first).toMatchObject({ reused: false, kind: 'declared' })
      expect(first.paths).toBeGreaterThan(30)
      expect(first.layers).toBeLessThanOrEqual(100)
      expect(first.layerBytes).toBeLessThan(first.narBytes)
      expect(first.tags).toHaveLength(3)
      expect(first.tags[0]).toMatch(/^lock-[0-9a-f]{64}-/)
      expect(first.tags[1]).toMatch(/^commit-[0-9a-f]{40}-/)
      expect(first.tags[2]).toMatch(/^newest-[a-z0-9_]+-linux$/)
    },
    TIMEOUT_MS
  )

  test(
    'has the same digest when it is packed again, from a clone elsewhere, into a registry',
    async () => {
      const clone = join(folder(), 'clone', 'deep', 'down')
      await output(['git', 'clone', '--quiet', project().folder, clone])
      const again = await nixSeedJson<Result>(
        [
          'publish',
          '--format',
          'oci',
          '--to',
          `${registry().address}/org/repo/seed`,
          '--source',
          'https://example.org/hello'
        ],
        { cwd: clone }
      )
      expect(again).toMatchObject({ reused: false, digest: first.digest })
      const third = await publish(`${crane().address}/org/repo/seed`, '--source', 'https://example.org/hello')
      expect(third.digest).toBe(first.digest)
    },
    TIMEOUT_MS
  )

  test(
    'is accepted by skopeo, oras and crane',
    async () => {
      for (const { address } of [registry(), crane()]) {
        const image = `${address}/org/repo/seed@${first.digest}`
        const inspected = JSON.parse(await output(['skopeo', 'inspect', '--tls-verify=false', `docker://${image}`]))
        expect(inspected).toMatchObject({
          Os: 'linux',
          Labels: { 'org.opencontainers.image.source': 'https://example.org/hello' }
        })
        expect(inspected.Layers).toHaveLength(first.layers)
        const index = JSON.parse(await output(['oras', 'manifest', 'fetch', '--plain-http', image]))
        expect(index).toMatchObject({ schemaVersion: 2, annotations: { 'dev.nix-seed.lock-key': first.lockKey } })
        // Without --fast, this version of crane takes every layer for gzip and cannot read zstd at all.
        await output(['crane', 'validate', '--fast', '--insecure', '--remote', image])
        for (const tag of first.tags) {
          expect(await output(['crane', 'digest', '--insecure', `${address}/org/repo/seed:${tag}`])).toBe(first.digest)
        }
      }
      // Every layer, decompressed and hashed by somebody else: skopeo checks digests and diffIDs when it converts.
      const copy = join(folder(), 'copy')
      const from = `docker://${registry().address}/org/repo/seed@${first.digest}`
      await output(['skopeo', 'copy', '--quiet', '--src-tls-verify=false', '--dest-decompress', from, `dir:${copy}`])
      const config = JSON.parse(
        await output(['crane', 'config', '--insecure', `${registry().address}/org/repo/seed@${first.digest}`])
      )
      const layers = JSON.parse(readFileSync(join(copy, 'manifest.json'), 'utf8')).layers as { digest: string }[]
      expect(layers.map(layer => layer.digest)).toEqual(config.rootfs.diff_ids)
    },
    TIMEOUT_MS
  )

  test(
    'is reused when nothing has changed: nothing is built and no blob is sent',
    async () => {
      const log = (): string => readFileSync(registry().log, 'utf8')
      const to = `${registry().address}/org/repo/seed`
      const before = log().length
      const { code, stderr, stdout } = await nixSeed(
        ['publish', '--format', 'oci', '--to', to, '--source', 'https://example.org/hello'],
        {
          cwd: project().folder
        }
      )
      expect(code).toBe(0)
      expect(stdout).toBe(`${to}@${first.digest}\n`)
      expect(stderr).toMatch(/^reused: lock and seed derivation are unchanged/m)
      expect(stderr).not.toContain('building')
      const requests = log().slice(before)
      expect(requests).toContain('GET')
      expect(requests).not.toMatch(/"?(POST|PATCH|PUT)/)
    },
    TIMEOUT_MS
  )

  test(
    'is reused when the source changes, and gets the tag of the new commit',
    async () => {
      appendFileSync(join(project().folder, 'src', 'hello.c'), '/* changed */\n')
      commit(project().folder, 'Change the source')
      const head = await output(['git', '-C', project().folder, 'rev-parse', 'HEAD'])
      const again = await publish(`${registry().address}/org/repo/seed`, '--source', 'https://example.org/hello')
      expect(again).toMatchObject({ reused: true, digest: first.digest })
      const tag = again.tags.find(each => each.includes(head))
      expect(await output(['crane', 'digest', '--insecure', `${registry().address}/org/repo/seed:${tag}`])).toBe(
        first.digest
      )
    },
    TIMEOUT_MS
  )

  test(
    'shows what it holds',
    async () => {
      const seed = await nixSeedJson<Inspection>(['inspect', `${registry().address}/org/repo/seed@${first.digest}`])
      expect(seed.digest).toBe(first.digest)
      expect(seed.paths).toHaveLength(first.paths)
      expect(seed.layers).toHaveLength(first.layers)
      const sum = seed.layers.reduce((total, layer) => total + layer.paths, 0)
      expect(sum).toBe(first.paths)
      const closure = await output(['nix-store', '--query', '--requisites', ...seed.roots])
      expect(seed.paths.map(each => each.path).sort()).toEqual(closure.split('\n').sort())
      const text = await output(['env', ...(await inspectCommand(first.digest))])
      expect(text).toContain(`${first.paths} store paths in ${first.layers} layers`)
    },
    TIMEOUT_MS
  )

  const inspectCommand = async (digest: string): Promise<string[]> => {
    const { seedCommand } = await import('../support/project.ts')
    return seedCommand('inspect', `${layout()}@${digest}`)
  }

  test(
    'prints the key that its tag has',
    async () => {
      const { lockKey } = await nixSeedJson<{ lockKey: string }>(['key', project().folder])
      expect(lockKey).toBe(first.lockKey)
    },
    TIMEOUT_MS
  )

  describe('restored', () => {
    const root = (): string => join(folder(), 'root')

    test(
      'is a valid store, byte for byte',
      async () => {
        const image = `${registry().address}/org/repo/seed@${first.digest}`
        const restored = await nixSeedJson<Restored>(['restore', image, '--root', root()])
        expect(restored).toMatchObject({ strategy: 'unpack', paths: first.paths, present: 0 })
        const verify = await run(['nix-store', '--store', root(), '--verify', '--check-contents'])
        expect(verify).toMatchObject({ code: 0 })
        expect(verify.stderr).not.toMatch(/error|modified|disappeared/)
        const listed = await output(['nix', 'path-info', '--store', root(), '--all'])
        expect(listed.split('\n')).toHaveLength(first.paths)
        const names = readdirSync(join(root(), 'nix/store')).filter(name => name !== '.links') // made by Nix
        expect(names).toHaveLength(first.paths)
        expect(readdirSync(join(root(), 'nix')).sort()).toEqual(['store', 'var'])
        expect(existsSync(join(root(), 'etc'))).toBe(false)
      },
      TIMEOUT_MS
    )

    test(
      'is kept when it is there already, and fetches nothing',
      async () => {
        const restored = await nixSeedJson<Restored>(['restore', `${layout()}@${first.digest}`, '--root', root()])
        expect(restored).toMatchObject({ present: first.paths, bytes: 0 })
      },
      TIMEOUT_MS
    )

    test(
      'builds the project without substituters, and nothing else',
      async () => {
        const built = await run(['nix', 'build', '--store', root(), '--no-link', '--offline'], {
          cwd: project().folder
        })
        expect(built).toMatchObject({ code: 0 })
        const names = [...built.stderr.matchAll(/^building '\/nix\/store\/[^-]+-(.*)\.drv'/gm)].map(match => match[1])
        expect(names).toEqual(['hello-1.0'])
      },
      TIMEOUT_MS
    )

    test(
      'goes beside what a store has',
      async () => {
        const other = join(folder(), 'beside')
        const seed = await nixSeedJson<Inspection>(['inspect', `${layout()}@${first.digest}`])
        const glibc = seed.paths.find(each => /-(glibc|libc6)/.test(each.path))?.path ?? ''
        expect(glibc).not.toBe('')
        await output(['nix', 'copy', '--no-check-sigs', '--to', other, glibc])
        const own = await output(['nix-store', '--store', other, '--add', join(project().folder, 'src')])
        // A leftover of an interrupted build: there on disk, unknown to the database.
        const leftover = seed.paths.find(each => /-hello|-bash/.test(each.path))?.path ?? ''
        mkdirSync(join(other, leftover), { recursive: true })
        writeFileSync(join(other, leftover, 'half'), 'half')
        const restored = await nixSeedJson<Restored>(['restore', `${layout()}@${first.digest}`, '--root', other])
        expect(restored.present).toBeGreaterThan(0)
        expect(restored.present).toBeLessThan(first.paths)
        await output(['nix-store', '--store', other, '--verify', '--check-contents'])
        const listed = (await output(['nix', 'path-info', '--store', other, '--all'])).split('\n')
        expect(listed).toEqual(expect.arrayContaining([own, leftover, glibc]))
        expect(listed).toHaveLength(first.paths + 1)
        expect(existsSync(join(other, leftover, 'half'))).toBe(false)
      },
      TIMEOUT_MS
    )
  })

  describe('restored for one output', () => {
    const root = (): string => join(folder(), 'words-root')
    const restore = (...args: string[]): Promise<Restored> =>
      nixSeedJson<Restored>(['restore', `${layout()}@${first.digest}`, '--root', root(), ...args])
    const build = async (name: string): Promise<(string | undefined)[]> => {
      const options = { cwd: project().folder }
      const args = ['nix', 'build', '--store', root(), '--no-link', '--offline', `.#${name}`]
      const { code, stderr } = await run(args, options)
      expect({ code, stderr }).toMatchObject({ code: 0 })
      return [...stderr.matchAll(/^building '\/nix\/store\/[^-]+-(.*)\.drv'/gm)].map(match => match[1])
    }

    test(
      'it is less, as inspect has told, enough to build that offline, and closed',
      async () => {
        const seed = await nixSeedJson<Inspection>(['inspect', `${layout()}@${first.digest}`])
        const [attribute = '', share] = Object.entries(seed.outputs).find(([name]) => name.endsWith('.words')) ?? []
        const kinds = Object.keys(seed.outputs).map(name => name.replace(/\.[^.]+\./, ' '))
        const expected = ['apps default', 'checks greets', 'devShells default', 'packages default', 'packages hello']
        expect(kinds).toEqual([...expected, 'packages words'])

        const restored = await restore('--for', '.#words')
        expect(restored).toMatchObject({ selected: [attribute], seedPaths: first.paths, present: 0 })
        const { paths, layers, bytes } = restored
        expect(share).toMatchObject({ paths, layers, bytes })
        expect(restored.paths).toBeLessThan(first.paths)
        expect(restored.bytes).toBeLessThan(first.layerBytes)
        await output(['nix-store', '--store', root(), '--verify', '--check-contents'])
        const known = (await output(['nix', 'path-info', '--store', root(), '--all'])).split('\n').sort()
        expect(known).toHaveLength(restored.paths)
        const closure = await output(['nix', 'path-info', '--store', root(), '--recursive', ...known])
        expect(closure.split('\n').sort()).toEqual(known)
        const names = readdirSync(join(root(), 'nix/store'))
        expect(seed.paths.some(({ path }) => /-gcc-\d/.test(path))).toBe(true)
        expect(names.filter(name => /-gcc-\d/.test(name))).toEqual([])
        expect(await build('words')).toEqual(['words'])
      },
      TIMEOUT_MS
    )

    test(
      'more of them are fetched later, without what is there',
      async () => {
        const restored = await restore('--for', 'words,hello', '--for', 'checks.none default')
          .then(() => 'restored')
          .catch((error: unknown) => String(error))
        expect(restored).toMatch(/ended with 2\n.*the seed knows no output "checks.none"/s)
        const more = await restore('--for', 'words,hello', '--for', ' ')
        expect(more.selected?.map(name => name.replace(/.*\./, ''))).toEqual(['hello', 'words'])
        expect(more.present).toBeGreaterThan(0)
        expect(more.bytes).toBeLessThan(first.layerBytes)
        expect(await build('hello')).toEqual(['hello-1.0'])
        const { stdout } = await nixSeed(['restore', layout(), '--root', root(), '--for', 'hello'])
        expect(stdout).toMatch(new RegExp(`^restored 0 of \\d+ store paths .*; the seed has ${first.paths}\n$`))
        await output(['nix-store', '--store', root(), '--verify', '--check-contents'])
      },
      TIMEOUT_MS
    )

    test(
      'by another name, it makes another image of the same lock, whose layers are all known',
      async () => {
        const clone = join(folder(), 'renamed')
        await output(['git', 'clone', '--quiet', project().folder, clone])
        await output(['sed', '-i', 's/ words = / text = /', join(clone, 'flake.nix')])
        commit(clone, 'Rename an output')
        const to = `${registry().address}/org/repo/seed`
        const renamed = await nixSeedJson<Result>(['publish', '--format', 'oci', '--to', to], { cwd: clone })
        expect(renamed).toMatchObject({ reused: false, lockKey: first.lockKey, paths: first.paths })
        expect(renamed.digest).not.toBe(first.digest)
        const { outputs } = await nixSeedJson<Inspection>(['inspect', renamed.reference])
        expect(Object.keys(outputs).filter(name => /words|text/.test(name))).toEqual([
          expect.stringMatching(/^packages\..*\.text$/)
        ])
        expect(renamed.knownLayers).toBe(renamed.layers)
      },
      TIMEOUT_MS
    )
  })

  test(
    'an update of an input makes another seed',
    async () => {
      const clone = join(folder(), 'updated')
      await output(['git', 'clone', '--quiet', project().folder, clone])
      const nixpkgs = join(folder(), 'nixpkgs-new')
      cpSync(project().inputs.nixpkgs, nixpkgs, { recursive: true })
      writeFileSync(join(nixpkgs, 'CHANGED'), 'a new release')
      await output(['sed', '-i', `s|path:${project().inputs.nixpkgs}"|path:${nixpkgs}"|`, join(clone, 'flake.nix')])
      await output(['nix', 'flake', 'lock'], { cwd: clone })
      commit(clone, 'Update')
      const updated = await nixSeedJson<Result>(['publish', '--format', 'oci', '--to', layout()], { cwd: clone })
      expect(updated.reused).toBe(false)
      expect(updated.digest).not.toBe(first.digest)
      expect(updated.lockKey).not.toBe(first.lockKey)
      // Inputs, database and root file system are other ones, and programs those that the newest seed has.
      expect(updated.knownLayers).toBeGreaterThan(updated.layers / 2)
      expect(updated.knownLayers).toBeLessThan(updated.layers)
    },
    TIMEOUT_MS
  )
})

describe('a flake that declares none', () => {
  const project = useProject(() => join(folder(), 'automatic'), withoutSeed)
  const layout = (): string => `oci:${join(folder(), 'automatic-layout')}`
  let first: Result

  test(
    'is seeded by the automatic cut',
    async () => {
      first = await nixSeedJson<Result>(['publish', '--format', 'oci', '--to', layout()], { cwd: project().folder })
      expect(first).toMatchObject({ kind: 'automatic', reused: false })
      expect(first.paths).toBeGreaterThan(30)
    },
    TIMEOUT_MS
  )

  test(
    'is reused, also when the source changes',
    async () => {
      appendFileSync(join(project().folder, 'src', 'hello.c'), '/* changed */\n')
      const again = await nixSeedJson<Result>(['publish', '--format', 'oci', '--to', layout()], {
        cwd: project().folder
      })
      expect(again).toMatchObject({ reused: true, digest: first.digest })
    },
    TIMEOUT_MS
  )

  test(
    'builds, checks and develops offline from what was restored',
    async () => {
      const root = join(folder(), 'automatic-root')
      await nixSeedJson<Restored>(['restore', layout(), '--root', root])
      const options = { cwd: project().folder }
      const built = await run(['nix', 'build', '--store', root, '--no-link', '--offline'], options)
      expect(built).toMatchObject({ code: 0 })
      expect(built.stderr.match(/^building '/gm)).toHaveLength(1)
      const checked = await run(['nix', 'flake', 'check', '--store', root, '--offline'], options)
      expect(checked).toMatchObject({ code: 0 })
    },
    TIMEOUT_MS
  )
})

describe('a docker archive', () => {
  test(
    'is published as it is',
    async () => {
      const archive = join(folder(), 'archive')
      const layout = `oci:${join(folder(), 'archive-layout')}`
      mkdirSync(archive)
      const nixpkgs = join(folder(), 'declared', 'inputs', 'nixpkgs')
      writeFileSync(
        join(archive, 'flake.nix'),
        `{
        inputs.nixpkgs.url = "path:${nixpkgs}";
        outputs = { self, nixpkgs }: let pkgs = nixpkgs.legacyPackages.\${builtins.head (builtins.attrNames nixpkgs.packages)}; in {
          image = pkgs.dockerTools.buildLayeredImage { name = "plain"; contents = [ pkgs.hello ]; };
          folder = pkgs.runCommand "folder" { } "mkdir $out";
          text = pkgs.writeText "text" "no archive";
          number = 1;
        };
      }`
      )
      await output(['nix', 'flake', 'lock'], { cwd: archive })
      const result = await nixSeedJson<Result>(['publish', '--format', 'oci', '.#image', '--to', layout], {
        cwd: archive
      })
      expect(result).toMatchObject({ kind: 'archive', reused: false })
      const inspected = JSON.parse(await output(['skopeo', 'inspect', `${layout}:${result.tags[0]}`]))
      expect(inspected.Layers).toHaveLength(result.layers)
      const again = await nixSeedJson<Result>(['publish', '--format', 'oci', '.#image', '--to', layout], {
        cwd: archive
      })
      expect(again).toMatchObject({ reused: true, digest: result.digest })

      for (const attribute of ['folder', 'text', 'number']) {
        const refused = await nixSeed(['publish', '--format', 'oci', `.#${attribute}`, '--to', layout], {
          cwd: archive
        })
        expect(refused.code).toBe(1)
        expect(refused.stderr).toMatch(/no seed|neither a seed nor a docker archive/)
      }
      const notSeed = await nixSeed(['restore', `${layout}@${result.digest}`, '--root', join(folder(), 'no')])
      expect(notSeed.code).toBe(1)
      expect(notSeed.stderr).toMatch(/the image is no seed/)
      expect(existsSync(join(folder(), 'no'))).toBe(false)
      rmSync(archive, { recursive: true })
    },
    TIMEOUT_MS
  )
})
