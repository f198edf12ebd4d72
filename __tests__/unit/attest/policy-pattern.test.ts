import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { commonIdentity, compilePattern, PatternError } from '../../../src/attest/policy/pattern.ts'

/** `VERIFY_MUTATIONS=10000` tries more. */
const RUNS = Number(process.env['VERIFY_MUTATIONS'] ?? 300)

/** Bodies of patterns over few characters, so that many of them meet; groups go two levels deep. */
const times = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,}', '{0,2}')
const atom = fc.constantFrom(
  ...['a', 'b', '/', '-', ':', '1', '.', '[ab]', '[^/]', '[a-c]', '[^a-]'],
  ...[String.raw`\.`, String.raw`\/`, String.raw`[a\-]`, String.raw`\d`, String.raw`\W`, String.raw`[\w.]`]
)
const bodyOf = (atoms: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .array(
      fc.tuple(atoms, times).map(([each, count]) => (each === '.' && count === '' ? '.+' : each + count)),
      { minLength: 1, maxLength: 3 }
    )
    .map(parts => parts.join(''))
const groupOf = (inner: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    inner.map(each => `(?:${each})`),
    fc.tuple(inner, inner).map(([a, b]) => `(${a}|${b})`)
  )
const body = bodyOf(fc.oneof(atom, groupOf(bodyOf(fc.oneof(atom, groupOf(bodyOf(atom)))))))
const source = body.map(inner => `^${inner}$`)
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '/', '.', '-', ':', '1', '\n', 'é', '𝔸'), maxLength: 7 })

describe('a pattern', () => {
  test('accepts what the same regular expression accepts', () => {
    let accepted = 0
    fc.assert(
      fc.property(source, fc.array(text, { minLength: 1, maxLength: 10 }), (pattern, texts) => {
        const { accepts } = compilePattern(pattern)
        const expression = new RegExp(pattern, 'u')
        for (const each of texts) {
          if (accepts(each) !== expression.test(each)) throw new Error(JSON.stringify(each))
          if (accepts(each)) accepted++
        }
      }),
      { numRuns: RUNS }
    )
    expect(accepted).toBeGreaterThan(RUNS / 15)
  })

  test('begins every identity with its prefix', () => {
    expect(compilePattern(String.raw`^https://a\.b/c[0-9]d$`).prefix).toBe('https://a.b/c')
    expect(compilePattern('^ab?$').prefix).toBe('a')
    expect(compilePattern('^(?:ab)c$').prefix).toBe('')
  })

  test('takes no longer for an identity that is made to be slow', () => {
    const { accepts } = compilePattern('^https://a/(?:a+)+b$')
    expect(accepts(`https://a/${'a'.repeat(50_000)}`)).toBe(false)
    expect(accepts(`https://a/${'a'.repeat(50_000)}b`)).toBe(true)
  })

  test.each([
    ['a$', /does not start with \^/],
    ['^a', /does not end with \$/],
    [String.raw`^a\$`, /does not end with \$/],
    ['^', /does not end with \$/],
    ['$', /does not start/],
    ['', /does not start/],
    ['^$', /nothing between/],
    ['^a|b$', /has a \| that is in no group/],
    ['^(?:a)|(?:b)$', /in no group/],
    ['^a|$', /nothing between/],
    ['^(a|)$', /nothing between its parts/],
    ['^(){9}$', /nothing between/],
    ['^a$|^b$', /a second \$/],
    ['^a^b$', /a second \^/],
    ['^a.b$', /accepts any character/],
    ['^(?=a)a$', /a group of a kind/],
    ['^(?<n>a)$', /a group of a kind/],
    ['^(?i:a)$', /a group of a kind/],
    [String.raw`^(a)\1$`, /an escape \\1/],
    [String.raw`^\ba$`, /an escape \\b/],
    [String.raw`^\x41$`, /an escape \\x/],
    [String.raw`^\p{L}$`, /an escape \\p/],
    [String.raw`^a\\`, /does not end/],
    [String.raw`^a\-b$`, /an escape \\-/],
    ['^a+?$', /a second repetition/],
    ['^a**$', /a second repetition/],
    ['^*$', /a repetition of nothing/],
    ['^(+)$', /a repetition of nothing/],
    ['^a{,2}$', /begins no repetition/],
    ['^a{3,2}$', /begins no repetition/],
    ['^a{0}$', /begins no repetition/],
    ['^a{999}$', /more than 255 repetitions/],
    ['^(a$', /a \( without its \)/],
    ['^a)$', /a \) without its \(/],
    ['^[a$', /a \[ without its \]/],
    ['^a]$', /a \] without its beginning/],
    ['^a}$', /a \} without its beginning/],
    ['^[]$', /a class of no characters/],
    ['^[b-a]$', /a range that has no/],
    [String.raw`^[\d-z]$`, /a range that has no/],
    ['^a b$', /stands in no identity/],
    ['^é$', /stands in no identity/],
    ['^((a{99}){99}){99}$', /too long once its repetitions/],
    [`^${'('.repeat(40)}a${')'.repeat(40)}$`, /groups in each other/],
    [`^(?:${'[a-z]?'.repeat(150)})*$`, /too long once its repetitions/]
  ])('%s is refused', (wrong, reason) => {
    const compile = (): unknown => compilePattern(wrong)
    expect(compile).toThrow(PatternError)
    expect(compile).toThrow(reason)
  })

  test('is never anything but accepted or refused', () => {
    const anything = fc.string({ unit: fc.constantFrom(...Array.from('^$|()[]{}?:*+.\\-,19abdDwW/ é')), maxLength: 12 })
    fc.assert(
      fc.property(anything, inner => {
        try {
          const pattern = `^${inner}$`
          const { accepts } = compilePattern(pattern)
          const expression = new RegExp(pattern, 'u')
          for (const each of ['', 'a', 'ab', '1', '/']) {
            if (accepts(each) !== expression.test(each)) throw new Error(JSON.stringify(each))
          }
        } catch (error) {
          if (!(error instanceof PatternError)) throw error
        }
      }),
      { numRuns: RUNS }
    )
  })
})

describe('two patterns', () => {
  test('overlap exactly where there is an identity that both accept', () => {
    let overlaps = 0
    fc.assert(
      fc.property(source, source, fc.array(text, { maxLength: 10 }), (a, b, texts) => {
        const [first, second] = [compilePattern(a), compilePattern(b)]
        const common = commonIdentity(first, second)
        const both = (identity: string): boolean => [a, b].every(each => new RegExp(each, 'u').test(identity))
        if (common !== undefined) overlaps++
        if (common === undefined ? texts.some(both) : !both(common)) throw new Error(`overlap: ${String(common)}`)
        if ((commonIdentity(second, first) === undefined) !== (common === undefined)) throw new Error('one way alone')
        if (commonIdentity(first, first) === undefined) throw new Error('not its own')
      }),
      { numRuns: RUNS }
    )
    expect(overlaps).toBeGreaterThan(RUNS / 15)
    expect(overlaps).toBeLessThan(RUNS)
  })

  test('that take long to compare are given up on', () => {
    const wide = compilePattern(`^(?:${'[a-z]?'.repeat(80)})b$`)
    const other = compilePattern(`^(?:${'[a-z]?'.repeat(80)})1$`)
    const work = { steps: 0 }
    expect(() => Array.from({ length: 50 }, () => commonIdentity(wide, other, work))).toThrow(/too complicated/)
  })
})
