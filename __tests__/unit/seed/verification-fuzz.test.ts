/**
 * Whatever strangers write, verification ends with a verdict or an error that is known, and takes nothing for signed that
 * is not. `VERIFY_MUTATIONS=10000` tries more than the tests of every day do.
 */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { parsePolicy, parsePolicyText, type Policy } from '../../../src/attest/policy.ts'
import { resolvePolicy, type TrustedPolicy } from '../../../src/attest/policy/trust.ts'
import { SeedError } from '../../../src/errors.ts'
import { MEDIA_TYPE, type Repository } from '../../../src/oci/types.ts'
import { openRepository } from '../../../src/oci/repository.ts'
import type { Verification } from '../../../src/seed/verification.ts'
import {
  differences,
  editedAt,
  isBase64,
  pick,
  places,
  textOf,
  UNSIGNED,
  valueAt,
  withOtherBytes,
  withOtherValue,
  type Json
} from '../../support/json-mutation.ts'
import {
  DIGEST,
  digestOf,
  GITHUB,
  GITLAB,
  hang,
  hangManifest,
  imageBytes,
  pathOf,
  useBuilders,
  type BuilderId
} from '../../support/quorum.ts'
import { forwarding, AnsweringServer } from '../../support/answering-server.ts'
import { LyingServer, many, otherJson, wrongly } from '../../support/lying-server.ts'
import { RegistryServer } from '../../support/registry-server.ts'
import { startSigstore, type LocalSigstore } from '../../support/sigstore.ts'
import { trustRootBytes } from '../../support/attestation.ts'

const RUNS = Number(process.env['VERIFY_MUTATIONS'] ?? 100)
/** So many in one verification: what hangs on one image hangs there together. */
const BATCH = 20

// The machine may be busy.
jest.setTimeout(3_600_000)

const the = useBuilders()

interface Base {
  id: BuilderId
  bytes: Buffer
  json: Json
}
const bases: Base[] = []
let policy: TrustedPolicy
let server: RegistryServer
beforeAll(async () => {
  for (const [id, rekor] of [
    ['A', 1],
    ['A', 2],
    ['F', 1],
    ['F', 2]
  ] as const) {
    const bytes = await the().bundle(id, { rekor })
    bases.push({ id, bytes, json: JSON.parse(bytes.toString()) as Json })
  }
  policy = await the().policy(['A', 'B', 'C', 'E', 'F'], { threshold: 2, equivocation: 'fail' })
  server = await RegistryServer.start({ referrers: {} })
})
afterAll(async () => {
  await server.close()
  report()
})

/** How many of each kind were tried, and how they ended: for who runs many of them. */
const tally: Record<string, Record<string, number>> = {}
const started = performance.now()
function count(kind: string, outcome: string): void {
  const outcomes = (tally[kind] ??= {})
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
}
function report(): void {
  if (process.env['VERIFY_MUTATIONS'] === undefined) return
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  const memory = (process.resourceUsage().maxRSS / 1024).toFixed(0)
  process.stderr.write(`${JSON.stringify({ ...tally, seconds, maxRssMiB: memory })}\n`)
}

const numbers = fc.array(fc.nat({ max: 2 ** 30 }), { minLength: 4, maxLength: 4 })

/** Asks for `RUNS` outcomes of `attempt`, `size` at a time. */
async function tries(attempt: (choices: number[][]) => Promise<void>, size = BATCH, runs = RUNS): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(numbers, { minLength: size, maxLength: size }), attempt),
    // What is shrunk takes real time: a few steps tell enough.
    { numRuns: Math.ceil(runs / size), interruptAfterTimeLimit: 3_500_000 }
  )
}

/** A repository of the server that holds the image and these bundles, whatever they are. */
function repositoryOf(bundles: readonly Buffer[]): Repository {
  server.manifests.clear()
  server.blobs.clear()
  const repository = openRepository(`${server.host}/seed`, QUICK)
  server.manifests.set(`${pathOf(repository)}@${DIGEST}`, { bytes: imageBytes(), mediaType: MEDIA_TYPE.index })
  for (const bytes of bundles) {
    const { digest, size } = server.addBlob(bytes)
    hangManifest(server, repository, { layers: [{ mediaType: 'application/json', digest, size }] })
  }
  return repository
}
const QUICK = {
  env: { HOME: '/nonexistent' },
  backoff: { attempts: 2, firstMs: 1, factor: 1, maxMs: 2, jitter: 0 }
}
/** For a server that may never answer; an honest one may be as slow as its machine. */
const IMPATIENT = { ...QUICK, connectTimeoutMs: 2000, idleTimeoutMs: 250, answerTimeoutMs: 250 }

