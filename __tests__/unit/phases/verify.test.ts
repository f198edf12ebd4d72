import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { findBuilder } from '../../../src/attest/policy.ts'
import { SeedError } from '../../../src/errors.ts'
import { blobId } from '../../../src/github/contents.ts'
import { parseName, type RegistryName } from '../../../src/oci/name.ts'
import { parseInputs } from '../../../src/phases/inputs.ts'
import { bringSeed, checkOfPinned, isFatal } from '../../../src/phases/restore.ts'
import { verifyImage } from '../../../src/phases/verification.ts'
import { builtInPolicy, prepareVerifying } from '../../../src/phases/verify.ts'
import { lockKey } from '../../../src/seed/key.ts'
import { parseFlakeLock } from '../../../src/nix/flake-lock.ts'
import { newState, type SavedVerification } from '../../../src/state.ts'
import { AttestedPins, POLICY, policyFiles } from '../../support/attested-pins.ts'
import { failureOf } from '../../support/failure.ts'
import { createJob, rawInputs } from '../../support/inputs.ts'
import { lockWith, pinBytes } from '../../support/lock.ts'
import { COMMIT, useBuilders } from '../../support/quorum.ts'
import { memoryPhase, type MemoryPhase, type MemoryPhaseOptions } from '../../support/runner-memory.ts'

const builders = useBuilders()
const LOCK = lockWith('https://example.org')
const KEY = lockKey(parseFlakeLock(LOCK, 'flake.lock'))
let pins: AttestedPins
let count = 0
let made: MemoryPhase | undefined
beforeEach(() => {
  pins = new AttestedPins(builders(), `octo/seed-${count++}`)
})
afterEach(() => made?.remove())

/** What the forge was asked for: paths, and commits. */
let asked: { path: string; ref: string }[] = []

/** A job at a forge that has these files at every commit. */
function job(files: Record<string, string | Buffer>, options: MemoryPhaseOptions = {}): MemoryPhase {
  asked = []
  const request = async (_: string, parameters: Record<string, unknown> = {}) => {
    const [path, ref] = [String(parameters.path), String(parameters.ref)]
    asked.push({ path, ref })
    if (files[path] === undefined) {
      const response = { status: 404, headers: {}, data: { message: 'Not Found' } }
      throw Object.assign(new Error('Not Found'), { status: 404, response })
    }
    const bytes = Buffer.from(files[path])
    const file = { type: 'file', encoding: 'base64', content: bytes.toString('base64') }
    return { status: 200, headers: {}, data: { ...file, size: bytes.length, sha: blobId(bytes) } }
  }
  const { inputs, ...more } = options
  const image = parseName(pins.name) as RegistryName
  return (made = memoryPhase({
    forge: { request },
    inputs: { verify: 'quorum', policy: POLICY, image, ...inputs },
    ...more
  }))
}

/** The lock file that pins a seed, and what the forge has for it. */
function pinning(seed: { image: string; lockKey: string; closure: string }): Record<string, string | Buffer> {
  const bytes = pinBytes({ 'x86_64-linux': seed })
  return { 'flake.lock': lockWith('https://example.org', { rev: '1'.repeat(40), bytes }), 'seed.json': bytes }
}

const nameOf = (image: string): RegistryName => parseName(image) as RegistryName

