/** Locked inputs of a flake as others can fetch them: under which name, from where, and with which content. */
import { publicAddress, UNREADABLE_ADDRESS } from '../address.ts'
import type { FlakeLock, LockNode } from './flake-lock.ts'
import { isRelative, resolveInput } from './flake-lock.ts'
import type { Json } from './json-shape.ts'
import { compareText } from './store-path.ts'

export interface LockedInput {
  /** The shortest path of inputs that leads to it from the root: `nixpkgs`, `flake-utils/systems`. */
  name: string
  /** Of the node in the lock file. */
  node: string
  /** A flake reference with the locked revision, without credentials. */
  uri: string
  /** `sha256-<base64>`; absent where the lock file leaves it to the revision. */
  narHash?: string
}

/**
 * All inputs that have a source tree of their own, each once, sorted by name.
 *
 * @param without inputs of the root that are not entered
 */
export function lockedInputs(lock: FlakeLock, { without = [] }: { without?: readonly string[] } = {}): LockedInput[] {
  const inputs: LockedInput[] = []
  for (const [node, name] of shortestPaths(lock, without)) {
    const { locked } = lock.nodes[node] ?? {}
    if (locked === undefined || isRelative(lock.nodes[node])) continue
    const { narHash } = locked
    inputs.push({ name, node, uri: lockedUri(locked), ...(typeof narHash === 'string' && { narHash }) })
  }
  return inputs.sort((a, b) => compareText(a.name, b.name))
}

/** Breadth first, inputs in order of their names: the same for everybody. */
function shortestPaths(lock: FlakeLock, without: readonly string[]): Map<string, string> {
  const found = new Map<string, string>([[lock.root, '']])
  for (const [node, path] of found) {
    for (const [input, target] of sortedInputs(lock.nodes[node])) {
      if (node === lock.root && without.includes(input)) continue
      const next = typeof target === 'string' ? target : resolveInput(lock, target)
      // A map goes through what is added on the way, too.
      if (next !== undefined && !found.has(next)) found.set(next, path === '' ? input : `${path}/${input}`)
    }
  }
  return found
}

function sortedInputs(node: LockNode | undefined): [string, string | string[]][] {
  return Object.entries(node?.inputs ?? {}).sort(([a], [b]) => compareText(a, b))
}

/** Attributes that say where the flake is in the tree, or which tree it is beside the revision. */
const PARAMETERS = ['dir', 'host', 'ref', 'submodules'] as const

/**
 * Locked attributes as a flake reference.
 * https://nix.dev/manual/nix/latest/command-ref/new-cli/nix3-flake#types
 */
export function lockedUri(locked: Json): string {
  const text = (name: string): string | undefined => {
    const value = locked[name]
    return typeof value === 'string' ? value : typeof value === 'boolean' ? String(Number(value)) : undefined
  }
  const type = text('type') ?? 'unknown'
  const rev = text('rev')
  const isForge = text('owner') !== undefined && text('repo') !== undefined
  const base = isForge
    ? `${type}:${text('owner')}/${text('repo')}${rev === undefined ? '' : `/${rev}`}`
    : addressOf(type, text('url') ?? text('path') ?? '')
  const query = PARAMETERS.flatMap(name => {
    // Neither is a host a place for credentials.
    const value = name === 'host' ? text(name)?.replace(/^.*@/s, '') : text(name)
    // A forge takes a revision or a branch, not both.
    return value === undefined || (isForge && name === 'ref') ? [] : [`${name}=${encodeURIComponent(value)}`]
  })
  if (!isForge && rev !== undefined) query.push(`rev=${rev}`)
  return query.length === 0 ? base : `${base}?${query.join('&')}`
}

function addressOf(type: string, address: string): string {
  if (type === 'path') return `path:${address.split('/').map(encodeURIComponent).join('/')}`
  const bare = publicAddress(address)
  // An archive or a file is known by its address alone, a repository needs to be told which kind it is.
  return (type === 'git' || type === 'hg') && bare !== UNREADABLE_ADDRESS ? `${type}+${bare}` : bare
}
