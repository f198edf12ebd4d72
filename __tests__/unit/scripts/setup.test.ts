import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { staleReason } from '../../../scripts/setup.mjs'

type Packages = Record<string, { version: string; integrity: string; optional?: true }>

const root = dirname(dirname(dirname(import.meta.dirname)))
const a = { version: '1.0.0', integrity: 'sha512-a' }
const b = { version: '2.0.0', integrity: 'sha512-b' }
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nix-seed-setup-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

function writeLock(path: string, packages: Packages): void {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify({ lockfileVersion: 3, packages }))
}

/** What is said of a clone whose lock file wants one set of packages and whose node_modules records another. */
function reasonFor(wanted: Packages, present: Packages): string | undefined {
  writeLock('package-lock.json', wanted)
  writeLock('node_modules/.package-lock.json', present)
  return staleReason(folder)
}

describe('the packages of a clone', () => {
  test('are what the lock file says', () => {
    expect(
      reasonFor({ 'node_modules/a': a, 'node_modules/b': b }, { 'node_modules/b': b, 'node_modules/a': a })
    ).toBeUndefined()
  })

  test('may lack optional ones, which are for other machines', () => {
    expect(
      reasonFor({ 'node_modules/a': a, 'node_modules/b': { ...b, optional: true } }, { 'node_modules/a': a })
    ).toBeUndefined()
  })

  test('are not there yet, or not all of them', () => {
    writeLock('package-lock.json', { 'node_modules/a': a })
    expect(staleReason(folder)).toBe('there is no node_modules')
    mkdirSync(join(folder, 'node_modules'))
    expect(staleReason(folder)).toBe('node_modules is incomplete')
  })

  test.each<[string, Packages, Packages]>([
    ['b is missing', { 'node_modules/a': a, 'node_modules/a/node_modules/b': b }, { 'node_modules/a': a }],
    ['@x/b is no longer used', { 'node_modules/a': a }, { 'node_modules/a': a, 'node_modules/@x/b': b }],
    ['a has changed', { 'node_modules/a': a }, { 'node_modules/a': { ...a, version: '1.0.1' } }],
    ['a has changed', { 'node_modules/a': a }, { 'node_modules/a': { ...a, integrity: 'sha512-c' } }]
  ])('are stale: %s', (reason, wanted, present) => {
    expect(reasonFor(wanted, present)).toBe(reason)
  })
})

describe('the entry of the npm scripts', () => {
  const run = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [join(root, 'scripts', 'run.mjs'), ...args], { cwd: folder, encoding: 'utf8' })

  test.each([[[]], [['no-such-task']], [['constructor']]])('lists the tasks when asked for %j', args => {
    const { status, stderr } = run(...args)
    expect(status).toBe(2)
    for (const task of ['test', 'check', 'build', 'demo', 'bench'])
      expect(stderr).toMatch(new RegExp(`^  ${task} `, 'm'))
  })

  test('lists the benches when asked for one that is not there', () => {
    const { status, stderr } = run('bench', '../scripts/build')
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringMatching(/^There is no bench \.\.\/scripts\/build\./)
    })
  })

  test('fails when a pattern leaves no test', () => {
    const { status, stdout, stderr } = run('test', 'no-test-file-has-this-name')
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '0 passed, 0 failed\n', stderr: 'No test ran.\n' })
  })

  test('passes on the exit code of the task', () => {
    expect(run('build', '--no-such-option').status).toBe(2)
  })
})
