/** Seed mode: builds the seed of the checkout, publishes it, has it signed, and pins it. */
import { readFile } from 'node:fs/promises'
import { SeedError } from '../errors.ts'
import { readBranch } from '../github/branches.ts'
import { parseFlakeLock, SEED_INPUT, seedSelfNode } from '../nix/flake-lock.ts'
import { readFlake, type Flake } from '../nix/flake.ts'
import { formatName, parseName } from '../oci/name.ts'
import { openRepository } from '../oci/repository.ts'
import { readSeedImage, readTable, SEED_FIELD } from '../seed/image.ts'
import type { Candidate } from '../seed/candidates.ts'
import { commitOf } from '../seed/checkout.ts'
import { closureHash, type PinnedSeed } from '../seed/pin.ts'
import { publish, type Published, type PublishRequest } from '../seed/publish.ts'
import type { SavedVerification, Signature } from '../state.ts'
import { bareName, gitHub, remoteOptions, step, withPermission, type Phase } from './context.ts'
import type { Inputs } from './inputs.ts'
import { insideWorkspace, lockOfCheckout, type LockText } from './pinned.ts'
import { pinSeed, recordCandidate, type PinResult } from './pin.ts'
import { findReusable, signatureOf, unsigned, type Sign } from './signature.ts'
import { isWaiting, verifyImage, type Told, type Verifier } from './verification.ts'

export interface SeedResult {
  reference: string
  published: Published
  paths: number
  layers: number
  /** Absent as long as it is to be signed and is not. */
  signature?: Signature
  pin?: PinResult
  /** What the policy says of it; absent where there is none, or nothing is to be pinned. */
  verification?: SavedVerification
  /** It is recorded, and waits for other builders. */
  isCandidate?: boolean
}

export interface SeedTools {
  /** Undefined where the workflow wants no signature. */
  sign: Sign | undefined
  /** Undefined where the workflow has no policy. */
  verifier: Verifier | undefined
  /** Reference with digest of the seed that the store was restored from, if it was: what is signed names it. */
  startedFrom: string | undefined
}

/**
 * @param told called as soon as the seed is published, so that its reference is known even if what follows fails
 * @throws SeedError of every stage
 */
export async function seed(
  phase: Phase,
  told: (result: SeedResult) => void,
  { sign, verifier, startedFrom }: SeedTools
): Promise<SeedResult> {
  const { inputs, runner, ports, system } = phase
  const flake = await flakeOfCheckout(phase)
  sign?.check?.(flake)
  const repository = openRepository(inputs.image, remoteOptions(phase, inputs.image))
  const tellPublished = (published: Published): string => {
    const reference = formatName({ ...inputs.image, digest: published.digest })
    ports.log.info(`${published.reused ? 'Unchanged' : 'Published'}: ${reference}`)
    told({ reference, published, paths: published.paths, layers: published.layers })
    return reference
  }
  try {
    const known = await findReusable(repository, phase, sign !== undefined, verifier)
    let signature: Signature = known?.signature ?? { kind: 'none' }
    const startedOn = new Date()
    const labels = { 'org.opencontainers.image.source': sourceOf(phase) }
    const signed = async (published: Published): Promise<void> => {
      const reference = tellPublished(published)
      const { digest, built } = published
      if (published.reused || sign === undefined) return
      const name = bareName(inputs.image)
      const from = { ...(built && { built }), ...(startedFrom !== undefined && { startedFrom }) }
      const request = { repository, name, digest, flake, labels, startedOn, ...from }
      signature = await step(phase, 'Sign the seed', () => sign(request)).then(signatureOf, (error: unknown) => {
        throw ports.signal.aborted ? error : unsigned(error, reference)
      })
    }
    const published = await step(phase, 'Build and publish the seed', () =>
      publish(
        {
          flake,
          system,
          repository,
          tags: inputs.tags,
          labels,
          isKnown: digest => digest === known?.digest,
          ...(known && !sign && { previous: known.digest }),
          ...(sign && { archives: false, beforeTags: signed }),
          ...wishes(inputs)
        },
        ports
      )
    )
    const reference = sign ? formatName({ ...inputs.image, digest: published.digest }) : tellPublished(published)
    const { digest } = published
    if (published.kind === 'archive') {
      const result = { reference, published, paths: published.paths, layers: published.layers, signature }
      told(result)
      ports.log.info('It is an archive without a descriptor: no job can start from it, and it is not pinned.')
      return result
    }
    const image = await readSeedImage(repository, digest)
    const { closure } = readTable(image.config[SEED_FIELD])
    const result: SeedResult = { reference, published, paths: closure.length, layers: image.layers.length, signature }
    told(result)
    if (!inputs.pin) return result
    if (!isOfMerged(runner.job.eventName)) {
      ports.log.info(
        `A seed is pinned once its lock is merged: after ${runner.job.eventName} it may not be, so it is published alone.`
      )
      return result
    }
    const pinned: PinnedSeed = { image: reference, lockKey: published.lockKey, closure: closureHash(closure) }
    const folder = folderOf(flake, phase)
    const candidate = { ...pinned, ...commitFor(published, flake) }
    const keep = (verification: SavedVerification): void => told({ ...result, verification })
    // What is pinned already was verified before it was reused.
    const isReady = !verifier || signature.kind === 'earlier' || (await isMet(candidate, verifier, phase, keep))
    if (isReady) return { ...result, pin: await pinSeed(pinned, folder, signature, phase, verifier) }
    await recordCandidate(candidate, folder, phase)
    return { ...result, isCandidate: true }
  } catch (error) {
    throw withPermission(error, 'packages: write', phase)
  } finally {
    await repository.close()
  }
}

