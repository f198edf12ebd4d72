/** What a pull request tells of the seeds that it pins: read from their registry, as far as jobs would go there. */
import { PUBLIC_SERVICES } from '../attest/services.ts'
import { parseFlakeLock, seedSelfNode } from '../nix/flake-lock.ts'
import { parseName } from '../oci/name.ts'
import { openRepository } from '../oci/repository.ts'
import type { Digest, Repository } from '../oci/types.ts'
import type { AnnouncedSignature, AnnouncedSystem } from '../seed/announcement.ts'
import { compareSeeds } from '../seed/difference.ts'
import { readSeedImage } from '../seed/image.ts'
import type { PinnedSeed, SeedPins } from '../seed/pin.ts'
import type { Signature } from '../state.ts'
import { bareName, remoteOptions, type Phase } from './context.ts'
import { fetchPins, locationOf, type LockText } from './pinned.ts'
import { readProvenance, type Signer } from './provenance.ts'

/**
 * What changes for each system, as far as the images can be read.
 *
 * @param signature of the seed that this job has published
 */
export async function announce(
  lock: LockText,
  pins: SeedPins,
  signature: Signature,
  phase: Phase
): Promise<AnnouncedSystem[]> {
  const before = await pinsBefore(lock, phase)
  const systems: AnnouncedSystem[] = []
  for (const [system, after] of Object.entries(pins.systems)) {
    const old = before?.systems[system]
    if (old?.image === after.image && old.lockKey === after.lockKey) continue
    const image = await withImage(after, phase, readSeedImage)
    const difference = image && compareSeeds(old && (await withImage(old, phase, readSeedImage)), image)
    const signed = await signatureOf(after, system === phase.system ? signature : undefined, phase)
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

/** Who has signed a seed: what this job knows of its own, and what hangs on those of others. */
async function signatureOf(
  seed: PinnedSeed,
  own: Signature | undefined,
  phase: Phase
): Promise<AnnouncedSignature | undefined> {
  if (own?.kind === 'none') return { kind: 'none' }
  if (own?.kind === 'signed') {
    return announced(own, phase)
  }
  const found = await withImage(seed, phase, readProvenance)
  return found === undefined || found === 'none' ? found && { kind: 'none' } : announced(found, phase)
}

/** The same for a seed that this run has signed and for one that it finds signed. */
function announced({ identity, issuer, logIndex }: Signer, { inputs, runner }: Phase): AnnouncedSignature {
  const { key, rekorUrl } = inputs.signing
  const { serverUrl, repository } = runner.job
  const own = `${serverUrl}/${repository.owner}/${repository.name}/`.toLowerCase()
  const isPublic = rekorUrl === PUBLIC_SERVICES.rekorUrl
  return {
    kind: 'signed',
    by: identity ?? key?.builderId ?? 'a key',
    isForeign: identity !== undefined && !identity.toLowerCase().startsWith(own),
    ...(issuer !== undefined && { issuer }),
    ...(logIndex !== undefined && { logIndex }),
    ...(logIndex !== undefined && isPublic && { logUrl: logPage(logIndex) })
  }
}

async function pinsBefore(lock: LockText, phase: Phase): Promise<SeedPins | undefined> {
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

/** In the log of the public. The same as the command line shows. */
const logPage = (index: string): string => `https://search.sigstore.dev/?logIndex=${index}`

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
