import { describe, expect, test } from '@jest/globals'
import { candidatesOf, mergeCandidates } from '../../../src/seed/candidates.ts'
import { formatSeedPins, parseSeedPins, type SeedPins } from '../../../src/seed/pin.ts'
import { pinned } from '../../support/lock.ts'

const KEY = '1'.repeat(64)
const COMMIT = '2'.repeat(40)
const X86 = 'x86_64-linux'
const candidate = { ...pinned(KEY), commit: COMMIT }

/** `seed.json` with whatever stands for candidates. */
function pins(candidates: unknown, systems = {}): SeedPins {
  return parseSeedPins(Buffer.from(JSON.stringify({ version: 1, systems, candidates })), 'seed.json')
}

describe('candidates', () => {
  test('come back as they were recorded, beside what is pinned and what is not known here', () => {
    const before = parseSeedPins(
      Buffer.from(JSON.stringify({ version: 1, systems: { [X86]: pinned(KEY, 'b') }, later: 1 })),
      'seed.json'
    )
    const bytes = formatSeedPins(mergeCandidates(before, { [X86]: candidate, 'aarch64-linux': pinned(KEY) }))
    const after = parseSeedPins(bytes, 'seed.json')
    expect(candidatesOf(after, 'seed.json')).toEqual({ [X86]: candidate, 'aarch64-linux': pinned(KEY) })
    expect(after).toMatchObject({ later: 1, systems: { [X86]: pinned(KEY, 'b') } })
    // Without any, the file is as if there had been none.
    expect(mergeCandidates(after, { [X86]: undefined, 'aarch64-linux': undefined })).toEqual(before)
  })

  test('are none where there are none', () => {
    expect(candidatesOf({ version: 1, systems: {} }, 'seed.json')).toEqual({})
  })

  test.each<[string, unknown, RegExp]>([
    ['a list', [], /candidates is not an object/],
    ['a seed without an image', { [X86]: { lockKey: KEY } }, /candidates\.x86_64-linux\.image is not a string/],
    ['an image by tag', { [X86]: { ...candidate, image: 'ghcr.io/o/s:latest' } }, /candidates\.x86_64-linux\.image/],
    ['what is no system', { 'a b': candidate }, /candidates has a member/],
    ['a short commit', { [X86]: { ...candidate, commit: COMMIT.slice(1) } }, /commit is no commit/],
    ['a commit that is a number', { [X86]: { ...candidate, commit: 1 } }, /commit is no commit/]
  ])('are refused where they are %s, and jobs that restore do not look', (_, candidates, message) => {
    const read = pins(candidates, { [X86]: pinned(KEY) })
    expect(read.systems[X86]).toEqual(pinned(KEY))
    expect(() => candidatesOf(read, 'seed.json')).toThrow(
      expect.objectContaining({ code: 'PIN_INVALID', message: expect.stringMatching(message) })
    )
  })
})
