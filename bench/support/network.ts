/** A network of the bench's own, with nothing but a loopback: what goes over it can be counted, and held back. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** The command line in a network of its own, whose loopback is up. Needs root. */
export function inOwnNetwork(command: readonly string[]): string[] {
  return ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', ...command]
}

/** What a proxy of the machine is told by; it cannot be reached from such a network. */
export function withoutProxies(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(https?|all|no|ftp)_proxy$/i.test(name)))
}

/** Bytes that this network's loopback has carried, with the headers of TCP and IP. proc_net(5), `dev`. */
export function loopbackBytes(): number {
  const line = /^\s*lo:\s*(\d+)/m.exec(readFileSync('/proc/self/net/dev', 'utf8'))
  return Number(line?.[1] ?? NaN)
}

/** What may be sent at once; smaller, and the kernel's timer would be the limit. */
const BURST_BYTES = 1e6

/**
 * Holds all connections over this network's loopback together to `bytesPerSecond`, by the kernel's token bucket, while
 * `action` runs.
 */
export async function withLimitedLoopback<T>(bytesPerSecond: number, action: () => Promise<T>): Promise<T> {
  const rate = ['rate', `${bytesPerSecond * 8}bit`, 'burst', `${BURST_BYTES}`, 'latency', '50ms']
  tc('add', 'dev', 'lo', 'root', 'tbf', ...rate)
  try {
    return await action()
  } finally {
    tc('del', 'dev', 'lo', 'root')
  }
}

function tc(...args: string[]): void {
  execFileSync('tc', ['qdisc', ...args], { stdio: 'pipe' })
}
