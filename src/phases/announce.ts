/** What a pull request tells of the seeds that it pins: read from their registry, as far as jobs would go there. */
import { SeedError } from '../errors.ts'
import { parseFlakeLock, seedSelfNode } from '../nix/flake-lock.ts'
import { parseName } from '../oci/name.ts'
import { openRepository } from '../oci/repository.ts'
import type { Digest, Repository } from '../oci/types.ts'
import type { AnnouncedSignature, AnnouncedSystem } from '../seed/announcement.ts'
import { compareSeeds } from '../seed/difference.ts'
import { readSeedImage } from '../seed/image.ts'
import { SEED_FILE, trustedImage, type PinnedSeed, type SeedPins } from '../seed/pin.ts'
import type { Signature, SignedNow } from '../state.ts'
import { bareName, remoteOptions, type Phase } from './context.ts'
import { fetchPins, locationOf, type LockText } from './pinned.ts'
import { findProvenance } from './provenance.ts'
import { verifyImage, type Verifier } from './verification.ts'

/** The seed that this job has published. What it has signed is this image, whatever the branch names by now. */
export interface OwnSeed {
  /** `HOST/REPOSITORY@sha256:…` */
  image: string
  signature: Signature
}

export interface Announced {
  /** What is pinned now; undefined where it is not known. */
  before: SeedPins | undefined
  pins: SeedPins
  own?: OwnSeed | undefined
  /** Verifies what changes. */
  verifier?: Verifier | undefined
  /** Of the lock that the base has. */
  lockKey: string
}

/** What changes for each system, as far as the images can be read. */
export async function announce(
  { before, pins, own, verifier, lockKey }: Announced,
  phase: Phase
): Promise<AnnouncedSystem[]> {
  const systems: AnnouncedSystem[] = []
  for (const [system, after] of Object.entries(pins.systems)) {
    const old = before?.systems[system]
    if (old?.image === after.image && old.lockKey === after.lockKey) continue
    const image = await withImage(after, phase, readSeedImage)
    const difference = image && compareSeeds(old && (await withImage(old, phase, readSeedImage)), image)
    const ownSignature = system === phase.system && after.image === own?.image ? own.signature : undefined
    const signed = verifier
      ? old?.lockKey === lockKey && after.lockKey !== lockKey
        ? ROLLED_BACK
        : await verificationOf(system, after, verifier, phase)
      : await signatureOf(after, ownSignature, phase)
    systems.push({
      system,
      after,
      ...(old && { before: old }),
      ...(difference && { difference }),
      ...(signed && { signature: signed })
    })
  }
  return systems
}

/** Old seeds meet the policy for ever; who can write to the branch must not be able to bring them back. */
const ROLLED_BACK: AnnouncedSignature = {
  kind: 'unverified',
  reason: 'it was made for another flake.lock, and what is pinned now for the one that is there'
}

/**
 * Other jobs sign before they record, so what hangs on no image was recorded by something else. Whether what does hang
 * there verifies, this job cannot tell: it has nothing to verify it by.
 *
 * @param base the branch that seeds are proposed for
 * @throws SeedError SEED_REFUSED
 */
export function requireSigned(systems: readonly AnnouncedSystem[], base: string, { inputs, runner }: Phase): void {
  const unsigned = systems.filter(({ signature }) => signature === undefined || signature.kind === 'none')
  if (unsigned.length === 0) return
  const { owner, name } = runner.job.repository
  const names = unsigned.map(({ system }) => system).join(', ')
  const images = unsigned.map(({ system, after, signature }) => {
    const why = signature === undefined ? 'could not be asked what hangs on it' : 'no provenance hangs on it'
    return `${system}: ${after.image} (${why})`
  })
  throw new SeedError(
    'SEED_REFUSED',
    `nothing is proposed: ${inputs.pinBranch} names another seed than ${base} for ${names}, and it is not known to be signed`,
    {
      resource: `${owner}/${name}: ${SEED_FILE} on ${inputs.pinBranch}`,
      hint:
        `${images.join('\n')}\nWhat is recorded stays. Run seed mode for ${names}, with "sign" on, which replaces it by a ` +
        `signed one; or have ${SEED_FILE} name what ${base} pins, or nothing, for ${names}. Then run this job again.`
    }
  )
}

/**
 * Refuses to propose what does not meet the policy, whoever has recorded it.
 *
 * @param base the branch that seeds are proposed for
 * @throws SeedError SEED_REFUSED
 */
