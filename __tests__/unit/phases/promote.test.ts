import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { getOctokit } from '@actions/github'
import { parseFlakeLock } from '../../../src/nix/flake-lock.ts'
import { parseName, type RegistryName } from '../../../src/oci/name.ts'
import { pinSeed, recordCandidate } from '../../../src/phases/pin.ts'
import { promoteMode } from '../../../src/phases/promote.ts'
import { prepareVerifying } from '../../../src/phases/verify.ts'
import { candidatesOf, mergeCandidates, type Candidate, type Candidates } from '../../../src/seed/candidates.ts'
import { lockKey } from '../../../src/seed/key.ts'
import { formatSeedPins, parseSeedPins, type PinnedSeed, type SeedPins } from '../../../src/seed/pin.ts'
import type { PhaseState } from '../../../src/state.ts'
import { AttestedPins, POLICY, policyFiles } from '../../support/attested-pins.ts'
import { failureOf } from '../../support/failure.ts'
import { GitHubServer } from '../../support/github/server.ts'
import { lockWith, pinned } from '../../support/lock.ts'
import { COMMIT, useBuilders } from '../../support/quorum.ts'
import { memoryPhase, type MemoryPhase, type MemoryPhaseOptions } from '../../support/runner-memory.ts'

// Every commit is one of Git's own: many programs, on machines that may be busy.
jest.setTimeout(60_000)

const [X86, ARM] = ['x86_64-linux', 'aarch64-linux'] as const
const DEP = 'https://example.org/1.tar'
const KEY = lockKey(parseFlakeLock(lockWith(DEP), 'flake.lock'))
const OLD_KEY = '0'.repeat(64)
const NONE = { kind: 'none' } as const
const builders = useBuilders()

let server: GitHubServer
let pins: AttestedPins
let count = 0
const made: MemoryPhase[] = []
beforeEach(async () => {
  pins = new AttestedPins(builders(), `octo/seed-${count++}`)
  const files = { 'flake.lock': lockWith(DEP), ...policyFiles(builders(), ['A', 'B']) }
  server = await GitHubServer.start({ repository: 'octo/Hello', files })
})
afterEach(async () => {
  made.splice(0).forEach(each => each.remove())
  await server.close()
  expect(server.violations).toEqual([])
})

/** As the documentation says. */
const PERMISSIONS = { contents: 'write', 'pull-requests': 'write' } as const

async function job({ inputs, ...options }: MemoryPhaseOptions = {}): Promise<MemoryPhase> {
  const octokit = getOctokit(server.issueToken({ kind: 'job', permissions: PERMISSIONS }), { baseUrl: server.apiUrl })
  const it = memoryPhase({
    forge: {
      request: (route, parameters) => octokit.request(route, parameters),
      graphql: (query, variables) => octokit.graphql(query, variables)
    },
    inputs: {
      mode: 'promote',
      verify: 'quorum',
      policy: POLICY,
      image: parseName(pins.name) as RegistryName,
      ...inputs
    },
    ...options,
    job: { sha: (await server.repository.head('main'))!, ...options.job }
  })
  made.push(it)
  return it
}

async function promote(options: MemoryPhaseOptions = {}): Promise<PhaseState & { it: MemoryPhase }> {
  const it = await job(options)
  const main: PhaseState = { steps: [], verifications: [] }
  await promoteMode(it.phase, main, prepareVerifying)
  return { ...main, it }
}

async function recorded(): Promise<SeedPins & { candidates: Candidates }> {
  const all = parseSeedPins(Buffer.from((await server.repository.read('nix-seed', 'seed.json'))!), 'seed.json')
  return { ...all, candidates: candidatesOf(all, 'seed.json') }
}

