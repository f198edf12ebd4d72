import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readTree } from '../../scripts/tree.ts'

const root = dirname(dirname(import.meta.dirname))
let folder: string

beforeAll(() => {
  // As a runner has it: the bundles and action.yml, and none of the packages that they were made of.
  folder = mkdtempSync(join(tmpdir(), 'nix-seed-action-'))
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true })
  cpSync(join(root, 'action.yml'), join(folder, 'action.yml'))
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** The bundle that action.yml names for a phase. */
function entryOf(phase: string): string {
  const line = new RegExp(`^ {2}${phase}: (\\S+)$`, 'm').exec(readFileSync(join(folder, 'action.yml'), 'utf8'))
  return join(folder, line?.[1] ?? `no ${phase} in action.yml`)
}

function run(file: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, GITHUB_ACTIONS: 'true' },
    encoding: 'utf8'
  })
  return { status, stdout, stderr }
}

describe('the action', () => {
  test('runs on the Node.js that the bundles are made for', () => {
    expect(readFileSync(join(folder, 'action.yml'), 'utf8')).toMatch(/^ {2}using: node24$/m)
  })

  test('fails in main, and names the command line as what to use', () => {
    const { status, stdout, stderr } = run(entryOf('main'))
    expect(stdout).toMatch(/^::error title=Nix Seed::This action is not released yet and has done nothing\..*nix-seed publish/)
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
  })

  test('fails no job before or after main', () => {
    expect(run(entryOf('pre'))).toEqual({ status: 0, stdout: expect.stringMatching(/not released/), stderr: '' })
    expect(run(entryOf('post'))).toEqual({ status: 0, stdout: '', stderr: '' })
  })
})

describe('the command line', () => {
  test('says how it is used, with nothing but its bundle', () => {
    const { status, stdout, stderr } = run(join(folder, 'dist', 'cli', 'index.js'), '--help')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    for (const command of ['publish', 'restore', 'inspect', 'key']) expect(stdout).toMatch(new RegExp(`\\b${command}\\b`))
  })

  test('tells wrong use by its exit code', () => {
    expect(run(join(folder, 'dist', 'cli', 'index.js'), 'no-such-command').status).toBe(2)
  })

  test('has the Nix library beside it', () => {
    const own = [...readTree(join(root, 'nix'))].filter(([path]) => !path.startsWith('tests/'))
    expect(own.map(([path]) => path)).toContain('mkseed.nix')
    expect(readTree(join(folder, 'dist', 'nix'))).toEqual(new Map(own))
  })
})

describe('dist', () => {
  test('names no folder of the machine that built it', () => {
    const naming = [...readTree(join(root, 'dist'))].filter(([, { bytes }]) => bytes.includes(root))
    expect(naming.map(([path]) => path)).toEqual([])
  })

  test('carries the licences of what is in it', () => {
    const notices = readFileSync(join(root, 'dist', 'THIRD-PARTY-NOTICES.txt'), 'utf8')
    expect(notices).toMatch(/^sql\.js \d\S+ \(MIT\)$/m)
    expect(notices).toContain('Copyright (c) 2017 sql.js authors')
    expect(notices).toContain('SQLite, inside sql.js (public domain)')
    expect(notices).toContain('webpack, its runtime (MIT)')
    expect(existsSync(join(root, 'dist', 'cli', 'sql-wasm-inline.cjs'))).toBe(true)
  })
})
