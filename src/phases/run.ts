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
import { promoteMode } from './promote.ts'
import { bringSeed, checkOfPinned, isFatal, seedPathsFile, type Attempt, type SeedPaths } from './restore.ts'
import { seed as makeSeed, type SeedResult } from './seed.ts'
import type { PrepareSigning, Sign } from './signature.ts'
import { keepIn, type PrepareVerifying, type Verifier } from './verification.ts'

const STORE = '/nix/store'

/** What only some jobs need, and is loaded for them. */
export interface Preparations {
  /** Finds out whether seeds can be signed. */
  signing: PrepareSigning
  /** Reads the policy that seeds are verified by. */
  verifying: PrepareVerifying
}

/**
 * Fills `state`, in every case as far as things went, and sets the outputs.
 *
 * @param prepare called for what the job needs, before anything that takes long
 * @throws what makes the job fail
 */
export async function run(phase: Phase, state: State, prepare: Preparations): Promise<void> {
  const { steps, inputs, ports } = phase
  const main: PhaseState = { steps: [], warnings: [] }
  state.main = main
  for (const warning of inputs.warnings) ports.log.warn(warning)
  if (inputs.verify !== 'digest') main.verifications = [...(state.pre?.verifications ?? [])]
  try {
    const isContainer = await isSeedContainer()
    if (isContainer && inputs.verify !== 'digest') throw unverifiable()
    if (inputs.mode === 'promote') {
      await promoteMode(phase, main, prepare.verifying)
      return
    }
    const sign = isSigned(phase) ? await prepare.signing(phase) : undefined
    const verifier = await verifierFor(phase, prepare.verifying)
    const attempt = isContainer
      ? await findContainerSeed(phase)
      : await attemptSeed(phase, state, verifier ?? (() => prepare.verifying(phase)))
    Object.assign(main, attempt)
    const nix = await readyNix(phase, state, attempt.seed, isContainer)
    main.strategy = nix.strategy
    main.nixVersion = nix.version
    phase.runner.addMatcher(phase.matcher)
    const seed = await seedPaths(phase, isContainer)
    const record = join(phase.folder, 'coverage.json')
    await recordPaths(record, { seed: seed.names, seedBytes: seed.bytes, storeFolder: STORE })
    state.coverageFile = record
    if (inputs.mode === 'seed') await seedMode(phase, main, { sign, verifier: await verifier?.() })
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

/**
 * Seed mode needs the policy in any case, and fails without it before anything is built. Others read it for a seed that is
 * there alone.
 */
async function verifierFor(phase: Phase, prepare: PrepareVerifying): Promise<(() => Promise<Verifier>) | undefined> {
  const { inputs, runner } = phase
  if (inputs.mode !== 'seed' || inputs.verify === 'digest' || runner.job.isFork) return undefined
  const verifier = await prepare(phase)
  return async () => verifier
}

/** What runs before anything could be checked cannot be checked by what it runs. */
function unverifiable(): SeedError {
  return new SeedError('USAGE', 'a container made from a seed is in use already, and cannot be verified before that', {
    hint:
      'Take "container" out of the job, so that the seed is verified and then restored; or have the image verified where ' +
      'the container is chosen, and leave "verify" at digest here.'
  })
}

/** The pinned seed, or why there is none; whether that fails the job is decided here. */
async function attemptSeed(phase: Phase, state: State, verifier: () => Promise<Verifier>): Promise<Attempt> {
  const { inputs, ports } = phase
  // Seed mode is what makes and mends seeds.
  const isRequired = inputs.required && inputs.mode === 'restore'
  let attempt: Attempt
  try {
    const lock = (await lockOfCheckout(phase)) ?? (await lockOfCommit(phase))
    const check = checkOfPinned(phase, verifier, keepIn(state.main?.verifications ?? []))
    attempt = await bringSeed(lock, phase, state, { before: state.pre, check })
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

async function seedMode(
  phase: Phase,
  main: PhaseState,
  tools: { sign: Sign | undefined; verifier: Verifier | undefined }
): Promise<void> {
  const { runner, steps } = phase
  if (runner.job.isFork) {
    const why = 'this run is of a fork, which may read seeds and publish none'
    steps.skip('Publish a seed', why)
    runner.annotate('notice', `No seed is published: ${why}.`)
    return
  }
  const told = ({ reference, published, paths, layers, signature, pin, ...more }: SeedResult): void => {
    const { verification, isCandidate } = more
    const { reused, layerBytes } = published
    main.published = { reference, reused, paths, layers, bytes: layerBytes }
    if (signature) main.signature = signature
    if (pin) main.pullRequest = pin
    if (verification && main.verifications) keepIn(main.verifications)(verification)
    if (isCandidate) main.isCandidate = isCandidate
  }
  told(await makeSeed(phase, told, { ...tools, startedFrom: main.seed?.reference }))
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

function setOutputs({ runner, system, inputs }: Phase, main: PhaseState): void {
  const { outcome, reason, seed, published, signature, pullRequest } = main
  const signed = signature?.kind === 'signed' ? signature : undefined
  const reference = published?.reference ?? seed?.reference
  const isChecked = inputs.verify !== 'digest' && inputs.mode !== 'promote'
  const verification = main.verifications?.find(each => each.reference === reference)
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
    verified: isChecked ? verification?.verified === true : undefined,
    'verified-builders': isChecked ? (verification?.builders.join(' ') ?? '') : undefined,
    promoted: inputs.mode === 'promote' ? (main.promoted?.join(' ') ?? '') : undefined,
    'pull-request-number': pullRequest?.number,
    'pull-request-url': pullRequest?.url,
    'pull-request-operation': pullRequest?.operation ?? 'none'
  }
  for (const [name, value] of Object.entries(values)) if (value !== undefined) runner.setOutput(name, String(value))
}