async function verify(bundles: readonly Buffer[], by = policy): Promise<Verification> {
  const repository = repositoryOf(bundles)
  try {
    return await the().verify({ repository, policy: by })
  } finally {
    await repository.close()
  }
}

/** What everything that is told of a stranger's text has to be. */
function expectShowable({ bundles, junk, reason }: Verification): void {
  const texts = [reason, ...bundles.map(each => each.message), ...junk.map(each => each.source + each.problem)]
  for (const text of texts) expect(text).toMatch(/^[^\p{C}]{5,4000}$/u)
}

/** That of mutated bundles only those count which say what their original says. */
async function checkBundles(kind: string, mutated: readonly (Buffer | undefined)[], origins: readonly Base[]) {
  const bundles = mutated.flatMap(each => each ?? [])
  const verification = await verify(bundles)
  expectShowable(verification)
  const originals = new Map(origins.map((base, i) => [mutated[i] && digestOf(mutated[i]), base]))
  for (const { bundle, verdict, reason, builder, digests } of verification.bundles) {
    count(kind, verdict === 'refused' ? 'refused' : 'the same')
    if (verdict === 'refused') continue
    const base = originals.get(bundle)!
    expect({ builder, digests }).toEqual({ builder: base.id, digests: [DIGEST] })
    expect(['counted', 'repeated']).toContain(reason)
    const bytes = mutated[origins.findIndex((_, i) => mutated[i] && digestOf(mutated[i]) === bundle)]!
    const changed = differences(base.json, JSON.parse(bytes.toString('utf8')) as Json)
    expect(changed.filter(path => !UNSIGNED.test(path))).toEqual([])
  }
  const distinct = new Set(bundles.map(digestOf)).size
  expect(verification.bundles.length + verification.junk.length).toBe(distinct)
  expect(verification.equivocations).toEqual([])
}

test('what they are made from is accepted', async () => {
  expect(await verify(bases.map(({ bytes }) => bytes))).toMatchObject({ verified: true, builders: ['A', 'F'] })
})

describe('bundles', () => {
  const of = (choices: readonly number[][]) => choices.map(([, , , which = 0]) => pick(bases, which))

  test('with other bytes', async () => {
    await tries(async choices => {
      const origins = of(choices)
      const mutated = choices.map(([at = 0, kind = 0, byte = 0], i) =>
        withOtherBytes(origins[i]!.bytes, { at, kind, byte })
      )
      await checkBundles('bundles: bytes', mutated, origins)
    })
  })

  test('with other values', async () => {
    await tries(async choices => {
      const origins = of(choices)
      const mutated = choices.map(([at = 0, kind = 0, value = 0], i) => {
        const { json } = origins[i]!
        const path = pick(places(json), at)
        // Another bundle as a whole is a good one.
        if (path.length === 0) return undefined
        return Buffer.from(JSON.stringify(withOtherValue(json, path, { kind, value, from: pick(bases, value).json })))
      })
      await checkBundles('bundles: values', mutated, origins)
    })
  })

  test('with other content in their base64', async () => {
    await tries(async choices => {
      const origins = of(choices)
      const mutated = choices.map(([at = 0, place = 0, bit = 0], i) => {
        const { json } = origins[i]!
        const encoded = places(json).filter(path => isBase64(valueAt(json, path)))
        const other = editedAt(json, pick(encoded, at), (holder, name) => {
          const bytes = Buffer.from(textOf(holder[name]), 'base64')
          const index = place % bytes.length
          bytes[index] = (bytes[index] ?? 0) ^ (1 << (bit % 8))
          holder[name] = bytes.toString('base64')
        })
        return Buffer.from(JSON.stringify(other))
      })
      await checkBundles('bundles: base64', mutated, origins)
    })
  })

  test('with another statement in their envelope', async () => {
    await tries(async choices => {
      const origins = of(choices)
      const mutated = choices.map(([at = 0, kind = 0, value = 0], i) => {
        const { json } = origins[i]!
        const envelope = valueAt(json, ['dsseEnvelope']) as { payload: string }
        const statement = JSON.parse(Buffer.from(envelope.payload, 'base64').toString()) as Json
        const other = withOtherValue(statement, pick(places(statement), at), { kind, value, from: statement })
        const payload = Buffer.from(JSON.stringify(other)).toString('base64')
        if (payload === envelope.payload) return undefined
        return Buffer.from(JSON.stringify({ ...(json as object), dsseEnvelope: { ...envelope, payload } }))
      })
      await checkBundles('bundles: statements nobody signed', mutated, origins)
    })
  })

  test('that are none', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.uint8Array({ maxLength: 4096 }).map(bytes => Buffer.from(bytes)),
            fc.json().map(text => Buffer.from(text))
          ),
          { minLength: BATCH, maxLength: BATCH }
        ),
        async bundles => {
          const verification = await verify(bundles)
          expectShowable(verification)
          expect(verification.bundles.every(({ verdict }) => verdict === 'refused')).toBe(true)
          for (const _ of bundles) count('bundles: nothing of one', 'refused')
        }
      ),
      { numRuns: Math.ceil(RUNS / BATCH) }
    )
  })
})

