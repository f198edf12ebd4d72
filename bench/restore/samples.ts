/** What was measured: one sample for each run of a command. */
import { median } from '../support/measure.ts'
import type { SizeName } from './sizes.ts'

export const LINKS = ['loopback', '100 MB/s'] as const
/** What lies between registry and client: nothing, or a limit. */
export type Link = (typeof LINKS)[number]

/** What is measured. The names are those of the rows. */
export const WHAT = {
  plain: 'plain download (curl)',
  mount: 'nix-seed restore, mounted',
  unpack: 'nix-seed restore, unpacked',
  docker: 'docker pull, zstd',
  dockerGzip: 'docker pull, gzip',
  podman: 'podman pull, zstd',
  podmanGzip: 'podman pull, gzip',
  nixCopy: 'nix copy from a binary cache',
  tar: 'tar.zst, extracted',
  tarFetched: 'tar.zst, downloaded and extracted',
  warm: 'nix-seed restore, mounted, layers in the cache',
  firstMounted: 'first command, mounted',
  firstUnpacked: 'first command, unpacked',
  compileMounted: 'compile, mounted',
  compileUnpacked: 'compile, unpacked',
  publish: 'first publish',
  reseedNote: 'publish after a text changed',
  reseedTool: 'publish after a package changed'
} as const
export type What = (typeof WHAT)[keyof typeof WHAT]

export interface Sample {
  size: SizeName
  link: Link
  what: What
  /** From 1. */
  run: number
  seconds: number
  cpuSeconds: number
  peakBytes: number
  /** What the loopback carried. */
  movedBytes: number
}

export type SampleNumber = 'seconds' | 'cpuSeconds' | 'peakBytes' | 'movedBytes'

/** The samples of one row; none where it was not measured. */
export function samplesOf(
  samples: readonly Sample[],
  size: SizeName,
  what: What,
  link: Link = 'loopback'
): readonly Sample[] {
  return samples.filter(each => each.size === size && each.what === what && each.link === link)
}

/** The median of one row, or undefined where it was not measured. */
export function medianOf(
  samples: readonly Sample[],
  size: SizeName,
  what: What,
  link: Link = 'loopback',
  number: SampleNumber = 'seconds'
): number | undefined {
  const values = samplesOf(samples, size, what, link).map(each => each[number])
  return values.length === 0 ? undefined : median(values)
}

/** Median ÷ median of the seconds of two rows, or undefined where one was not measured. */
export function ratioOf(
  samples: readonly Sample[],
  size: SizeName,
  above: What,
  below: What,
  link: Link = 'loopback'
): number | undefined {
  const [a, b] = [medianOf(samples, size, above, link), medianOf(samples, size, below, link)]
  return a === undefined || b === undefined ? undefined : a / b
}
