/** What hangs on seeds already: read and shown, and not verified. */
import { PROVENANCE_TYPE } from '../attest/statement.ts'
import { readArtifact } from '../oci/artifact.ts'
import type { Descriptor, Digest, Repository } from '../oci/types.ts'
import type { AnnouncedSignature } from '../seed/announcement.ts'
import { BUNDLE_TYPE } from '../seed/attestation.ts'

/** A provenance that hangs on an image, if its registry says that there is one. */
export async function findProvenance(repository: Repository, digest: Digest): Promise<Descriptor | undefined> {
  const bundles = await repository.referrers(digest, BUNDLE_TYPE)
  return bundles.find(({ annotations }) => annotations?.['dev.sigstore.bundle.predicateType'] === PROVENANCE_TYPE)
}

/** Who has signed the provenance that hangs on an image, as it says itself. */
export async function readProvenance(repository: Repository, digest: Digest): Promise<AnnouncedSignature> {
  const found = await findProvenance(repository, digest)
  if (found === undefined) return { kind: 'none' }
  // Loaded where it is needed: most jobs read none.
  const { summarizeBundle } = await import('../attest/bundle.ts')
  const { signer, logs } = summarizeBundle((await readArtifact(repository, found)).bytes)
  const by = signer.kind === 'certificate' ? signer.identity : signer.hint
  const issuer = signer.kind === 'certificate' ? signer.issuer : undefined
  const logIndex = logs[0]?.index
  return {
    kind: 'found',
    by: by ?? 'a key',
    ...(issuer !== undefined && { issuer }),
    ...(logIndex !== undefined && { logIndex })
  }
}
