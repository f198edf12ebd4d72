/**
 * Size cohorts, dockerTools' way since 2025 (nixpkgs pull request 355189, Lars Jellema): the largest paths are made
 * primary one after another, and a layer is the set of paths that the same primary paths depend on, a primary path
 * counting only until the next one between it and them. The last state within the limit is the plan.
 *
 * A reference to compare with, after the description in nixpkgs; nothing of the product uses it.
 */
import type { PathInfo } from '../../src/nix/closure.ts'

export function sizeCohortLayers(closure: readonly PathInfo[], limit: number): PathInfo[][] {
  const references = new Map(closure.map(info => [info.path, info.references]))
  const users = new Map<string, string[]>(closure.map(info => [info.path, []]))
  for (const info of closure) for (const other of info.references) users.get(other)?.push(info.path)

  let owners = new Map<string, ReadonlySet<string>>(closure.map(info => [info.path, new Set()]))
  // Equal sizes: the last of the closure first, as popping from a stable ascending sort does.
  const bySize = [...closure].sort((a, b) => a.narSize - b.narSize).reverse()
  for (const { path } of bySize) {
    const next = new Map(owners).set(path, new Set([path]))
    const below = reachable(path, references)
    const above = reachable(path, users)
    for (const dependency of below) {
      const left = new Set([...(next.get(dependency) ?? [])].filter(owner => !above.has(owner)))
      if (![...left].some(owner => below.has(owner))) left.add(path)
      next.set(dependency, left)
    }
    if (cohorts(closure, next).length > limit) break
    owners = next
  }
  return cohorts(closure, owners)
}

function cohorts(closure: readonly PathInfo[], owners: ReadonlyMap<string, ReadonlySet<string>>): PathInfo[][] {
  const groups = new Map<string, PathInfo[]>()
  for (const info of closure) {
    const key = [...(owners.get(info.path) ?? [])].sort().join()
    groups.set(key, [...(groups.get(key) ?? []), info])
  }
  return [...groups.values()]
}

/** What can be reached from `start` over any number of steps, without `start`. */
function reachable(start: string, edges: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set([start])
  for (const path of found) for (const other of edges.get(path) ?? []) found.add(other)
  found.delete(start)
  return found
}
