/**
 * The order by popularity, dockerTools' way since 2018 and what most tools do that make images of store paths: in the
 * tree of references, where a path stands once for each way to it, each one counts for all that are below it, the more
 * the further up it is. The most popular paths have layers of their own, and all others share the last.
 *
 * After "Optimising Docker Layers for Better Caching with Nix" (Graham Christensen, 2018), with the order of equals that
 * nixpkgs has. A reference to compare with; nothing of the product uses it.
 */
import type { PathInfo } from '../../src/nix/closure.ts'

export function popularityLayers(closure: readonly PathInfo[], limit: number): PathInfo[][] {
  const references = new Map(closure.map(({ path, references }) => [path, references.filter(other => other !== path)]))
  const referred = new Set([...references.values()].flat())
  const roots = closure.map(info => info.path).filter(path => !referred.has(path))
  const memo = new Map<string, Map<string, number>>()
  const popularity = contest(roots, references, memo)
  const ordered = [...closure].sort(
    (a, b) =>
      (popularity.get(b.path) ?? 0) - (popularity.get(a.path) ?? 0) || (nameFirst(a.path) < nameFirst(b.path) ? -1 : 1)
  )
  const alone = ordered.length > limit ? ordered.splice(0, limit - 1) : ordered.splice(0)
  return [...alone.map(info => [info]), ...(ordered.length > 0 ? [ordered] : [])]
}

/** Of each path below and among `paths`: 1 for each of them, and 1 more a step for each way to it. */
function contest(
  paths: readonly string[],
  references: ReadonlyMap<string, string[]>,
  memo: Map<string, Map<string, number>>
): Map<string, number> {
  const counts = new Map<string, number>()
  const add = (path: string, count: number): void => {
    counts.set(path, (counts.get(path) ?? 0) + count)
  }
  for (const path of paths) {
    add(path, 1)
    const below = memo.get(path) ?? contest(references.get(path) ?? [], references, memo)
    memo.set(path, below)
    for (const [other, count] of below) add(other, count + 1)
  }
  return counts
}

/** Equals are sorted by name, then by hash. */
function nameFirst(path: string): string {
  const hyphen = path.indexOf('-')
  return `${path.slice(hyphen + 1)}-${path.slice(0, hyphen)}`
}
