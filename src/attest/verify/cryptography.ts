/**
 * Whether a signature is whose it is said to be, of when, and in the log. The library does the cryptography; it is given
 * no identity to look for, since it would look for it anywhere in the certificate's.
 */
import type { KeyObject } from 'node:crypto'
import { toSignedEntity, VerificationError, Verifier, type SignedEntity, type TrustMaterial } from '@sigstore/verify'
import type { TrustRoot } from '../trust-root.ts'
import type { SigningCertificate } from './certificate.ts'
import { checkEntryForm, checkEntrySigner, checkLogKey, leafHash, type LoggedVerifier } from './log-entry.ts'
import type { ReadBundle } from './reading.ts'
import { remembered } from './remembered.ts'
import { BundleRefusal, time, type RefusalReason } from './refusal.ts'
import { stackless } from './stackless.ts'

/** A time that somebody who is trusted has signed. */
export interface SignedTime {
  at: Date
  by: 'timestamp-authority' | 'log'
}

/** A verified log entry. */
export interface LogEntry {
  /** Decimal. */
  index: string
  /** Of the log, in hexadecimal. */
  log: string
  /** Of the leaf, in hexadecimal. */
  hash: string
  /** As in `dsse 0.0.1`. */
  kind: string
}

export interface VerifiedSignature {
  signer: { kind: 'certificate'; certificate: SigningCertificate } | { kind: 'key'; publicKey: KeyObject }
  /** The earliest first. */
  times: [SignedTime, ...SignedTime[]]
  entries: LogEntry[]
}

const THRESHOLDS = { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 1 }
/** How far the clock of this machine may be behind. */
const CLOCK_TOLERANCE_MS = 10 * 60 * 1000

export interface SignatureCheck {
  trust: TrustRoot
  /** The key that must have signed; what a bundle says of keys counts for nothing. Absent: a certificate. */
  publicKey?: KeyObject
  /** What was signed, where it is not in the bundle. */
  file?: Buffer
  now: Date
}

/** @throws BundleRefusal */
export function verifySignature({ bundle, claimed }: ReadBundle, check: SignatureCheck): VerifiedSignature {
  const { trust, publicKey, file, now } = check
  if ((claimed.kind === 'key') !== (publicKey !== undefined)) {
    throw new BundleRefusal('signer-kind', 'the bundle is signed by another kind of signer', {
      expected: publicKey ? 'key' : 'certificate',
      found: claimed.kind
    })
  }
  const signer: VerifiedSignature['signer'] =
    claimed.kind === 'certificate' ? claimed : { kind: 'key', publicKey: publicKey as KeyObject }
  const key = signer.kind === 'certificate' ? signer.certificate.publicKey : signer.publicKey
  const entity = signedEntity(bundle, file)
  // Before all else, so that what was tampered with is told as such.
  if (!entity.signature.verifySignature(key)) {
    throw new BundleRefusal('signature-invalid', 'the signature is not of this content by this signer')
  }
  const material: TrustMaterial = {
    ...trust.material,
    publicKey: () => ({ publicKey: key, validFor: () => true })
  }
  if (entity.tlogEntries.length === 0) throw new BundleRefusal('log-missing', 'the bundle has no log entry')
  for (const entry of entity.tlogEntries) {
    checkEntryForm(entry, material)
    checkEntrySigner(entry, verifierOf(signer))
  }
  if (entity.timestamps.length === 0) {
    throw new BundleRefusal('time-missing', 'neither a log nor a timestamp authority says when it was signed')
  }
  runLibrary(entity, material, signer)
  const times = timesOf(entity)
  const dates = times.map(({ at }) => at)
  for (const entry of entity.tlogEntries) checkLogKey(entry, dates, material)
  const [earliest, ...later] = times
  const latest = times.at(-1)
  if (earliest === undefined || latest === undefined) throw new Error('a verified bundle without a time')
  if (latest.at.getTime() > now.getTime() + CLOCK_TOLERANCE_MS) {
    throw new BundleRefusal(
      'time-in-future',
      `it was signed at ${time(latest.at)}, and the clock here says ${time(now)}`
    )
  }
  return { signer, times: [earliest, ...later], entries: entity.tlogEntries.map(describeEntry) }
}

function verifierOf(signer: VerifiedSignature['signer']): LoggedVerifier {
  return signer.kind === 'certificate'
    ? { certificate: signer.certificate.der }
    : { publicKey: signer.publicKey.export({ type: 'spki', format: 'der' }) }
}

