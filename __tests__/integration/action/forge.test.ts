/** Seed mode where the forge does not let it have its way: what is said, and what the branches are afterwards. */
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { formatSeedPins, mergeSeedPins } from '../../../src/seed/pin.ts'
import { requireLab } from '../../support/lab.ts'
import {
  clean,
  errorsOf,
  OTHER_SYSTEM,
  SEED_PERMISSIONS,
  STORY_TIMEOUT_MS,
  SYSTEM,
  useStory,
  warningsOf
} from '../../support/story.ts'

requireLab()
const story = useStory({ pinned: true })

/** What there is on the forge, to be compared. */
async function forge(): Promise<Record<string, unknown>> {
  const { repository, pullRequests } = story().github
  const names = await repository.branches()
  const heads = await Promise.all(names.map(name => repository.head(name)))
  return {
    ...Object.fromEntries(names.map((name, at) => [name, heads[at]])),
    pulls: pullRequests.map(pull => pull.state)
  }
}

beforeAll(async () => {
  // There is something to propose from here on, and each story but the last ones leaves it unproposed.
  await story().changeLock()
  await story().push('Update nixpkgs')
  // So that no story has to wait for the upload.
  await story().publish()
  recorded = (await story().github.repository.head('nix-seed'))!
}, STORY_TIMEOUT_MS)

/** The branch of the pins before any of it. */
let recorded = ''
beforeEach(async () => {
  await story().github.repository.setBranch('nix-seed', recorded)
  await story().github.repository.setBranch('update-seed', undefined)
})

