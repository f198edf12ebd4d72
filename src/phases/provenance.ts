/** What hangs on seeds already: read and shown, and not verified. */
import { PROVENANCE_TYPE } from '../attest/statement.ts'
import { readArtifact } from '../oci/artifact.ts'
import type { Descriptor, Digest, Repository } from '../oci/types.ts'
import { BUNDLE_TYPE } from '../seed/attestation.ts'

/** Who has signed, as a bundle says itself. */
export interface Signer {
  /** Absent where a key did. */
  identity?: string
  issuer?: string
  logIndex?: string
}

/** The newest provenance that hangs on an image, if its registry says that there is one. */
export async function findProvenance(repository: Repository, digest: Digest): Promise<Descriptor | undefined> {
  const bundles = await repository.referrers(digest, BUNDLE_TYPE)
  const createdAt = ({ annotations }: Descriptor): string => annotations?.['org.opencontainers.image.created'] ?? ''
  return bundles
    .filter(({ annotations }) => annotations?.['dev.sigstore.bundle.predicateType'] === PROVENANCE_TYPE)
    .reduce<Descriptor | undefined>((a, b) => (a !== undefined && createdAt(a) >= createdAt(b) ? a : b), undefined)
}

/** Who has signed the provenance that hangs on an image. */
export async function readProvenance(repository: Repository, digest: Digest): Promise<Signer | 'none'> {
  const found = await findProvenance(repository, digest)
  if (found === undefined) return 'none'
  // Loaded where it is needed: most jobs read none.
  const { summarizeBundle } = await import('../attest/bundle.ts')
  const { signer, logs } = summarizeBundle((await readArtifact(repository, found)).bytes)
  const { identity, issuer } = signer.kind === 'certificate' ? signer : {}
  const logIndex = logs[0]?.index
  return {
    ...(identity !== undefined && { identity }),
    ...(issuer !== undefined && { issuer }),
    ...(logIndex !== undefined && { logIndex })
  }
}
