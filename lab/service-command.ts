import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { SeedError } from '../src/errors.ts'
import { startService, stopService } from './daemon.ts'
import type { Service } from './daemon.ts'
import type { ServiceName, ServiceOptions } from './services.ts'

/** Where clients look for an engine that nobody told them the address of. */
const USUAL_SOCKETS: Partial<Record<ServiceName, string>> = {
  dockerd: '/run/docker.sock',
  containerd: '/run/containerd/containerd.sock'
}

/**
 * Starts services, one of each name, and remembers them for {@link stopNamed}.
 *
 * @returns lines for a shell to evaluate, with the addresses and what else clients are to know
 * @throws USAGE if one of the name runs; as {@link startService}
 */
export async function startNamed(names: readonly ServiceName[]): Promise<string[]> {
  const lines: string[] = []
  for (const name of names) {
    if (readState(name) !== undefined) throw new SeedError('USAGE', `${name} is started already`)
    const socket = USUAL_SOCKETS[name]
    const options: ServiceOptions = socket === undefined ? {} : { socket }
    if (socket !== undefined) mkdirSync(dirname(socket), { recursive: true })
    const service = await startService(name, options)
    mkdirSync(dirname(statePath(name)), { recursive: true })
    writeFileSync(statePath(name), JSON.stringify(service))
    for (const [variable, value] of Object.entries(service.variables)) lines.push(`export ${variable}=${quote(value)}`)
  }
  return lines
}

/**
 * Stops services that {@link startNamed} started.
 *
 * @throws USAGE if one is not started
 */
export async function stopNamed(names: readonly ServiceName[]): Promise<void> {
  for (const name of names) {
    const service = readState(name)
    if (service === undefined) throw new SeedError('USAGE', `${name} is not started`)
    await stopService(service)
    rmSync(statePath(name))
  }
}

/** A word of a shell. */
function quote(value: string): string {
  return /^[\w./:-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`
}

function statePath(name: ServiceName): string {
  return `/run/nix-seed-lab/${name}.json`
}

function readState(name: ServiceName): Service | undefined {
  try {
    return JSON.parse(readFileSync(statePath(name), 'utf8')) as Service
  } catch {
    return undefined
  }
}
