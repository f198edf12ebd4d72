/** Who signed: nobody who is nearly a builder of the policy. The list of all cases is in verification-list.test.ts. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { TrustedRoot } from '@sigstore/protobuf-specs'
import { failureOf } from '../../support/failure.ts'
import { trustRootBytes } from '../../support/attestation.ts'
import {
  CIRCLECI,
  GITHUB,
  GITLAB,
  keyPair,
  MIRROR,
  outcomes,
  useBuilders,
  type BuilderId
} from '../../support/quorum.ts'
import { circleciClaims, githubClaims, gitlabClaims } from '../../support/sigstore.ts'

// The machine may be busy.
jest.setTimeout(60_000)

const the = useBuilders()

const good = {} as Record<BuilderId, Buffer>
beforeAll(async () => {
  for (const id of ['A', 'B', 'C', 'D', 'E', 'F'] as const) good[id] = await the().bundle(id)
}, 60_000)
const of = (ids: string): Buffer[] => Array.from(ids, id => good[id as BuilderId])

/** A policy that asks for the one builder A, as it is here. */
const onlyA = async (more: Record<string, unknown> = {}) => the().policy([the().entry('A', more)], { threshold: 1 })

describe('an identity', () => {
  test.each([
    ['a prefix of it', GITHUB.slice(0, -1)],
    ['a suffix of it', GITHUB.slice(1)],
    ['longer', `${GITHUB}-2`],
    ['longer before it', `https://evil.example/?${GITHUB}`],
    ['the same but for a full stop that stands for any character', GITHUB.replace('project', 'pr.ject')],
    ['a pattern as text', '.*'],
    ['an anchored pattern as text', `^${GITHUB}$`],
    ['the same in another case', GITHUB.replace('octo', 'Octo')],
    ['of another ref', GITHUB.replace('main', 'dev')],
    ['with the letter о for o', GITHUB.replace('octo', 'оcto')]
  ])('is not that of a builder which is %s', async (_, identity) => {
    let policy
    try {
      policy = await onlyA({ identity })
    } catch (error) {
      // What deceives its reader is refused as a policy.
      expect(error).toMatchObject({ code: 'POLICY_INVALID' })
      return
    }
    const verification = await the().verify({ bundles: of('A'), policy })
    expect(verification).toMatchObject({ verified: false, builders: [], missing: 1 })
    expect(outcomes(verification)).toEqual(['? signer-unknown'])
    expect(verification.bundles[0]).toMatchObject({ verdict: 'refused', identity: GITHUB })
    expect(await the().verify({ bundles: of('A'), policy: await onlyA() })).toMatchObject({ verified: true })
  })

  test('cannot be empty in a policy, and neither can an issuer', async () => {
    expect(await failureOf(onlyA({ identity: '' }))).toMatchObject({ code: 'POLICY_INVALID' })
    expect(await failureOf(onlyA({ issuer: '' }))).toMatchObject({ code: 'POLICY_INVALID' })
    expect(await failureOf(onlyA({ identity: undefined }))).toMatchObject({ code: 'POLICY_INVALID' })
  })

  test('is accepted by a pattern as a whole, or not at all', async () => {
    const escaped = (text: string) => text.replace(/[.\\/]/g, each => (each === '/' ? each : `\\${each}`))
    const by = async (identityPattern: string) =>
      (await the().verify({ bundles: of('A'), policy: await onlyA({ identity: undefined, identityPattern }) }))
        .bundles[0]
    const base = escaped(GITHUB.replace('main', ''))
    expect(await by(`^${base}[a-z]+$`)).toMatchObject({ verdict: 'counted', builder: 'A' })
    expect(await by(`^${base}mai$`)).toMatchObject({ verdict: 'refused', reason: 'signer-unknown' })
    expect(await by(`^${base}v[0-9]+$`)).toMatchObject({ verdict: 'refused', reason: 'signer-unknown' })
    for (const pattern of [base, `^${base}`, `^${base}main$|^x$`, `^${GITHUB}$`]) {
      expect(await failureOf(by(pattern))).toMatchObject({ code: 'POLICY_INVALID' })
    }
  })

  test('that is right with the wrong issuer is that of nobody', async () => {
    // E has the identity of A, and another issuer, at another Sigstore.
    const verification = await the().verify({ bundles: of('E'), policy: await onlyA() })
    expect(verification.verified).toBe(false)
    expect(outcomes(verification)).toEqual(['? signer-unknown'])
    expect(verification.bundles[0]?.message).toContain(the().issuerOf('E').issuer)
    const both = await the().verify({ bundles: of('AE'), policy: await the().policy(['A', 'E', 'B']) })
    expect(outcomes(both)).toEqual(['A counted', 'E counted'])
  })

  test('of a reusable workflow of another repository is that of nobody', async () => {
    const claims = githubClaims({ job_workflow_ref: 'evil-org/project/.github/workflows/seed.yml@refs/heads/main' })
    const verification = await the().verify({ bundles: [await the().bundle('A', { claims })], policy: await onlyA() })
    expect(verification.verified).toBe(false)
    expect(outcomes(verification)).toEqual(['? signer-unknown'])
  })

  test('of our reusable workflow, called by a stranger’s repository, does not count where the policy names ours', async () => {
    const claims = githubClaims({
      repository: 'evil-org/project',
      repository_owner: 'evil-org',
      sub: 'repo:evil-org/project:ref:refs/heads/main'
    })
    const called = await the().bundle('A', { claims })
    const policy = await onlyA({ repository: 'https://github.com/octo-org/project' })
    const verification = await the().verify({ bundles: [called], policy })
    expect(verification.verified).toBe(false)
    expect(outcomes(verification)).toEqual(['A repository-mismatch'])
    expect(await the().verify({ bundles: of('A'), policy })).toMatchObject({ verified: true })
  })

  test('of our reusable workflow on one branch, called on another, does not count as one of the first', async () => {
    const claims = githubClaims({ ref: 'refs/heads/evil', sub: 'repo:octo-org/project:ref:refs/heads/evil' })
    const called = await the().bundle('A', { claims })
    for (const more of [{}, { repository: 'https://github.com/octo-org/project' }]) {
      const verification = await the().verify({ bundles: [called], policy: await onlyA(more) })
      expect(verification.verified).toBe(false)
      expect(outcomes(verification)).toEqual(['A ref-mismatch'])
      expect(verification.bundles[0]?.message).toContain('refs/heads/evil')
    }
  })

  test('of a reusable workflow that several repositories share has a ref of its own', async () => {
    const shared = 'octo-org/workflows/.github/workflows/seed.yml@refs/tags/v1'
    const called = await the().bundle('A', { claims: githubClaims({ job_workflow_ref: shared }) })
    const policy = await onlyA({
      identity: `https://github.com/${shared}`,
      repository: 'https://github.com/octo-org/project'
    })
    expect(await the().verify({ bundles: [called], policy })).toMatchObject({ verified: true })
  })

  test('of every provider counts as its certificates have it', async () => {
    for (const [id, identity] of [
      ['A', GITHUB],
      ['B', GITLAB],
      ['C', CIRCLECI],
      ['D', MIRROR]
    ] as const) {
      const policy = await the().policy([id], { threshold: 1 })
      const verification = await the().verify({ bundles: of(id), policy })
      expect(verification).toMatchObject({ verified: true, bundles: [{ builder: id, identity }] })
    }
  })

  test('of GitLab and CircleCI is compared whole, too', async () => {
    const strangers = [
      await the().bundle('B', {
        claims: gitlabClaims({ ci_config_ref_uri: 'gitlab.com/octo-group/project//.gitlab-ci.yml@refs/heads/main2' })
      }),
      await the().bundle('C', {
        claims: circleciClaims({ 'oidc.circleci.com/pipeline-definition-id': '9c8b7a6d-5e4f-4a3b-8c2d-1e0f9a8b7c6e' })
      })
    ]
    const verification = await the().verify({ bundles: strangers })
    expect(outcomes(verification)).toEqual(['? signer-unknown', '? signer-unknown'])
  })
})

