/** What was signed: the right statement about the right image. The list of all cases is in verification-list.test.ts. */
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { Statement } from '../../../src/attest/statement.ts'
import { buildFacts } from '../../support/build-facts.ts'
import {
  COMMIT,
  DIGEST,
  edited,
  OTHER_COMMIT,
  OTHER_DIGEST,
  outcomes,
  useBuilders,
  type BuilderId,
  type BundleDocument,
  type BundleOptions
} from '../../support/quorum.ts'
import { circleciClaims, githubClaims, gitlabClaims } from '../../support/sigstore.ts'

// The machine may be busy.
jest.setTimeout(60_000)

const the = useBuilders()

const good = {} as Record<BuilderId, Buffer>
let second: Buffer
beforeAll(async () => {
  for (const id of ['A', 'B', 'C', 'F'] as const) good[id] = await the().bundle(id)
  second = await the().bundle('A', { name: 'registry.example/second' })
}, 60_000)

const HEX = DIGEST.slice('sha256:'.length)

interface Predicate {
  buildDefinition: {
    resolvedDependencies: { uri?: string; digest?: Record<string, string> }[]
    internalParameters: Record<string, unknown>
  }
  runDetails: { builder: { id: string } }
}

const withPredicate = (edit: (predicate: Predicate) => void) => (statement: Statement) => {
  const predicate = structuredClone<unknown>(statement.predicate) as Predicate
  edit(predicate)
  return { ...statement, predicate }
}
const withSubjects =
  (...digests: (Record<string, string> | undefined)[]) =>
  (statement: Statement) => ({ ...statement, subject: digests.map((digest, i) => ({ name: `seed ${i}`, digest })) })
const withType = (predicateType: string) => (statement: Statement) => ({ ...statement, predicateType })

interface Case {
  what: string
  options: BundleOptions
  reason: string
  /** With this in its policy, or asked for, the same bundle counts. */
  unless?: { policy?: object; commit?: string }
}

const CASES: Case[] = [
  { what: 'is for another digest', options: { digest: OTHER_DIGEST }, reason: 'other-digest' },
  {
    what: 'is a verification summary',
    options: { change: withType('https://slsa.dev/verification_summary/v1') },
    reason: 'predicate-type'
  },
  { what: 'is an SPDX document', options: { change: withType('https://spdx.dev/Document') }, reason: 'predicate-type' },
  {
    what: 'is provenance of a later version',
    options: { change: withType('https://slsa.dev/provenance/v1.1') },
    reason: 'predicate-type'
  },
  { what: 'has another payload type', options: { payloadType: 'application/json' }, reason: 'payload-type' },
  {
    what: 'has a payload type with a parameter',
    options: { payloadType: 'application/vnd.in-toto+json;v=1' },
    reason: 'payload-type'
  },
  { what: 'is no JSON', options: { payload: Buffer.from('attested: yes'), rekor: 2 }, reason: 'payload-malformed' },
  { what: 'is no text', options: { payload: Buffer.from([0xff, 0xfe, 0]), rekor: 2 }, reason: 'payload-malformed' },
  {
    what: 'has its subject twice',
    options: {
      payload: Buffer.from(
        `{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"${HEX}"}}],"subject":[]}`
      )
    },
    reason: 'payload-malformed'
  },
  { what: 'has no subject', options: { change: withSubjects() }, reason: 'subject-count' },
  {
    what: 'has a subject with SHA-512 alone',
    options: { change: withSubjects({ sha512: 'a'.repeat(128) }) },
    reason: 'subject-invalid'
  },
  {
    what: 'has its digest in upper case',
    options: { change: withSubjects({ sha256: HEX.toUpperCase() }) },
    reason: 'subject-invalid'
  },
  {
    what: 'has a truncated digest',
    options: { change: withSubjects({ sha256: HEX.slice(0, 40) }) },
    reason: 'subject-invalid'
  },
  { what: 'has a subject without a digest', options: { change: withSubjects(undefined) }, reason: 'subject-invalid' },
  {
    what: 'is about several images',
    options: { change: withSubjects({ sha256: HEX }, { sha256: 'b'.repeat(64) }) },
    reason: 'subject-count',
    unless: { policy: { allowSeveralSubjects: true } }
  },
  {
    what: 'is for an older commit',
    options: { claims: githubClaims({ sha: OTHER_COMMIT }) },
    reason: 'other-commit',
    unless: { commit: OTHER_COMMIT }
  },
  {
    what: 'names another commit than the certificate',
    options: {
      change: withPredicate(({ buildDefinition }) => {
        buildDefinition.resolvedDependencies[0]!.digest = { gitCommit: OTHER_COMMIT }
      })
    },
    reason: 'commit-contradiction'
  },
  {
    what: 'says to be of the commit, and its certificate of another',
    options: {
      claims: githubClaims({ sha: OTHER_COMMIT }),
      change: withPredicate(({ buildDefinition }) => {
        buildDefinition.resolvedDependencies[0]!.digest = { gitCommit: COMMIT }
      })
    },
    reason: 'commit-contradiction'
  },
  {
    what: 'names the certificate as builder, and means another',
    options: {
      change: withPredicate(({ runDetails }) => {
        runDetails.builder.id = runDetails.builder.id.replace('seed.yml', 'other.yml')
      })
    },
    reason: 'builder-mismatch'
  },
  {
    what: 'was made on a self-hosted runner',
    options: { claims: githubClaims({ runner_environment: 'self-hosted' }) },
    reason: 'self-hosted',
    unless: { policy: { allowSelfHosted: true } }
  },
  ...['false', 'relaxed'].map((sandbox): Case => ({
    what: `was made with the sandbox ${sandbox}`,
    options: { facts: { nix: { ...buildFacts().nix, sandbox } } },
    reason: 'sandbox-off',
    unless: { policy: { allowSandboxOff: true } }
  }))
]

