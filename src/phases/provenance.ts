/** What hangs on seeds already. Anyone who may write to the registry can hang it there: it is found, and not verified. */
import { PROVENANCE_TYPE } from '../attest/statement.ts'
import type { Descriptor, Digest, Repository } from '../oci/types.ts'
import { BUNDLE_TYPE } from '../seed/attestation.ts'

/** The newest provenance that hangs on an image, going by what its registry lists; what it says is not looked at. */
export async function findProvenance(repository: Repository, digest: Digest): Promise<Descriptor | undefined> {
  const bundles = await repository.referrers(digest, BUNDLE_TYPE)
  const createdAt = ({ annotations }: Descriptor): string => annotations?.['org.opencontainers.image.created'] ?? ''
  return bundles
    .filter(({ annotations }) => annotations?.['dev.sigstore.bundle.predicateType'] === PROVENANCE_TYPE)
    .reduce<Descriptor | undefined>((a, b) => (a !== undefined && createdAt(a) >= createdAt(b) ? a : b), undefined)
}