describe('statements', () => {
  interface Statement {
    _type?: unknown
    subject?: { digest?: Record<string, unknown> }[]
    predicateType?: unknown
    predicate?: { buildDefinition?: { internalParameters?: { nix?: { sandbox?: unknown } } } }
  }

  let sigstore: LocalSigstore | undefined
  let by: TrustedPolicy
  let left = 0
  afterAll(() => sigstore?.close())

  /** A Sigstore whose log is small: one as simple as that of the tests hashes all of it for each entry. */
  async function signer(): Promise<LocalSigstore> {
    left -= BATCH
    if (sigstore && left >= 0) return sigstore
    await sigstore?.close()
    sigstore = await startSigstore()
    left = 500
    the().files.set('statements.json', trustRootBytes(sigstore.trustedRoot))
    by = await the().policy(['A', 'B', the().entry('F', { trustRoot: 'statements.json' })], { threshold: 2 })
    return sigstore
  }

  test('that a builder did sign count only for what they say', async () => {
    const [base] = bases.slice(2)
    const envelope = valueAt(base!.json, ['dsseEnvelope']) as { payload: string }
    const original = JSON.parse(Buffer.from(envelope.payload, 'base64').toString()) as Json
    await tries(async choices => {
      const at = await signer()
      const signed = new Map<string, Statement | undefined>()
      const bundles: Buffer[] = []
      for (const [place = 0, kind = 0, value = 0, depth = 0] of choices) {
        let other = original
        for (let i = 0; i <= depth % 2; i++) {
          const choice = { kind: kind + i, value: value + i, from: original }
          other = withOtherValue(other, pick(places(other), place + i), choice)
        }
        // The log of version 2 takes whatever it is; the other one reads it.
        const bundle = await the().bundle('F', { payload: Buffer.from(JSON.stringify(other)), rekor: 2, at })
        signed.set(digestOf(bundle), other as Statement | undefined)
        bundles.push(bundle)
      }
      const verification = await verify(bundles, by)
      expectShowable(verification)
      expect(verification).toMatchObject({ verified: false })
      for (const { bundle, verdict, reason, builder } of verification.bundles) {
        count('statements that are signed', verdict === 'refused' ? 'refused' : reason)
        expect([builder, undefined]).toContain('F')
        if (verdict === 'refused' || reason === 'other-digest') continue
        const { _type, subject, predicateType, predicate } = signed.get(bundle) ?? {}
        expect(_type).toBe('https://in-toto.io/Statement/v1')
        expect(predicateType).toBe('https://slsa.dev/provenance/v1')
        expect(subject?.map(({ digest }) => digest?.['sha256'])).toEqual([DIGEST.slice('sha256:'.length)])
        expect(predicate?.buildDefinition?.internalParameters?.nix?.sandbox).toBe('true')
      }
    })
  })
})

