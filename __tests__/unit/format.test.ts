import { expect, test } from '@jest/globals'
import { formatBytes, formatDuration } from '../../src/format.ts'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.00 kB'],
  [999_999, '1.00 MB'],
  [1_234_567_890, '1.23 GB'],
  [45_600_000, '45.6 MB']
])('formatBytes(%i) is %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test.each([
  [420, '0.42 s'],
  [12_340, '12.3 s'],
  [125_000, '2 min 5 s']
])('formatDuration(%i) is %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text)
})
