/** The seeded build: a seed as the image of a job container, without network, in docker and in podman. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { commit } from '../../lab/example.ts'
import { dockerEngine, podmanEngine, pullImage, startJob, type Engine, type Job } from '../../lab/job.ts'
import type { Published } from '../../src/seed/publish.ts'
import { requireLab, useService, useTempFolder } from '../support/lab.ts'
import { nixSeedJson, useProject, withoutSeed } from '../support/project.ts'

const TIMEOUT_MS = 300_000

requireLab()
const folder = useTempFolder()
const registry = useService('registry')
const dockerd = useService('dockerd')

/** Names of the derivations that Nix says it builds. */
function built(stderr: string): string[] {
  return [...stderr.matchAll(/building '\/nix\/store\/[a-z0-9]{32}-(.*)\.drv'/g)].map(match => match[1] ?? '').sort()
}

describe.each([
  ['docker', 'declared', () => dockerEngine(dockerd()), (flake: string) => flake],
  ['podman', 'declared', podmanEngine, (flake: string) => flake],
  ['podman', 'automatic', podmanEngine, withoutSeed]
] as [string, string, () => Engine, (flake: string) => string][])(
  'in %s, from a seed that is %s',
  (name, kind, engine, edit) => {
    const place = (): string => join(folder(), `${name}-${kind}`)
    const project = useProject(place, edit)
    let seed: Published & { reference: string }
    let job: Job

    beforeAll(async () => {
      const to = `${registry().address}/${name}/${kind}/seed`
      seed = await nixSeedJson(['publish', '--format', 'oci', '--to', to], { cwd: project().folder })
      expect(seed.kind).toBe(kind)
      await pullImage(engine(), seed.reference)
      const source = join(project().folder, 'src', 'hello.c')
      writeFileSync(source, readFileSync(source, 'utf8').replace('Hello, world', 'Hello, world, changed'))
      commit(project().folder, 'Change the source')
      job = await startJob(engine(), seed.reference, {
        work: join(place(), 'work'),
        externals: dirname(dirname(dirname(process.execPath))),
        directory: 'hello'
      })
    }, TIMEOUT_MS)
    afterAll(() => job.remove(), TIMEOUT_MS)

    test(
      'nix build builds the project and nothing else',
      async () => {
        const { code, stdout, stderr } = await job.exec([
          'nix',
          'build',
          '--no-link',
          '--print-out-paths',
          '--print-build-logs'
        ])
        expect({ code, stderr }).toMatchObject({ code: 0 })
        expect(built(stderr)).toEqual(['hello-1.0'])
        expect(await job.output([`${stdout.trim()}/bin/hello`])).toContain('Hello, world, changed')
      },
      TIMEOUT_MS
    )

    test(
      'nix flake check realises the check and nothing else',
      async () => {
        const { code, stderr } = await job.exec(['nix', 'flake', 'check', '--print-build-logs'])
        expect({ code, stderr }).toMatchObject({ code: 0 })
        expect(built(stderr)).toEqual(['hello-greets'])
      },
      TIMEOUT_MS
    )

    test(
      'nix develop realises its environment and nothing else',
      async () => {
        const { code, stderr } = await job.exec(['nix', 'develop', '-c', 'true'])
        expect({ code, stderr }).toMatchObject({ code: 0 })
        expect(built(stderr).filter(drv => !drv.endsWith('-env'))).toEqual([])
        expect(await job.output(['nix', 'develop', '-c', 'sh', '-c', '$CC --version'])).toMatch(/gcc|GCC/)
      },
      TIMEOUT_MS
    )

    test(
      'nix run runs the app',
      async () => {
        expect(await job.output(['nix', 'run'])).toContain('Hello, world, changed')
      },
      TIMEOUT_MS
    )

    test(
      'nothing was realised beside the seed but what depends on the source',
      async () => {
        const json = await job.output(['nix', 'path-info', '--all', '--json', '--json-format', '1'])
        const infos = Object.entries(JSON.parse(json) as Record<string, { deriver: string | null }>)
        const all = infos.map(([path]) => path)
        const inspected = await nixSeedJson<{ paths: { path: string }[] }>(['inspect', seed.reference])
        const held = new Set(inspected.paths.map(each => each.path))
        // What has no deriver was not built: derivations, and files that evaluation copies out of source trees.
        const beside = infos
          .filter(([path, { deriver }]) => deriver !== null && !held.has(path))
          .map(([path]) => path.slice(44))
        expect(beside.filter(name => !name.endsWith('-env')).sort()).toEqual(['hello-1.0', 'hello-greets'])
        expect(all.filter(path => held.has(path))).toHaveLength(held.size)
      },
      TIMEOUT_MS
    )

    test(
      "the runner's own Node.js runs, with libstdc++ from the seed",
      async () => {
        const node = `/__e/${process.execPath.split('/').slice(-3).join('/')}`
        expect(await job.output([node, '--print', 'process.version'])).toBe(`${process.version}\n`)
        // What the runner does before anything else, to tell Alpine from the rest.
        expect(await job.output(['sh', '-c', 'cat /etc/*release | grep ^ID'])).toMatch(/^ID=/m)
      },
      TIMEOUT_MS
    )

    test(
      'is a usable system: shell, PATH, temporary folders, certificates, users, git',
      async () => {
        expect(await job.output(['sh', '-c', 'command -v sh bash tail cat grep ls env git nix node | wc -l'])).toBe(
          '10\n'
        )
        expect(await job.output(['sh', '-c', 'stat -c %a /tmp /var/tmp'])).toBe('1777\n1777\n')
        expect(await job.output(['sh', '-c', 'grep -c BEGIN "$SSL_CERT_FILE"'])).toMatch(/^\d{2,}/)
        expect(await job.output(['id', '-un'])).toBe('root\n')
        expect(await job.output(['git', 'log', '-1', '--format=%s'])).toBe('Change the source\n')
        expect(await job.output(['node', '--print', '1 + 1'])).toBe('2\n')
        const environment = await job.output(['env'])
        for (const variable of ['NIX_CONFIG', 'SSL_CERT_FILE', 'LD_LIBRARY_PATH', 'PATH']) {
          expect(environment).toMatch(new RegExp(`^${variable}=.+`, 'm'))
        }
        const libraries = /^LD_LIBRARY_PATH=(.*)$/m.exec(environment)?.[1] ?? ''
        expect((await job.output(['ls', libraries])).trim().split('\n').sort()).toEqual([
          'libgcc_s.so.1',
          'libstdc++.so.6'
        ])
      },
      TIMEOUT_MS
    )

    test(
      'the store is valid',
      async () => {
        const { code, stderr } = await job.exec(['nix-store', '--verify', '--check-contents'])
        expect({ code, stderr }).toMatchObject({ code: 0 })
        expect(stderr).not.toMatch(/error|modified|disappeared/)
      },
      TIMEOUT_MS
    )

    test(
      'garbage collection keeps the seed',
      async () => {
        await job.output(['nix-collect-garbage'])
        const rebuilt = await job.exec(['nix', 'build', '--no-link', '--print-build-logs'])
        expect(rebuilt).toMatchObject({ code: 0 })
        expect(built(rebuilt.stderr)).toEqual(['hello-1.0'])
      },
      TIMEOUT_MS
    )

    test(
      'an ordinary build in it still fails when the source is wrong',
      async () => {
        appendFileSync(join(project().folder, 'src', 'hello.c'), '#error on purpose\n')
        const { code, stderr } = await job.exec(['nix', 'build', '--no-link', '--print-build-logs'])
        expect(code).not.toBe(0)
        expect(stderr).toContain('on purpose')
      },
      TIMEOUT_MS
    )
  }
)
