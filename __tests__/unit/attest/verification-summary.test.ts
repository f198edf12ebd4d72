import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { verificationSummary, type VerificationFacts } from '../../../src/attest/verification-summary.ts'
import { SeedError } from '../../../src/errors.ts'

const digest = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`
const VERIFIER = {
  id: 'https://github.com/o/r/.github/workflows/promote.yml@refs/heads/main',
  version: { 'nix-seed': '1' }
}

function facts(changes: Partial<VerificationFacts> = {}): VerificationFacts {
  return {
    subject: { name: 'ghcr.io/o/r/seed', digest: digest('image') },
    resource: 'oci://ghcr.io/o/r/seed',
    verifiedOn: new Date('2026-03-01T09:00:00.250Z'),
    policy: { digest: digest('policy'), threshold: 2 },
    attestations: [
      { digest: digest('a'), uri: `oci://ghcr.io/o/r/seed@${digest('referrer')}` },
      { digest: digest('b') }
    ],
    ...changes
  }
}

/** What making a summary fails with. */
function refusal(changes: Partial<VerificationFacts>): unknown {
  try {
    return verificationSummary(VERIFIER, facts(changes))
  } catch (error) {
    return error instanceof SeedError ? error : undefined
  }
}

const hex = (text: string): string => digest(text).slice('sha256:'.length)

describe('verificationSummary', () => {
  test('says what was verified by whom, against which policy, and on what that rests', () => {
    expect(verificationSummary(VERIFIER, facts())).toEqual({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'ghcr.io/o/r/seed', digest: { sha256: hex('image') } }],
      predicateType: 'https://slsa.dev/verification_summary/v1',
      predicate: {
        verifier: VERIFIER,
        timeVerified: '2026-03-01T09:00:00.250Z',
        resourceUri: 'oci://ghcr.io/o/r/seed',
        policy: {
          uri: `ni:///sha-256;${createHash('sha256').update('policy').digest('base64url')}`,
          digest: { sha256: hex('policy') }
        },
        inputAttestations: [
          { uri: `oci://ghcr.io/o/r/seed@${digest('referrer')}`, digest: { sha256: hex('a') } },
          { digest: { sha256: hex('b') } }
        ],
        verificationResult: 'PASSED',
        verifiedLevels: ['SLSA_BUILD_LEVEL_UNEVALUATED', 'NIX_SEED_QUORUM_2'],
        slsaVersion: '1.1'
      }
    })
  })

  test('claims a level of SLSA that nobody evaluated for no number of builders', () => {
    const attestations = Array.from({ length: 7 }, (_, i) => ({ digest: digest(String(i)) }))
    const { predicate } = verificationSummary(
      VERIFIER,
      facts({ attestations, policy: { digest: digest('p'), threshold: 7 } })
    )
    expect(predicate.verifiedLevels).toEqual(['SLSA_BUILD_LEVEL_UNEVALUATED', 'NIX_SEED_QUORUM_7'])
    expect(predicate.inputAttestations).toHaveLength(7)
  })

  test.each([
    ['fewer attestations than the policy asks for', { attestations: [{ digest: digest('a') }] }],
    ['none at all', { attestations: [], policy: { digest: digest('p'), threshold: 0 } }]
  ])('is not made of %s', (_, changes) => {
    expect(refusal(changes)).toMatchObject({ code: 'POLICY_UNMET' })
  })

  test.each([
    ['the image', { subject: { name: 'x', digest: 'sha512:00' } }],
    ['the policy', { policy: { digest: digest('p').toUpperCase(), threshold: 2 } }],
    ['a bundle', { attestations: [{ digest: digest('a') }, { digest: '' }] }]
  ])('is not made of a wrong digest of %s', (what, changes) => {
    expect(refusal(changes)).toMatchObject({ code: 'CONTENT_INVALID', message: expect.stringContaining(what) })
  })
})
