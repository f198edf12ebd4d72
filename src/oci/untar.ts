/**
 * A streaming tar reader: ustar, pax extended headers, GNU long names and base-256 sizes, which is what image builders
 * write. Names are bytes. It checks header checksums and the archive's end, so that a truncated layer is an error.
 */
import { SeedError } from '../errors.ts'

export interface TarMember {
  /** As in the archive, without leading `./` or `/` and without trailing slashes. */
  path: Buffer
  type: 'file' | 'directory' | 'symlink' | 'hardlink' | 'other'
  mode: number
  /** Bytes of content. */
  size: number
  /** Where the content starts, in bytes from the start of the archive. */
  offset: number
  target: Buffer
}

/** What to do with one archive; calls come in archive order: `begin`, `data`…, `end` for each member. */
export interface TarSink {
  begin(member: TarMember): void
  /** A piece of a file's content; the buffer is only valid during the call. */
  data(piece: Buffer): void
  end(): void
}

const BLOCK = 512
const MAX_EXTENSION = 1024 * 1024

/**
 * Reads a tar archive from `source` into `sink`, holding one header at most.
 *
 * @throws SeedError CONTENT_INVALID for what is no tar archive or ends early.
 */
export async function readTar(source: AsyncIterable<Uint8Array>, sink: TarSink): Promise<void> {
  const parser = new TarParser(sink)
  for await (const piece of source) parser.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength))
  parser.finish()
}

class TarParser {
  readonly #sink: TarSink
  readonly #header = Buffer.alloc(BLOCK)
  #headerFilled = 0
  #remaining = 0 // bytes of content still to come
  #padding = 0
  #ended = false
  #member: TarMember | undefined
  #extension: { flag: string; parts: Buffer[] } | undefined
  #pax = new Map<string, Buffer>()
  #offset = 0

  constructor(sink: TarSink) {
    this.#sink = sink
  }

