/** Attaches an attestation that was written to disk before. */
import { readFile } from 'node:fs/promises'
import { BILL_TYPE } from '../attest/bill-of-materials.ts'
import { summarizeBundle } from '../attest/bundle.ts'
import { SeedError, systemCode } from '../errors.ts'
import { isObject } from '../nix/json-shape.ts'
import { digestOf } from '../oci/digest.ts'
import type { Attached } from '../oci/types.ts'
import type { Descriptor, Digest, Repository } from '../oci/types.ts'
import { billArtifact, billBeside, bundleArtifact } from './attestation.ts'

export interface AttachedFiles {
  predicateType?: string
  bundle: Attached
  /** Absent where the statement names no bill of materials. */
  bill?: Attached
}

/**
 * Attaches the bundle in `file`, and the bill of materials that it names, which is expected beside it. What is attached
 * already stays as it is.
 *
 * @throws SeedError USAGE where the bundle is of another image, CONTENT_INVALID where it is none, NOT_FOUND where the image
 *   or the bill is missing, or what the repository throws
 */
export async function attachFiles(
  repository: Repository,
  digest: Digest,
  files: { bundle: string; bill?: string }
): Promise<AttachedFiles> {
  const bundle = await read(files.bundle, 'bundle')
  const summary = summarizeBundle(bundle)
  const [subject, ...more] = summary.subjects
  if (subject === undefined || more.length > 0 || `sha256:${subject.digest['sha256']}` !== digest) {
    const found = summary.subjects.map(each => `sha256:${each.digest['sha256']}`).join(', ')
    throw new SeedError('USAGE', `the bundle is of another image: ${found}`, {
      resource: files.bundle,
      hint: 'Name the image that it was signed for.'
    })
  }
  const image = await subjectOf(repository, digest)
  const named = billDigest(bundle)
  const bill = named === undefined ? undefined : await readBill(files.bill ?? billBeside(files.bundle), named)
  const artifacts = [bundleArtifact(bundle, summary), ...(bill ? [billArtifact(bill)] : [])]
  const [bundleAt, billAt] = await repository.attach(image, artifacts)
  if (!bundleAt) throw new Error('nothing was attached') // cannot happen
  return {
    ...(summary.predicateType !== undefined && { predicateType: summary.predicateType }),
    bundle: bundleAt,
    ...(billAt && { bill: billAt })
  }
}

/** The image that something is to hang on. @throws SeedError NOT_FOUND */
export async function subjectOf(repository: Repository, digest: Digest): Promise<Descriptor> {
  const raw = await repository.getManifest(digest)
  if (raw) return raw.descriptor
  throw new SeedError('NOT_FOUND', 'there is no such image', {
    resource: `${repository.name}@${digest}`,
    hint: 'Publish it first; nothing can be attached to an image that is not there.'
  })
}

/** The digest of the bill of materials among the statement's byproducts, if it names one. */
function billDigest(bundle: Buffer): string | undefined {
  const document: unknown = JSON.parse(bundle.toString('utf8'))
  const envelope = isObject(document) && isObject(document.dsseEnvelope) ? document.dsseEnvelope : {}
  const statement: unknown = JSON.parse(Buffer.from(String(envelope.payload), 'base64').toString('utf8'))
  const predicate = isObject(statement) && isObject(statement.predicate) ? statement.predicate : {}
  const { byproducts } = isObject(predicate.runDetails) ? predicate.runDetails : {}
  for (const product of Array.isArray(byproducts) ? (byproducts as unknown[]) : []) {
    if (!isObject(product) || product.mediaType !== BILL_TYPE || !isObject(product.digest)) continue
    if (typeof product.digest.sha256 === 'string') return `sha256:${product.digest.sha256}`
  }
  return undefined
}

async function readBill(file: string, digest: string): Promise<Buffer> {
  const bill = await read(file, 'bill of materials')
  if (digestOf(bill) === digest) return bill
  throw new SeedError('DIGEST_MISMATCH', 'the bill of materials is not the one that the bundle names', {
    resource: file,
    hint: `Name the file with the digest ${digest} with --bill.`
  })
}

async function read(file: string, what: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    const isMissing = systemCode(cause) === 'ENOENT'
    throw new SeedError(isMissing ? 'NOT_FOUND' : 'FILE_SYSTEM', `the ${what} cannot be read`, {
      resource: file,
      hint: what === 'bundle' ? 'Name a file that `nix-seed attest` wrote.' : 'Name the file with --bill.',
      cause
    })
  }
}
