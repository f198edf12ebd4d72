/** Job containers, started the way the Actions runner starts them: from an image by digest, with commands by `exec`. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { SeedError } from '../src/errors.ts'
import { cgroupParent } from './cgroups.ts'
import { exitOf } from './child.ts'
import type { Service } from './daemon.ts'

/** A container engine: how its command line begins, and what its `create` and `pull` need in the lab. */
export interface Engine {
  name: 'docker' | 'podman'
  command: readonly string[]
  createOptions: readonly string[]
  pullOptions: readonly string[]
}

export function dockerEngine(dockerd: Service): Engine {
  return { name: 'docker', command: ['docker', '--host', dockerd.address], createOptions: [], pullOptions: [] }
}

export function podmanEngine(): Engine {
  return {
    name: 'podman',
    command: ['podman'],
    // crun refuses machines with both versions of cgroups; the parent group is one that the lab removes
    createOptions: ['--runtime', 'runc', '--cgroup-parent', `/${cgroupParent(process.env)}`],
    pullOptions: ['--tls-verify=false']
  }
}

export interface Output {
  code: number
  stdout: string
  stderr: string
}

export interface JobOptions {
  /** Folder of the host that becomes `/__w`, the work folder. */
  work: string
  /** Folder of the host that becomes `/__e`, the runner's own Node.js. */
  externals?: string
  /** Folder below `/__w` where commands run. */
  directory: string
}

export interface Job {
  exec(command: readonly string[], env?: Record<string, string>): Promise<Output>
  /** Runs a command that has to succeed, and returns its standard output. */
  output(command: readonly string[], env?: Record<string, string>): Promise<string>
  remove(): Promise<void>
}

export async function pullImage(engine: Engine, image: string): Promise<void> {
  await must(engine, ['pull', '--quiet', ...engine.pullOptions, image])
}

export async function removeImage(engine: Engine, image: string): Promise<void> {
  await must(engine, ['rmi', '--force', image])
}

/**
 * Starts a job container without network. As in the runner: the entrypoint is replaced, HOME is a folder that belongs
 * to somebody else, the work folder and the runner's Node.js are mounted.
 */
export async function startJob(engine: Engine, image: string, options: JobOptions): Promise<Job> {
  const name = `job-${randomBytes(6).toString('hex')}`
  const workdir = `/__w/${options.directory}`
  const home = ['--env', 'HOME=/github/home', '--env', 'CI=true', '--env', 'GITHUB_ACTIONS=true']
  const volumes = ['--volume', `${options.work}:/__w`, '--volume', `${options.work}/_home:/github/home`]
  if (options.externals !== undefined) volumes.push('--volume', `${options.externals}:/__e:ro`)
  const identity = ['--name', name, '--workdir', workdir, '--network', 'none', '--entrypoint', 'tail']
  await must(engine, ['create', ...engine.createOptions, ...identity, ...home, ...volumes, image, '-f', '/dev/null'])
  const remove = async (): Promise<void> => {
    await must(engine, ['rm', '--force', '--volumes', ...(engine.name === 'podman' ? ['--time', '0'] : []), name])
  }
  try {
    await must(engine, ['start', name])
  } catch (error) {
    await remove()
    throw error
  }
  const exec: Job['exec'] = (command, env = {}) => {
    const settings = Object.entries({ HOME: '/github/home', ...env }).flatMap(([key, value]) => [
      '--env',
      `${key}=${value}`
    ])
    return run([...engine.command, 'exec', '--workdir', workdir, ...settings, name, ...command])
  }
  return {
    exec,
    output: async (command, env) => checked(command, await exec(command, env)).stdout,
    remove
  }
}

async function must(engine: Engine, args: readonly string[]): Promise<string> {
  const command = [...engine.command, ...args]
  return checked(command, await run(command)).stdout
}

function checked(command: readonly string[], output: Output): Output {
  if (output.code === 0) return output
  throw new SeedError('TOOL_FAILED', `${command.join(' ')}: exit code ${output.code}\n${output.stdout}${output.stderr}`)
}

async function run([program = '', ...args]: readonly string[]): Promise<Output> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const [code, stdout, stderr] = await Promise.all([exitOf(child), buffer(child.stdout), buffer(child.stderr)])
  return { code, stdout: stdout.toString(), stderr: stderr.toString() }
}
