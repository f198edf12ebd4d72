/**
 * The whole comparison: how long it takes until a machine without a store has a project's closure, in all the ways there
 * are, from the same disk over loopback, at three sizes; what the store is worth then; and what the next publish takes.
 * This is `npm run bench` without a name.
 *
 *   npm run bench -- [--sizes 0.3,1,3.5] [--runs N] [--only WORD] [--source] [--results DIR]
 */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { format, resolveConfig } from 'prettier'
import { startService, stopService } from '../lab/daemon.ts'
import { writeInputs } from '../lab/example.ts'
import { formatBytes } from '../src/format.ts'
import { run } from '../scripts/child.mjs'
import { amplificationOf, amplifications } from './plan.ts'
import { Bench, type Settings } from './restore/bench.ts'
import { compareCommands } from './restore/commands.ts'
import { describeMachine } from './restore/machine.ts'
import { drawPicture } from './restore/picture.ts'
import { writeReport, type Comparison, type UpdateCosts } from './restore/report.ts'
import { compareReseeds } from './restore/reseed.ts'
import { LINKS, type Link } from './restore/samples.ts'
import { withSeed, type Seed, type SeedFacts } from './restore/seed.ts'
import { parseSizes, SIZE_NAMES, type Size } from './restore/sizes.ts'
import { compareWays } from './restore/ways.ts'
import { inOwnNetwork, withLimitedLoopback, withoutProxies } from './support/network.ts'
import { nixSeed, prepareLargeSet } from './support/project.ts'

/** Set in the process that measures, which has a network of its own. */
const INSIDE = 'NIX_SEED_BENCH_NETWORK'
/** The second of {@link LINKS}. */
const LIMIT_BYTES_PER_SECOND = 100e6
/** What is on the disk at once, in closures: unpacked twice, packed five times, and the lab's own store. */
const DISK_FACTOR = 4.5
const DISK_BESIDE = 2e9

interface Options {
  sizes: Size[]
  runs: number
  only: string
  source: boolean
  /** Folder for what it finds. */
  results: string
}

/** @returns undefined where help is asked for */
function parseOptions(): Options | undefined {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string', default: '0.3,1,3.5' },
      runs: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
      source: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      results: { type: 'string', default: join(import.meta.dirname, 'results') }
    }
  })
  if (values.help) return undefined
  const runs = Number(values.runs)
  if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs takes a number from 1')
  return { ...values, sizes: parseSizes(values.sizes), runs, results: resolve(values.results) }
}

/** Does what takes a network, and goes on in one of its own. The exit code. */
async function begin({ sizes }: Options): Promise<number> {
  await requireDisk(Math.max(...sizes.map(({ bytes }) => bytes)) * DISK_FACTOR + DISK_BESIDE)
  if (sizes.some(({ large }) => large)) prepareLargeSet()
  const command = inOwnNetwork([process.execPath, import.meta.filename, ...process.argv.slice(2)])
  return run(command[0] ?? '', command.slice(1), { ...withoutProxies(process.env), [INSIDE]: '1' })
}

async function requireDisk(needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(tmpdir())
  const free = bavail * bsize
  console.error(`takes about ${formatBytes(needed)} of ${tmpdir()}, which has ${formatBytes(free)}`)
  if (free < needed) throw new Error('there is too little room; leave out the large size with --sizes 0.3,1')
}

/** The exit code: 1 where something could not be measured, 130 after an interruption. */
async function measureAll(options: Options): Promise<number> {
  const interruption = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => interruption.abort(new Error('interrupted')))
  }
  const started = performance.now()
  const folder = await mkdtemp(join(tmpdir(), 'nix-seed-bench-'))
  const { runs, only, source } = options
  const settings: Settings = { folder, nixSeed: nixSeed(source), runs, only, signal: interruption.signal }
  const bench = new Bench(settings)
  const amplifications = updateCosts()
  let report = ''
  try {
    await measureSizes(bench, options.sizes, async seeds => {
      const comparison: Comparison = {
        date: new Date().toISOString().slice(0, 10),
        runs,
        minutes: (performance.now() - started) / 60_000,
        machine: describeMachine(folder),
        seeds,
        samples: bench.samples,
        omissions: bench.omissions,
        amplifications
      }
      report = await writeResults(comparison, options.results)
    })
    console.log(report)
  } catch (error) {
    if (!interruption.signal.aborted) throw error
    console.error('interrupted; everything that was started is being stopped')
    return 130
  } finally {
    await bench.clear(['rm', '-rf', '--one-file-system', folder])
  }
  return bench.failed ? 1 : 0
}

