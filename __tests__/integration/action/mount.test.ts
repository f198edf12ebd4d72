/** Jobs whose seed is mounted at /nix, and which leave it as it was, however they end. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { output, requireLab, useTempFolder } from '../../support/lab.ts'
import type { PhaseResult } from '../../support/phases.ts'
import {
  built,
  clean,
  errorsOf,
  READ_PERMISSIONS,
  STORY_TIMEOUT_MS,
  useStory,
  type StoryJob,
  type StoryJobOptions
} from '../../support/story.ts'

requireLab()
const folder = useTempFolder()
const story = useStory({ pinned: true, format: 'oci,erofs' })

const RUNNER = { uid: 1001, home: '/tmp', sudo: true }
const ROOT = 'root'
const USER = 'a user with sudo'

/** A job on a machine that mounts seeds. All jobs share a cache, as those of one machine do. */
function job(options: StoryJobOptions & { as?: typeof ROOT | typeof USER } = {}): Promise<StoryJob> {
  const { as = ROOT, machine, ...rest } = options
  const user = as === USER ? { user: { uid: RUNNER.uid, gid: RUNNER.uid } } : {}
  return story().job({
    permissions: READ_PERMISSIONS,
    machine: { mountable: true, users: { runner: RUNNER }, ...machine },
    ...user,
    ...rest,
    with: { 'cache-dir': join(folder(), 'cache'), ...rest.with }
  })
}

/** What is mounted at `/nix` of a machine over what it has there itself. */
async function mounts({ machine }: StoryJob): Promise<string[]> {
  const lines = (await output(machine.enclose(['cat', '/proc/self/mountinfo']))).split('\n')
  return lines.filter(line => line.split(' ')[4] === '/nix' && line.includes(' - overlay nix-seed '))
}

/** What is below `/nix` and in the folder for what belongs to mounts, as root of the machine sees it. */
async function left({ machine }: StoryJob): Promise<string> {
  return output(machine.enclose(['sh', '-c', 'cd /nix && ls -lnA . && ls -A /var/lib | grep nix-seed || true']))
}

/** The parts of a job that come before its own steps. */
async function begin(it: StoryJob): Promise<PhaseResult> {
  clean(await it.step.pre())
  await it.checkout()
  return clean(await it.step.main())
}

beforeAll(async () => {
  await output(['chmod', '755', folder()])
})

describe.each([ROOT, USER] as const)('a job of %s', as => {
  test(
    'has its seed mounted before its first step, builds and writes there, and leaves /nix as it was',
    async () => {
      const it = await job({ as })
      const before = await left(it)
      const pre = clean(await it.step.pre())
      expect(pre.log).toContain('/nix: mounted, since this machine mounts EROFS images as files')
      expect(await mounts(it)).toHaveLength(1)
      expect(clean(await it.job.run('nix --version')).log).toMatch(/^nix \(Nix\) \d/)
      await it.checkout()
      const main = clean(await it.step.main())
      expect(main.outputs).toMatchObject({ outcome: 'hit', strategy: 'mount', coverage: '100' })
      if (as === ROOT) expect(Number(main.outputs.bytes)).toBeGreaterThan(1e6)
      else expect(main.outputs.bytes).toBe('0')

      const result = clean(await it.job.run('nix build --no-link --offline --print-build-logs'))
      expect(built(result.log)).toEqual(['hello-1.0'])
      const written = 'echo during the job > written && nix store add-file written'
      const [path = ''] = clean(await it.job.run(written)).log.match(/\/nix\/store\/\S+/) ?? []
      expect(clean(await it.job.run(`cat ${path} && nix path-info ${path}`)).log).toContain('during the job')
      // None of it is in what the machine has there.
      expect(readdirSync(it.machine.nix)).toEqual([])

      // A process that is still at it.
      clean(await it.job.run(`cd /nix/store && setsid sleep 60 >/dev/null 2>&1 &`))
      const post = clean(await it.step.post())
      expect(post.log).toContain('/nix: the mounted seed is gone, with what the job has written there')
      expect(post.summary).toMatch(/Coverage \d+ %/)
      expect(post.summary).toContain('mounted: this machine mounts EROFS images as files')
      expect(await mounts(it)).toEqual([])
      expect(await left(it)).toBe(before)
      expect(it.job.end().orphans).toContain('sleep 60')
    },
    STORY_TIMEOUT_MS
  )
})

