/** Seeds that are signed before anything leads to them, and what becomes of those that could not be. */
import { generateKeyPairSync } from 'node:crypto'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { requireLab, run, useTempFolder, type CommandResult } from '../../support/lab.ts'
import type { PhaseResult } from '../../support/phases.ts'
import { useSigstore, type Fault, type SigstoreServer } from '../../support/sigstore.ts'
import { formatSeedPins } from '../../../src/seed/pin.ts'
import {
  clean,
  errorsOf,
  IDENTITY,
  OTHER_SYSTEM,
  STORY_TIMEOUT_MS,
  SYSTEM,
  useStory,
  type SeedJobOptions,
  type StoryJob
} from '../../support/story.ts'

requireLab()
const folder = useTempFolder()
const sigstore = useSigstore()
const story = useStory({ pinned: true })

const seedJob = (options: SeedJobOptions = {}): Promise<StoryJob> =>
  story().seedJob({ sigstore: sigstore(), ...options })
/** Of ordinary layers alone, which are made in less time, where nothing depends on what a seed is made of. */
const plainJob = (options: SeedJobOptions = {}): Promise<StoryJob> =>
  seedJob({ ...options, with: { format: 'oci', ...options.with } })
const issuer = (): string => sigstore().issuer.issuer
/** How often a server was asked. */
const asked = (server: SigstoreServer): number => sigstore().requests.filter(each => each.server === server).length

/** All that could lead to a seed: branches, pull requests, tags. */
async function pointers(): Promise<Record<string, unknown>> {
  const { repository, pullRequests } = story().github
  const names = await repository.branches()
  const heads = await Promise.all(names.map(name => repository.head(name)))
  const answer = await fetch(`http://${story().registry.address}/v2/org/hello/seed/tags/list`)
  const { tags } = (await answer.json()) as { tags: string[] }
  return {
    branches: Object.fromEntries(names.map((name, at) => [name, heads[at]])),
    pulls: pullRequests.map(({ number, state, body }) => ({ number, state, body })),
    // The list of what hangs on an image, where a registry does not keep it itself, has a tag too.
    tags: tags.filter(tag => !/^sha256-[0-9a-f]{64}$/.test(tag)).sort()
  }
}

const cosign = (image: string, ...who: string[]): Promise<CommandResult> => {
  const root = sigstore().trustedRootFile(folder())
  const options = ['--type', 'slsaprovenance1', '--trusted-root', root, '--allow-http-registry']
  return run(['cosign', 'verify-attestation', ...options, ...who, image])
}
const keyless = (identity = IDENTITY): string[] => [
  '--certificate-identity',
  identity,
  '--certificate-oidc-issuer',
  issuer()
]

/** What the runner hid: nothing that the action prints is to be so. */
const expectNothingHidden = (...results: PhaseResult[]): void => {
  for (const { log, summary } of results) expect(`${log}\n${summary}`).not.toContain('***')
}

const leftInTemp = (it: StoryJob): string[] => readdirSync(it.job.folders.temp).filter(name => !name.startsWith('_'))

