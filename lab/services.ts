import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { cgroupParent } from './cgroups.ts'

export const SERVICE_NAMES = ['registry', 'crane-registry', 'dockerd', 'containerd', 'sigstore'] as const
export type ServiceName = (typeof SERVICE_NAMES)[number]

export interface ServiceOptions {
  /** Where the socket of dockerd or containerd is. Default: in the service's folder. */
  socket?: string
  /** User and password that `registry` asks for. Default: it asks for none. */
  account?: { user: string; password: string }
}

/** How to start one service, and how to see that it is ready. */
export interface ServicePlan {
  command: string[]
  /**
   * Environment variables for clients, once its log says that it listens. The value of the first is its address: `host:port`,
   * a URL, or a socket's path.
   */
  findVariables(log: string): Record<string, string> | undefined
  isReady(address: string): Promise<boolean>
}

/** The plan of a service whose data, settings and sockets are in `folder`; writes its settings. */
export function planService(name: ServiceName, folder: string, options: ServiceOptions): ServicePlan {
  switch (name) {
    case 'registry':
      return planRegistry(folder, options)
    case 'crane-registry':
      return {
        command: ['crane', 'registry', 'serve', '--address', '127.0.0.1:0', '--disk', folder],
        findVariables: log => addressAs('CRANE_REGISTRY', /serving on port (\d+)/.exec(log)),
        isReady: answersRegistryApi
      }
    case 'dockerd':
      return planDockerd(folder, options.socket ?? join(folder, 'docker.sock'))
    case 'containerd':
      return planContainerd(folder, options.socket ?? join(folder, 'containerd.sock'))
    case 'sigstore':
      return {
        command: [process.execPath, join(import.meta.dirname, 'sigstore', 'main.ts'), folder],
        findVariables: readVariables,
        isReady: async () => true // it says so itself, when all its servers listen
      }
  }
}

/** Both registries choose a free port themselves and tell it in their logs: no port is reserved, so none is lost. */
function addressAs(variable: string, match: RegExpExecArray | null): Record<string, string> | undefined {
  return match === null ? undefined : { [variable]: `127.0.0.1:${match[1]}` }
}

function readVariables(log: string): Record<string, string> | undefined {
  if (!/^ready$/m.test(log)) return undefined
  return Object.fromEntries(
    [...log.matchAll(/^([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value])
  )
}

function planRegistry(folder: string, { account }: ServiceOptions): ServicePlan {
  const settings = join(folder, 'registry.json') // YAML takes JSON
  const accounts = join(folder, 'accounts')
  if (account !== undefined) {
    // The password goes in by standard input, where no list of processes shows it.
    const hash = execFileSync('htpasswd', ['-Bin', account.user], { input: account.password })
    writeFileSync(accounts, hash, { mode: 0o600 })
  }
  const auth = account === undefined ? {} : { auth: { htpasswd: { realm: 'lab', path: accounts } } }
  const storage = { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: true } }
  const http = { addr: '127.0.0.1:0', secret: 'lab' }
  writeFileSync(settings, JSON.stringify({ version: 0.1, log: { level: 'info' }, storage, http, ...auth }))
  return {
    command: ['docker-registry', 'serve', settings],
    findVariables: log => addressAs('REGISTRY', /listening on 127\.0\.0\.1:(\d+)/.exec(log)),
    isReady: answersRegistryApi
  }
}

function planDockerd(folder: string, socket: string): ServicePlan {
  const paths = ['data-root', 'exec-root', 'pidfile'].map(name => `--${name}=${join(folder, name)}`)
  const networks = ['--iptables=false', '--ip6tables=false', '--bridge=none']
  const parent = `--cgroup-parent=/${cgroupParent(process.env)}`
  return {
    command: ['dockerd', `--host=unix://${socket}`, ...paths, ...networks, parent],
    findVariables: () => (existsSync(socket) ? { DOCKER_HOST: `unix://${socket}` } : undefined),
    isReady: () => answersPing(socket)
  }
}

function planContainerd(folder: string, socket: string): ServicePlan {
  const settings = join(folder, 'containerd.toml')
  writeFileSync(
    settings,
    `version = 3
root = ${JSON.stringify(join(folder, 'root'))}
state = ${JSON.stringify(join(folder, 'state'))}
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = ${JSON.stringify(socket)}
[plugins."io.containerd.service.v1.diff-service"]
default = ["erofs", "walking"]
`
  )
  return {
    command: ['containerd', '--config', settings],
    findVariables: () => (existsSync(socket) ? { CONTAINERD_ADDRESS: socket } : undefined),
    isReady: () => accepts(socket)
  }
}

const PROBE_TIMEOUT_MS = 2000

/** The registry's root says 200, or 401 where it asks for an account. */
async function answersRegistryApi(address: string): Promise<boolean> {
  const answer = await fetch(`http://${address}/v2/`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) }).catch(
    () => undefined
  )
  await answer?.body?.cancel()
  return answer?.status === 200 || answer?.status === 401
}

function answersPing(socketPath: string): Promise<boolean> {
  return new Promise(resolve => {
    const ping = request({ socketPath, path: '/_ping', timeout: PROBE_TIMEOUT_MS }, answer => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    ping
      .on('timeout', () => ping.destroy())
      .on('error', () => resolve(false))
      .end()
  })
}

function accepts(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path, () => socket.end(() => resolve(true)))
    socket.on('error', () => resolve(false))
  })
}
