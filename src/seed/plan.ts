/**
 * The layer plan: which store paths share a layer, and in which order layers stand. A pure function of the closure, so
 * that two machines plan alike, and built so that a change of one path changes one layer:
 *
 * - a large path has a layer of its own;
 * - small paths are put into a fixed number of buckets by the name of their package, without hash and version, so that
 *   an update stays in its bucket;
 * - source trees of flake inputs are apart, since they change with every lock update;
 * - layers stand in order of their height in the dependency graph: what much depends on is low and seldom changes.
 *
 * The store database and the root file system follow as the last layers; they are no part of this plan.
 */
import { createHash } from 'node:crypto'
import type { PathInfo } from '../nix/closure.ts'

export interface PathLayer {
  /** For people: a package name, or the number of a bucket. */
  label: string
  /** Sorted by path. */
  paths: PathInfo[]
}

/** Container engines refuse more than 127 layers; this leaves room for what users put on top. */
export const MAX_LAYERS = 100
/** Layers that the packer adds to the plan: store database and root file system. */
const RESERVED_LAYERS = 2
const BUCKETS = 24
const SOURCE_LAYERS = 8
const MAX_LARGE = MAX_LAYERS - RESERVED_LAYERS - BUCKETS - SOURCE_LAYERS
/** NAR bytes from which a path is worth a layer of its own; doubled until few enough paths reach it. */
const LARGE_BYTES = 4 * 1024 * 1024

/**
 * Plans the layers of a closure.
 *
 * @param closure every path of the seed with all of its references
 * @param sources store paths of flake inputs' source trees, a subset of `closure`
 */
export function planLayers(closure: readonly PathInfo[], sources: ReadonlySet<string>): PathLayer[] {
  const packages = closure.filter(info => !sources.has(info.path))
  const threshold = largeThreshold(packages)
  const groups = new Map<string, PathInfo[]>()
  const put = (label: string, info: PathInfo): void => {
    const group = groups.get(label)
    if (group) group.push(info)
    else groups.set(label, [info])
  }
  for (const info of packages) {
    if (info.narSize >= threshold) put(info.path, info)
    else put(`packages ${bucketOf(packageName(info.path), BUCKETS)}`, info)
  }
  const trees = closure.filter(info => sources.has(info.path)).sort(bySizeDescending)
  // The largest trees (nixpkgs above all) stand alone; the rest share the last layer.
  trees.forEach((info, i) => put(i < SOURCE_LAYERS - 1 ? info.path : 'sources', info))

  const heights = dependencyHeights(closure)
  const height = (paths: readonly PathInfo[]): number => {
    let bytes = 0
    let weighted = 0
    for (const info of paths) {
      bytes += info.narSize
      weighted += info.narSize * (heights.get(info.path) ?? 0)
    }
    return bytes === 0 ? 0 : weighted / bytes
  }
  const isSource = (paths: readonly PathInfo[]): number => (sources.has(paths[0]?.path ?? '') ? 1 : 0)
  return [...groups.values()]
    .map(paths => ({ paths: paths.sort(byPath), height: height(paths) }))
    .sort((a, b) => isSource(a.paths) - isSource(b.paths) || a.height - b.height || comparePaths(a.paths, b.paths))
    .map(({ paths }) => ({ label: labelOf(paths), paths }))
}

/** The name of a store path's package: no hash, no version, no output; `python3-3.12.4-dev` is `python3`. */
export function packageName(storePath: string): string {
  const name = storePath.slice(storePath.lastIndexOf('/') + 34) // 32 digits of hash and a hyphen
  return /^(.+?)-\d/.exec(name)?.[1] ?? name
}

function largeThreshold(packages: readonly PathInfo[]): number {
  let threshold = LARGE_BYTES
  while (packages.filter(info => info.narSize >= threshold).length > MAX_LARGE) threshold *= 2
  return threshold
}

function bucketOf(name: string, buckets: number): number {
  return createHash('sha256').update(name).digest().readUInt32BE(0) % buckets
}

/** Length of the longest chain of references below each path; references to itself do not count. */
function dependencyHeights(closure: readonly PathInfo[]): Map<string, number> {
  const infos = new Map(closure.map(info => [info.path, info]))
  const heights = new Map<string, number>()
  // Depth first without recursion: chains can be thousands of paths long.
  for (const start of closure) {
    const stack = [start.path]
    while (stack.length > 0) {
      const path = stack[stack.length - 1] as string
      const references = (infos.get(path)?.references ?? []).filter(other => other !== path)
      const next = heights.has(path) ? undefined : references.find(other => !heights.has(other))
      if (next !== undefined) {
        stack.push(next)
        continue
      }
      stack.pop()
      if (!heights.has(path)) {
        heights.set(
          path,
          references.reduce((most, other) => Math.max(most, (heights.get(other) ?? 0) + 1), 0)
        )
      }
    }
  }
  return heights
}

function labelOf(paths: readonly PathInfo[]): string {
  const first = packageName(paths[0]?.path ?? '')
  return paths.length === 1 ? first : `${first} and ${paths.length - 1} more`
}

function byPath(a: PathInfo, b: PathInfo): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0
}

function bySizeDescending(a: PathInfo, b: PathInfo): number {
  return b.narSize - a.narSize || byPath(a, b)
}

function comparePaths(a: readonly PathInfo[], b: readonly PathInfo[]): number {
  return (a[0]?.path ?? '') < (b[0]?.path ?? '') ? -1 : 1
}