  push(input: Buffer): void {
    let at = 0
    while (at < input.length) {
      if (this.#remaining > 0) {
        const take = Math.min(this.#remaining, input.length - at)
        this.#content(input.subarray(at, at + take))
        at += take
      } else if (this.#padding > 0) {
        const take = Math.min(this.#padding, input.length - at)
        this.#padding -= take
        at += take
      } else {
        const take = Math.min(BLOCK - this.#headerFilled, input.length - at)
        input.copy(this.#header, this.#headerFilled, at, at + take)
        this.#headerFilled += take
        at += take
        if (this.#headerFilled === BLOCK) {
          this.#headerFilled = 0
          this.#block(this.#header, this.#offset + at)
        }
      }
    }
    this.#offset += input.length
  }

  finish(): void {
    if (!this.#ended || this.#remaining > 0 || this.#member) throw this.#invalid('the archive ends early')
  }

  #content(piece: Buffer): void {
    this.#remaining -= piece.length
    if (this.#extension) this.#extension.parts.push(Buffer.from(piece))
    else this.#sink.data(piece)
    if (this.#remaining === 0) this.#close()
  }

  #close(): void {
    if (this.#extension) {
      const { flag, parts } = this.#extension
      this.#extension = undefined
      this.#extend(flag, Buffer.concat(parts))
    } else if (this.#member) {
      this.#member = undefined
      this.#sink.end()
    }
  }

  #extend(flag: string, body: Buffer): void {
    if (flag === 'L') this.#pax.set('path', cString(body))
    else if (flag === 'K') this.#pax.set('linkpath', cString(body))
    else if (flag === 'x') for (const [key, value] of this.#paxRecords(body)) this.#pax.set(key, value)
    // 'g': global headers carry nothing that concerns names or sizes in image layers
  }

  #block(block: Buffer, end: number): void {
    if (block.every(byte => byte === 0)) {
      this.#ended = true // the second zero block, and what blocking adds, are accepted without counting
      return
    }
    if (this.#ended) throw this.#invalid('data after the end of the archive')
    if (!hasValidChecksum(block)) throw this.#invalid('a header has a wrong checksum')
    const flag = String.fromCharCode(block[156] ?? 0)
    const size = parseNumber(block, 124, 12)
    if (flag === 'x' || flag === 'g' || flag === 'L' || flag === 'K') {
      if (size > MAX_EXTENSION) throw this.#invalid('an extended header is too large')
      this.#extension = { flag, parts: [] }
      this.#start(size)
      return
    }
    this.#member = this.#toMember(block, flag, size, end)
    this.#pax.clear()
    this.#sink.begin(this.#member)
    this.#start(this.#member.type === 'file' ? this.#member.size : 0)
  }

  #start(size: number): void {
    if (!Number.isSafeInteger(size) || size < 0) throw this.#invalid('a member has no valid size')
    this.#remaining = size
    this.#padding = (BLOCK - (size % BLOCK)) % BLOCK
    if (size === 0) this.#close()
  }

  #toMember(block: Buffer, flag: string, size: number, offset: number): TarMember {
    const prefix = block.toString('latin1', 257, 262) === 'ustar' ? cString(block.subarray(345, 500)) : Buffer.alloc(0)
    const name = cString(block.subarray(0, 100))
    const path = this.#pax.get('path') ?? (prefix.length > 0 ? Buffer.concat([prefix, Buffer.from('/'), name]) : name)
    const paxSize = this.#pax.get('size')
    return {
      path: normalised(path),
      type: memberType(flag),
      mode: parseNumber(block, 100, 8) & 0o7777,
      size: paxSize ? Number(paxSize.toString('latin1')) : size,
      offset,
      target: this.#pax.get('linkpath') ?? cString(block.subarray(157, 257))
    }
  }

  *#paxRecords(body: Buffer): Generator<[string, Buffer]> {
    for (let at = 0; at < body.length;) {
      const blank = body.indexOf(0x20, at)
      const length = blank < 0 ? NaN : Number(body.toString('latin1', at, blank))
      const equals = body.indexOf(0x3d, blank)
      const end = at + length
      if (!(Number.isSafeInteger(length) && equals > blank && end <= body.length && equals < end)) {
        throw this.#invalid('an extended header is malformed')
      }
      yield [body.toString('latin1', blank + 1, equals), Buffer.from(body.subarray(equals + 1, end - 1))]
      at = end
    }
  }

  #invalid(what: string): SeedError {
    return new SeedError('CONTENT_INVALID', `not a valid tar archive: ${what} (near byte ${this.#offset})`)
  }
}

function memberType(flag: string): TarMember['type'] {
  switch (flag) {
    case '0':
    case '\0':
    case '7':
      return 'file'
    case '1':
      return 'hardlink'
    case '2':
      return 'symlink'
    case '5':
      return 'directory'
    default:
      return 'other'
  }
}

function cString(field: Buffer): Buffer {
  const end = field.indexOf(0)
  return Buffer.from(end < 0 ? field : field.subarray(0, end))
}

/** Octal, or GNU's base-256 where the first byte has its high bit set. */
function parseNumber(block: Buffer, offset: number, width: number): number {
  const field = block.subarray(offset, offset + width)
  if (((field[0] ?? 0) & 0x80) === 0) {
    const digits = cString(field).toString('latin1').trim()
    return digits === '' ? 0 : /^[0-7]+$/.test(digits) ? parseInt(digits, 8) : NaN
  }
  let value = (field[0] ?? 0) & 0x7f
  for (const byte of field.subarray(1)) value = value * 256 + byte
  return value
}

function hasValidChecksum(block: Buffer): boolean {
  let sum = 8 * 0x20
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += block[i] ?? 0
  return parseNumber(block, 148, 8) === sum
}

function normalised(path: Buffer): Buffer {
  let start = 0
  let end = path.length
  while (end > start && path[end - 1] === 0x2f) end--
  for (;;) {
    if (path[start] === 0x2f && start < end) start++
    else if (path[start] === 0x2e && path[start + 1] === 0x2f && start + 1 < end) start += 2
    else break
  }
  if (end - start === 1 && path[start] === 0x2e) start = end
  return Buffer.from(path.subarray(start, end))
}
