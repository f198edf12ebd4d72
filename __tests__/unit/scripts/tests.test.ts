import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

interface Report {
  numPassedTests: number
  numFailedTests: number
  numRuntimeErrorTestSuites: number
  numPendingTests: number
  numTodoTests: number
}

const runner = join(import.meta.dirname, '..', '..', '..', 'scripts', 'tests.mjs')
const none: Report = {
  numPassedTests: 0,
  numFailedTests: 0,
  numRuntimeErrorTestSuites: 0,
  numPendingTests: 0,
  numTodoTests: 0
}
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nix-seed-tests-'))
  // A jest that reports what it is told to, for each stage, and a lab that is this machine.
  write(
    'node_modules/jest/bin/jest.js',
    `const stage = process.argv.join().includes('integration') ? 'lab' : 'machine'
     const { report, code } = JSON.parse(process.env.PLAN)[stage]
     if (report) require('node:fs').writeFileSync(process.argv.at(-1), JSON.stringify(report))
     process.exitCode = code`
  )
  write(
    'lab/main.ts',
    `import { spawnSync } from 'node:child_process'
     console.log(process.argv.slice(2, 5).join(' '))
     process.exitCode = spawnSync(process.execPath, process.argv.slice(5), { stdio: 'inherit' }).status ?? 1`
  )
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

/** Runs the tests of a project in which jest ends in this way on the machine and in the lab. */
function run(machine: [Partial<Report> | undefined, number], lab: [Partial<Report> | undefined, number]) {
  const [planned, inLab] = [machine, lab].map(([report, code]) => ({ report: report && { ...none, ...report }, code }))
  const program = `import(${JSON.stringify(runner)}).then(async ({ runTests }) => {
    process.exitCode = await runTests({ node: process.execPath, env: process.env }, [])
  })`
  const { status, stdout } = spawnSync(process.execPath, ['--eval', program], {
    cwd: folder,
    env: { ...process.env, PLAN: JSON.stringify({ machine: planned, lab: inLab }) },
    encoding: 'utf8'
  })
  expect(readdirSync(folder).toSorted()).toEqual(['lab', 'node_modules'])
  return { status, lines: stdout.trimEnd().split('\n') }
}

describe('the tests', () => {
  test('run on the machine and in the lab, and are counted together', () => {
    const skipping = { numPassedTests: 4, numPendingTests: 2, numTodoTests: 1 }
    expect(run([{ numPassedTests: 3 }, 0], [skipping, 0])).toEqual({
      status: 0,
      lines: ['run -- node', '7 passed, 0 failed, 3 skipped']
    })
  })

  test('fail where either fails, and the other is run all the same', () => {
    const failing = { numPassedTests: 1, numFailedTests: 2 }
    expect(run([failing, 1], [{ numPassedTests: 4 }, 0])).toMatchObject({
      status: 1,
      lines: ['run -- node', '5 passed, 2 failed']
    })
    expect(run([{ numPassedTests: 4 }, 0], [failing, 1])).toMatchObject({ status: 1 })
  })

  test('count a file that does not load, and a lab that does not start', () => {
    expect(run([{ numPassedTests: 1, numRuntimeErrorTestSuites: 1 }, 1], [none, 0]).lines).toContain(
      '1 passed, 1 failed'
    )
    expect(run([{ numPassedTests: 1 }, 0], [undefined, 3])).toMatchObject({
      status: 3,
      lines: ['run -- node', '1 passed, 1 failed']
    })
  })

  test('fail where there are none', () => {
    expect(run([none, 0], [none, 0])).toMatchObject({ status: 1, lines: ['run -- node', '0 passed, 0 failed'] })
    expect(run([{ numPendingTests: 2 }, 0], [none, 0])).toMatchObject({ status: 1 })
  })

  test('end without a count when interrupted', () => {
    expect(run([undefined, 130], [{ numPassedTests: 1 }, 0])).toEqual({ status: 130, lines: [''] })
  })
})
