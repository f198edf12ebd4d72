/** Puts the pinned seed under `/nix`, or tells why that cannot be. */
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { SeedError, type ErrorCode } from '../errors.ts'
import { openRepository } from '../oci/repository.ts'
import { readSeedImage, readTable, SEED_FIELD, type SeedImage } from '../seed/image.ts'
import { select } from '../seed/selection.ts'
import type { PhaseState, RestoredSeed, SavedVerification, SeedOutcome, State } from '../state.ts'
import { registryCredentials, remoteOptions, step, withPermission, type Phase } from './context.ts'
import { parseFlakeLock } from '../nix/flake-lock.ts'
import { lockKey } from '../seed/key.ts'
import type { Mode } from './inputs.ts'
import { readPinned, type LockText, type PinnedImage } from './pinned.ts'
import { placeSeed } from './placing.ts'
import { verifyImage, type Told, type Verifier } from './verification.ts'

export interface Attempt {
  outcome: SeedOutcome
  /** Why it is no hit. */
  reason?: string
  seed?: RestoredSeed
  lockKey?: string
}

/**
 * Failures after which a job must not go on as if there were no seed: the workflow or the lock is wrong, what arrived is
 * not what was pinned, the seed cannot be mounted although it has to be, or the job is being stopped.
 */
const FATAL: ReadonlySet<ErrorCode> = new Set([
  'USAGE',
  'LOCK_INVALID',
  'PIN_INVALID',
  'SEED_REFUSED',
  'NOT_A_SEED',
  'DIGEST_MISMATCH',
  'CONTENT_INVALID',
  'PLATFORM',
  'POLICY_INVALID',
  'POLICY_UNMET',
  'TRUST_ROOT_INVALID',
  'KEY_INVALID',
  'BUNDLE_REFUSED',
  'INTERRUPTED'
])

/** Seed mode makes new seeds: a pin that is wrong is what it is run for, and nothing is started from. */
const MENDED: ReadonlySet<ErrorCode> = new Set([
  'PIN_INVALID',
  'SEED_REFUSED',
  'NOT_A_SEED',
  'PLATFORM',
  'POLICY_UNMET',
  'BUNDLE_REFUSED'
])

export function isFatal(error: unknown, mode: Mode = 'restore'): boolean {
  if (!(error instanceof SeedError)) return true
  return FATAL.has(error.code) && !(mode === 'seed' && MENDED.has(error.code))
}

/** What else matters to a restore. */
export interface RestoreContext {
  /** What an earlier phase has restored, and what it has verified. */
  before?: PhaseState | undefined
  /** Where more is asked for than the digest. */
  check?: CheckPinned | undefined
}

/** Lets a pinned seed pass, or throws. */
export type CheckPinned = (pinned: PinnedImage) => Promise<void>

/**
 * How pinned seeds are checked before they are used; undefined where their digest suffices.
 *
 * @param verifier called for the first seed that is to be checked
 * @param told is told of verifications that fail, too
 */
export function checkOfPinned(phase: Phase, verifier: () => Promise<Verifier>, told: Told): CheckPinned | undefined {
  if (phase.inputs.verify === 'digest') return undefined
  return async ({ image, madeFor }) => {
    const verifying = await verifier()
    const seed = { image, system: phase.system, lockKey: madeFor }
    verifying.require(await verifyImage(seed, verifying, phase, told))
  }
}

/**
 * Restores the seed that `lock` pins, unless it is what an earlier phase has restored. It is checked before anything on
 * this machine is touched.
 *
 * @param state learns of a mounted store
 * @returns a miss where the project pins none, or the workflow does not want the one it pins
 * @throws SeedError of the API, the registry, the check, the disk, …; `/nix` is then as it was
 */
export async function bringSeed(
  lock: LockText | undefined,
  phase: Phase,
  state: State,
  { before, check }: RestoreContext = {}
): Promise<Attempt> {
  if (lock === undefined) return { outcome: 'miss', reason: `there is no flake.lock in ${phase.inputs.flake}` }
  const pinned = await step(phase, 'Find the pinned seed', () => findPinned(lock, phase))
  if (pinned instanceof SeedError) return { outcome: 'miss', reason: pinned.message, ...keyOf(lock) }
  const { isStale, reference } = pinned
  if (isStale && phase.inputs.mode === 'restore' && phase.inputs.staleSeed === 'ignore') {
    return { outcome: 'miss', reason: 'the pinned seed is stale, and stale-seed is ignore', lockKey: pinned.lockKey }
  }
  const isThis = (each: SavedVerification): boolean =>
    each.verified && each.reference === reference && each.lockKey === pinned.madeFor
  if (before?.verifications?.some(isThis) !== true) await check?.(pinned)
  const seed =
    before?.seed?.reference === reference
      ? before.seed
      : await step(phase, 'Restore the seed', () => restorePinned(pinned, phase, state))
  if (!isStale) return { outcome: 'hit', seed, lockKey: pinned.lockKey }
  return { outcome: 'stale', reason: 'flake.lock has changed since the seed was made', seed, lockKey: pinned.lockKey }
}

