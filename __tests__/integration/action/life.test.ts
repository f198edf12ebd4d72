/** The life of a seed, from a project that has none to one whose jobs start from it, through changes of its lock. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { MEDIA_TYPE } from '../../../src/oci/types.ts'
import { requireLab } from '../../support/lab.ts'
import type { PhaseResult } from '../../support/phases.ts'
import {
  built,
  clean,
  errorsOf,
  READ_PERMISSIONS,
  STORY_TIMEOUT_MS,
  SYSTEM,
  useStory,
  type StoryJob
} from '../../support/story.ts'

requireLab()
const story = useStory({ compiled: true })

/** Nodes of a lock file, by name. */
const nodesOf = (lock: string): Record<string, unknown> => JSON.parse(lock).nodes
const lockOf = async (branch: string): Promise<string> => (await story().github.repository.read(branch, 'flake.lock'))!

/** Nobody mounts these seeds. */
const seedJob = (): Promise<StoryJob> => story().seedJob({ with: { format: 'oci' } })

/** Builds the project in a step of the job; what Nix says. */
const build = async (it: StoryJob): Promise<PhaseResult> =>
  clean(await it.job.run('nix build --no-link --print-out-paths --print-build-logs'))

describe('a project without a seed', () => {
  test(
    'has its first one published, and is told what to add to its flake',
    async () => {
      const it = await seedJob()
      const { pre, main, post } = await it.play()
      clean(pre)
      expect(main.conclusion).toBe('failure')
      const [message = ''] = errorsOf(main)
      expect(message).toContain('seed-self')
      // The seed itself is there, and recorded.
      const { seed, digest } = main.outputs
      expect(seed).toBe(`${story().image}@${digest}`)
      expect(main.outputs).toMatchObject({ outcome: 'miss', hit: 'false', reused: 'false', system: SYSTEM })
      const pins = await story().pins()
      expect(Object.keys(pins.systems)).toEqual([SYSTEM])
      expect(pins.systems[SYSTEM]?.image).toBe(seed)
      // As the workflow wants it, without layers to mount.
      const address = `http://${seed!.replace(/\//, '/v2/').replace('@', '/manifests/')}`
      const index = await fetch(address, { headers: { accept: MEDIA_TYPE.index } })
      expect(await index.json()).toMatchObject({ manifests: [{ platform: { os: 'linux' } }] })
      expect(story().github.isVerified((await story().github.repository.head('nix-seed'))!)).toBe(true)
      expect(story().github.pullRequests).toEqual([])
      expect(post.summary).toContain(digest)

      // What the message says is done to the letter.
      const [line] = /seed-self = \{[^}]*\};/.exec(message) ?? []
      expect(line).toBeDefined()
      story().addInput(line)
      await story().atDesk(['nix', 'flake', 'lock'])
      await story().push('Take the seed as an input')
    },
    STORY_TIMEOUT_MS
  )

  test(
    'whose next run of seed mode has nothing to publish and nothing to propose',
    async () => {
      const it = await seedJob()
      const { main, post } = await it.play()
      clean(main)
      expect(main.outputs).toMatchObject({ outcome: 'hit', reused: 'true', 'pull-request-operation': 'none' })
      expect(await story().github.repository.branches()).toEqual(['main', 'nix-seed'])
      clean(post)
    },
    STORY_TIMEOUT_MS
  )
})

describe('a job of a project with a seed', () => {
  test(
    'has Nix before its first step, builds the project alone, and leaves nothing behind',
    async () => {
      const it = await story().job({ permissions: READ_PERMISSIONS })
      const pre = await it.step.pre()
      clean(pre)
      // Before checkout, as the first thing that a job does.
      expect((await it.job.run('nix --version')).log).toMatch(/^nix \(Nix\) \d/)
      expect(it.machine.storeNames().length).toBeGreaterThan(50)
      await it.checkout()
      const main = await it.step.main()
      clean(main)
      const pins = await story().pins()
      expect(main.outputs).toMatchObject({
        outcome: 'hit',
        hit: 'true',
        reason: '',
        strategy: 'unpack',
        coverage: '100',
        seed: pins.systems[SYSTEM]?.image,
        'lock-key': pins.systems[SYSTEM]?.lockKey,
        'pull-request-operation': 'none'
      })
      expect(Number(main.outputs.bytes)).toBeGreaterThan(1e6)
      const result = await build(it)
      expect(built(result.log)).toEqual(['hello-1.0'])
      expect((await it.job.run(`$(nix build --no-link --print-out-paths)/bin/hello`)).log).toContain('Hello, world')

      // What Nix complains about is marked, and fails its own step alone.
      const failed = await it.job.run('nix build .#nothing --no-link')
      expect(failed.conclusion).toBe('failure')
      expect(failed.annotations).toContainEqual(expect.objectContaining({ level: 'error', matched: true }))

      const post = clean(await it.step.post())
      expect(it.job.matchers.owners).toEqual([])
      expect(post.summary).toMatch(/Coverage \d+ %/)
      expect(post.summary).toContain('hello-1.0')
      expect(it.job.end().orphans).toEqual([])
      // What is the runner's own begins with a line.
      expect(readdirSync(it.job.folders.temp).filter(name => !name.startsWith('_'))).toEqual([])
    },
    STORY_TIMEOUT_MS
  )
})