/** What the workflow says of the image itself. */
function wishes({ attribute, format }: Inputs): Pick<PublishRequest, 'attribute' | 'format'> {
  return { ...(attribute !== undefined && { attribute }), ...(format !== undefined && { format }) }
}

/** The commit that builders have to attest it for. Who attested a reused image may have built it from an earlier one. */
function commitFor({ reused }: Published, flake: Flake): Pick<Candidate, 'commit'> {
  const commit = reused ? undefined : commitOf(flake)
  return commit === undefined ? {} : { commit }
}

/**
 * Whether the policy is met by the seed that is published, now that this job has signed it; else builders are missing.
 *
 * @throws SeedError POLICY_UNMET where something speaks against it
 */
async function isMet(
  { image, lockKey, commit }: Candidate,
  verifier: Verifier,
  phase: Phase,
  told: Told
): Promise<boolean> {
  const name = parseName(image)
  if (name.kind !== 'registry') throw new Error(`${image} is not in a registry`)
  const seed = { image: name, system: phase.system, lockKey, ...(commit !== undefined && { commit }) }
  const judged = await verifyImage(seed, verifier, phase, told)
  if (!isWaiting(judged)) verifier.require(judged)
  if (judged.verified) return true
  const next = 'When they have attested it, a job with "mode: promote" proposes it'
  phase.ports.log.info(`${judged.reason}. ${next}.`)
  phase.runner.annotate('notice', `The seed waits for other builders: ${judged.reason}. ${next}.`)
  return false
}

/** Whether an event is about what is merged. A workflow that is started by another one is handed what that one ran for. */
export function isOfMerged(event: string): boolean {
  return !/^(?:pull_request|merge_group|workflow_run)/.test(event)
}

async function flakeOfCheckout(phase: Phase): Promise<Flake> {
  const lock = await lockOfCheckout(phase)
  const folder = await insideWorkspace('.', phase)
  if (lock === undefined || folder === undefined) throw noCheckout(phase)
  try {
    return await readFlake(folder, phase.ports)
  } catch (error) {
    phase.ports.signal.throwIfAborted()
    throw (await isBeforeFirstSeed(lock, phase)) ? beforeFirstSeed(phase, error) : error
  }
}

/** The flake asks for the branch with its seeds already, and there is none: Nix fails at that, whatever is asked of it. */
async function isBeforeFirstSeed(lock: LockText, phase: Phase): Promise<boolean> {
  if (seedSelfNode(parseFlakeLock(lock.text, lock.resource)) !== undefined) return false
  try {
    const file = await insideWorkspace('flake.nix', phase)
    if (file === undefined || !(await readFile(file, 'utf8')).includes(SEED_INPUT)) return false
    const { inputs, runner } = phase
    return (await readBranch(gitHub(phase, inputs.githubToken), runner.job.repository, inputs.pinBranch)) === undefined
  } catch {
    phase.ports.signal.throwIfAborted()
    return false // what went wrong first is what is told
  }
}

function beforeFirstSeed({ inputs, runner }: Phase, cause: unknown): SeedError {
  const { owner, name } = runner.job.repository
  return new SeedError(
    'PIN_MISSING',
    `flake.nix has the input ${SEED_INPUT}, and the branch ${inputs.pinBranch} that it is of is not there yet`,
    {
      resource: `${owner}/${name}`,
      hint:
        `Take the input (and ${SEED_INPUT} among the arguments of outputs) out of flake.nix, and run seed mode: it makes ` +
        'the branch and says what to add. Then put it back, run "nix flake lock", and commit both files.',
      cause
    }
  )
}

/** The folder of the flake in the repository. Without Git, which not every container has, Nix does not know what is above. */
function folderOf({ type, dir }: Flake, { inputs }: Phase): string {
  return type === 'path' ? inputs.flake : dir
}

/** The forge's page of the repository: what the registry links the package to. */
function sourceOf({ runner }: Phase): string {
  const { serverUrl, repository } = runner.job
  return `${serverUrl}/${repository.owner}/${repository.name}`
}

function noCheckout({ inputs }: Phase): SeedError {
  return new SeedError('LOCK_MISSING', 'there is no flake.lock to make a seed of', {
    resource: inputs.flake,
    hint: 'Check the repository out before this step (actions/checkout), name the folder of the flake in the input flake, and commit its flake.lock.'
  })
}
