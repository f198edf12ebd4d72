import { SeedError } from '../../errors.ts'

/** Why a bundle is refused. The set is closed: callers and tests switch on it. */
export type RefusalReason =
  // What it is
  | 'bundle-too-large'
  | 'bundle-malformed' // no JSON, a field that is not what the format asks for, a name twice, too deep, too many
  | 'bundle-unsupported' // another format, or another version of it
  | 'content-unsupported' // it does not hold what was asked for: an envelope, or the signature of a file
  | 'signature-count' // not just one signature
  | 'payload-type'
  | 'payload-too-large'
  | 'payload-malformed' // no statement in JSON
  | 'statement-type'
  // Who signed
  | 'signer-unknown' // nobody whom the policy names
  | 'repository-mismatch' // another repository than the builder of the policy builds
  | 'ref-mismatch' // another ref than that of the workflow, which is of the same repository
  | 'signer-kind' // a certificate where a key is expected, or the other way round
  | 'signature-invalid' // the signature is not of this content by this key
  | 'certificate-invalid' // not a certificate that can sign, or not one that says who signed
  | 'certificate-untrusted' // no certificate authority of the trust root issued it
  | 'certificate-expired' // it was not valid when something was signed
  | 'certificate-unlogged' // no certificate log of the trust root promised to log it
  | 'issuer-mismatch'
  | 'identity-mismatch'
  // When, and where it was logged
  | 'time-missing' // nobody who is trusted says when it was signed
  | 'timestamp-invalid'
  | 'time-in-future'
  | 'too-old'
  | 'log-missing' // there is no entry
  | 'log-unknown' // the log is not one of the trust root
  | 'log-key-expired' // the log's key was not valid when something was signed
  | 'log-promise-invalid'
  | 'log-proof-missing'
  | 'log-proof-invalid'
  | 'log-entry-mismatch' // the entry is of something else
  // What it says
  | 'predicate-type'
  | 'subject-count'
  | 'subject-invalid' // no SHA-256 in lower-case hexadecimal
  | 'subject-mismatch'
  | 'predicate-malformed'
  | 'builder-mismatch' // the statement names another builder than the certificate
  | 'commit-missing'
  | 'commit-mismatch' // another commit than was asked for
  | 'commit-contradiction' // statement and certificate name different commits
  | 'self-hosted'
  | 'sandbox-off'

export interface RefusalDetails {
  expected?: unknown
  found?: unknown
  cause?: unknown
  /** Which bundle it is, and what its reader can do. */
  resource?: string
  hint?: string
}

/** A bundle that does not verify, or not as expected: the reason for programs, and one sentence for people. */
export class BundleRefusal extends SeedError {
  readonly reason: RefusalReason
  /** As text that is fit to be shown: on one line and of bounded length. */
  readonly expected?: string
  readonly found?: string
  readonly #sentence: string
  readonly #details: RefusalDetails

  constructor(reason: RefusalReason, sentence: string, details: RefusalDetails = {}) {
    const { resource, hint, cause } = details
    const [expected, found] = [shownIfThere(details.expected), shownIfThere(details.found)]
    const values = [
      ...(expected === undefined ? [] : [`expected ${expected}`]),
      ...(found === undefined ? [] : [`found ${found}`])
    ]
    super('BUNDLE_REFUSED', values.length > 0 ? `${sentence}: ${values.join(', ')}` : sentence, {
      ...(resource !== undefined && { resource }),
      ...(hint !== undefined && { hint }),
      ...(cause !== undefined && { cause })
    })
    this.reason = reason
    this.#sentence = sentence
    this.#details = details
    if (expected !== undefined) this.expected = expected
    if (found !== undefined) this.found = found
  }

  /** The same, as whoever knows what the bundle is for tells it. */
  with(place: Pick<RefusalDetails, 'resource' | 'hint'>): BundleRefusal {
    return new BundleRefusal(this.reason, this.#sentence, { ...this.#details, ...place })
  }
}

/** An identity with a long path fits. */
const MAX_SHOWN = 300

/** A value of a stranger as a sentence repeats it: on one line, with nothing that no reader sees, and not endless. */
export function shown(value: unknown): string {
  const whole = (JSON.stringify(value) as string | undefined) ?? 'nothing'
  const text = whole.length > MAX_SHOWN ? `${whole.slice(0, MAX_SHOWN).toWellFormed()}…` : whole
  return text.replace(
    /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu,
    character => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
  )
}

function shownIfThere(value: unknown): string | undefined {
  if (value === undefined) return undefined
  return value instanceof Date ? time(value) : shown(value)
}

/** RFC 3339 in whole seconds. */
export function time(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'no time' : date.toISOString().replace(/\.\d+Z$/, 'Z')
}
