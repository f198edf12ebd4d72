/** The mark of a verification that passed, for people who look at an image with tools that know nothing of seeds. */
import type { Attached, Repository } from '../oci/types.ts'
import { subjectOf } from './attach.ts'
import { canonicalJson } from './key.ts'
import { requireVerified, type Verification } from './verification.ts'

export const MARK_TYPE = 'application/vnd.nix-seed.verification.v1+json'

export const ANNOTATION_VERIFIED = 'dev.nix-seed.verified'
export const ANNOTATION_BUILDERS = 'dev.nix-seed.builders'
export const ANNOTATION_THRESHOLD = 'dev.nix-seed.threshold'
export const ANNOTATION_POLICY = 'dev.nix-seed.policy'

/**
 * Hangs the result of a verification on the image, with annotations that `oras discover` shows.
 *
 * The image's own annotations would be the place to look for, but they are part of what its digest is made of, and the
 * digest is what everybody pins: to annotate the image itself would make another one. So the mark is an artifact of its
 * own. Nobody has signed it, and anyone who may write to the repository can hang up the like: it informs, and proves
 * nothing. `verify` never reads it; a statement to rely on is made by `attestVerification`.
 *
 * There is no time in it: marking again what came out the same adds nothing.
 *
 * @throws SeedError POLICY_UNMET where the verification did not pass; NOT_FOUND where the image is missing; of the registry
 */
export async function markVerified(repository: Repository, verification: Verification): Promise<Attached> {
  requireVerified(verification)
  const { digest, commit, reason, builders, policy } = verification
  const { threshold, dimensions } = policy
  const mark = {
    ...(commit !== undefined && { commit }),
    builders,
    digest,
    policy: { digest: policy.digest, dimensions, threshold },
    reason
  }
  const image = await subjectOf(repository, digest)
  const [attached] = await repository.attach(image, [
    {
      artifactType: MARK_TYPE,
      mediaType: MARK_TYPE,
      bytes: Buffer.from(canonicalJson(mark)),
      annotations: {
        [ANNOTATION_VERIFIED]: reason,
        [ANNOTATION_BUILDERS]: builders.join(','),
        [ANNOTATION_THRESHOLD]: String(threshold),
        [ANNOTATION_POLICY]: policy.digest
      }
    }
  ])
  if (!attached) throw new Error('nothing was attached') // cannot happen
  return attached
}
