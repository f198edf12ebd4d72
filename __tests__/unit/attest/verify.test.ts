import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { Statement } from '../../../src/attest/statement.ts'
import { verifyBundle, type Expectation, type RefusalReason, type VerifiedBundle } from '../../../src/attest/verify.ts'
import {
  attest,
  bytesOf,
  COMMIT,
  DIGEST,
  expectation,
  IDENTITY,
  refusal,
  trustRoot,
  type AttestationOptions
} from '../../support/attestation.ts'
import { buildFacts } from '../../support/build-facts.ts'
import { circleciClaims, githubClaims, gitlabClaims, Issuer, useSigstore } from '../../support/sigstore.ts'

// The machine may be busy.
jest.setTimeout(60_000)

const sigstore = useSigstore()
const other = useSigstore()

const ISSUER = 'https://issuer.example'
const HEX = DIGEST.slice('sha256:'.length)

const check = (bundle: object, changes: Partial<Expectation> = {}): VerifiedBundle =>
  verifyBundle(bytesOf(bundle), expectation(sigstore(), changes), trustRoot(sigstore()))

const signedBy = (identity: string, issuer = sigstore().issuer.issuer): Partial<Expectation> => ({
  signer: { kind: 'certificate', issuer, identity }
})

describe('a good bundle', () => {
  test.each([
    { rekor: 1 as const, timestamp: true },
    { rekor: 1 as const, timestamp: false },
    { rekor: 2 as const, timestamp: true }
  ])('in a log of version $rekor is accepted (timestamp: $timestamp)', async options => {
    for (const each of [sigstore(), other()]) {
      const bundle = await attest(each, options)
      const verified = verifyBundle(bytesOf(bundle), expectation(each), trustRoot(each))
      expect(verified).toMatchObject({
        mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        digests: [DIGEST],
        commit: COMMIT,
        provenance: {
          builderId: IDENTITY,
          commit: COMMIT,
          sandbox: 'true',
          source: 'git+https://github.com/octo-org/project@refs/heads/main'
        },
        signer: {
          kind: 'certificate',
          certificate: {
            identity: IDENTITY,
            issuer: each.issuer.issuer,
            runnerEnvironment: 'github-hosted',
            sourceRepository: 'https://github.com/octo-org/project',
            sourceCommit: COMMIT,
            sourceRef: 'refs/heads/main',
            invocation: 'https://github.com/octo-org/project/actions/runs/42/attempts/1'
          }
        },
        entries: [{ kind: options.rekor === 1 ? 'dsse 0.0.1' : 'hashedrekord 0.0.2' }]
      })
      const by = verified.times.map(time => time.by).sort()
      expect(by).toEqual([
        ...(options.rekor === 1 ? ['log'] : []),
        ...(options.timestamp ? ['timestamp-authority'] : [])
      ])
    }
  })

  test('of one Sigstore is nothing to another', async () => {
    const bundle = bytesOf(await attest(sigstore()))
    expect(refusal(() => verifyBundle(bundle, expectation(sigstore()), trustRoot(other()))).reason).toBe('log-unknown')
  })

  test('is accepted whatever it is about and made from, where nothing is asked for', async () => {
    const bundle = bytesOf(await attest(sigstore()))
    const { signer } = expectation(sigstore())
    expect(verifyBundle(bundle, { signer }, trustRoot(sigstore()))).toMatchObject({ digests: [DIGEST], commit: COMMIT })
  })

  test('of GitLab is accepted, as is one of CircleCI, whose certificate knows no commit', async () => {
    const gitlab = await Issuer.start()
    const circleci = await Issuer.start()
    try {
      sigstore().accept({ issuer: gitlab.issuer, type: 'gitlab-pipeline' })
      sigstore().accept({ issuer: circleci.issuer, type: 'circleci' })
      const one = await attest(sigstore(), { issuer: gitlab, claims: gitlabClaims() })
      const config = 'https://gitlab.com/octo-group/project//.gitlab-ci.yml@refs/heads/main'
      expect(check(one, signedBy(config, gitlab.issuer)).commit).toBe(COMMIT)
      const two = await attest(sigstore(), { issuer: circleci, claims: circleciClaims(), commit: COMMIT })
      const definition =
        'https://circleci.com/api/v2/projects/7b4f5c1e-4d2c-4f50-9b6d-0a8e5d3c2b10/pipeline-definitions/9c8b7a6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d'
      expect(check(two, signedBy(definition, circleci.issuer)).commit).toBe(COMMIT)
      const rerun = circleciClaims({ 'oidc.circleci.com/ssh-rerun': 'true' })
      const three = await attest(sigstore(), { issuer: circleci, claims: rerun, commit: COMMIT })
      expect(refusal(() => check(three, signedBy(definition, circleci.issuer))).reason).toBe('self-hosted')
    } finally {
      await Promise.all([gitlab.close(), circleci.close()])
    }
  })
})

