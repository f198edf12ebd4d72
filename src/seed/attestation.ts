/** The files of an attestation: on disk, where they are written before anything is sent, and as artifacts in a registry. */
import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BILL_TYPE } from '../attest/bill-of-materials.ts'
import type { BundleSummary } from '../attest/bundle.ts'
import { SeedError, systemCode } from '../errors.ts'
import type { Artifact, Digest } from '../oci/types.ts'

/** https://github.com/sigstore/cosign/blob/main/specs/BUNDLE_SPEC.md */
export const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json'

/** How the message of an error begins that leaves a bundle on disk. */
export const SIGNED = 'signed, and could not be attached'

/** Paths of what was written. */
export interface AttestationFiles {
  bundle: string
  bill: string
}

/** Where an attestation of the image `digest` is kept in `folder`. */
export function attestationFiles(folder: string, digest: Digest): AttestationFiles {
  const stem = join(folder, `seed-${digest.slice('sha256:'.length).slice(0, 16)}`)
  return { bundle: `${stem}.sigstore.json`, bill: `${stem}.cdx.json` }
}

/** Where the summary of a verification of the image `digest` is kept in `folder`. */
export function summaryFile(folder: string, digest: Digest): string {
  return attestationFiles(folder, digest).bundle.replace(/\.sigstore\.json$/, '.vsa.sigstore.json')
}

/** The bill of materials that was written beside a bundle. */
export function billBeside(bundle: string): string {
  return `${bundle.replace(/(?:\.sigstore)?\.json$/, '')}.cdx.json`
}

/**
 * Writes both files; whoever sees one sees the whole of it.
 *
 * @throws SeedError DISK_FULL, FILE_SYSTEM
 */
export async function writeAttestation(
  folder: string,
  digest: Digest,
  bundle: string,
  bill: Buffer
): Promise<AttestationFiles> {
  const files = attestationFiles(folder, digest)
  await writeFiles(folder, [
    [files.bill, bill],
    [files.bundle, bundle]
  ])
  return files
}

/**
 * Writes what has been signed into `folder`, which is made if it is missing, one file after the other.
 *
 * @throws SeedError DISK_FULL, FILE_SYSTEM
 */
export async function writeFiles(
  folder: string,
  files: readonly (readonly [path: string, content: string | Buffer])[]
): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    for (const [path, content] of files) await writeWhole(path, content)
  } catch (cause) {
    const full = systemCode(cause) === 'ENOSPC' || systemCode(cause) === 'EDQUOT'
    throw new SeedError(full ? 'DISK_FULL' : 'FILE_SYSTEM', 'the attestation could not be written', {
      resource: folder,
      hint: 'Name a folder that can be written to.',
      cause
    })
  }
}

async function writeWhole(file: string, content: string | Buffer): Promise<void> {
  const draft = `${file}.${randomBytes(4).toString('hex')}`
  try {
    // A new file, renamed: whatever stood there, a link even, is replaced and not written to.
    await writeFile(draft, content, { mode: 0o644, flag: 'wx' })
    await rename(draft, file)
  } finally {
    await rm(draft, { force: true }).catch(() => {})
  }
}

/** A bundle in the form that cosign 3 reads. Equal bundles make equal artifacts. */
export function bundleArtifact(bytes: Buffer, summary: BundleSummary): Artifact {
  const created = createdOf(summary)
  return {
    artifactType: BUNDLE_TYPE,
    mediaType: BUNDLE_TYPE,
    bytes,
    annotations: {
      'dev.sigstore.bundle.content': 'dsse-envelope',
      ...(summary.predicateType !== undefined && { 'dev.sigstore.bundle.predicateType': summary.predicateType }),
      ...(created !== undefined && { 'org.opencontainers.image.created': created.toISOString() })
    }
  }
}

export function billArtifact(bytes: Buffer): Artifact {
  return { artifactType: BILL_TYPE, mediaType: BILL_TYPE, bytes, annotations: {} }
}

/** When a bundle was made, as its log or its timestamp authority says. */
export function createdOf({ logs, timestamps }: BundleSummary): Date | undefined {
  return timestamps[0] ?? logs.find(log => log.integratedTime !== undefined)?.integratedTime
}

/**
 * The error for a failure to attach: what was signed is not lost, it is on disk, and attaching is all that is left to do.
 *
 * @param hints further lines on what to do next
 */
export function notAttached(failure: unknown, signal: AbortSignal, ...hints: readonly string[]): unknown {
  const isInterruption = signal.aborted && !(failure instanceof SeedError)
  const error = isInterruption ? new SeedError('INTERRUPTED', 'interrupted', { cause: failure }) : failure
  if (!(error instanceof SeedError)) return error
  const { code, message, resource } = error
  const lines = [...(error.hint === undefined ? [] : [error.hint]), ...hints]
  return new SeedError(code, `${SIGNED}: ${message}`, {
    ...(resource !== undefined && { resource }),
    ...(lines.length > 0 && { hint: lines.join('\n') }),
    cause: error
  })
}
