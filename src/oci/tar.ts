/**
 * A canonical tar writer: one byte sequence for one tree, whoever packs it, wherever and with whatever Node.js.
 *
 * Format: POSIX ustar (IEEE Std 1003.1, pax), with exactly one extension: a pax extended header in front of an entry
 * whose name or link target is longer than 100 bytes or whose size needs more than 11 octal digits. The ustar prefix
 * field is never used, so every path has one possible encoding. Owner 0:0 without names, modification time 1 (as in
 * the Nix store), no hard links, no device numbers. Names are bytes: what is not UTF-8 goes through unchanged.
 */

export interface TarEntry {
  /** Relative to the root, no leading slash; a directory's has no trailing slash either. */
  path: Buffer
  type: 'file' | 'directory' | 'symlink'
  /** Permission bits. */
  mode: number
  /** Bytes of content; 0 unless `type` is `file`. */
  size: number
  /** Only of a symlink. */
  target?: Buffer
}

const BLOCK = 512
const MAX_FIELD = 100
const MAX_OCTAL_SIZE = 0o77777777777
const TYPE_FLAG = { file: '0', directory: '5', symlink: '2', pax: 'x' } as const

/** Two zero blocks end an archive. */
export const TAR_END: Buffer = Buffer.alloc(2 * BLOCK)

/** Number of zero bytes that follow `size` bytes of content. */
export function tarPadding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK
}

/**
 * The header of one entry: 512 bytes, or more where a pax header precedes it.
 *
 * @throws RangeError if a path is empty, absolute or holds a NUL byte, which no file system yields.
 */
export function tarHeader(entry: TarEntry): Buffer {
  const { type, mode } = entry
  const size = type === 'file' ? entry.size : 0
  const name = type === 'directory' ? Buffer.concat([entry.path, SLASH]) : entry.path
  const target = entry.target ?? EMPTY
  if (entry.path.length === 0 || entry.path[0] === SLASH[0] || entry.path.includes(0) || target.includes(0)) {
    throw new RangeError(`not a tar path: ${JSON.stringify(entry.path.toString('latin1'))}`)
  }

  const records: Buffer[] = []
  if (name.length > MAX_FIELD) records.push(paxRecord('path', name))
  if (target.length > MAX_FIELD) records.push(paxRecord('linkpath', target))
  if (size > MAX_OCTAL_SIZE) records.push(paxRecord('size', Buffer.from(String(size))))

  const header = ustarBlock(name, TYPE_FLAG[type], mode, size > MAX_OCTAL_SIZE ? 0 : size, target)
  if (records.length === 0) return header
  const body = Buffer.concat(records)
  return Buffer.concat([
    ustarBlock(PAX_NAME, TYPE_FLAG.pax, 0o644, body.length, EMPTY),
    body,
    Buffer.alloc(tarPadding(body.length)),
    header
  ])
}

const EMPTY = Buffer.alloc(0)
const SLASH = Buffer.from('/')
const PAX_NAME = Buffer.from('././@PaxHeader')

/** `LENGTH KEY=VALUE\n`, where LENGTH counts the whole record, itself included. */
function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.byteLength(key) + value.length + 3 // blank, equals sign, newline
  let length = rest + String(rest).length
  if (rest + String(length).length !== length) length = rest + String(length).length
  return Buffer.concat([Buffer.from(`${length} ${key}=`), value, Buffer.from('\n')])
}

function ustarBlock(name: Buffer, typeFlag: string, mode: number, size: number, target: Buffer): Buffer {
  const block = Buffer.alloc(BLOCK)
  name.copy(block, 0, 0, MAX_FIELD)
  writeOctal(block, 100, 8, mode)
  writeOctal(block, 108, 8, 0) // uid
  writeOctal(block, 116, 8, 0) // gid
  writeOctal(block, 124, 12, size)
  writeOctal(block, 136, 12, 1) // modification time
  block.fill(0x20, 148, 156) // the checksum counts its own field as blanks
  block.write(typeFlag, 156, 'latin1')
  target.copy(block, 157, 0, MAX_FIELD)
  block.write('ustar\x0000', 257, 'latin1')
  let checksum = 0
  for (const byte of block) checksum += byte
  block.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

function writeOctal(block: Buffer, offset: number, width: number, value: number): void {
  block.write(value.toString(8).padStart(width - 1, '0'), offset, 'latin1')
}
