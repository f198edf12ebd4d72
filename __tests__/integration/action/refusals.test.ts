/** Jobs that cannot have their seed, or must not: what they are told, and what is left as it was. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { formatSeedPins, type PinnedSeed } from '../../../src/seed/pin.ts'
import { requireLab } from '../../support/lab.ts'
import type { PhaseResult } from '../../support/phases.ts'
import { RegistryServer } from '../../support/registry-server.ts'
import {
  errorsOf,
  OTHER_SYSTEM,
  READ_PERMISSIONS,
  STORY_TIMEOUT_MS,
  SYSTEM,
  useStory,
  warningsOf,
  type StoryJob,
  type StoryJobOptions
} from '../../support/story.ts'

requireLab()
const story = useStory({ pinned: true })

const job = (options: StoryJobOptions = {}): Promise<StoryJob> =>
  story().job({ permissions: READ_PERMISSIONS, ...options })
const pinned = async (): Promise<PinnedSeed> => (await story().pins()).systems[SYSTEM]!

/** What a failed job shows: one error that says what to do, and nothing of a stack. */
function onlyError(result: PhaseResult): string {
  expect(result.conclusion).toBe('failure')
  expect(result.annotations).toEqual([{ level: 'error', title: 'Nix Seed', message: expect.any(String) }])
  return errorsOf(result)[0]!
}

/** Runs `action` while main has another commit, which is taken back afterwards. */
async function withFiles(files: Record<string, string>, action: () => Promise<void>): Promise<void> {
  const { repository } = story().github
  const before = await repository.head('main')
  await repository.commit('main', files)
  try {
    await action()
  } finally {
    await repository.setBranch('main', before)
  }
}

const lockText = async (): Promise<string> => (await story().github.repository.read('main', 'flake.lock'))!

describe('inputs', () => {
  test(
    'that are wrong fail main with all that is wrong with them, and pre with nothing',
    async () => {
      const it = await job({ with: { mode: 'sead', required: 'maybe', 'extra-nix-config': 'a = b' } })
      const { pre, main, post } = await it.play()
      expect(pre.conclusion).toBe('success')
      const message = onlyError({ ...main, annotations: main.annotations.filter(each => each.level === 'error') })
      expect(message).toMatch(/mode: .*sead/)
      expect(message).toMatch(/required: .*maybe/)
      expect(message).toContain('extra-nix-conf')
      expect(warningsOf(main)).toEqual([expect.stringContaining("Unexpected input(s) 'extra-nix-config'")])
      expect(it.machine.storeNames()).toEqual([])
      expect(post.conclusion).toBe('success')
    },
    STORY_TIMEOUT_MS
  )
})

describe('a lock file', () => {
  test(
    'that is malformed fails main',
    () =>
      withFiles({ 'flake.lock': '{ "nodes": ' }, async () => {
        const it = await job()
        const { pre, main } = await it.play()
        expect(pre).toMatchObject({ conclusion: 'success', annotations: [] })
        expect(onlyError(main)).toMatch(/flake\.lock/)
        expect(it.machine.storeNames()).toEqual([])
      }),
    STORY_TIMEOUT_MS
  )

  test(
    'whose hash is not that of seed.json fails main',
    async () => {
      const lock = JSON.parse(await lockText())
      lock.nodes['seed-self'].locked.narHash = `sha256-${Buffer.alloc(32).toString('base64')}`
      await withFiles({ 'flake.lock': JSON.stringify(lock) }, async () => {
        const it = await job()
        const { pre, main } = await it.play()
        expect(pre).toMatchObject({ conclusion: 'success', annotations: [] })
        expect(onlyError(main)).toMatch(/not what flake\.lock pins/)
        expect(it.machine.storeNames()).toEqual([])
      })
    },
    STORY_TIMEOUT_MS
  )

  test(
    'that pins a seed for other systems alone is a miss',
    async () => {
      const before = await lockText()
      const pins = { version: 1, systems: { [OTHER_SYSTEM]: await pinned() } } as const
      await pinnedAs(pins.systems, async () => {
        const { main } = await (await job({ nix: 'lab' })).play()
        expect(main).toMatchObject({ conclusion: 'success', annotations: [] })
        expect(main.outputs).toMatchObject({
          outcome: 'miss',
          reason: expect.stringContaining(SYSTEM),
          strategy: 'present'
        })
      })
      expect(await lockText()).toBe(before)
    },
    STORY_TIMEOUT_MS
  )
})