describe('a recorded seed', () => {
  let attestation = ''
  let image = ''

  test(
    'that nobody has signed is made once more, and signed',
    async () => {
      const it = await seedJob()
      const { main } = await it.play()
      clean(main)
      expect(main.outputs).toMatchObject({
        reused: 'false',
        attestation: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        'attestation-identity': IDENTITY,
        'attestation-issuer': issuer()
      })
      expect(main.log).toMatch(/No provenance hangs on .*, so it is not reused/)
      attestation = main.outputs.attestation!
      image = main.outputs.seed!
      expect(await cosign(main.outputs.seed!, ...keyless())).toMatchObject({ code: 0 })
    },
    STORY_TIMEOUT_MS
  )

  test(
    'that is signed and not merged is signed once more, by the run that proposes it',
    async () => {
      const { main } = await (await seedJob()).play()
      clean(main)
      expect(main.outputs).toMatchObject({ reused: 'false', seed: image, 'attestation-identity': IDENTITY })
      expect(main.log).toContain('is not pinned by this flake.lock yet, so it is not reused')
      expect(main.outputs.attestation).not.toBe(attestation)
      attestation = main.outputs.attestation!
      const index = main.outputs['attestation-log-index']
      expect(story().github.pullRequests.at(-1)?.body).toContain(`| log entry |  | \`${index}\` |`)
    },
    STORY_TIMEOUT_MS
  )

  test(
    'of another system is not proposed where nothing hangs on it, and stays recorded',
    async () => {
      const { systems } = await story().pins()
      const unsigned = { ...systems[SYSTEM]!, image: `${story().image}@sha256:${'d'.repeat(64)}` }
      await story().record(formatSeedPins({ version: 1, systems: { ...systems, [OTHER_SYSTEM]: unsigned } }))
      const before = await pointers()
      const { main, post } = await (await seedJob()).play()
      expect(main.conclusion).toBe('failure')
      expect(errorsOf(main)).toEqual([expect.stringContaining(`Run seed mode for ${OTHER_SYSTEM}`)])
      expect(main.outputs).toMatchObject({ seed: image, 'pull-request-operation': 'none' })
      expect(post.summary).toContain('nothing is proposed')
      expect(await pointers()).toEqual(before)
      expect((await story().pins()).systems[OTHER_SYSTEM]).toEqual(unsigned)
      await story().record(formatSeedPins({ version: 1, systems }))
    },
    STORY_TIMEOUT_MS
  )

  test(
    'that is signed and merged is reused, and called no more than that',
    async () => {
      const { main: proposed } = await (await seedJob()).play()
      clean(proposed)
      attestation = proposed.outputs.attestation!
      await story().github.merge(Number(proposed.outputs['pull-request-number']))
      await story().pull()
      const before = asked('fulcio')
      const { main, post } = await (await seedJob()).play()
      clean(main)
      expect(main.outputs).toMatchObject({ reused: 'true', seed: image, attestation, 'pull-request-operation': 'none' })
      expect(main.outputs['attestation-identity']).toBeUndefined()
      expect(asked('fulcio')).toBe(before)
      expect(post.summary).toContain('(not verified here)')
      expect(post.summary).not.toContain(IDENTITY)
    },
    STORY_TIMEOUT_MS
  )
})

describe('a job that cannot sign', () => {
  let before: Record<string, unknown>
  beforeAll(async () => {
    await story().changeLock()
    await story().push('Update nixpkgs')
    before = await pointers()
  }, STORY_TIMEOUT_MS)

  test(
    'for want of a permission fails before anything is built, with the line to add',
    async () => {
      const it = await plainJob({ permitted: false })
      const { main } = await it.play()
      expect(main.conclusion).toBe('failure')
      expect(errorsOf(main)).toEqual([expect.stringContaining('\npermissions:\n  id-token: write\n')])
      expect(main.groups).toEqual(['Find out who signs'])
      expect(main.outputs).toMatchObject({ strategy: 'none', 'pull-request-operation': 'none' })
      expect(main.outputs.seed).toBeUndefined()
      expect(await pointers()).toEqual(before)
    },
    STORY_TIMEOUT_MS
  )

  test(
    'since no token can be had is told so before anything is built',
    async () => {
      const it = await plainJob()
      sigstore().fault('issuer', 'deny')
      try {
        const { main } = await it.play()
        expect(main.conclusion).toBe('failure')
        expect(errorsOf(main)).toEqual([expect.stringMatching(/service answered 403[^]*\n {2}id-token: write\n/)])
        expect(main.groups).toEqual(['Find out who signs'])
      } finally {
        sigstore().fault('issuer')
      }
      expect(await pointers()).toEqual(before)
      await it.end()
      expect(leftInTemp(it)).toEqual([])
    },
    STORY_TIMEOUT_MS
  )

  const HOUR_MS = 3_600_000
  test.each<[SigstoreServer, string, Fault]>([
    ['fulcio', 'refuses', 'deny'],
    ['rekor', 'answers with half of it', 'malformed'],
    ['timestamp', 'cuts the connection', 'refuse'],
    ['timestamp', 'has the wrong time', { clockOffsetMs: HOUR_MS }]
  ])(
    'since %s %s fails with a seed that nothing leads to',
    async (server, _, fault) => {
      const it = await plainJob()
      sigstore().fault(server, fault)
      try {
        const { main, post } = await it.play()
        expect(main.conclusion).toBe('failure')
        const { seed, attestation } = main.outputs
        expect(seed).toMatch(/^127\.0\.0\.1:\d+\/org\/hello\/seed@sha256:/)
        expect(attestation).toBeUndefined()
        const [message, ...others] = errorsOf(main)
        expect(others).toEqual([])
        expect(message).toContain(`${seed} is published but unsigned: `)
        expect(message).toContain('No tag, no pin and no pull request leads to it. Run the job again')
        expect(post.summary).toContain('| Signed | **no**: nothing leads to it |')
        expectNothingHidden(main, post)
      } finally {
        sigstore().fault(server)
      }
      expect(await pointers()).toEqual(before)
      await it.end()
      expect(leftInTemp(it)).toEqual([])
    },
    STORY_TIMEOUT_MS
  )
})

