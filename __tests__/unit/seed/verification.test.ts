/** Quorums end to end: bundles of real signatures, hung on an image in a registry, and a policy over their builders. */
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { parsePolicy } from '../../../src/attest/policy.ts'
import { resolvePolicy, type TrustedPolicy } from '../../../src/attest/policy/trust.ts'
import { SeedError } from '../../../src/errors.ts'
import { digestOf } from '../../../src/oci/digest.ts'
import { MEDIA_TYPE, type Digest, type Repository } from '../../../src/oci/types.ts'
import { silentLog, silentProgress, type Ports } from '../../../src/ports.ts'
import { BUNDLE_TYPE } from '../../../src/seed/attestation.ts'
import { requireVerified, verifySeed, type Verification } from '../../../src/seed/verification.ts'
import { attest, bytesOf, COMMIT, IDENTITY, trustRootBytes } from '../../support/attestation.ts'
import { LayoutRepository } from '../../../src/oci/layout.ts'
import { useTempFolder } from '../../support/lab.ts'
import { githubClaims, useSigstore } from '../../support/sigstore.ts'

const ports: Ports = { log: silentLog, progress: silentProgress, env: {}, signal: new AbortController().signal }
const OTHER = 'octo-org/project/.github/workflows/other.yml@refs/heads/main'

describe('a quorum of two', () => {
  const folder = useTempFolder()
  const first = useSigstore()
  const second = useSigstore()
  let trusted: TrustedPolicy
  let repository: Repository
  let digest: Digest

  beforeAll(async () => {
    const policy = parsePolicy(
      {
        threshold: 2,
        builders: [
          { id: 'one', organisation: 'One', issuer: first().issuer.issuer, identity: IDENTITY, trustRoot: 'one.json' },
          { id: 'two', organisation: 'Two', issuer: second().issuer.issuer, identity: IDENTITY, trustRoot: 'two.json' }
        ]
      },
      'the test'
    )
    trusted = await resolvePolicy(policy, 'the test', {
      readFile: async name => trustRootBytes((name === 'one.json' ? first() : second()).trustedRoot),
      publicTrustRoot: async () => {
        throw new Error('nobody is of the public Sigstore')
      }
    })
  })

  beforeEach(async () => {
    repository = new LayoutRepository(`${folder()}/${crypto.randomUUID()}`)
    const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [] }
    const bytes = Buffer.from(JSON.stringify(index))
    await repository.putManifest(bytes, MEDIA_TYPE.index)
    digest = digestOf(bytes)
  })

  const verify = (changes = {}): Promise<Verification> =>
    verifySeed({ reference: `seed@${digest}`, digest, repository, policy: trusted, ...changes }, ports)

  const hang = async (bundle: object): Promise<void> => {
    const artifact = { artifactType: BUNDLE_TYPE, mediaType: BUNDLE_TYPE, bytes: bytesOf(bundle), annotations: {} }
    await repository.attach({ digest }, [artifact])
  }

  test('is met by both', async () => {
    for (const sigstore of [first(), second()]) {
      await hang(await attest(sigstore, { facts: { subject: { name: 'seed', digest } } }))
    }
    const result = await verify({ commit: COMMIT })
    expect(result).toMatchObject({ verified: true, builders: ['one', 'two'], junk: [], missing: 0 })
    expect(result.bundles.map(({ verdict, builder }) => [verdict, builder])).toEqual([
      ['counted', 'one'],
      ['counted', 'two']
    ])
    expect(() => requireVerified(result)).not.toThrow()
  })

  test('is not met by one of them and a stranger, who are told apart', async () => {
    await hang(await attest(first(), { facts: { subject: { name: 'seed', digest } } }))
    await hang(
      await attest(second(), {
        claims: githubClaims({ job_workflow_ref: OTHER }),
        facts: { subject: { name: 'seed', digest } }
      })
    )
    const result = await verify()
    expect(result).toMatchObject({ verified: false, builders: ['one'], missing: 1, wanted: ['two'] })
    expect(result.bundles.map(({ reason }) => reason)).toEqual(['counted', 'signer-unknown'])
    expect(() => requireVerified(result)).toThrow(/two/)
  })

  test('reads a bundle once, however many manifests lead to it', async () => {
    const bytes = bytesOf(await attest(first(), { facts: { subject: { name: 'seed', digest } } }))
    const artifacts = Array.from({ length: 40 }, (_, i) => ({
      artifactType: BUNDLE_TYPE,
      mediaType: BUNDLE_TYPE,
      bytes,
      annotations: { number: `${i}` }
    }))
    await repository.attach({ digest }, artifacts)
    let reads = 0
    const getBlob = repository.getBlob.bind(repository)
    repository.getBlob = blob => {
      reads++
      return getBlob(blob)
    }
    const { bundles } = await verify()
    expect(bundles.map(({ builder, sources }) => [builder, sources.length])).toEqual([['one', 40]])
    // Those that were under way at once.
    expect(reads).toBeLessThanOrEqual(8)
  })

  test('whose list of referrers is lost tells that, and not that builders are missing', async () => {
    repository.referrers = async () => {
      throw new SeedError('CONTENT_INVALID', 'the list is damaged')
    }
    const result = await verify()
    expect(result).toMatchObject({ verified: false, junk: [{ source: 'list of referrers' }] })
    expect(() => requireVerified(result)).toThrow(
      expect.objectContaining({ code: 'POLICY_UNMET', hint: expect.stringContaining('cannot be read') })
    )
  })
})
