/** The process of one phase: its lines as they come, the arguments of its processes, and the runner's way to cancel it. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

export interface ProcessOptions {
  cwd: string
  env: Readonly<Record<string, string>>
  /** A line of standard output or standard error. */
  onLine: (line: string) => void
  /** The arguments of each process that is seen below this one, once. */
  onArguments: (commandLine: string) => void
  /** How long the process has after SIGINT and then after SIGTERM. */
  graceMs?: { interrupt: number; terminate: number }
}

export interface StepProcess {
  pid: number
  /** SIGINT, then SIGTERM, then SIGKILL, to this process alone. */
  cancel: () => void
  done: Promise<{ exitCode: number | null; signal: NodeJS.Signals | null; cancelled: boolean; milliseconds: number }>
}

const RUNNER_GRACE_MS = { interrupt: 7500, terminate: 2500 }
/** How long the runner reads on what others write who hold the pipes of a process that has ended. */
const DRAIN_MS = 5000
const SAMPLE_MS = 15

export function startProcess(command: readonly string[], options: ProcessOptions): StepProcess {
  const [program = '', ...args] = command
  const started = performance.now()
  const { cwd, env } = options
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const { pid } = child
  if (pid === undefined) throw new Error(`${program} could not be started`)
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', options.onLine)
  const sampler = new ArgumentSampler(pid, options.onArguments)
  const timer = setInterval(() => sampler.sample(), SAMPLE_MS)
  const timers: NodeJS.Timeout[] = []
  let cancelled = false
  const cancel = () => {
    if (cancelled) return
    cancelled = true
    const grace = options.graceMs ?? RUNNER_GRACE_MS
    child.kill('SIGINT')
    timers.push(setTimeout(() => child.kill('SIGTERM'), grace.interrupt))
    timers.push(setTimeout(() => child.kill('SIGKILL'), grace.interrupt + grace.terminate))
  }
  const done = new Promise<Awaited<StepProcess['done']>>((resolve, reject) => {
    let milliseconds = 0
    child.once('error', reject)
    child.once('exit', () => {
      milliseconds = performance.now() - started
      timers.push(
        setTimeout(() => {
          child.stdout.destroy()
          child.stderr.destroy()
        }, DRAIN_MS)
      )
    })
    child.once('close', (exitCode, signal) => {
      clearInterval(timer)
      for (const each of timers) clearTimeout(each)
      resolve({ exitCode, signal, cancelled, milliseconds })
    })
  })
  return { pid, cancel, done }
}

/** Reads the arguments of a process and of all that it starts, those included that outlive their parents. */
class ArgumentSampler {
  readonly #pids: Set<number>
  readonly #seen = new Set<string>()
  readonly #onArguments: (commandLine: string) => void

  constructor(pid: number, onArguments: (commandLine: string) => void) {
    this.#pids = new Set([pid])
    this.#onArguments = onArguments
  }

  sample(): void {
    // A set hands out what is added to it while it is gone through.
    for (const pid of this.#pids) {
      const line = read(`/proc/${pid}/cmdline`)
      if (line === undefined) {
        this.#pids.delete(pid)
        continue
      }
      const text = line.replaceAll('\0', ' ').trim()
      if (!this.#seen.has(text)) this.#onArguments(text)
      this.#seen.add(text)
      for (const child of childrenOf(pid)) this.#pids.add(child)
    }
  }
}

function childrenOf(pid: number): number[] {
  // Node.js starts processes from its main thread, which has the process's own number.
  const text = read(`/proc/${pid}/task/${pid}/children`) ?? ''
  return text.split(' ').filter(Boolean).map(Number)
}

/** Processes with the variable `RUNNER_TRACKING_ID=id`, by which the runner finds what a job has left running. */
export function trackedProcesses(id: string, pids: readonly string[]): { pid: number; commandLine: string }[] {
  const tracked = pids.filter(pid => read(`/proc/${pid}/environ`)?.split('\0').includes(`RUNNER_TRACKING_ID=${id}`))
  return tracked.map(pid => ({
    pid: Number(pid),
    commandLine: (read(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim()
  }))
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined // it has ended
  }
}