describe('a run of seed mode', () => {
  test(
    'for a pull request of a fork publishes nothing, and is no failure',
    async () => {
      const before = await forge()
      const head = (await story().github.repository.head('main'))!
      const it = await story().seedJob({
        event: 'pull_request',
        pullRequest: { number: 7, head: { repository: 'someone/hello', branch: 'topic', sha: head } },
        permissions: { contents: 'read' }
      })
      const { main, post } = await it.play()
      expect(main.conclusion).toBe('success')
      expect(main.annotations).toEqual([{ level: 'notice', title: 'Nix Seed', message: expect.stringMatching(/fork/) }])
      expect(main.outputs).toMatchObject({ 'pull-request-operation': 'none' })
      expect(post.conclusion).toBe('success')
      expect(await forge()).toEqual(before)
    },
    STORY_TIMEOUT_MS
  )

  test.each([
    ['contents', { ...SEED_PERMISSIONS, contents: 'read' }, 'contents: write'],
    ['pull-requests', { contents: 'write', packages: 'write' }, 'pull-requests: write']
  ] as const)(
    'without the permission %s names the lines to add',
    async (permission, permissions, line) => {
      const before = await forge()
      const { main } = await (await story().seedJob({ permissions })).play()
      // Without a pull request, what is missing is one click; without the branch there is nothing to click at.
      const isBranchThere = permission === 'pull-requests'
      expect(main.conclusion).toBe(isBranchThere ? 'success' : 'failure')
      const said = isBranchThere ? warningsOf(main) : errorsOf(main)
      expect(said).toHaveLength(1)
      expect(said[0]).toContain(`permissions:\n  ${line}`)
      if (isBranchThere) expect(said[0]).toContain('/org/hello/compare/main...update-seed')
      // The seed is published all the same, and known.
      expect(main.outputs.seed).toContain(story().image)
      const after = await forge()
      expect(after.main).toBe(before.main)
      expect(after.pulls).toEqual(before.pulls)
      if (permission === 'contents') expect(after).toEqual(before)
    },
    STORY_TIMEOUT_MS
  )

  test(
    'in an organisation that lets no workflow open pull requests says where to change that',
    async () => {
      const { settings } = story().github.repository
      settings.actionsMayOpenPullRequests = false
      try {
        const { main } = await (await story().seedJob()).play()
        expect(main.conclusion).toBe('success')
        expect(warningsOf(main)).toEqual([
          expect.stringMatching(/Allow GitHub Actions to create and approve pull requests/)
        ])
        expect(await story().github.repository.branches()).toContain('update-seed')
        expect(story().github.pullRequests.filter(pull => pull.state === 'open')).toEqual([])
      } finally {
        settings.actionsMayOpenPullRequests = true
      }
    },
    STORY_TIMEOUT_MS
  )

  test(
    'at the limit of the API says until when',
    async () => {
      const before = await forge()
      const resetAt = Math.ceil(Date.now() / 1000) + 1800
      story().github.fail(() => true, { kind: 'primary-limit', resetAt }, 1000)
      const it = await story().seedJob()
      try {
        await it.step.pre()
        story().github.faults.disarm()
        await it.checkout()
        story().github.fail(request => request.route !== undefined, { kind: 'primary-limit', resetAt }, 1000)
        const main = await it.step.main()
        expect(main.conclusion).toBe('failure')
        expect(errorsOf(main)).toEqual([expect.stringMatching(/no more requests/)])
      } finally {
        story().github.faults.disarm()
      }
      expect(await forge()).toEqual(before)
    },
    STORY_TIMEOUT_MS
  )

  test(
    'whose token ends half-way says that it did',
    async () => {
      const it = await story().seedJob()
      await it.step.pre()
      await it.checkout()
      story().github.before({ field: 'createCommitOnBranch' }, () => story().github.revokeToken(it.job.options.token))
      const main = await it.step.main()
      expect(main.conclusion).toBe('failure')
      expect(errorsOf(main)).toEqual([expect.stringMatching(/token was accepted before and is no longer/)])
      expect(story().github.pullRequests.filter(pull => pull.state === 'open')).toEqual([])
    },
    STORY_TIMEOUT_MS
  )

  test(
    'while another system records its seed proposes both',
    async () => {
      const { github } = story()
      const own = (await story().pins()).systems[SYSTEM]!
      const theirs = { ...own, image: own.image.replace(/[0-9a-f]{64}$/, 'a'.repeat(64)) }
      github.before({ field: 'createCommitOnBranch' }, async () => {
        await story().record(formatSeedPins(mergeSeedPins(await story().pins(), OTHER_SYSTEM, theirs)))
      })
      const { main } = await (await story().seedJob()).play()
      clean(main)
      const pins = await story().pins()
      expect(pins.systems[OTHER_SYSTEM]).toEqual(theirs)
      expect(pins.systems[SYSTEM]?.image).toBe(main.outputs.seed)
      expect(main.outputs).toMatchObject({ 'pull-request-operation': 'created' })
      const lock = JSON.parse((await github.repository.read('update-seed', 'flake.lock'))!)
      expect(lock.nodes['seed-self'].locked.rev).toBe(await github.repository.head('nix-seed'))
      expect(github.pullRequests.at(-1)?.body).toContain(OTHER_SYSTEM)
    },
    STORY_TIMEOUT_MS
  )

  test(
    'while main moves on proposes its pin on top of that',
    async () => {
      const { github } = story()
      await story().changeLock()
      await story().push('Update nixpkgs')
      let moved = ''
      let commits = 0
      // Between the look at main and the commit that goes upon it; the first commit is that of the record.
      github.before(
        { field: 'createCommitOnBranch' },
        async () => {
          if (++commits === 2) moved = await github.repository.commit('main', { 'README.md': 'changed meanwhile\n' })
        },
        2
      )
      const { main } = await (await story().seedJob()).play()
      expect(main.conclusion).toBe('success')
      expect(moved).not.toBe('')
      expect(main.outputs).toMatchObject({ 'pull-request-operation': 'created' })
      await github.merge(Number(main.outputs['pull-request-number']))
      expect(await github.repository.read('main', 'README.md')).toBe('changed meanwhile\n')
      await story().pull()
    },
    STORY_TIMEOUT_MS
  )
})

describe('restore mode', () => {
  test(
    'goes on without the API, with a warning, or says what it is that does not answer',
    async () => {
      const it = await story().job({ nix: 'lab', permissions: { contents: 'read' } })
      story().github.fail(request => request.route !== undefined, { kind: 'primary-limit' }, 1000)
      try {
        const pre = await it.step.pre()
        expect(pre).toMatchObject({ conclusion: 'success', annotations: [] })
        await it.checkout()
        const main = await it.step.main()
        expect(main.conclusion).toBe('success')
        expect(warningsOf(main)).toEqual([expect.stringMatching(/goes on without its seed/)])
        expect(main.outputs).toMatchObject({ outcome: 'miss', strategy: 'present' })
      } finally {
        story().github.faults.disarm()
      }
    },
    STORY_TIMEOUT_MS
  )
})
