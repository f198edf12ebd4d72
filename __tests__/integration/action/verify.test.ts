/** Seeds that jobs start from only after independent builders have attested them, and that are proposed only then. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { openRepository } from '../../../src/oci/repository.ts'
import type { Digest } from '../../../src/oci/types.ts'
import { candidatesOf } from '../../../src/seed/candidates.ts'
import { attest, bytesOf, trustRootBytes } from '../../support/attestation.ts'
import { buildFacts } from '../../support/build-facts.ts'
import { requireLab } from '../../support/lab.ts'
import type { PhaseResult } from '../../support/phases.ts'
import { artifactOf, GITLAB } from '../../support/quorum.ts'
import { gitlabClaims, useSigstore } from '../../support/sigstore.ts'
import {
  clean,
  errorsOf,
  IDENTITY,
  READ_PERMISSIONS,
  STORY_TIMEOUT_MS,
  SYSTEM,
  useStory,
  warningsOf,
  type StoryJob
} from '../../support/story.ts'

requireLab()
const sigstore = useSigstore()
const other = useSigstore({ issuerType: 'gitlab-pipeline' })
const story = useStory({ pinned: true })

const POLICY = '.github/seed-policy.json'
const CHECK = { verify: 'quorum', policy: POLICY }
/** As the documentation says. */
const PROMOTE_PERMISSIONS = { contents: 'write', 'pull-requests': 'write', packages: 'read' } as const

beforeAll(async () => {
  const folder = join(story().folder, '.github')
  mkdirSync(folder)
  writeFileSync(join(folder, 'github.json'), trustRootBytes(sigstore().trustedRoot))
  writeFileSync(join(folder, 'gitlab.json'), trustRootBytes(other().trustedRoot))
  const builders = [
    {
      id: 'github',
      organisation: 'Microsoft',
      issuer: sigstore().issuer.issuer,
      identity: IDENTITY,
      trustRoot: 'github.json'
    },
    {
      id: 'gitlab',
      organisation: 'GitLab',
      issuer: other().issuer.issuer,
      identity: GITLAB,
      trustRoot: 'gitlab.json'
    }
  ]
  // Some machines that tests run on have no sandbox for Nix.
  writeFileSync(join(story().folder, POLICY), JSON.stringify({ threshold: 2, allowSandboxOff: true, builders }))
  execFileSync('git', ['-C', story().folder, 'add', '.github'])
  await story().push('Ask for two builders')
}, STORY_TIMEOUT_MS)

const restoreJob = (): Promise<StoryJob> => story().job({ permissions: READ_PERMISSIONS, with: CHECK })

/** A job without a checkout, in which there is no Nix. */
async function promote(): Promise<PhaseResult> {
  const it = await story().job({ permissions: PROMOTE_PERMISSIONS, with: { mode: 'promote', policy: POLICY } })
  const pre = await it.step.pre()
  const main = await it.step.main()
  const post = await it.step.post()
  for (const phase of [pre, post]) expect(phase).toMatchObject({ conclusion: 'success', annotations: [] })
  expect(post.summary).toContain(main.outputs.promoted === '' ? 'nothing is promoted' : `promoted ${SYSTEM}`)
  expect(it.machine.storeNames()).toEqual([])
  return main
}

const notices = ({ annotations }: PhaseResult): string[] =>
  annotations.filter(({ level }) => level === 'notice').map(({ message }) => message)
const heads = () => Promise.all(['nix-seed', 'update-seed'].map(name => story().github.repository.head(name)))

/** What the second builder does: it has built the same image of the same commit. */
async function attestElsewhere(image: string, sha: string): Promise<void> {
  const [name, digest] = image.split('@') as [string, Digest]
  const checkout = { ...buildFacts().checkout, rev: sha }
  const claims = gitlabClaims({ sha, ci_config_sha: sha })
  const bundle = bytesOf(await attest(other(), { claims, facts: { subject: { name, digest }, checkout } }))
  const repository = openRepository(name, { env: {} })
  try {
    await repository.attach({ digest }, [artifactOf(bundle)])
  } finally {
    await repository.close()
  }
}