async function record(systems: Record<string, PinnedSeed>, candidates: Candidates = {}): Promise<Buffer> {
  const { repository } = server
  const bytes = formatSeedPins(mergeCandidates({ version: 1, systems }, candidates))
  const parent = await repository.head('nix-seed')
  const tree = await repository.git.writeTree(undefined, [{ path: 'seed.json', content: bytes }])
  const who = { name: 'Test', email: 'test@localhost' }
  const parents = parent === undefined ? [] : [parent]
  const oid = await repository.git.writeCommit({ tree, parents, message: 'Pin', author: who, committer: who })
  await repository.setBranch('nix-seed', oid)
  return bytes
}

/** Has main pin these, and the branch wait for the candidates. */
async function begin(systems: Record<string, PinnedSeed>, candidates: Candidates): Promise<void> {
  const bytes = await record(systems)
  const rev = (await server.repository.head('nix-seed'))!
  await server.repository.commit('main', { 'flake.lock': lockWith(DEP, { rev, bytes }) })
  await record(systems, candidates)
}

const waiting = (seed: Candidate): Candidate => ({ ...seed, commit: COMMIT })
const notices = ({ annotations }: MemoryPhase): string[] => annotations.map(({ message }) => message)
const heads = async () => Promise.all(['nix-seed', 'update-seed', 'main'].map(name => server.repository.head(name)))

describe('a candidate', () => {
  test('is promoted and proposed once enough builders have attested it, and that changes nothing more', async () => {
    const old = pinned(OLD_KEY, 'b')
    const seed = await pins.seed(KEY)
    await pins.attest(seed, ['A'])
    await begin({ [X86]: old }, { [X86]: waiting(seed) })
    const before = await heads()
    const early = await promote()
    expect(early).toMatchObject({ promoted: [], pullRequest: { operation: 'none' } })
    expect(notices(early.it)).toEqual([expect.stringMatching(/^Nothing is promoted: x86_64-linux: 1 of 2 .*B\.$/)])
    expect([await heads(), server.pullRequests]).toEqual([before, []])

    await pins.attest(seed, ['B'])
    const done = await promote()
    expect(done).toMatchObject({ promoted: [X86], pullRequest: { operation: 'created', number: 1 } })
    expect(notices(done.it)).toEqual([])
    expect(await recorded()).toEqual({ version: 1, systems: { [X86]: seed }, candidates: {} })
    const body = server.pullRequests[0]!.body ?? ''
    expect(body).toContain('| attested by |  | `A`, `B` |')
    expect(body).toContain(`nix-seed verify '${seed.image}' --policy '${POLICY}'`)
    const lock = JSON.parse((await server.repository.read('update-seed', 'flake.lock'))!)
    expect(lock.nodes['seed-self'].locked.rev).toBe(await server.repository.head('nix-seed'))

    const after = await heads()
    const again = await promote()
    expect(again).toMatchObject({ promoted: [], pullRequest: { operation: 'unchanged', number: 1 } })
    expect([await heads(), server.pullRequests[0]!.body]).toEqual([after, body])
  })

  test('of one system is promoted beside one that waits, which stays', async () => {
    const [x86, arm] = [await pins.seed(KEY), await pins.seed(KEY, { system: ARM })]
    await pins.attest(x86, ['A', 'B'])
    await pins.attest(arm, ['A'])
    await begin({}, { [X86]: waiting(x86), [ARM]: waiting(arm) })
    const { promoted, it } = await promote()
    expect(promoted).toEqual([X86])
    expect(it.log).toContainEqual(expect.stringMatching(/^Waits for other builders: aarch64-linux: 1 of 2/))
    expect(await recorded()).toEqual({ version: 1, systems: { [X86]: x86 }, candidates: { [ARM]: waiting(arm) } })
  })

  test('has to be attested for its own commit', async () => {
    const seed = await pins.seed(KEY)
    await pins.attest(seed, ['A', 'B'])
    await begin({}, { [X86]: { ...seed, commit: 'e'.repeat(40) } })
    expect((await promote()).promoted).toEqual([])
    await record({}, { [X86]: seed })
    expect((await promote()).promoted).toEqual([X86])
  })

  test('for a lock that the base has no more is dropped', async () => {
    await begin({ [ARM]: pinned(OLD_KEY, 'b') }, { [X86]: waiting(await pins.seed(OLD_KEY)) })
    const { promoted, it } = await promote()
    expect(promoted).toEqual([])
    expect(it.log).toContainEqual(expect.stringContaining('is dropped: main has another flake.lock by now'))
    expect((await recorded()).candidates).toEqual({})
    expect(server.pullRequests).toEqual([])
  })

  test.each<[string, () => Promise<Candidate>, string, RegExp]>([
    [
      'whose image was made for an old lock',
      async () => pins.seed(KEY, { ownKey: OLD_KEY }),
      'SEED_REFUSED',
      /another flake\.lock/
    ],
    ['for another system', async () => pins.seed(KEY, { system: 'riscv64-linux' }), 'SEED_REFUSED', /not for x86_64/],
    ['from elsewhere', async () => pinned(KEY, 'd'), 'SEED_REFUSED', /not trusted/],
    [
      'whose image is gone',
      async () => ({ ...pinned(KEY), image: `${pins.name}@sha256:${'d'.repeat(64)}` }),
      'NOT_FOUND',
      /no such image/
    ]
  ])('%s fails the job, after others are promoted', async (_, make, code, message) => {
    const [bad, good] = [await make(), await pins.seed(KEY, { system: ARM })]
    if (code === 'SEED_REFUSED' && bad.image.startsWith(pins.name)) await pins.attest(bad, ['A', 'B'])
    await pins.attest(good, ['A', 'B'])
    await begin({}, { [X86]: bad, [ARM]: waiting(good) })
    expect(await failureOf(promote())).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(await recorded()).toEqual({ version: 1, systems: { [ARM]: good }, candidates: { [X86]: bad } })
    expect(server.pullRequests).toMatchObject([{ state: 'open' }])
  })

  test('of which a builder has made two fails the job', async () => {
    const [seed, other] = [await pins.seed(KEY), await pins.seed(KEY, { mark: 'other' })]
    await pins.attest(seed, ['A', 'B'])
    await pins.attest(seed, ['A'], { digest: other.image.slice(other.image.indexOf('@') + 1) })
    await begin({}, { [X86]: waiting(seed) })
    expect(await failureOf(promote())).toMatchObject({ code: 'POLICY_UNMET' })
    expect((await recorded()).systems).toEqual({})
    expect(server.pullRequests).toEqual([])
  })
})

