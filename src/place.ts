/** The folder `/nix` of this machine: whether it is there, whose it is, and how to write to it. */
import { randomBytes } from 'node:crypto'
import { lstat, mkdir, readdir, rmdir } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { makeDarwinVolume } from './darwin-volume.ts'
import { SeedError, systemCode } from './errors.ts'
import type { Ports } from './ports.ts'
import { run, ToolFailure, type RunResult } from './process.ts'

export interface NixPlace {
  /** `/nix` */
  folder: string
  /** `own`: this user writes there. `elevated`: only root does, through a sudo that asks no password. */
  access: 'own' | 'elevated'
  /** A Nix database is there. */
  hasStore: boolean
  /** A Nix daemon answers there. */
  daemon: boolean
}

/**
 * Makes `/nix` where it is missing, and finds out how it can be written to: by writing to it. An ordinary user with
 * sudo gets a missing or empty one as owner, which is a store for one user; a store of root stays root's.
 *
 * @param folder another one than `/nix`, for tests
 * @throws SeedError NO_PRIVILEGE, FILE_SYSTEM, DISK_FULL, INTERRUPTED; what was there is then as it was
 */
export async function preparePlace(ports: Ports, folder = '/nix'): Promise<NixPlace> {
  throwIfInterrupted(folder, ports)
  const found = await contentOf(folder)
  if (found === undefined) await makeFolder(folder, ports)
  let access: NixPlace['access']
  try {
    access = await findAccess(folder, found?.length === 0, ports)
    throwIfInterrupted(folder, ports)
  } catch (error) {
    if (found === undefined) await rmdir(folder).catch(() => {})
    throw error
  }
  return {
    folder,
    access,
    hasStore: await exists(join(folder, 'var/nix/db/db.sqlite')),
    daemon: await hasDaemon(folder)
  }
}

/**
 * Runs a program as root: through sudo, without a password being asked.
 *
 * Its arguments are visible to every user of the machine, and sudo logs them: what is secret goes by `input`. It always
 * runs to its end: nobody but root may send a signal to what sudo runs, and it would go on while this process takes back
 * what it did. So it is for what takes no time.
 *
 * @throws SeedError NO_PRIVILEGE where sudo is missing or refuses; ToolFailure where the program fails
 */
export async function sudo(
  command: readonly string[],
  ports: Pick<Ports, 'env'>,
  options: { input?: string | AsyncIterable<Uint8Array> } = {}
): Promise<RunResult> {
  const { signal } = new AbortController()
  try {
    return await run('sudo', ['-n', '--', ...command], { env: plainEnv(ports), signal, ...options })
  } catch (error) {
    throw sudoFailure(error)
  }
}

/**
 * Runs a program as the owner of the place: as this user, or as root. Of the variables of Nix it has only those given.
 *
 * @throws as {@link sudo}; INTERRUPTED where it runs as this user
 */
export async function runAsOwner(
  place: Pick<NixPlace, 'access'>,
  command: readonly [string, ...string[]],
  ports: Pick<Ports, 'env' | 'signal'>,
  options: { input?: string | AsyncIterable<Uint8Array>; variables?: Readonly<Record<string, string>> } = {}
): Promise<RunResult> {
  const { variables = {}, ...rest } = options
  if (place.access === 'elevated') {
    const assignments = Object.entries({ LC_ALL: 'C', ...variables }).map(([name, value]) => `${name}=${value}`)
    return sudo(['env', ...assignments, ...command], ports, rest)
  }
  const [tool, ...args] = command
  return run(tool, args, { env: { ...plainEnv(ports), ...variables }, signal: ports.signal, ...rest })
}

function throwIfInterrupted(folder: string, { signal }: Ports): void {
  if (!signal.aborted) return
  throw new SeedError('INTERRUPTED', 'interrupted; nothing was changed', { resource: folder, hint: 'Run it again.' })
}

/** Messages that can be recognized, and nothing of Nix, whose variables may point anywhere. */
function plainEnv({ env }: Pick<Ports, 'env'>): Record<string, string | undefined> {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('NIX_'))
  return { ...Object.fromEntries(kept), LC_ALL: 'C' }
}

async function contentOf(folder: string): Promise<string[] | undefined> {
  try {
    const found = await lstat(folder)
    if (found.isDirectory()) return await readdir(folder)
    throw new SeedError('FILE_SYSTEM', `it is ${found.isSymbolicLink() ? 'a symbolic link' : 'no folder'}`, {
      resource: folder,
      hint: 'Nix wants a folder there: remove it, or mount or bind the real place over a folder.'
    })
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT') return undefined
    if (code === undefined) throw error
    throw refusal(folder, error)
  }
}

