/** Whose votes make a quorum, and whose do not. The list of all cases is in verification-list.test.ts. */
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { SeedError } from '../../../src/errors.ts'
import { requireVerified, type Verification } from '../../../src/seed/verification.ts'
import { failureOf } from '../../support/failure.ts'
import {
  digestOf,
  DIGEST,
  hang,
  keyPair,
  OTHER_COMMIT,
  OTHER_DIGEST,
  outcomes,
  SEED_NAME,
  useBuilders,
  type BuilderId
} from '../../support/quorum.ts'

// The machine may be busy.
jest.setTimeout(60_000)

const the = useBuilders()

/** A good bundle of each. */
const good = {} as Record<BuilderId, Buffer>
beforeAll(async () => {
  for (const id of ['A', 'B', 'C', 'D', 'E', 'F'] as const) good[id] = await the().bundle(id)
}, 60_000)
const of = (ids: string): Buffer[] => Array.from(ids, id => good[id as BuilderId])

const requiring = async (verification: Verification): Promise<void> => requireVerified(verification)

describe('three builders of three Sigstores', () => {
  test('are a quorum, wherever their bundles are', async () => {
    const without = await the().repository(await the().server())
    const layout = await the().layout()
    for (const repository of [await the().repository(), without, layout]) {
      await hang(repository, ...of('ABC'))
      const verification = await the().verify({ repository, commit: '2c26b46b68ffc68ff99b453c1d30413413422d70' })
      expect(verification).toMatchObject({
        verified: true,
        digest: DIGEST,
        builders: ['A', 'B', 'C'],
        junk: [],
        equivocations: [],
        missing: 0,
        wanted: [],
        policy: { source: 'policy.json', threshold: 3, dimensions: ['builder', 'organisation', 'issuer'] },
        reason: '3 independent builders attested this digest: A, B, C'
      })
      expect(outcomes(verification)).toEqual(['A counted', 'B counted', 'C counted'])
      expect(() => requireVerified(verification)).not.toThrow()
    }
  })

  test('are told with what they signed, by whom it was vouched for, and when', async () => {
    const { bundles } = await the().verify({ bundles: of('ABF'), policy: await the().policy(['A', 'B', 'F']) })
    const [a, , f] = bundles.sort((x, y) => ((x.builder ?? '') < (y.builder ?? '') ? -1 : 1))
    expect(a).toMatchObject({
      bundle: digestOf(good.A),
      sources: [expect.stringMatching(/^referrer sha256:[0-9a-f]{64}$/)],
      verdict: 'counted',
      identity: 'https://github.com/octo-org/project/.github/workflows/seed.yml@refs/heads/main',
      issuer: the().one.issuer.issuer,
      digests: [DIGEST],
      commit: '2c26b46b68ffc68ff99b453c1d30413413422d70',
      signedAt: expect.stringMatching(/^20\d\d-\d\d-\d\dT[\d:.]+Z$/),
      logIndex: expect.stringMatching(/^\d+$/)
    })
    const der = the().keys.publicKey.export({ type: 'spki', format: 'der' })
    expect(f?.key).toContain(digestOf(der).replace('sha256:', ''))
    expect(f?.identity).toBeUndefined()
    for (const each of bundles) expect(each.message).toMatch(/^[^\p{C}]{5,1500}$/u)
  })

  test('are no quorum of four', async () => {
    const policy = await the().policy(undefined, { threshold: 4 })
    const verification = await the().verify({ bundles: of('ABC'), policy })
    expect(verification).toMatchObject({ verified: false, missing: 1, builders: ['A', 'B', 'C'], wanted: ['E', 'F'] })
    expect(verification.reason).toMatch(/^3 of 4 builders attested this digest: A, B, C; 1 more is needed/)
    const thrown = await failureOf(requiring(verification))
    expect(thrown).toBeInstanceOf(SeedError)
    expect(thrown).toMatchObject({ code: 'POLICY_UNMET' })
    expect(String(thrown['hint'])).not.toBe('')
  })

  test('are enough, and more are spare', async () => {
    const verification = await the().verify({ bundles: of('FECBA') })
    expect(verification.verified).toBe(true)
    expect(outcomes(verification)).toEqual(['A counted', 'B counted', 'C counted', 'E spare', 'F spare'])
  })

  test('are a quorum whose order changes nothing', async () => {
    const bundles = [...of('ABCEF'), await the().bundle('A'), await the().bundle('B', { digest: OTHER_DIGEST })]
    const policy = await the().policy(undefined, { equivocation: 'discount' })
    const meaning = ({ bundles: each, junk: _, reference: __, ...rest }: Verification): object => ({
      ...rest,
      bundles: each
        .map(({ bundle, verdict, reason, builder, message }) => ({ bundle, verdict, reason, builder, message }))
        .sort((x, y) => (x.bundle < y.bundle ? -1 : 1))
    })
    const orders = [bundles, [...bundles].reverse(), [3, 1, 6, 0, 5, 2, 4].map(i => bundles[i]!)]
    const seen: object[] = []
    for (const order of orders) {
      const verification = await the().verify({ bundles: order, policy })
      expect(verification.builders).toEqual(['A', 'C', 'E'])
      seen.push(meaning(verification))
    }
    expect(seen[1]).toEqual(seen[0])
    expect(seen[2]).toEqual(seen[0])
  })
})

