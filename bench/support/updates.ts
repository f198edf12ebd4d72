/** Updates of a closure, and what a plan makes of them. */
import { createHash } from 'node:crypto'
import { encodeBase32 } from '../../src/nix/hash.ts'
import type { PathInfo } from '../../src/nix/closure.ts'
import type { MeasuredPath } from './closure-file.ts'

/** Any function from closures to layers. */
export type Plan = (closure: readonly PathInfo[]) => readonly (readonly PathInfo[])[]

/**
 * What Nix makes of a closure when one path's derivation changes but for its size: it and all that depend on it, over any
 * number of steps, get another hash.
 */
export function touch(closure: readonly MeasuredPath[], touched: string): MeasuredPath[] {
  const changed = dependantsOf(closure, touched)
  const renamed = new Map([...changed].map(path => [path, rehash(path)]))
  const now = (path: string): string => renamed.get(path) ?? path
  return closure
    .map(info => ({ ...info, path: now(info.path), references: info.references.map(now).sort() }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** `path` and all that depend on it. */
export function dependantsOf(closure: readonly PathInfo[], path: string): Set<string> {
  const users = new Map<string, string[]>(closure.map(info => [info.path, []]))
  for (const info of closure) for (const other of info.references) users.get(other)?.push(info.path)
  const found = new Set([path])
  for (const each of found) for (const user of users.get(each) ?? []) found.add(user)
  return found
}

export interface Cost {
  /** Compressed bytes of the layers that the registry does not have yet. */
  pushed: number
  /** Compressed bytes of the paths that it does not have yet: what a perfect plan pushes. */
  changed: number
}

/** What publishing `after` sends to a registry that has `before`. */
export function costOf(before: readonly MeasuredPath[], after: readonly MeasuredPath[], plan: Plan): Cost {
  const compressed = new Map(after.map(info => [info.path, info.compressed]))
  const known = new Set(before.map(info => info.path))
  const layers = new Set(plan(before).map(keyOf))
  const bytes = (paths: readonly PathInfo[]): number =>
    paths.reduce((sum, info) => sum + (compressed.get(info.path) ?? 0), 0)
  return {
    pushed: plan(after)
      .filter(layer => !layers.has(keyOf(layer)))
      .reduce((sum, layer) => sum + bytes(layer), 0),
    changed: bytes(after.filter(info => !known.has(info.path)))
  }
}

function keyOf(layer: readonly PathInfo[]): string {
  return layer
    .map(info => info.path)
    .sort()
    .join()
}

function rehash(path: string): string {
  const hash = encodeBase32(createHash('sha256').update(`touched ${path}`).digest().subarray(0, 20))
  return path.replace(/(?<=^\/nix\/store\/).{32}/, hash)
}