describe('the signer', () => {
  let bundle: object
  beforeAll(async () => {
    bundle = await attest(sigstore())
  })

  test.each([
    ['a prefix', IDENTITY.slice(0, -1)],
    ['a suffix', IDENTITY.slice(1)],
    ['what is longer', `${IDENTITY}-2`],
    ['a dot for any character', IDENTITY.replace('project', 'pr.ject')],
    ['a pattern as text', '.*'],
    ['an anchored pattern as text', `^${IDENTITY}$`],
    ['another case', IDENTITY.replace('octo', 'Octo')],
    ['nothing', ''],
    ['another ref', IDENTITY.replace('main', 'dev')],
    ['white space', `${IDENTITY} `],
    ['a look-alike', IDENTITY.replace('octo', 'осto')]
  ])('is not who was expected when that is %s', (_, identity) => {
    const error = refusal(() => check(bundle, signedBy(identity)))
    expect(error.reason).toBe('identity-mismatch')
    expect(error.found).toBe(JSON.stringify(IDENTITY))
    expect(check(bundle).digests).toEqual([DIGEST])
  })

  test.each([
    ['longer', (issuer: string) => `${issuer}/evil`],
    ['shorter', (issuer: string) => issuer.slice(0, -1)],
    ['in another case', (issuer: string) => issuer.toUpperCase()],
    ['with a slash', (issuer: string) => `${issuer}/`],
    ['empty', () => ''],
    ['another', () => ISSUER]
  ])('is not who was expected when the issuer is %s', (_, change) => {
    const error = refusal(() => check(bundle, signedBy(IDENTITY, change(sigstore().issuer.issuer))))
    expect(error.reason).toBe('issuer-mismatch')
  })

  test('of an issuer below the expected one is refused, though the identity is right', async () => {
    const evil = createServer((request, response) => {
      const issuer = `http://127.0.0.1:${(evil.address() as AddressInfo).port}/evil`
      const isKnown = request.url === '/evil/.well-known/openid-configuration'
      const document = { issuer, jwks_uri: `${sigstore().issuer.issuer}/.well-known/jwks` }
      response.writeHead(isKnown ? 200 : 404).end(JSON.stringify(document))
    })
    await new Promise<void>(resolve => evil.listen(0, '127.0.0.1', resolve))
    try {
      const base = `http://127.0.0.1:${(evil.address() as AddressInfo).port}`
      sigstore().accept({ issuer: `${base}/evil`, type: 'github-workflow' })
      const forged = await attest(sigstore(), { claims: githubClaims({ iss: `${base}/evil` }) })
      expect(refusal(() => check(forged, signedBy(IDENTITY, base))).reason).toBe('issuer-mismatch')
      expect(check(forged, signedBy(IDENTITY, `${base}/evil`)).commit).toBe(COMMIT)
    } finally {
      evil.close()
    }
  })

  test('of another Sigstore with the right identity is refused for its issuer', async () => {
    const stranger = await attest(other())
    const verify = () => verifyBundle(bytesOf(stranger), expectation(sigstore()), trustRoot(other()))
    expect(refusal(verify).reason).toBe('issuer-mismatch')
  })

  test('that is a reusable workflow of another repository is refused', async () => {
    const job_workflow_ref = 'evil-org/project/.github/workflows/seed.yml@refs/heads/main'
    const reused = await attest(sigstore(), { claims: githubClaims({ job_workflow_ref }) })
    expect(refusal(() => check(reused)).reason).toBe('identity-mismatch')
    expect(check(reused, signedBy(`https://github.com/${job_workflow_ref}`)).digests).toEqual([DIGEST])
  })

  test('is asked of a pattern whole', () => {
    const seen: string[] = []
    const pattern = (isAccepted: boolean) => ({
      source: '^…$',
      accepts: (identity: string) => {
        seen.push(identity)
        return isAccepted
      }
    })
    const by = (isAccepted: boolean): Partial<Expectation> => ({
      signer: { kind: 'certificate', issuer: sigstore().issuer.issuer, identity: pattern(isAccepted) }
    })
    expect(check(bundle, by(true)).digests).toEqual([DIGEST])
    expect(refusal(() => check(bundle, by(false))).reason).toBe('identity-mismatch')
    expect(seen).toEqual([IDENTITY, IDENTITY])
  })
})

const predicateOf = (statement: Statement) => structuredClone(statement.predicate) as Predicate
interface Predicate {
  buildDefinition: {
    resolvedDependencies: { uri?: string; digest?: Record<string, string> }[]
    internalParameters: Record<string, unknown>
  }
  runDetails: { builder: { id: string } }
}