/** @param onSize called after each size with the seeds so far: what an interrupted run has measured is not lost */
async function measureSizes(
  bench: Bench,
  sizes: readonly Size[],
  onSize: (seeds: SeedFacts[]) => Promise<void>
): Promise<void> {
  const seeds: SeedFacts[] = []
  const inputs = writeInputs(join(bench.settings.folder, 'inputs'))
  const dockerd = await startService('dockerd')
  try {
    // The largest first: where there is too little room for it, that shows at once.
    for (const size of sizes.toReversed()) {
      const use = async (seed: Seed): Promise<void> => {
        seeds.unshift(seed.facts)
        await compareWays(bench, seed, 'loopback', dockerd)
        await compareLimited(bench, seed, link => compareWays(bench, seed, link, dockerd))
        await bench.attempt(`${size.name}: commands in the restored store`, () => compareCommands(bench, seed))
        await bench.attempt(`${size.name}: publishing again`, () => compareReseeds(bench, seed))
      }
      await bench.attempt(`${size.name}: its seed`, () => withSeed(bench, size, inputs, use))
      await onSize(seeds)
    }
  } finally {
    await stopService(dockerd)
  }
}

async function compareLimited(bench: Bench, { size }: Seed, compare: (link: Link) => Promise<void>): Promise<void> {
  if (!size.limited) return
  const [, limited] = LINKS
  await bench.attempt(`${size.name}, a link of ${limited}`, () =>
    withLimitedLoopback(LIMIT_BYTES_PER_SECOND, () => compare(limited))
  )
}

function updateCosts(): UpdateCosts[] {
  return amplifications().map(({ update, costs }) => {
    const [any = []] = Object.values(costs)
    return {
      update,
      cases: any.length,
      changedBytes: any.reduce((sum, { changed }) => sum + changed, 0),
      plans: Object.fromEntries(Object.entries(costs).map(([plan, each]) => [plan, amplificationOf(each)]))
    }
  })
}

/** @returns the report */
async function writeResults(comparison: Comparison, folder: string): Promise<string> {
  const report = writeReport(comparison)
  await mkdir(folder, { recursive: true })
  const files = {
    'restore.md': report,
    'restore.svg': drawPicture(comparison),
    'restore.json': JSON.stringify(comparison)
  }
  for (const [name, content] of Object.entries(files)) {
    const filepath = join(folder, name)
    const config = name.endsWith('.svg') ? undefined : await resolveConfig(import.meta.filename)
    await writeFile(filepath, config ? await format(content, { ...config, filepath }) : content)
  }
  return report
}

const USAGE = `usage: npm run bench -- [OPTION]…

Measures how seeds are restored, in all ways, and writes restore.md, restore.svg and restore.json.
  --sizes LIST   of ${SIZE_NAMES.join(', ')}; such as 0.3,1 (default: all)
  --runs N       how often each is measured (default: 3)
  --only WORD    only the rows with this in their name, such as docker
  --source       the command line from src, and not the bundle in dist
  --results DIR  where the results go (default: bench/results)
`

/** The exit code. */
async function main(): Promise<number> {
  let options: Options | undefined
  try {
    options = parseOptions()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
    return 2
  }
  if (options === undefined) {
    process.stdout.write(USAGE)
    return 0
  }
  if (!existsSync(nixSeed(options.source)[1] ?? '')) throw new Error('dist/cli/index.js is missing: npm run build')
  return process.env[INSIDE] === undefined ? begin(options) : measureAll(options)
}

process.exitCode = await main()