describe('a pinned seed that nobody has attested', () => {
  test(
    'is not restored, by no phase, and the job fails',
    async () => {
      const it = await restoreJob()
      const { pre, main, post } = await it.play()
      expect(pre).toMatchObject({ conclusion: 'success', annotations: [] })
      expect(pre.log).toContain('main tries again: the policy is not met')
      expect(main.conclusion).toBe('failure')
      expect(errorsOf(main)).toEqual([expect.stringMatching(/^The policy is not met: no builder .*github, gitlab/)])
      expect(main.outputs).toMatchObject({ verified: 'false', 'verified-builders': '', strategy: 'none' })
      expect(it.machine.storeNames()).toEqual([])
      expect(main.groups).not.toContain('Restore the seed')
      expect(post.summary).toContain('**Not verified**')
    },
    STORY_TIMEOUT_MS
  )
})

describe('a seed that one of two builders has made', () => {
  let image = ''
  let sha = ''

  test(
    'waits as a candidate, and nothing is proposed',
    async () => {
      await story().changeLock()
      sha = await story().push('Update nixpkgs')
      const before = (await story().pins()).systems
      const { main, post } = await (await story().seedJob({ sigstore: sigstore(), with: CHECK })).play()
      expect(main.conclusion).toBe('success')
      // What is pinned was not used.
      expect(warningsOf(main)).toEqual([expect.stringMatching(/goes on without its seed: the policy is not met/)])
      expect(notices(main)).toEqual([expect.stringMatching(/waits for other builders: 1 of 2 .*from: gitlab/)])
      image = main.outputs.seed!
      expect(main.outputs).toMatchObject({
        verified: 'false',
        'verified-builders': 'github',
        'attestation-identity': IDENTITY,
        'pull-request-operation': 'none'
      })
      const pins = await story().pins()
      expect(pins.systems).toEqual(before)
      expect(candidatesOf(pins, 'seed.json')).toEqual({
        [SYSTEM]: {
          ...pins.systems[SYSTEM],
          image,
          commit: sha,
          lockKey: expect.any(String),
          closure: expect.any(String)
        }
      })
      expect(story().github.pullRequests).toEqual([])
      expect(post.summary).toContain('and waits for other builders')
    },
    STORY_TIMEOUT_MS
  )

  test(
    'is proposed by promote mode as soon as the other has attested it, and once',
    async () => {
      const before = await heads()
      const early = await promote()
      expect(early.outputs).toMatchObject({ promoted: '', 'pull-request-operation': 'none' })
      expect(notices(early)).toEqual([expect.stringMatching(/^Nothing is promoted: .*from: gitlab/)])
      expect(await heads()).toEqual(before)

      await attestElsewhere(image, sha)
      const done = clean(await promote())
      expect(done.outputs).toMatchObject({ promoted: SYSTEM, 'pull-request-operation': 'created' })
      expect((await story().pins()).systems[SYSTEM]).toMatchObject({ image })
      expect(candidatesOf(await story().pins(), 'seed.json')).toEqual({})
      expect(story().github.pullRequests.at(-1)?.body).toContain('| attested by |  | `github`, `gitlab` |')

      const after = await heads()
      const again = await promote()
      expect(again.outputs).toMatchObject({ promoted: '', 'pull-request-operation': 'unchanged' })
      expect(await heads()).toEqual(after)
      await story().github.merge(Number(done.outputs['pull-request-number']))
      await story().pull()
    },
    STORY_TIMEOUT_MS
  )

  test(
    'is restored before the first step, after it has been verified',
    async () => {
      const it = await restoreJob()
      const { pre, main, post } = await it.play()
      clean(pre)
      clean(main)
      expect(pre.groups).toEqual(['Find the pinned seed', 'Read the policy', 'Verify the seed', 'Restore the seed'])
      expect(pre.log).toContain('2 independent builders attested this digest: github, gitlab')
      expect(main.groups).not.toContain('Verify the seed')
      expect(main.outputs).toMatchObject({
        outcome: 'hit',
        seed: image,
        verified: 'true',
        'verified-builders': 'github gitlab'
      })
      expect(post.summary).toContain('**Verified**: 2 independent builders')
    },
    STORY_TIMEOUT_MS
  )
})
