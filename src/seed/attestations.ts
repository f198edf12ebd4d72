/** What hangs on a seed image, as it says of itself: nothing of it is verified here. */
import { BILL_TYPE } from '../attest/bill-of-materials.ts'
import { printable, summarizeBundle, type BundleSummary } from '../attest/bundle.ts'
import { PROVENANCE_TYPE } from '../attest/statement.ts'
import { SeedError } from '../errors.ts'
import { readArtifact } from '../oci/artifact.ts'
import { parseManifest } from '../oci/manifest.ts'
import type { Descriptor, Digest, RawManifest, Repository } from '../oci/types.ts'
import { createdOf } from './attestation.ts'

export interface ListedAttestation {
  /** `provenance`: a signed statement of how the image was built; `attestation`: another one; `signature`: without a statement. */
  kind: 'provenance' | 'attestation' | 'signature' | 'bill of materials' | 'other' | 'unreadable'
  /** Of the manifest. */
  digest: Digest
  artifactType: string
  /** Bytes of the content. */
  size: number
  predicateType?: string
  signer?: { kind: 'certificate' | 'key'; identity?: string; issuer?: string; hint?: string }
  logIndex?: string
  /** When it was signed, as it says: ISO 8601. */
  time?: string
  /** What is wrong with it. */
  problem?: string
}

const BILL_TYPES: ReadonlySet<string> = new Set([BILL_TYPE, 'application/spdx+json', 'text/spdx+json'])
/** Read side by side; anyone who can write to the repository can hang up any number. */
const READERS = 6

/**
 * Everything that hangs on an image, in the registry's order.
 *
 * @throws SeedError of the repository; what is malformed is listed as such
 */
export async function listAttestations(repository: Repository, subject: Digest): Promise<ListedAttestation[]> {
  const referrers = await repository.referrers(subject)
  const listed: ListedAttestation[] = []
  const queue = referrers.map((descriptor, at) => ({ descriptor, at }))
  const work = async (): Promise<void> => {
    for (let job = queue.shift(); job; job = queue.shift())
      listed[job.at] = await look(repository, subject, job.descriptor)
  }
  await Promise.all(Array.from({ length: READERS }, work))
  return listed
}

async function look(repository: Repository, subject: Digest, descriptor: Descriptor): Promise<ListedAttestation> {
  const { digest } = descriptor
  const artifactType = printable(descriptor.artifactType ?? descriptor.mediaType)
  const common = { digest, artifactType, size: 0 }
  try {
    if (artifactType.startsWith('application/vnd.dev.sigstore.bundle')) {
      const { bytes } = await readArtifact(repository, descriptor)
      common.size = bytes.length
      return { ...common, ...describe(summarizeBundle(bytes), subject) }
    }
    common.size = contentSize(await repository.getManifest(digest))
    return { kind: BILL_TYPES.has(artifactType) ? 'bill of materials' : 'other', ...common }
  } catch (error) {
    // One that is damaged must not hide the others; a registry that does not answer is no news of one of them.
    if (!(error instanceof SeedError) || !MALFORMED.has(error.code)) throw error
    return { kind: 'unreadable', ...common, problem: printable(error.message) }
  }
}

function contentSize(manifest: RawManifest | undefined): number {
  const { layers } = manifest ? parseManifest(manifest.bytes, manifest.descriptor.digest) : {}
  const sizes = (Array.isArray(layers) ? (layers as unknown[]) : []).map(layer =>
    Number((layer as Descriptor | null)?.size)
  )
  return sizes.reduce((sum, size) => sum + (Number.isSafeInteger(size) ? size : 0), 0)
}

const MALFORMED: ReadonlySet<string> = new Set(['CONTENT_INVALID', 'DIGEST_MISMATCH', 'NOT_FOUND'])

function describe(
  summary: BundleSummary,
  subject: Digest
): Omit<ListedAttestation, 'digest' | 'artifactType' | 'size'> {
  const { predicateType, signer, logs, subjects } = summary
  const time = createdOf(summary)
  const isOther = subjects.length > 0 && subjects.every(each => `sha256:${each.digest['sha256']}` !== subject)
  return {
    kind: predicateType === undefined ? 'signature' : predicateType === PROVENANCE_TYPE ? 'provenance' : 'attestation',
    ...(predicateType !== undefined && { predicateType }),
    signer,
    ...(logs[0] && { logIndex: logs[0].index }),
    ...(time && { time: time.toISOString() }),
    ...(isOther && { problem: 'its statement is about another image' })
  }
}
