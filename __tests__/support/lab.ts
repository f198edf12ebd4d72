/** What integration tests use of the lab: commands, throw-away folders, services, containers. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll } from '@jest/globals'
import { cgroupParent } from '../../lab/cgroups.ts'
import { exitOf } from '../../lab/child.ts'
import { logOf, startService, stopService } from '../../lab/daemon.ts'
import type { Service } from '../../lab/daemon.ts'
import { resolveRoute } from '../../lab/route.ts'
import type { ServiceName, ServiceOptions } from '../../lab/services.ts'

export { logOf, startService, stopService }
export type { Service, ServiceName, ServiceOptions }

export interface CommandOptions {
  cwd?: string
  /** Set on top of the environment of the tests; `undefined` unsets. */
  env?: Readonly<Record<string, string | undefined>>
  input?: string | Uint8Array
}

export interface CommandResult {
  code: number
  stdout: string
  stderr: string
}

/** Runs a program to its end, whatever its exit code is (128 and the signal's number for a killed one). */
export async function run(command: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const [program = '', ...args] = command
  const child = spawn(program, args, { cwd: options.cwd, env: { ...process.env, ...options.env } })
  child.stdin.on('error', () => {}) // a program need not read its input
  child.stdin.end(options.input)
  const [code, stdout, stderr] = await Promise.all([exitOf(child), buffer(child.stdout), buffer(child.stderr)])
  return { code, stdout: stdout.toString(), stderr: stderr.toString() }
}

/** Runs a program that has to succeed; what it printed, without the last line end. */
export async function output(command: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(command, options)
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}\n${stdout}${stderr}`)
  return stdout.trimEnd()
}

/** Fails the tests of a file that need the tools where there are none, instead of each in a way of its own. */
export function requireLab(): void {
  beforeAll(() => {
    const { where, why } = resolveRoute(process.env)
    if (where === 'lab')
      throw new Error(`${why ?? 'not in the lab'}; run this file by npm test, or node lab/main.ts run`)
  })
}

/** A folder on the real disk for the tests of this `describe` (or file); call the result for its path. */
export function useTempFolder(): () => string {
  let path = ''
  beforeAll(() => {
    path = mkdtempSync(join(tmpdir(), 'test-'))
  })
  afterAll(() => rmSync(path, { recursive: true, force: true }))
  return () => path
}

/** Runs a service for the tests of this `describe` (or file); call the result for it. */
export function useService(name: ServiceName, options: ServiceOptions = {}): () => Service {
  let service: Service | undefined
  beforeAll(async () => {
    service = await startService(name, options)
  }, SERVICE_TIMEOUT_MS)
  afterAll(() => service && stopService(service), SERVICE_TIMEOUT_MS)
  return () => {
    if (service === undefined) throw new Error(`${name} is not started yet`)
    return service
  }
}

const SERVICE_TIMEOUT_MS = 60_000

/** Runs `action` with a service that is stopped afterwards. If it fails, the service's log is in the message. */
export async function withService<T>(name: ServiceName, action: (service: Service) => Promise<T>): Promise<T> {
  const service = await startService(name)
  try {
    return await action(service)
  } catch (cause) {
    throw new Error(`${cause instanceof Error ? cause.message : String(cause)}\n${logOf(service)}`, { cause })
  } finally {
    await stopService(service)
  }
}

/** A command line of `docker` for the daemon `service`. */
export function docker(service: Service, ...args: string[]): string[] {
  return ['docker', '--host', service.address, ...args]
}

/** A command line of `podman`. */
export function podman(...args: string[]): string[] {
  return ['podman', ...args]
}

const NO_NETWORK = ['--network', 'none']

/** `docker run` without a network; `args` are more options, the image and the command. */
export function dockerRun(service: Service, ...args: string[]): string[] {
  return docker(service, 'run', ...NO_NETWORK, ...args)
}

/**
 * `podman run` without a network; `args` are more options, the image and the command. crun refuses machines with both
 * versions of cgroups, runc does not; the parent group is one that the lab removes.
 */
export function podmanRun(...args: string[]): string[] {
  return podman('run', '--runtime', 'runc', '--cgroup-parent', `/${cgroupParent(process.env)}`, ...NO_NETWORK, ...args)
}

/**
 * The command with `/nix` replaced by the folder `nix` of the real disk, in a mount namespace of its own: for what
 * mounts over parts of `/nix`, or needs it empty.
 */
export function withNixFolder(nix: string, command: readonly string[]): string[] {
  const script = 'mkdir -p "$1" && mount --bind "$1" /nix && shift && exec "$@"'
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', nix, ...command]
}

/** Writes a docker archive with one tiny image, a static busybox under the name `name`; its path. */
export async function writeTinyImage(folder: string, name: string): Promise<string> {
  const parts = join(folder, 'tiny')
  mkdirSync(join(parts, 'root', 'bin'), { recursive: true })
  await output(['cp', '/usr/bin/busybox', join(parts, 'root', 'bin', 'busybox')])
  await output(['ln', '-s', 'busybox', join(parts, 'root', 'bin', 'sh')])
  await output(['tar', '-C', join(parts, 'root'), '-cf', join(parts, 'layer.tar'), '.'])
  const digest = (await output(['sha256sum', join(parts, 'layer.tar')])).slice(0, 64)
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch
  const rootfs = { type: 'layers', diff_ids: [`sha256:${digest}`] }
  writeFileSync(join(parts, 'config.json'), JSON.stringify({ architecture, os: 'linux', config: {}, rootfs }))
  const manifest = [{ Config: 'config.json', RepoTags: [name], Layers: ['layer.tar'] }]
  writeFileSync(join(parts, 'manifest.json'), JSON.stringify(manifest))
  const archive = join(folder, 'tiny.tar')
  await output(['tar', '-C', parts, '-cf', archive, 'manifest.json', 'config.json', 'layer.tar'])
  return archive
}
