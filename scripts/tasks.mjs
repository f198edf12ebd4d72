import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isInterrupted, run } from './child.mjs'
import { runTests } from './tests.mjs'

/**
 * @typedef {import('./setup.mjs').Runtime} Runtime
 * @typedef {(runtime: Runtime, args: string[]) => Promise<number>} Action answers an exit code
 * @typedef {{ about: string, run: Action }} Task
 */

const ESLINT = 'node_modules/eslint/bin/eslint.js'
const PRETTIER = ['node_modules/prettier/bin/prettier.cjs', '--log-level', 'warn']
const TSC = 'node_modules/typescript/bin/tsc'
const BUILD = 'scripts/build.ts'
const DOCS = 'scripts/action-docs.ts'
const DEMO = 'scripts/demo.ts'
const LAB = 'lab/main.ts'

/** @type {Readonly<Record<string, Action>>} */
const CHECKS = {
  lint: runtime => node(runtime, ESLINT, '.'),
  types: runtime => node(runtime, TSC, '-p', '.'),
  format: runtime => node(runtime, ...PRETTIER, '--check', '.'),
  docs: runtime => node(runtime, DOCS, '--check'),
  dist: runtime => node(runtime, BUILD, '--check')
}

/** By name. They run in the project's folder. @type {Readonly<Record<string, Task>>} */
export const TASKS = {
  test: { about: 'run the tests; arguments go to jest', run: runTests },
  check: { about: 'lint, types, formatting, tables of README, and that dist is what the sources make', run: runChecks },
  lint: { about: 'lint, every file or those named', run: (runtime, args) => node(runtime, ESLINT, ...orAll(args)) },
  types: { about: 'check the types', run: runtime => node(runtime, TSC, '-p', '.') },
  format: {
    about: 'format in place, every file or those named; with every file, README gets the tables of action.yml',
    run: runFormat
  },
  build: { about: 'bundle src into dist', run: (runtime, args) => node(runtime, BUILD, ...args) },
  demo: { about: 'publish a seed and build from it', run: (runtime, args) => nodeInLab(runtime, DEMO, ...args) },
  bench: { about: 'measure everything, or what the name of a bench says; then its arguments', run: runBench },
  lab: { about: 'a command of the lab', run: (runtime, args) => node(runtime, LAB, ...args) }
}

/** @type {(runtime: Runtime, ...args: string[]) => Promise<number>} */
function node({ node: program, env }, ...args) {
  return run(program, args, env)
}

/** The lab finds out whether this machine will do. @type {(runtime: Runtime, ...args: string[]) => Promise<number>} */
function nodeInLab(runtime, ...args) {
  return node(runtime, LAB, 'run', '--', 'node', ...args)
}

/** @type {(paths: string[]) => string[]} */
function orAll(paths) {
  return paths.length > 0 ? paths : ['.']
}

/** @type {Action} */
async function runFormat(runtime, paths) {
  const code = paths.length > 0 ? 0 : await node(runtime, DOCS)
  return code || node(runtime, ...PRETTIER, '--write', ...orAll(paths))
}

/** Goes on after a check that failed: all complaints in one run. @type {Action} */
async function runChecks(runtime) {
  const failed = []
  for (const [name, check] of Object.entries(CHECKS)) {
    const code = await check(runtime, [])
    if (isInterrupted(code)) return code
    if (code !== 0) failed.push(name)
  }
  console.log(failed.length === 0 ? 'check: ok' : `check: failed in ${failed.join(', ')}`)
  return failed.length === 0 ? 0 : 1
}

/** What measures where no name is given. */
const WHOLE_BENCH = 'restore'

/** @type {Action} */
async function runBench(runtime, given) {
  const [name = '', ...args] = given[0] === undefined || given[0].startsWith('-') ? [WHOLE_BENCH, ...given] : given
  const files = existsSync('bench') ? readdirSync('bench') : []
  // Others, such as tables.test.ts or a folder, are no benches.
  const names = files.filter(file => /^[^.]+\.ts$/.test(file)).map(file => basename(file, '.ts'))
  if (names.includes(name)) {
    // With a network: benches fetch the larger package sets, which tests do without.
    return node(runtime, LAB, 'run', '--network', 'host', '--', 'node', join('bench', `${name}.ts`), ...args)
  }
  console.error(`There is no bench ${name}. npm run bench -- ${names.join(' | ')}`)
  return 2
}
