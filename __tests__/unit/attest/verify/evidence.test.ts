import { generateKeyPairSync } from 'node:crypto'
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { TrustedRoot } from '@sigstore/protobuf-specs'
import { plainBuilder } from '../../../../src/attest/builder.ts'
import { provenance } from '../../../../src/attest/provenance.ts'
import { readBundle, verifyBundle, type RefusalReason, type VerifiedBundle } from '../../../../src/attest/verify.ts'
import { attest, bytesOf, COMMIT, DIGEST, expectation, refusal, trustRoot } from '../../../support/attestation.ts'
import { buildFacts } from '../../../support/build-facts.ts'
import { makeBundle } from '../../../support/sigstore-bundle.ts'
import { startSigstore, useSigstore, type LocalSigstore, type SigstoreServer } from '../../../support/sigstore.ts'

// The machine may be busy.
jest.setTimeout(60_000)

const sigstore = useSigstore()
const other = useSigstore()

/** As much of a bundle's JSON as is changed here. */
interface Json {
  mediaType: string
  dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string; keyid?: string }[] }
  verificationMaterial: {
    certificate?: { rawBytes: string }
    x509CertificateChain?: { certificates: { rawBytes: string }[] }
    publicKey?: { hint: string }
    tlogEntries: Entry[]
    timestampVerificationData: { rfc3161Timestamps: { signedTimestamp: string }[] }
  }
}
interface Entry {
  logIndex: string
  logId: { keyId: string }
  kindVersion: { kind: string; version: string }
  integratedTime?: string
  inclusionPromise?: { signedEntryTimestamp: string }
  inclusionProof?: {
    logIndex: string
    rootHash: string
    treeSize: string
    hashes?: string[]
    checkpoint: { envelope: string }
  }
  canonicalizedBody: string
}

const made: Record<1 | 2, Json[]> = { 1: [], 2: [] }
beforeAll(async () => {
  for (const rekor of [1, 2] as const) {
    for (const digest of [DIGEST, `sha256:${'a'.repeat(64)}`]) {
      const subject = { name: 'seed', digest }
      made[rekor].push((await attest(sigstore(), { rekor, facts: { subject } })) as unknown as Json)
    }
  }
})

const check = (bundle: object, at: LocalSigstore = sigstore()): VerifiedBundle =>
  verifyBundle(bytesOf(bundle), expectation(at), trustRoot(at))

const flipped = (base64: string, at = 0): string => {
  const bytes = Buffer.from(base64, 'base64')
  bytes[at] = (bytes[at] ?? 0) ^ 1
  return bytes.toString('base64')
}
const entryOf = (bundle: Json): Entry => bundle.verificationMaterial.tlogEntries[0]!

interface Case {
  what: string
  edit: (bundle: Json, second: Json) => void
  reason: RefusalReason
  /** Of the log; default: both versions. */
  only?: 1 | 2
}

const proof = (edit: (proof: NonNullable<Entry['inclusionProof']>) => void) => (bundle: Json) => {
  edit(entryOf(bundle).inclusionProof!)
}
const checkpoint = (edit: (note: string) => string) =>
  proof(each => void (each.checkpoint.envelope = edit(each.checkpoint.envelope)))

