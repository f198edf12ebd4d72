/**
 * Pins a published seed: `seed.json` on its branch, the one node of `flake.lock` that names it, and the pull request.
 *
 * Several jobs may do this at once, one for each system. Each adds its own entry on top of what is there, and looks at
 * the branch again after it wrote the pull request: whoever came last has seen all entries.
 */
import type { GitHub } from '../github/api.ts'
import { parseFlakeLock } from '../nix/flake-lock.ts'
import { candidateMessage, commitMessage } from '../seed/announcement.ts'
import { candidatesOf, mergeCandidates, type Candidate } from '../seed/candidates.ts'
import { lockKey } from '../seed/key.ts'
import { mergeSeedPins, type PinnedSeed } from '../seed/pin.ts'
import type { Signature } from '../state.ts'
import { gitHub, step, type Phase } from './context.ts'
import { proposeRecord, type PinResult } from './proposal.ts'
import { changeRecord, readRecord, readTarget, targetOf, type Record, type Target } from './record.ts'
import type { Verifier } from './verification.ts'

export type { PinResult } from './proposal.ts'

/**
 * @param folder of the flake inside the repository
 * @param signature of the seed, for whoever reviews the pull request. Where it is none of this run (`earlier`), the seed is
 *   pinned already: nothing is recorded or proposed, and a proposal that has nothing to say any more is withdrawn
 * @param verifier where the workflow has a policy, which the seed has met
 * @throws SeedError PIN_MISSING where the flake has no input seed-self (the seed is on the branch by then), SEED_REFUSED
 *   where the branch names seeds that nobody is known to have signed, or that do not meet the policy (likewise),
 *   PIN_INVALID, FORGE_*; the branches are then as they were or complete
 */
export async function pinSeed(
  seed: PinnedSeed,
  folder: string,
  signature: Signature,
  phase: Phase,
  verifier?: Verifier
): Promise<PinResult> {
  const github = gitHub(phase, phase.inputs.githubToken)
  const target = await targetOf(folder, github, phase)
  const record =
    signature.kind === 'earlier'
      ? await readRecord(github, phase)
      : await step(phase, `Record the seed on the branch ${phase.inputs.pinBranch}`, () =>
          recordSeed(seed, target, verifier !== undefined, github, phase)
        )
  if (record === undefined) return { operation: 'none' }
  return proposeRecord(record, { target, github, own: { image: seed.image, signature }, verifier }, phase)
}

/**
 * Adds the entry of this system to `seed.json`. Nothing is committed where it is there already, or where this seed comes
 * too late: a job that takes long must not replace the seed of a newer lock.
 *
 * @param isVerified it waits for nobody any more
 */
async function recordSeed(
  seed: PinnedSeed,
  target: Target,
  isVerified: boolean,
  github: GitHub,
  phase: Phase
): Promise<Record | undefined> {
  const { system } = phase
  const change = async (before: Record | undefined) => {
    if (await isLate(before?.pins.systems[system], seed, target, github, phase)) return undefined
    const pins = mergeSeedPins(before?.pins, system, seed)
    const message = commitMessage([{ system, after: seed }])
    return { pins: isVerified ? mergeCandidates(pins, { [system]: undefined }) : pins, message }
  }
  return changeRecord(change, github, phase)
}

/**
 * Records a seed that waits for other builders: it is pinned and proposed when they have attested it, by promote mode.
 *
 * @param folder of the flake inside the repository
 */
export async function recordCandidate(candidate: Candidate, folder: string, phase: Phase): Promise<void> {
  const { inputs, system } = phase
  const github = gitHub(phase, inputs.githubToken)
  const target = await targetOf(folder, github, phase)
  const change = async (before: Record | undefined) => {
    const pins = before?.pins ?? { version: 1, systems: {} }
    for (const there of [pins.systems[system], candidatesOf(pins, inputs.pinBranch)[system]]) {
      if (await isLate(there, candidate, target, github, phase)) return undefined
    }
    return { pins: mergeCandidates(pins, { [system]: candidate }), message: candidateMessage(system, candidate.image) }
  }
  await step(phase, `Record the candidate on the branch ${inputs.pinBranch}`, () => changeRecord(change, github, phase))
}

/** Whether `there` is of the lock that the base has, and `seed` is not. */
async function isLate(
  there: PinnedSeed | undefined,
  seed: PinnedSeed,
  target: Target,
  github: GitHub,
  phase: Phase
): Promise<boolean> {
  if (there === undefined || there.lockKey === seed.lockKey) return false
  const { lock } = await readTarget(target, github, phase)
  if (there.lockKey !== lockKey(parseFlakeLock(lock.text, lock.resource))) return false
  const { ports, inputs } = phase
  ports.log.warn(
    `${inputs.pinBranch} has a seed for the flake.lock of ${target.base}, and this one is for another: it is not pinned`
  )
  return true
}
