import type { Ports } from '../ports.ts'
import { SeedError } from '../errors.ts'
import { ToolFailure, run } from '../process.ts'

/** Nix answers with large JSON documents: a derivation graph of 10,000 nodes takes about 60 MB. */
const MAX_STDOUT_BYTES = 500 * 1024 * 1024
/** Evaluation traces and build logs are worth showing whole, within reason. */
const STDERR_TAIL_BYTES = 64 * 1024
/** Characters of store paths or installables on one command line: well below the 1 MiB that macOS allows. */
const MAX_ARGUMENT_CHARACTERS = 200_000

export interface NixOptions {
  cwd?: string
  input?: string
  /** The code of the error that a failure becomes; evaluation by default. */
  code?: 'NIX_EVALUATION' | 'NIX_BUILD'
  /** What failed, for the first line of the error: "could not evaluate the flake". */
  task?: string
  resource?: string
  hint?: string
  /** Sees every line that Nix prints on standard error, before it goes to the log. */
  onLine?: (line: string) => void
}

/** `major` and `minor` of the C++ Nix that the installed one behaves like, and its own version text. */
export interface NixVersion {
  text: string
  major: number
  minor: number
}

/**
 * Runs `nix` with the new command line and flakes enabled, and returns its standard output.
 *
 * @throws SeedError TOOL_MISSING, INTERRUPTED, or `options.code` with Nix's own error text.
 */
export function nix(args: readonly string[], ports: Ports, options: NixOptions = {}): Promise<string> {
  return command('nix', ['--extra-experimental-features', 'nix-command flakes', ...args], ports, options)
}

/** Runs `nix-store`, whose command line is the same in all versions. Fails as {@link nix} does. */
export function nixStore(args: readonly string[], ports: Ports, options: NixOptions = {}): Promise<string> {
  return command('nix-store', args, ports, options)
}

async function command(tool: string, args: readonly string[], ports: Ports, options: NixOptions): Promise<string> {
  try {
    const { stdout } = await run(tool, args, {
      env: ports.env,
      signal: ports.signal,
      maxStdoutBytes: MAX_STDOUT_BYTES,
      stderrTailBytes: STDERR_TAIL_BYTES,
      onStderr: line => {
        options.onLine?.(line)
        if (isProgress(line)) ports.log.info(line)
        else ports.log.debug(line)
      },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.input === undefined ? {} : { input: options.input })
    })
    return stdout.toString('utf8')
  } catch (error) {
    throw error instanceof ToolFailure ? nixFailure(tool, error, options) : error
  }
}

function nixFailure(tool: string, failure: ToolFailure, options: NixOptions): SeedError {
  const { code = 'NIX_EVALUATION', task = `${tool} failed` } = options
  return new SeedError(code, `${task}:\n${nixMessage(failure.stderr)}`, {
    cause: failure,
    ...(options.resource === undefined ? {} : { resource: options.resource }),
    ...(options.hint === undefined ? {} : { hint: options.hint })
  })
}

/** Nix's own error text in what it printed: from the first line that begins with `error:`, or everything else but warnings. */
export function nixMessage(stderr: string): string {
  const lines = stderr.split('\n')
  const first = lines.findIndex(line => line.startsWith('error:'))
  const kept = first < 0 ? lines.filter(line => !line.startsWith('warning:')) : lines.slice(first)
  return kept.join('\n').trim() || 'Nix printed no message'
}

/** Whether a line of Nix's standard error says what is being built or fetched; all else is for `--verbose`. */
function isProgress(line: string): boolean {
  return /^(building|copying path|copying \d|downloading|fetching|unpacking) ['"/\d]|^th(?:is|ese) .*will be (?:built|fetched)/.test(
    line
  )
}

const versions = new WeakMap<Ports['env'], Promise<NixVersion>>()

/** The version of the installed Nix, asked once for each environment. */
export function nixVersion(ports: Ports): Promise<NixVersion> {
  const known = versions.get(ports.env)
  if (known !== undefined) return known
  const asked = command('nix', ['--version'], ports, { task: 'could not ask Nix for its version' }).then(
    parseNixVersion
  )
  versions.set(ports.env, asked)
  asked.catch(() => versions.delete(ports.env))
  return asked
}

/**
 * Reads the output of `nix --version`: `nix (Nix) 2.34.8`, `nix (Determinate Nix 3.11.2) 2.31.2`,
 * `nix (Lix, like Nix) 2.93.0`. Lix counts as 2.18, where it left: its own numbers mean something else.
 */
export function parseNixVersion(output: string): NixVersion {
  const [line = ''] = output.trim().split('\n')
  const match = /(\d+)\.(\d+)[^\s)]*$/.exec(line)
  if (match === null) {
    throw new SeedError('TOOL_FAILED', `"nix --version" printed no version: ${line}`, {
      hint: 'Put Nix 2.8 or later on PATH.'
    })
  }
  if (/\bLix\b/.test(line)) return { text: match[0], major: 2, minor: 18 }
  return { text: match[0], major: Number(match[1]), minor: Number(match[2]) }
}

export function isAtLeast(version: NixVersion, major: number, minor: number): boolean {
  return version.major > major || (version.major === major && version.minor >= minor)
}

/** Splits `values` so that each part fits on a command line. */
export function argumentChunks(values: readonly string[]): string[][] {
  const chunks: string[][] = []
  let size = MAX_ARGUMENT_CHARACTERS
  for (const value of values) {
    size += value.length + 1
    if (size > MAX_ARGUMENT_CHARACTERS) {
      chunks.push([])
      size = value.length + 1
    }
    chunks.at(-1)?.push(value)
  }
  return chunks
}

/** Parses JSON that a Nix command printed. */
export function parseNixJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw new SeedError('TOOL_FAILED', `${what} printed no JSON`, { cause })
  }
}