function signedEntity(bundle: ReadBundle['bundle'], file: Buffer | undefined): SignedEntity {
  let entity: SignedEntity
  try {
    entity = stackless(() => toSignedEntity(bundle, file))
    if (entity.key.$case === 'certificate') remembered(entity.key.certificate)
    for (const each of entity.timestamps)
      if (each.$case === 'timestamp-authority') each.timestamp.signingTime.toISOString()
  } catch (cause) {
    throw new BundleRefusal('timestamp-invalid', 'a timestamp cannot be read', { cause })
  }
  // The library takes the time of an entry for signed, whether it is or not.
  const timestamps = entity.timestamps.filter(
    each => each.$case === 'timestamp-authority' || each.tlogEntry.inclusionPromise !== undefined
  )
  return { ...entity, timestamps }
}

function timesOf(entity: SignedEntity): SignedTime[] {
  return entity.timestamps
    .map((each): SignedTime =>
      each.$case === 'timestamp-authority'
        ? { at: each.timestamp.signingTime, by: 'timestamp-authority' }
        : { at: new Date(Number(each.tlogEntry.integratedTime) * 1000), by: 'log' }
    )
    .sort((a, b) => a.at.getTime() - b.at.getTime())
}

function describeEntry(entry: SignedEntity['tlogEntries'][number]): LogEntry {
  const { logIndex, logId, kindVersion } = entry
  return {
    index: logIndex,
    log: logId.keyId.toString('hex'),
    hash: leafHash(entry),
    kind: `${kindVersion.kind} ${kindVersion.version}`
  }
}

function runLibrary(entity: SignedEntity, material: TrustMaterial, signer: VerifiedSignature['signer']): void {
  try {
    stackless(() => new Verifier(material, THRESHOLDS).verify(entity))
  } catch (error) {
    throw refusalOf(error, entity, signer)
  }
}

const REASONS: Partial<Record<string, { reason: RefusalReason; message: string }>> = {
  TLOG_ERROR: { reason: 'log-entry-mismatch', message: 'a log entry is there twice' },
  TLOG_MISSING_INCLUSION_ERROR: {
    reason: 'log-proof-missing',
    message: 'a log entry has no proof that it is in the log'
  },
  TLOG_INCLUSION_PROOF_ERROR: { reason: 'log-proof-invalid', message: 'the proof of a log entry does not hold' },
  TLOG_INCLUSION_PROMISE_ERROR: {
    reason: 'log-promise-invalid',
    message: 'the promise of the log is not of this entry and time, or its key was not valid then'
  },
  TLOG_BODY_ERROR: { reason: 'log-entry-mismatch', message: 'the log entry is not of this signature' },
  SIGNATURE_ERROR: { reason: 'signature-invalid', message: 'the signature is not of this content by this signer' },
  TIMESTAMP_ERROR: {
    reason: 'timestamp-invalid',
    message: 'a timestamp is not of this signature, or of no timestamp authority of the trust root'
  }
}

function refusalOf(error: unknown, entity: SignedEntity, signer: VerifiedSignature['signer']): BundleRefusal {
  // What the library throws beside its own errors comes of content that it did not expect.
  const code = error instanceof VerificationError ? error.code : undefined
  if (code === 'CERTIFICATE_ERROR' && signer.kind === 'certificate') {
    return certificateRefusal(error as VerificationError, timesOf(entity), signer.certificate)
  }
  const known = code === undefined ? undefined : REASONS[code]
  if (known) return new BundleRefusal(known.reason, known.message, { cause: error })
  return new BundleRefusal(
    'bundle-malformed',
    'the bundle is malformed: what it brings for its verification cannot be read',
    {
      cause: error
    }
  )
}

function certificateRefusal(
  error: VerificationError,
  times: readonly SignedTime[],
  { notBefore, notAfter }: SigningCertificate
): BundleRefusal {
  const outside = times.find(({ at }) => at < notBefore || at > notAfter)
  if (outside) {
    const by = outside.by === 'log' ? 'the log' : 'the timestamp authority'
    return new BundleRefusal(
      'certificate-expired',
      `the certificate was valid from ${time(notBefore)} to ${time(notAfter)}, and ${by} says that it was used at ${time(outside.at)}`,
      { cause: error }
    )
  }
  return /SCT/.test(error.message)
    ? new BundleRefusal(
        'certificate-unlogged',
        'no certificate log of the trust root has promised to log the certificate',
        {
          cause: error
        }
      )
    : new BundleRefusal('certificate-untrusted', 'no certificate authority of the trust root issued the certificate', {
        cause: error
      })
}
