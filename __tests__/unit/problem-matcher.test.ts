import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { Matchers, type Match } from '../support/runner/matchers.ts'

const root = dirname(dirname(import.meta.dirname))

/** What the runner finds in a log. */
function annotations(log: string): Match[] {
  const matchers = new Matchers()
  matchers.addFile(join(root, 'src', 'problem-matcher.json'))
  return log.split('\n').flatMap(line => matchers.match(line) ?? [])
}

/** What Nix 2.34.8 printed for a flake in the git checkout /tmp/w/NAME (`nix build`, standard error). */
const printed = (name: string): string =>
  readFileSync(join(root, '__tests__', 'fixtures', 'nix-errors', `${name}.txt`), 'utf8')

const error = (message: string, place: Partial<Match> = {}): Match => ({ severity: 'error', message, ...place })

describe('what Nix prints', () => {
  test.each([
    ['syntax', [error("syntax error, unexpected ';'", { file: '/tmp/w/syntax/flake.nix', line: 4 })]],
    ['undefined', [error("undefined variable 'missing'", { file: '/tmp/w/undefined/flake.nix', line: 6 })]],
    ['missing-attribute', [error("attribute 'thing' missing", { file: '/tmp/w/attr/flake.nix', line: 3 })]],
    ['flake-check', [error("attribute 'thing' missing", { file: '/tmp/w/attr/flake.nix', line: 3 })]],
    // Not of what failed with it, whose reason is "1 dependency failed".
    ['failing-build', [error("Cannot build '/nix/store/liavhgd2bvdkkx9cql3hxcc9hc7frm7h-failing.drv'")]],
    [
      'hash-mismatch',
      [error("hash mismatch in fixed-output derivation '/nix/store/zvcxldw7c7rsfj82gqahyk5pnvi51w5n-fixed.drv'")]
    ],
    [
      'no-output',
      [
        error(
          "flake 'git+file:///tmp/w/failing' does not provide attribute 'packages.x86_64-linux.nope', 'legacyPackages.x86_64-linux.nope' or 'nope'"
        )
      ]
    ],
    ['unreachable', [expect.objectContaining({ message: expect.stringMatching(/^unable to download 'https:/) })]],
    ['warning', []],
    // It comes last and without a place, and nothing tells it from an error that has one on the next line.
    ['throw', []]
  ])('%s', (name, found) => {
    expect(annotations(printed(name))).toEqual(found)
  })

  test('in colours', () => {
    const coloured = printed('undefined')
      .replace('error:', '\u001b[31;1merror:\u001b[0m')
      .replace('at /', 'at \u001b[35;1m/')
    expect(annotations(coloured)).toEqual(annotations(printed('undefined')))
    expect(annotations(coloured)).toHaveLength(1)
  })

  test('with the logs of a build between', () => {
    const found = annotations(printed('failing-build-with-logs')).map(({ message }) => message)
    expect(new Set(found)).toEqual(new Set(["Cannot build '/nix/store/liavhgd2bvdkkx9cql3hxcc9hc7frm7h-failing.drv'"]))
  })

  test('with a place in the store, which may be any flake’s and is left to the runner to drop', () => {
    expect(annotations(printed('undefined-in-store'))).toEqual([
      error("undefined variable 'missing'", {
        file: '/nix/store/lsjgraz1jfpqbjdmz293w981i23caga3-source/flake.nix',
        line: 6
      })
    ])
  })

  test('in older releases, of a build that fails', () => {
    const log = [
      "error: builder for '/nix/store/liavhgd2bvdkkx9cql3hxcc9hc7frm7h-failing.drv' failed with exit code 3;",
      '       last 2 log lines:',
      '       > compiling',
      "error: 1 dependencies of derivation '/nix/store/c9hl37dpxrkw0f603hcfvrc5622q1vr0-user.drv' failed to build"
    ]
    expect(annotations(log.join('\n'))).toEqual([
      error("builder for '/nix/store/liavhgd2bvdkkx9cql3hxcc9hc7frm7h-failing.drv' failed with exit code 3")
    ])
  })
})

describe('what else a job prints', () => {
  test.each([
    'failing> error: Cannot build',
    'error[E0308]: mismatched types\n --> src/main.rs:3:5',
    'error: could not compile `x`\n  at src/main.rs',
    '    at Object.<anonymous> (/srv/x.js:1:2)\n    at /srv/x.js:3:4:',
    "error: Cannot build '/nix/store/liavhgd2bvdkkx9cql3hxcc9hc7frm7h-failing.drv'.\n       Reason: 1 dependency failed."
  ])('is left alone: %j', log => {
    expect(annotations(log)).toEqual([])
  })
})

test('owners are those that the action removes', () => {
  const matchers = new Matchers()
  matchers.addFile(join(root, 'src', 'problem-matcher.json'))
  expect(matchers.owners).toEqual(['nix-evaluation', 'nix-build', 'nix'])
})