describe('after a change of the lock', () => {
  test(
    'the seed is stale and serves, or is ignored',
    async () => {
      await story().changeLock()
      await story().push('Update nixpkgs')
      const use = await story().job({ permissions: READ_PERMISSIONS })
      const { main } = await use.play()
      expect(main.conclusion).toBe('success')
      expect(main.outputs).toMatchObject({ outcome: 'stale', hit: 'false', strategy: 'unpack' })
      expect(main.outputs.reason).toMatch(/flake\.lock/)
      expect(use.machine.storeNames().length).toBeGreaterThan(50)

      const ignore = await story().job({ nix: 'lab', permissions: READ_PERMISSIONS, with: { 'stale-seed': 'ignore' } })
      const ignored = (await ignore.play()).main
      expect(ignored.conclusion).toBe('success')
      expect(ignored.outputs).toMatchObject({ outcome: 'miss', hit: 'false', strategy: 'present', bytes: '0' })
    },
    STORY_TIMEOUT_MS
  )

  test(
    'seed mode publishes the new one and proposes it, changing one node of the lock',
    async () => {
      const before = await lockOf('main')
      const old = (await story().pins()).systems[SYSTEM]
      const it = await seedJob()
      const { main } = await it.play()
      clean(main)
      expect(main.outputs).toMatchObject({
        reused: 'false',
        'pull-request-number': '1',
        'pull-request-operation': 'created'
      })
      const [pull] = story().github.pullRequests
      expect(pull).toMatchObject({ number: 1, state: 'open', base: 'main', head: 'update-seed', draft: false })
      expect(main.outputs['pull-request-url']).toBe(`https://github.com/org/hello/pull/1`)
      const now = (await story().pins()).systems[SYSTEM]!
      expect(pull!.body).toContain(old!.image.split('@')[1])
      expect(pull!.body).toContain(now.image.split('@')[1])
      expect(now.image).toBe(main.outputs.seed)

      const after = await lockOf('update-seed')
      const { 'seed-self': was, ...others } = nodesOf(before)
      const { 'seed-self': is, ...same } = nodesOf(after)
      expect(same).toEqual(others)
      expect(is).not.toEqual(was)
      expect(is).toMatchObject({ locked: { rev: await story().github.repository.head('nix-seed') } })
      // Every commit is one that the forge has signed.
      for (const branch of ['nix-seed', 'update-seed']) {
        expect(story().github.isVerified((await story().github.repository.head(branch))!)).toBe(true)
      }
      expect(await story().github.repository.branches()).toEqual(['main', 'nix-seed', 'update-seed'])
    },
    STORY_TIMEOUT_MS
  )

  test(
    'another change updates the same pull request',
    async () => {
      await story().changeLock()
      await story().push('Update nixpkgs again')
      const { main } = await (await seedJob()).play()
      clean(main)
      expect(main.outputs).toMatchObject({ 'pull-request-number': '1', 'pull-request-operation': 'updated' })
      expect(story().github.pullRequests).toHaveLength(1)
      // Nothing of the lock of main is undone by it.
      const { 'seed-self': _, ...others } = nodesOf(await lockOf('main'))
      expect(nodesOf(await lockOf('update-seed'))).toMatchObject(others)
    },
    STORY_TIMEOUT_MS
  )

  test(
    'a run with nothing new leaves the pull request as it is',
    async () => {
      const head = await story().github.repository.head('update-seed')
      const { main } = await (await seedJob()).play()
      expect(main.outputs).toMatchObject({ reused: 'true', 'pull-request-operation': 'unchanged' })
      expect(await story().github.repository.head('update-seed')).toBe(head)
    },
    STORY_TIMEOUT_MS
  )

  test(
    'the merged pull request is what Nix itself would have written, and the next job hits',
    async () => {
      await story().github.merge(1)
      await story().pull()
      const own = readFileSync(join(story().folder, 'flake.lock'), 'utf8')
      const metadata = JSON.parse(await story().atDesk(['nix', 'flake', 'metadata', '--json']))
      expect(metadata.locks.nodes['seed-self'].locked).toEqual(
        (nodesOf(own)['seed-self'] as { locked: unknown }).locked
      )
      await story().atDesk(['nix', 'flake', 'update', 'seed-self'])
      expect(readFileSync(join(story().folder, 'flake.lock'), 'utf8')).toBe(own)

      const it = await story().job({ permissions: READ_PERMISSIONS })
      clean(await it.step.pre())
      expect(it.machine.storeNames().length).toBeGreaterThan(50)
      await it.checkout()
      expect(clean(await it.step.main()).outputs).toMatchObject({ outcome: 'hit', hit: 'true' })
      expect(built((await build(it)).log)).toEqual(['hello-1.0'])
      clean(await it.step.post())
    },
    STORY_TIMEOUT_MS
  )

  test(
    'a pull request that has nothing to say any more is closed',
    async () => {
      // Somebody pins by hand what a pull request proposes.
      await story().changeLock()
      await story().push('Update nixpkgs')
      const { main } = await (await seedJob()).play()
      expect(main.outputs).toMatchObject({ 'pull-request-number': '2', 'pull-request-operation': 'created' })
      await story().atDesk(['nix', 'flake', 'update', 'seed-self'])
      await story().push('Pin by hand')
      const closing = (await (await seedJob()).play()).main
      clean(closing)
      expect(closing.outputs).toMatchObject({ 'pull-request-number': '2', 'pull-request-operation': 'closed' })
      expect(story().github.pullRequests.map(({ state }) => state)).toEqual(['closed', 'closed'])
      expect(await story().github.repository.branches()).toEqual(['main', 'nix-seed'])
    },
    STORY_TIMEOUT_MS
  )
})