async function makeFolder(folder: string, ports: Ports): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o755 })
  } catch (error) {
    // The root of macOS is sealed, also for root.
    if (process.platform === 'darwin' && folder === '/nix') return makeDarwinVolume(asRoot(ports))
    if (isRoot() || systemCode(error) !== 'EACCES') throw refusal(folder, error)
    await own(folder, ports)
  }
}

async function findAccess(folder: string, isEmpty: boolean, ports: Ports): Promise<NixPlace['access']> {
  const probes = [folder, join(folder, 'store'), join(folder, 'var/nix/db')]
  const places = [folder, ...(await present(probes.slice(1)))]
  try {
    for (const place of places) await probe(place)
    return 'own'
  } catch (error) {
    if (isRoot() || systemCode(error) !== 'EACCES') throw refusal(folder, error)
  }
  if (isEmpty) {
    await own(folder, ports)
    return 'own'
  }
  for (const place of places) {
    const name = probeName(place)
    await elevated(folder, ['mkdir', '--', name], ports)
    await elevated(folder, ['rmdir', '--', name], ports)
  }
  return 'elevated'
}

/** Whether a folder can be written to is not in its mode alone: mounts, quotas and security modules have a say. */
async function probe(folder: string): Promise<void> {
  const name = probeName(folder)
  await mkdir(name)
  await rmdir(name)
}

function probeName(folder: string): string {
  return join(folder, `.nix-seed-probe-${randomBytes(4).toString('hex')}`)
}

/** Makes an empty folder, or one that is missing, this user's. */
async function own(folder: string, ports: Ports): Promise<void> {
  const owner = ['-o', `${process.getuid?.()}`, '-g', `${process.getgid?.()}`]
  await elevated(folder, ['install', '-d', '-m', '0755', ...owner, folder], ports)
}

async function elevated(folder: string, command: readonly string[], ports: Ports): Promise<void> {
  try {
    await sudo(command, ports)
  } catch (error) {
    throw error instanceof ToolFailure ? refusal(folder, error) : error
  }
}

/** One way to run a program as root, for root and for others. */
function asRoot(ports: Ports): (command: readonly [string, ...string[]], input?: string) => Promise<RunResult> {
  return (command, input) =>
    runAsOwner({ access: isRoot() ? 'own' : 'elevated' }, command, ports, input === undefined ? {} : { input })
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}

function refusal(folder: string, cause: unknown): unknown {
  const code = systemCode(cause)
  const text = cause instanceof ToolFailure ? cause.stderr : (code ?? '')
  if (code === 'ENOSPC' || code === 'EDQUOT' || /No space left|quota exceeded/i.test(text)) {
    return new SeedError('DISK_FULL', 'there is no room for Nix', { resource: folder, hint: 'Free some space.', cause })
  }
  if (code === 'EROFS' || /Read-only file system/.test(text)) {
    return new SeedError('FILE_SYSTEM', 'the file system is read-only', {
      resource: folder,
      hint: `Mount a folder that can be written to at ${folder}.`,
      cause
    })
  }
  if (code === undefined && !(cause instanceof ToolFailure)) return cause
  return new SeedError('FILE_SYSTEM', `it cannot be written to${code === undefined ? '' : ` (${code})`}`, {
    resource: folder,
    hint: `Let this user write to ${folder}, or run the job as root.`,
    cause
  })
}

function sudoFailure(error: unknown): unknown {
  const hint =
    'Run the job as root, let sudo work without a password, or make /nix beforehand, owned by the user of the job.'
  if (error instanceof ToolFailure) {
    // A program that fails speaks for itself; sudo's own refusals begin with its name.
    const line = error.stderr.split('\n').find(text => /^sudo(-rs)?: /.test(text))
    if (line === undefined) return error
    if (/command not found/.test(line)) return new SeedError('TOOL_MISSING', line, { cause: error })
    return new SeedError('NO_PRIVILEGE', `root is needed, and sudo refuses: ${line}`, { hint, cause: error })
  }
  if (error instanceof SeedError && error.code === 'TOOL_MISSING') {
    return new SeedError('NO_PRIVILEGE', 'root is needed, and there is no sudo', { hint, cause: error })
  }
  return error
}

async function present(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(exists))
  return paths.filter((_, at) => found[at])
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false
  )
}

const ANSWER_TIMEOUT_MS = 2000

/** Whether a Nix daemon answers for a store. */
export function hasDaemon(folder = '/nix'): Promise<boolean> {
  return answers(join(folder, 'var/nix/daemon-socket/socket'))
}

/** Whether somebody listens on a socket; the file alone may be a leftover. */
async function answers(socket: string): Promise<boolean> {
  if (!(await exists(socket))) return false
  return new Promise(resolve => {
    const connection = createConnection(socket)
    const end = (answer: boolean) => {
      connection.destroy()
      resolve(answer)
    }
    connection.setTimeout(ANSWER_TIMEOUT_MS, () => end(false))
    connection.once('connect', () => end(true))
    connection.once('error', () => end(false))
  })
}
