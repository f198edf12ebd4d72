/**
 * Trees on disk as canonical tar members: what the NAR format keeps of a tree and nothing else, that is names, contents,
 * link targets and the executable bit, in byte order of names.
 */
import { closeSync, fstatSync, lstatSync, openSync, readdirSync, readlinkSync, readSync, type Dirent } from 'node:fs'
import { SeedError } from '../errors.ts'
import { TAR_END, tarHeader, tarPadding } from '../oci/tar.ts'

/** One member of an archive. The content of a file is on disk (`source`) or, for generated files, at hand (`bytes`). */
export type Member =
  | { type: 'directory'; path: Buffer; mode: number }
  | { type: 'symlink'; path: Buffer; target: Buffer }
  | { type: 'file'; path: Buffer; source: Buffer; modes: Modes }
  | { type: 'file'; path: Buffer; bytes: Buffer; mode: number }

/** Permission bits that a tree gets in an archive; of its own it keeps the executable bit of files alone. */
export interface Modes {
  directory: number
  file: number
  executable: number
}

/** As in the Nix store. */
export const STORE_MODES: Modes = { directory: 0o555, file: 0o444, executable: 0o555 }
/** As in the rest of a file system. */
export const SYSTEM_MODES: Modes = { directory: 0o755, file: 0o644, executable: 0o755 }
const SYMLINK_MODE = 0o777
type Kind = Pick<Dirent, 'isFile' | 'isSymbolicLink'>
const CHUNK_BYTES = 256 * 1024
const SLASH = Buffer.from('/')

/**
 * The members of the tree at `source`, the top one included, as they appear under `path` in an archive.
 *
 * @throws SeedError STORE_INVALID for sockets, devices and pipes, which the Nix store cannot hold.
 */
export function* walkTree(source: Buffer, path: Buffer, modes = STORE_MODES): Generator<Member> {
  const stat = lstatSync(source)
  if (stat.isDirectory()) {
    yield { type: 'directory', path, mode: modes.directory }
    yield* walkChildren(source, path, modes)
  } else yield leaf(stat, source, path, modes)
}

/** The members below the directory at `source`, without itself; `path` is empty for the root of the archive. */
export function* walkChildren(source: Buffer, path: Buffer, modes = STORE_MODES): Generator<Member> {
  const entries = readdirSync(source, { withFileTypes: true, encoding: 'buffer' })
  entries.sort((a, b) => Buffer.compare(a.name, b.name))
  for (const entry of entries) {
    const childSource = join(source, entry.name)
    const childPath = path.length === 0 ? entry.name : join(path, entry.name)
    if (entry.isDirectory()) {
      yield { type: 'directory', path: childPath, mode: modes.directory }
      yield* walkChildren(childSource, childPath, modes)
    } else yield leaf(entry, childSource, childPath, modes)
  }
}

function leaf(kind: Kind, source: Buffer, path: Buffer, modes: Modes): Member {
  if (kind.isFile()) return { type: 'file', path, source, modes }
  if (kind.isSymbolicLink()) return { type: 'symlink', path, target: readlinkSync(source, { encoding: 'buffer' }) }
  throw new SeedError('STORE_INVALID', 'neither a file, a directory nor a symbolic link', {
    resource: source.toString(),
    hint: 'Remove it, or repair the store with `nix-store --verify --check-contents --repair`.'
  })
}

/**
 * Streams `members` as a tar archive in pieces of at most 256 KiB. All pieces share one buffer: each is valid until the
 * next is asked for. Files are read as they are reached, so memory stays flat whatever their size.
 *
 * @throws SeedError STORE_INVALID if a file changes while it is read.
 */
export async function* tarStream(members: Iterable<Member>): AsyncGenerator<Buffer> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  let filled = 0

  function* append(bytes: Buffer): Generator<Buffer> {
    for (let at = 0; at < bytes.length;) {
      if (filled === chunk.length) yield* flush()
      const take = bytes.copy(chunk, filled, at)
      filled += take
      at += take
    }
  }
  function* flush(): Generator<Buffer> {
    if (filled > 0) yield chunk.subarray(0, filled)
    filled = 0
  }
  function* appendFile(path: Buffer, source: Buffer, modes: Modes): Generator<Buffer> {
    const file = openSync(source, 'r')
    try {
      const { size, mode } = fstatSync(file)
      yield* append(tarHeader({ path, type: 'file', size, mode: mode & 0o100 ? modes.executable : modes.file }))
      let remaining = size
      while (remaining > 0) {
        if (filled === chunk.length) yield* flush()
        const count = readSync(file, chunk, filled, Math.min(remaining, chunk.length - filled), null)
        if (count === 0) throw changed(source)
        filled += count
        remaining -= count
      }
      yield* append(ZEROS.subarray(0, tarPadding(size)))
    } finally {
      closeSync(file)
    }
  }

  for (const member of members) {
    const { type, path } = member
    if (type === 'directory') yield* append(tarHeader({ path, type, size: 0, mode: member.mode }))
    else if (type === 'symlink') {
      yield* append(tarHeader({ path, type, size: 0, mode: SYMLINK_MODE, target: member.target }))
    } else if ('source' in member) yield* appendFile(path, member.source, member.modes)
    else {
      yield* append(tarHeader({ path, type, size: member.bytes.length, mode: member.mode }))
      yield* append(member.bytes)
      yield* append(ZEROS.subarray(0, tarPadding(member.bytes.length)))
    }
  }
  yield* append(TAR_END)
  yield* flush()
}

const ZEROS = Buffer.alloc(512)

function join(directory: Buffer, name: Buffer): Buffer {
  return Buffer.concat([directory, SLASH, name])
}

function changed(source: Buffer): SeedError {
  return new SeedError('STORE_INVALID', 'a file in the store became shorter while it was read', {
    resource: source.toString(),
    hint: 'Something changes the store; check it with `nix-store --verify --check-contents`.'
  })
}
