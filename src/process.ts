import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Readable } from 'node:stream'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { SeedError, redactUrl, systemCode } from './errors.ts'

/** What a program may print before it is stopped, where the caller names no bound. */
const MAX_STDOUT_BYTES = 256 * 1024 * 1024
/** How much of the end of standard error is kept for the error message. */
const STDERR_TAIL_BYTES = 16 * 1024
/** How long a program has to clean up after SIGTERM before it gets SIGKILL. */
const KILL_AFTER_MS = 10_000

export type Environment = Readonly<Record<string, string | undefined>>

export interface RunOptions {
  /** The whole environment of the program; nothing is added to it. */
  env: Environment
  /** On abort the program gets SIGTERM, and SIGKILL after a grace; the run then fails with INTERRUPTED. */
  signal: AbortSignal
  cwd?: string
  /** What the program reads from standard input; it is closed at once where this is absent. */
  input?: string | Uint8Array | AsyncIterable<Uint8Array>
  /** Called with each line of standard error: no line end, no terminal escapes, nothing of URLs that may be secret. */
  onStderr?: (line: string) => void
  stderrTailBytes?: number
  killAfterMs?: number
  /** How to get the program where it is not installed; the usual ones are known. */
  hint?: string
}

export interface CaptureOptions extends RunOptions {
  /** The program is stopped and the run fails once it has printed more than this many bytes. */
  maxStdoutBytes?: number
}

export interface RunResult {
  stdout: Buffer
  /** The end of standard error. */
  stderr: string
}

/** A program that has been started. Whoever starts it must await `done`, which also reports a failure to start. */
export interface Running {
  stdout: Readable
  /** Settles when the program has ended and its output was read; fails with TOOL_MISSING, TOOL_FAILED or INTERRUPTED. */
  done: Promise<{ stderr: string }>
  /** Ends the program early; `done` then fails. */
  stop(): void
}

/** A program that ran and failed. `stderr` is the end of what it printed there. */
export class ToolFailure extends SeedError {
  readonly exitStatus: number | null
  readonly stderr: string

  constructor(tool: string, exitStatus: number | null, killedBy: string | null, stderr: string, cause?: unknown) {
    const how = killedBy === null ? `exit status ${exitStatus}` : `signal ${killedBy}`
    const text = stderr.trim()
    super('TOOL_FAILED', text === '' ? `${tool} failed (${how})` : `${tool} failed (${how}):\n${text}`, { cause })
    this.exitStatus = exitStatus
    this.stderr = stderr
  }
}

/**
 * Runs `tool` to its end without a shell and returns what it printed.
 *
 * @throws SeedError TOOL_MISSING where it is not installed, ToolFailure where it fails or prints too much,
 *   INTERRUPTED after an abort. Arguments never appear in an error.
 */
export async function run(tool: string, args: readonly string[], options: CaptureOptions): Promise<RunResult> {
  const limit = options.maxStdoutBytes ?? MAX_STDOUT_BYTES
  const running = start(tool, args, options)
  const chunks: Buffer[] = []
  let size = 0
  running.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= limit) chunks.push(chunk)
    else running.stop()
  })
  try {
    const { stderr } = await running.done
    return { stdout: Buffer.concat(chunks), stderr }
  } catch (error) {
    if (size <= limit) throw error
    throw new SeedError('TOOL_FAILED', `${tool} printed more than ${limit} bytes`, { cause: error })
  }
}

/**
 * Starts `tool` without a shell; its output is read from `stdout`.
 *
 * @throws nothing at once: every failure is reported by `done`.
 */
