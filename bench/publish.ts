/**
 * Publishing a large seed, beside what its parts cost alone: `tar | zstd -3 -T2` of the same store paths to a file, and
 * `crane push` of the same layers to the same registry. All in one run, each with a cold page cache.
 *
 *   npm run bench -- publish [--runs N]
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startService, stopService } from '../lab/daemon.ts'
import { formatBytes } from '../src/format.ts'
import type { Published } from '../src/seed/publish.ts'
import { dropCaches, fastest, measure, type Measurement } from './support/measure.ts'
import { nixSeed, prepareLargeProject } from './support/project.ts'

const CLI = nixSeed()

interface Row {
  what: string
  result: Measurement
  bytes: number
}

const bytesOf = ({ layerBytes, erofsBytes }: Published): number => layerBytes + erofsBytes

async function bench(folder: string, runs: number): Promise<void> {
  const project = join(folder, 'hello')
  prepareLargeProject(folder, project)
  const registry = await startService('registry')
  const other = await startService('registry')
  try {
    const paths: string[] = []
    let published: Published | undefined
    const rows: Row[] = []
    let round = 0
    let bothBytes = 0
    const ours = await fastest(runs, async () => {
      dropCaches()
      // A repository of its own for each run, or the second would find its seed.
      const to = `${registry.address}/bench/run${round++}/seed`
      const result = await measure([...CLI, 'publish', '--format', 'oci', '--to', to, '--json'], project)
      published = JSON.parse(result.stdout) as Published
      return result
    })
    if (published === undefined) throw new Error('nothing was published')
    rows.push({ what: 'nix-seed publish', result: ours, bytes: published.layerBytes })

    const again = await measure(
      [...CLI, 'publish', '--format', 'oci', '--to', `${registry.address}/bench/run0/seed`],
      project
    )
    rows.push({ what: 'nix-seed publish, again', result: again, bytes: 0 })

    const both = await fastest(runs, async () => {
      dropCaches()
      const to = `${registry.address}/bench/run${round++}/seed`
      const result = await measure([...CLI, 'publish', '--to', to, '--json'], project)
      bothBytes = bytesOf(JSON.parse(result.stdout) as Published)
      return result
    })
    rows.push({ what: 'nix-seed publish, with EROFS layers', result: both, bytes: bothBytes })

    const layout = join(folder, 'layout')
    const [node = '', ...cli] = CLI
    execFileSync(node, [...cli, 'publish', '--format', 'oci', '--to', `oci:${layout}`], { cwd: project, stdio: 'pipe' })
    const inspected = execFileSync(node, [...cli, 'inspect', `oci:${layout}`, '--json'], { maxBuffer: 1e8 })
    for (const each of (JSON.parse(inspected.toString()) as { paths: { path: string }[] }).paths) paths.push(each.path)
    const list = join(folder, 'paths')
    writeFileSync(list, paths.map(path => `${path.slice(1)}\n`).join(''))

    const archive = join(folder, 'archive.tar.zst')
    const tar = await fastest(runs, () => {
      dropCaches()
      return measure(['sh', '-c', `tar -C / -c -T ${list} | zstd -q -3 -T2 -f -o ${archive}`], folder)
    })
    rows.push({ what: 'tar | zstd -3 -T2 > file', result: tar, bytes: statSync(archive).size })
    rmSync(archive)

    round = 0
    const crane = await fastest(runs, () => {
      dropCaches()
      const to = `${other.address}/bench/run${round++}/seed`
      return measure(['crane', 'push', '--insecure', '--index', layout, to], folder)
    })
    rows.push({ what: 'crane push, layers made', result: crane, bytes: published.layerBytes })
    report(rows, published, runs)
  } finally {
    await stopService(registry)
    await stopService(other)
  }
}

function report(rows: readonly Row[], published: Published, runs: number): void {
  const base = rows.find(row => row.what.startsWith('tar'))?.result.seconds ?? NaN
  console.log(`${published.paths} store paths, ${formatBytes(published.narBytes)}, ${published.layers} layers`)
  console.log(`${cpus().length} cores, cold page cache, registry on loopback, fastest of ${runs}\n`)
  console.log('way                         seconds  ratio       bytes  peak memory')
  for (const { what, result, bytes } of rows) {
    const cells = [
      what.padEnd(26),
      result.seconds.toFixed(2).padStart(8),
      (result.seconds / base).toFixed(2).padStart(6),
      formatBytes(bytes).padStart(11),
      formatBytes(result.peakBytes).padStart(12)
    ]
    console.log(cells.join(' '))
  }
}

const { values } = parseArgs({ options: { runs: { type: 'string', default: '2' } } })
const folder = mkdtempSync(join(tmpdir(), 'nix-seed-bench-'))
try {
  await bench(folder, Number(values.runs))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
