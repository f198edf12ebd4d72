/** Restoring as root, for a user who is not: where `/nix` has a store that root owns, and to mount. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { SeedError, type ErrorCode } from '../errors.ts'
import { readCredentials, type Credentials } from '../oci/credentials.ts'
import { parseName } from '../oci/name.ts'
import { sudo } from '../place.ts'
import type { Ports } from '../ports.ts'
import { start, ToolFailure } from '../process.ts'
import type { Restored, RestoreOptions } from './restore.ts'

export interface ElevatedOptions extends RestoreOptions {
  /** For the registry of the reference; those that are stored for this user where absent. */
  credentials?: Credentials
  /** Speak plain HTTP to the registry. */
  insecure?: boolean
}

/** What the restore needs of this user's environment. Nothing of Nix, whose variables may point anywhere. */
const KEPT_VARIABLES: readonly string[] = [
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
  ...['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE']
]

/**
 * Runs the program of its arguments until standard input is closed. Nobody but root may send a signal to what sudo runs;
 * a pipe is also closed when this process is killed, and then no restore goes on alone.
 */
const SUPERVISOR = `
exec 3<&0
"$@" </dev/null 3<&- & program=$!
{ while read -r _; do :; done <&3; kill -TERM $program; } >/dev/null 2>&1 & watcher=$!
wait $program; status=$?
kill $watcher 2>/dev/null
exit $status`

/**
 * Runs `nix-seed restore` as root, by a sudo that asks no password. Its messages and progress go to the log. An
 * interruption reaches it, and it takes back what it placed, as it does for any failure.
 *
 * @param reference with a digest
 * @param cli the command line as one file, `dist/cli/index.js`
 * @throws SeedError NO_PRIVILEGE where there is no such sudo; INTERRUPTED; what the restore itself
 *   throws
 */
export async function restoreElevated(
  reference: string,
  options: ElevatedOptions,
  cli: string,
  ports: Ports
): Promise<Restored> {
  ports.signal.throwIfAborted()
  return withAuthFile(reference, options.credentials, ports, async authFile => {
    const env = { ...pick(ports.env, KEPT_VARIABLES), ...(authFile !== undefined && { REGISTRY_AUTH_FILE: authFile }) }
    const program = [process.execPath, cli, 'restore', reference, '--json', ...argumentsOf(options)]
    const names = Object.keys(env)
    const preserve = names.length === 0 ? [] : [`--preserve-env=${names.join(',')}`]
    const command = ['-n', ...preserve, '--', 'sh', '-c', SUPERVISOR, 'sh', ...program]
    const stdout = await runToEnd(command, { ...ports.env, ...env }, reference, ports)
    return JSON.parse(stdout.toString()) as Restored
  })
}

/**
 * Runs `nix-seed restore --undo` as root. It is not cut short: half of it would be of use to nobody.
 *
 * @returns whether anything was mounted
 * @throws SeedError NO_PRIVILEGE; ToolFailure where it fails
 */
export async function undoElevated(cli: string, ports: Pick<Ports, 'env'>): Promise<boolean> {
  const { stdout } = await sudo([process.execPath, cli, 'restore', '--undo', '--json'], ports)
  return (JSON.parse(stdout.toString()) as { undone: boolean }).undone
}

/** The options as `nix-seed restore` takes them. */
function argumentsOf({ strategy = 'unpack', cache = {}, owner, insecure, ...options }: ElevatedOptions): string[] {
  return [
    `--strategy=${strategy}`,
    ...(options.for ?? []).map(output => `--for=${output}`),
    ...(cache.folder === undefined ? [] : [`--cache=${cache.folder}`]),
    ...(cache.maxBytes === undefined ? [] : [`--cache-size=${cache.maxBytes}`]),
    ...(owner === undefined ? [] : [`--owner=${owner.uid}:${owner.gid}`]),
    ...(insecure === true ? ['--insecure'] : [])
  ]
}