describe('policies', () => {
  const written = (): Json =>
    JSON.parse(
      JSON.stringify({
        threshold: 2,
        dimensions: ['builder', 'organisation', 'issuer'],
        predicateType: 'https://slsa.dev/provenance/v1',
        maximumAgeDays: 30,
        allowSelfHosted: false,
        allowSandboxOff: false,
        allowSeveralSubjects: false,
        equivocation: 'fail',
        builders: [
          the().entry('A'),
          the().entry('B'),
          the().entry('C'),
          the().entry('F', { publicKey: the().keys.pem })
        ]
      })
    ) as Json

  const resolve = async (read: Policy): Promise<TrustedPolicy> =>
    resolvePolicy(read, 'policy.json', {
      readFile: async name => {
        const bytes = the().files.get(name)
        if (bytes) return bytes
        throw new SeedError('USAGE', 'there is no such file', { resource: name })
      },
      publicTrustRoot: async () => {
        throw new SeedError('SIGSTORE_UNREACHABLE', 'there is no network')
      }
    })

  /** The policy, if it is one; what is not refuses itself with an error that is known. */
  async function read(parse: () => Policy): Promise<TrustedPolicy | undefined> {
    try {
      return await resolve(parse())
    } catch (error) {
      if (!(error instanceof SeedError)) throw error
      expect([
        'POLICY_INVALID',
        'POLICY_UNMET',
        'TRUST_ROOT_INVALID',
        'KEY_INVALID',
        'USAGE',
        'SIGSTORE_UNREACHABLE'
      ]).toContain(error.code)
      expect(error.message.length).toBeLessThan(100_000)
      return undefined
    }
  }

  /** That who counts is in the policy just as they are. */
  async function check(kind: string, trusted: TrustedPolicy | undefined, bundles: readonly Buffer[]): Promise<void> {
    if (trusted === undefined) {
      count(kind, 'refused')
      return
    }
    const verification = await verify(bundles, trusted)
    expectShowable(verification)
    count(kind, verification.verified ? 'met' : 'unmet')
    if (!verification.verified) return
    const counted = verification.builders.map(id => trusted.policy.builders.find(builder => builder.id === id)!)
    expect(counted.length).toBeGreaterThanOrEqual(trusted.policy.threshold)
    const signed = [
      { issuer: the().issuerOf('A').issuer, identity: GITHUB },
      { issuer: the().issuerOf('B').issuer, identity: GITLAB }
    ]
    for (const builder of counted) {
      const isOf = signed.some(
        ({ issuer, identity }) =>
          builder.issuer === issuer &&
          (builder.identity === identity || new RegExp(builder.identityPattern ?? '^$', 'u').test(identity))
      )
      expect(isOf).toBe(true)
    }
    expect(new Set(counted).size).toBe(counted.length)
  }

  let bundles: Buffer[] = []
  beforeAll(async () => {
    bundles = await the().bundles(['A', 'B'])
  })

  test('with other values', async () => {
    const original = written()
    await tries(async choices => {
      for (const [at = 0, kind = 0, value = 0] of choices) {
        const other = withOtherValue(original, pick(places(original), at), { kind, value, from: original })
        await check('policies: values', await read(() => parsePolicy(other, 'policy.json')), bundles)
      }
    })
  })

  test('with other text', async () => {
    const original = Buffer.from(JSON.stringify(written(), null, 1))
    await tries(async choices => {
      for (const [at = 0, kind = 0, byte = 0] of choices) {
        const other = withOtherBytes(original, { at, kind, byte }).toString('utf8')
        await check('policies: text', await read(() => parsePolicyText(other, 'policy.json')), bundles)
      }
    })
  })
})