describe('what is recorded for use', () => {
  test('and does not meet the policy is not proposed, whoever has recorded it', async () => {
    const [mine, other] = [await pins.seed(KEY), await pins.seed(KEY, { system: ARM })]
    await pins.attest(mine, ['A', 'B'])
    await pins.attest(other, ['A'])
    await begin({}, { [X86]: waiting(mine) })
    await record({ [ARM]: other }, { [X86]: waiting(mine) })
    const error = await failureOf(promote())
    expect(error).toMatchObject({ code: 'SEED_REFUSED', message: expect.stringContaining(ARM) })
    expect(error.hint).toContain(`${ARM}: ${other.image} (1 of 2 builders`)
    expect(server.pullRequests).toEqual([])
    await pins.attest(other, ['B'])
    expect(await promote()).toMatchObject({ promoted: [], pullRequest: { operation: 'created' } })
  })

  test('is the image of another system, which meets the policy there alone', async () => {
    // The one that passes comes first.
    const seed = await pins.seed(KEY, { system: ARM })
    await pins.attest(seed, ['A', 'B'])
    await begin({}, {})
    await record({ [ARM]: seed, [X86]: seed })
    const error = await failureOf(promote())
    expect(error).toMatchObject({ code: 'SEED_REFUSED', message: expect.stringContaining(`for ${X86}, `) })
    expect(error.hint).toContain('it is not for x86_64-linux')
    expect(server.pullRequests).toEqual([])
  })

  test('is an old seed, which once met the policy, in place of the one for the lock that the base has', async () => {
    const [old, now] = [await pins.seed(OLD_KEY), await pins.seed(KEY)]
    await pins.attest(old, ['A', 'B'])
    await begin({ [X86]: now }, {})
    await record({ [X86]: old })
    const error = await failureOf(promote())
    expect(error).toMatchObject({ code: 'SEED_REFUSED', message: expect.stringContaining(X86) })
    expect(error.hint).toContain('another flake.lock')
    expect(server.pullRequests).toEqual([])
    // One that is stale makes place for another that is, as when a job has taken long.
    await begin({ [X86]: pinned('1'.repeat(64), 'b') }, {})
    await record({ [X86]: old })
    expect(await promote()).toMatchObject({ pullRequest: { operation: 'created' } })
  })

  test('is not asked about where the base pins it', async () => {
    await begin({ [ARM]: pinned(OLD_KEY, 'd') }, {})
    expect(await promote()).toMatchObject({ promoted: [], pullRequest: { operation: 'none' }, verifications: [] })
  })
})