describe('a job that is cancelled while it signs', () => {
  test(
    'ends at once, with a seed that nothing leads to',
    async () => {
      const before = await pointers()
      const it = await plainJob()
      await it.step.pre()
      await it.checkout()
      sigstore().fault('fulcio', 'hang')
      try {
        const reached = asked('fulcio')
        const main = await it.step.start('main')
        for (let waits = 0; asked('fulcio') === reached && waits < 600; waits++) await sleep(100)
        main!.cancel()
        const result = await main!.done
        // Killed processes have no exit code.
        expect(result).toMatchObject({ conclusion: 'cancelled', exitCode: 1 })
        expect(errorsOf(result)).toEqual([expect.stringContaining('was cancelled')])
      } finally {
        sigstore().fault('fulcio')
      }
      expect((await it.step.post()).summary).toContain('| Signed | **no**: nothing leads to it |')
      expect(await pointers()).toEqual(before)
      await it.end()
      expect(leftInTemp(it)).toEqual([])
    },
    STORY_TIMEOUT_MS
  )
})

describe('a job that can', () => {
  test(
    'signs for a pull request of the repository too, and pins nothing',
    async () => {
      const before = await pointers()
      const sha = (await story().github.repository.head('main'))!
      const it = await plainJob({
        event: 'pull_request',
        pullRequest: { number: 7, head: { repository: 'org/hello', branch: 'topic', sha } }
      })
      const { main } = await it.play()
      clean(main)
      expect(main.outputs).toMatchObject({ 'attestation-identity': IDENTITY, 'pull-request-operation': 'none' })
      const { branches, pulls } = await pointers()
      expect({ branches, pulls }).toEqual({ branches: before.branches, pulls: before.pulls })
    },
    STORY_TIMEOUT_MS
  )

  test(
    'proposes a seed that cosign accepts from its workflow, and from no other',
    async () => {
      const it = await seedJob()
      clean(await it.step.pre())
      await it.checkout()
      const main = clean(await it.step.main())
      const { seed = '', outputs } = { ...main.outputs, outputs: main.outputs }
      expect(outputs).toMatchObject({
        reused: 'false',
        'attestation-identity': IDENTITY,
        'attestation-issuer': issuer(),
        'attestation-log-index': expect.stringMatching(/^\d+$/),
        'pull-request-operation': 'created'
      })
      // Not the public log: there is no page of it.
      expect(outputs['attestation-log-url']).toBeUndefined()

      expect(await cosign(seed, ...keyless())).toMatchObject({ code: 0 })
      expect(await cosign(seed, ...keyless(`${IDENTITY}x`))).toMatchObject({ code: 1 })
      expect((await story().pins()).systems[SYSTEM]?.image).toBe(seed)

      // Later steps of the job have the files.
      const steps = await it.job.run(`cat '${outputs.bundle}' && cat '${outputs.sbom}'`)
      expect(steps.log).toContain('application/vnd.dev.sigstore.bundle.v0.3+json')
      expect(steps.log).toContain('"CycloneDX"')

      const post = clean(await it.step.post())
      for (const text of [post.summary, story().github.pullRequests.at(-1)?.body]) {
        expect(text).toContain(`\`${IDENTITY}\``)
        expect(text).toContain(`\`${issuer()}\``)
        expect(text).toContain(`\`${outputs['attestation-log-index']}\``)
      }
      expectNothingHidden(main, post)
      await it.end()
      expect(leftInTemp(it)).toEqual([])
      // Both times: to see whether there is one, and to sign.
      expect(sigstore().issuer.audiences.slice(-2)).toEqual(['sigstore', 'sigstore'])
    },
    STORY_TIMEOUT_MS
  )

  test(
    'signs with a key instead, and needs no identity',
    async () => {
      await story().changeLock()
      await story().push('Update nixpkgs')
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const cipher = { cipher: 'aes-256-cbc', passphrase: 'open sesame, open' } as const
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher }).toString()
      const lines = pem.split('\n').filter(line => line.length > 40)
      const before = [asked('issuer'), asked('fulcio')]
      const it = await plainJob({
        secrets: { KEY: pem, PASSPHRASE: cipher.passphrase },
        watched: Object.fromEntries(lines.map((line, at) => [`line ${at} of the key`, line])),
        with: {
          'rekor-url': sigstore().rekorUrl,
          'signing-key': '${{ secrets.KEY }}',
          'signing-key-passphrase': '${{ secrets.PASSPHRASE }}',
          'builder-id': 'https://example.org/builders/ci'
        }
      })
      const { main, post } = await it.play()
      clean(main)
      expect([asked('issuer'), asked('fulcio')]).toEqual(before)
      expect(main.outputs).toMatchObject({
        'attestation-identity': 'https://example.org/builders/ci',
        'pull-request-operation': 'updated'
      })
      expect(main.outputs['attestation-issuer']).toBeUndefined()
      const file = join(folder(), 'key.pub')
      writeFileSync(file, publicKey.export({ type: 'spki', format: 'pem' }))
      expect(await cosign(main.outputs.seed!, '--key', file)).toMatchObject({ code: 0 })
      expect(post.summary).toContain('`https://example.org/builders/ci`')
      expectNothingHidden(main, post)
    },
    STORY_TIMEOUT_MS
  )
})

describe('a workflow that wants no signature', () => {
  test(
    'has its seed pinned unsigned, and reviewers are told',
    async () => {
      await story().changeLock()
      await story().push('Update nixpkgs')
      const before = sigstore().requests.length
      const it = await plainJob({ with: { sign: 'false' } })
      const { main, post } = await it.play()
      clean(main)
      expect(sigstore().requests).toHaveLength(before)
      expect(main.outputs.attestation).toBeUndefined()
      expect((await story().pins()).systems[SYSTEM]?.image).toBe(main.outputs.seed)
      expect(story().github.pullRequests.at(-1)?.body).toContain('| signed by |  | nobody |')
      expect(post.summary).toContain('no, as the workflow wants it')
      expect(await cosign(main.outputs.seed!, ...keyless())).toMatchObject({ code: 1 })
      // And is reused as it is.
      const again = (await (await plainJob({ with: { sign: 'false' } })).play()).main
      expect(again.outputs).toMatchObject({ reused: 'true', 'pull-request-operation': 'unchanged' })
    },
    STORY_TIMEOUT_MS
  )
})