/** Runs `action` while the project pins other seeds. */
async function pinnedAs(systems: Record<string, PinnedSeed>, action: () => Promise<void>): Promise<void> {
  const { repository } = story().github
  const heads = { main: await repository.head('main'), 'nix-seed': await repository.head('nix-seed') }
  await story().record(formatSeedPins({ version: 1, systems }))
  const lock = join(story().folder, 'flake.lock')
  const text = readFileSync(lock)
  try {
    await story().atDesk(['nix', 'flake', 'update', 'seed-self'])
    await story().upload('Pin something else', 'main')
    await action()
  } finally {
    writeFileSync(lock, text)
    for (const [branch, oid] of Object.entries(heads)) await repository.setBranch(branch, oid)
  }
}

describe('a pin', () => {
  test(
    'that names another registry is refused, and that registry hears nothing of it',
    async () => {
      const other = await RegistryServer.start()
      try {
        const { image, ...seed } = await pinned()
        const elsewhere = `${other.host}/org/hello/seed@${image.split('@')[1]}`
        await pinnedAs({ [SYSTEM]: { image: elsewhere, ...seed } }, async () => {
          const it = await job({ with: { 'registry-username': 'someone', 'registry-password': 'not-for-strangers' } })
          it.job.watch('registry-password', 'not-for-strangers')
          const { main } = await it.play()
          expect(onlyError(main)).toMatch(/not trusted/)
          expect(onlyError(main)).toContain('trusted-images')
          expect(it.machine.storeNames()).toEqual([])
        })
        expect(other.exchanges).toEqual([])
      } finally {
        await other.close()
      }
    },
    STORY_TIMEOUT_MS
  )

  test(
    'that names another repository of the same registry is refused, unless the workflow trusts it',
    async () => {
      const { image, ...seed } = await pinned()
      const name = `${story().registry.address}/org/other/seed`
      await pinnedAs({ [SYSTEM]: { image: `${name}@${image.split('@')[1]}`, ...seed } }, async () => {
        expect(onlyError((await (await job()).play()).main)).toMatch(/not trusted/)
        // It is asked then, and has no such thing.
        const { main } = await (await job({ nix: 'lab', with: { 'trusted-images': name } })).play()
        expect(main.conclusion).toBe('success')
        expect(main.outputs).toMatchObject({ outcome: 'miss', strategy: 'present' })
      })
    },
    STORY_TIMEOUT_MS
  )

  test(
    'whose image the registry has lost is done without, with a warning, or fails where it is required',
    async () => {
      const { image, ...seed } = await pinned()
      const lost = image.replace(/[0-9a-f]{64}$/, '0'.repeat(64))
      await pinnedAs({ [SYSTEM]: { image: lost, ...seed } }, async () => {
        const { pre, main } = await (await job({ nix: 'lab' })).play()
        expect(pre).toMatchObject({ conclusion: 'success', annotations: [] })
        expect(main.conclusion).toBe('success')
        expect(warningsOf(main)).toEqual([expect.stringMatching(/goes on without/)])
        expect(main.outputs).toMatchObject({ outcome: 'miss', hit: 'false', strategy: 'present' })

        const strict = await job({ with: { required: 'true' } })
        expect(onlyError((await strict.play()).main)).toContain(lost.split('@')[0])
        expect(strict.machine.storeNames()).toEqual([])
      })
    },
    STORY_TIMEOUT_MS
  )
})

