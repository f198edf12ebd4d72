import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { quotable } from '../../../src/attest/redact.ts'

const SECRET = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXBvOm9jdG8tb3JnL3Byb2plY3QifQ.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg'

test.each([
  ['There was an error processing the identity token', undefined],
  ['error processing entry: could not verify envelope', undefined],
  ['two\r\nlines\tand \u001b[31mcolours\u202e', 'two lines and [31mcolours'],
  ['see https://user:word@host/path?token=1#there', 'see https://host/path'],
  ['an equivalent entry already exists in the log with UUID 108e9186e8c5677a', undefined]
])('%j is quoted', (text, quoted) => {
  expect(quotable(text)).toBe(quoted ?? text)
})

test('long texts are cut', () => {
  expect(quotable('word '.repeat(1000))).toHaveLength(301)
})

describe('with a secret', () => {
  test.each([
    [`invalid identity token: ${SECRET}`, 'invalid identity token: […]'],
    [`"${SECRET}" is for others`, '"[…]" is for others'],
    [`cut off: ${SECRET.slice(0, 30)}…`, 'cut off: […]…'],
    ['issuer https://token.example/here not known', 'issuer https://token.example/here not known'],
    [`${SECRET} and ${SECRET}`, '[…] and […]']
  ])('%j is quoted without it', (text, quoted) => {
    expect(quotable(text, [SECRET])).toBe(quoted)
  })

  test('no piece of it stays, wherever it stands and however it is cut', () => {
    const cut = fc.tuple(fc.nat(SECRET.length), fc.nat(SECRET.length))
    const part = fc.oneof(
      fc.string({ maxLength: 12 }),
      cut.map(([from, to]) => SECRET.slice(Math.min(from, to), Math.max(from, to)))
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), parts => {
        const quoted = quotable(parts.join(''), [SECRET])
        for (let at = 0; at + 8 <= quoted.length; at++) {
          if (SECRET.includes(quoted.slice(at, at + 8))) return false
        }
        return quoted.length <= 301
      })
    )
  })
})
