import { spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SeedError } from '../src/errors.ts'
import { cgroupParent, removeCgroups } from './cgroups.ts'
import { tailOf, withSystemPath } from './child.ts'
import { removeFolder } from './folder.ts'
import { planService } from './services.ts'
import type { ServiceName, ServiceOptions, ServicePlan } from './services.ts'

/** A service that answers. */
export interface Service {
  name: ServiceName
  /** `host:port` of a registry, `unix://…` of dockerd, the socket's path of containerd, Fulcio's URL of a Sigstore. */
  address: string
  /** Environment variables for clients, the address among them. */
  variables: Readonly<Record<string, string>>
  pid: number
  /** Start time of the process, in clock ticks since boot: with `pid`, its identity. */
  startTicks: number
  /** Its data, settings, sockets and log; removed when it stops. */
  folder: string
  log: string
}

const POLL_MS = 50
const READY_TIMEOUT_MS = 30_000
const STOP_TIMEOUT_MS = 20_000 // dockerd gives its containers ten seconds

/**
 * Starts a service on loopback with its data in a throw-away folder, and waits until it answers. Several of one name can
 * run at once. It goes on when this process ends, but not beyond the run of the lab.
 *
 * @throws TOOL_MISSING, TOOL_FAILED (with the end of its log)
 */
export async function startService(name: ServiceName, options: ServiceOptions = {}): Promise<Service> {
  const folder = mkdtempSync(join(tmpdir(), `lab-${name}-`))
  mkdirSync(join(folder, 'files'))
  const plan = planService(name, join(folder, 'files'), options)
  const log = join(folder, 'log')
  const pid = await launch(name, plan, log)
  const started = { name, pid, startTicks: startTicksOf(pid) ?? 0, folder, log }
  try {
    return { ...started, ...(await waitUntilReady(started, plan)) }
  } catch (error) {
    await stopService({ ...started, address: '', variables: {} })
    throw error
  }
}

async function launch(name: ServiceName, plan: ServicePlan, log: string): Promise<number> {
  const output = openSync(log, 'a')
  const [program = '', ...args] = plan.command
  const env = withSystemPath(process.env)
  const child = spawn(program, args, { stdio: ['ignore', output, output], detached: true, env })
  closeSync(output)
  try {
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  } catch (cause) {
    throw new SeedError('TOOL_MISSING', `${name} cannot be started: there is no ${program}`, { cause })
  }
  child.unref()
  return child.pid ?? 0
}

type Found = Pick<Service, 'address' | 'variables'>

async function waitUntilReady(started: Omit<Service, keyof Found>, plan: ServicePlan): Promise<Found> {
  const deadline = Date.now() + READY_TIMEOUT_MS
  while (isAlive(started) && Date.now() < deadline) {
    const variables = plan.findVariables(readFileSync(started.log, 'utf8'))
    const [address] = Object.values(variables ?? {})
    if (variables && address !== undefined && (await plan.isReady(address))) return { address, variables }
    await sleep(POLL_MS)
  }
  const what = isAlive(started) ? 'does not answer' : 'ended at once'
  throw new SeedError('TOOL_FAILED', `${started.name} ${what}; it said\n${tailOf(started.log)}`)
}

/** Ends a service and removes its folder. It may have ended before. */
export async function stopService(service: Service): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const deadline = Date.now() + STOP_TIMEOUT_MS
    if (isAlive(service)) process.kill(service.pid, signal)
    while (isAlive(service) && Date.now() < deadline) await sleep(POLL_MS)
  }
  // A container engine may leave mounts of its containers.
  unmountBelow(service.folder)
  if (service.name === 'dockerd') removeCgroups(cgroupParent(process.env))
  removeFolder(service.folder)
}

/** What a service printed last, for the message of a test that failed. */
export function logOf(service: Service): string {
  return `${service.name} said\n${tailOf(service.log)}`
}

function unmountBelow(folder: string): void {
  const points = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map(line => line.split(' ')[1] ?? '')
  for (const point of points.filter(path => path.startsWith(`${folder}/`)).reverse()) {
    spawnSync('umount', [
      '--lazy',
      point.replace(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8)))
    ])
  }
}

function isAlive(process: { pid: number; startTicks: number }): boolean {
  return startTicksOf(process.pid) === process.startTicks
}

/** Start time of a process; `undefined` if there is none or it is a zombie. proc_pid_stat(5), fields 3 and 22. */
function startTicksOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may have anything in it, so count from its end: field 3 comes first.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : Number(fields[19])
  } catch {
    return undefined
  }
}
