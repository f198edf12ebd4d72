import { describe, expect, test } from '@jest/globals'
import { digestOf, Hasher, isDigest, verified } from '../../../src/oci/digest.ts'
import { failureOf } from '../../support/failure.ts'

const EMPTY = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

async function* chunks(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text)
}

async function read(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const seen: Uint8Array[] = []
  for await (const chunk of stream) seen.push(chunk)
  return Buffer.concat(seen).toString()
}

test('digests are SHA-256 in lower case', () => {
  expect(digestOf('')).toBe(EMPTY)
  expect(isDigest(EMPTY)).toBe(true)
  for (const text of [
    EMPTY.toUpperCase(),
    EMPTY.slice(0, -1),
    `${EMPTY}0`,
    `sha512:${'0'.repeat(128)}`,
    '',
    `${EMPTY}\n`
  ]) {
    expect(isDigest(text)).toBe(false)
  }
})

test('a hasher counts what goes through', async () => {
  const hasher = new Hasher()
  expect(await read(hasher.through(chunks('ab', '', 'c')))).toBe('abc')
  expect(hasher.result()).toEqual({ digest: digestOf('abc'), size: 3 })
})

describe('when a stream is verified', () => {
  const blob = { digest: digestOf('abcdef'), size: 6 }

  test('the right bytes pass', async () => {
    expect(await read(verified(chunks('abc', 'def'), blob))).toBe('abcdef')
    expect(await read(verified(chunks(), { digest: EMPTY, size: 0 }))).toBe('')
  })

  test.each([
    ['a byte is wrong', ['abc', 'deF'], 'other content'],
    ['the end is missing', ['abc'], 'ended after 3 of 6'],
    ['there is nothing', [], 'ended after 0 of 6']
  ])('the end is not seen where %s', async (_, texts, message) => {
    const error = await failureOf(read(verified(chunks(...texts), blob)))
    expect(error).toMatchObject({ code: 'DIGEST_MISMATCH', message: expect.stringContaining(message) })
  })

  test('what is too long ends before it is passed on, even if it has no end', async () => {
    let asked = 0
    async function* endless() {
      for (;;) yield Buffer.from(`abcd${asked++ || ''}`)
    }
    const seen: string[] = []
    const reading = (async () => {
      for await (const chunk of verified(endless(), blob)) seen.push(chunk.toString())
    })()
    expect(await failureOf(reading)).toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(seen).toEqual([Buffer.from('abcd').toString()])
    expect(asked).toBe(2)
  })
})
