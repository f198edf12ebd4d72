/** The inputs that say how a seed is signed. */
import type { JobContext } from '../runner.ts'
import { INPUTS } from './input-names.ts'
import type { Reader } from './input-reader.ts'
import * as value from './input-values.ts'
import { refused } from './input-values.ts'

export interface SigningInputs {
  readonly fulcioUrl: string
  /** Undefined: nothing is logged. */
  readonly rekorUrl: string | undefined
  readonly rekorVersion: 1 | 2
  /** Undefined: without a timestamp. */
  readonly timestampUrl: string | undefined
  /** Whom the job's identity token is meant for. */
  readonly audience: string
  /** Signs in place of the job's identity. */
  readonly key?: SigningKey
}

export interface SigningKey {
  /** PEM. */
  readonly pem: string
  readonly passphrase?: string
  /** The URI that the builder goes by, since no certificate names it. */
  readonly builderId: string
}

export function signingOf(inputs: Reader, job: JobContext): SigningInputs {
  const signing = {
    fulcioUrl: inputs.take('fulcio-url', value.parseHttpsUrl, ''),
    rekorUrl: inputs.take('rekor-url', value.parseUrlOrNone, ''),
    rekorVersion: inputs.take('rekor-version', parseVersion, 1),
    timestampUrl: inputs.take('timestamp-url', value.parseUrlOrNone, ''),
    audience: inputs.take('oidc-audience', value.parseLine, '')
  }
  const key = keyOf(inputs, job)
  checkTimes(signing, inputs)
  if (key === undefined) checkAuthority(inputs)
  return { ...signing, ...(key && { key }) }
}

function parseVersion(text: string): 1 | 2 {
  return value.parseChoice(['1', '2'] as const)(text) === '1' ? 1 : 2
}

/** A certificate lives for minutes: something has to say that the signature was made in that time. */
function checkTimes({ rekorUrl, rekorVersion, timestampUrl }: SigningInputs, inputs: Reader): void {
  if (rekorUrl !== undefined && rekorVersion === 2 && inputs.text('rekor-url') === INPUTS['rekor-url']) {
    const hint = 'Name the log in rekor-url: the one of the default is of version 1.'
    inputs.refuse('rekor-version', refused('it is not known which log of version 2 is meant', hint))
  }
  if (timestampUrl !== undefined || (rekorUrl !== undefined && rekorVersion === 1)) return
  const why = rekorUrl === undefined ? 'there is no log either' : 'a log of version 2 says no time'
  inputs.refuse('timestamp-url', refused(`"none" cannot be: ${why}`, 'Something has to say when a seed was signed.'))
}

/** Whoever has an authority of their own hardly wants the names that it certifies in a public log. */
function checkAuthority(inputs: Reader): void {
  const isDefault = (name: 'fulcio-url' | 'rekor-url' | 'timestamp-url'): boolean => inputs.text(name) === INPUTS[name]
  if (isDefault('fulcio-url')) return
  for (const name of (['rekor-url', 'timestamp-url'] as const).filter(isDefault)) {
    const hint = 'Name the one that goes with it, or write "none".'
    inputs.refuse(name, refused('it is the public one, and the certificate authority in fulcio-url is not', hint))
  }
}

function keyOf(inputs: Reader, { isFork }: JobContext): SigningKey | undefined {
  const { pem, ...rest } = {
    ...inputs.optional('pem', 'signing-key', value.parseKey),
    ...inputs.optional('passphrase', 'signing-key-passphrase', value.parseSecret),
    ...inputs.optional('builderId', 'builder-id', value.parseBuilderId)
  }
  if (inputs.has('signing-key')) {
    if (!inputs.has('builder-id')) {
      const hint =
        'No certificate names the builder then. Write a URI that is yours, like https://example.org/builders/ci.'
      inputs.refuse('builder-id', refused('it is needed with signing-key', hint))
    }
    return pem === undefined ? undefined : { pem, builderId: '', ...rest }
  }
  // Without this, a secret that is missing would have the job's identity sign in place of the key. Forks get no secrets.
  for (const name of isFork ? [] : (['builder-id', 'signing-key-passphrase'] as const)) {
    if (!inputs.has(name)) continue
    const hint = 'Give signing-key too, and look whether the secret has a value; or leave this out.'
    inputs.refuse(name, refused('there is no signing-key that it is for', hint))
  }
  return undefined
}

/** Of the lines: the rest of a key that is in a last line of a few characters is no secret, and would hide half of a log. */
const SHORTEST = 8

/** What has to be masked: the key as it is, each of its lines, since that is how it would be printed, and its passphrase. */
export function secretLines({ key }: SigningInputs): string[] {
  if (key === undefined) return []
  const lines = key.pem.split(/[\r\n]+/).filter(line => !line.startsWith('-----'))
  return [key.pem, lines.join(''), ...lines.filter(line => line.length >= SHORTEST), key.passphrase ?? '']
}