/** The statement with something else in its predicate. */
const withPredicate = (edit: (predicate: Predicate) => void) => (statement: Statement) => {
  const predicate = predicateOf(statement)
  edit(predicate)
  return { ...statement, predicate }
}
const withSubject =
  (...digests: (Record<string, string> | undefined)[]) =>
  (statement: Statement) => ({ ...statement, subject: digests.map(digest => ({ name: 'seed', digest })) })
const COMMIT_2 = 'f'.repeat(40)

interface Case {
  what: string
  options: AttestationOptions
  reason: RefusalReason
  /** With this, the same bundle is accepted. */
  unless?: Partial<Expectation>
  changes?: Partial<Expectation>
}

const CASES: Case[] = [
  {
    what: 'is for another digest',
    options: { facts: { subject: { name: 'seed', digest: `sha256:${'a'.repeat(64)}` } } },
    reason: 'subject-mismatch',
    unless: { digest: `sha256:${'a'.repeat(64)}` }
  },
  {
    what: 'is a verification summary',
    options: { change: statement => ({ ...statement, predicateType: 'https://slsa.dev/verification_summary/v1' }) },
    reason: 'predicate-type',
    unless: { predicateType: 'https://slsa.dev/verification_summary/v1' }
  },
  {
    what: 'is an SPDX document',
    options: { change: statement => ({ ...statement, predicateType: 'https://spdx.dev/Document' }) },
    reason: 'predicate-type',
    unless: { predicateType: 'any' }
  },
  {
    what: 'is provenance of a later version',
    options: { change: statement => ({ ...statement, predicateType: 'https://slsa.dev/provenance/v1.1' }) },
    reason: 'predicate-type'
  },
  { what: 'has another payload type', options: { payloadType: 'application/json' }, reason: 'payload-type' },
  {
    what: 'has a payload type with a parameter',
    options: { payloadType: 'application/vnd.in-toto+json; charset=utf-8' },
    reason: 'payload-type'
  },
  { what: 'is no JSON', options: { payload: Buffer.from('{"_type":'), rekor: 2 }, reason: 'payload-malformed' },
  { what: 'is no text', options: { payload: Buffer.from([0xff, 0xfe, 0x00]), rekor: 2 }, reason: 'payload-malformed' },
  { what: 'is a list', options: { payload: Buffer.from('[]') }, reason: 'payload-malformed' },
  {
    what: 'has a name twice',
    options: { payload: Buffer.from('{"_type":"https://in-toto.io/Statement/v1","subject":[],"subject":[]}') },
    reason: 'payload-malformed'
  },
  {
    what: 'is nested too deep',
    options: { payload: Buffer.from('['.repeat(1000)), rekor: 2 },
    reason: 'payload-malformed'
  },
  {
    what: 'is a statement of version 0.1',
    options: { change: statement => ({ ...statement, _type: 'https://in-toto.io/Statement/v0.1' }) },
    reason: 'statement-type'
  },
  { what: 'is no statement', options: { change: () => ({ subject: [] }) }, reason: 'statement-type' },
  { what: 'has no subject', options: { change: withSubject() }, reason: 'subject-count' },
  {
    what: 'has several subjects',
    options: { change: withSubject({ sha256: HEX }, { sha256: 'b'.repeat(64) }) },
    reason: 'subject-count',
    unless: { allowSeveralSubjects: true }
  },
  { what: 'has a subject without digests', options: { change: withSubject(undefined) }, reason: 'subject-invalid' },
  {
    what: 'has a subject with sha512 alone',
    options: { change: withSubject({ sha512: 'a'.repeat(128) }) },
    reason: 'subject-invalid'
  },
  {
    what: 'has its digest in upper case',
    options: { change: withSubject({ sha256: HEX.toUpperCase() }) },
    reason: 'subject-invalid'
  },
  {
    what: 'has half a digest',
    options: { change: withSubject({ sha256: HEX.slice(0, 32) }) },
    reason: 'subject-invalid'
  },
  {
    what: 'has a digest with its algorithm in it',
    options: { change: withSubject({ sha256: DIGEST }) },
    reason: 'subject-invalid'
  },
  {
    what: 'has the digest under another name',
    options: { change: withSubject({ SHA256: HEX }) },
    reason: 'subject-invalid'
  },
  {
    what: 'is for an older commit',
    options: { claims: githubClaims({ sha: COMMIT_2 }) },
    reason: 'commit-mismatch',
    unless: { commit: COMMIT_2 }
  },
  {
    what: 'names another commit than the certificate',
    options: {
      change: withPredicate(({ buildDefinition }) => {
        buildDefinition.resolvedDependencies[0]!.digest = { gitCommit: COMMIT_2 }
      })
    },
    reason: 'commit-contradiction'
  },
  {
    what: 'hides its commit behind one of another repository',
    options: {
      claims: githubClaims({ sha: COMMIT_2 }),
      change: withPredicate(({ buildDefinition }) => {
        buildDefinition.resolvedDependencies[0]!.digest = { gitCommit: COMMIT }
      })
    },
    reason: 'commit-contradiction'
  },
  {
    what: 'names two commits of its repository',
    options: {
      change: withPredicate(({ buildDefinition: { resolvedDependencies } }) => {
        resolvedDependencies.push({ ...resolvedDependencies[0], digest: { gitCommit: COMMIT_2 } })
      })
    },
    reason: 'commit-contradiction'
  },
  {
    what: 'names no commit',
    options: { change: withPredicate(({ buildDefinition }) => void buildDefinition.resolvedDependencies.shift()) },
    reason: 'commit-missing'
  },
  {
    what: 'names a short commit',
    options: {
      change: withPredicate(({ buildDefinition }) => {
        buildDefinition.resolvedDependencies[0]!.digest = { gitCommit: COMMIT.slice(0, 7) }
      })
    },
    reason: 'predicate-malformed'
  },
  {
    what: 'names another builder than the certificate',
    options: {
      change: withPredicate(({ runDetails }) => {
        runDetails.builder.id = IDENTITY.replace('seed.yml', 'safe.yml')
      })
    },
    reason: 'builder-mismatch'
  },
  {
    what: 'names no builder',
    options: { change: statement => ({ ...statement, predicate: {} }) },
    reason: 'predicate-malformed'
  },
  {
    what: 'was made on a self-hosted runner',
    options: { claims: githubClaims({ runner_environment: 'self-hosted' }) },
    reason: 'self-hosted',
    unless: { allowSelfHosted: true }
  },
  ...['false', 'relaxed', 'True', ''].map((sandbox): Case => ({
    what: `was made with the sandbox ${JSON.stringify(sandbox)}`,
    options: { facts: { nix: { ...buildFacts().nix, sandbox } } },
    reason: 'sandbox-off',
    unless: { allowSandboxOff: true }
  })),
  {
    what: 'does not tell of a sandbox',
    options: {
      change: withPredicate(({ buildDefinition }) => {
        delete buildDefinition.internalParameters['nix']
      })
    },
    reason: 'sandbox-off',
    unless: { allowSandboxOff: true }
  }
]

