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
type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

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

/** What may be changed by anyone, since it says nothing that counts: names for keys, and what wraps a timestamp. */
const UNSIGNED =
  /^(?:dsseEnvelope\.signatures\[0\]\.keyid|verificationMaterial\.publicKey(?:\.hint)?|verificationMaterial\.timestampVerificationData.*|mediaType)$/

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

/** Paths of the values in which two documents differ. */
function differences(a: Json | undefined, b: Json | undefined, path = ''): string[] {
  if (a === b) return []
  if (Array.isArray(a) && Array.isArray(b)) {
    return Array.from({ length: Math.max(a.length, b.length) }).flatMap((_, i) =>
      differences(a[i], b[i], `${path}[${i}]`)
    )
  }
  if (isObject(a) && isObject(b)) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)])
    return [...names].flatMap(name => differences(a[name], b[name], path === '' ? name : `${path}.${name}`))
  }
  // What is empty, zero or nothing may be left out.
  const isNothing = (value: Json | undefined) =>
    value === undefined ||
    value === null ||
    value === '' ||
    value === 0 ||
    value === '0' ||
    (Array.isArray(value) && value.length === 0)
  if (isNothing(a) && isNothing(b)) return []
  return typeof a !== 'object' && typeof b !== 'object' && String(a) === String(b) ? [] : [path]
}

function isObject(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Every place in a document. */
function places(value: Json, path: (string | number)[] = []): (string | number)[][] {
  const inner = Array.isArray(value)
    ? value.flatMap((item, i) => places(item, [...path, i]))
    : isObject(value)
      ? Object.entries(value).flatMap(([name, item]) => places(item, [...path, name]))
      : []
  return [path, ...inner]
}

/** The document with `edit` done to what holds the place. */
function edited(
  document: Json,
  path: readonly (string | number)[],
  edit: (holder: Record<string | number, Json>, name: string | number) => void
): Json {
  const copy = { root: structuredClone(document) }
  let holder = copy as unknown as Record<string | number, Json>
  let name: string | number = 'root'
  for (const step of path) {
    holder = holder[name] as unknown as Record<string | number, Json>
    name = step
  }
  edit(holder, name)
  return copy.root
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

const pick = <T>(list: readonly T[], number: number): T => list[number % list.length]!

test('what they are made from is accepted', () => {
  for (const { bytes, expected } of bases) expect(verifyBundle(bytes, expected, trust).commit).toBe(COMMIT)
})

describe('a bundle with', () => {
  test('other bytes is refused', () => {
    const { refused } = run((base, at, kind, byte) => {
      const bytes = Buffer.from(base.bytes)
      const place = at % bytes.length
      if (kind % 4 === 0) return Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1)])
      if (kind % 4 === 1)
        return Buffer.concat([bytes.subarray(0, place), Buffer.of(byte & 0xff), bytes.subarray(place)])
      if (kind % 4 === 2) return bytes.subarray(0, place)
      bytes[place] = (bytes[place] ?? 0) ^ (1 << (byte % 8))
      return bytes
    })
    expect(refused).toBeGreaterThan(RUNS * 0.8)
  })

  test('other values is refused', () => {
    const VALUES: Json[] = [
      null,
      true,
      -1,
      0,
      1e300,
      '',
      '0',
      'a',
      '-1',
      'AAAA',
      '9'.repeat(4000),
      [],
      {},
      [[]],
      { a: 1 }
    ]
    const { refused } = run((base, at, kind, value) => {
      const path = pick(places(base.json), at)
      const strange = pick(bases, value).json
      // Another bundle as a whole is a good one.
      if (path.length === 0 && kind % 4 === 2) return undefined
      return Buffer.from(
        JSON.stringify(
          edited(base.json, path, (holder, name) => {
            if (kind % 4 === 0) holder[name] = pick(VALUES, value)
            else if (kind % 4 === 1) Reflect.deleteProperty(holder, name)
            // A value from anywhere else, and the same value once more.
            else if (kind % 4 === 2) holder[name] = valueAt(strange, pick(places(strange), value))
            else if (Array.isArray(holder[name])) holder[name] = [...holder[name], ...holder[name]]
            else holder[`${name}`.toUpperCase()] = holder[name] ?? null
          }) ?? null
        )
      )
    })
    expect(refused).toBeGreaterThan(RUNS * 0.5)
  })

  test('other content in its base64 is refused', () => {
    const { refused } = run((base, at, place, bit) => {
      const encoded = places(base.json).filter(path => isBase64(valueAt(base.json, path)))
      return bytesOf(
        edited(base.json, pick(encoded, at), (holder, name) => {
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
          edited(base.json, pick(encoded, at), (holder, name) => {
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
        const other = edited(
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

function valueAt(document: Json, path: readonly (string | number)[]): Json {
  return path.reduce<Json>((value, step) => (value as Record<string | number, Json>)[step] ?? null, document)
}

function isBase64(value: Json): boolean {
  return typeof value === 'string' && value.length > 8 && Buffer.from(value, 'base64').toString('base64') === value
}

function textOf(value: Json | undefined): string {
  if (typeof value !== 'string') throw new Error('it is no text')
  return value
}
