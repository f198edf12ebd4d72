// The entry of every npm script: `node scripts/run.mjs TASK [ARGUMENTS]`. Sets up a fresh clone, then runs the task with
// a Node.js that is new enough. Plain JavaScript for Node.js 20.
import { dirname } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { SetupError, ensurePackages, findNode } from './setup.mjs'
import { TASKS } from './tasks.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * @param {string[]} argv name of the task, and what it is given
 * @returns {Promise<number>} exit code
 */
async function main([name, ...args]) {
  process.chdir(root)
  const task = name !== undefined && Object.hasOwn(TASKS, name) ? TASKS[name] : undefined
  if (task === undefined) {
    console.error(name === undefined ? 'Which task?' : `There is no task ${name}.`)
    for (const [each, { about }] of Object.entries(TASKS)) console.error(`  ${each.padEnd(8)} ${about}`)
    return 2
  }
  await ensurePackages(root, line => console.error(`set-up: ${line}`))
  return task.run(findNode(root), args)
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  console.error(`set-up: ${error.message}`)
  process.exitCode = error.exitCode
}
