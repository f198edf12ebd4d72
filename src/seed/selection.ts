/**
 * The part of a seed that some outputs of the flake need, found in the seed's table alone.
 *
 * A root that the table lists for no output is needed by every job: the source trees that evaluation reads, what it
 * builds, Nix itself. So a selection has these, the roots of the outputs that are named, and the closure of both.
 */
import { SeedError } from '../errors.ts'
import type { PathInfo } from '../nix/closure.ts'
import { compareText } from '../nix/store-path.ts'
import type { SeedContents } from './image.ts'

/** The closure and the roots are those of the selection; layers are told of all paths, since they come as a whole. */
export interface Selection extends SeedContents {
  /** Attributes of the outputs, sorted; absent where it is all of the seed. */
  selected?: string[]
  /** The paths of the seed that are not in the selection, sorted. */
  rest: PathInfo[]
}

/** Names of outputs out of one text, with white space or commas between them. */
export function splitNames(text: string): string[] {
  return text.split(/[\s,]+/).filter(name => name !== '')
}

/**
 * What the outputs need that `names` stand for.
 *
 * @param names as one writes them for `nix build`: `hello`, `.#hello`, `packages.x86_64-linux.hello`. A short one stands
 *   for all outputs of that name, whether package, check, app or shell
 * @throws SeedError USAGE with the names of all outputs where the seed has none of a name
 */
export function select(seed: SeedContents, names: readonly string[]): Selection {
  const outputs = seed.outputs ?? new Map<string, string[]>()
  const selected = sorted(names.flatMap(name => outputsOf(name, [...outputs.keys()])))
  const ofOutputs = new Set([...outputs.values()].flat())
  const wanted = new Set(selected.flatMap(output => outputs.get(output) ?? []))
  const roots = seed.roots.filter(root => !ofOutputs.has(root) || wanted.has(root))
  const within = closureOf(roots, seed.closure)
  return {
    ...seed,
    roots,
    selected,
    closure: seed.closure.filter(({ path }) => within.has(path)),
    rest: seed.closure.filter(({ path }) => !within.has(path))
  }
}

/**
 * The largest part of `paths` of which each refers to nothing but the same part and what is in `known`.
 *
 * @param known closed under references itself
 */
export function closedUnder(paths: readonly PathInfo[], known: ReadonlySet<string>): PathInfo[] {
  const inside = new Set([...known, ...paths.map(({ path }) => path)])
  const left = new Set(paths)
  for (let size = -1; size !== left.size;) {
    size = left.size
    for (const info of left) {
      if (info.references.every(path => inside.has(path))) continue
      left.delete(info)
      inside.delete(info.path)
    }
  }
  return [...left]
}

/** The attributes among `outputs` that one name stands for. */
function outputsOf(name: string, outputs: readonly string[]): string[] {
  const attribute = attributeOf(name)
  const found = outputs.filter(output => output === attribute || lastPart(output) === attribute)
  if (found.length > 0) return found
  const known = outputs.length === 0 ? 'It has none.' : `Its outputs: ${sorted(outputs).join(', ')}`
  throw new SeedError('USAGE', `the seed knows no output ${JSON.stringify(name)}`, { hint: known })
}

/** What stands behind `#` in an installable, or all of it where it has none; without quotes, and without `^out`. */
function attributeOf(installable: string): string {
  const text = installable.slice(installable.indexOf('#') + 1).replace(/\^.*$/, '')
  const isWhole = text === '' || (text === installable && /^\.{1,2}(\/|$)/.test(text))
  return isWhole ? 'default' : text.replaceAll('"', '').replace(/^\./, '')
}

/** `hello` of `packages.x86_64-linux.hello`; a name may have dots itself. */
function lastPart(output: string): string {
  return output.split('.').slice(2).join('.')
}

function closureOf(roots: readonly string[], paths: readonly PathInfo[]): Set<string> {
  const infos = new Map(paths.map(info => [info.path, info]))
  const found = new Set(roots)
  // Sets go on with what is added meanwhile.
  for (const path of found) for (const reference of infos.get(path)?.references ?? []) found.add(reference)
  return found
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort(compareText)
}