describe('a statement that', () => {
  test.each(CASES)('$what is no vote: $reason', async ({ options, reason, unless }) => {
    const bundles = [await the().bundle('A', options), good.B, good.C]
    const verification = await the().verify({ bundles, commit: COMMIT })
    expect(verification).toMatchObject({ verified: false, builders: ['B', 'C'], missing: 1, equivocations: [] })
    expect(outcomes(verification)).toEqual([`A ${reason}`, 'B counted', 'C counted'])
    const [judged] = verification.bundles.filter(({ builder }) => builder === 'A')
    expect(judged?.verdict).toBe(reason.startsWith('other-') ? 'not-counted' : 'refused')
    // One line of bounded length, with nothing that a terminal would take for more than text.
    expect(judged?.message).toMatch(/^[^\p{C}]{5,1500}$/u)
    if (!unless) return
    const policy = await the().policy(['A'], { threshold: 1, ...unless.policy })
    const allowed = await the().verify({ bundles: bundles.slice(0, 1), policy, commit: unless.commit ?? COMMIT })
    expect(allowed).toMatchObject({ verified: true, builders: ['A'], equivocations: [] })
  })

  test('was made on a machine that somebody can log in to, or is their own, is no vote', async () => {
    const bundles = [
      await the().bundle('B', { claims: gitlabClaims({ runner_environment: 'self-hosted' }) }),
      await the().bundle('C', { claims: circleciClaims({ 'oidc.circleci.com/ssh-rerun': 'true' }) })
    ]
    expect(outcomes(await the().verify({ bundles }))).toEqual(['B self-hosted', 'C self-hosted'])
    const policy = await the().policy(['B', 'C'], { allowSelfHosted: true })
    expect(await the().verify({ bundles, policy })).toMatchObject({ verified: true })
  })

  test('is of another type counts where the policy asks for that type, and only there', async () => {
    const predicateType = 'https://example.org/tested/v1'
    const bundles: Buffer[] = []
    for (const id of ['A', 'B', 'F'] as const) bundles.push(await the().bundle(id, { change: withType(predicateType) }))
    const policy = await the().policy(['A', 'B', 'F'], { predicateType })
    expect(await the().verify({ bundles, policy })).toMatchObject({ verified: true })
    const plain = await the().verify({ bundles: [good.A, good.B, good.F], policy })
    expect(plain.verified).toBe(false)
    expect(outcomes(plain)).toEqual(['A predicate-type', 'B predicate-type', 'F predicate-type'])
  })

  test('names no commit is no vote where one is expected', async () => {
    const silent = withPredicate(({ buildDefinition }) => void buildDefinition.resolvedDependencies.shift())
    const bundles = [await the().bundle('C', { change: silent }), await the().bundle('F', { change: silent })]
    const policy = await the().policy(['C', 'F'])
    const verification = await the().verify({ bundles, policy, commit: COMMIT })
    expect(verification.verified).toBe(false)
    expect(outcomes(verification)).toEqual(['C other-commit', 'F other-commit'])
    expect(await the().verify({ bundles, policy })).toMatchObject({ verified: true })
  })

  test('is about several images votes for each, where that is allowed', async () => {
    const change = withSubjects({ sha256: 'b'.repeat(64) }, { sha256: HEX })
    const bundles = [await the().bundle('A', { change }), await the().bundle('B', { change }), good.F]
    const policy = await the().policy(['A', 'B', 'F'], { allowSeveralSubjects: true })
    const verification = await the().verify({ bundles, policy })
    expect(verification).toMatchObject({ verified: true, equivocations: [] })
    expect(verification.bundles.find(({ builder }) => builder === 'A')?.digests).toContain(OTHER)
    const bad = withSubjects({ sha256: HEX }, { sha1: 'a'.repeat(40) })
    const mixed = await the().verify({ bundles: [await the().bundle('A', { change: bad })], policy })
    expect(outcomes(mixed)).toEqual(['A subject-invalid'])
  })
  const OTHER = `sha256:${'b'.repeat(64)}`
})

