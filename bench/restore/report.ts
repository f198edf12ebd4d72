/** The results as a document: tables, and the goals in the end. */
import { formatBytes } from '../../src/format.ts'
import { markdownTable } from '../support/table.ts'
import { GOALS, verdict, type Goal, type Measured } from './goals.ts'
import type { Machine } from './machine.ts'
import { LINKS, medianOf, ratioOf, samplesOf, WHAT, type Link, type Sample, type What } from './samples.ts'
import type { SeedFacts } from './seed.ts'
import type { SizeName } from './sizes.ts'

/** All that is known when the measurements are done. */
export interface Comparison {
  /** The day, as 2026-01-31. */
  date: string
  runs: number
  minutes: number
  machine: Machine
  seeds: SeedFacts[]
  samples: Sample[]
  /** What was not measured as described, a line each. */
  omissions: string[]
  amplifications: UpdateCosts[]
}

/** What one kind of update sends, for each layer plan. */
export interface UpdateCosts {
  update: string
  cases: number
  changedBytes: number
  /** Bytes pushed ÷ bytes changed, by plan. */
  plans: Record<string, number>
}

/** The ways to get a closure onto a machine, in the order of the tables. */
export const WAYS: readonly What[] = [
  WHAT.plain,
  WHAT.mount,
  WHAT.unpack,
  WHAT.tar,
  WHAT.tarFetched,
  WHAT.nixCopy,
  WHAT.podman,
  WHAT.podmanGzip,
  WHAT.docker,
  WHAT.dockerGzip
]

/** Where a way was measured, and under which heading that stands. */
export interface Section {
  size: SizeName
  link: Link
  title: string
  ways: What[]
}

export function sectionsOf({ samples, seeds }: Pick<Comparison, 'samples' | 'seeds'>): Section[] {
  const sections = LINKS.flatMap(link =>
    seeds.map(({ size }) => ({
      size,
      link,
      title: `${size}, ${link === 'loopback' ? 'loopback' : `a link of ${link}`}`,
      ways: WAYS.filter(what => samplesOf(samples, size, what, link).length > 0)
    }))
  )
  return sections.filter(({ ways }) => ways.length > 0)
}

export function writeReport(comparison: Comparison): string {
  const parts = [
    '# How fast seeds are restored',
    'Made by `npm run bench`; [docs/performance.md](../../docs/performance.md) says what is measured, and how.',
    describe(comparison),
    seedsTable(comparison),
    '![The ways in seconds](restore.svg)',
    ...sectionsOf(comparison).flatMap(section => [`## ${section.title}`, waysTable(comparison, section)]),
    ...commandsPart(comparison),
    ...overheadPart(comparison),
    ...reseedPart(comparison),
    ...amplificationPart(comparison),
    ...omissionsPart(comparison),
    '## Goals',
    goalsTable(comparison.samples)
  ]
  return `${parts.join('\n\n')}\n`
}

function describe({ date, runs, minutes, machine }: Comparison): string {
  const { cores, processor, memoryBytes, kernel, fileSystem, versions } = machine
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return (
    `${date}, in ${minutes.toFixed(0)} min: ${cores} cores (${processor}), ${formatBytes(memoryBytes)} of memory, ` +
    `Linux ${kernel}, ${fileSystem}; ${programs.join(', ')}. Medians of ${runs}, everything with a cold page cache ` +
    `and into an empty place, in turn; registry and files are served on the same machine, from the same disk.`
  )
}

function seedsTable({ seeds }: Comparison): string {
  const heads = ['seed', { head: 'what it is', align: 'left' }, 'store paths', 'unpacked', 'layers'] as const
  return markdownTable(
    [...heads, 'zstd layers', 'EROFS layers', 'tar.zst'],
    seeds.map(seed => [
      seed.size,
      seed.about,
      String(seed.paths),
      formatBytes(seed.narBytes),
      String(seed.layers),
      ...[seed.layerBytes, seed.erofsBytes, seed.archiveBytes].map(formatBytes)
    ])
  )
}

function waysTable({ samples }: Comparison, { size, link, ways }: Section): string {
  const rows = ways.map(what => {
    const own = samplesOf(samples, size, what, link)
    return [
      what,
      seconds(medianOf(samples, size, what, link)),
      spread(own),
      times(ratioOf(samples, size, what, WHAT.plain, link)),
      times(ratioOf(samples, size, what, WHAT.mount, link)),
      formatBytes(medianOf(samples, size, what, link, 'movedBytes') ?? 0),
      formatBytes(Math.max(...own.map(({ peakBytes }) => peakBytes)))
    ]
  })
  return markdownTable(['way', 'seconds', 'runs', '÷ plain', '÷ mounted', 'moved', 'peak memory'], rows)
}

