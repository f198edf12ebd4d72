/**
 * The layer plan: which store paths share a layer, and in which order layers stand. A pure function of the closure, so
 * that two machines plan alike, and made so that an update sends little more than what it changes.
 *
 * In Nix, a path changes with whatever it refers to, over any number of steps. So how often a path changes is known
 * beforehand: once for each path of its closure, all taken to be touched equally often. A layer changes with any of its
 * paths. What an average touch sends is therefore, but for a factor, the sum over all layers of
 *
 *     bytes of the layer × paths that change it when touched
 *
 * The plan begins with a layer for each path and merges the two neighbours that add least to this sum, until few enough
 * are left. Neighbours are alike in size, then in how often they change: large paths stay alone, small ones meet others
 * that change with them.
 *
 * Merging any two layers, and not only neighbours, would make the sum smaller still, but one path more or less would then
 * turn over half of the plan. For the same reason hashes and versions have no part in it, and sizes only roughly: an
 * update must find the layers of what it left alone as they were.
 *
 * The store database and the root file system follow as the last layers; they are no part of this plan.
 */
import type { PathInfo } from '../nix/closure.ts'

export interface PathLayer {
  /** For people: the name of a package, and how many more there are. */
  label: string
  /** Sorted by path. */
  paths: PathInfo[]
}

/** Container engines refuse more than 127 layers; this leaves room for what users put on top. */
export const MAX_LAYERS = 100
/** Layers that the packer adds to the plan: store database and root file system. */
const RESERVED_LAYERS = 2
const SOURCE_LAYERS = 8

/** A layer while the plan is made. */
interface Draft {
  paths: readonly PathInfo[]
  /** NAR bytes, each path's rounded to a power of two. */
  bytes: number
  /** The paths that change it when touched: a bit for each path of the closure. */
  causes: Uint32Array
  /** How many these are. */
  risk: number
}

/**
 * Plans the layers of a closure.
 *
 * @param closure every path of the seed with all of its references
 * @param sources store paths of flake inputs' source trees, a subset of `closure`. They change with every update of the
 *   lock, so they stand apart, on top of all others.
 */
export function planLayers(closure: readonly PathInfo[], sources: ReadonlySet<string>): PathLayer[] {
  const trees = sourceLayers(closure.filter(info => sources.has(info.path)))
  const drafts = draftLayers(closure)
    .filter(({ paths: [info] }) => info && !sources.has(info.path))
    .sort(neighbours)
  mergeDrafts(drafts, MAX_LAYERS - RESERVED_LAYERS - trees.length)
  // Lowest what changes least: engines fetch everything above a changed layer again.
  drafts.sort((a, b) => a.risk - b.risk || byName(a.paths[0], b.paths[0]))
  return [...drafts.map(draft => draft.paths), ...trees].map(paths => ({
    label: labelOf(paths),
    paths: [...paths].sort(byPath)
  }))
}

/** The name of a store path's package: no hash, no version, no output; `python3-3.12.4-dev` is `python3`. */
export function packageName(storePath: string): string {
  const name = storePath.slice(storePath.lastIndexOf('/') + 34) // 32 digits of hash and a hyphen
  return /^(.+?)-\d/.exec(name)?.[1] ?? name
}

/** The largest trees (nixpkgs above all) stand alone; the rest share the last layer. */
function sourceLayers(trees: readonly PathInfo[]): PathInfo[][] {
  const sorted = [...trees].sort((a, b) => b.narSize - a.narSize || byPath(a, b))
  const alone = sorted.slice(0, SOURCE_LAYERS - 1).map(info => [info])
  const rest = sorted.slice(SOURCE_LAYERS - 1)
  return rest.length > 0 ? [...alone, rest] : alone
}