describe('a statement that', () => {
  test.each(CASES)('$what is refused: $reason', async ({ options, reason, unless }) => {
    const bundle = await attest(sigstore(), options)
    const error = refusal(() => check(bundle))
    expect(error.reason).toBe(reason)
    // One line of bounded length, with nothing that a terminal would take for more than text.
    expect(error.message).toMatch(/^[^\p{C}]{10,1500}$/u)
    if (unless) expect(check(bundle, unless).mediaType).toMatch(/sigstore/)
  })

  test('has one good subject beside a bad one is refused, even where several are allowed', async () => {
    const bundle = await attest(sigstore(), { change: withSubject({ sha256: HEX }, { sha1: 'a'.repeat(40) }) })
    expect(refusal(() => check(bundle, { allowSeveralSubjects: true })).reason).toBe('subject-invalid')
  })

  test('is larger than any provenance is refused', async () => {
    const bundle = await attest(sigstore(), { payload: Buffer.alloc(2 * 1024 * 1024 + 1, 0x20), rekor: 2 })
    expect(refusal(() => check(bundle)).reason).toBe('payload-too-large')
  })

  test('has what no terminal should see in it shows nothing of that', async () => {
    const bundle = await attest(sigstore(), {
      change: statement => ({ ...statement, predicateType: `\u001b[2J\u202e\u0085${'x'.repeat(5000)}` })
    })
    const { message, found } = refusal(() => check(bundle))
    expect(message).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
    expect(message.length).toBeLessThan(700)
    expect(found).toMatch(/^"\\u001b\[2J\\u\{202e\}\\u\{85\}x+…$/)
  })
})

describe('age', () => {
  const DAY_MS = 86_400_000
  test('is counted from the earliest time that somebody signed', async () => {
    const bundle = bytesOf(await attest(sigstore()))
    const verify = (days: number) => () =>
      verifyBundle(bundle, expectation(sigstore(), { maximumAgeDays: 7 }), trustRoot(sigstore()), {
        now: new Date(Date.now() + days * DAY_MS)
      })
    expect(verify(6)().digests).toEqual([DIGEST])
    expect(refusal(verify(8)).reason).toBe('too-old')
  })
})
