/** Where bundles about an image may be: on the image itself, and in files. Nothing of them is verified here. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { printable } from '../attest/bundle.ts'
import { MAX_BUNDLE_BYTES } from '../attest/verify.ts'
import { readUpTo } from '../attest/verify/file.ts'
import { SeedError, systemCode, type ErrorCode } from '../errors.ts'
import { notedContent, readArtifact } from '../oci/artifact.ts'
import type { Descriptor, Digest, Repository } from '../oci/types.ts'

export type BundleSource = { kind: 'referrer'; digest: Digest } | { kind: 'file'; path: string }

/** Something that may be a bundle. */
export interface BundleCandidate {
  source: BundleSource
  /** SHA-256 of its bytes, where it is known beforehand. */
  digest?: Digest
  /** At most `MAX_BUNDLE_BYTES` and one more. @throws SeedError, see `isJunk` */
  read(): Promise<Uint8Array>
}

/** What was looked at and can be no bundle. */
export interface Junk {
  source: string
  problem: string
}

export interface BundleSearch {
  repository?: Repository
  /** Of the image. */
  digest: Digest
  /** Files, and folders whose files are taken. */
  paths: readonly string[]
}

/** What `Junk` calls the registry's list as a whole. */
export const LIST = 'list of referrers'

/** Anyone who can write to the repository can hang up any number. */
export const MAX_CANDIDATES = 10_000

/** A bundle in any version and form; which of them are read is decided when they are. */
const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle'
/** The names of bills of materials, which lie beside bundles. */
const BILL = /\.(?:cdx|spdx)\.json$/

/**
 * Finds what hangs on an image as a bundle, and the files that may be one.
 *
 * @returns in the order of the registry's list, then of `paths`, with the files of a folder by name
 * @throws SeedError NOT_FOUND where the repository has no such image; USAGE where a path is not there; CONTENT_INVALID
 *   where there are more than `MAX_CANDIDATES`; of the registry
 */
export async function findBundles(search: BundleSearch): Promise<{ candidates: BundleCandidate[]; junk: Junk[] }> {
  const junk: Junk[] = []
  const candidates: BundleCandidate[] = []
  if (search.repository) candidates.push(...(await onImage(search.repository, search.digest, junk)))
  for (const path of search.paths) candidates.push(...(await inFiles(path)))
  if (candidates.length <= MAX_CANDIDATES) return { candidates, junk }
  throw new SeedError('CONTENT_INVALID', `there are ${candidates.length} bundles to look at: nothing was verified`, {
    resource: search.repository?.name ?? search.digest,
    hint: `At most ${MAX_CANDIDATES} are. See what hangs on the image, and who may write to the repository.`
  })
}

/** Whether an error says that one thing is no bundle, and nothing of the others. */
export function isJunk(error: unknown): error is SeedError {
  return error instanceof SeedError && JUNK.has(error.code)
}

const JUNK: ReadonlySet<ErrorCode> = new Set(['CONTENT_INVALID', 'DIGEST_MISMATCH', 'NOT_FOUND'])

async function onImage(repository: Repository, digest: Digest, junk: Junk[]): Promise<BundleCandidate[]> {
  if ((await repository.getManifest(digest)) === undefined) {
    throw new SeedError('NOT_FOUND', 'there is no such image', {
      resource: `${repository.name}@${digest}`,
      hint: 'Check the reference; `nix-seed publish` prints the right one.'
    })
  }
  const name = (referrer: Digest | undefined): string =>
    referrer === undefined ? `entry of the ${LIST}` : `referrer ${referrer}`
  let referrers: Descriptor[] = []
  try {
    referrers = await repository.referrers(digest, undefined, (referrer, problem) =>
      junk.push({ source: name(referrer), problem: printable(problem) })
    )
  } catch (error) {
    // A list that is damaged says nothing against bundles in files.
    if (!isJunk(error)) throw error
    junk.push({ source: LIST, problem: printable(error.message) })
  }
  return referrers
    .filter(({ artifactType = '' }) => artifactType.startsWith(BUNDLE_TYPE))
    .map(descriptor => {
      const content = notedContent(descriptor)
      return {
        source: { kind: 'referrer', digest: descriptor.digest },
        ...(content !== undefined && { digest: content }),
        read: async () => (await readArtifact(repository, descriptor, MAX_BUNDLE_BYTES)).bytes
      }
    })
}

async function inFiles(path: string): Promise<BundleCandidate[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [fileAt(path)]
    const entries = await readdir(path, { withFileTypes: true })
    return entries
      .filter(entry => !entry.isDirectory() && /^[^.].*\.json$/.test(entry.name) && !BILL.test(entry.name))
      .map(entry => entry.name)
      .sort()
      .map(file => fileAt(join(path, file), true))
  } catch (cause) {
    const isMissing = systemCode(cause) === 'ENOENT'
    throw new SeedError(
      isMissing ? 'USAGE' : 'FILE_SYSTEM',
      isMissing ? 'there is no such file or folder' : 'it could not be read',
      { resource: path, hint: 'Name a bundle, or a folder that holds bundles (*.json).', cause }
    )
  }
}

/** @param isListed found in a folder, so that nobody has named it */
function fileAt(path: string, isListed = false): BundleCandidate {
  return {
    source: { kind: 'file', path },
    read: async () => {
      if (!isListed) return readUpTo(path, MAX_BUNDLE_BYTES, 'bundle')
      try {
        // Whoever opens a pipe waits for its writer.
        if ((await stat(path)).isFile()) return await readUpTo(path, MAX_BUNDLE_BYTES, 'bundle')
      } catch (cause) {
        const problem = cause instanceof SeedError ? cause.message : 'cannot read the bundle'
        throw new SeedError('CONTENT_INVALID', problem, { resource: path, cause })
      }
      throw new SeedError('CONTENT_INVALID', 'it is no file', { resource: path })
    }
  }
}