const CASES: Case[] = [
  {
    what: 'another payload',
    edit: ({ dsseEnvelope }) => {
      const text = Buffer.from(dsseEnvelope.payload, 'base64').toString().replace('push', 'pull')
      dsseEnvelope.payload = Buffer.from(text).toString('base64')
    },
    reason: 'signature-invalid'
  },
  {
    what: 'the envelope of another bundle',
    edit: (bundle, second) => void (bundle.dsseEnvelope = second.dsseEnvelope),
    reason: 'signature-invalid'
  },
  {
    what: 'another signature',
    edit: (bundle, second) => void (bundle.dsseEnvelope.signatures = second.dsseEnvelope.signatures),
    reason: 'signature-invalid'
  },
  {
    what: 'one bit of the signature flipped',
    edit: ({ dsseEnvelope: { signatures } }) => void (signatures[0]!.sig = flipped(signatures[0]!.sig, 20)),
    reason: 'signature-invalid'
  },
  {
    what: 'two signatures',
    edit: ({ dsseEnvelope: { signatures } }, second) => void signatures.push(second.dsseEnvelope.signatures[0]!),
    reason: 'signature-count'
  },
  {
    what: 'one signature twice',
    edit: ({ dsseEnvelope: { signatures } }) => void signatures.push(signatures[0]!),
    reason: 'signature-count'
  },
  { what: 'no signature', edit: bundle => void (bundle.dsseEnvelope.signatures = []), reason: 'signature-count' },
  {
    what: 'another payload type',
    edit: ({ dsseEnvelope }) => void (dsseEnvelope.payloadType = 'text/plain'),
    reason: 'payload-type'
  },
  {
    what: 'the certificate of another bundle',
    edit: (bundle, second) => void (bundle.verificationMaterial.certificate = second.verificationMaterial.certificate!),
    reason: 'signature-invalid'
  },
  {
    what: 'a damaged certificate',
    edit: ({ verificationMaterial: { certificate } }) =>
      void (certificate!.rawBytes = flipped(
        certificate!.rawBytes,
        -1 + Buffer.from(certificate!.rawBytes, 'base64').length
      )),
    reason: 'log-entry-mismatch'
  },
  {
    what: 'something after the certificate',
    edit: ({ verificationMaterial: { certificate } }) =>
      void (certificate!.rawBytes = Buffer.concat([
        Buffer.from(certificate!.rawBytes, 'base64'),
        Buffer.from([5, 0])
      ]).toString('base64')),
    reason: 'certificate-invalid'
  },
  {
    what: 'no log entry',
    edit: ({ verificationMaterial }) => void (verificationMaterial.tlogEntries = []),
    reason: 'log-missing'
  },
  {
    what: 'the log entry of another bundle',
    edit: (bundle, second) => void (bundle.verificationMaterial.tlogEntries = second.verificationMaterial.tlogEntries),
    reason: 'log-entry-mismatch'
  },
  {
    what: 'the log entry of another bundle beside its own',
    edit: (bundle, second) => void bundle.verificationMaterial.tlogEntries.push(entryOf(second)),
    reason: 'log-entry-mismatch'
  },
  {
    what: 'its log entry twice',
    edit: ({ verificationMaterial: { tlogEntries } }) => void tlogEntries.push(tlogEntries[0]!),
    reason: 'log-entry-mismatch',
    only: 2
  },
  {
    what: 'the proof of another entry',
    edit: (bundle, second) => void (entryOf(bundle).inclusionProof = entryOf(second).inclusionProof!),
    reason: 'log-proof-invalid'
  },
  {
    what: 'the body of another entry',
    edit: (bundle, second) => void (entryOf(bundle).canonicalizedBody = entryOf(second).canonicalizedBody),
    reason: 'log-entry-mismatch'
  },
  {
    what: 'a body with one more blank',
    edit: bundle => {
      const body = Buffer.from(entryOf(bundle).canonicalizedBody, 'base64').toString()
      entryOf(bundle).canonicalizedBody = Buffer.from(`${body} `).toString('base64')
    },
    reason: 'log-promise-invalid',
    only: 1
  },
  {
    what: 'a body with one more blank',
    edit: bundle => {
      const body = Buffer.from(entryOf(bundle).canonicalizedBody, 'base64').toString()
      entryOf(bundle).canonicalizedBody = Buffer.from(`${body} `).toString('base64')
    },
    reason: 'log-proof-invalid',
    only: 2
  },
  {
    what: 'no proof',
    edit: bundle => {
      delete entryOf(bundle).inclusionProof
    },
    reason: 'log-proof-missing'
  },
  {
    what: 'a proof without a checkpoint',
    edit: proof(each => {
      delete (each as Partial<typeof each>).checkpoint
    }),
    reason: 'log-proof-missing'
  },
  {
    what: 'a proof with one hash more',
    edit: proof(each => void (each.hashes = [...(each.hashes ?? []), Buffer.alloc(32).toString('base64')])),
    reason: 'log-proof-invalid'
  },
  { what: 'a proof for another size', edit: proof(each => void (each.treeSize = '77')), reason: 'log-proof-invalid' },
  {
    what: 'a proof for another root',
    edit: proof(each => void (each.rootHash = flipped(each.rootHash))),
    reason: 'log-proof-invalid'
  },
  {
    what: 'a checkpoint of another root',
    edit: (bundle: Json) => {
      proof(each => {
        const root = flipped(each.rootHash)
        each.checkpoint.envelope = each.checkpoint.envelope.replace(each.rootHash, root)
        each.rootHash = root
      })(bundle)
    },
    reason: 'log-proof-invalid'
  },
  {
    what: 'a checkpoint without a signature',
    edit: checkpoint(note => note.slice(0, note.indexOf('\u2014'))),
    reason: 'log-proof-invalid'
  },
  {
    what: "a checkpoint of a part of the log's name",
    edit: checkpoint(note => note.replace('\u2014 127.0.0.1 ', '\u2014 127.0 ')),
    reason: 'log-proof-invalid'
  },
  { what: 'a checkpoint with more in it', edit: checkpoint(note => `${note}more\n`), reason: 'log-proof-invalid' },
  {
    what: 'an index that is a long number',
    edit: proof(each => void (each.logIndex = '9'.repeat(1_000_000))),
    reason: 'log-proof-invalid'
  },
  {
    what: 'an index that is negative',
    edit: bundle => void (entryOf(bundle).logIndex = '-1'),
    reason: 'log-proof-invalid'
  },
  {
    what: 'an index that nobody has signed',
    edit: bundle => void (entryOf(bundle).logIndex = '12'),
    reason: 'log-proof-invalid',
    only: 2
  },
  {
    what: 'an index that the log has not signed',
    edit: bundle => void (entryOf(bundle).logIndex = '12'),
    reason: 'log-promise-invalid',
    only: 1
  },
  {
    what: 'a time that the log has not signed',
    edit: bundle => void (entryOf(bundle).integratedTime = String(Math.floor(Date.now() / 1000))),
    reason: 'log-promise-invalid',
    only: 2
  },
  {
    what: 'a time of the log, and no promise',
    edit: bundle => {
      delete entryOf(bundle).inclusionPromise
    },
    reason: 'log-proof-invalid',
    only: 1
  },
  {
    what: 'another time of the log',
    edit: bundle => void (entryOf(bundle).integratedTime = String(Number(entryOf(bundle).integratedTime) + 1)),
    reason: 'log-promise-invalid',
    only: 1
  },
  {
    what: 'an unknown log',
    edit: bundle => void (entryOf(bundle).logId.keyId = flipped(entryOf(bundle).logId.keyId, 31)),
    reason: 'log-unknown'
  },
  {
    what: 'another kind of entry',
    edit: bundle => void (entryOf(bundle).kindVersion = { kind: 'intoto', version: '0.0.2' }),
    reason: 'log-entry-mismatch'
  },
  {
    what: 'the timestamp of another bundle',
    edit: (bundle, second) =>
      void (bundle.verificationMaterial.timestampVerificationData =
        second.verificationMaterial.timestampVerificationData),
    reason: 'timestamp-invalid'
  },
  {
    what: 'a timestamp that is none',
    edit: bundle =>
      void (bundle.verificationMaterial.timestampVerificationData.rfc3161Timestamps[0]!.signedTimestamp = 'MAA='),
    reason: 'timestamp-invalid'
  },
  {
    what: 'its timestamp twice',
    edit: ({ verificationMaterial: { timestampVerificationData } }) =>
      void timestampVerificationData.rfc3161Timestamps.push(timestampVerificationData.rfc3161Timestamps[0]!),
    reason: 'timestamp-invalid'
  },
  {
    what: 'nobody to say when',
    edit: bundle => void (bundle.verificationMaterial.timestampVerificationData.rfc3161Timestamps = []),
    reason: 'time-missing',
    only: 2
  },
  {
    what: 'a key in place of the certificate',
    edit: ({ verificationMaterial }) => {
      delete verificationMaterial.certificate
      verificationMaterial.publicKey = { hint: 'trust me' }
    },
    reason: 'signer-kind'
  },
  {
    what: 'a version from the future',
    edit: bundle => void (bundle.mediaType = 'application/vnd.dev.sigstore.bundle.v0.4+json'),
    reason: 'bundle-unsupported'
  },
  {
    what: 'a media type with something after it',
    edit: bundle => void (bundle.mediaType += ' '),
    reason: 'bundle-unsupported'
  },
  {
    what: 'a field that nobody knows',
    edit: bundle => void Object.assign(bundle, { trusted: true }),
    reason: 'bundle-malformed'
  },
  {
    what: 'white space in base64',
    edit: ({ dsseEnvelope }) => void (dsseEnvelope.payload = ` ${dsseEnvelope.payload}`),
    reason: 'bundle-malformed'
  },
  {
    what: 'too many log entries',
    edit: ({ verificationMaterial: { tlogEntries } }) => {
      while (tlogEntries.length < 9) tlogEntries.push(tlogEntries[0]!)
    },
    reason: 'bundle-malformed'
  },
  {
    what: 'too many hashes in its proof',
    edit: proof(each => void (each.hashes = Array.from({ length: 100_000 }, () => 'AAAA'))),
    reason: 'bundle-malformed'
  },
  {
    what: 'a timestamp that is large',
    edit: bundle =>
      void (bundle.verificationMaterial.timestampVerificationData.rfc3161Timestamps[0]!.signedTimestamp = Buffer.alloc(
        65_537,
        4
      ).toString('base64')),
    reason: 'bundle-malformed'
  }
]

