import { expect, test } from '@jest/globals'
import { formatState, newState, parseState, type State } from '../../src/state.ts'

const full: State = {
  ...newState(1_700_000_000_000),
  pre: { outcome: 'stale', reason: 'flake.lock changed', steps: [{ name: 'a', outcome: 'done', milliseconds: 3 }] },
  main: { steps: [], error: { code: 'DISK_FULL', message: 'full', hint: 'make room' } },
  cleanUp: { nixConf: '/tmp/nix.conf', files: ['/tmp/a'] },
  coverageFile: '/tmp/coverage.json',
  cachix: { name: 'mine' }
}

test.each([
  ['a fresh one', newState(1)],
  ['a full one', full]
])('%s comes back as it was, from one line', (_, state) => {
  const text = formatState(state)
  expect(text).not.toContain('\n')
  expect(parseState(text)).toEqual({ state })
})

test.each([
  [undefined, 'no earlier phase has saved a state'],
  ['', 'no earlier phase has saved a state'],
  ['{', 'the saved state is not JSON'],
  ['[]', 'the saved state is not an object'],
  ['null', 'the saved state is not an object'],
  ['{"startedAtMs": 1}', 'the saved state has no version'],
  [JSON.stringify({ ...full, version: 2 }), 'the saved state is of version 2, this release reads 1'],
  [JSON.stringify({ ...full, version: 0 }), 'the saved state is incomplete'],
  [JSON.stringify({ ...full, cleanUp: {} }), 'the saved state is incomplete'],
  [JSON.stringify({ ...full, startedAtMs: 'now' }), 'the saved state is incomplete'],
  [JSON.stringify({ ...full, main: { outcome: 'hit' } }), 'the saved state is incomplete']
])('%j is no state, and it is said why', (text, reason) => {
  expect(parseState(text)).toEqual({ state: undefined, reason })
})