const flipped = (base64: string, at: number): string => {
  const bytes = Buffer.from(base64, 'base64')
  bytes[at] = (bytes[at] ?? 0) ^ 1
  return bytes.toString('base64')
}
const rewritten = (edit: (text: string) => string) => (bundle: BundleDocument) => {
  const text = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString()
  bundle.dsseEnvelope.payload = Buffer.from(edit(text)).toString('base64')
}
const documentOf = (bundle: Buffer): BundleDocument => JSON.parse(bundle.toString()) as BundleDocument

describe('a bundle that was tampered with:', () => {
  test.each<[string, (bundle: BundleDocument) => void, string]>([
    ['another digest in its payload', rewritten(text => text.replace(HEX, 'c'.repeat(64))), 'signature-invalid'],
    ['a space in its payload', rewritten(text => `${text} `), 'signature-invalid'],
    [
      'a bit of its signature',
      ({ dsseEnvelope: { signatures } }) => void (signatures[0]!.sig = flipped(signatures[0]!.sig, 20)),
      'signature-invalid'
    ],
    [
      'two signatures',
      ({ dsseEnvelope: { signatures } }) => void signatures.push(documentOf(second).dsseEnvelope.signatures[0]!),
      'signature-count'
    ],
    [
      'its signature twice',
      ({ dsseEnvelope: { signatures } }) => void signatures.push(signatures[0]!),
      'signature-count'
    ],
    ['no signature', ({ dsseEnvelope }) => void (dsseEnvelope.signatures = []), 'signature-count'],
    ['the payload type', ({ dsseEnvelope }) => void (dsseEnvelope.payloadType = 'text/plain'), 'payload-type'],
    [
      'the envelope of another bundle',
      bundle => void (bundle.dsseEnvelope = documentOf(second).dsseEnvelope),
      'signature-invalid'
    ],
    [
      'the certificate of another bundle',
      ({ verificationMaterial }) =>
        void (verificationMaterial.certificate = documentOf(second).verificationMaterial.certificate!),
      'signature-invalid'
    ],
    [
      'a field that nobody knows',
      bundle => void Object.assign(bundle.dsseEnvelope, { verified: true }),
      'bundle-malformed'
    ]
  ])('%s', async (_, edit, reason) => {
    const verification = await the().verify({ bundles: [edited(good.A, edit), good.B, good.C] })
    expect(verification).toMatchObject({ verified: false, builders: ['B', 'C'] })
    const [judged] = verification.bundles.filter(({ verdict }) => verdict === 'refused')
    expect(judged).toMatchObject({ reason })
  })
})

describe('age', () => {
  const DAY_MS = 86_400_000
  const old = async (id: BuilderId, days: number): Promise<Buffer> => {
    const offset = -days * DAY_MS
    const offsets = { fulcio: offset, rekor: offset, 'rekor-v2': offset, timestamp: offset }
    return the().atTimes(the().sigstoreOf(id), offsets, () => the().bundle(id))
  }

  test('beyond what the policy allows is no vote', async () => {
    const bundles = [await old('A', 8), await old('B', 6), good.F]
    const policy = await the().policy(['A', 'B', 'F'], { maximumAgeDays: 7 })
    const verification = await the().verify({ bundles, policy })
    expect(verification).toMatchObject({ verified: false, builders: ['B', 'F'], missing: 1 })
    expect(outcomes(verification)).toEqual(['A too-old', 'B counted', 'F counted'])
    expect(await the().verify({ bundles, policy: await the().policy(['A', 'B', 'F']) })).toMatchObject({
      verified: true
    })
  })

  test('is counted by the clock that the caller has', async () => {
    const bundles = [good.A, good.B, good.F]
    const policy = await the().policy(['A', 'B', 'F'], { maximumAgeDays: 7 })
    const later = await the().verify({ bundles, policy, now: new Date(Date.now() + 8 * DAY_MS) })
    expect(outcomes(later)).toEqual(['A too-old', 'B too-old', 'F too-old'])
    const past = await the().verify({ bundles, policy, now: new Date(Date.now() - DAY_MS) })
    expect(past.verified).toBe(false)
    expect(outcomes(past)).toEqual(['A time-in-future', 'B time-in-future', 'F time-in-future'])
  })

  test('does not free a builder of what it attested too long ago', async () => {
    const bundles = [
      await the().atTimes(the().one, { fulcio: -8 * DAY_MS, rekor: -8 * DAY_MS, timestamp: -8 * DAY_MS }, () =>
        the().bundle('A', { digest: OTHER_DIGEST })
      ),
      good.A,
      good.B,
      good.F
    ]
    const without = await the().verify({ bundles, policy: await the().policy(['A', 'B', 'F']) })
    expect(without).toMatchObject({ verified: false, equivocations: [{ builder: 'A' }] })
  })
})
