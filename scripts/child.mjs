import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import process from 'node:process'

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])

/**
 * Runs a program on this terminal to its end. Signals that this process gets reach it; the terminal itself sends Ctrl-C
 * to both, so that one is only waited for.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} its exit code, or 128 and the number of the signal that ended it, as a shell tells it
 */
export function run(program, args, env) {
  const child = spawn(program, args, { env, stdio: 'inherit' })
  return exitOf(child, signal => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  })
}

/**
 * Runs a program and keeps what it prints. A signal kills it at once: for programs whose unfinished work is thrown away.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ env: NodeJS.ProcessEnv, cwd: string }} options
 * @returns {Promise<{ code: number, output: string }>} the exit code as `run` tells it
 */
export async function capture(program, args, options) {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => (output += text))
  /** @type {NodeJS.Signals | undefined} */
  let cause
  const code = await exitOf(child, signal => {
    cause ??= signal
    child.kill('SIGKILL')
  })
  return { code: cause === undefined ? code : 128 + constants.signals[cause], output }
}

/** @type {(child: import('node:child_process').ChildProcess, onSignal: (signal: NodeJS.Signals) => void) => Promise<number>} */
function exitOf(child, onSignal) {
  for (const signal of SIGNALS) process.on(signal, onSignal)
  /** @type {Promise<number>} */
  const exit = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']))
  })
  return exit.finally(() => {
    for (const signal of SIGNALS) process.removeListener(signal, onSignal)
  })
}

/** Whether an exit code is that of a program that was told to stop. @type {(code: number) => boolean} */
export function isInterrupted(code) {
  return SIGNALS.some(signal => code === 128 + constants.signals[signal])
}
