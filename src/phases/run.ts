/** `main`: sees to seed and Nix of the job, and makes a new seed in seed mode. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SeedError } from '../errors.ts'
import { isSeedContainer, measureCoverage, recordPaths } from '../seed/coverage.ts'
import type { PhaseState, State } from '../state.ts'
import type { Phase } from './context.ts'
import { findContainerSeed } from './container.ts'
import type { OutputName } from './input-names.ts'
import { readyNix } from './nix.ts'
import { lockOfCheckout, lockOfCommit } from './pinned.ts'
import { bringSeed, isFatal, seedPathsFile, type Attempt, type SeedPaths } from './restore.ts'
import { seed as makeSeed, type SeedResult } from './seed.ts'
import type { PrepareSigning, Sign } from './signature.ts'

const STORE = '/nix/store'

/**
 * Fills `state`, in every case as far as things went, and sets the outputs.
 *
 * @param prepare finds out whether seeds can be signed, before anything that takes long
 * @throws what makes the job fail
 */
export async function run(phase: Phase, state: State, prepare: PrepareSigning): Promise<void> {
  const { steps, inputs, ports } = phase
  const main: PhaseState = { steps: [], warnings: [] }
  state.main = main
  for (const warning of inputs.warnings) ports.log.warn(warning)
  try {
    const sign = isSigned(phase) ? await prepare(phase) : undefined
    const isContainer = await isSeedContainer()
    const attempt = isContainer ? await findContainerSeed(phase) : await attemptSeed(phase, state)
    Object.assign(main, attempt)
    const nix = await readyNix(phase, state, attempt.seed, isContainer)
    main.strategy = nix.strategy
    main.nixVersion = nix.version
    phase.runner.addMatcher(phase.matcher)
    const seed = await seedPaths(phase, isContainer)
    const record = join(phase.folder, 'coverage.json')
    await recordPaths(record, { seed: seed.names, seedBytes: seed.bytes, storeFolder: STORE })
    state.coverageFile = record
    if (inputs.mode === 'seed') await seedMode(phase, main, sign)
    const percent = seed.names.length === 0 ? 0 : (await measureCoverage(record, ports)).percent
    phase.runner.setOutput('coverage', String(percent))
  } finally {
    main.steps = steps.list
    setOutputs(phase, main)
  }
}

/** Whether the job publishes a seed that is to be signed. */
function isSigned({ inputs, runner }: Phase): boolean {
  return inputs.mode === 'seed' && inputs.sign && !runner.job.isFork
}

/** The pinned seed, or why there is none; whether that fails the job is decided here. */
async function attemptSeed(phase: Phase, state: State): Promise<Attempt> {
  const { inputs, ports } = phase
  // Seed mode is what makes and mends seeds.
  const isRequired = inputs.required && inputs.mode === 'restore'
  let attempt: Attempt
  try {
    const lock = (await lockOfCheckout(phase)) ?? (await lockOfCommit(phase))
    attempt = await bringSeed(lock, phase, state.pre?.seed)
  } catch (error) {
    ports.signal.throwIfAborted()
    if (isFatal(error, inputs.mode) || isRequired || !(error instanceof SeedError)) throw error
    const hint = error.hint === undefined ? '' : ` ${error.hint}`
    ports.log.warn(`The job goes on without its seed: ${error.message}.${hint}`)
    return { outcome: 'miss', reason: error.message }
  }
  if (attempt.seed === undefined) {
    if (isRequired) {
      throw new SeedError('PIN_MISSING', `there is no seed for this job: ${attempt.reason ?? 'none is pinned'}`, {
        hint: 'Publish and pin one by running this action in seed mode, or leave out "required".'
      })
    }
    ports.log.info(`No seed: ${attempt.reason ?? 'none is pinned'}`)
  }
  return attempt
}

async function seedMode(phase: Phase, main: PhaseState, sign: Sign | undefined): Promise<void> {
  const { runner, steps } = phase
  if (runner.job.isFork) {
    const why = 'this run is of a fork, which may read seeds and publish none'
    steps.skip('Publish a seed', why)
    runner.annotate('notice', `No seed is published: ${why}.`)
    return
  }
  const told = ({ reference, published, paths, layers, signature, pin }: SeedResult): void => {
    const { reused, layerBytes } = published
    main.published = { reference, reused, paths, layers, bytes: layerBytes }
    if (signature) main.signature = signature
    if (pin) main.pullRequest = pin
  }
  told(await makeSeed(phase, told, sign, main.seed?.reference))
}

/** What came from the seed; nothing where there was none. */
async function seedPaths(phase: Phase, isContainer: boolean): Promise<SeedPaths> {
  try {
    return JSON.parse(await readFile(seedPathsFile(phase), 'utf8')) as SeedPaths
  } catch {
    // A container made from a seed has nothing else.
    return { names: isContainer ? await readdir(STORE).catch(() => []) : [], bytes: 0 }
  }
}

function setOutputs({ runner, system }: Phase, main: PhaseState): void {
  const { outcome, reason, seed, published, signature, pullRequest } = main
  const signed = signature?.kind === 'signed' ? signature : undefined
  const reference = published?.reference ?? seed?.reference
  const values: Partial<Record<OutputName, string | number | boolean | undefined>> = {
    outcome,
    hit: outcome === undefined ? undefined : outcome === 'hit' || (outcome === 'container' && reason === undefined),
    reason: reason?.split('\n', 1)[0] ?? '',
    seed: reference,
    digest: reference?.slice(reference.indexOf('@') + 1),
    strategy: main.strategy ?? 'none',
    bytes: seed?.bytes ?? 0,
    'restore-ms': seed?.milliseconds ?? 0,
    'lock-key': main.lockKey,
    system,
    'nix-version': main.nixVersion,
    reused: published?.reused,
    paths: published?.paths ?? seed?.paths,
    layers: published?.layers ?? seed?.layers,
    attestation: signature?.kind === 'none' ? undefined : signature?.attestation,
    'attestation-identity': signed?.identity ?? signed?.builderId,
    'attestation-issuer': signed?.issuer,
    'attestation-log-index': signed?.logIndex,
    'attestation-log-url': signed?.logUrl,
    bundle: signed?.bundle,
    sbom: signed?.sbom,
    'pull-request-number': pullRequest?.number,
    'pull-request-url': pullRequest?.url,
    'pull-request-operation': pullRequest?.operation ?? 'none'
  }
  for (const [name, value] of Object.entries(values)) if (value !== undefined) runner.setOutput(name, String(value))
}