function commandsPart({ samples, seeds }: Comparison): string[] {
  const pairs = [
    ['first command (`nix develop -c true`)', WHAT.firstMounted, WHAT.firstUnpacked],
    ['compile of one C++ file', WHAT.compileMounted, WHAT.compileUnpacked]
  ] as const
  const rows = seeds.flatMap(({ size }) =>
    pairs
      .filter(([, mounted, unpacked]) => ratioOf(samples, size, mounted, unpacked) !== undefined)
      .map(([name, mounted, unpacked]) => [
        name,
        size,
        seconds(medianOf(samples, size, mounted)),
        seconds(medianOf(samples, size, unpacked)),
        times(ratioOf(samples, size, mounted, unpacked))
      ])
  )
  if (rows.length === 0) return []
  return [
    '## In the restored store, cold',
    markdownTable(['command', 'seed', 'mounted, seconds', 'unpacked, seconds', 'ratio'], rows)
  ]
}

function overheadPart({ samples, seeds }: Comparison): string[] {
  const rows = seeds.flatMap(({ size }) => {
    const [mount, plain, warm] = [WHAT.mount, WHAT.plain, WHAT.warm].map(what => medianOf(samples, size, what))
    if (warm === undefined) return []
    const difference = mount === undefined || plain === undefined ? undefined : mount - plain
    const warmBytes = medianOf(samples, size, WHAT.warm, 'loopback', 'movedBytes') ?? 0
    return [[size, seconds(warm), formatBytes(warmBytes), seconds(difference)]]
  })
  if (rows.length === 0) return []
  return [
    '## Time not spent on bytes',
    'A mounted restore whose layers are all in its cache folder, with a cold page cache; and beside it, by how much a mounted restore takes longer than a plain download.',
    markdownTable(['seed', 'layers in the cache, seconds', 'moved', 'mounted − plain, seconds'], rows)
  ]
}

function reseedPart({ samples, seeds }: Comparison): string[] {
  const rows = seeds.flatMap(({ size }) =>
    [WHAT.publish, WHAT.reseedNote, WHAT.reseedTool]
      .filter(what => samplesOf(samples, size, what).length > 0)
      .map(what => [
        what,
        size,
        seconds(medianOf(samples, size, what)),
        spread(samplesOf(samples, size, what)),
        times(ratioOf(samples, size, what, WHAT.publish)),
        formatBytes(medianOf(samples, size, what, 'loopback', 'movedBytes') ?? 0),
        formatBytes(Math.max(...samplesOf(samples, size, what).map(({ peakBytes }) => peakBytes)))
      ])
  )
  if (rows.length === 0) return []
  return [
    '## Publishing again',
    'Zstd and EROFS layers, to a registry on loopback. What changed is built before; evaluating, packing and sending are measured.',
    markdownTable(['publish', 'seed', 'seconds', 'runs', '÷ first', 'moved', 'peak memory'], rows)
  ]
}

function amplificationPart({ amplifications }: Comparison): string[] {
  const plans = Object.keys(amplifications[0]?.plans ?? {})
  if (plans.length === 0) return []
  const rows = amplifications.map(({ update, cases, changedBytes, plans: values }) => [
    update,
    String(cases),
    formatBytes(changedBytes),
    ...plans.map(plan => times(values[plan]))
  ])
  return [
    '## What updates send, by layer plan',
    'Compressed bytes pushed ÷ compressed bytes changed, of all cases together, over the large closure; 1.00 is the best that any plan can do. Computed, nothing is packed; `npm run bench -- plan` prints more.',
    markdownTable(['update', 'cases', 'changed', ...plans], rows)
  ]
}

function omissionsPart({ omissions }: Comparison): string[] {
  if (omissions.length === 0) return []
  return ['## Left out', omissions.map(line => `- ${line}`).join('\n')]
}

/** The goals, what was measured, and whether that meets them. */
export function goalsTable(samples: readonly Sample[]): string {
  const left = (head: string) => ({ head, align: 'left' }) as const
  return markdownTable(
    [left('measure'), 'goal', left('measured'), left('met')],
    GOALS.map(goal => {
      const values = goal.values(samples)
      return [
        goal.measure,
        boundOf(goal),
        values.map(value => measured(goal, value)).join('; ') || '–',
        verdict(goal, values)
      ]
    })
  )
}

function boundOf({ kind, bound, unit }: Goal): string {
  return `${kind === 'at most' ? '≤' : '≥'} ${bound}${unit === undefined ? '' : ` ${unit}`}`
}

function measured({ unit }: Goal, { where, value }: Measured): string {
  return `${where}: ${unit === undefined ? times(value) : `${value.toFixed(0)} ${unit}`}`
}

function spread(samples: readonly Sample[]): string {
  return samples.map(each => each.seconds.toFixed(2)).join(' ')
}

function seconds(value: number | undefined): string {
  return value === undefined ? '–' : value.toFixed(2)
}

/** A ratio with as many digits as it has to tell. */
function times(value: number | undefined): string {
  if (value === undefined) return '–'
  return value < 10 ? value.toFixed(2) : value.toFixed(1)
}
