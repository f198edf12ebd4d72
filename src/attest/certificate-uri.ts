/**
 * URIs as they come out of a certificate: Fulcio has Go parse and print them, which escapes some characters. Branches may
 * have any of them in their names.
 * https://pkg.go.dev/net/url#URL.EscapedPath
 */

const PATH = { valid: /^(?:[\w.~$&+,/:;=@!'()*[\]%-])*$/, kept: /[\w.~$&+,/:;=@-]/ }
const FRAGMENT = { valid: /^(?:[\w.~$&+,/:;=?@!'()*[\]%-])*$/, kept: /[\w.~$&+,/:;=?@!()*-]/ }

/**
 * @param text `https://HOST/…`
 * @returns undefined where Fulcio would refuse it, or no such URI can name a job
 */
export function certificateUri(text: string): string | undefined {
  const [, origin, path, , fragment = ''] = /^(https?:\/\/[a-z\d.-]+(?::\d+)?)(\/[^?#]*)(#(.*))?$/is.exec(text) ?? []
  if (origin === undefined || path === undefined || /%(?![\da-f]{2})/i.test(text)) return undefined
  return origin + escaped(path, PATH) + (fragment === '' ? '' : `#${escaped(fragment, FRAGMENT)}`)
}

/** What is fit to be printed stays as it is; of anything else, all is taken apart and escaped anew. */
function escaped(text: string, { valid, kept }: typeof PATH): string {
  if (valid.test(text)) return text
  const bytes = Buffer.from(text, 'utf8')
  return [...unescaped(bytes)]
    .map(byte => {
      const character = String.fromCharCode(byte)
      return kept.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
}

function* unescaped(bytes: Buffer): Generator<number> {
  for (let at = 0; at < bytes.length; at++) {
    const isEscape = bytes[at] === 0x25
    yield isEscape ? parseInt(bytes.toString('latin1', at + 1, at + 3), 16) : (bytes[at] ?? 0)
    if (isEscape) at += 2
  }
}