export function start(tool: string, args: readonly string[], options: RunOptions): Running {
  if (options.signal.aborted) return { stdout: Readable.from([]), done: rejected(interrupted(tool)), stop() {} }
  const child = spawn(tool, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true
  })
  let killer: NodeJS.Timeout | undefined
  const stop = () => {
    if (killer !== undefined) return
    child.kill('SIGTERM')
    killer = setTimeout(() => child.kill('SIGKILL'), options.killAfterMs ?? KILL_AFTER_MS)
  }
  options.signal.addEventListener('abort', stop, { once: true })
  const stderr = readLines(child.stderr, options)
  const fed = feed(child.stdin, options.input).catch((error: unknown) => {
    stop()
    throw error
  })
  const ended = new Promise<{ status: number | null; killedBy: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status, killedBy) => resolve({ status, killedBy }))
    // A grandchild that outlives a stopped program would hold its pipes open, and with them this run.
    child.once('exit', () => {
      if (killer === undefined) return
      child.stdout.destroy()
      child.stderr.destroy()
    })
  })
  const done = Promise.allSettled([ended, fed]).then(([end, input]) => {
    clearTimeout(killer)
    options.signal.removeEventListener('abort', stop)
    if (options.signal.aborted) throw interrupted(tool)
    if (end.status === 'rejected') throw notStarted(tool, end.reason, options)
    if (input.status === 'rejected') throw input.reason
    const { status, killedBy } = end.value
    if (status !== 0) throw new ToolFailure(tool, status, killedBy, stderr.tail())
    return { stderr: stderr.tail() }
  })
  // Whoever reads the output first and awaits `done` later must not see this as unhandled in between.
  done.catch(() => {})
  return { stdout: child.stdout, done, stop }
}

/** Writes the input and closes it. A program may end without reading all of it: its exit status says whether that is well. */
async function feed(stdin: Writable, input: RunOptions['input']): Promise<void> {
  if (input === undefined || typeof input === 'string' || input instanceof Uint8Array) {
    stdin.on('error', () => {})
    stdin.end(input)
    return
  }
  let failure: { cause: unknown } | undefined
  const source = async function* () {
    try {
      yield* input
    } catch (cause) {
      failure = { cause }
      throw cause
    }
  }
  await pipeline(source, stdin).catch(() => {
    if (failure !== undefined) throw failure.cause
  })
}

/** Passes the lines of `stream` on, cleaned, and remembers the last ones. */
function readLines(stream: Readable, options: RunOptions): { tail(): string } {
  const limit = options.stderrTailBytes ?? STDERR_TAIL_BYTES
  const lines: string[] = []
  let size = 0
  let rest = ''
  const take = (raw: string) => {
    const line = cleanLine(raw)
    options.onStderr?.(line)
    lines.push(line.slice(-limit))
    size += line.length + 1
    while (size > limit && lines.length > 1) size -= (lines.shift()?.length ?? 0) + 1
  }
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    const parts = (rest + text).split(/\r?\n|\r/)
    rest = (parts.pop() ?? '').slice(-limit)
    parts.forEach(take)
  })
  stream.on('end', () => {
    if (rest !== '') take(rest)
    rest = ''
  })
  return { tail: () => lines.join('\n') }
}

function cleanLine(line: string): string {
  // eslint-disable-next-line no-control-regex
  return redactUrl(line.replace(/\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007]*\u0007)/g, ''))
}

function rejected(error: Error): Promise<never> {
  const promise = Promise.reject(error)
  promise.catch(() => {})
  return promise
}

function interrupted(tool: string): SeedError {
  return new SeedError('INTERRUPTED', `interrupted while ${tool} was running`)
}

function notStarted(tool: string, cause: unknown, options: RunOptions): SeedError {
  const code = systemCode(cause)
  if (options.cwd !== undefined && !existsSync(options.cwd)) {
    return new SeedError('FILE_SYSTEM', 'the folder to work in does not exist', { resource: options.cwd, cause })
  }
  if (code === 'ENOENT' || code === 'EACCES') {
    const why = code === 'ENOENT' ? 'is not installed or not on PATH' : 'may not be executed'
    return new SeedError('TOOL_MISSING', `${tool} ${why}`, { hint: options.hint ?? howToGet(tool), cause })
  }
  return new SeedError('TOOL_FAILED', `${tool} could not be started (${code ?? 'unknown reason'})`, { cause })
}

/** The Debian and nixpkgs package of the programs that this project runs. */
const packages: Readonly<Record<string, readonly [debian: string, nixpkgs: string]>> = {
  git: ['git', 'git'],
  'mkfs.erofs': ['erofs-utils', 'erofs-utils'],
  zstd: ['zstd', 'zstd']
}

function howToGet(tool: string): string {
  if (tool === 'nix' || tool === 'nix-store') return 'Install Nix (https://nixos.org/download) and put it on PATH.'
  const known = packages[tool]
  if (known === undefined) return `Install ${tool} and put it on PATH.`
  return `Install it: "apt-get install ${known[0]}", or "nix shell nixpkgs#${known[1]}".`
}
