/** The head of a response of HTTP/1.1, as the one who receives bodies by the gigabyte needs it: https://www.rfc-editor.org/rfc/rfc9112 */

export interface ResponseHead {
  status: number
  /** By lower-case name; of one that comes twice, all values with commas between. */
  headers: Readonly<Record<string, string>>
  /** Bytes of the body; undefined where only its end tells, or its chunks do. */
  length: number | undefined
  /** Whether the connection can be asked again once the body has come. */
  isReusable: boolean
}

/** A head of more bytes is none. */
export const MAX_HEAD_BYTES = 64 * 1024

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [^\r\n]*)?$/
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/
const NO_BODY: ReadonlySet<number> = new Set([204, 304])

/**
 * Parses a head strictly: what a lenient reader would put right is left to a client of all trades.
 *
 * @param text from the status line to the last field, without the empty line
 * @returns undefined if it is none, or ambiguous
 */
export function parseResponseHead(text: string): ResponseHead | undefined {
  const [first = '', ...lines] = text.split('\r\n')
  const [, minor, status] = STATUS_LINE.exec(first) ?? []
  if (status === undefined || /[\r\n\0]/.test(text.replaceAll('\r\n', ''))) return undefined
  const headers = new Map<string, string>()
  for (const line of lines) {
    const [, name, value = ''] = FIELD.exec(line) ?? []
    if (name === undefined) return undefined
    const known = headers.get(name.toLowerCase())
    headers.set(name.toLowerCase(), known === undefined ? value : `${known}, ${value}`)
  }
  const length = headers.get('content-length')
  if (length !== undefined && !/^\d{1,15}$/.test(length)) return undefined
  // Both together are how requests are smuggled: https://www.rfc-editor.org/rfc/rfc9112#section-6.3
  if (length !== undefined && headers.has('transfer-encoding')) return undefined
  const closes = (headers.get('connection') ?? '')
    .toLowerCase()
    .split(/\s*,\s*/)
    .includes('close')
  return {
    status: Number(status),
    headers: Object.fromEntries(headers),
    length: NO_BODY.has(Number(status)) ? 0 : length === undefined ? undefined : Number(length),
    isReusable: minor === '1' && !closes
  }
}