const EACH = ([1, 2] as const).flatMap(rekor =>
  CASES.filter(({ only }) => only === undefined || only === rekor).map(each => ({ ...each, rekor }))
)

test.each(EACH)('a bundle of log version $rekor with $what is refused: $reason', ({ rekor, edit, reason }) => {
  const [bundle, second] = structuredClone(made[rekor]) as [Json, Json]
  expect(check(bundle).digests).toEqual([DIGEST])
  edit(bundle, second)
  const error = refusal(() => check(bundle))
  expect({ reason: error.reason, message: error.message }).toEqual({
    reason,
    message: expect.stringMatching(/^[^\p{C}]{10,1500}$/u)
  })
})

describe('earlier versions of the format', () => {
  const chained = (bundle: Json, mediaType: string): Json => {
    const { certificate, ...material } = bundle.verificationMaterial
    return {
      ...bundle,
      mediaType,
      verificationMaterial: { ...material, x509CertificateChain: { certificates: [certificate!] } }
    }
  }

  test.each(['0.1', '0.2'])('%s are accepted, with a chain of certificates', version => {
    const bundle = chained(structuredClone(made[1][0]!), `application/vnd.dev.sigstore.bundle+json;version=${version}`)
    expect(check(bundle).commit).toBe(COMMIT)
    delete entryOf(bundle).inclusionProof
    expect(refusal(() => check(bundle)).reason).toBe('log-proof-missing')
  })

  test('may bring the issuer of the certificate, and no root and no stranger', () => {
    const type = 'application/vnd.dev.sigstore.bundle+json;version=0.2'
    const [intermediate, root] = sigstore().trustedRoot.certificateAuthorities[0]!.certChain!.certificates.map(
      ({ rawBytes }) => ({ rawBytes: rawBytes.toString('base64') })
    )
    const stranger = other().trustedRoot.certificateAuthorities[0]!.certChain!.certificates[0]!.rawBytes
    const withChain = (...more: { rawBytes: string }[]) => {
      const bundle = chained(structuredClone(made[1][0]!), type)
      bundle.verificationMaterial.x509CertificateChain!.certificates.push(...more)
      return bundle
    }
    expect(check(withChain(intermediate!)).commit).toBe(COMMIT)
    for (const more of [[intermediate!, root!], [root!], [{ rawBytes: stranger.toString('base64') }]]) {
      expect(refusal(() => check(withChain(...more))).reason).toBe('certificate-invalid')
    }
  })

  test('have a chain where the latest must not', () => {
    const bundle = chained(structuredClone(made[1][0]!), made[1][0]!.mediaType)
    expect(refusal(() => check(bundle)).reason).toBe('bundle-malformed')
  })
})