describe('one builder', () => {
  test('that attests three times has one vote', async () => {
    const bundles = await the().bundles(['A', 'A', 'A'])
    const verification = await the().verify({ bundles })
    expect(verification).toMatchObject({ verified: false, builders: ['A'], missing: 2 })
    expect(outcomes(verification)).toEqual(['A counted', 'A repeated', 'A repeated'])
  })

  test('whose one bundle is attached three times has one vote, and one bundle with three sources', async () => {
    const repository = await the().repository()
    // The same bytes hang there under manifests of their own.
    for (const time of ['1', '2', '3']) {
      const artifact = { artifactType: BUNDLE, mediaType: BUNDLE, bytes: good.A, annotations: { time } }
      await hang(repository, artifact)
    }
    const verification = await the().verify({ repository })
    expect(verification).toMatchObject({ verified: false, builders: ['A'] })
    expect(outcomes(verification)).toEqual(['A counted'])
    expect(new Set(verification.bundles[0]?.sources).size).toBe(3)
  })

  test('that signs under two trust roots with one identity is one builder', async () => {
    const twice = [the().entry('A'), the().entry('A', { id: 'A2', trustRoot: 'two.json', organisation: 'Other' })]
    expect(await failureOf(the().policy(twice))).toMatchObject({
      code: 'POLICY_INVALID',
      message: expect.stringContaining('overlaps')
    })
  })

  test('has one vote where the same statement is in two logs', async () => {
    const bundles = [await the().bundle('A', { rekor: 1 }), await the().bundle('A', { rekor: 2 })]
    const verification = await the().verify({ bundles: [...bundles, good.B] })
    expect(verification).toMatchObject({ verified: false, builders: ['A', 'B'], missing: 1 })
  })
})

const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json'