describe('the policy', () => {
  test('and what it names are read at the commit of the job', async () => {
    const { phase } = job(policyFiles(builders(), ['A', 'B']))
    const verifier = await prepareVerifying(phase)
    expect(verifier.policy).toBe(POLICY)
    expect(asked.map(({ path }) => path)).toEqual([POLICY, '.github/one.json', '.github/two.json'])
    expect(new Set(asked.map(({ ref }) => ref))).toEqual(new Set([phase.runner.job.sha]))
  })

  test.each<[string, () => Record<string, string>, RegExp]>([
    ['is not there', () => ({}), /the policy is not in the repository at the job's commit/],
    ['is none', () => ({ [POLICY]: '{"builders": []}' }), /builders/],
    ['is no text', () => ({ [POLICY]: '{' }), /no JSON/],
    [
      'names a file that is not there',
      () => ({ [POLICY]: policyFiles(builders(), ['A'])[POLICY]! }),
      /a file is not in the repository/
    ],
    ...['../../one.json', '/etc/one.json', '..\\one.json', 'a/../../../one.json'].map(
      (trustRoot): [string, () => Record<string, string>, RegExp] => [
        `names ${trustRoot}`,
        () => ({ [POLICY]: JSON.stringify({ threshold: 1, builders: [builders().entry('A', { trustRoot })] }) }),
        /outside of the repository/
      ]
    )
  ])('that %s is refused', async (_, files, message) => {
    const error = await failureOf(prepareVerifying(job(files()).phase))
    expect(error).toMatchObject({ code: 'POLICY_INVALID', message: expect.stringMatching(message) })
    expect(isFatal(error)).toBe(true)
    expect(isFatal(error, 'seed')).toBe(true)
  })

  test('may name a file beside its folder', async () => {
    const entry = builders().entry('A', { trustRoot: '../one.json' })
    const files = {
      [POLICY]: JSON.stringify({ threshold: 1, builders: [entry] }),
      'one.json': Buffer.from(builders().files.get('one.json')!)
    }
    expect(await prepareVerifying(job(files).phase)).toBeDefined()
  })

  test('takes the trust root of the workflow for the public one', async () => {
    const files = {
      [POLICY]: JSON.stringify({ threshold: 1, builders: [builders().entry('A', { trustRoot: 'public' })] }),
      'ci/root.json': Buffer.from(builders().files.get('one.json')!)
    }
    const { phase } = job(files, { inputs: { trustedRoot: 'ci/root.json' } })
    const seed = await pins.seed(KEY)
    await pins.attest(seed, ['A'])
    const named = { image: nameOf(seed.image), system: 'x86_64-linux', lockKey: KEY }
    expect(await verifyImage(named, await prepareVerifying(phase), phase)).toMatchObject({ verified: true })
    delete (files as Record<string, unknown>)['ci/root.json']
    expect(await failureOf(prepareVerifying(phase))).toMatchObject({ code: 'TRUST_ROOT_INVALID' })
  })
})

describe('a pinned seed', () => {
  const check = async (seed: { image: string; lockKey: string }, it: MemoryPhase, told: SavedVerification[] = []) => {
    const { phase } = it
    const image = nameOf(seed.image)
    const pinned = { image, reference: seed.image, lockKey: KEY, madeFor: seed.lockKey, isStale: false }
    await checkOfPinned(
      phase,
      () => prepareVerifying(phase),
      each => void told.push(each)
    )!(pinned)
  }

  test('passes with a quorum, and it is told who has attested', async () => {
    const seed = await pins.seed(KEY)
    await pins.attest(seed, ['A', 'B'])
    const told: SavedVerification[] = []
    const it = job(policyFiles(builders(), ['A', 'B']))
    await check(seed, it, told)
    expect(told).toMatchObject([{ reference: seed.image, lockKey: KEY, verified: true, builders: ['A', 'B'] }])
    expect(it.log).toContainEqual(expect.stringContaining('2 independent builders attested this digest: A, B'))
    expect(it.phase.steps.list.at(-1)).toMatchObject({
      name: 'Verify the seed',
      outcome: 'done',
      detail: expect.stringContaining('2 independent builders')
    })
  })

  test('does not pass without, but with one of its builders where that is enough', async () => {
    const seed = await pins.seed(KEY)
    await pins.attest(seed, ['A'])
    const told: SavedVerification[] = []
    const error = await failureOf(check(seed, job(policyFiles(builders(), ['A', 'B'])), told))
    expect(error).toMatchObject({ code: 'POLICY_UNMET', hint: expect.stringContaining('B') })
    expect(isFatal(error)).toBe(true)
    expect(isFatal(error, 'seed')).toBe(false)
    expect(told).toMatchObject([{ verified: false, bundles: [{ who: 'A', verdict: 'counted' }] }])
    made!.remove()
    await check(seed, job(policyFiles(builders(), ['A', 'B']), { inputs: { verify: 'attested' } }))
  })

  test.each([
    ['made for another lock than its entry says', { ownKey: '0'.repeat(64) }],
    ['for another system', { system: 'aarch64-linux' }]
  ])('that is %s is refused, whoever has attested it', async (_, options) => {
    const seed = await pins.seed(KEY, options)
    await pins.attest(seed, ['A', 'B'])
    const error = await failureOf(check(seed, job(policyFiles(builders(), ['A', 'B']))))
    expect(error).toMatchObject({ code: 'SEED_REFUSED' })
    expect(isFatal(error)).toBe(true)
  })

  test('of a builder who has attested another for the same commit is refused', async () => {
    const [seed, other] = [await pins.seed(KEY), await pins.seed(KEY, { mark: 'other' })]
    await pins.attest(seed, ['A', 'B'])
    const digest = other.image.slice(other.image.indexOf('@') + 1)
    await pins.attest(seed, ['A'], { digest })
    const error = await failureOf(check(seed, job(policyFiles(builders(), ['A', 'B']))))
    expect(error).toMatchObject({ code: 'POLICY_UNMET', message: expect.stringContaining('2 digests') })
  })

  test('that does not pass is not restored, and the place for it is not prepared', async () => {
    const seed = await pins.seed(KEY)
    const files = { ...pinning(seed), ...policyFiles(builders(), ['A']) }
    const { phase } = job(files)
    const lock = { text: files['flake.lock']!.toString(), resource: 'flake.lock' }
    const check = checkOfPinned(
      phase,
      () => prepareVerifying(phase),
      () => {}
    )
    expect(await failureOf(bringSeed(lock, phase, newState(0), { check }))).toMatchObject({ code: 'POLICY_UNMET' })
    expect(phase.steps.list.map(({ name }) => name)).toEqual([
      'Find the pinned seed',
      'Read the policy',
      'Verify the seed'
    ])
  })

  test('is not verified once more where an earlier phase did, for this lock', async () => {
    const seed = await pins.seed(KEY)
    const { phase } = job(pinning(seed))
    const lock = { text: pinning(seed)['flake.lock']!.toString(), resource: 'flake.lock' }
    const restored = {
      reference: seed.image,
      strategy: 'unpack',
      bytes: 1,
      milliseconds: 1,
      paths: 1,
      present: 0,
      layers: 1
    } as const
    const verified = {
      reference: seed.image,
      lockKey: KEY,
      verified: true,
      reason: '',
      builders: [],
      bundles: [],
      others: 0
    }
    const check = () => Promise.reject(new SeedError('POLICY_UNMET', 'it was checked'))
    const before = { steps: [], seed: restored, verifications: [verified] }
    expect(await bringSeed(lock, phase, newState(0), { before, check })).toMatchObject({
      outcome: 'hit',
      seed: restored
    })
    for (const changed of [
      { ...verified, verified: false },
      { ...verified, lockKey: '0'.repeat(64) }
    ]) {
      const error = await failureOf(
        bringSeed(lock, phase, newState(0), { before: { ...before, verifications: [changed] }, check })
      )
      expect(error.message).toBe('it was checked')
    }
  })

  test('is verified by nobody where the digest is enough', () => {
    const { phase } = job({}, { inputs: { verify: 'digest' } })
    expect(
      checkOfPinned(
        phase,
        () => Promise.reject(new Error('asked')),
        () => {}
      )
    ).toBeUndefined()
  })

  test('has to be of the commit that is asked for', async () => {
    const seed = await pins.seed(KEY)
    await pins.attest(seed, ['A', 'B'])
    const { phase } = job(policyFiles(builders(), ['A', 'B']))
    const verifier = await prepareVerifying(phase)
    const named = { image: nameOf(seed.image), system: 'x86_64-linux', lockKey: KEY }
    expect(await verifyImage({ ...named, commit: 'e'.repeat(40) }, verifier, phase)).toMatchObject({ verified: false })
    expect(await verifyImage({ ...named, commit: COMMIT }, verifier, phase)).toMatchObject({ verified: true })
  })
})

describe('the built-in policy', () => {
  const accepts = (identity: string, job = createJob(), repository = 'https://github.com/octo/Hello'): boolean =>
    findBuilder(builtInPolicy(job), { issuer: 'https://token.actions.githubusercontent.com', identity, repository })
      .builder !== undefined

  test.each([
    ['https://github.com/octo/Hello/.github/workflows/seed.yml@refs/heads/main', true],
    ['https://github.com/octo/Hello/.github/workflows/Any name.yaml@refs/heads/main', true],
    ['https://github.com/octo/Hello/.github/workflows/seed.yml@refs/heads/main2', false],
    ['https://github.com/octo/Hello/.github/workflows/seed.yml@refs/heads/x/main', false],
    ['https://github.com/octo/Hello/.github/workflows/seed.yml@refs/pull/1/merge', false],
    ['https://github.com/octo/Hello/.github/workflows/seed.yml@refs/tags/main', false],
    ['https://github.com/octo/Hello/.github/workflows/a/seed.yml@refs/heads/main', false],
    ['https://github.com/octo/Hello/.github/workflows/@refs/heads/main', false],
    ['https://github.com/octo/Hello-2/.github/workflows/seed.yml@refs/heads/main', false],
    ['https://github.com/mallory/Hello/.github/workflows/seed.yml@refs/heads/main', false],
    ['https://github.com/octo/hello/.github/workflows/seed.yml@refs/heads/main', false],
    ['https://github.com/octo/Hello/.github/workflows/x@refs/heads/evil@refs/heads/main', false],
    ['https://github.com/octo/Hello/.github/workflows/seed.yml@refs/heads/main\n', false]
  ])('takes %j: %j', (identity, isTaken) => {
    expect(accepts(identity)).toBe(isTaken)
  })

  test('takes no other repository that calls a workflow of this one', () => {
    const identity = 'https://github.com/octo/Hello/.github/workflows/seed.yml@refs/heads/main'
    expect(accepts(identity, createJob(), 'https://github.com/mallory/Hello')).toBe(false)
  })

  test('takes names for what they are', () => {
    const job = createJob({
      repository: { owner: 'o-c_t', name: 'a.b+c'.replace('+', '_') },
      defaultBranch: 'release/1.0+(x)$'
    })
    const place = 'https://github.com/o-c_t/a.b_c'
    const identity = (name: string, branch: string) =>
      `https://github.com/o-c_t/${name}/.github/workflows/s.yml@refs/heads/${branch}`
    expect(accepts(identity('a.b_c', 'release/1.0+(x)$'), job, place)).toBe(true)
    expect(accepts(identity('axb_c', 'release/1.0+(x)$'), job, place)).toBe(false)
    expect(accepts(identity('a.b_c', 'release/1.00x'), job, place)).toBe(false)
    expect(accepts(identity('a.b_c', 'release/1x0+(x)$'), job, place)).toBe(false)
  })

  test.each([undefined, 'größer'])('cannot be made for the default branch %s', defaultBranch => {
    const { defaultBranch: _, ...rest } = createJob()
    const job = defaultBranch === undefined ? rest : { ...rest, defaultBranch }
    expect(() => builtInPolicy(job)).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining('policy') })
    )
  })
})