describe('a trust root', () => {
  const EXPIRED = { start: new Date('2020-01-01T00:00:00Z'), end: new Date('2021-01-01T00:00:00Z') }
  const expired = (logs: TrustedRoot['tlogs']) =>
    logs.map(log => ({ ...log, publicKey: { ...log.publicKey!, validFor: EXPIRED } }))

  test.each<{
    what: string
    change: (root: TrustedRoot, other: TrustedRoot) => Partial<TrustedRoot>
    reasons: RefusalReason[]
  }>([
    { what: 'other logs', change: (_, { tlogs }) => ({ tlogs }), reasons: ['log-unknown', 'log-unknown'] },
    {
      what: 'logs with expired keys',
      change: ({ tlogs }) => ({ tlogs: expired(tlogs) }),
      reasons: ['log-promise-invalid', 'log-key-expired']
    },
    {
      what: 'logs with the keys of others',
      change: ({ tlogs }, { tlogs: others }) => ({
        tlogs: tlogs.map((log, i) => ({ ...log, publicKey: others[i]!.publicKey }))
      }),
      reasons: ['log-promise-invalid', 'log-proof-invalid']
    },
    {
      what: 'other certificate logs',
      change: (_, { ctlogs }) => ({ ctlogs }),
      reasons: ['certificate-unlogged', 'certificate-unlogged']
    },
    {
      what: 'no certificate log',
      change: () => ({ ctlogs: [] }),
      reasons: ['certificate-unlogged', 'certificate-unlogged']
    },
    {
      what: 'certificate logs with expired keys',
      change: ({ ctlogs }) => ({ ctlogs: expired(ctlogs) }),
      reasons: ['certificate-unlogged', 'certificate-unlogged']
    },
    {
      what: 'other certificate authorities',
      change: (_, { certificateAuthorities }) => ({ certificateAuthorities }),
      reasons: ['certificate-untrusted', 'certificate-untrusted']
    },
    {
      what: 'certificate authorities of the past',
      change: ({ certificateAuthorities }) => ({
        certificateAuthorities: certificateAuthorities.map(each => ({ ...each, validFor: EXPIRED }))
      }),
      reasons: ['certificate-untrusted', 'certificate-untrusted']
    },
    {
      what: 'other timestamp authorities',
      change: (_, { timestampAuthorities }) => ({ timestampAuthorities }),
      reasons: ['timestamp-invalid', 'timestamp-invalid']
    }
  ])('with $what is not enough', ({ change, reasons }) => {
    const trust = trustRoot(sigstore(), change(sigstore().trustedRoot, other().trustedRoot))
    const found = ([1, 2] as const).map(
      rekor => refusal(() => verifyBundle(bytesOf(made[rekor][0]!), expectation(sigstore()), trust)).reason
    )
    expect(found).toEqual(reasons)
  })
})