/** Runs sudo; an abort closes its input, and waits for it to end all the same. */
async function runToEnd(
  command: readonly string[],
  env: Ports['env'],
  reference: string,
  ports: Ports
): Promise<Buffer> {
  const input = new PassThrough()
  const said: string[] = []
  const running = start('sudo', command, {
    env,
    signal: new AbortController().signal,
    input,
    onStderr: line => hear(line, said, ports)
  })
  const close = (): void => void input.end()
  ports.signal.addEventListener('abort', close, { once: true })
  running.stdout.once('close', close)
  const stdout = buffer(running.stdout)
  try {
    await running.done
    return await stdout
  } catch (error) {
    const printed = await stdout.catch(() => Buffer.alloc(0))
    throw failureOf(error, said, printed.toString(), reference, ports.signal)
  } finally {
    ports.signal.removeEventListener('abort', close)
    close()
  }
}

const ERROR_PREFIX = 'nix-seed: '
const WARNING_PREFIX = 'warning: '

/** Passes messages on, and keeps those of the error at the end. */
function hear(line: string, said: string[], { log }: Ports): void {
  if (said.length > 0 || line.startsWith(ERROR_PREFIX)) said.push(line)
  else if (line.startsWith(WARNING_PREFIX)) log.warn(line.slice(WARNING_PREFIX.length))
  else log.info(line)
}

/** An error as it was before the command line printed it. */
function failureOf(
  error: unknown,
  said: readonly string[],
  printed: string,
  reference: string,
  signal: AbortSignal
): unknown {
  if (signal.aborted) {
    const hint = 'Run it again.'
    return new SeedError('INTERRUPTED', 'interrupted; nothing was changed', { resource: reference, hint, cause: error })
  }
  if (error instanceof SeedError && error.code === 'TOOL_MISSING') return noPrivilege('there is no sudo', error)
  if (!(error instanceof ToolFailure)) return error
  const own = parseError(printed)
  if (own !== undefined) {
    const { code, message, resource = reference, hint } = own
    return new SeedError(code, message, { resource, ...(hint !== undefined && { hint }), cause: error })
  }
  const refusal = error.stderr.split('\n').find(line => /^sudo(?:-rs)?: /.test(line))
  if (said.length === 0 && refusal !== undefined) return noPrivilege(refusal, error)
  return error
}

interface PrintedError {
  code: ErrorCode
  message: string
  resource?: string
  hint?: string
}

/** What the command line prints for `--json` where it fails; undefined where it did not get that far. */
function parseError(printed: string): PrintedError | undefined {
  try {
    return (JSON.parse(printed) as { error?: PrintedError }).error
  } catch {
    return undefined
  }
}

function noPrivilege(why: string, cause: unknown): SeedError {
  return new SeedError('NO_PRIVILEGE', `root is needed: ${why}`, {
    resource: '/nix',
    hint: 'Run the job as root, or let sudo work without a password.',
    cause
  })
}

/**
 * Gives `action` a file with the credentials for the registry, for `REGISTRY_AUTH_FILE`: an argument can be seen by every
 * user of the machine. It is removed in every case.
 */
async function withAuthFile<T>(
  reference: string,
  given: Credentials | undefined,
  { env, signal, log }: Ports,
  action: (file: string | undefined) => Promise<T>
): Promise<T> {
  const name = parseName(reference)
  if (name.kind === 'layout') return action(undefined)
  // Stored ones are looked up here: root has another home, and their helpers are this user's.
  const source = { env, signal, warn: (line: string) => log.debug(line) }
  const credentials = given ?? (await readCredentials(name.host, name.repository, source))
  if (credentials === undefined) return action(undefined)
  const folder = await mkdtemp(join(env.RUNNER_TEMP || tmpdir(), 'nix-seed-'))
  try {
    const file = join(folder, 'auth.json')
    await writeFile(file, JSON.stringify({ auths: { [serverOf(name.host)]: entryOf(credentials) } }), { mode: 0o600 })
    return await action(file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** https://docs.docker.com/reference/cli/docker/#docker-cli-configuration-file-configjson-properties */
function entryOf(credentials: Credentials): Record<string, string> {
  if ('identityToken' in credentials) return { identitytoken: credentials.identityToken }
  if ('registryToken' in credentials) return { registrytoken: credentials.registryToken }
  const { username, password } = credentials
  return { auth: Buffer.from(`${username}:${password}`).toString('base64') }
}

/** Docker Hub has a name of its own in these files. */
function serverOf(host: string): string {
  return host === 'docker.io' ? 'https://index.docker.io/v1/' : host
}

function pick(env: Ports['env'], names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap(name => {
      const value = env[name]
      return value === undefined ? [] : [[name, value]]
    })
  )
}
