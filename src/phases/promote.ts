/**
 * Promote mode: proposes the seeds that were published, and have been attested by enough builders since. It starts nothing
 * from them and needs neither Nix nor a checkout. Every builder's workflow may start it: the one that comes last has it
 * all.
 */
import { SeedError, type ErrorCode } from '../errors.ts'
import type { GitHub } from '../github/api.ts'
import { parseFlakeLock } from '../nix/flake-lock.ts'
import { commitMessage, dropMessage } from '../seed/announcement.ts'
import { candidatesOf, mergeCandidates } from '../seed/candidates.ts'
import { lockKey } from '../seed/key.ts'
import { mergeSeedPins, SEED_FILE, trustedImage, type PinnedSeed, type SeedPins } from '../seed/pin.ts'
import type { PhaseState } from '../state.ts'
import { bareName, gitHub, type Phase } from './context.ts'
import { proposeRecord } from './proposal.ts'
import { changeRecord, readTarget, targetOf, type Record, type Target } from './record.ts'
import { isWaiting, keepIn, verifyImage, type Told, type PrepareVerifying, type Verifier } from './verification.ts'

/** What is wrong with one candidate, and no reason to leave the others. */
const OWN: ReadonlySet<ErrorCode> = new Set([
  'SEED_REFUSED',
  'PIN_INVALID',
  'NOT_FOUND',
  'CONTENT_INVALID',
  'POLICY_UNMET'
])

/**
 * @throws SeedError POLICY_UNMET, SEED_REFUSED, … for a candidate that something speaks against, after the others are
 *   proposed; and of every stage
 */
export async function promoteMode(phase: Phase, main: PhaseState, prepare: PrepareVerifying): Promise<void> {
  const { runner, steps, inputs } = phase
  main.promoted = []
  const why = notPromoting(phase)
  if (why !== undefined) {
    steps.skip('Promote seeds', why)
    runner.annotate('notice', `Nothing is promoted: ${why}.`)
    return
  }
  const verifier = await prepare(phase)
  const github = gitHub(phase, inputs.githubToken)
  const target = await targetOf(inputs.flake, github, phase)
  const tools = { verifier, target, github, told: keepIn((main.verifications ??= [])) }
  let sorted: Sorted = NONE
  const change = async (before: Record | undefined) => {
    if (before === undefined) return undefined
    sorted = await sort(before, tools, phase)
    return changed(before.pins, sorted)
  }
  const record = await changeRecord(change, github, phase)
  main.promoted = Object.keys(sorted.met)
  if (record !== undefined && Object.keys(record.pins.systems).length > 0) {
    main.pullRequest = await proposeRecord(record, { target, github, verifier }, phase)
  }
  tell(sorted, phase)
  if (sorted.failure !== undefined) throw sorted.failure
}

/** Whose commits a run is about decides by which policy: those of pull requests are not merged. */
function notPromoting({ runner }: Phase): string | undefined {
  const { isFork, eventName } = runner.job
  if (isFork) return 'this run is of a fork'
  return /^(?:pull_request|merge_group)/.test(eventName)
    ? `a run of ${eventName} is about what is not merged`
    : undefined
}

interface Tools {
  verifier: Verifier
  target: Target
  github: GitHub
  told: Told
}

interface Sorted {
  /** Met the policy, by system. */
  met: { [system: string]: PinnedSeed }
  /** Of a lock that the base does not have any more. */
  dropped: string[]
  /** Who waits, and why, one line each. */
  waiting: string[]
  /** Of the first of which something is wrong. */
  failure?: SeedError
}

const NONE: Sorted = { met: {}, dropped: [], waiting: [] }

async function sort({ pins }: Record, { verifier, target, github, told }: Tools, phase: Phase): Promise<Sorted> {
  const { inputs, ports } = phase
  const candidates = Object.entries(candidatesOf(pins, `${SEED_FILE} on ${inputs.pinBranch}`))
  const sorted: Sorted = { met: {}, dropped: [], waiting: [] }
  if (candidates.length === 0) return sorted
  const { lock } = await readTarget(target, github, phase)
  const key = lockKey(parseFlakeLock(lock.text, lock.resource))
  for (const [system, { commit, ...seed }] of candidates) {
    if (seed.lockKey !== key) {
      ports.log.info(`${system}: ${seed.image} is dropped: ${target.base} has another flake.lock by now`)
      sorted.dropped.push(system)
      continue
    }
    try {
      const image = trustedImage(seed.image, [inputs.image, ...inputs.trustedImages].map(bareName))
      const named = { image, system, lockKey: seed.lockKey, ...(commit !== undefined && { commit }) }
      const judged = await verifyImage(named, verifier, phase, told)
      if (isWaiting(judged)) sorted.waiting.push(`${system}: ${judged.reason}`)
      else {
        verifier.require(judged)
        sorted.met[system] = seed
      }
    } catch (error) {
      ports.signal.throwIfAborted()
      if (!(error instanceof SeedError) || !OWN.has(error.code)) throw error
      ports.log.warn(`${system} is not promoted: ${error.message}`)
      sorted.failure ??= error
    }
  }
  return sorted
}

/** What the branch is to say then; undefined where it says so already. */
function changed(before: SeedPins, { met, dropped }: Sorted): { pins: SeedPins; message: string } | undefined {
  const systems = Object.entries(met)
  if (systems.length === 0 && dropped.length === 0) return undefined
  const gone = [...Object.keys(met), ...dropped].map(system => [system, undefined] as const)
  const kept = mergeCandidates(before, Object.fromEntries(gone))
  const pins = systems.reduce((all, [system, seed]) => mergeSeedPins(all, system, seed), kept)
  const after = systems.map(([system, seed]) => ({ system, after: seed }))
  return { pins, message: after.length > 0 ? commitMessage(after) : dropMessage(dropped) }
}

function tell({ met, waiting }: Sorted, { runner, ports }: Phase): void {
  const systems = Object.keys(met)
  if (systems.length > 0) ports.log.info(`Promoted: ${systems.join(', ')}`)
  for (const line of waiting) ports.log.info(`Waits for other builders: ${line}`)
  if (systems.length > 0) return
  const why = waiting.length === 0 ? 'no seed waits for other builders' : waiting.join('; ')
  runner.annotate('notice', `Nothing is promoted: ${why}.`)
}
