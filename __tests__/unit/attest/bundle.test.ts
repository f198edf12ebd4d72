import { beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { summarizeBundle } from '../../../src/attest/bundle.ts'
import { signStatement } from '../../../src/attest/sign.ts'
import { ecdsaKeys, identityOf, quietPorts, servicesOf, STATEMENT, SUBJECT } from '../../support/signing.ts'
import { useSigstore } from '../../support/sigstore.ts'

const sigstore = useSigstore()
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- it is taken apart in many ways
type Json = Record<string, any>
let keyless: Json
let byKey: Json
beforeAll(async () => {
  const identity = await identityOf(sigstore())
  const services = servicesOf(sigstore())
  keyless = JSON.parse((await signStatement(STATEMENT, { kind: 'keyless', identity }, services, quietPorts())).json)
  const { privateKey } = ecdsaKeys()
  byKey = JSON.parse((await signStatement(STATEMENT, { kind: 'key', privateKey }, services, quietPorts())).json)
})

const summarize = (value: unknown) => summarizeBundle(Buffer.from(JSON.stringify(value)))
const payload = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64')

describe('a bundle', () => {
  test('of this program is summarised as a whole', () => {
    const { mediaType, verificationMaterial } = keyless
    const [entry] = verificationMaterial.tlogEntries
    const summary = summarize(keyless)
    expect(summary).toEqual({
      mediaType,
      predicateType: STATEMENT.predicateType,
      subjects: [{ name: 'registry.example/seed', digest: { sha256: SUBJECT } }],
      signer: {
        kind: 'certificate',
        issuer: sigstore().issuer.issuer,
        identity: 'https://github.com/octo-org/project/.github/workflows/seed.yml@refs/heads/main'
      },
      logs: [
        {
          index: entry.logIndex,
          id: Buffer.from(entry.logId.keyId, 'base64').toString('hex'),
          integratedTime: new Date(Number(entry.integratedTime) * 1000),
          kind: 'dsse 0.0.1'
        }
      ],
      timestamps: [expect.any(Date)]
    })
    expect(Math.abs(summary.timestamps[0]!.getTime() - Date.now())).toBeLessThan(3_600_000)
  })

  test.each([
    ['0.1', 'application/vnd.dev.sigstore.bundle+json;version=0.1'],
    ['0.2', 'application/vnd.dev.sigstore.bundle+json;version=0.2'],
    ['0.3, as it was', 'application/vnd.dev.sigstore.bundle+json;version=0.3']
  ])('of version %s is read', (_version, mediaType) => {
    const { certificate, ...material } = keyless['verificationMaterial']
    const chain = { ...material, x509CertificateChain: { certificates: [certificate, certificate] } }
    expect(summarize({ ...keyless, mediaType, verificationMaterial: chain })).toMatchObject({
      mediaType,
      signer: { kind: 'certificate', issuer: sigstore().issuer.issuer }
    })
  })

  test('by a key has its hint, or none', () => {
    expect(summarize(byKey).signer).toEqual({ kind: 'key', hint: byKey['verificationMaterial'].publicKey.hint })
    const material = { ...byKey['verificationMaterial'], publicKey: {} }
    expect(summarize({ ...byKey, verificationMaterial: material }).signer).toEqual({ kind: 'key' })
  })

  test('may leave out what is zero, and write numbers as numbers', () => {
    const [{ logIndex: _index, integratedTime: _time, ...entry }] = keyless['verificationMaterial'].tlogEntries
    const withEntries = (...tlogEntries: object[]) =>
      summarize({ ...keyless, verificationMaterial: { ...keyless['verificationMaterial'], tlogEntries } }).logs
    const common = { id: expect.any(String), kind: 'dsse 0.0.1' }
    expect(withEntries(entry)).toEqual([{ ...common, index: '0' }])
    expect(withEntries({ ...entry, logIndex: 7, integratedTime: 8 })).toEqual([
      { ...common, index: '7', integratedTime: new Date(8000) }
    ])
    expect(withEntries({ ...entry, logIndex: '9999999999999999999', integratedTime: 'x' })).toEqual([
      { ...common, index: '9999999999999999999' }
    ])
  })

  test('of a file, without a statement, is read', () => {
    const { dsseEnvelope: _, ...rest } = keyless
    const summary = summarize({ ...rest, messageSignature: { messageDigest: {}, signature: 'AA==' } })
    expect(summary).toMatchObject({ subjects: [], signer: { kind: 'certificate' } })
    expect(summary.predicateType).toBeUndefined()
  })

  test('of the barest kind is read', () => {
    const { mediaType } = keyless
    expect(summarize({ mediaType, verificationMaterial: {} })).toEqual({
      mediaType,
      subjects: [],
      signer: { kind: 'key' },
      logs: [],
      timestamps: []
    })
  })

  test('says nothing that a terminal would obey or a reader misread', () => {
    const bad = 'a\u001b[2J\n\u202eb'
    const statement = { predicateType: bad, subject: [{ name: bad, digest: { sha256: bad, [bad]: 'x' } }] }
    const material = { publicKey: { hint: bad }, tlogEntries: [{ kindVersion: { kind: bad, version: bad } }] }
    const summary = summarize({
      ...keyless,
      dsseEnvelope: { payload: payload(statement) },
      verificationMaterial: material
    })
    // eslint-disable-next-line no-control-regex
    expect(JSON.stringify(summary)).not.toMatch(/[\u0000-\u001f\u202e]|\\u00|\\n/)
    expect(summary.subjects[0]?.name).toBe('a\ufffd[2J\ufffd\ufffdb')
  })

  test('of a great many of everything is cut', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({ name: 'x'.repeat(10_000), digest: { [i]: 'y' } }))
    const statement = { predicateType: 'z'.repeat(10_000), subject: many.slice(0, 100) }
    const verificationMaterial = {
      tlogEntries: many.map(() => ({})),
      timestampVerificationData: { rfc3161Timestamps: many.map(() => ({})) }
    }
    const summary = summarize({ ...keyless, dsseEnvelope: { payload: payload(statement) }, verificationMaterial })
    expect(JSON.stringify(summary).length).toBeLessThan(100_000)
  })
})

