/** Hides secrets in a log, as the runner does: as they are, by line, and in the encodings that programs print them in. */
export class Masks {
  readonly #values = new Set<string>()

  add(secret: string): void {
    for (const value of [secret, ...secret.split(/[\r\n]+/)]) {
      if (value.trim() !== '') for (const form of encodings(value)) this.#values.add(form)
    }
  }

  /** Whether a log would show `text` as it is. */
  shows(text: string): boolean {
    return this.apply(text).includes(text)
  }

  /** `text` with `***` for each secret; what overlaps or touches becomes one. */
  apply(text: string): string {
    const ranges: [number, number][] = []
    for (const value of this.#values) {
      for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) ranges.push([at, at + value.length])
    }
    ranges.sort(([a], [b]) => a - b)
    let result = ''
    let end = 0
    let hidden = -1
    for (const [from, to] of ranges) {
      if (from > hidden) result += `${text.slice(end, from)}***`
      hidden = end = Math.max(end, to)
    }
    return result + text.slice(end)
  }
}

/** `value` as it is, in base64 at each of the three places that a byte can have, and escaped for JSON, URLs and XML. */
export function encodings(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1)
  const xml = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
  const unquoted = value.length > 8 ? value.replace(/^"(.*)"$/, '$1') : value
  const forms = [value, ...[0, 1, 2].map(shift => base64Core(value, shift)), json, encodeURIComponent(value), xml]
  return [...new Set([...forms, unquoted])].filter(form => form !== '')
}

/** The digits of base64 that `value` alone decides when `shift` bytes of something else stand before it. */
function base64Core(value: string, shift: number): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(value)])
  return bytes.toString('base64').slice(Math.ceil((shift * 8) / 6), Math.floor((bytes.length * 8) / 6))
}
