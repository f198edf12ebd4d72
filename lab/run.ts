import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import { cgroupParent, removeCgroups } from './cgroups.ts'
import { confined, exitOf, withSystemPath } from './child.ts'
import { insideEnv } from './environment.ts'
import { sweepRuns } from './clean-up.ts'
import { removeFolder } from './folder.ts'
import type { LabFolder } from './folder.ts'
import { resolveView, writeView } from './view.ts'
import type { Bind } from './view.ts'

export interface Run {
  /** Root file systems, the top one first. */
  lowers: readonly [string, ...string[]]
  /** Where changes go. Default: a folder that is thrown away with the run. */
  upper?: string
  /** `none` has a loopback of its own and no other interface; `host` is the machine's network. */
  network: 'none' | 'host'
  /** What is visible beside the working tree, the current directory and Node.js. */
  binds?: readonly Bind[]
  command: readonly string[]
  /** Set on top of this process's environment. */
  env?: Readonly<Record<string, string>>
  /** Gets each line of the command's output. Without it the command has the standard streams of this process. */
  onLine?: (line: string) => void
}

/**
 * Runs a command in the lab and removes all that the run made: processes, mounts, files.
 *
 * @returns the command's exit code; 128 and the signal's number if a signal ended it
 */
export async function runInLab(folder: LabFolder, run: Run): Promise<number> {
  sweepRuns(folder)
  const id = `${process.pid}-${randomBytes(4).toString('hex')}`
  const path = join(folder.runs, id)
  const upper = run.upper ?? join(path, 'upper')
  const work = run.upper === undefined ? join(path, 'work') : `${upper}.work`
  for (const name of [upper, work, join(path, 'root')]) mkdirSync(name, { recursive: true })
  try {
    const view = resolveView(run.lowers[run.lowers.length - 1] ?? run.lowers[0])
    writeView(path, [...view.binds, { mode: 'rw', path: folder.path }, ...(run.binds ?? [])], process.env)
    const below = (name: string) => relative(folder.path, name)
    const layers = [join(path, 'points'), ...run.lowers].map(below).join(':')
    const enter = [join(import.meta.dirname, 'enter.sh'), below(path), layers, below(upper), below(work), run.network]
    const namespaces = confined(...(run.network === 'host' ? [] : ['--net']))
    // Not forking, flock leaves its lock to every process of the run; see sweepRuns and removeUnused.
    const locks = run.lowers.flatMap(lower => ['flock', '--no-fork', '--shared', dirname(lower)])
    const [program, ...locked] = [...locks, 'flock', '--no-fork', `${path}.lock`, ...namespaces, 'sh', ...enter]
    const env = insideEnv(process.env, { network: run.network, node: view.node, lab: folder.path })
    const child = spawn(program ?? 'flock', [...locked, view.directory, ...run.command], {
      cwd: folder.path,
      env: { ...withSystemPath(env), NIX_SEED_LAB_INSIDE: id, ...run.env },
      stdio: run.onLine === undefined ? 'inherit' : ['ignore', 'pipe', 'pipe']
    })
    if (run.onLine !== undefined) forwardLines(child, run.onLine)
    return await supervise(child)
  } finally {
    removeFolder(path)
    removeFolder(`${path}.lock`)
    removeCgroups(cgroupParent({ NIX_SEED_LAB_INSIDE: id }))
  }
}

function forwardLines(child: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface(stream).on('line', onLine)
  }
}

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** How long a command may take to end when told to. */
const GRACE_MS = 10_000

/** Waits for the run to end. Signals are handed to the command; if that does not end it, the kernel is asked to. */
async function supervise(child: ChildProcess): Promise<number> {
  let timer: NodeJS.Timeout | undefined
  const pass = (name: NodeJS.Signals) => {
    const init = initOf(child)
    if (timer === undefined && init !== undefined) process.kill(init, name)
    else child.kill('SIGKILL') // asked twice, or too early for an init
    timer ??= setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
  }
  for (const name of FORWARDED) process.on(name, pass)
  try {
    return await exitOf(child)
  } finally {
    clearTimeout(timer)
    for (const name of FORWARDED) process.off(name, pass)
  }
}

/** The run's first process: the only child of unshare, which is what `child` has become. */
function initOf(child: ChildProcess): number | undefined {
  try {
    const pid = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ')[0])
    return pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}
