import { expect, test } from '@jest/globals'
import { plainLog } from '../../../src/actions/log.ts'

test.each([
  ['::set-output name=seed::evil', ': :set-output name=seed::evil'],
  ['error:\n  ::add-mask::x', 'error:\n  : :add-mask::x'],
  ['error:\r::stop-commands::x', 'error:\r: :stop-commands::x'],
  ['a ##[add-matcher]x', 'a ## [add-matcher]x']
])('%j is no command any more', (text, plain) => {
  expect(plainLog(text)).toBe(plain)
})

test.each(['evaluating a::b', 'https://example.org', 'at [1]: x', '# [a]'])('%j stays as it is', text => {
  expect(plainLog(text)).toBe(text)
})
