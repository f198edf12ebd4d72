/** Whether a seed is signed: what that takes, and what it means for the seed. */
import { SeedError } from '../errors.ts'
import type { Flake } from '../nix/flake.ts'
import { formatName, type RegistryName } from '../oci/name.ts'
import type { Digest, Repository } from '../oci/types.ts'
import type { Attestation, AttestRequest } from '../seed/attest.ts'
import type { Signature } from '../state.ts'
import { bareName, type Phase } from './context.ts'
import { recordedImage } from './record.ts'
import { lockOfCheckout, readPinned } from './pinned.ts'
import { findProvenance } from './provenance.ts'
import { verifyImage, type Verifier } from './verification.ts'

/** Signs a seed that is published and attaches the signature, before anything leads to it. */
export interface Sign {
  (seed: Omit<AttestRequest, 'signing' | 'files'>): Promise<Attestation>
  /** Whether the job may sign what is built of `flake`: to be asked before it is built. @throws SeedError USAGE */
  check?(flake: Flake): void
}

/** Finds out whether the job can sign; what it throws tells what is missing. */
export type PrepareSigning = (phase: Phase) => Promise<Sign>

export interface Reusable {
  digest: Digest
  signature: Signature
}

/**
 * The image that may be taken for the seed unbuilt. Whoever can write to the registry can move its tags and hang anything
 * on an image, so it is one that an earlier run has recorded. Where seeds are to be signed, that is not enough: what is
 * reused is signed by nobody in this run, so it has to be pinned by the checkout's lock already, and is proposed to nobody.
 *
 * @param isSigned the seed is to be signed, so what is reused has a provenance, which nobody has verified here
 * @param verifier where the workflow has a policy: what is signed and does not meet it is made, and signed, once more
 */
export async function findReusable(
  repository: Repository,
  phase: Phase,
  isSigned: boolean,
  verifier?: Verifier
): Promise<Reusable | undefined> {
  const { inputs, ports, system } = phase
  const image = await recordedImage(phase)
  if (image?.digest === undefined || bareName(image) !== bareName(inputs.image)) return undefined
  const { digest } = image
  if (!isSigned) return { digest, signature: { kind: 'none' } }
  const name = formatName(image)
  try {
    const lockKey = await pinnedFor(image, phase)
    if (lockKey === undefined) {
      ports.log.info(`${name} is not pinned by this flake.lock yet, so it is not reused`)
      return undefined
    }
    const found = await findProvenance(repository, digest)
    if (found === undefined) ports.log.info(`No provenance hangs on ${name}, so it is not reused`)
    else if (verifier && !(await verifyImage({ image, system, lockKey }, verifier, phase)).verified) {
      ports.log.info(`${name} does not meet the policy, so it is not reused`)
    } else return { digest, signature: { kind: 'earlier', attestation: found.digest } }
  } catch (error) {
    ports.signal.throwIfAborted()
    if (!(error instanceof SeedError)) throw error
    ports.log.info(`It is not known whether ${name} is pinned and signed, so it is not reused: ${error.message}`)
  }
  return undefined
}

/** The key of the checkout's lock, if that pins this image for this system, by hashes alone, and for this lock. */
async function pinnedFor({ digest }: RegistryName, phase: Phase): Promise<string | undefined> {
  const lock = await lockOfCheckout(phase)
  if (lock === undefined) return undefined
  const pinned = await readPinned(lock, phase)
  const isSame = pinned.image.digest === digest && bareName(pinned.image) === bareName(phase.inputs.image)
  return isSame && !pinned.isStale ? pinned.lockKey : undefined
}

export function signatureOf({ bundle, builderId, identity, issuer, logIndex, logUrl, files }: Attestation): Signature {
  return {
    kind: 'signed',
    attestation: bundle.digest,
    builderId,
    ...(identity !== undefined && { identity }),
    ...(issuer !== undefined && { issuer }),
    ...(logIndex !== undefined && { logIndex }),
    ...(logUrl !== undefined && { logUrl }),
    bundle: files.bundle,
    sbom: files.bill
  }
}

/** What is told where signing failed: the image is there, and it is as if it were not: no tag and no pin leads to it. */
export function unsigned(error: unknown, reference: string): unknown {
  if (!(error instanceof SeedError)) return error
  const { code, message, resource, hint } = error
  const next =
    'No tag, no pin and no pull request leads to it. Run the job again when this is put right: what is in the registry is ' +
    'not sent again. To publish and pin seeds without a signature, set "sign: false".'
  return new SeedError(code, `${reference} is published but unsigned: ${message}`, {
    ...(resource !== undefined && { resource }),
    hint: hint === undefined ? next : `${hint}\n${next}`,
    cause: error
  })
}
