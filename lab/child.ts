import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { SeedError } from '../src/errors.ts'
import { SYSTEM_PATH } from './tools.ts'

/**
 * How a child ended, once all it printed has been read too, as a shell tells it: 128 and the signal's number for a killed
 * one. Rejects if it never started.
 */
export function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']))
    child.once('error', error => child.pid === undefined && reject(error))
  })
}

/**
 * The start of a command line that runs the rest in namespaces of its own (`extra` are more options of unshare), all of
 * whose processes the kernel kills when this process ends, however it ends.
 */
export function confined(...extra: string[]): string[] {
  const unshare = ['unshare', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', ...extra]
  return ['setpriv', '--pdeathsig', 'KILL', ...unshare, '--']
}

/** `env` with the folders of administrators' programs on its PATH. */
export function withSystemPath(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, PATH: `${env.PATH ?? ''}:${SYSTEM_PATH}` }
}

export interface StepOptions {
  /** File that gets what the step prints. */
  log: string
  signal: AbortSignal
  env?: NodeJS.ProcessEnv
}

/**
 * Runs one step of making the lab.
 *
 * @param what names the step in the error
 * @throws TOOL_FAILED with the end of the log; INTERRUPTED when `signal` is aborted
 */
export async function runStep(what: string, command: readonly string[], options: StepOptions): Promise<void> {
  const output = openSync(options.log, 'a')
  try {
    const [program = '', ...args] = command
    const child = spawn(program, args, {
      stdio: ['ignore', output, output],
      signal: options.signal,
      killSignal: 'SIGKILL',
      env: withSystemPath(options.env ?? process.env)
    })
    const code = await exitOf(child)
    if (options.signal.aborted) throw new SeedError('INTERRUPTED', `${what}: interrupted`)
    if (code !== 0) throw new SeedError('TOOL_FAILED', `${what}: exit code ${code}\n${tailOf(options.log)}`)
  } finally {
    closeSync(output)
  }
}

const TAIL_LINES = 30

/** The last lines of a log, indented for an error message. */
export function tailOf(log: string): string {
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES)
  return lines.map(line => `  ${line}`).join('\n')
}
