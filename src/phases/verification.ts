/**
 * Whether a seed may be used or proposed, by the policy of the workflow. What verifies is loaded where it is wanted alone
 * (`verify.ts`); all else goes by the types here.
 */
import { SeedError } from '../errors.ts'
import { formatName, type RegistryName } from '../oci/name.ts'
import { parseManifest } from '../oci/manifest.ts'
import { openRepository } from '../oci/repository.ts'
import type { Digest, Repository } from '../oci/types.ts'
import { ANNOTATION_LOCK_KEY, ANNOTATION_SYSTEM } from '../seed/image.ts'
import { SEED_FILE } from '../seed/pin.ts'
import type { Verification } from '../seed/verification.ts'
import type { SavedBundle, SavedVerification } from '../state.ts'
import { remoteOptions, step, withPermission, type Phase } from './context.ts'

/** Verifies seeds by one policy. */
export interface Verifier {
  /** Path of the policy in the repository; absent for the built-in one. */
  policy?: string
  /** That the policy is not met is a result. @throws SeedError of the registry */
  judge(seed: { reference: string; digest: Digest; repository: Repository; commit?: string }): Promise<Verification>
  /** @throws SeedError POLICY_UNMET */
  require(verification: Verification): void
  /** What has been verified already, by all that was asked. */
  readonly passed: Map<string, Verification>
}

/**
 * Reads the policy that the workflow names.
 *
 * @throws SeedError POLICY_INVALID, POLICY_UNMET, TRUST_ROOT_INVALID, KEY_INVALID, SIGSTORE_*, FORGE_*
 */
export type PrepareVerifying = (phase: Phase) => Promise<Verifier>

/** A seed as an entry of `seed.json` names it, for one system. */
export interface NamedSeed {
  /** With its digest. */
  image: RegistryName
  system: string
  /** The lock that it is said to be made for. */
  lockKey: string
  /** The commit that it has to be built from; absent: whichever. */
  commit?: string
}

export type Told = (verification: SavedVerification) => void

/** Keeps the last that is told of each image. */
export function keepIn(list: SavedVerification[]): Told {
  return verification => {
    const at = list.findIndex(({ reference }) => reference === verification.reference)
    list.splice(at < 0 ? list.length : at, at < 0 ? 0 : 1, verification)
  }
}

/**
 * Asks the policy about an image, after its own annotations, which its digest covers, have been compared with the entry
 * that names it: so nobody passes an old seed off for one of another lock. It is told in log and summary, met or not.
 *
 * @throws SeedError SEED_REFUSED where the entry is not the image's, NOT_FOUND, CONTENT_INVALID, REGISTRY_*
 */
export async function verifyImage(
  seed: NamedSeed,
  verifier: Verifier,
  phase: Phase,
  told: Told = () => {}
): Promise<Verification> {
  const reference = formatName(seed.image)
  const key = keyOf(seed)
  const known = verifier.passed.get(key)
  if (known !== undefined) return known
  const verification = await step(phase, 'Verify the seed', async note => {
    const found = await judge(seed, reference, verifier, phase)
    tell(found, phase)
    note(found.reason)
    told(saved(found, seed))
    return found
  })
  if (verification.verified) {
    verifier.passed.set(key, verification)
    // What enough builders attest for one commit, they attest.
    verifier.passed.set(keyOf({ ...seed, commit: undefined }), verification)
  }
  return verification
}

/** All that was asked: an image that passes by one entry does not by another. */
function keyOf({
  image,
  system,
  lockKey,
  commit
}: Omit<NamedSeed, 'commit'> & { commit?: string | undefined }): string {
  return JSON.stringify([formatName(image), system, lockKey, commit ?? null])
}

async function judge(
  { image, system, lockKey, commit }: NamedSeed,
  reference: string,
  verifier: Verifier,
  phase: Phase
): Promise<Verification> {
  const { digest } = image
  if (digest === undefined) throw new Error(`${reference} has no digest`)
  const options = remoteOptions(phase, image)
  const repository = openRepository(image, options)
  try {
    await requireEntry(repository, digest, { reference, system, lockKey })
    return await verifier.judge({ reference, digest, repository, ...(commit !== undefined && { commit }) })
  } catch (error) {
    // To other images no token of the job goes.
    throw options.credentials === undefined ? error : withPermission(error, 'packages: read', phase)
  } finally {
    await repository.close()
  }
}

/** @throws SeedError SEED_REFUSED where the image says another lock or system of itself than its entry does */
async function requireEntry(
  repository: Repository,
  digest: Digest,
  { reference, system, lockKey }: { reference: string; system: string; lockKey: string }
): Promise<void> {
  const raw = await repository.getManifest(digest)
  if (raw === undefined) {
    throw new SeedError('NOT_FOUND', 'there is no such image', {
      resource: reference,
      hint: 'It may have been removed from the registry: publish the seed again in seed mode.'
    })
  }
  const { annotations } = parseManifest(raw.bytes, digest, reference)
  const own = (typeof annotations === 'object' && annotations !== null ? annotations : {}) as Record<string, unknown>
  const differs = (what: string): SeedError =>
    new SeedError('SEED_REFUSED', `the image is not the one that its entry in ${SEED_FILE} says: ${what}`, {
      resource: reference,
      hint: 'Somebody has put another seed in its place, perhaps an old one. Run the workflow in seed mode again, and find out who did.'
    })
  if (own[ANNOTATION_LOCK_KEY] !== lockKey) throw differs(`it was made for another flake.lock than ${lockKey}`)
  if (own[ANNOTATION_SYSTEM] !== system) throw differs(`it is not for ${system}`)
}

/** Builders are all that is missing: nothing that was found speaks against the image. */
export function isWaiting({ verified, equivocations, missing }: Verification): boolean {
  return !verified && equivocations.length === 0 && missing > 0
}

function tell({ reference, reason, commit, policy, bundles, junk }: Verification, { ports: { log } }: Phase): void {
  log.info(`${reference}: ${reason}`)
  log.info(`Policy: ${policy.source} (${policy.digest})${commit === undefined ? '' : `, for commit ${commit}`}`)
  for (const { builder, identity, key, verdict, message, sources } of bundles) {
    const who = builder ?? identity ?? key ?? 'nobody known'
    log.info(`- ${who}: ${verdict === 'counted' ? '' : `${verdict}: `}${message} (${sources[0] ?? ''})`)
  }
  for (const { source, problem } of junk) log.info(`- no bundle: ${problem} (${source})`)
}

/** As much as a summary shows. */
const MAX_BUNDLES = 10
const MAX_CHARACTERS = 300

function saved(
  { reference, verified, reason, builders, bundles }: Verification,
  { lockKey }: NamedSeed
): SavedVerification {
  const cut = (text: string): string => (text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS)}…`)
  return {
    reference,
    lockKey,
    verified,
    reason,
    builders,
    bundles: bundles.slice(0, MAX_BUNDLES).map(({ builder, identity, key, verdict, message }): SavedBundle => {
      return { who: cut(builder ?? identity ?? key ?? ''), verdict, message: cut(message) }
    }),
    others: Math.max(0, bundles.length - MAX_BUNDLES)
  }
}
