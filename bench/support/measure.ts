/** Runs a command and says how long it took and how much memory its processes held together. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

export interface Measurement {
  seconds: number
  /** Processor time of the command and all of its descendants. */
  cpuSeconds: number
  /** The most that the resident sets of the command and all of its descendants added up to, sampled every 50 ms. */
  peakBytes: number
  stdout: string
}

const SAMPLE_MS = 50
/** How long a command that is stopped may take to clear up. */
const STOP_MS = 10_000
const PAGE_BYTES = 4096

export interface MeasureOptions {
  /** Set on top of this process's environment. */
  env?: Readonly<Record<string, string>>
  /** Processes that work for the command without being descendants of it. Their memory counts, their time does not. */
  servants?: readonly number[]
  /** Stops the command and its descendants. */
  signal?: AbortSignal
}

/** @throws if the command fails or is stopped */
export async function measure(
  command: readonly string[],
  cwd: string,
  { env = {}, servants = [], signal }: MeasureOptions = {}
): Promise<Measurement> {
  signal?.throwIfAborted()
  const [program = '', ...args] = command
  const cpuBefore = childrenSeconds()
  const started = performance.now()
  // A group of its own, so that all of a pipe can be stopped at once.
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true
  })
  let killing: NodeJS.Timeout | undefined
  const stop = (): void => {
    signalGroup(child, 'SIGTERM')
    killing = setTimeout(() => signalGroup(child, 'SIGKILL'), STOP_MS)
  }
  signal?.addEventListener('abort', stop, { once: true })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (piece: Buffer) => (output.stdout += piece.toString()))
  child.stderr.on('data', (piece: Buffer) => (output.stderr += piece.toString()))
  let peakBytes = 0
  const roots = [...(child.pid === undefined ? [] : [child.pid]), ...servants]
  const sampler = setInterval(() => (peakBytes = Math.max(peakBytes, residentBytes(roots))), SAMPLE_MS)
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  const code = await ended.finally(() => {
    clearInterval(sampler)
    clearTimeout(killing)
    signal?.removeEventListener('abort', stop)
  })
  signal?.throwIfAborted()
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}\n${output.stderr}`)
  const seconds = (performance.now() - started) / 1000
  return { seconds, cpuSeconds: childrenSeconds() - cpuBefore, peakBytes, stdout: output.stdout }
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // It has just ended.
  }
}

/** The most of several runs costs what others do to the machine; the least is what the command costs. */
export async function fastest(runs: number, action: () => Promise<Measurement>): Promise<Measurement> {
  let best: Measurement | undefined
  for (let i = 0; i < runs; i++) {
    const result = await action()
    if (best === undefined || result.seconds < best.seconds) best = result
  }
  if (best === undefined) throw new Error('at least one run is needed')
  return best
}

/** Of an even number, the lower of the two in the middle. */
export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.ceil(numbers.length / 2) - 1] ?? NaN
}

/**
 * Forgets what the kernel has read, as on a machine that has just started. What is still to be written is written first:
 * it could not be forgotten, and the disk would be busy with it later. Needs root.
 */
export function dropCaches(): void {
  execFileSync('sync')
  writeFileSync('/proc/sys/vm/drop_caches', '3')
}

/** Resident bytes of processes and all of their descendants; shared pages count once for each. */
function residentBytes(roots: readonly number[]): number {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? parentOf(Number(name)) : undefined
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  let total = 0
  const queue = [...roots]
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    total += pagesOf(pid) * PAGE_BYTES
    queue.push(...(children.get(pid) ?? []))
  }
  return total
}

const TICKS_PER_SECOND = 100

/** Processor time of all children of this process that have ended. proc_pid_stat(5), fields 16 and 17. */
function childrenSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND
}

function parentOf(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`)
  return stat === undefined ? undefined : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

function pagesOf(pid: number): number {
  return Number(read(`/proc/${pid}/statm`)?.split(' ')[1] ?? 0)
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined // it has ended
  }
}
