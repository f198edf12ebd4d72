import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
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

function run(file: string, args: readonly string[] = [], env: Record<string, string> = {}): Result {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'org/repo', RUNNER_TEMP: folder, ...env },
    encoding: 'utf8'
  })
  return { status, stdout, stderr }
}

interface Result {
  status: number | null
  stdout: string
  stderr: string
}

describe('the action', () => {
  test('runs on the Node.js that the bundles are made for', () => {
    expect(readFileSync(join(folder, 'action.yml'), 'utf8')).toMatch(/^ {2}using: node24$/m)
  })

  test('fails in main for wrong inputs, all of them at once, and tells what to write', () => {
    const { status, stdout, stderr } = run(entryOf('main'), [], { INPUT_MODE: 'bild', INPUT_REQUIRED: 'yes' })
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
    const [error = ''] = /^::error title=Nix Seed::.*$/m.exec(stdout) ?? []
    expect(error).toMatch(/mode: .*restore.*seed/)
    expect(error).toMatch(/required: .*true.*false/)
  })

  test('fails no job before or after main, whatever the inputs are', () => {
    for (const phase of ['pre', 'post']) {
      expect(run(entryOf(phase), [], { INPUT_MODE: 'bild' })).toMatchObject({ status: 0, stderr: '' })
    }
  })

  test('has the command line and the problem matcher where its phases look for them', () => {
    for (const path of ['cli/index.js', 'problem-matcher.json']) {
      expect(existsSync(join(folder, 'dist', path))).toBe(true)
    }
    // The bundler copies what it takes for an asset, and then the phases look beside the copy.
    const bundles = ['pre', 'main', 'post'].flatMap(phase => readdirSync(join(folder, 'dist', phase)))
    expect(bundles.filter(name => !/^(?:(?:\d+\.)?index\.js|package\.json|sql-wasm-inline\.cjs)$/.test(name))).toEqual([])
  })

  test('loads what it takes to sign where something is signed alone', () => {
    const texts = ['pre', 'main', 'post'].flatMap(phase =>
      readdirSync(join(folder, 'dist', phase)).map(name => [`${phase}/${name}`, readFileSync(join(folder, 'dist', phase, name), 'utf8')] as const)
    )
    const signing = texts.filter(([, text]) => /\bsignStatement\b/.test(text)).map(([name]) => name)
    expect(signing).toEqual([expect.stringMatching(/^main\/\d+\.index\.js$/)])
  })
})

describe('the command line', () => {
  test('says how it is used, with nothing but its bundle', () => {
    const { status, stdout, stderr } = run(join(folder, 'dist', 'cli', 'index.js'), ['--help'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    for (const command of ['publish', 'restore', 'inspect', 'key']) expect(stdout).toMatch(new RegExp(`\\b${command}\\b`))
  })

  test('tells wrong use by its exit code', () => {
    expect(run(join(folder, 'dist', 'cli', 'index.js'), ['no-such-command']).status).toBe(2)
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

  test('brings a first copy of the public trust root, without keys that are for others', () => {
    const holding = (text: string) => [...readTree(join(root, 'dist', 'cli'))].filter(([, { bytes }]) => bytes.includes(text))
    expect(holding('"trusted_root.json":"').length).toBe(1)
    expect(holding('%2Fkeys.json')).toEqual([])
  })

  test('carries the licences of what is in it', () => {
    const notices = readFileSync(join(root, 'dist', 'THIRD-PARTY-NOTICES.txt'), 'utf8')
    expect(notices).toMatch(/^sql\.js \d\S+ \(MIT\)$/m)
    expect(notices).toMatch(/^@actions\/core \d\S+ \(MIT\)$/m)
    expect(notices).toContain('Copyright (c) 2017 sql.js authors')
    expect(notices).toContain('SQLite, inside sql.js (public domain)')
    expect(notices).toContain('webpack, its runtime (MIT)')
    expect(existsSync(join(root, 'dist', 'cli', 'sql-wasm-inline.cjs'))).toBe(true)
  })
})