describe('an issuer', () => {
  test('that is below the one of the policy is another', async () => {
    const evil = createServer((request, response) => {
      const issuer = `http://127.0.0.1:${(evil.address() as AddressInfo).port}/evil`
      const isKnown = request.url === '/evil/.well-known/openid-configuration'
      const document = { issuer, jwks_uri: `${the().one.issuer.issuer}/.well-known/jwks` }
      response.writeHead(isKnown ? 200 : 404).end(JSON.stringify(document))
    })
    await new Promise<void>(resolve => evil.listen(0, '127.0.0.1', resolve))
    try {
      const base = `http://127.0.0.1:${(evil.address() as AddressInfo).port}`
      the().one.accept({ issuer: `${base}/evil`, type: 'github-workflow' })
      const bundles = [await the().bundle('A', { claims: githubClaims({ iss: `${base}/evil` }) })]
      for (const issuer of [base, `${base}/evi`, `${base}/EVIL`, `${base}/evil/`]) {
        const verification = await the().verify({ bundles, policy: await onlyA({ issuer }) })
        expect(verification.verified).toBe(false)
        expect(outcomes(verification)).toEqual(['? signer-unknown'])
        expect(verification.bundles[0]?.issuer).toBe(`${base}/evil`)
      }
      expect(await the().verify({ bundles, policy: await onlyA({ issuer: `${base}/evil` }) })).toMatchObject({
        verified: true
      })
    } finally {
      evil.close()
    }
  })
})