describe('a machine', () => {
  test(
    'whose /nix is read-only cannot have a seed, and says so',
    async () => {
      const { main } = await (await job({ nix: 'read-only', with: { required: 'true' } })).play()
      expect(onlyError(main)).toMatch(/read-only/i)
      expect(onlyError(main)).toContain('/nix')
    },
    STORY_TIMEOUT_MS
  )

  test(
    'without room is told how much is needed, and has nothing of the seed',
    async () => {
      const it = await job({ nix: { bytes: 64 * 1024 * 1024 }, with: { required: 'true' } })
      await it.step.pre()
      expect((await it.job.run('ls -A /nix/store || true')).log).toMatch(/^(ls: .*)?$/)
      await it.checkout()
      expect(onlyError(await it.step.main())).toMatch(/needs \d+ MB|full|no room/)
      await it.step.post()
    },
    STORY_TIMEOUT_MS
  )

  test(
    'whose user may not write to /nix and has no sudo cannot have a seed',
    async () => {
      const poor = { uid: 1002, home: '/tmp', sudo: false }
      const it = await job({
        user: { uid: poor.uid, gid: poor.uid },
        machine: { users: { poor } },
        with: { required: 'true' }
      })
      const { pre, main } = await it.play()
      expect(pre).toMatchObject({ conclusion: 'success', annotations: [] })
      expect(onlyError(main)).toMatch(/root is needed|sudo/)
      expect(it.machine.storeNames()).toEqual([])
    },
    STORY_TIMEOUT_MS
  )

  test(
    'has none that is to be mounted, where the image cannot be',
    async () => {
      const it = await job({ with: { strategy: 'mount' } })
      const { pre, main } = await it.play()
      expect(pre).toMatchObject({ conclusion: 'success', annotations: [] })
      expect(onlyError(main)).toMatch(/^The seed cannot be mounted: the image has no EROFS layers .*auto/s)
      expect(it.machine.storeNames()).toEqual([])
    },
    STORY_TIMEOUT_MS
  )

  test(
    'whose user has a sudo that asks nothing gets its seed',
    async () => {
      const runner = { uid: 1001, home: '/tmp', sudo: true }
      const it = await job({ user: { uid: runner.uid, gid: runner.uid }, machine: { users: { runner } } })
      const { pre, main } = await it.play()
      expect(pre).toMatchObject({ conclusion: 'success', annotations: [] })
      expect(main.outputs).toMatchObject({ outcome: 'hit', strategy: 'unpack' })
      expect(it.machine.storeNames().length).toBeGreaterThan(50)
    },
    STORY_TIMEOUT_MS
  )

  test(
    'with Nix already keeps it, gets the seed, and has it configured',
    async () => {
      const it = await job({ nix: 'lab' })
      const before = readdirSync('/nix/store').length
      await it.step.pre()
      await it.checkout()
      const main = await it.step.main()
      expect(main).toMatchObject({ conclusion: 'success', annotations: [] })
      expect(main.outputs).toMatchObject({ outcome: 'hit', hit: 'true' })
      expect((await it.job.run('nix config show experimental-features')).log).toContain('flakes')
      await it.step.post()
      expect(readdirSync('/nix/store')).toHaveLength(before)
    },
    STORY_TIMEOUT_MS
  )
})

describe('a seed that is there already', () => {
  test(
    'is used by the second step of a job, which fetches nothing',
    async () => {
      const it = await job()
      const second = it.job.use({ image: story().image })
      const pres = await it.job.pre()
      expect(pres.map(each => each.conclusion)).toEqual(['success', 'success'])
      await it.checkout()
      expect((await it.step.main()).outputs).toMatchObject({ outcome: 'hit' })
      expect((await second.main()).outputs).toMatchObject({ outcome: 'hit', bytes: '0' })
      expect((await it.job.post()).map(each => each.conclusion)).toEqual(['success', 'success'])
    },
    STORY_TIMEOUT_MS
  )
})
