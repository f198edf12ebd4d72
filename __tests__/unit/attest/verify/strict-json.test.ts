import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { firstDifference } from '../../../../src/attest/verify/echo.ts'
import { parseStrictJson, StrictJsonError } from '../../../../src/attest/verify/strict-json.ts'

const parse = (text: string, depth = 8) => parseStrictJson(Buffer.from(text), { depth })

describe('strict JSON', () => {
  test('is what any reader makes of it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(0, 1, '\t'), (value, space) => {
        const text = JSON.stringify(value, undefined, space)
        expect(parse(text)).toEqual(JSON.parse(text))
      })
    )
  })

  test.each([
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"b":{"a":[{"c":1,"c" : 1}]}}',
    '{"__proto__":1,"__proto__":2}',
    '{"":0,"":0}'
  ])('has no name twice in one object: %s', text => {
    expect(() => parse(text)).toThrow(/twice/)
  })

  test.each([
    '{"a":{"a":1},"b":{"a":2}}',
    '[{"a":1},{"a":1}]',
    '{"a":"a","b":"a"}',
    '{"a":["a","a"]}',
    '{"x":"\\",\\"x\\":1"}'
  ])('may have a name in two objects, and as a value: %s', text => {
    expect(parse(text)).toEqual(JSON.parse(text))
  })

  test('is no deeper than it may be', () => {
    expect(parse('[[[]]]', 3)).toEqual([[[]]])
    expect(() => parse('[[[[]]]]', 3)).toThrow(/more than 3 levels/)
    expect(parse('"[[[[[["', 1)).toBe('[[[[[[')
  })

  test.each(['', '{', '"', '"\\', '{"a":1,}', '// no\n1', '\ufeff{}', "{'a':1}", '01', 'NaN', '{"\\x":1}', '1 2'])(
    'is refused where it is none: %j',
    text => {
      expect(() => parse(text)).toThrow(StrictJsonError)
    }
  )

  test('is text in UTF-8', () => {
    expect(() => parseStrictJson(Buffer.from([0x22, 0xff, 0x22]), { depth: 1 })).toThrow(/UTF-8/)
  })
})

describe('an echo', () => {
  test.each<[unknown, unknown, string | undefined]>([
    [{ a: 'x', b: [1] }, { a: 'x', b: [1] }, undefined],
    [{ a: '', b: 0, c: [], d: null, e: '0' }, {}, undefined],
    [{ a: 12 }, { a: '12' }, undefined],
    [{ a: 'x' }, {}, 'a'],
    [{ a: { b: [{ c: 1 }] } }, { a: { b: [{ c: 2 }] } }, 'a.b[0].c'],
    [{ a: [1, 2] }, { a: [1] }, 'a'],
    [{ a: 1.5 }, { a: '1.5' }, 'a'],
    [{ a: {} }, {}, 'a'],
    [{ toString: 'x' }, {}, 'toString']
  ])('of %j that is %j differs at %j', (value, echo, path) => {
    expect(firstDifference(value, echo)).toBe(path)
  })
})