describe('a trust root', () => {
  test('counts for its own builders alone, though issuer and identity are the same', async () => {
    // Sigstore two takes the tokens of A's issuer, and certifies the very identity of A.
    the().two.accept({ issuer: the().one.issuer.issuer, type: 'github-workflow' })
    const swapped = await the().bundle('A', { at: the().two })
    const verification = await the().verify({ bundles: [swapped, ...of('BC')] })
    expect(verification).toMatchObject({ verified: false, builders: ['B', 'C'], missing: 1 })
    expect(outcomes(verification)).toEqual(['A log-unknown', 'B counted', 'C counted'])
    // Only the certificate is of the other; log and timestamps are the right ones.
    const mixed = await the().bundle('A', { at: { ...the().one, fulcioUrl: the().two.fulcioUrl } })
    expect(outcomes(await the().verify({ bundles: [mixed] }))).toEqual(['A certificate-untrusted'])
    // It is all right for who trusts that Sigstore.
    const two = await the().verify({ bundles: [swapped], policy: await onlyA({ trustRoot: 'two.json' }) })
    expect(two.verified).toBe(true)
  })

  test('under two names is no difference', async () => {
    the().files.set('copy.json', Buffer.from(`${Buffer.from(the().files.get('one.json')!).toString()}\n\n`))
    const entries = [the().entry('A'), the().entry('D', { trustRoot: 'copy.json' })]
    expect(await failureOf(the().policy(entries, { dimensions: ['trustRoot'] }))).toMatchObject({
      code: 'POLICY_INVALID',
      message: expect.stringContaining('copy.json')
    })
    // Where it need not differ, it may be in two files.
    expect(
      await the().verify({ bundles: of('AD'), policy: await the().policy(entries, { dimensions: ['builder'] }) })
    ).toMatchObject({
      verified: true
    })
  })

  test('that has but an authority in common with another is no difference', async () => {
    const { trustedRoot: one } = the().one
    const { trustedRoot: two } = the().two
    const both = TrustedRoot.fromJSON(
      TrustedRoot.toJSON({
        ...two,
        certificateAuthorities: [...two.certificateAuthorities, ...one.certificateAuthorities]
      })
    )
    the().files.set('both.json', trustRootBytes(both))
    const entries = [the().entry('A'), the().entry('B', { trustRoot: 'both.json' })]
    expect(await failureOf(the().policy(entries, { dimensions: ['trustRoot'] }))).toMatchObject({
      code: 'POLICY_INVALID'
    })
    expect(await the().policy(['A', 'B'], { dimensions: ['trustRoot'] })).toMatchObject({ source: 'policy.json' })
  })

  test('that is missing or none is told before anything is verified', async () => {
    the().files.set('broken.json', Buffer.from('{"mediaType":'))
    expect(await failureOf(onlyA({ trustRoot: 'nowhere.json' }))).toMatchObject({ code: 'USAGE' })
    expect(await failureOf(onlyA({ trustRoot: 'broken.json' }))).toMatchObject({ code: 'TRUST_ROOT_INVALID' })
    expect(await failureOf(onlyA({ trustRoot: 'public' }))).toMatchObject({ code: 'SIGSTORE_UNREACHABLE' })
  })

  test('that lacks a builder’s certificate log, its own key or the log’s refuses that builder', async () => {
    const { trustedRoot: one } = the().one
    const { trustedRoot: two } = the().two
    const withKeys = one.tlogs.map((log, i) => ({ ...log, publicKey: two.tlogs[i]!.publicKey }))
    const reasons: string[][] = []
    for (const [name, root] of [
      ['ct.json', { ...one, ctlogs: two.ctlogs }],
      ['ca.json', { ...one, certificateAuthorities: two.certificateAuthorities }],
      ['log.json', { ...one, tlogs: two.tlogs }],
      ['log-key.json', { ...one, tlogs: withKeys }],
      ['tsa.json', { ...one, timestampAuthorities: two.timestampAuthorities }]
    ] as const) {
      the().files.set(name, trustRootBytes(root))
      const verification = await the().verify({ bundles: of('A'), policy: await onlyA({ trustRoot: name }) })
      expect(verification.verified).toBe(false)
      reasons.push(outcomes(verification))
    }
    expect(reasons.flat()).toEqual([
      'A certificate-unlogged',
      'A certificate-untrusted',
      'A log-unknown',
      'A log-promise-invalid',
      'A timestamp-invalid'
    ])
  })
})

