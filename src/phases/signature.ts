/** Whether a seed is signed: what that takes, and what it means for the seed. */
import { SeedError } from '../errors.ts'
import type { Flake } from '../nix/flake.ts'
import { formatName, type RegistryName } from '../oci/name.ts'
import type { Digest, Repository } from '../oci/types.ts'
import type { Attestation, AttestRequest } from '../seed/attest.ts'
import type { Signature } from '../state.ts'
import { bareName, type Phase } from './context.ts'
import { recordedImage } from './pin.ts'
import { lockOfCheckout, readPinned } from './pinned.ts'
import { findProvenance } from './provenance.ts'

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
 */
export async function findReusable(
  repository: Repository,
  phase: Phase,
  isSigned: boolean
): Promise<Reusable | undefined> {
  const { inputs, ports } = phase
  const image = await recordedImage(phase)
  if (image?.digest === undefined || bareName(image) !== bareName(inputs.image)) return undefined
  const { digest } = image
  if (!isSigned) return { digest, signature: { kind: 'none' } }
  const name = formatName(image)
  try {
    if (!(await isPinned(image, phase))) {
      ports.log.info(`${name} is not pinned by this flake.lock yet, so it is not reused`)
      return undefined
    }
    const found = await findProvenance(repository, digest)
    if (found !== undefined) return { digest, signature: { kind: 'earlier', attestation: found.digest } }
    ports.log.info(`No provenance hangs on ${name}, so it is not reused`)
  } catch (error) {
    ports.signal.throwIfAborted()
    if (!(error instanceof SeedError)) throw error
    ports.log.info(`It is not known whether ${name} is pinned and signed, so it is not reused: ${error.message}`)
  }
  return undefined
}

/** Whether the checkout pins this image for this system, by hashes alone, and for the lock that it has. */
async function isPinned({ digest }: RegistryName, phase: Phase): Promise<boolean> {
  const lock = await lockOfCheckout(phase)
  if (lock === undefined) return false
  const pinned = await readPinned(lock, phase)
  return !pinned.isStale && pinned.image.digest === digest && bareName(pinned.image) === bareName(phase.inputs.image)
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
