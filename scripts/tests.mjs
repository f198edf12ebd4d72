import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { isInterrupted, run } from './child.mjs'

/** Jest has no ES modules without the first option. */
const NODE_OPTIONS = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning']

/**
 * Runs the tests: unit tests and those of the bundles on this machine, the integration tests in the lab. The last line
 * counts them all.
 *
 * @param {string} root
 * @param {import('./tasks.mjs').Runtime} runtime
 * @param {readonly string[]} args for jest; a pattern narrows all runs
 * @returns {Promise<number>} 0 if every test passed and there was one
 */
export async function runTests(root, runtime, args) {
  // In the tree, since the lab sees the tree under its own name and not this machine's temporary folder.
  const results = mkdtempSync(join(root, '.test-'))
  const counts = { passed: 0, failed: 0, skipped: 0 }
  let failure = 0
  try {
    for (const { name, command, folders } of stages()) {
      const jest = jestArgs(folders, args)
      if (args.length > 0 && !hasTests(runtime, jest)) continue
      const output = join(results, `${name}.json`)
      const code = await run(runtime.node, [...command, ...jest, '--json', '--outputFile', output], runtime.env)
      if (isInterrupted(code)) return code
      if (code !== 0) failure = code
      addCounts(counts, output, code)
    }
  } finally {
    rmSync(results, { recursive: true, force: true })
  }
  const { passed, failed, skipped } = counts
  if (passed + failed === 0) console.error('No test ran.')
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  return passed + failed === 0 ? 1 : failure || (failed > 0 ? 1 : 0)
}

function stages() {
  const lab = join('lab', 'main.ts')
  return [
    { name: 'machine', command: [], folders: ['unit', 'dist'] },
    { name: 'lab', command: existsSync(lab) ? [lab, 'run', '--', 'node'] : [], folders: ['integration'] }
  ]
}

/** @param {readonly string[]} folders @param {readonly string[]} args */
function jestArgs(folders, args) {
  const match = folders.flatMap(folder => ['--testMatch', `**/__tests__/${folder}/**/*.test.ts`])
  return [...NODE_OPTIONS, join('node_modules', 'jest', 'bin', 'jest.js'), '--passWithNoTests', ...match, ...args]
}

/** Whether a pattern leaves any test of a run: the lab is not entered for nothing. */
function hasTests({ node, env }, jest) {
  const { status, stdout } = spawnSync(node, [...jest, '--listTests'], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore']
  })
  // Where jest cannot say, the run itself shows why.
  return status !== 0 || stdout.trim() !== ''
}

/** A run that left no results, or a file that did not load, counts as one failed test: it must not look like none. */
function addCounts(counts, output, code) {
  if (!existsSync(output)) {
    if (code !== 0) counts.failed += 1
    return
  }
  const result = JSON.parse(readFileSync(output, 'utf8'))
  counts.passed += result.numPassedTests
  counts.failed += result.numFailedTests + result.numRuntimeErrorTestSuites
  counts.skipped += result.numPendingTests + result.numTodoTests
}
