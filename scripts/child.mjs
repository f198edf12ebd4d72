import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import process from 'node:process'

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
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: 'inherit' })
    const forward = signal => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    }
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    for (const signal of signals) process.on(signal, forward)
    const settle = () => {
      for (const signal of signals) process.removeListener(signal, forward)
    }
    child.once('error', error => {
      settle()
      reject(error)
    })
    child.once('exit', (code, signal) => {
      settle()
      resolve(code ?? 128 + constants.signals[signal])
    })
  })
}

/** Whether `code` is that of a program that a signal ended. @param {number} code */
export const isInterrupted = code => code === 128 + constants.signals.SIGINT || code === 128 + constants.signals.SIGTERM