describe('builders that are alike', () => {
  test('as two repositories of one organisation are one vote', async () => {
    const policy = await the().policy(['A', 'D', 'B', 'E'], { dimensions: ['organisation'] })
    const verification = await the().verify({ bundles: of('ADB'), policy })
    expect(verification).toMatchObject({ verified: false, missing: 1, wanted: ['E'] })
    expect(outcomes(verification)).toEqual(['A counted', 'B counted', 'D alike'])
    expect(verification.reason).toContain('A and D have the organisation Microsoft')
    expect(await the().verify({ bundles: of('ADBE'), policy })).toMatchObject({ verified: true })
  })

  test('as those with one issuer are one vote', async () => {
    const other = the().entry('D', { organisation: 'Other' })
    const policy = await the().policy(['A', other, 'B', 'E'])
    const verification = await the().verify({ bundles: of('ADB'), policy })
    expect(verification).toMatchObject({ verified: false, missing: 1 })
    expect(outcomes(verification)).toEqual(['A counted', 'B counted', 'D alike'])
    expect(verification.reason).toContain(`A and D have the issuer ${the().one.issuer.issuer}`)
  })

  test('are two where the policy does not ask for the difference', async () => {
    const policy = await the().policy(['A', 'D', 'B'], { dimensions: ['builder'] })
    expect(await the().verify({ bundles: of('ADB'), policy })).toMatchObject({
      verified: true,
      builders: ['A', 'D', 'B']
    })
  })

  test.each(['cloud', 'operatorJurisdiction', 'computeJurisdiction'])('in %s are one vote', async field => {
    const entries = (['A', 'B', 'C', 'F'] as const).map((id, i) =>
      the().entry(id, { [field]: ['US', 'US', 'DE', 'FR'][i] })
    )
    const policy = await the().policy(entries, { dimensions: [field] })
    const verification = await the().verify({ bundles: of('ABC'), policy })
    expect(verification).toMatchObject({ verified: false, wanted: ['F'] })
    expect(outcomes(verification)).toEqual(['A counted', 'B alike', 'C counted'])
  })

  test('in the repository that they build are one vote, however it is written', async () => {
    const entries = [
      the().entry('A', { repository: 'https://github.com/octo-org/project' }),
      the().entry('B', { repository: 'https://gitlab.com/octo-group/project' }),
      the().entry('C', { repository: 'https://github.com/Octo-Org/Project.git' }),
      the().entry('F', { repository: 'https://git.example/project' })
    ]
    const policy = await the().policy(entries, { dimensions: ['repository'] })
    expect(outcomes(await the().verify({ bundles: of('ABC'), policy }))).toEqual(['A counted', 'B counted', 'C alike'])
    expect(await the().verify({ bundles: of('ABCF'), policy })).toMatchObject({
      verified: true,
      builders: ['A', 'B', 'F']
    })
  })
})

describe('a quorum that takes a search', () => {
  /** A is like both of the others, which differ: whoever takes A first finds one. */
  const searched = async () =>
    the().policy(
      [the().entry('A'), the().entry('D', { organisation: 'Mirror' }), the().entry('E', { organisation: 'Microsoft' })],
      {
        threshold: 2
      }
    )

  test('is found where whoever takes the first that comes misses it', async () => {
    const verification = await the().verify({ bundles: of('ADE'), policy: await searched() })
    expect(verification).toMatchObject({ verified: true, builders: ['D', 'E'] })
    expect(outcomes(verification)).toEqual(['A alike', 'D counted', 'E counted'])
  })

  test('is not found where there is none', async () => {
    for (const ids of ['AD', 'AE', 'A']) {
      expect(await the().verify({ bundles: of(ids), policy: await searched() })).toMatchObject({
        verified: false,
        missing: 1
      })
    }
  })

  test('is found in three dimensions at once', async () => {
    const entries = [
      the().entry('A', { organisation: 'O1', cloud: 'C1' }),
      the().entry('B', { organisation: 'O1', cloud: 'C2' }),
      the().entry('D', { organisation: 'O2', cloud: 'C2' }),
      the().entry('C', { organisation: 'O3', cloud: 'C1' }),
      the().entry('E', { organisation: 'O2', cloud: 'C3' })
    ]
    const policy = await the().policy(entries, { dimensions: ['organisation', 'issuer', 'cloud'] })
    expect(await the().verify({ bundles: of('ABCDE'), policy })).toMatchObject({
      verified: true,
      builders: ['B', 'C', 'E']
    })
    expect(await the().verify({ bundles: of('ABDE'), policy })).toMatchObject({ verified: false, missing: 1 })
  })
})

