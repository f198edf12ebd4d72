/** The inputs that say what is asked of a seed before it is used. */
import type { JobContext } from '../runner.ts'
import type { Reader } from './input-reader.ts'
import * as value from './input-values.ts'
import { refused } from './input-values.ts'

const CHECKS = ['digest', 'attested', 'quorum'] as const

/** `digest`: the pin alone; `attested`: one builder has attested it; `quorum`: as many as the policy asks for. */
export type Check = (typeof CHECKS)[number]

export interface VerifyInputs {
  readonly verify: Check
  /** Path of the policy from the repository's root. Where it is missing, the built-in policy is meant. */
  readonly policy?: string
  /** Path of the trust root that stands in for the public one, from the repository's root. */
  readonly trustedRoot?: string
}

const PUBLIC_FORGE = 'https://github.com'

export function verifyOf(inputs: Reader, isPromotion: boolean, job: JobContext): VerifyInputs {
  const usual: Check = isPromotion ? 'quorum' : 'digest'
  const parse = (text: string): Check => (text === '' ? usual : value.parseChoice(CHECKS)(text))
  const wanted: VerifyInputs = {
    verify: inputs.take('verify', parse, usual),
    ...inputs.optional('policy', 'policy', value.parseRepositoryPath),
    ...inputs.optional('trustedRoot', 'trusted-root', value.parseRepositoryPath)
  }
  if (wanted.verify === 'digest') refuseIdle(inputs, isPromotion)
  else if (!inputs.has('policy')) checkBuiltIn(wanted.verify, inputs, isPromotion, job)
  return wanted
}

/** A policy that nothing is checked by would be taken for one that is kept. */
function refuseIdle(inputs: Reader, isPromotion: boolean): void {
  const hint = 'Write "verify: quorum" (or attested).'
  if (isPromotion) {
    inputs.refuse('verify', refused('"digest" checks nothing, so there is nothing to promote by', hint))
    return
  }
  for (const name of ['policy', 'trusted-root'] as const) {
    if (inputs.has(name)) inputs.refuse(name, refused('nothing is checked by it: verify is "digest"', hint))
  }
}

/** Where no policy is given, one attestation by this repository's own workflows is asked for, on the public forge alone. */
function checkBuiltIn(verify: Check, inputs: Reader, isPromotion: boolean, job: JobContext): void {
  const hint = 'Name its file in the repository, such as .github/seed-policy.json ("nix-seed policy init" writes one).'
  const refuse = (why: string): void => inputs.refuse('policy', refused(why, hint))
  if (isPromotion) refuse('it is needed with "mode: promote"')
  else if (verify === 'quorum') refuse('it is needed with "verify: quorum"')
  else if (job.serverUrl !== PUBLIC_FORGE) refuse(`it is needed on ${new URL(job.serverUrl).host}`)
  else if (job.defaultBranch === undefined) refuse('it is needed here: this event does not say the default branch')
}
