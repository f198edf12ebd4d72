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

/** The closure and the roots are those of the selection; layers are told of all paths, since each comes as a whole. */
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
  const known = [...(seed.outputs?.keys() ?? [])]
  return selectOutputs(seed, sorted(names.flatMap(name => outputsOf(name, known))))
}

/** What the outputs with these attributes need. With none of them it is what every job needs. */
export function selectOutputs(seed: SeedContents, attributes: string[]): Selection {
  const needs = seed.outputs ?? new Map<string, string[]>()
  const ofOutputs = new Set([...needs.values()].flat())
  const wanted = new Set(attributes.flatMap(attribute => needs.get(attribute) ?? []))
  const roots = seed.roots.filter(root => !ofOutputs.has(root) || wanted.has(root))
  const within = closureOf([...roots, ...(seed.nix === undefined ? [] : [seed.nix])], seed.closure)
  return {
    ...seed,
    roots,
    selected: attributes,
    closure: seed.closure.filter(({ path }) => within.has(path)),
    rest: seed.closure.filter(({ path }) => !within.has(path))
  }
}

/** The layers that hold some of a selection, by their place in the image, in ascending order. */
export function layersOf({ closure, layerOf }: SeedContents): number[] {
  return [...new Set(closure.map(({ path }) => layerOf.get(path) ?? 0))].sort((a, b) => a - b)
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
