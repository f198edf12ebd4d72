import type { Artifact, Descriptor, Repository } from '../../src/oci/types.ts'

export const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json'
export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json'
export const EMPTY_TYPE = 'application/vnd.oci.empty.v1+json'
export const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json'
export const BILL_TYPE = 'application/vnd.cyclonedx+json'

/** An attestation as it is attached, unlike those with another `id`. */
export function bundle(id: string | number): Artifact {
  return {
    artifactType: BUNDLE_TYPE,
    mediaType: BUNDLE_TYPE,
    bytes: Buffer.from(`{"bundle":"${id}"}`),
    annotations: {
      'dev.sigstore.bundle.predicateType': 'https://slsa.dev/provenance/v1',
      'dev.sigstore.bundle.content': 'dsse-envelope'
    }
  }
}

export function bill(id: string | number): Artifact {
  const bytes = Buffer.from(`{"bill":"${id}"}`)
  return { artifactType: BILL_TYPE, mediaType: BILL_TYPE, bytes, annotations: {} }
}

/** Puts an image to attach to, unlike those with another `id`. */
export async function putSubject(
  repository: Repository,
  id: string | number,
  tags: string[] = []
): Promise<Descriptor> {
  const index = { schemaVersion: 2, mediaType: INDEX_TYPE, manifests: [], annotations: { id: String(id) } }
  return repository.putManifest(Buffer.from(JSON.stringify(index)), INDEX_TYPE, tags)
}