describe('answers of a registry', () => {
  const REQUESTS = 16
  /** Most of it is waiting. */
  const SIDE_BY_SIDE = 5

  test.each([
    ['a list of referrers', {}],
    ['pages of referrers', { pageSize: 1 }],
    ['a fallback tag', undefined]
  ] as const)('that has %s are what they are', async (what, referrers) => {
    const right = await RegistryServer.start(referrers ? { referrers } : {})
    const liars = await Promise.all(
      Array.from({ length: SIDE_BY_SIDE }, () => LyingServer.start(`http://${right.host}`))
    )
    const honest = openRepository(`${right.host}/seed`, QUICK)
    await honest.putManifest(imageBytes(), MEDIA_TYPE.index)
    const genuine = await the().bundles(['A', 'F'])
    await hang(honest, ...genuine)
    const digests = new Set(genuine.map(digestOf))
    const before = process.memoryUsage()
    const attempt = async (liar: LyingServer, choice: readonly number[]): Promise<void> => {
      const [seed = 0, , , extent = 0] = choice
      // One wrong answer, or all of them from one on.
      const from = seed % REQUESTS
      const length = extent % 3 === 0 ? 200 : 1
      liar.asked = 0
      liar.plan = new Map(Array.from({ length }, (_, i) => [from + i, wrongly(choice.map(each => each + i))]))
      const repository = openRepository(`${liar.host}/seed`, IMPATIENT)
      try {
        const verification = await the().verify({ repository, policy })
        expectShowable(verification)
        count(`registry: ${what}`, verification.verified ? 'verified' : 'unmet')
        for (const { bundle, verdict } of verification.bundles) {
          if (verdict !== 'refused') expect(digests).toContain(bundle)
        }
      } catch (error) {
        if (!(error instanceof SeedError)) throw error
        count(`registry: ${what}`, error.code)
        expect(error.message).toMatch(/^[^\0]{5,5000}$/)
      } finally {
        await repository.close()
      }
    }
    try {
      await tries(
        async choices => {
          await Promise.all(choices.map((choice, i) => attempt(liars[i]!, choice)))
        },
        SIDE_BY_SIDE,
        Math.ceil(RUNS / 3)
      )
      expect(process.memoryUsage().heapUsed - before.heapUsed).toBeLessThan(256 * 1024 * 1024)
    } finally {
      await honest.close()
      await Promise.all(liars.map(liar => liar.close()))
      await right.close()
    }
  })
})

describe('answers of a log', () => {
  test('decide nothing', async () => {
    const liars = await Promise.all(Array.from({ length: 10 }, () => AnsweringServer.start()))
    const bundles = await the().bundles(['A', 'F'])
    const repository = repositoryOf(bundles)
    try {
      await tries(
        async choices => {
          await Promise.all(
            choices.map(async (choice, i) => {
              const liar = liars[i]!
              let asked = 0
              liar.answer = async (response, request) => {
                const [what = 0, at = 0, kind = 0, value = 0] = choice
                if (asked++ !== what % 2) return forwarding(the().one.rekorUrl)(response, request)
                if (what % 5 === 0) return void response.writeHead(200).end(pick(LOG_BODIES, at))
                const change = (body: Buffer): Buffer | string =>
                  what % 5 < 3 ? otherJson(body, at, kind, value) : withOtherBytes(body, { at, kind, byte: value })
                return forwarding(the().one.rekorUrl, change)(response, request)
              }
              const verification = await the().verify({ repository, policy, rekorUrl: liar.url })
              expect(verification).toMatchObject({ verified: true, builders: ['A', 'F'] })
              const { state, strays = [], found = -1 } = verification.witness ?? {}
              count('answers of a log', state ?? 'none')
              expect(found).toBeGreaterThanOrEqual(0)
              expect(strays.length).toBeLessThanOrEqual(100)
              expect(JSON.stringify(strays)).toMatch(/^[^\p{C}]*$/u)
            })
          )
        },
        liars.length,
        Math.ceil(RUNS / 2)
      )
    } finally {
      await repository.close()
      await Promise.all(liars.map(liar => liar.close()))
    }
  })
  const LOG_BODIES: (string | Buffer)[] = [
    '',
    'null',
    '{}',
    '[]',
    many(5000, 'null'),
    many(3000, `"${'a'.repeat(80)}"`),
    many(500, '{"a":{}}'),
    '['.repeat(100_000),
    Buffer.alloc(1024 * 1024, 0x20),
    Buffer.from([0xff, 0xfe])
  ]
})
