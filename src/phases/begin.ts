/** `pre`: restores the pinned seed before the first step of the job, so that Nix is there from then on. */
import { SeedError } from '../errors.ts'
import { isSeedContainer } from '../seed/coverage.ts'
import type { State } from '../state.ts'
import type { Phase } from './context.ts'
import { configure } from './nix.ts'
import { lockOfCommit } from './pinned.ts'
import { bringSeed } from './restore.ts'

/**
 * Never throws but for a job that is being stopped: the step may stand behind a condition that is false, and `main`
 * tries again and says what is wrong.
 */
export async function begin(phase: Phase): Promise<State['pre']> {
  const { ports, steps } = phase
  if (await isSeedContainer()) return { steps: steps.list }
  try {
    const lock = await lockOfCommit(phase)
    const { seed } = await bringSeed(lock, phase)
    if (seed === undefined) return { steps: steps.list }
    const nixConf = await configure(phase, { seed })
    return { seed, nixConf, steps: steps.list }
  } catch (error) {
    ports.signal.throwIfAborted()
    const message = error instanceof SeedError ? error.message : String(error)
    ports.log.info(`The seed was not restored before the job's first step: ${message}`)
    return { steps: steps.list }
  }
}
