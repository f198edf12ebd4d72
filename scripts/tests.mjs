import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isInterrupted, run } from './child.mjs'

/**
 * @typedef {import('./setup.mjs').Runtime} Runtime
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 */

/** The first one since jest has no ES modules without. */
const NODE_OPTIONS = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning']

/**
 * Unit tests and those of the bundles need Node.js alone. The lab finds out whether this machine will do for the rest,
 * whose files share its store, its accounts and its engines: one after the other.
 */
const STAGES = [
  { name: 'machine', command: [], folders: ['unit', 'dist'], workers: '100%' },
  { name: 'lab', command: ['lab/main.ts', 'run', '--', 'node'], folders: ['integration'], workers: '1' }
]

/**
 * A worker with more than this after a file makes room for a fresh one. Every program that a test starts costs a copy of
 * the page tables of the worker, so one that has gone through many files takes several times as long for the same test.
 */
const WORKER_MEMORY = '300MB'

/**
 * Runs the tests. The last line counts them all.
 *
 * @param {Runtime} runtime
 * @param {readonly string[]} args for jest; a pattern narrows every stage
 * @returns {Promise<number>} exit code: 0 if every test passed and there was one
 */
export async function runTests(runtime, args) {
  // In the project, since the lab sees it at its own path, and a temporary folder of its own.
  const results = mkdtempSync(resolve('.test-'))
  const counts = { passed: 0, failed: 0, skipped: 0 }
  let status = 0
  try {
    for (const { name, command, folders, workers } of STAGES) {
      const jest = jestArgs(folders, workers, args)
      // The lab is not entered for nothing.
      if (args.length > 0 && !hasTests(runtime, jest)) continue
      const output = join(results, `${name}.json`)
      const code = await run(runtime.node, [...command, ...jest, '--json', '--outputFile', output], runtime.env)
      if (isInterrupted(code)) return code
      addCounts(counts, output, code)
      status ||= code
    }
  } finally {
    rmSync(results, { recursive: true, force: true })
  }
  const { passed, failed, skipped } = counts
  if (passed + failed === 0) console.error('No test ran.')
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  return passed === 0 || failed > 0 ? status || 1 : status
}

/** @type {(folders: readonly string[], workers: string, args: readonly string[]) => string[]} */
function jestArgs(folders, workers, args) {
  // These follow what the caller gave: each takes all words up to the next option.
  const match = folders.flatMap(folder => ['--testMatch', `**/__tests__/${folder}/**/*.test.ts`])
  const processes = [`--maxWorkers=${workers}`, `--workerIdleMemoryLimit=${WORKER_MEMORY}`]
  return [...NODE_OPTIONS, 'node_modules/jest/bin/jest.js', ...processes, ...args, '--passWithNoTests', ...match]
}

/** Whether the caller's pattern leaves any test file. @type {(runtime: Runtime, jest: readonly string[]) => boolean} */
function hasTests({ node, env }, jest) {
  const { status, stdout } = spawnSync(node, [...jest, '--listTests'], { env, encoding: 'utf8' })
  // Where jest cannot tell, the run itself shows why.
  return status !== 0 || stdout.trim() !== ''
}

/**
 * Adds up what jest reported. A run that ended without a report, or a file that did not load, counts as one failed test:
 * it must not look like none.
 *
 * @param {Counts} counts
 * @param {string} output file with the report
 * @param {number} code exit code of the run
 */
function addCounts(counts, output, code) {
  if (!existsSync(output)) {
    counts.failed += code === 0 ? 0 : 1
    return
  }
  const report = JSON.parse(readFileSync(output, 'utf8'))
  counts.passed += report.numPassedTests
  counts.failed += report.numFailedTests + report.numRuntimeErrorTestSuites
  counts.skipped += report.numPendingTests + report.numTodoTests
}