describe('a key', () => {
  const onlyF = async (more: Record<string, unknown> = {}) => the().policy([the().entry('F', more)], { threshold: 1 })

  test('that signed counts, from a file or in the policy', async () => {
    for (const publicKey of ['f.pub', the().keys.pem]) {
      expect(await the().verify({ bundles: of('F'), policy: await onlyF({ publicKey }) })).toMatchObject({
        verified: true,
        builders: ['F']
      })
    }
  })

  test('that is another is that of nobody, though it says to be the builder’s', async () => {
    const stranger = await the().bundle('F', { key: keyPair() })
    const verification = await the().verify({ bundles: [stranger, ...of('AB')] })
    expect(verification).toMatchObject({ verified: false, builders: ['A', 'B'] })
    expect(outcomes(verification)).toHaveLength(3)
    expect(outcomes(verification).join()).toMatch(/signature-invalid|signer-unknown/)
  })

  test('that is another of several is that of nobody', async () => {
    const second = keyPair()
    const entries = [the().entry('F'), the().entry('F', { id: 'G', organisation: 'Second', publicKey: second.pem })]
    const policy = await the().policy(entries)
    const verification = await the().verify({ bundles: [good.F, await the().bundle('F', { key: keyPair() })], policy })
    expect(outcomes(verification)).toEqual(['? signer-unknown', 'F counted'])
    const both = await the().verify({ bundles: [good.F, await the().bundle('F', { key: second })], policy })
    expect(both).toMatchObject({ verified: true, builders: ['F', 'G'] })
  })

  test('is not two builders by a file and in the policy', async () => {
    const spaced = `${the().keys.pem.replace(/\n/g, '\r\n')}\n`
    the().files.set('again.pub', Buffer.from(spaced))
    for (const publicKey of [the().keys.pem, 'again.pub', './f.pub']) {
      const entries = [the().entry('F'), the().entry('F', { id: 'G', organisation: 'Second', publicKey })]
      expect(await failureOf(the().policy(entries, { dimensions: ['builder'] }))).toMatchObject({
        code: 'POLICY_INVALID',
        message: expect.stringContaining('one signature would be two builders')
      })
    }
  })

  test('of a certificate is not the key of a builder', async () => {
    expect(outcomes(await the().verify({ bundles: of('A'), policy: await onlyF() }))).toEqual(['? signer-unknown'])
    expect(outcomes(await the().verify({ bundles: of('F'), policy: await onlyA() }))).toEqual(['? signer-unknown'])
  })

  test('counts for the repository that the policy names, and no other', async () => {
    const right = await the().verify({
      bundles: of('F'),
      policy: await onlyF({ repository: 'https://git.example/Project.git' })
    })
    expect(right.verified).toBe(true)
    const wrong = await the().verify({
      bundles: of('F'),
      policy: await onlyF({ repository: 'https://git.example/other' })
    })
    expect(wrong.verified).toBe(false)
    expect(outcomes(wrong)).toEqual(['F repository-mismatch'])
    const silent = await the().bundle('F', {
      change: statement => {
        const copy = structuredClone(statement) as unknown as {
          predicate: { buildDefinition: { resolvedDependencies: unknown[] } }
        }
        copy.predicate.buildDefinition.resolvedDependencies.shift()
        return copy
      }
    })
    const none = await the().verify({
      bundles: [silent],
      policy: await onlyF({ repository: 'https://git.example/project' })
    })
    expect(outcomes(none)).toEqual(['F repository-mismatch'])
  })

  test('that no program can read is told before anything is verified', async () => {
    the().files.set('private.pub', Buffer.from('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'))
    for (const publicKey of ['private.pub', 'one.json']) {
      const error = await failureOf(onlyF({ publicKey }))
      expect(error).toMatchObject({ code: 'KEY_INVALID', resource: publicKey })
    }
  })
})
