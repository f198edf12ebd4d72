import { summarizeBundle } from '../attest/bundle.ts'
import { MAX_BUNDLE_BYTES } from '../attest/verify.ts'
import { readUpTo } from '../attest/verify/file.ts'
import { SeedError } from '../errors.ts'
import { digestOf } from '../oci/digest.ts'
import type { Digest, Repository } from '../oci/types.ts'
import { subjectOf } from './attach.ts'
import { bundleArtifact } from './attestation.ts'
import { requireVerified, type JudgedBundle, type Verification } from './verification.ts'

/** A bundle from a file that hangs on the image now. */
export interface AttachedBundle {
  /** SHA-256 of its bytes. */
  bundle: Digest
  file: string
  /** Of the manifest that hangs on the image. */
  digest: Digest
  existed: boolean
}

/**
 * Attaches to a seed that is verified the bundles that came from files and do not hang on it yet, all at once: those that
 * are valid and about this image, whether they were needed for the quorum or not.
 *
 * @returns in the order of the verification
 * @throws SeedError POLICY_UNMET where it is not verified; DIGEST_MISMATCH where a file has changed since; NOT_FOUND where
 *   the repository has no such image; of the repository
 */
export async function attachVerified(repository: Repository, verification: Verification): Promise<AttachedBundle[]> {
  requireVerified(verification)
  const { digest, bundles } = verification
  const wanted = bundles.flatMap(bundle => {
    const file = isAttachable(bundle, digest) ? fileOf(bundle) : undefined
    return file === undefined ? [] : [{ bundle: bundle.bundle, file }]
  })
  if (wanted.length === 0) return []
  const artifacts = []
  for (const { bundle, file } of wanted) {
    const bytes = await readUpTo(file, MAX_BUNDLE_BYTES, 'bundle')
    if (digestOf(bytes) !== bundle) throw changed(file)
    artifacts.push(bundleArtifact(bytes, summarizeBundle(bytes)))
  }
  const attached = await repository.attach(await subjectOf(repository, digest), artifacts)
  return wanted.flatMap((each, i) => {
    const at = attached[i]
    return at ? [{ ...each, digest: at.descriptor.digest, existed: at.existed }] : []
  })
}

function isAttachable({ verdict, digests, sources }: JudgedBundle, digest: Digest): boolean {
  const isAttached = sources.some(source => source.startsWith('referrer '))
  return verdict !== 'refused' && !isAttached && digests?.includes(digest) === true
}

function fileOf({ sources }: JudgedBundle): string | undefined {
  return sources.find(source => source.startsWith('file '))?.slice('file '.length)
}

function changed(file: string): SeedError {
  return new SeedError('DIGEST_MISMATCH', 'a bundle has changed since it was verified', {
    resource: file,
    hint: 'Nothing was attached. Run it again when nobody writes to the file any more.'
  })
}