export function requireVerified(systems: readonly AnnouncedSystem[], base: string, { inputs, runner }: Phase): void {
  const refused = systems.flatMap(({ system, after, signature }) =>
    signature?.kind === 'verified' ? [] : [{ system, image: after.image, why: reasonOf(signature) }]
  )
  if (refused.length === 0) return
  const { owner, name } = runner.job.repository
  const names = refused.map(({ system }) => system).join(', ')
  throw new SeedError(
    'SEED_REFUSED',
    `nothing is proposed: ${inputs.pinBranch} names another seed than ${base} for ${names}, and it does not meet the policy`,
    {
      resource: `${owner}/${name}: ${SEED_FILE} on ${inputs.pinBranch}`,
      hint:
        `${refused.map(({ system, image, why }) => `${system}: ${image} (${why})`).join('\n')}\nWhat is recorded stays. ` +
        `Have it attested by the builders that are missing; or run seed mode for ${names}, with the same policy, which replaces ` +
        `it; or have ${SEED_FILE} name what ${base} pins, or nothing, for ${names}. Then run this job again.`
    }
  )
}

function reasonOf(signature: AnnouncedSignature | undefined): string {
  return signature?.kind === 'unverified' ? signature.reason : 'it is not verified'
}

async function verificationOf(
  system: string,
  { image, lockKey }: PinnedSeed,
  verifier: Verifier,
  phase: Phase
): Promise<AnnouncedSignature> {
  const { inputs, ports } = phase
  try {
    const trusted = trustedImage(image, [inputs.image, ...inputs.trustedImages].map(bareName))
    const { verified, reason, builders } = await verifyImage({ image: trusted, system, lockKey }, verifier, phase)
    if (!verified) return { kind: 'unverified', reason }
    return { kind: 'verified', builders, ...(verifier.policy !== undefined && { policy: verifier.policy }) }
  } catch (error) {
    ports.signal.throwIfAborted()
    if (!(error instanceof SeedError)) throw error
    return { kind: 'unverified', reason: error.message }
  }
}

/** Who has signed a seed: what this job knows of its own. Of others it knows only whether something hangs on them. */
async function signatureOf(
  seed: PinnedSeed,
  own: Signature | undefined,
  phase: Phase
): Promise<AnnouncedSignature | undefined> {
  if (own?.kind === 'none') return { kind: 'none' }
  if (own?.kind === 'signed') return announced(own, phase)
  return withImage(seed, phase, async (repository, digest): Promise<AnnouncedSignature> => {
    const found = await findProvenance(repository, digest)
    return { kind: found === undefined ? 'none' : 'attached' }
  })
}

function announced(
  { identity, builderId, issuer, logIndex, logUrl }: SignedNow,
  { runner }: Phase
): AnnouncedSignature {
  const { serverUrl, repository } = runner.job
  const own = `${serverUrl}/${repository.owner}/${repository.name}/`.toLowerCase()
  return {
    kind: 'signed',
    by: identity ?? builderId,
    isForeign: identity !== undefined && !identity.toLowerCase().startsWith(own),
    ...(issuer !== undefined && { issuer }),
    ...(logIndex !== undefined && { logIndex }),
    ...(logUrl !== undefined && { logUrl })
  }
}

/** The seeds that a lock pins; undefined where it pins none, or they cannot be read. */
export async function pinsBefore(lock: LockText, phase: Phase): Promise<SeedPins | undefined> {
  const parsed = parseFlakeLock(lock.text, lock.resource)
  if (seedSelfNode(parsed) === undefined) return undefined
  try {
    return await fetchPins(locationOf(parsed, lock.resource, phase), phase)
  } catch (error) {
    phase.ports.signal.throwIfAborted()
    phase.ports.log.info(`The seeds that are pinned now could not be read: ${messageOf(error)}`)
    return undefined
  }
}

/** What `read` makes of an image; undefined where it cannot be read. */
async function withImage<T>(
  { image }: PinnedSeed,
  phase: Phase,
  read: (repository: Repository, digest: Digest) => Promise<T>
): Promise<T | undefined> {
  const name = parseName(image)
  const { inputs } = phase
  // What the branch names may be anything; only what jobs would take is asked for.
  if (name.kind !== 'registry' || ![inputs.image, ...inputs.trustedImages].map(bareName).includes(bareName(name))) {
    return undefined
  }
  if (name.digest === undefined) return undefined
  const repository = openRepository(name, remoteOptions(phase, name))
  try {
    return await read(repository, name.digest)
  } catch (error) {
    phase.ports.signal.throwIfAborted()
    phase.ports.log.info(`${image} could not be read for the pull request: ${messageOf(error)}`)
    return undefined
  } finally {
    await repository.close()
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
