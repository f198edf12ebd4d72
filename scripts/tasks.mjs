import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isInterrupted, run } from './child.mjs'
import { runTests } from './tests.mjs'

/**
 * @typedef {{ node: string, env: NodeJS.ProcessEnv }} Runtime a Node.js that is new enough, and the environment for it
 * @typedef {{ about: string, run: (runtime: Runtime, args: string[]) => Promise<number> }} Task answers an exit code
 */

/**
 * The tasks by name.
 *
 * @param {string} root
 * @returns {Record<string, Task>}
 */
export function createTasks(root) {
  const bin = (name, path) => join(root, 'node_modules', name, ...path)
  const eslint = bin('eslint', ['bin', 'eslint.js'])
  const prettier = bin('prettier', ['bin', 'prettier.cjs'])
  const tsc = bin('typescript', ['bin', 'tsc'])
  const start = ({ node, env }, args) => run(node, args, env)
  // The lab decides by itself whether this machine has the tools or its own root is needed.
  const inLab = (runtime, args) => start(runtime, [join('lab', 'main.ts'), 'run', '--', 'node', ...args])

  const orAll = paths => (paths.length > 0 ? paths : ['.'])

  const steps = {
    lint: runtime => start(runtime, [eslint, '.']),
    types: runtime => start(runtime, [tsc, '-p', '.']),
    format: runtime => start(runtime, [prettier, '--check', '--log-level', 'warn', '.']),
    dist: runtime => start(runtime, [join('scripts', 'build.ts'), '--check'])
  }

  return {
    test: { about: 'run the tests; arguments go to jest', run: (runtime, args) => runTests(root, runtime, args) },
    check: {
      about: 'lint, types, formatting, and that dist is what the sources make',
      run: runtime => runAll(steps, runtime)
    },
    lint: {
      about: 'lint, every file or those named',
      run: (runtime, args) => start(runtime, [eslint, ...orAll(args)])
    },
    types: { about: 'check the types', run: steps.types },
    format: {
      about: 'format in place, every file or those named',
      run: (runtime, args) => start(runtime, [prettier, '--write', '--log-level', 'warn', ...orAll(args)])
    },
    build: {
      about: 'bundle src into dist',
      run: (runtime, args) => start(runtime, [join('scripts', 'build.ts'), ...args])
    },
    demo: {
      about: 'publish a seed and build from it',
      run: (runtime, args) => inLab(runtime, [join('scripts', 'demo.ts'), ...args])
    },
    bench: { about: 'measure: bench -- NAME', run: (runtime, args) => runBench(inLab, runtime, args) },
    lab: {
      about: 'run a command of the lab',
      run: (runtime, args) => start(runtime, [join('lab', 'main.ts'), ...args])
    }
  }

  async function runBench(runner, runtime, [name, ...args]) {
    const names = existsSync('bench')
      ? readdirSync('bench').flatMap(file => (/^[^.]+\.ts$/.test(file) ? [basename(file, '.ts')] : []))
      : []
    if (name === undefined || !names.includes(name)) {
      console.error(
        `${name === undefined ? 'Which one?' : `There is no bench ${name}.`} npm run bench -- ${names.join(' | ')}`
      )
      return 2
    }
    return runner(runtime, [join('bench', `${name}.ts`), ...args])
  }
}

/**
 * Runs every step, also after one that failed: all complaints in one run.
 *
 * @param {Record<string, (runtime: Runtime) => Promise<number>>} steps
 * @param {Runtime} runtime
 */
async function runAll(steps, runtime) {
  const failed = []
  for (const [name, step] of Object.entries(steps)) {
    const code = await step(runtime)
    if (isInterrupted(code)) return code
    if (code !== 0) failed.push(name)
  }
  console.log(failed.length === 0 ? 'check: ok' : `check: failed in ${failed.join(', ')}`)
  return failed.length === 0 ? 0 : 1
}
