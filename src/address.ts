/** Addresses without what nobody else should see: users, passwords, queries. */

/** What stands for an address that cannot be read, and so may be a secret anywhere in it. */
export const UNREADABLE_ADDRESS = 'unknown:address'

/** The parts of `scheme://…`. */
export interface AddressParts {
  /** With `://`. */
  scheme: string
  /** All before the host, without its `@`. */
  userinfo?: string
  /** Host, port, path and all after it; absent where no host can be told from a password. */
  rest?: string
}

/** No longer than schemes are: it keeps the search for them linear. */
const SCHEME = /[a-z][a-z0-9+.-]{0,30}:\/\//gi
const HOST = String.raw`(?:\[[^\]]*\]|[^/?#:]*)`
/** A host, and a port if any, with something behind it that ends both. */
const READABLE = new RegExp(String.raw`^${HOST}(?::\d*)?(?:[/?#]|$)`)
/** The same in a sentence: `https://cache.example:443, which …`. What follows a password is not told from more of it. */
const READABLE_IN_TEXT = new RegExp(String.raw`^${HOST}:\d*(?:['"\`<>()[\]{},;.!|\\:]*$|["'][,)\]}])`)
/** A host that can hardly be anything else. */
const LIKELY_HOST = /^(?:(?:[\w-]+\.)+[a-z][a-z0-9-]*|\d+(?:\.\d+){3}|localhost|\[[0-9a-f:.]+\])(?::\d+)?(?:[/?#]|$)/i
/** What follows an `@` that ends no password: the digest of an image, the branch of a repository. */
const NO_HOST = /^(?:sha\d{3}[:=]|refs\/)/

/**
 * Tells userinfo from host in what comes behind `scheme://`. Unlike RFC 3986 it takes passwords into account that nobody
 * has encoded, as people write them: with `@`, `/`, `?` and `#`.
 */
export function splitAddress(scheme: string, text: string): AddressParts {
  const authority = /^[^/?#]*/.exec(text)?.[0] ?? ''
  const ends = [...text.matchAll(/@/g)]
    .map(({ index }) => index)
    .filter(at => !NO_HOST.test(text.slice(at + 1, at + 9)))
  const inAuthority = ends.filter(at => at < authority.length)
  // An image may have a tag where others have a port.
  const isReadable = (rest: string): boolean => READABLE.test(rest) || /^(?:docker|oci):/i.test(scheme)
  let end = inAuthority.at(-1) ?? -1
  const first = text.slice(end + 1)
  const hasNoHost = end >= 0 && /^(?:[/?#]|$)/.test(first)
  if (hasNoHost || !isReadable(first) || (end < 0 ? isPassword(first) : hasHostBehind(first))) end = ends.at(-1) ?? end
  const rest = text.slice(end + 1)
  const userinfo = end < 0 ? {} : { userinfo: text.slice(0, end) }
  if (isReadable(rest) || READABLE_IN_TEXT.test(rest)) return { scheme, ...userinfo, rest }
  // Behind a userinfo there is a host, and perhaps a path as scp writes it; without one, that may be a password.
  return { scheme, ...userinfo, ...(end >= 0 && { rest: new RegExp(`^${HOST}`).exec(rest)?.[0] ?? '' }) }
}

/** Whether what looks like host, port and path is a user, a password that begins with digits or none, and a host. */
function isPassword(rest: string): boolean {
  const [, host = '', port, path = ''] = /^(\[[^\]]*\]|[^/?#:]*)(:\d*)?([^?#]*)/.exec(rest) ?? []
  if (port === undefined && (/[.[]/.test(host) || host === 'localhost' || host === '')) return false
  return hasHostBehind(path)
}

/** Whether the last `@` stands before a host. */
function hasHostBehind(text: string): boolean {
  // No password goes on like this, and names of branches may have anything behind it.
  if (/@(?:refs\/|sha\d{3}:)/.test(text)) return false
  return text.includes('@') && LIKELY_HOST.test(text.slice(text.lastIndexOf('@') + 1))
}

/** Takes user, password, query string and fragment out of every URL in `text`. */
export function redactUrl(text: string): string {
  const starts = [...text.matchAll(SCHEME)]
  let result = text.slice(0, starts[0]?.index ?? text.length)
  for (const [i, { index, 0: scheme }] of starts.entries()) {
    const following = text.slice(index + scheme.length, starts[i + 1]?.index ?? text.length)
    const address = /^\S*/.exec(following)?.[0] ?? ''
    const { rest = '…' } = splitAddress(scheme, address)
    result += scheme + rest.replace(/[?#].*$/s, '') + following.slice(address.length)
  }
  return result
}

/**
 * One address as everybody may see it.
 *
 * @param address with `scheme://`
 * @returns scheme, host and path, or UNREADABLE_ADDRESS
 */
export function publicAddress(address: string): string {
  // A space ends no address that stands alone; in a password it would hide the rest of it.
  const whole = address.trim().replace(/\s/g, encodeURIComponent)
  const bare = /^[a-z][a-z0-9+.-]{0,30}:\/\//i.test(whole) ? redactUrl(whole) : ''
  const url = URL.parse(bare)
  return url === null || url.username !== '' || url.password !== '' || bare.endsWith('…') ? UNREADABLE_ADDRESS : bare
}
