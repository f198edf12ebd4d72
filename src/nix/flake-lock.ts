import { readFile } from 'node:fs/promises'
import { SeedError, systemCode } from '../errors.ts'
import { shapeOf } from './json-shape.ts'
import type { Json, Shape } from './json-shape.ts'
import { compareText } from './store-path.ts'

/** One node of the lock file. Only what this project reads is named; `raw` is the node as it stands there. */
export interface LockNode {
  /** Input name → the node's name, or the path of inputs from the root that it follows. */
  inputs: Record<string, string | string[]>
  /** The attributes that `builtins.fetchTree` takes; absent for the root node. */
  locked?: Json
  /** False for inputs with `flake = false`. */
  flake: boolean
  raw: Json
}

/** A `flake.lock` of version 7, the only one that Nix with flakes as they are today writes. */
export interface FlakeLock {
  version: 7
  /** The name of the root node. */
  root: string
  nodes: Record<string, LockNode>
}

/** The input that pins a project's own seed. */
export const SEED_INPUT = 'seed-self'

const HINT = 'Write it again with "nix flake lock" and commit it.'

/**
 * Reads a lock file.
 *
 * @throws SeedError LOCK_MISSING (a flake without inputs has none), LOCK_INVALID.
 */
export async function readFlakeLock(file: string): Promise<FlakeLock> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    const code = systemCode(cause)
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      throw new SeedError('FILE_SYSTEM', 'could not read the lock file', { resource: file, cause })
    }
    throw new SeedError('LOCK_MISSING', 'the flake has no flake.lock', {
      resource: file,
      hint: 'Run "nix flake lock" and commit the file. A flake without inputs gets none: give it an input, such as nixpkgs.',
      cause
    })
  }
  return parseFlakeLock(text, file)
}

/**
 * Parses a lock file strictly: every name that it uses must lead to a node.
 *
 * @param resource what the text was read from, for the error.
 * @throws SeedError LOCK_INVALID with what is wrong and where.
 */
export function parseFlakeLock(text: string, resource: string): FlakeLock {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    const conflict = /^(<{7}|={7}|>{7})/m.test(text) ? 'it holds conflict markers of a merge' : 'it is not JSON'
    throw new SeedError('LOCK_INVALID', `flake.lock: ${conflict}`, { resource, hint: HINT, cause })
  }
  const shape = shapeOf('flake.lock', 'LOCK_INVALID', resource)
  const document = shape.object(json, 'the document')
  if (document.version !== 7) {
    throw new SeedError('LOCK_INVALID', `flake.lock: version is ${JSON.stringify(document.version)} and not 7`, {
      resource,
      hint: 'Write it again with a current Nix: nix flake lock'
    })
  }
  const root = shape.text(document.root, 'root')
  const nodes = Object.create(null) as Record<string, LockNode>
  for (const [name, node] of Object.entries(shape.object(document.nodes, 'nodes'))) {
    nodes[name] = parseNode(shape, name, node, name === root)
  }
  if (nodes[root] === undefined) shape.fail(`root (${JSON.stringify(root)})`, 'the name of a node')
  const lock: FlakeLock = { version: 7, root, nodes }
  assertResolvable(lock, shape)
  return lock
}

function parseNode(shape: Shape, name: string, value: unknown, isRoot: boolean): LockNode {
  const where = `nodes.${name}`
  const raw = shape.object(value, where)
  const inputs = Object.create(null) as Record<string, string | string[]>
  for (const [input, target] of Object.entries(
    raw.inputs === undefined ? {} : shape.object(raw.inputs, `${where}.inputs`)
  )) {
    inputs[input] = typeof target === 'string' ? target : shape.texts(target, `${where}.inputs.${input}`)
  }
  const flake = raw.flake ?? true
  if (typeof flake !== 'boolean') return shape.fail(`${where}.flake`, 'true or false')
  if (isRoot) return { inputs, flake, raw }
  const locked = shape.object(raw.locked, `${where}.locked`)
  shape.text(locked.type, `${where}.locked.type`)
  return { inputs, locked, flake, raw }
}

function assertResolvable(lock: FlakeLock, shape: Shape): void {
  for (const [name, node] of Object.entries(lock.nodes)) {
    for (const [input, target] of Object.entries(node.inputs)) {
      const found = typeof target === 'string' ? lock.nodes[target] : resolveInput(lock, target)
      if (found === undefined)
        shape.fail(`nodes.${name}.inputs.${input}`, 'the name of a node or a path of inputs to one')
    }
  }
}

/**
 * The name of the node that a path of input names leads to from the root, `follows` resolved; `[]` is the root.
 * Undefined where there is no such input, or where inputs follow each other in a circle.
 */
export function resolveInput(lock: FlakeLock, path: readonly string[], depth = 0): string | undefined {
  if (depth > 100) return undefined
  let name: string | undefined = lock.root
  for (const input of path) {
    const target: string | string[] | undefined = name === undefined ? undefined : lock.nodes[name]?.inputs[input]
    name = Array.isArray(target) ? resolveInput(lock, target, depth + 1) : target
  }
  return name
}

/** The node that the flake's own seed is pinned by, where it has one. */
export function seedSelfNode(lock: FlakeLock): { name: string; node: LockNode } | undefined {
  const name = resolveInput(lock, [SEED_INPUT])
  const node = name === undefined ? undefined : lock.nodes[name]
  return name === undefined || node === undefined ? undefined : { name, node }
}

/**
 * The names of all nodes that can be reached from the root, sorted, the root itself left out.
 *
 * @param without inputs of the root that are not entered.
 */
export function reachableNodes(lock: FlakeLock, { without = [] }: { without?: readonly string[] } = {}): string[] {
  const seen = new Set<string>()
  const visit = (name: string) => {
    if (seen.has(name)) return
    seen.add(name)
    for (const [input, target] of Object.entries(lock.nodes[name]?.inputs ?? {})) {
      if (name === lock.root && without.includes(input)) continue
      const next = typeof target === 'string' ? target : resolveInput(lock, target)
      if (next !== undefined) visit(next)
    }
  }
  visit(lock.root)
  seen.delete(lock.root)
  return [...seen].sort(compareText)
}

/** Whether a node is a folder of its parent's source tree (`path:./sub`) and so has no tree of its own. */
export function isRelative(node: LockNode | undefined): boolean {
  const { type, path } = node?.locked ?? {}
  return type === 'path' && typeof path === 'string' && !path.startsWith('/')
}
