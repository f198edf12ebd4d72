import { createHash } from 'node:crypto'
import { SEED_INPUT, reachableNodes, readFlakeLock } from '../nix/flake-lock.ts'
import type { FlakeLock } from '../nix/flake-lock.ts'
import type { Json } from '../nix/json-shape.ts'

/**
 * The lock key: what a seed is a function of, as far as the lock file says. The pin of the seed itself is left out, so
 * that pinning a seed does not make it stale. Anyone can compute it:
 *
 * 1. Parse `flake.lock`. Remove `seed-self` from the inputs of the root node, and `inputs` itself where it is then empty.
 * 2. Remove every node that can no longer be reached from the root by going through inputs, `follows` resolved as they
 *    stood in the whole file.
 * 3. Write the object of the three members `nodes`, `root` and `version` as canonical JSON (RFC 8785: members sorted,
 *    no white space), in UTF-8.
 * 4. Take the SHA-256 of those bytes, in lower-case hex.
 *
 * @returns 64 hex digits.
 */
export function lockKey(lock: FlakeLock): string {
  const kept = reachableNodes(lock, { without: [SEED_INPUT] })
  const nodes: [string, unknown][] = kept.map(name => [name, lock.nodes[name]?.raw])
  nodes.push([lock.root, withoutSeed(lock.nodes[lock.root]?.raw ?? {})])
  const document = { nodes: Object.fromEntries(nodes), root: lock.root, version: lock.version }
  return createHash('sha256').update(canonicalJson(document)).digest('hex')
}

/** The lock key of a lock file. Throws LOCK_MISSING and LOCK_INVALID as reading it does. */
export async function readLockKey(file: string): Promise<string> {
  return lockKey(await readFlakeLock(file))
}

function withoutSeed(root: Json): Json {
  const { inputs, ...rest } = root
  const kept = Object.entries((inputs ?? {}) as Json).filter(([name]) => name !== SEED_INPUT)
  return kept.length === 0 ? rest : { ...rest, inputs: Object.fromEntries(kept) }
}

/**
 * Canonical JSON of a value that came out of `JSON.parse` (RFC 8785, JSON Canonicalization Scheme): the members of
 * objects sorted by UTF-16 code units, no white space, numbers and strings as ECMAScript writes them.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`
  }
  return JSON.stringify(value)
}
