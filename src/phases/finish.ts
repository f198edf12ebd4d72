/** `post`: coverage, the push to Cachix, clean-up, the end of a mounted store, and the summary. It trusts what was saved, and never fails a job. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pushCachix } from '../cachix/push.ts'
import { renderSummary, type Report, type ReportedCoverage } from '../report.ts'
import { measureCoverage, type Coverage } from '../seed/coverage.ts'
import type { State } from '../state.ts'
import { MATCHER_OWNERS, step, type Phase } from './context.ts'
import { leaveMount } from './placing.ts'

/** A Nix that does not answer must not hold up the end of a job. */
const MEASURE_MS = 30_000
/** Largest paths that are named. */
const LARGEST = 10

export async function finish(phase: Phase, state: State): Promise<void> {
  let coverage: Coverage | undefined
  try {
    coverage = await measured(phase, state)
    if (coverage !== undefined) tell(coverage, phase)
    await push(phase, state, coverage)
  } finally {
    await cleanUp(phase, state)
    // Nothing after it needs Nix.
    await leaveMount(phase, state)
  }
  if (phase.inputs.summary) await phase.runner.summarize(renderSummary(report(phase, state, coverage)))
}

async function measured({ ports }: Phase, state: State): Promise<Coverage | undefined> {
  if (state.coverageFile === undefined) return undefined
  try {
    const signal = AbortSignal.any([ports.signal, AbortSignal.timeout(MEASURE_MS)])
    return await measureCoverage(state.coverageFile, { ...ports, signal })
  } catch (error) {
    ports.signal.throwIfAborted()
    ports.log.info(`It is not known what came from the seed: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

function tell({ fetched, built, seed, unknown, percent }: Coverage, { ports }: Phase): void {
  const from = seed.paths === 0 ? 'No seed' : `Coverage ${percent} %: ${seed.paths} store paths from the seed`
  const more = unknown.paths === 0 ? '' : `, ${unknown.paths} that Nix could not be asked about`
  ports.log.info(`${from}, ${fetched.paths} fetched beside it, ${built.paths} built${more}.`)
}

async function push(phase: Phase, state: State, coverage: Coverage | undefined): Promise<void> {
  const { inputs, ports } = phase
  if (state.cachix === undefined || inputs.cachixAuthToken === undefined || coverage === undefined) return
  const paths = coverage.newPaths
  if (paths.length === 0) return
  // Whoever uses the cache trusts what is in it.
  if (phase.runner.job.isFork) {
    ports.log.info('Nothing is pushed to Cachix: this run is of a fork.')
    return
  }
  const { name } = state.cachix
  const secrets = {
    token: inputs.cachixAuthToken,
    flake: join(phase.runner.job.workspace, inputs.flake),
    ...(inputs.cachixSigningKey !== undefined && { signingKey: inputs.cachixSigningKey })
  }
  try {
    await step(phase, `Push ${paths.length} store paths to Cachix`, () => pushCachix(name, paths, secrets, ports))
  } catch (error) {
    ports.log.warn(
      `Nothing or not all was pushed to ${name}.cachix.org: ${error instanceof Error ? error.message : ''}`
    )
  }
}

/** Takes away the file with the token, and what the phases left for each other. */
async function cleanUp(phase: Phase, state: State): Promise<void> {
  for (const owner of state.main === undefined ? [] : MATCHER_OWNERS) phase.runner.removeMatcher(owner)
  const { nixConf, files } = state.cleanUp
  for (const file of [...(nixConf === undefined ? [] : [nixConf]), ...files, phase.folder]) {
    await rm(file, { recursive: true, force: true }).catch((error: unknown) => {
      phase.ports.log.warn(`${file} could not be removed: ${error instanceof Error ? error.message : String(error)}`)
    })
  }
}

function report({ inputs, system, steps }: Phase, { main, pre }: State, coverage: Coverage | undefined): Report {
  const { outcome, reason, seed, nixVersion, published, signature, pullRequest, warnings, error } = main ?? {}
  const { verifications = pre?.verifications ?? [], isCandidate, promoted } = main ?? {}
  return {
    mode: inputs.mode,
    system,
    strategy: main?.strategy ?? 'none',
    steps: [...(pre?.steps ?? []), ...(main?.steps ?? []), ...steps.list],
    warnings: [...new Set([...(pre?.warnings ?? []), ...(warnings ?? [])])],
    ...(outcome !== undefined && { outcome }),
    ...(reason !== undefined && { reason }),
    ...(seed !== undefined && { seed }),
    ...(nixVersion !== undefined && { nixVersion }),
    ...(published !== undefined && { published }),
    ...(signature !== undefined && { signature }),
    ...(pullRequest !== undefined && { pullRequest }),
    verifications,
    ...(isCandidate !== undefined && { isCandidate }),
    ...(promoted !== undefined && { promoted }),
    ...(error !== undefined && { error }),
    ...(coverage !== undefined && { coverage: reported(coverage) })
  }
}

function reported({ seed, fetched, built, unknown, percent }: Coverage): ReportedCoverage {
  return {
    percent,
    fromSeed: seed.paths,
    fromSeedBytes: seed.bytes,
    beside: fetched.paths + built.paths,
    unknown: unknown.paths,
    besideBytes: fetched.bytes + built.bytes,
    largest: [...fetched.largest, ...built.largest].sort((a, b) => b.bytes - a.bytes).slice(0, LARGEST)
  }
}
