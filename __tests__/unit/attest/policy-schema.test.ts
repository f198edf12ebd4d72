import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { stripComments } from 'jsonc-parser'
import {
  DIMENSIONS,
  examinePolicy,
  examinePolicyText,
  MAX_BUILDERS,
  parsePolicy,
  parsePolicyText,
  PolicyError,
  SCHEMA_ID
} from '../../../src/attest/policy.ts'
import { checkShape, MAX_LENGTHS, PATTERNS } from '../../../src/attest/policy/shape.ts'
import { certified, keyed, policyOf } from '../../support/policy.ts'

const file = join(import.meta.dirname, '..', '..', '..', 'src', 'attest', 'policy.schema.json')
const schema = JSON.parse(readFileSync(file, 'utf8'))
const accepts = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(schema)

/** `VERIFY_MUTATIONS=10000` tries more. */
const MUTANTS = Number(process.env['VERIFY_MUTATIONS'] ?? 500)

const full = policyOf(
  [
    certified('a', {
      cloud: 'Azure',
      operatorJurisdiction: 'US',
      computeJurisdiction: 'IE',
      repository: 'https://github.com/org/a',
      trustRoot: 'roots/a.json'
    }),
    keyed('b', {
      cloud: 'own',
      operatorJurisdiction: 'CH',
      computeJurisdiction: 'CH',
      repository: 'https://git.example/b'
    })
  ],
  {
    $schema: SCHEMA_ID,
    threshold: 2,
    dimensions: ['builder', 'cloud', 'repository'],
    predicateType: 'https://slsa.dev/provenance/v1',
    maximumAgeDays: 30,
    allowSelfHosted: true,
    allowSandboxOff: false,
    allowSeveralSubjects: true,
    equivocation: 'discount'
  }
)
const { identity: _, ...patterned } = certified('p', {
  identityPattern: String.raw`^https://github\.com/org/[^/@]+/seed\.yml@refs/(?:heads/main|tags/v[0-9]+)$`
})
const BASES: readonly object[] = [
  full,
  policyOf(['a', 'b', 'c'].map(id => certified(id))),
  policyOf([patterned, certified('a'), keyed('k')]),
  policyOf([certified('a'), certified('b'), certified('c', { organisation: 'Org A' }), certified('d')])
]

/** What `value` is found to be, by the reader and by the schema. */
function verdicts(value: unknown): { reader: string[]; schema: boolean } {
  const reader: string[] = []
  checkShape(value, (_kind, path, message) => void reader.push(`${path.join('.')}: ${message}`))
  return { reader, schema: accepts(value) }
}

const word = fc.constantFrom(
  '', ' ', 'a', 'US', 'us', 'public', '*', '^', '$', '|', '^a$', '^a|b$', 'https://a', 'https://a/', 'http://localhost:80/x',
  'https://A.example', '\u0000', '\u200b', '\ud800', 'é', '𝔸', 'builder', 'cloud', 'fail', '-----BEGIN', 'PRIVATE KEY',
  'x'.repeat(257), 'y'.repeat(1025), '𝔸'.repeat(256)
) // prettier-ignore
const field = fc.constantFrom(
  ...Object.keys(full), ...Object.keys(certified('x')), 'cloud', 'operatorJurisdiction', 'computeJurisdiction', 'trustRoot',
  'publicKey', 'identityPattern', 'repository', '__proto__', 'constructor', 'toString', '$comment', 'Threshold'
) // prettier-ignore
const json: fc.Arbitrary<unknown> = fc.oneof(
  word,
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom(0, 1, 2, 64, 65, -1, 0.5, 36_500, 36_501, 1e300, null, true, false),
  fc.constant([]),
  fc.constant({}),
  fc.array(word, { maxLength: 3 }),
  fc.array(fc.constantFrom(...DIMENSIONS), { maxLength: 9 }),
  fc.dictionary(field, word, { maxKeys: 3 })
)
const edit = fc.record({
  what: fc.constantFrom('set', 'delete', 'rename', 'repeat', 'insert', 'cut', 'swap'),
  at: fc.nat(),
  name: field,
  value: json,
  piece: fc.oneof(word, fc.string({ unit: 'binary', maxLength: 3 }))
})
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never

/** Does one edit somewhere in `value`. */
function mutate(value: unknown, { what, at, name, value: fresh, piece }: Edit): unknown {
  const places: { holder: Record<string, unknown>; key: string }[] = []
  const visit = (holder: unknown): void => {
    if (typeof holder !== 'object' || holder === null) return
    for (const key of Object.keys(holder)) {
      places.push({ holder: holder as Record<string, unknown>, key })
      visit((holder as Record<string, unknown>)[key])
    }
  }
  visit(value)
  const place = places[at % Math.max(1, places.length)]
  if (!place) return fresh
  const { holder, key } = place
  const old = holder[key]
  const put = (target: string, member: unknown): void =>
    void Object.defineProperty(holder, target, { value: member, enumerable: true, configurable: true, writable: true })
  if (what === 'delete' && Array.isArray(holder)) holder.splice(Number(key), 1)
  else if (what === 'delete') Reflect.deleteProperty(holder, key)
  else if (what === 'rename' && !Array.isArray(holder)) {
    Reflect.deleteProperty(holder, key)
    put(name, old)
  } else if (what === 'repeat' && Array.isArray(holder)) holder.push(structuredClone(old))
  else if (what === 'insert' && typeof old === 'string')
    put(key, old.slice(0, at % (old.length + 1)) + piece + old.slice(at % (old.length + 1)))
  else if (what === 'cut' && typeof old === 'string') put(key, old.slice(0, at % (old.length + 1)))
  else if (what === 'swap' && !Array.isArray(holder)) put(name, fresh)
  else put(key, fresh)
  return value
}

