/** When it was signed, and in which log it is. The list of all cases is in verification-list.test.ts. */
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import {
  COMMIT,
  edited,
  outcomes,
  useBuilders,
  type BuilderId,
  type BundleDocument,
  type BundleOptions
} from '../../support/quorum.ts'
import type { SigstoreServer } from '../../support/sigstore.ts'

// The machine may be busy.
jest.setTimeout(60_000)

const the = useBuilders()
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const good = {} as Record<BuilderId, Buffer>
const made: Record<1 | 2, [Buffer, Buffer]> = { 1: [Buffer.of(), Buffer.of()], 2: [Buffer.of(), Buffer.of()] }
beforeAll(async () => {
  for (const id of ['B', 'C'] as const) good[id] = await the().bundle(id)
  for (const rekor of [1, 2] as const) {
    made[rekor] = [
      await the().bundle('A', { rekor }),
      await the().bundle('A', { rekor, name: 'registry.example/second' })
    ]
  }
}, 60_000)

/** What becomes of a bundle of A beside those of B and C. */
const judged = async (bundle: Buffer, now?: Date) => {
  const verification = await the().verify({ bundles: [bundle, good.B, good.C], commit: COMMIT, ...(now && { now }) })
  const [a] = outcomes(verification)
  return { verified: verification.verified, a }
}
const at = async (offsets: Partial<Record<SigstoreServer, number>>, options: BundleOptions = {}): Promise<Buffer> =>
  the().atTimes(the().one, offsets, () => the().bundle('A', options))
const all = (offset: number) => ({ fulcio: offset, rekor: offset, 'rekor-v2': offset, timestamp: offset })

describe('a certificate that has expired since', () => {
  test.each([1, 2] as const)('counts where a timestamp says when it signed (log version %s)', async rekor => {
    expect(await judged(await at(all(-90 * DAY_MS), { rekor }))).toEqual({ verified: true, a: 'A counted' })
  })

  test('counts without a timestamp where the log has signed the time, and not where it has not', async () => {
    expect(await judged(await at(all(-DAY_MS), { rekor: 1, timestamp: false }))).toEqual({
      verified: true,
      a: 'A counted'
    })
    expect(await judged(await at(all(-DAY_MS), { rekor: 2, timestamp: false }))).toEqual({
      verified: false,
      a: 'A time-missing'
    })
  })

  test('does not count where only an unsigned time of the log is left', async () => {
    const bundle = edited(made[1][0], ({ verificationMaterial }) => {
      verificationMaterial.timestampVerificationData.rfc3161Timestamps = []
      delete verificationMaterial.tlogEntries[0]!.inclusionPromise
    })
    expect(await judged(bundle)).toEqual({ verified: false, a: 'A log-proof-invalid' })
    const renumbered = edited(bundle, document => {
      entryOf(document).logIndex = entryOf(document).inclusionProof!.logIndex
    })
    expect(await judged(renumbered)).toEqual({ verified: false, a: 'A log-promise-invalid' })
    const timeless = edited(renumbered, document => {
      delete entryOf(document).integratedTime
    })
    expect(await judged(timeless)).toEqual({ verified: false, a: 'A time-missing' })
  })

  test('does not count where it was used after its end, or before its beginning', async () => {
    for (const [offsets, rekor] of [
      [{ fulcio: -HOUR_MS }, 1],
      [{ fulcio: -HOUR_MS }, 2],
      [{ fulcio: HOUR_MS }, 1]
    ] as const) {
      expect(await judged(await at(offsets, { rekor }))).toEqual({ verified: false, a: 'A certificate-expired' })
    }
  })
})

describe('a time that is off by an hour', () => {
  test.each<[string, Partial<Record<SigstoreServer, number>>, 1 | 2]>([
    ['timestamp authority', { timestamp: HOUR_MS }, 1],
    ['timestamp authority', { timestamp: -HOUR_MS }, 1],
    ['timestamp authority', { timestamp: HOUR_MS }, 2],
    ['timestamp authority', { timestamp: -HOUR_MS }, 2],
    ['log', { rekor: HOUR_MS }, 1],
    ['log', { rekor: -HOUR_MS }, 1]
  ])('of the %s is outside the certificate: %j, log version %s', async (_, offsets, rekor) => {
    expect(await judged(await at(offsets, { rekor }))).toEqual({ verified: false, a: 'A certificate-expired' })
  })

  test('is in the future where all of them are ahead', async () => {
    const bundle = await at(all(HOUR_MS), { rekor: 2 })
    expect(await judged(bundle)).toEqual({ verified: false, a: 'A time-in-future' })
    const now = new Date(Date.now() + HOUR_MS)
    expect(await judged(bundle, now)).toEqual({ verified: true, a: 'A counted' })
  })
})

const entryOf = (bundle: BundleDocument) => bundle.verificationMaterial.tlogEntries[0]!
const second = (rekor: 1 | 2): BundleDocument => JSON.parse(made[rekor][1].toString()) as BundleDocument

describe('a log entry', () => {
  test.each<[string, (bundle: BundleDocument, rekor: 1 | 2) => void, string]>([
    [
      'of another bundle',
      (bundle, rekor) =>
        void (bundle.verificationMaterial.tlogEntries = second(rekor).verificationMaterial.tlogEntries),
      'log-entry-mismatch'
    ],
    [
      'with the proof of another',
      (bundle, rekor) => void (entryOf(bundle).inclusionProof = entryOf(second(rekor)).inclusionProof!),
      'log-proof-invalid'
    ],
    [
      'without a proof',
      bundle => {
        delete entryOf(bundle).inclusionProof
      },
      'log-proof-missing'
    ],
    ['that is missing', bundle => void (bundle.verificationMaterial.tlogEntries = []), 'log-missing'],
    [
      'of a log that is not in the trust root',
      bundle => void (entryOf(bundle).logId.keyId = Buffer.alloc(32, 7).toString('base64')),
      'log-unknown'
    ],
    [
      'whose proof starts from another root',
      bundle => void (entryOf(bundle).inclusionProof!.rootHash = Buffer.alloc(32, 7).toString('base64')),
      'log-proof-invalid'
    ],
    [
      'with another index',
      bundle => {
        const proof = entryOf(bundle).inclusionProof!
        proof.logIndex = String(Number(proof.logIndex) + 1)
      },
      'log-proof-invalid'
    ]
  ])('%s is no evidence', async (_, edit, reason) => {
    for (const rekor of [1, 2] as const) {
      const bundle = edited(made[rekor][0], document => edit(document, rekor))
      const outcome = await judged(bundle)
      expect(outcome.verified).toBe(false)
      // A bundle that lacks what the format asks for is not read so far that it says whose it is.
      expect(outcome.a).toBe(reason === 'log-proof-missing' ? `? ${reason}` : `A ${reason}`)
      expect(await judged(made[rekor][0])).toEqual({ verified: true, a: 'A counted' })
    }
  })

  test('of another Sigstore’s log is no evidence', async () => {
    const bundle = await the().bundle('A', { at: { ...the().one, rekorUrl: the().two.rekorUrl } })
    expect(await judged(bundle)).toEqual({ verified: false, a: 'A log-unknown' })
  })

  test('need not have a timestamp of any but the trusted authority', async () => {
    const bundle = await the().bundle('A', { at: { ...the().one, timestampUrl: the().two.timestampUrl } })
    expect(await judged(bundle)).toEqual({ verified: false, a: 'A timestamp-invalid' })
  })
})