/** The pin; as a value, the error that says that there is none, which is no failure. */
async function findPinned(lock: LockText, phase: Phase): Promise<PinnedImage | SeedError> {
  const { log } = phase.ports
  try {
    const pinned = await readPinned(lock, phase)
    log.info(`${lock.resource} pins ${pinned.reference}${pinned.isStale ? ', which was made for another lock' : ''}`)
    return pinned
  } catch (error) {
    if (!(error instanceof SeedError) || error.code !== 'PIN_MISSING') throw error
    log.info(`${error.message}. ${error.hint ?? ''}`)
    return error
  }
}

function keyOf(lock: LockText): { lockKey: string } {
  return { lockKey: lockKey(parseFlakeLock(lock.text, lock.resource)) }
}

async function restorePinned(pinned: PinnedImage, phase: Phase, state: State): Promise<RestoredSeed> {
  const { ports, system, inputs } = phase
  const options = remoteOptions(phase, pinned.image)
  const repository = openRepository(pinned.image, options)
  try {
    const image = await readSeedImage(repository, pinned.image.digest)
    const table = image.config[SEED_FIELD]
    if (table.system !== system) {
      throw new SeedError('NOT_A_SEED', `the pinned seed is for ${table.system}, this machine is ${system}`, {
        resource: pinned.reference,
        hint: 'seed.json names it for the wrong system: run the workflow in seed mode again.'
      })
    }
    ports.log.info(`${pinned.reference}: ${table.paths.length} store paths in ${image.layers.length} layers`)
    const credentials = options.credentials === undefined ? undefined : registryCredentials(inputs)
    const access = { ...(credentials && { credentials }), ...(options.insecure === true && { insecure: true }) }
    const outputs = outputsFor(image, pinned, phase)
    const restored = await placeSeed({ image, repository, reference: pinned.reference, access, outputs }, phase, state)
    await keepPaths(image, outputs, phase)
    const { nix } = readTable(table)
    const settings = environmentOf(image).get('NIX_CONFIG')
    return {
      reference: pinned.reference,
      strategy: restored.strategy,
      bytes: restored.bytes,
      milliseconds: restored.milliseconds,
      paths: restored.paths,
      present: restored.present,
      layers: restored.selected ? restored.layers : image.layers.length,
      why: restored.why,
      cached: restored.cached,
      ...(restored.selected && { selected: restored.selected }),
      ...(nix !== undefined && { nix }),
      ...(settings !== undefined && { nixConf: settings })
    }
  } catch (error) {
    // To other images no token of the job goes.
    throw options.credentials === undefined ? error : withPermission(error, 'packages: read', phase)
  } finally {
    await repository.close()
  }
}

/**
 * The outputs that the workflow restores for, as far as this seed can tell them apart; none for all of it. Seed mode makes
 * a new seed, for which all of the old one is of use.
 *
 * @throws SeedError USAGE where a seed of this lock has no such output
 */
function outputsFor(image: SeedImage, { isStale }: PinnedImage, { inputs, ports, runner }: Phase): readonly string[] {
  const seed = readTable(image.config[SEED_FIELD])
  if (inputs.mode !== 'restore' || inputs.for.length === 0) return []
  if (seed.outputs === undefined) {
    ports.log.warn('The seed does not tell what each output needs: all of it is restored. A new one will tell.')
    return []
  }
  try {
    select(seed, inputs.for)
    return inputs.for
  } catch (error) {
    if (!isStale || !(error instanceof SeedError)) throw error
    const message = `All of the seed is restored, since it was made for another flake.lock and ${error.message}.`
    ports.log.info(`${message} ${error.hint ?? ''}`)
    runner.annotate('notice', message)
    return []
  }
}

function environmentOf(image: SeedImage): Map<string, string> {
  const lines = image.config.config?.Env ?? []
  return new Map(lines.map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}

/** What a seed put into the store. */
export interface SeedPaths {
  /** Of store paths, without their folder. */
  names: string[]
  /** Of their NARs together; 0 where it is not known. */
  bytes: number
}

/** Kept for the coverage; too much for the state. */
async function keepPaths(image: SeedImage, outputs: readonly string[], phase: Phase): Promise<void> {
  const seed = readTable(image.config[SEED_FIELD])
  const { closure } = outputs.length === 0 ? seed : select(seed, outputs)
  const kept: SeedPaths = {
    names: closure.map(({ path }) => basename(path)),
    bytes: closure.reduce((sum, { narSize }) => sum + narSize, 0)
  }
  await mkdir(phase.folder, { recursive: true, mode: 0o700 })
  await writeFile(seedPathsFile(phase), JSON.stringify(kept))
}

export function seedPathsFile({ folder }: Pick<Phase, 'folder'>): string {
  return join(folder, 'seed-paths.json')
}