const mutant = fc
  .tuple(fc.constantFrom(...BASES), fc.array(edit, { minLength: 1, maxLength: 3 }))
  .map(([base, edits]) => edits.reduce<unknown>(mutate, structuredClone(base)))

describe('the published schema', () => {
  test('has the name that policies give it', () => {
    expect(schema).toMatchObject({ $id: SCHEMA_ID, $schema: 'https://json-schema.org/draft/2020-12/schema' })
  })

  test('has the bounds, patterns and defaults of the reader', () => {
    const { properties, $defs } = schema
    const { properties: fields } = $defs.builder
    expect(properties.builders.maxItems).toBe(MAX_BUILDERS)
    expect(properties.dimensions.items.enum).toEqual(DIMENSIONS)
    expect(fields.identity).toMatchObject({ pattern: PATTERNS.identity, maxLength: MAX_LENGTHS.uri })
    expect(fields.publicKey.anyOf).toEqual([{ pattern: PATTERNS.pem }, { pattern: PATTERNS.file }])
    const policy = parsePolicy(policyOf(['a', 'b', 'c'].map(id => certified(id))), 'flake')
    for (const [name, { default: value }] of Object.entries<{ default?: unknown }>(properties)) {
      if (value !== undefined) expect({ [name]: policy[name as keyof typeof policy] }).toEqual({ [name]: value })
    }
    expect(fields.trustRoot.default).toBe(policy.builders[0]?.trustRoot)
  })

  test('describes every field, and asks for the same in all of them', () => {
    for (const properties of [schema.properties, schema.$defs.builder.properties]) {
      for (const [name, { description }] of Object.entries<{ description?: string }>(properties)) {
        expect({ [name]: description }).toEqual({ [name]: expect.stringMatching(/^[A-Z].*\.$/) })
      }
    }
  })

  test('accepts what the reader accepts', () => {
    for (const base of BASES) expect(verdicts(base)).toEqual({ reader: [], schema: true })
  })

  test(`refuses and accepts as the reader does, of ${MUTANTS} policies that were changed`, () => {
    const seen = { refused: 0, accepted: 0, read: 0 }
    fc.assert(
      fc.property(mutant, value => {
        const { reader, schema: isAccepted } = verdicts(value)
        if ((reader.length === 0) !== isAccepted) throw new Error(`the schema disagrees: ${reader.join('; ')}`)
        seen[isAccepted ? 'accepted' : 'refused']++

        // Nothing but an error of the policy is thrown, and text and data are read alike.
        const text = JSON.stringify(value)
        const fromText = examinePolicyText(text)
        const fromData = examinePolicy(JSON.parse(text))
        const withoutLines = fromText.problems.map(({ line: _line, ...problem }) => problem)
        if (!isDeepStrictEqual(fromText.policy, fromData.policy)) throw new Error('another policy')
        if (!isDeepStrictEqual(withoutLines, fromData.problems)) throw new Error('other problems')
        const isRead = acceptedBy(() => parsePolicyText(text, 'file'))
        if (isRead !== (fromData.problems.length === 0)) throw new Error('problems, and accepted')
        if (isRead && !isAccepted) throw new Error('accepted against the schema')
        if (isRead) seen.read++
      }),
      { numRuns: MUTANTS }
    )
    // All sides have been tried: also what only the reader refuses.
    expect(Math.min(seen.read, seen.accepted - seen.read, seen.refused)).toBeGreaterThan(MUTANTS / 100)
  })
})

describe('a policy that was changed', () => {
  test('in its bytes is JSON with comments, or is refused with a line', () => {
    const texts = BASES.map(base => JSON.stringify(base, null, 1))
    const cut = fc.record({
      at: fc.nat(),
      length: fc.nat(4),
      piece: fc.oneof(fc.constantFrom(...Array.from('{}[],:"\\/*\n\r\t 01e.-+tfn\u0000\u2028\ufeff')), word)
    })
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.array(cut, { minLength: 1, maxLength: 3 }), (base, cuts) => {
        let text = base
        for (const { at, length, piece } of cuts) {
          const start = at % (text.length + 1)
          text = text.slice(0, start) + piece + text.slice(start + length)
        }
        const { problems } = examinePolicyText(text)
        const isSyntax = problems.some(({ kind }) => kind === 'syntax')
        if (problems.some(({ line = 0 }) => line < 1)) throw new Error('a problem without a line')
        const isAccepted = acceptedBy(() => parsePolicyText(text, 'file'))
        if (isAccepted !== (problems.length === 0)) throw new Error('problems, and accepted')
        const plain = parsed(text)
        const json = plain ?? parsed(stripComments(text))
        if (isAccepted && !accepts(json)) throw new Error('accepted against the schema')
        if (json === undefined && !isSyntax) throw new Error('no JSON, and taken for it')
        // Names that stand there twice are what JSON.parse passes over.
        if (
          plain !== undefined &&
          problems.some(({ kind, message }) => kind === 'syntax' && !message.includes('twice'))
        ) {
          throw new Error('JSON, and not taken for it')
        }
      }),
      { numRuns: MUTANTS }
    )
  })
})

/** Whether a policy is read; any error but that of a policy is passed on. */
function acceptedBy(read: () => unknown): boolean {
  try {
    read()
    return true
  } catch (error) {
    if (error instanceof PolicyError) return false
    throw error
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
