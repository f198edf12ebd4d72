/**
 * Whether one bundle is a sound attestation by whom, of what and for what it should be. Offline, given a trust root.
 * Described in docs/verify.md.
 */
import { createHash, type KeyObject } from 'node:crypto'
import { PROVENANCE_TYPE, type Statement } from './statement.ts'
import type { TrustRoot } from './trust-root.ts'
import type { SigningCertificate } from './verify/certificate.ts'
import { verifySignature, type LogEntry, type SignedTime, type VerifiedSignature } from './verify/cryptography.ts'
import { checkRunner, checkSandbox, readProvenance, type ProvenanceFacts } from './verify/provenance.ts'
import { readBundle, type ReadBundle } from './verify/reading.ts'
import { BundleRefusal, time } from './verify/refusal.ts'
import { readStatement, statementPayload } from './verify/statement.ts'

export type { SigningCertificate } from './verify/certificate.ts'
export type { LogEntry, SignedTime } from './verify/cryptography.ts'
export { isCommit } from './verify/provenance.ts'
export { MAX_BUNDLE_BYTES, readBundle } from './verify/reading.ts'
export type { ReadBundle } from './verify/reading.ts'
export { BundleRefusal } from './verify/refusal.ts'
export type { RefusalReason } from './verify/refusal.ts'

/** Whoever must have signed. */
export type ExpectedSigner =
  /** Compared as they are, every character; a pattern has to accept the whole identity. */
  { kind: 'certificate'; issuer: string; identity: string | IdentityPattern } | { kind: 'key'; publicKey: KeyObject }

/** Pattern of policy/pattern.ts. */
export interface IdentityPattern {
  readonly source: string
  accepts(identity: string): boolean
}

export interface Expectation {
  signer: ExpectedSigner
  /** `sha256:…`; absent: whatever it is about. */
  digest?: string
  /** Of the source, in hexadecimal; absent: whichever. */
  commit?: string
  /** Default: SLSA provenance, version 1. `any` takes all, and looks at nothing that they say of their subject. */
  predicateType?: string
  /** Since the earliest time that somebody has signed. */
  maximumAgeDays?: number
  allowSelfHosted?: boolean
  allowSandboxOff?: boolean
  allowSeveralSubjects?: boolean
}

/** A bundle that is what was expected, and what it says. */
export interface VerifiedBundle {
  mediaType: string
  statement: Statement
  signer: VerifiedSigner
  /** Of every subject, as `sha256:…`. */
  digests: string[]
  /** Of the source: as the certificate says, or the statement where the certificate does not tell. */
  commit?: string
  /** Absent where the statement is no provenance. */
  provenance?: ProvenanceFacts
  /** The earliest first. */
  times: [SignedTime, ...SignedTime[]]
  entries: LogEntry[]
}

export type VerifiedSigner =
  | { kind: 'certificate'; certificate: SigningCertificate }
  /** SHA-256 of the key's DER, in hexadecimal. */
  | { kind: 'key'; fingerprint: string }

export interface VerifyOptions {
  /** What the clock says. Default: now. */
  now?: Date
}

/**
 * Verifies one bundle: form, signature, certificate, log, times, signer, statement, and what that says.
 *
 * @param bytes of the bundle, or what `readBundle` made of them
 * @throws BundleRefusal that says why, with a reason of a closed set
 */
export function verifyBundle(
  bytes: Uint8Array | ReadBundle,
  expectation: Expectation,
  trust: TrustRoot,
  options: VerifyOptions = {}
): VerifiedBundle {
  return guarded(() => {
    const { now = new Date() } = options
    const read = 'bundle' in bytes ? bytes : readBundle(bytes)
    const payload = statementPayload(read.bundle)
    const { signer, times, entries } = verifySignature(read, { trust, now, ...keyOf(expectation.signer) })
    checkSigner(signer, expectation.signer)
    checkAge(times[0], expectation, now)
    const statement = readStatement(payload)
    checkPredicateType(statement, expectation)
    const digests = checkSubjects(statement, expectation)
    const certificate = signer.kind === 'certificate' ? signer.certificate : undefined
    const provenance = isProvenance(statement, expectation) ? readProvenance(statement, certificate) : undefined
    const commit = checkCommit(certificate?.sourceCommit, provenance, expectation)
    if (certificate && expectation.allowSelfHosted !== true) checkRunner(certificate)
    if (provenance && expectation.allowSandboxOff !== true) checkSandbox(provenance)
    return {
      mediaType: read.bundle.mediaType,
      statement,
      signer: verifiedSigner(signer),
      digests,
      ...(commit !== undefined && { commit }),
      ...(provenance && { provenance }),
      times,
      entries
    }
  })
}

/** A bundle that holds the signature of a file. */
export interface VerifiedFile {
  mediaType: string
  signer: VerifiedSigner
  /** Of the file, as `sha256:…`. */
  digest: string
  times: [SignedTime, ...SignedTime[]]
  entries: LogEntry[]
}

/**
 * Verifies a bundle that holds the signature of a file, and no statement.
 *
 * @throws BundleRefusal
 */
