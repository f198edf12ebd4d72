/**
 * What nobody signed is not accepted, whatever it is. `VERIFY_MUTATIONS=10000` tries more than the tests of every day do.
 */
import { generateKeyPairSync } from 'node:crypto'
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { plainBuilder } from '../../../../src/attest/builder.ts'
import { provenance } from '../../../../src/attest/provenance.ts'
import type { TrustRoot } from '../../../../src/attest/trust-root.ts'
import { BundleRefusal, verifyBundle, type Expectation, type VerifiedBundle } from '../../../../src/attest/verify.ts'
import { attest, bytesOf, COMMIT, expectation, trustRoot } from '../../../support/attestation.ts'
import { buildFacts } from '../../../support/build-facts.ts'
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
} from '../../../support/json-mutation.ts'
import { makeBundle } from '../../../support/sigstore-bundle.ts'
import { useSigstore } from '../../../support/sigstore.ts'

const RUNS = Number(process.env['VERIFY_MUTATIONS'] ?? 250)

// The machine may be busy.
jest.setTimeout(3_600_000)

const sigstore = useSigstore()
const PAIR = generateKeyPairSync('ec', { namedCurve: 'P-256' })

interface Base {
  bytes: Buffer
  json: Json
  expected: Expectation
}

const bases: Base[] = []
let trust: TrustRoot
beforeAll(async () => {
  const source = { uri: 'git+https://github.com/octo-org/project@refs/heads/main', commit: COMMIT }
  const statement = provenance(plainBuilder({ id: 'https://builds.example/1', source }), buildFacts())
  const wanted = expectation(sigstore())
  const byKey = expectation(sigstore(), { signer: { kind: 'key', publicKey: PAIR.publicKey } })
  for (const [bundle, expected] of [
    [await attest(sigstore(), { rekor: 1 }), wanted],
    [await attest(sigstore(), { rekor: 2 }), wanted],
    [await makeBundle(sigstore(), { statement, key: PAIR, rekor: 1 }), byKey],
    [await makeBundle(sigstore(), { statement, key: PAIR, rekor: 2 }), byKey]
  ] as const) {
    bases.push({ bytes: bytesOf(bundle), json: bundle as unknown as Json, expected })
  }
  trust = trustRoot(sigstore())
})

/** Refused; or accepted, and it says the same as the bundle that it was made from. */
function check(base: Base, mutated: Buffer): 'refused' | 'the same' {
  let verified: VerifiedBundle
  try {
    verified = verifyBundle(mutated, base.expected, trust)
  } catch (error) {
    if (!(error instanceof BundleRefusal)) throw error
    expect(error.message).toMatch(/^[^\p{C}]{10,1500}$/u)
    return 'refused'
  }
  const original = verifyBundle(base.bytes, base.expected, trust)
  expect(meaning(verified)).toEqual(meaning(original))
  const changed = differences(base.json, JSON.parse(mutated.toString('utf8')) as Json)
  expect(changed.filter(path => !UNSIGNED.test(path))).toEqual([])
  return 'the same'
}

/** Without times: a log says one, too, where the timestamp was taken away. */
function meaning({ statement, signer, digests, commit, provenance: facts, entries }: VerifiedBundle): object {
  return { statement, signer: JSON.stringify(signer), digests, commit, facts, entries }
}

const run = (mutate: (base: Base, ...values: number[]) => Buffer | undefined, count = RUNS) => {
  const seen = { refused: 0, 'the same': 0 }
  const index = fc.nat({ max: 2 ** 30 })
  fc.assert(
    fc.property(fc.nat({ max: bases.length - 1 }), index, index, index, (which, ...values) => {
      const base = bases[which]!
      const mutated = mutate(base, ...values)
      if (mutated !== undefined) seen[check(base, mutated)]++
    }),
    { numRuns: count }
  )
  return seen
}

test('what they are made from is accepted', () => {
  for (const { bytes, expected } of bases) expect(verifyBundle(bytes, expected, trust).commit).toBe(COMMIT)
})