describe('a policy that nobody can meet', () => {
  test('is refused before anything is verified', async () => {
    const cases: [readonly (BuilderId | Record<string, unknown>)[], object][] = [
      [['A', 'B'], { threshold: 3 }],
      [['A', 'D', 'B'], { threshold: 3 }],
      [
        [the().entry('A', { cloud: 'One' }), the().entry('B', { cloud: 'One' })],
        { threshold: 2, dimensions: ['cloud'] }
      ]
    ]
    for (const [entries, more] of cases) {
      expect(await failureOf(the().policy(entries, more))).toMatchObject({
        code: 'POLICY_UNMET',
        message: expect.stringContaining('no set of builders can meet the policy')
      })
    }
  })

  test('as one with a dimension that an entry lacks is refused, too', async () => {
    expect(await failureOf(the().policy(['A', 'B'], { threshold: 2, dimensions: ['cloud'] }))).toMatchObject({
      code: 'POLICY_INVALID'
    })
  })
})

describe('a bad bundle beside three good ones', () => {
  test('is told, and keeps nothing from passing', async () => {
    const tampered = Buffer.from(good.E.toString().replace(/"sig":"..../, '"sig":"AAAA'))
    const verification = await the().verify({ bundles: [tampered, ...of('ABC'), Buffer.from('junk')] })
    expect(verification).toMatchObject({ verified: true, builders: ['A', 'B', 'C'] })
    expect(outcomes(verification)).toEqual(
      ['? bundle-malformed', 'A counted', 'B counted', 'C counted', 'E signature-invalid'].sort()
    )
  })

  test('does not take the place of its builder’s good one', async () => {
    const tampered = Buffer.from(good.A.toString().replace(/"sig":"..../, '"sig":"AAAA'))
    for (const bundles of [
      [tampered, ...of('ABC')],
      [...of('ABC'), tampered]
    ]) {
      const verification = await the().verify({ bundles })
      expect(verification.verified).toBe(true)
      expect(outcomes(verification)).toEqual(['A counted', 'A signature-invalid', 'B counted', 'C counted'])
    }
  })
})

describe('a builder that attested two digests of one commit', () => {
  test('has nothing pass, whoever else agrees', async () => {
    const verification = await the().verify({
      bundles: [...of('ABCE'), await the().bundle('F', { digest: OTHER_DIGEST }), good.F]
    })
    expect(verification).toMatchObject({
      verified: false,
      equivocations: [{ builder: 'F', digests: [DIGEST, OTHER_DIGEST].sort() }]
    })
    expect(verification.reason).toMatch(/^builder F attested 2 digests for commit 2c26b46b68ff/)
    expect(await failureOf(requiring(verification))).toMatchObject({ code: 'POLICY_UNMET' })
  })

  test('is found where the other digest is in a file alone', async () => {
    const folder = await the().folderOf({ 'a.json': await the().bundle('A', { digest: OTHER_DIGEST }) })
    expect(await the().verify({ bundles: of('ABC'), paths: [folder] })).toMatchObject({
      verified: false,
      equivocations: [{ builder: 'A' }]
    })
  })

  test('is found though none of its bundles is for the digest that is asked for', async () => {
    const third = `sha256:${'cd'.repeat(32)}`
    const others = [await the().bundle('E', { digest: OTHER_DIGEST }), await the().bundle('E', { digest: third })]
    expect(await the().verify({ bundles: [...of('ABC'), ...others] })).toMatchObject({
      verified: false,
      equivocations: [{ builder: 'E', digests: [OTHER_DIGEST, third].sort() }]
    })
  })

  test('does not count where the policy says so, and the rest decides', async () => {
    const policy = await the().policy(undefined, { equivocation: 'discount' })
    const two = await the().bundle('A', { digest: OTHER_DIGEST })
    const enough = await the().verify({ bundles: [two, ...of('ABCE')], policy })
    expect(enough).toMatchObject({ verified: true, builders: ['B', 'C', 'E'], equivocations: [{ builder: 'A' }] })
    expect(outcomes(enough)).toContain('A equivocation')
    const few = await the().verify({ bundles: [two, ...of('ABC')], policy })
    expect(few).toMatchObject({ verified: false, missing: 1, builders: ['B', 'C'] })
  })

  test.each<[string, object]>([
    ['another name', { name: `${SEED_NAME}-other` }],
    ['another system', { facts: { system: 'aarch64-linux' } }],
    [
      'another commit',
      {
        change: (statement: object) =>
          JSON.parse(JSON.stringify(statement).replaceAll(COMMIT_TEXT, OTHER_COMMIT)) as object,
        commit: OTHER_COMMIT
      }
    ]
  ])('did not where one is for %s', async (_, options) => {
    const other = await the().bundle('F', { digest: OTHER_DIGEST, ...options })
    const verification = await the().verify({ bundles: [...of('ABF'), other] })
    expect(verification).toMatchObject({ verified: true, builders: ['A', 'B', 'F'], equivocations: [] })
    expect(outcomes(verification)).toContain('F other-digest')
  })
  const COMMIT_TEXT = '2c26b46b68ffc68ff99b453c1d30413413422d70'

  test('under one of several names did, too', async () => {
    const named = (...subjects: [name: string, digest: string][]) => ({
      change: (statement: object) => ({
        ...statement,
        subject: subjects.map(([name, digest]) => ({ name, digest: { sha256: digest.slice('sha256:'.length) } }))
      })
    })
    const policy = await the().policy(['A', 'B', 'F'], { allowSeveralSubjects: true })
    const two = await the().bundle('F', named(['one', DIGEST], ['two', DIGEST]))
    const other = await the().bundle('F', named(['two', OTHER_DIGEST]))
    const verification = await the().verify({ bundles: [...of('AB'), two, other], policy })
    expect(verification).toMatchObject({ verified: false, equivocations: [{ builder: 'F' }] })
    expect(await the().verify({ bundles: [...of('AB'), two], policy })).toMatchObject({ verified: true })
    const third = await the().bundle('F', named(['three', OTHER_DIGEST]))
    expect(await the().verify({ bundles: [...of('AB'), two, third], policy })).toMatchObject({ verified: true })
    // One name in one statement has one image.
    const both = await the().bundle('F', named(['one', DIGEST], ['one', OTHER_DIGEST]))
    expect(await the().verify({ bundles: [...of('AB'), both], policy })).toMatchObject({ verified: false })
  })

  test('is found among as many subjects as a statement may have', async () => {
    const withMore = (count: number) => (statement: object) => ({
      ...statement,
      subject: [
        ...Array.from({ length: count }, (_, i) => ({ name: `${i}`, digest: { sha256: `${i}`.padStart(64, '0') } })),
        { name: 'seed', digest: { sha256: DIGEST.slice('sha256:'.length) } }
      ]
    })
    const policy = await the().policy(['A', 'B', 'F'], { allowSeveralSubjects: true })
    const most = await the().bundle('F', { change: withMore(1023) })
    expect(outcomes(await the().verify({ bundles: [most], policy }))).toEqual(['F counted'])
    const more = await the().bundle('F', { change: withMore(1024) })
    expect(outcomes(await the().verify({ bundles: [more], policy }))).toEqual(['F subject-count'])
    const other = await the().bundle('F', { digest: OTHER_DIGEST, name: 'seed' })
    expect(await the().verify({ bundles: [...of('AB'), most, other], policy })).toMatchObject({
      verified: false,
      equivocations: [{ builder: 'F' }]
    })
  })

  test('did not where somebody else signed the other', async () => {
    const stranger = await the().bundle('F', { digest: OTHER_DIGEST, key: keyPair() })
    expect(await the().verify({ bundles: [...of('ABF'), stranger] })).toMatchObject({
      verified: true,
      equivocations: []
    })
  })
})

describe('no bundle', () => {
  test('is no quorum', async () => {
    const verification = await the().verify({})
    expect(verification).toMatchObject({ verified: false, bundles: [], builders: [], missing: 3 })
    expect(verification.reason).toMatch(/^no builder of the policy attested this digest; 3 more are needed/)
  })
})
