/** Runs a command and says how long it took and how much memory its processes held together. */
import { spawn } from 'node:child_process'
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
const PAGE_BYTES = 4096

/** @throws if the command fails */
export async function measure(command: readonly string[], cwd: string): Promise<Measurement> {
  const [program = '', ...args] = command
  const cpuBefore = childrenSeconds()
  const started = performance.now()
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (piece: Buffer) => (output.stdout += piece.toString()))
  child.stderr.on('data', (piece: Buffer) => (output.stderr += piece.toString()))
  let peakBytes = 0
  const sampler = setInterval(() => (peakBytes = Math.max(peakBytes, residentBytes(child.pid ?? 0))), SAMPLE_MS)
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  clearInterval(sampler)
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}\n${output.stderr}`)
  const seconds = (performance.now() - started) / 1000
  return { seconds, cpuSeconds: childrenSeconds() - cpuBefore, peakBytes, stdout: output.stdout }
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

/** Forgets what the kernel has read, as on a machine that has just started. Needs root. */
export function dropCaches(): void {
  writeFileSync('/proc/sys/vm/drop_caches', '3')
}

/** Resident bytes of a process and all of its descendants; shared pages count once for each. */
function residentBytes(root: number): number {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? parentOf(Number(name)) : undefined
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  let total = 0
  const queue = [root]
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