describe('times', () => {
  const HOUR_MS = 3_600_000
  const DAY_MS = 24 * HOUR_MS
  const at = async (offsets: Partial<Record<SigstoreServer, number>>, rekor: 1 | 2, timestamp = true) => {
    const each = await startSigstore({ clockOffsetMs: offsets })
    try {
      const bundle = bytesOf(await attest(each, { rekor, timestamp }))
      const [expected, trust] = [expectation(each), trustRoot(each)]
      return { verify: (now?: Date) => verifyBundle(bundle, expected, trust, now && { now }) }
    } finally {
      await each.close()
    }
  }
  const all = (offset: number) => ({ fulcio: offset, rekor: offset, 'rekor-v2': offset, timestamp: offset })

  test.each([1, 2] as const)(
    'of a certificate that has expired since do not matter where a time was signed (log version %s)',
    async rekor => {
      const { verify } = await at(all(-90 * DAY_MS), rekor)
      expect(verify().commit).toBe(COMMIT)
    }
  )

  test('of a log are enough without a timestamp, where the log signs them', async () => {
    const { verify } = await at(all(-DAY_MS), 1, false)
    expect(verify().times.map(({ by }) => by)).toEqual(['log'])
    const none = await at(all(-DAY_MS), 2, false)
    expect(refusal(() => none.verify()).reason).toBe('time-missing')
  })

  test.each<[string, Partial<Record<SigstoreServer, number>>, 1 | 2]>([
    ['timestamp authority', { timestamp: HOUR_MS }, 1],
    ['timestamp authority', { timestamp: -HOUR_MS }, 2],
    ['timestamp authority', { timestamp: HOUR_MS }, 2],
    ['log', { rekor: HOUR_MS }, 1],
    ['log', { rekor: -HOUR_MS }, 1],
    ['certificate authority', { fulcio: -HOUR_MS }, 1],
    ['certificate authority', { fulcio: -HOUR_MS }, 2]
  ])('of a %s that are off by an hour are outside the certificate', async (_, offsets, rekor) => {
    const { verify } = await at(offsets, rekor)
    const error = refusal(() => verify())
    expect(error.reason).toBe('certificate-expired')
    expect(error.message).toMatch(/valid from \S+Z to \S+Z, and the .* says that it was used at \S+Z/)
  })

  test('in the future are refused, a few minutes of it allowed', async () => {
    const { verify } = await at(all(HOUR_MS), 2)
    expect(refusal(() => verify()).reason).toBe('time-in-future')
    expect(verify(new Date(Date.now() + HOUR_MS - 300_000)).commit).toBe(COMMIT)
  })
})

