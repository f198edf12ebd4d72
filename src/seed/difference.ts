/** What differs between two seeds, as far as their tables tell: packages, sizes, and what has to be fetched. */
import type { PathInfo } from '../nix/closure.ts'
import { compareText } from '../nix/store-path.ts'
import { readTable, SEED_FIELD, type SeedImage } from './image.ts'

/** One package, all of its versions and outputs together. */
export interface PackageDifference {
  name: string
  /** The versions in each seed, sorted; `''` for a path without one. */
  before: string[]
  after: string[]
  /** NAR bytes in each. */
  narBytesBefore: number
  narBytesAfter: number
}

/** Lists are in order of size, the largest first. */
export interface SeedDifference {
  /** Packages whose versions differ. */
  changed: PackageDifference[]
  added: PackageDifference[]
  removed: PackageDifference[]
  /** Packages with the same versions and other store paths. */
  rebuilt: PackageDifference[]
  /** Store paths. `before` here and below is 0 where there was no seed. */
  paths: { before: number; after: number; added: number; removed: number }
  narBytes: { before: number; after: number }
  /** `reused` of those after were in the old image. */
  layers: { before: number; after: number; reused: number }
  /** Bytes of all layers as they are transferred; `toPull` for whoever has the old image's layers. */
  bytes: { before: number; after: number; toPull: number }
}

/** Compares two seeds for one system. @param before undefined for the first seed of all. */
export function compareSeeds(before: SeedImage | undefined, after: SeedImage): SeedDifference {
  const [old, now] = [closureOf(before), closureOf(after)]
  const layersBefore = layersOf(before)
  const layersAfter = layersOf(after)
  const fresh = [...layersAfter].filter(([digest]) => !layersBefore.has(digest))
  const added = countMissing(now, old)
  return {
    ...comparePackages(old, now),
    paths: { before: old.length, after: now.length, added, removed: countMissing(old, now) },
    narBytes: { before: narBytes(old), after: narBytes(now) },
    layers: { before: layersBefore.size, after: layersAfter.size, reused: layersAfter.size - fresh.length },
    bytes: {
      before: sum(layersBefore.values()),
      after: sum(layersAfter.values()),
      toPull: sum(fresh.map(([, size]) => size))
    }
  }
}

function closureOf(image: SeedImage | undefined): PathInfo[] {
  return image === undefined ? [] : readTable(image.config[SEED_FIELD]).closure
}

/** Size by digest: a layer that an image has twice is fetched once. */
function layersOf(image: SeedImage | undefined): Map<string, number> {
  return new Map(image?.layers.map(({ digest, size }) => [digest, size]))
}

function countMissing(paths: readonly PathInfo[], others: readonly PathInfo[]): number {
  const known = new Set(others.map(({ path }) => path))
  return paths.filter(({ path }) => !known.has(path)).length
}

type PackageLists = Pick<SeedDifference, 'changed' | 'added' | 'removed' | 'rebuilt'>

function comparePackages(old: readonly PathInfo[], now: readonly PathInfo[]): PackageLists {
  const [before, after] = [packagesOf(old), packagesOf(now)]
  const lists: PackageLists = { changed: [], added: [], removed: [], rebuilt: [] }
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [a, b] = [before.get(name) ?? [], after.get(name) ?? []]
    if (isSame(a.map(pathOf), b.map(pathOf))) continue
    const versions = { before: versionsOf(a), after: versionsOf(b) }
    const kind =
      a.length === 0
        ? 'added'
        : b.length === 0
          ? 'removed'
          : isSame(versions.before, versions.after)
            ? 'rebuilt'
            : 'changed'
    lists[kind].push({ name, ...versions, narBytesBefore: narBytes(a), narBytesAfter: narBytes(b) })
  }
  for (const list of Object.values(lists)) list.sort((a, b) => size(b) - size(a) || compareText(a.name, b.name))
  return lists
}

const pathOf = ({ path }: PathInfo): string => path

const size = ({ narBytesBefore, narBytesAfter }: PackageDifference): number => narBytesAfter || narBytesBefore

function packagesOf(closure: readonly PathInfo[]): Map<string, PathInfo[]> {
  return Map.groupBy(closure, ({ path }) => parsePath(path).name)
}

function versionsOf(paths: readonly PathInfo[]): string[] {
  return [...new Set(paths.map(({ path }) => parsePath(path).version))].sort(compareText)
}

/**
 * Outputs that packages commonly have beside `out`. Nix writes an output's name behind the version, and nothing tells it
 * from a part of the version (or of the name, where there is no version) but its being a known one.
 */
const OUTPUT = /-(?:bin|data|debug|dev|devdoc|devman|dist|doc|getent|info|lib|libgcc|man|out|static|terminfo)$/

/**
 * Package and version of a store path: split as `builtins.parseDrvName` does, at the first hyphen that is not followed by
 * a letter; the name of an output belongs to neither.
 * https://nix.dev/manual/nix/latest/language/builtins.html#builtins-parseDrvName
 */
export function parsePath(path: string): { name: string; version: string } {
  const full = path.slice(path.lastIndexOf('/') + 1).slice(33) // 32 digits of hash and a hyphen
  const [, name = full, version = ''] = /^(.*?)-(?![A-Za-z])(.+)$/s.exec(full) ?? []
  return version === '' ? { name: name.replace(OUTPUT, ''), version } : { name, version: version.replace(OUTPUT, '') }
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i])
}

function narBytes(paths: readonly PathInfo[]): number {
  return sum(paths.map(({ narSize }) => narSize))
}

function sum(numbers: Iterable<number>): number {
  let total = 0
  for (const number of numbers) total += number
  return total
}
