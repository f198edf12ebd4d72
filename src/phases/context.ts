import { SeedError } from '../errors.ts'
import { GitHub, type GitHubOptions } from '../github/api.ts'
import type { Credentials } from '../oci/credentials.ts'
import { formatName, type RegistryName } from '../oci/name.ts'
import type { RemoteOptions } from '../oci/remote.ts'
import { permissionHint, type Permission } from '../permission.ts'
import type { Ports } from '../ports.ts'
import type { Steps } from '../steps.ts'
import type { Runner } from '../runner.ts'
import type { Inputs } from './inputs.ts'

/** What every phase works with. */
export interface Phase {
  runner: Runner
  ports: Ports
  inputs: Inputs
  /** Nix's name of this machine's platform. */
  system: string
  steps: Steps
  /** For what one phase leaves for the next; the last one removes it. Below the runner's temporary folder, and perhaps not made yet. */
  folder: string
  /** How long the forge is waited for, where that is not as usual. */
  patience?: Pick<GitHubOptions, 'backoff' | 'maxWaitMs' | 'timeoutMs'>
  /** The command line as one file, for what has to run as root. */
  cli: string
  /** The problem matcher for what Nix prints. */
  matcher: string
}

/** Those that the file of `Phase.matcher` names. */
export const MATCHER_OWNERS = ['nix-evaluation', 'nix-build', 'nix'] as const

/** Nix's name of a platform of Node.js. @throws SeedError PLATFORM */
export function systemOf(platform: string, arch: string): string {
  const processor = { x64: 'x86_64', arm64: 'aarch64' }[arch]
  if ((platform !== 'linux' && platform !== 'darwin') || processor === undefined) {
    throw new SeedError('PLATFORM', `Nix Seed does not run on ${platform} ${arch}`, {
      hint: 'Use a runner with Linux or macOS, on x86-64 or arm64.'
    })
  }
  return `${processor}-${platform}`
}

/** The forge's API, with the job's token or another one. */
export function gitHub({ runner, ports, patience }: Phase, token: string): GitHub {
  return new GitHub(runner.forge(token), { ports, server: runner.job.serverUrl, ...patience })
}

/** `HOST/REPOSITORY` without tag and digest. Equal names are of one image: a host has no case. */
export function bareName({ host, repository }: Pick<RegistryName, 'host' | 'repository'>): string {
  return formatName({ kind: 'registry', host: host.toLowerCase(), repository })
}

/**
 * How to reach the registry of `image`. Credentials of the workflow are for the configured image alone; whatever else a
 * pin may name is asked with what docker or podman have stored for that host, or with nothing.
 */
export function remoteOptions({ inputs, ports }: Phase, image: RegistryName): RemoteOptions {
  const options: RemoteOptions = { env: ports.env, signal: ports.signal, log: ports.log }
  if (bareName(image) !== bareName(inputs.image)) return options
  if (inputs.insecureRegistry) options.insecure = true
  const credentials = registryCredentials(inputs)
  if (credentials) options.credentials = credentials
  return options
}

/** The registry of the forge takes the job's token, whose permissions stand in the workflow. */
export function withPermission(error: unknown, permission: Permission, { inputs }: Phase): unknown {
  if (!(error instanceof SeedError) || error.code !== 'REGISTRY_DENIED' || !inputs.registryIsForge) return error
  const access = permission === 'packages: write' ? 'write access' : 'access'
  return new SeedError('REGISTRY_DENIED', error.message, {
    ...(error.resource !== undefined && { resource: error.resource }),
    hint: `${permissionHint(permission)}\nA package that exists already must also give this repository ${access} (package settings, Manage Actions access).`,
    cause: error
  })
}

export function registryCredentials({ registryUsername, registryPassword }: Inputs): Credentials | undefined {
  if (registryUsername === undefined || registryPassword === undefined) return undefined
  return { username: registryUsername, password: registryPassword }
}

/**
 * One step of a phase: timed, and with a fold of its own in the log.
 *
 * @param action may note what came of it, for the summary
 */
export function step<T>(
  { steps, runner }: Phase,
  title: string,
  action: (note: (detail: string) => void) => Promise<T>
): Promise<T> {
  return steps.run(title, note => runner.group(title, () => action(note)))
}
