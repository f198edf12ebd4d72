/**
 * Restoring a seed by unpacking it, beside the least that a cache action does: extracting one tar.zst of the same store
 * paths with zstd and tar. All in one run, each with a cold page cache, from the same disk to the same disk; and once more
 * from a registry on loopback.
 *
 *   npm run bench -- unpack [--runs N] [--closure quickClosure] [--source]
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startService, stopService } from '../lab/daemon.ts'
import { writeExample, writeInputs } from '../lab/example.ts'
import { formatBytes } from '../src/format.ts'
import type { Published } from '../src/seed/publish.ts'
import { dropCaches, measure, median, type Measurement } from './support/measure.ts'

interface Row {
  what: string
  results: Measurement[]
}

interface Options {
  closure: string
  runs: number
  /** The command line from source, and not from dist. */
  source: boolean
}

async function bench(folder: string, { closure, runs, source }: Options): Promise<void> {
  const root = join(import.meta.dirname, '..')
  const cli = [process.execPath, join(root, source ? 'src/cli.ts' : 'dist/cli/index.js')]
  const run = (...args: string[]): string =>
    execFileSync(cli[0] ?? '', [...cli.slice(1), ...args], {
      cwd: project,
      maxBuffer: 1e8,
      stdio: ['ignore', 'pipe', 2]
    })
      .toString()
      .trim()
  const project = join(folder, 'hello')
  prepareProject(folder, project, closure)

  const layout = join(folder, 'layout')
  const published = JSON.parse(run('publish', '--to', `oci:${layout}`, '--json')) as Published
  const { paths } = JSON.parse(run('inspect', `oci:${layout}`, '--json')) as { paths: { path: string }[] }
  const list = join(folder, 'paths')
  writeFileSync(list, paths.map(({ path }) => `${path.slice(1)}\n`).join(''))
  const archive = join(folder, 'archive.tar.zst')
  execFileSync('sh', ['-c', `tar -C / -c -T ${list} | zstd -q -3 -T2 -f -o ${archive}`])

  const registry = await startService('registry')
  try {
    const to = `${registry.address}/bench/seed`
    execFileSync('crane', ['push', '--insecure', '--index', layout, to], { stdio: 'pipe' })
    const target = join(folder, 'target')
    const commands = {
      'zstd -d | tar x': ['sh', '-c', `zstd -q -d -c ${archive} | tar -C ${target} -x`],
      'nix-seed restore, layout': [...cli, 'restore', `oci:${layout}`, '--root', target],
      'nix-seed restore, registry': [...cli, 'restore', `${to}@${published.digest}`, '--root', target]
    }
    const rows: Row[] = Object.keys(commands).map(what => ({ what, results: [] }))
    // In turn, so that what else the machine does meets all of them.
    for (let i = 0; i < runs; i++) {
      for (const row of rows) {
        mkdirSync(target)
        dropCaches()
        row.results.push(await measure(commands[row.what as keyof typeof commands], folder))
        execFileSync('rm', ['-rf', target])
      }
    }
    report(rows, published, statSync(archive).size)
  } finally {
    await stopService(registry)
  }
}

function prepareProject(folder: string, project: string, closure: string): void {
  if (closure === 'benchClosure') {
    const prepare = join(import.meta.dirname, '../lab/packages/prepare.ts')
    execFileSync(process.execPath, [prepare, '--large'], { stdio: 'inherit' })
  }
  const inputs = writeInputs(join(folder, 'inputs'))
  writeExample('hello', project, inputs, flake =>
    flake.replace('mkSeed { inherit pkgs self; }', `mkSeed { inherit pkgs self; contents = [ pkgs.${closure} ]; }`)
  )
  console.error('building the closure')
  execFileSync('nix', ['build', '--no-link', '.#seed.descriptor'], { cwd: project, stdio: 'pipe' })
}

function report(rows: readonly Row[], published: Published, archiveBytes: number): void {
  const seconds = (row: Row | undefined): number => median(row?.results.map(result => result.seconds) ?? [])
  const base = seconds(rows[0])
  const peak = (row: Row): number => Math.max(...row.results.map(result => result.peakBytes))
  console.log(`${published.paths} store paths, ${formatBytes(published.narBytes)}, ${published.layers} layers`)
  console.log(`layers ${formatBytes(published.layerBytes)}, archive ${formatBytes(archiveBytes)}`)
  console.log(`${availableParallelism()} cores, cold page cache, median of ${rows[0]?.results.length ?? 0}\n`)
  console.log('way                         seconds  ratio  all runs              peak memory')
  for (const row of rows) {
    const all = row.results.map(result => result.seconds.toFixed(1)).join(' ')
    const cells = [
      row.what.padEnd(26),
      seconds(row).toFixed(2).padStart(8),
      (seconds(row) / base).toFixed(2).padStart(6),
      ` ${all.padEnd(20)}`,
      formatBytes(peak(row)).padStart(12)
    ]
    console.log(cells.join(' '))
  }
}

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    closure: { type: 'string', default: 'benchClosure' },
    source: { type: 'boolean', default: false }
  }
})
const folder = mkdtempSync(join(tmpdir(), 'nix-seed-bench-'))
try {
  await bench(folder, { closure: values.closure, runs: Number(values.runs), source: values.source })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
