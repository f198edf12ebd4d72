import { HttpError } from './error.ts'

/** The statuses that lead elsewhere, where there is a Location. */
export const REDIRECT_STATUSES: readonly number[] = [301, 302, 303, 307, 308]
export const MAX_REDIRECTS = 5

/**
 * The URL of a Location header, relative or absolute, with its query as it is. Servers behind a proxy that ends TLS name
 * themselves with http: that is put right.
 *
 * @param mayLeaveHttps plain http is allowed in any case
 * @throws HttpError if it leaves https.
 */
export function redirectTarget(location: string, base: URL, mayLeaveHttps: boolean): URL {
  if (!URL.canParse(location, base.href)) throw astray('a Location that is no URL', base)
  const url = new URL(location, base)
  if (url.protocol === 'https:') return url
  if (url.protocol !== 'http:') throw astray(`a Location with ${url.protocol}`, base)
  if (base.protocol === 'http:' || mayLeaveHttps) return url
  if (url.host !== base.host) throw astray('a Location that leaves https', base)
  url.protocol = 'https:'
  return url
}

function astray(what: string, url: URL): HttpError {
  return new HttpError(`${url.host} answered with ${what}`, { url, retriable: false })
}
