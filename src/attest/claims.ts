/** Claims of an identity token. An issuer vouches for them, and still they are text that somebody else chose. */
import { SeedError } from '../errors.ts'

export type Claims = Readonly<Record<string, unknown>>

/** What a claim may look like; `what` is for the error. */
export interface Form {
  what: string
  pattern: RegExp
}

/** Longer than any name, path or branch that a provider takes. */
const MAX_LENGTH = 1024
/** Control characters, halves of a character, line ends of any kind, and what turns the direction of the text after it. */
const DECEPTIVE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u

/** What git takes for a full name. https://git-scm.com/docs/git-check-ref-format */
export const REF: Form = { what: 'a full name of a branch or tag (refs/…)', pattern: /^refs\/[^\s~^:?*[\\]+$/ }
export const COMMIT: Form = { what: 'a commit in hexadecimal', pattern: /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/ }
export const NUMBER: Form = { what: 'a number', pattern: /^\d{1,20}$/ }
export const WORD: Form = { what: 'a word', pattern: /^[A-Za-z][\w-]*$/ }
export const UUID: Form = { what: 'a UUID', pattern: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i }

/**
 * A claim as text. Whole numbers and truth values are made text, as Fulcio does.
 *
 * @throws SeedError IDENTITY_INVALID that names the claim where it is missing, no text, too long, of another form, or has
 *   characters that would deceive a reader
 */
export function claim(claims: Claims, name: string, form?: Form): string {
  const text = optionalClaim(claims, name, form)
  if (text === undefined) throw invalidClaim(name, 'is missing')
  return text
}

/** Like {@link claim}; undefined where the claim is missing, null or empty. */
export function optionalClaim(claims: Claims, name: string, form?: Form): string | undefined {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined
  if (value === undefined || value === null || value === '') return undefined
  const isNumber = typeof value === 'number' && Number.isSafeInteger(value)
  if (typeof value !== 'string' && typeof value !== 'boolean' && !isNumber) throw invalidClaim(name, 'is no text')
  const text = String(value)
  if (text.length > MAX_LENGTH) throw invalidClaim(name, `has more than ${MAX_LENGTH} characters`)
  if (DECEPTIVE.test(text)) throw invalidClaim(name, 'has characters that do not belong there')
  if (form !== undefined && !form.pattern.test(text)) throw invalidClaim(name, `is not ${form.what}`)
  return text
}

/** The claim's value stays out of it: it is of any length and content. */
export function invalidClaim(name: string, what: string, hint?: string): SeedError {
  return new SeedError(
    'IDENTITY_INVALID',
    `the claim "${name}" of the identity token ${what}`,
    hint === undefined ? {} : { hint }
  )
}