describe('a key', () => {
  const builder = plainBuilder({
    id: 'https://builds.example/1',
    source: { uri: 'git+https://github.com/octo-org/project@refs/heads/main', commit: COMMIT }
  })
  const statement = provenance(builder, buildFacts())
  const pairOf = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve })
  const PAIR = pairOf('P-256')

  const verify = (bundle: object, publicKey = PAIR.publicKey) =>
    verifyBundle(
      bytesOf(bundle),
      expectation(sigstore(), { signer: { kind: 'key', publicKey } }),
      trustRoot(sigstore())
    )

  test.each([1, 2] as const)('that signed is accepted, and no other (log version %s)', async rekor => {
    const bundle = await makeBundle(sigstore(), { statement, key: PAIR, rekor })
    expect(verify(bundle)).toMatchObject({
      signer: { kind: 'key', fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) },
      commit: COMMIT,
      provenance: { builderId: 'https://builds.example/1' }
    })
    expect(refusal(() => verify(bundle, pairOf('P-256').publicKey)).reason).toBe('signature-invalid')
    expect(refusal(() => check(bundle)).reason).toBe('signer-kind')
  })

  test('of another kind signs with SHA-256 all the same', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
    for (const pair of [pairOf('P-384'), pairOf('P-521'), rsa]) {
      const bundle = await makeBundle(sigstore(), { statement, key: pair })
      expect(verify(bundle, pair.publicKey).commit).toBe(COMMIT)
    }
  })

  test('is not chosen by what the bundle says of it', async () => {
    const stranger = pairOf('P-256')
    const bundle = (await makeBundle(sigstore(), { statement, key: stranger })) as unknown as Json
    const hint = readBundle(bytesOf(await makeBundle(sigstore(), { statement, key: PAIR }))).claimed
    if (hint.kind !== 'key') throw new Error('it is signed by a key')
    bundle.verificationMaterial.publicKey = { hint: hint.hint }
    expect(refusal(() => verify(bundle)).reason).toBe('signature-invalid')
  })

  test('that the log has not seen is refused', async () => {
    const one = (await makeBundle(sigstore(), { statement, key: PAIR, rekor: 2 })) as unknown as Json
    const certified = structuredClone(made[2][0]!)
    one.verificationMaterial.tlogEntries = certified.verificationMaterial.tlogEntries
    expect(refusal(() => verify(one)).reason).toBe('log-entry-mismatch')
  })

  test('for another commit is refused', async () => {
    const bundle = await makeBundle(sigstore(), { statement, key: PAIR })
    const commit = 'f'.repeat(40)
    const wanted = expectation(sigstore(), { signer: { kind: 'key', publicKey: PAIR.publicKey }, commit })
    expect(refusal(() => verifyBundle(bytesOf(bundle), wanted, trustRoot(sigstore()))).reason).toBe('commit-mismatch')
  })
})