export function verifyFile(
  bytes: Uint8Array | ReadBundle,
  file: Buffer,
  expected: ExpectedSigner,
  trust: TrustRoot,
  options: VerifyOptions = {}
): VerifiedFile {
  return guarded(() => {
    const read = 'bundle' in bytes ? bytes : readBundle(bytes)
    const { content, mediaType } = read.bundle
    if (content.$case !== 'messageSignature') {
      throw new BundleRefusal('content-unsupported', 'the bundle holds a statement, and not the signature of a file')
    }
    const sha256 = createHash('sha256').update(file).digest()
    if (!content.messageSignature.messageDigest.digest.equals(sha256)) {
      throw new BundleRefusal('subject-mismatch', 'the bundle is of another file', {
        expected: sha256.toString('hex'),
        found: content.messageSignature.messageDigest.digest.toString('hex')
      })
    }
    const { now = new Date() } = options
    const { signer, times, entries } = verifySignature(read, { trust, file, now, ...keyOf(expected) })
    checkSigner(signer, expected)
    return { mediaType, signer: verifiedSigner(signer), digest: `sha256:${sha256.toString('hex')}`, times, entries }
  })
}

/** Whatever the library makes of content that it did not expect, a bundle is accepted or refused. */
function guarded<T>(verify: () => T): T {
  try {
    return verify()
  } catch (error) {
    if (error instanceof BundleRefusal) throw error
    throw new BundleRefusal('bundle-malformed', 'the bundle is malformed: it cannot be read', { cause: error })
  }
}

function keyOf(signer: ExpectedSigner): { publicKey?: KeyObject } {
  return signer.kind === 'key' ? { publicKey: signer.publicKey } : {}
}

function checkSigner(signer: VerifiedSignature['signer'], expected: ExpectedSigner): void {
  if (signer.kind !== 'certificate' || expected.kind !== 'certificate') return
  const { issuer, identity } = signer.certificate
  if (issuer !== expected.issuer) {
    throw new BundleRefusal('issuer-mismatch', 'another issuer vouched for the signer', {
      expected: expected.issuer,
      found: issuer
    })
  }
  const isExpected =
    typeof expected.identity === 'string' ? identity === expected.identity : expected.identity.accepts(identity)
  if (!isExpected) {
    throw new BundleRefusal('identity-mismatch', 'somebody else signed', {
      expected: typeof expected.identity === 'string' ? expected.identity : expected.identity.source,
      found: identity
    })
  }
}

const DAY_MS = 24 * 60 * 60 * 1000

function checkAge({ at }: SignedTime, { maximumAgeDays }: Expectation, now: Date): void {
  if (maximumAgeDays === undefined || now.getTime() - at.getTime() <= maximumAgeDays * DAY_MS) return
  throw new BundleRefusal('too-old', `it was signed at ${time(at)}, more than ${maximumAgeDays} days ago`)
}

function checkPredicateType(statement: Statement, { predicateType = PROVENANCE_TYPE }: Expectation): void {
  if (predicateType === 'any' || statement.predicateType === predicateType) return
  throw new BundleRefusal('predicate-type', 'the statement says something else of its subject', {
    expected: predicateType,
    found: statement.predicateType
  })
}

function isProvenance(statement: Statement, { predicateType }: Expectation): boolean {
  return predicateType !== 'any' && statement.predicateType === PROVENANCE_TYPE
}

function checkSubjects({ subject }: Statement, { digest, allowSeveralSubjects }: Expectation): string[] {
  if (subject.length !== 1 && allowSeveralSubjects !== true) {
    throw new BundleRefusal('subject-count', 'the statement must be about one thing alone', { found: subject.length })
  }
  const digests = [...new Set(subject.map(each => `sha256:${each.digest['sha256']}`))]
  if (digest !== undefined && !digests.includes(digest)) {
    throw new BundleRefusal('subject-mismatch', 'the statement is about something else', {
      expected: digest,
      found: digests.length === 1 ? digests[0] : digests
    })
  }
  return digests
}

/** That the two agree is checked where the provenance is read. */
function checkCommit(
  certified: string | undefined,
  provenance: ProvenanceFacts | undefined,
  { commit: expected }: Expectation
): string | undefined {
  const stated = provenance?.commit
  if (expected === undefined) return certified ?? stated
  // Some issuers know no commit; a provenance always has one to tell.
  if ((provenance ? stated : certified) === undefined) {
    throw new BundleRefusal('commit-missing', 'nothing says from which commit it was built', { expected })
  }
  for (const found of [certified, stated]) {
    if (found === undefined || found === expected) continue
    throw new BundleRefusal('commit-mismatch', 'it was built from another commit', { expected, found })
  }
  return expected
}

function verifiedSigner(signer: VerifiedSignature['signer']): VerifiedSigner {
  if (signer.kind === 'certificate') return signer
  const der = signer.publicKey.export({ type: 'spki', format: 'der' })
  return { kind: 'key', fingerprint: createHash('sha256').update(der).digest('hex') }
}