describe('a job that does not end well', () => {
  test.each(['failed', 'cancelled'] as const)(
    'has %s between pre and post, and leaves /nix as it was',
    async how => {
      const it = await job({ as: how === 'failed' ? ROOT : USER })
      clean(await it.step.pre())
      expect(await mounts(it)).toHaveLength(1)
      if (how === 'failed') expect((await it.job.run('exit 1')).conclusion).toBe('failure')
      else it.job.status = 'cancelled'
      expect((await it.step.main()).conclusion).toBe('skipped')
      clean(await it.step.post())
      expect([await mounts(it), readdirSync(it.machine.nix)]).toEqual([[], []])
    },
    STORY_TIMEOUT_MS
  )

  test(
    'because its runner was killed leaves a mount, which the next job on the machine takes back',
    async () => {
      const killed = await job({ as: USER, shortLived: true })
      clean(await killed.step.pre())
      clean(await killed.job.run('echo left > left && nix store add-file left'))
      killed.leave()
      expect(await mounts(killed)).toHaveLength(1)

      const next = await job({ as: USER, on: killed })
      const main = await begin(next)
      expect(next.job.results[0]?.log).toContain('/nix: taking back the seed that a job has left mounted')
      expect(main.outputs).toMatchObject({ strategy: 'mount', bytes: '0' })
      expect((await next.job.run('ls /nix/store')).log).not.toMatch(/-left$/m)

      // Another runner of the same machine is at work meanwhile.
      const other = await job({ on: killed })
      expect((await begin(other)).outputs).toMatchObject({ strategy: 'mount', bytes: '0' })
      expect(clean(await next.step.post()).log).toContain('/nix: the seed stays mounted for another job that uses it')
      clean(await other.job.run('nix build --no-link --offline'))
      clean(await other.step.post())
      expect([await mounts(other), readdirSync(other.machine.nix)]).toEqual([[], []])
    },
    STORY_TIMEOUT_MS
  )

  test(
    'is not the one whose seed somebody has mounted by hand, and who finds it there afterwards',
    async () => {
      const it = await job()
      const { image } = Object.values((await story().pins()).systems)[0]!
      const cli = join(import.meta.dirname, '../../../dist/cli/index.js')
      const args = ['restore', image, '--strategy', 'mount', '--cache', join(folder(), 'cache')]
      await output(it.machine.enclose([process.execPath, cli, ...args]))
      expect((await begin(it)).outputs).toMatchObject({ strategy: 'mount', bytes: '0' })
      clean(await it.step.post())
      expect(await mounts(it)).toHaveLength(1)
    },
    STORY_TIMEOUT_MS
  )
})

describe('a workflow', () => {
  test(
    'that says so has its seed unpacked, and what is missing of it is mounted over that when it may be',
    async () => {
      const it = await job({ as: USER, with: { strategy: 'unpack' } })
      expect((await begin(it)).outputs).toMatchObject({ outcome: 'hit', strategy: 'unpack' })
      expect(it.job.results[0]?.log).toContain('/nix: unpacked, since the workflow asks for it')
      expect(await mounts(it)).toEqual([])
      expect(it.machine.storeNames().length).toBeGreaterThan(50)
      const some =
        'cd /nix/store; for path in *-source; do nix store delete --ignore-liveness "$PWD/$path" && exit; done'
      clean(await it.job.run(some))
      clean(await it.step.post())
      const names = it.machine.storeNames()
      it.leave()

      const next = await job({ as: USER, on: it })
      expect((await begin(next)).outputs).toMatchObject({ strategy: 'mount', bytes: '0' })
      expect(built(clean(await next.job.run('nix build --no-link --offline -L')).log)).toEqual(['hello-1.0'])
      clean(await next.step.post())
      expect([await mounts(next), next.machine.storeNames()]).toEqual([[], names])
    },
    STORY_TIMEOUT_MS
  )

  test(
    'that mounts in any case fails where the machine does not, and goes on where it need not',
    async () => {
      const machine = { mountable: false }
      const strict = await job({ as: USER, machine, with: { strategy: 'mount' } })
      const { pre, main } = await strict.play()
      expect(pre).toMatchObject({ conclusion: 'success', annotations: [] })
      expect(main.conclusion).toBe('failure')
      expect(errorsOf(main)).toEqual([expect.stringMatching(/^The seed cannot be mounted: mount: /)])
      expect(strict.machine.storeNames()).toEqual([])

      const lenient = await job({ as: USER, machine })
      expect((await begin(lenient)).outputs).toMatchObject({ outcome: 'hit', strategy: 'unpack' })
      expect(lenient.job.results[0]?.log).toMatch(/^\/nix: unpacked, since it cannot be mounted: mount: /m)
      // It can build there, since the store is its own.
      expect(built(clean(await lenient.job.run('nix build --no-link --offline -L')).log)).toEqual(['hello-1.0'])
    },
    STORY_TIMEOUT_MS
  )

  test(
    'that names outputs has what they need, and is told what there is if it names another one',
    async () => {
      const wrong = await job({ as: USER, with: { for: '.#nothing' } })
      const { main } = await wrong.play()
      expect(main.conclusion).toBe('failure')
      expect(errorsOf(main)).toEqual([expect.stringMatching(/no output ".#nothing".*packages\.\S+\.hello/s)])

      const it = await job({ as: USER, with: { for: 'hello' } })
      const { outputs } = await begin(it)
      expect(outputs).toMatchObject({ outcome: 'hit', strategy: 'mount', bytes: '0', coverage: '100' })
      expect(Number(outputs.paths)).toBeGreaterThan(20)
      expect(built(clean(await it.job.run('nix build .#hello --no-link --offline -L')).log)).toEqual(['hello-1.0'])
      expect(clean(await it.step.post()).summary).toMatch(/\| For \| .*packages\.\S+\.hello/)
    },
    STORY_TIMEOUT_MS
  )

  test(
    'that names an output which a stale seed does not know has all of it, and a notice',
    async () => {
      await story().changeLock()
      await story().push('Update nixpkgs')
      const it = await job({ with: { for: 'newer' } })
      const { pre, main } = await it.play()
      expect(pre.annotations).toEqual([
        expect.objectContaining({ level: 'notice', message: expect.stringContaining('"newer"') })
      ])
      expect(main).toMatchObject({ conclusion: 'success', outputs: { outcome: 'stale', strategy: 'mount' } })
    },
    STORY_TIMEOUT_MS
  )
})