describe('the inputs', () => {
  const parse = (given: Record<string, string>, overrides: Parameters<typeof createJob>[0] = {}) =>
    parseInputs(rawInputs(given), createJob(overrides))

  test('ask for the digest, and for a quorum where seeds are promoted', () => {
    expect(parse({})).toMatchObject({ verify: 'digest' })
    expect(parse({ mode: 'promote', policy: './.github//policy.json' })).toMatchObject({
      verify: 'quorum',
      policy: '.github/policy.json'
    })
    expect(parse({ verify: 'attested' }).policy).toBeUndefined()
  })

  const { defaultBranch: _, ...noBranch } = createJob()
  test.each<[Record<string, string>, Parameters<typeof createJob>[0], RegExp]>([
    [{ verify: 'quorum' }, {}, /policy: it is needed with "verify: quorum"/],
    [{ mode: 'promote' }, {}, /policy: it is needed with "mode: promote"/],
    [{ mode: 'promote', verify: 'attested' }, {}, /policy: it is needed/],
    [{ mode: 'promote', verify: 'digest', policy: 'p.json' }, {}, /verify: "digest" checks nothing/],
    [{ policy: 'p.json' }, {}, /policy: nothing is checked by it: verify is "digest"/],
    [{ 'trusted-root': 'r.json' }, {}, /trusted-root: nothing is checked by it/],
    [{ verify: 'Quorum' }, {}, /verify: "Quorum" is not a choice/],
    [{ verify: 'attested' }, { serverUrl: 'https://forge.example' }, /policy: it is needed on forge\.example/],
    ...['/etc/p.json', '../p.json', 'a/../../p.json', 'a\\p.json', 'dir/', '.', 'https://example.org/p'].map(
      (policy): [Record<string, string>, object, RegExp] => [{ verify: 'quorum', policy }, {}, /^the input policy: /]
    )
  ])('%j are refused', (given, overrides, message) => {
    expect(() => parse(given, overrides)).toThrow(message)
  })

  test('name a policy where the event does not say the default branch', () => {
    expect(() => parseInputs(rawInputs({ verify: 'attested' }), noBranch)).toThrow(/does not say the default branch/)
  })
})