describe('nothing is promoted', () => {
  test.each([
    ['of a fork', { isFork: true }],
    ['of a pull request', { eventName: 'pull_request' }],
    ['of a merge queue', { eventName: 'merge_group' }]
  ])('by a run %s, which asks nobody', async (_, job) => {
    const { promoted, it } = await promote({ job })
    expect([promoted, it.asked]).toEqual([[], []])
    expect(notices(it)).toEqual([expect.stringMatching(/^Nothing is promoted: /)])
  })

  test('where there is no branch yet', async () => {
    const { promoted, it } = await promote()
    expect(promoted).toEqual([])
    expect(notices(it)).toEqual(['Nothing is promoted: no seed waits for other builders.'])
    expect(await server.repository.branches()).toEqual(['main'])
  })

  test('where the policy cannot be read', async () => {
    await begin({}, { [X86]: waiting(await pins.seed(KEY)) })
    expect(await failureOf(promote({ inputs: { policy: 'gone.json' } }))).toMatchObject({ code: 'POLICY_INVALID' })
  })
})

describe('seed mode', () => {
  const seedJob = () => job({ inputs: { mode: 'seed' } })

  test('records what waits, and nothing of it is proposed', async () => {
    const old = pinned(KEY, 'b')
    await begin({ [X86]: old }, {})
    const seed = waiting(await pins.seed(KEY))
    await recordCandidate(seed, '', (await seedJob()).phase)
    expect(await recorded()).toEqual({ version: 1, systems: { [X86]: old }, candidates: { [X86]: seed } })
    const before = await heads()
    await recordCandidate(seed, '', (await seedJob()).phase)
    expect(await heads()).toEqual(before)
    // Not even by a job that has a seed of its own, as long as that is what is pinned.
    const it = await seedJob()
    await pinSeed(old, '', NONE, it.phase)
    expect((await recorded()).candidates).toEqual({ [X86]: seed })
  })

  test('replaces what waited for another lock, and never one of the lock that the base has', async () => {
    const [old, now] = [waiting(await pins.seed(OLD_KEY)), waiting(await pins.seed(KEY))]
    await begin({}, { [X86]: old })
    await recordCandidate(now, '', (await seedJob()).phase)
    expect((await recorded()).candidates).toEqual({ [X86]: now })
    const late = await seedJob()
    await recordCandidate(old, '', late.phase)
    expect((await recorded()).candidates).toEqual({ [X86]: now })
    expect(late.log).toContainEqual(expect.stringMatching(/^warning: nix-seed has a seed for the flake\.lock of main/))
  })

  test('with a seed that has met the policy has it proposed, and it waits no more', async () => {
    const seed = await pins.seed(KEY)
    await pins.attest(seed, ['A', 'B'])
    await begin({}, { [X86]: waiting(seed) })
    const { phase } = await seedJob()
    const result = await pinSeed(seed, '', NONE, phase, await prepareVerifying(phase))
    expect(result).toMatchObject({ operation: 'created' })
    expect(await recorded()).toEqual({ version: 1, systems: { [X86]: seed }, candidates: {} })
  })
})
