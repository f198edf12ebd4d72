/** `pre`: restores the pinned seed before the first step of the job, so that Nix is there from then on. */
import { SeedError } from '../errors.ts'
import { DEFAULT_BACKOFF } from '../http/retry.ts'
import { isSeedContainer } from '../seed/coverage.ts'
import type { SavedVerification, State } from '../state.ts'
import type { Phase } from './context.ts'
import { configure } from './nix.ts'
import { lockOfCommit } from './pinned.ts'
import { bringSeed, checkOfPinned } from './restore.ts'
import { keepIn, type PrepareVerifying } from './verification.ts'

/** A forge that is slow must not hold up a job twice. */
const PATIENCE: NonNullable<Phase['patience']> = {
  backoff: { ...DEFAULT_BACKOFF, attempts: 3 },
  maxWaitMs: 5_000,
  timeoutMs: 10_000
}

/**
 * Fills `state.pre`. Never throws but for a job that is being stopped: the step may stand behind a condition that is
 * false, and `main` tries again and says what is wrong.
 *
 * @param prepare reads the policy that seeds are verified by, where the workflow has one
 */
export async function begin(phase: Phase, state: State, prepare: PrepareVerifying): Promise<void> {
  const { ports, steps, inputs } = phase
  state.pre = { steps: [] }
  // What is promoted is used by other jobs.
  if (inputs.mode === 'promote') return
  const verifications: SavedVerification[] = []
  try {
    if (await isSeedContainer()) {
      state.pre.outcome = 'container'
      return
    }
    const hasty: Phase = { ...phase, patience: PATIENCE }
    const check = checkOfPinned(hasty, () => prepare(hasty), keepIn(verifications))
    const { seed, ...attempt } = await bringSeed(await lockOfCommit(hasty), hasty, state, { check })
    Object.assign(state.pre, attempt)
    if (seed === undefined) {
      ports.log.info(`No seed before the job's first step: ${attempt.reason ?? 'there is none'}`)
      return
    }
    state.pre.seed = seed
    await configure(phase, state, { seed })
  } catch (error) {
    ports.signal.throwIfAborted()
    const message = error instanceof SeedError ? error.message : String(error)
    ports.log.info(`The seed was not restored before the job's first step, main tries again: ${message}`)
    delete state.pre.outcome
  } finally {
    state.pre.steps = [...steps.list]
    if (verifications.length > 0) state.pre.verifications = verifications
  }
}