describe('a bundle with', () => {
  test('other bytes is refused', () => {
    const { refused } = run((base, at, kind, byte) => withOtherBytes(base.bytes, { at, kind, byte }))
    expect(refused).toBeGreaterThan(RUNS * 0.8)
  })

  test('other values is refused', () => {
    const { refused } = run((base, at, kind, value) => {
      const path = pick(places(base.json), at)
      // Another bundle as a whole is a good one.
      if (path.length === 0 && kind % 4 === 2) return undefined
      const from = pick(bases, value).json
      return Buffer.from(JSON.stringify(withOtherValue(base.json, path, { kind, value, from })))
    })
    expect(refused).toBeGreaterThan(RUNS * 0.5)
  })

  test('other content in its base64 is refused', () => {
    const { refused } = run((base, at, place, bit) => {
      const encoded = places(base.json).filter(path => isBase64(valueAt(base.json, path)))
      return bytesOf(
        editedAt(base.json, pick(encoded, at), (holder, name) => {
          const bytes = Buffer.from(textOf(holder[name]), 'base64')
          const index = place % bytes.length
          bytes[index] = (bytes[index] ?? 0) ^ (1 << (bit % 8))
          holder[name] = bytes.toString('base64')
        }) as object
      )
    })
    expect(refused).toBeGreaterThan(RUNS * 0.5)
  })

  test('other characters in its base64 is refused', () => {
    const STRANGE = [' ', '\n', '=', '-', '_', '!', '\u0000', 'é', '%']
    const { refused } = run(
      (base, at, place, which) => {
        const encoded = places(base.json).filter(path => isBase64(valueAt(base.json, path)))
        return bytesOf(
          editedAt(base.json, pick(encoded, at), (holder, name) => {
            const text = textOf(holder[name])
            const index = place % (text.length + 1)
            holder[name] = text.slice(0, index) + pick(STRANGE, which) + text.slice(index)
          }) as object
        )
      },
      Math.ceil(RUNS / 3)
    )
    expect(refused).toBeGreaterThan(RUNS * 0.2)
  })

  test('another statement in its envelope is refused', () => {
    const { refused } = run(
      (base, at, value) => {
        const envelope = (base.json as { dsseEnvelope: { payload: string } }).dsseEnvelope
        const statement = JSON.parse(Buffer.from(envelope.payload, 'base64').toString()) as Json
        const path = pick(places(statement), at)
        const other = editedAt(
          statement,
          path,
          (holder, name) => (holder[name] = pick(['x', null, 7, [], {}] as Json[], value))
        )
        const payload = Buffer.from(JSON.stringify(other)).toString('base64')
        return bytesOf({ ...(base.json as object), dsseEnvelope: { ...envelope, payload } })
      },
      Math.ceil(RUNS / 3)
    )
    expect(refused).toBeGreaterThan(RUNS * 0.3)
  })

  test('nothing of a bundle in it is refused', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 4096 }),
          fc.json().map(text => Buffer.from(text))
        ),
        bytes => {
          expect(() => verifyBundle(bytes, bases[0]!.expected, trust)).toThrow(BundleRefusal)
        }
      ),
      { numRuns: RUNS }
    )
  })
})

describe('a bundle of strangers takes little, whatever its size:', () => {
  test.each<[string, () => Buffer]>([
    ['more bytes than there may be', () => Buffer.alloc(5 * 1024 * 1024, 0x20)],
    ['levels of lists', () => Buffer.from('['.repeat(4 * 1024 * 1024))],
    ['levels of objects', () => Buffer.from('{"a":'.repeat(800_000))],
    ['one long string', () => Buffer.from(`"${'\\'.repeat(4_000_000)}`)],
    ['many names', () => Buffer.from(`{${Array.from({ length: 300_000 }, (_, i) => `"${i}":0`).join(',')}}`)],
    [
      'many names beside what is right',
      () => bytesOf({ ...(bases[0]!.json as object), x: Array.from({ length: 400_000 }, (_, i) => i) })
    ],
    [
      'a certificate of octet strings in octet strings',
      () => {
        const bundle = structuredClone(bases[0]!.json) as {
          verificationMaterial: { certificate: { rawBytes: string } }
        }
        let der = Buffer.alloc(0)
        for (let level = 0; level < 2000; level++) {
          const length = der.length < 128 ? [der.length] : [0x82, der.length >> 8, der.length & 0xff]
          der = Buffer.concat([Buffer.from([4, ...length]), der])
        }
        bundle.verificationMaterial.certificate.rawBytes = der.toString('base64')
        return bytesOf(bundle)
      }
    ]
  ])('%s', (_, make) => {
    const bytes = make()
    const before = process.memoryUsage().heapUsed
    expect(() => verifyBundle(bytes, bases[0]!.expected, trust)).toThrow(BundleRefusal)
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(256 * 1024 * 1024)
  })
})
