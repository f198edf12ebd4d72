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

test.each([
  ['what a program printed', { main: { steps: [], error: { message: '\u0001'.repeat(65_536), hint: 'wait' } } }],
  ['warnings', { main: { steps: [], warnings: Array.from({ length: 5000 }, () => 'ä'.repeat(5000)) } }],
  [
    'what policies have said',
    {
      main: {
        steps: [],
        verifications: Array.from({ length: 50 }, () => ({
          reference: 'ghcr.io/o/r/seed',
          lockKey: '0'.repeat(64),
          verified: false,
          reason: 'ä'.repeat(20_000),
          builders: [],
          bundles: Array.from({ length: 10 }, () => ({
            who: 'ä'.repeat(300),
            verdict: 'refused' as const,
            message: 'ä'.repeat(300)
          })),
          others: 90
        }))
      }
    }
  ],
  ['something that grows without end', { cachix: { name: 'x'.repeat(200_000) } }]
])('a state with a lot of %s fits into an environment variable, and can be read', (_, more) => {
  const text = formatState({ ...full, ...more })
  expect(Buffer.byteLength(text)).toBeLessThan(128 * 1024 - 'STATE_nix-seed='.length)
  expect(parseState(text).state).toMatchObject({ cleanUp: full.cleanUp, coverageFile: full.coverageFile })
})

test('is cut no shorter than it takes', () => {
  const message = 'x'.repeat(15_000)
  expect(parseState(formatState({ ...full, main: { steps: [], error: { message } } })).state?.main?.error).toEqual({
    message
  })
})
