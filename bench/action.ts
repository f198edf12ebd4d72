/**
 * What the phases of the action cost a job when there is nothing to do: Nix is there, no seed is pinned, and the forge's
 * API answers on loopback. The other actions that set up Nix need their services and cannot be run here; beside ours
 * stands what no JavaScript action goes below, the start of Node.js with an empty program.
 *
 *   npm run bench -- action [--runs N]
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { GitHubServer } from '../__tests__/support/github/server.ts'
import { startJob, type PhaseResult, type Step } from '../__tests__/support/phases.ts'
import { formatBytes } from '../src/format.ts'

const ROOT = join(import.meta.dirname, '..')
const PHASES = ['pre', 'main', 'post'] as const
/** What `pre` and `post` may take together. */
const GOAL_MS = 1000
const SAMPLE_MS = 5

type Name = (typeof PHASES)[number]

interface Sample {
  milliseconds: number
  /** The most that the phase's own process had resident. */
  peakBytes: number
}

async function bench(folder: string, runs: number): Promise<void> {
  const github = await GitHubServer.start({
    repository: 'org/hello',
    files: { 'flake.nix': '{ outputs = _: { }; }\n' }
  })
  await github.repository.commit('main', {
    'flake.lock': '{ "nodes": { "root": {} }, "root": "root", "version": 7 }\n'
  })
  try {
    const ours: Record<Name, Sample>[] = []
    const empty: Record<Name, Sample>[] = []
    for (let run = 0; run < runs + 1; run++) {
      // In turns, so that whatever else the machine does hits both. The first of each fills the page cache.
      const round = [await runPhases(join(folder, `ours-${run}`), ROOT, github)]
      round.push(await runPhases(join(folder, `empty-${run}`), emptyAction(folder), github))
      if (run === 0) continue
      ours.push(round[0]!)
      empty.push(round[1]!)
    }
    report(ours, empty, runs)
  } finally {
    await github.close()
  }
}

async function runPhases(folder: string, action: string, github: GitHubServer): Promise<Record<Name, Sample>> {
  const job = startJob({
    folder,
    action,
    event: 'push',
    repository: 'org/hello',
    sha: (await github.repository.head('main'))!,
    token: github.issueToken({ kind: 'job', permissions: { contents: 'read' } }),
    serverUrl: github.serverUrl,
    apiUrl: github.apiUrl,
    graphqlUrl: github.graphqlUrl
  })
  const step = job.use({ image: 'registry.invalid/org/repo/seed' })
  const pre = await measure(step, 'pre')
  for (const file of ['flake.nix', 'flake.lock']) {
    writeFileSync(join(job.folders.workspace, file), (await github.repository.read('main', file))!)
  }
  const samples = { pre, main: await measure(step, 'main'), post: await measure(step, 'post') }
  job.end()
  return samples
}

async function measure(step: Step, name: Name): Promise<Sample> {
  const phase = await step.start(name)
  if (phase === undefined) throw new Error(`${name} was skipped`)
  let peakBytes = 0
  const sampler = setInterval(() => (peakBytes = Math.max(peakBytes, highWater(phase.pid))), SAMPLE_MS)
  const result = await phase.done
  clearInterval(sampler)
  check(result)
  return { milliseconds: result.durationMs, peakBytes }
}

/** The kernel keeps the highest value, so a sample shortly before the end is enough. */
function highWater(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    return 0 // it has ended
  }
}

function check({ phase, failed, log }: PhaseResult): void {
  if (failed) throw new Error(`${phase} failed:\n${log}`)
}

function emptyAction(folder: string): string {
  const action = join(folder, 'empty')
  mkdirSync(action, { recursive: true })
  writeFileSync(join(action, 'index.cjs'), '0\n')
  const runs = PHASES.map(name => `${name}: index.cjs`).join(', ')
  writeFileSync(join(action, 'action.yml'), `name: Empty\nruns: { using: node24, ${runs} }\n`)
  return action
}

function report(ours: readonly Record<Name, Sample>[], empty: readonly Record<Name, Sample>[], runs: number): void {
  console.log(`nothing to do: Nix present, no seed pinned, API on loopback`)
  console.log(`${cpus().length} cores, warm page cache, median of ${runs}\n`)
  console.log('phase   seconds   Node.js alone   peak memory       bundle')
  const floor = median(empty.map(samples => samples.pre.milliseconds))
  for (const name of PHASES) {
    const cells = [
      name.padEnd(5),
      seconds(median(ours.map(samples => samples[name].milliseconds))).padStart(9),
      seconds(floor).padStart(15),
      formatBytes(median(ours.map(samples => samples[name].peakBytes))).padStart(13),
      formatBytes(statSync(join(ROOT, 'dist', name, 'index.js')).size).padStart(12)
    ]
    console.log(cells.join(' '))
  }
  const both = median(ours.map(({ pre, post }) => pre.milliseconds + post.milliseconds))
  console.log(`\npre and post together: ${seconds(both)} s, ${(both / GOAL_MS).toFixed(2)} of the goal`)
  console.log('Node.js alone is the start of an empty program; other actions need their services and do not run here.')
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3)
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]!
}

const { values } = parseArgs({ options: { runs: { type: 'string', default: '9' } } })
const folder = mkdtempSync(join(tmpdir(), 'nix-seed-bench-'))
try {
  await bench(folder, Number(values.runs))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