/** A layer for each path. */
function draftLayers(closure: readonly PathInfo[]): Draft[] {
  const order = dependenciesFirst(closure)
  const numbers = new Map(order.map((info, number) => [info.path, number]))
  const drafts: Draft[] = []
  order.forEach((info, number) => {
    const causes = new Uint32Array(Math.ceil(order.length / 32))
    causes[number >>> 5] = 1 << (number & 31)
    for (const path of info.references) {
      const below = drafts[numbers.get(path) ?? number]?.causes ?? []
      below.forEach((word, at) => (causes[at] = (causes[at] ?? 0) | word))
    }
    drafts.push({ paths: [info], bytes: rounded(info.narSize), causes, risk: countBits(causes) })
  })
  return drafts
}

/** Merges neighbours, always the two that cost least, until no more than `limit` layers are left. */
function mergeDrafts(drafts: Draft[], limit: number): void {
  const costs = drafts.slice(1).map((draft, at) => mergeCost(drafts[at] ?? draft, draft))
  const weigh = (at: number): void => {
    const [first, second] = [drafts[at], drafts[at + 1]]
    if (first && second) costs[at] = mergeCost(first, second)
  }
  while (drafts.length > limit) {
    let cheapest = 0
    for (let at = 1; at < costs.length; at++) {
      if ((costs[at] ?? 0) < (costs[cheapest] ?? 0)) cheapest = at
    }
    const [first, second] = drafts.slice(cheapest, cheapest + 2)
    if (!first || !second) return
    drafts.splice(cheapest, 2, merged(first, second))
    costs.splice(cheapest, 1)
    weigh(cheapest - 1)
    weigh(cheapest)
  }
}

/** What merging adds to the sum of bytes × risk. */
function mergeCost(a: Draft, b: Draft): number {
  let risk = 0
  a.causes.forEach((word, at) => (risk += bitsOf(word | (b.causes[at] ?? 0))))
  return (a.bytes + b.bytes) * risk - a.bytes * a.risk - b.bytes * b.risk
}

function merged(a: Draft, b: Draft): Draft {
  const causes = a.causes.map((word, at) => word | (b.causes[at] ?? 0))
  return { paths: [...a.paths, ...b.paths], bytes: a.bytes + b.bytes, causes, risk: countBits(causes) }
}

/** Alike in size, then in risk. */
function neighbours(a: Draft, b: Draft): number {
  return a.bytes - b.bytes || a.risk - b.risk || byName(a.paths[0], b.paths[0])
}

/** The power of two that is nearest. */
function rounded(bytes: number): number {
  return 2 ** Math.round(Math.log2(Math.max(bytes, 1)))
}

/** `closure`, each path after everything that it refers to. */
function dependenciesFirst(closure: readonly PathInfo[]): PathInfo[] {
  const infos = new Map(closure.map(info => [info.path, info]))
  const order = new Set<PathInfo>()
  // Depth first without recursion: chains can be thousands of paths long.
  for (const start of closure) {
    const stack = [{ info: start, left: [...start.references] }]
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const path = top.left.pop()
      const below = path === undefined || path === top.info.path ? undefined : infos.get(path)
      if (below && !order.has(below)) stack.push({ info: below, left: [...below.references] })
      if (path !== undefined) continue
      order.add(top.info)
      stack.pop()
    }
  }
  return [...order]
}

function countBits(words: Uint32Array): number {
  return words.reduce((sum, word) => sum + bitsOf(word), 0)
}

/** The bits of a word of 32: added up in pairs, then in fours, then in bytes. */
function bitsOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

function labelOf(paths: readonly PathInfo[]): string {
  const first = packageName([...paths].sort(byPath)[0]?.path ?? '')
  return paths.length === 1 ? first : `${first} and ${paths.length - 1} more`
}

/** By the package, which an update leaves as it is, and only then by hash and version. */
function byName(a: PathInfo | undefined, b: PathInfo | undefined): number {
  return compare(packageName(a?.path ?? ''), packageName(b?.path ?? '')) || compare(a?.path ?? '', b?.path ?? '')
}

function byPath(a: PathInfo, b: PathInfo): number {
  return compare(a.path, b.path)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