test.each<[string, Uint8Array]>([
  ['nothing', Buffer.alloc(0)],
  ['no JSON', Buffer.from('{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json"')],
  ['a list', Buffer.from('[]')],
  ['an object', Buffer.from('{}')],
  ['no verification material', Buffer.from('{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json"}')],
  ['another type', Buffer.from('{"mediaType": "text/sigstore.bundle", "verificationMaterial": {}}')],
  ['too much', Buffer.alloc(16 * 1024 * 1024 + 1, ' ')]
])('%s is no bundle', (_what, bytes) => {
  expect(() => summarizeBundle(bytes)).toThrow(expect.objectContaining({ code: 'CONTENT_INVALID' }))
})

test('whatever stands in a bundle, it is read or refused', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), fc.base64String(), (one, other, third, text) => {
      for (const raw of [one, text]) {
        const verificationMaterial = {
          certificate: { rawBytes: raw },
          tlogEntries: [other, { logId: third, kindVersion: one, logIndex: other, integratedTime: third }],
          timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: raw }, third] }
        }
        const dsseEnvelope = {
          payload: payload({ predicateType: one, subject: [other, { name: third, digest: one }] })
        }
        expect(summarize({ mediaType: keyless['mediaType'], verificationMaterial, dsseEnvelope }).logs).toBeDefined()
      }
    })
  )
})

const NAMES = [
  ...['mediaType', 'verificationMaterial', 'dsseEnvelope', 'payload', 'predicateType', 'subject', 'name', 'digest'],
  ...['certificate', 'rawBytes', 'x509CertificateChain', 'certificates', 'publicKey', 'hint', 'tlogEntries', 'logId'],
  ...['keyId', 'logIndex', 'integratedTime', 'kindVersion', 'kind', 'version', 'timestampVerificationData'],
  ...['rfc3161Timestamps', 'signedTimestamp', 'toString', 'valueOf', 'toJSON', '__proto__', 'constructor', 'length']
]
/** Any JSON, with what conversions of objects look for; and very deep. */
const hostile = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.jsonValue({ maxDepth: 1 }),
    fc.constantFrom<unknown>(0, -1, 1e300, 1e21, 0.5, '', '0x10', '1e3', '\ud800', null, true),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 6 })
  )
})).value

test('whatever JSON a stranger makes, in a bundle or instead of one, is summarised or refused', () => {
  const read = (value: unknown): void => {
    try {
      expect(summarize(value)).toHaveProperty('logs')
    } catch (error) {
      expect(error).toMatchObject({ code: 'CONTENT_INVALID' })
    }
  }
  fc.assert(
    fc.property(hostile, hostile, fc.constantFrom(...NAMES), (one, other, name) => {
      const { mediaType } = keyless
      read(one)
      read({ mediaType, verificationMaterial: { tlogEntries: [other], [name]: one, certificate: { rawBytes: other } } })
      read({ mediaType, verificationMaterial: one, dsseEnvelope: { payload: payload(other), [name]: one } })
      const [entry] = keyless['verificationMaterial'].tlogEntries
      const tlogEntries = [
        { ...entry, logIndex: one, integratedTime: other },
        { ...entry, [name]: one }
      ]
      read({ ...keyless, verificationMaterial: { ...keyless['verificationMaterial'], tlogEntries, [name]: other } })
    }),
    { numRuns: 200 }
  )
})

test.each([
  ['conversions that are none', '{"toString":1,"valueOf":1}'],
  ['lists in lists', `${'['.repeat(200_000)}${']'.repeat(200_000)}`],
  ['objects in objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`]
])('numbers that are %s are none', (_what, text) => {
  const entry = `{"logIndex": ${text}, "integratedTime": ${text}}`
  const bundle = `{"mediaType": "${keyless['mediaType']}", "verificationMaterial": {"tlogEntries": [${entry}]}}`
  let logs: unknown = 'refused'
  try {
    ;({ logs } = summarizeBundle(Buffer.from(bundle)))
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONTENT_INVALID' })
  }
  expect(['refused', [{ index: '0', id: '', kind: 'unknown' }]]).toContainEqual(logs)
})
