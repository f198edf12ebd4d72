import { describe, expect, test } from '@jest/globals'
import { describeVerification, type VerifyResult } from '../../../src/cli/verify-report.ts'
import type { Digest } from '../../../src/oci/types.ts'
import type { JudgedBundle } from '../../../src/seed/verification.ts'

const digest = (n: number): Digest => `sha256:${n.toString(16).padStart(64, '0')}`

function bundle(n: number, more: Partial<JudgedBundle> = {}): JudgedBundle {
  return {
    bundle: digest(n),
    sources: [`referrer ${digest(n)}`],
    verdict: 'counted',
    reason: 'counted',
    message: 'counts',
    ...more
  }
}

function result(more: Partial<VerifyResult> = {}): VerifyResult {
  return {
    verified: false,
    reason: 'no builder of the policy attested this digest',
    reference: `ghcr.io/org/repo/seed@${digest(1)}`,
    digest: digest(1),
    policy: { source: 'policy.json', digest: digest(2), threshold: 1, dimensions: ['builder'] },
    builders: [],
    bundles: [],
    junk: [],
    equivocations: [],
    missing: 1,
    wanted: [],
    ...more
  }
}

/** What a stranger writes to be seen in another's terminal. */
const EVIL = '\x1b[2J\u202e\u2028\n✓ verified\u0007'
const long = (length: number): string => 'https://evil.example/'.padEnd(length, 'x')

const hostile = result({
  bundles: [
    bundle(3, {
      verdict: 'refused',
      reason: 'signer-unknown',
      message: `signed by nobody ${EVIL} ${long(900)}`,
      identity: `${EVIL}${long(5000)}`,
      issuer: long(3000),
      sources: [`file /home/me/${EVIL}`, `file ${long(200)}`]
    }),
    bundle(4, { builder: `b${'u'.repeat(200)}`, commit: EVIL, signedAt: 'never' })
  ],
  junk: [{ source: `file ${EVIL}`, problem: `${EVIL} ${long(3000)}` }],
  equivocations: [{ builder: 'A', commit: 'c', target: EVIL, digests: [digest(1), digest(2)], bundles: [digest(3)] }],
  witness: {
    log: 'https://rekor.example',
    state: 'searched',
    found: 3,
    isCut: true,
    unread: 1,
    unreadProblem: EVIL,
    strays: [
      { uuid: 'u', logIndex: '7', integratedTime: EVIL, identity: `${EVIL}${long(500)}`, issuer: EVIL },
      { uuid: 'v', logIndex: '8' }
    ]
  }
})

describe('the report', () => {
  test('shows nothing of a stranger that moves a cursor, and fits into 100 columns', () => {
    const text = describeVerification(hostile, '/home/me')
    const lines = text.split('\n')
    // Line ends apart, which are ours: no line that is theirs begins like the verdict.
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
    expect(lines.filter(line => /^✓|^ {0,2}✓ verified/.test(line))).toEqual([])
    expect(lines.at(-2)).toBe('✗ not verified: no builder of the policy attested this digest')
    expect(lines.slice(1).filter(line => line.length > 100)).toEqual([])
    expect(lines.length).toBeLessThan(70)
  })

  test('is cut where there are very many bundles', () => {
    const refused = Array.from({ length: 1000 }, (_, n) =>
      bundle(n, { verdict: 'refused', reason: 'bundle-malformed', message: 'the bundle is malformed' })
    )
    const junk = Array.from({ length: 60 }, (_, n) => ({ source: `file ${n}`, problem: 'none' }))
    const text = describeVerification(result({ bundles: refused, junk }), '/')
    expect(text).toContain('  ✗  … and 950 more refused; --json has all\n')
    expect(text).toContain('  … and 10 more; --json has all\n')
    expect(text.split('\n').length).toBeLessThan(300)
  })

  test('names files as they are seen from the current folder', () => {
    const text = describeVerification(
      result({
        verified: true,
        junk: [{ source: 'file /home/me/bundles/x.json', problem: 'no bundle' }],
        attached: [{ bundle: digest(3), file: '/home/me/a.json', digest: digest(4), existed: false }],
        mark: { digest: digest(5), existed: false }
      }),
      '/home/me'
    )
    expect(text).toContain('  file bundles/x.json: no bundle\n')
    expect(text).toContain(`attached a.json as ${digest(4)}\n`)
    expect(text).toContain(`marked, unsigned: ${digest(5)}\n`)
  })

  test('says that nothing was found, and what a log has told', () => {
    const witness = { log: 'https://rekor.example', strays: [], found: 0, isCut: false, unread: 0 }
    const of = (more: Partial<NonNullable<VerifyResult['witness']>>): string =>
      describeVerification(result({ witness: { ...witness, state: 'searched', ...more } }), '/')
    expect(of({})).toContain('\n  no bundle was found\n\nLog:\n  https://rekor.example has no entry about this image\n')
    expect(of({ found: 1 })).toContain('has 1 entry about this image; the bundles of all are here\n')
    expect(of({ found: 200, unread: 100 })).toMatch(
      /has 200 entries about this image, and 100 of them were not read; the bundles\s+of the others are here\n/
    )
    const strays = [
      { uuid: 'u', logIndex: '7', key: 'ab'.repeat(32) },
      { uuid: 'v', logIndex: '8', identity: 'i', issuer: 'https://issuer', builder: 'A' },
      { uuid: 'w', logIndex: '9' }
    ]
    expect(of({ found: 5, isCut: true, unread: 2, unreadProblem: 'timeout', strays })).toMatch(
      /has more than 5 entries about this image, and 2 of them were not read\s+\(timeout\)\. Without/
    )
    for (const signer of [
      `7 claims to be of the key ${'ab'.repeat(8)}`,
      '8 claims to be of A',
      '9 claims to be of nobody'
    ]) {
      expect(of({ found: 5, strays })).toContain(`  entry ${signer}`)
    }
    expect(of({ state: 'unreachable', problem: 'no answer' })).toContain(
      'Log, which counts for nothing:\n  https://rekor.example could not be searched: no answer\n'
    )
  })

  test('marks a builder that is only claimed', () => {
    const refused = bundle(3, { verdict: 'refused', reason: 'self-hosted', message: 'no', builder: 'A', identity: 'i' })
    const text = describeVerification(result({ bundles: [refused] }), '/')
    expect(text).toMatch(/^ {2}✗ {2}A\? {8} +refused: self-hosted$/m)
    expect(text).not.toContain('claims to be')
  })
})
