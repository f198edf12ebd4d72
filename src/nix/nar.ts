import { createHash } from 'node:crypto'
import { SeedError } from '../errors.ts'

/** A regular file of a tree; its folders are those of its path. */
export interface TreeFile {
  /** Relative to the tree, parts separated by `/`. */
  path: string
  bytes: Uint8Array
  executable?: boolean
}

type Folder = Map<string, Folder | TreeFile>

/**
 * The NAR hash of a folder that holds `files` and nothing else, as `narHash` of a flake.lock has it: the SHA-256 of the
 * folder's Nix archive, written `sha256-BASE64`.
 * https://nix.dev/manual/nix/latest/protocols/nix-archive.html
 *
 * @throws SeedError STORE_INVALID where the paths are not those of one folder.
 */
export function narHashOfTree(files: readonly TreeFile[]): string {
  const hash = createHash('sha256')
  hash.update(text('nix-archive-1'))
  for (const piece of node(treeOf(files))) hash.update(piece)
  return `sha256-${hash.digest('base64')}`
}

function treeOf(files: readonly TreeFile[]): Folder {
  const root: Folder = new Map()
  for (const file of files) {
    const parts = file.path.split('/')
    const name = parts.pop() ?? ''
    if (![...parts, name].every(isName)) throw invalid(file.path, 'is no relative path')
    let folder = root
    for (const part of parts) {
      const child = folder.get(part) ?? (new Map() as Folder)
      if (!(child instanceof Map)) throw invalid(file.path, 'lies in a file')
      folder.set(part, child)
      folder = child
    }
    if (folder.has(name)) throw invalid(file.path, 'is there twice')
    folder.set(name, file)
  }
  return root
}

function isName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !name.includes('\0')
}

function invalid(path: string, what: string): SeedError {
  return new SeedError('STORE_INVALID', `a tree cannot hold ${JSON.stringify(path)}: it ${what}`)
}

function* node(item: Folder | TreeFile): Generator<Uint8Array, void, void> {
  if (!(item instanceof Map)) {
    yield text('(', 'type', 'regular', ...(item.executable === true ? ['executable', ''] : []), 'contents')
    yield* string(item.bytes)
    yield text(')')
    return
  }
  yield text('(', 'type', 'directory')
  // Entries stand in the order of their names' bytes, which is not that of UTF-16.
  const entries = [...item].map(([name, child]) => ({ name: Buffer.from(name), child }))
  for (const { name, child } of entries.sort((a, b) => Buffer.compare(a.name, b.name))) {
    yield text('entry', '(', 'name')
    yield* string(name)
    yield text('node')
    yield* node(child)
    yield text(')')
  }
  yield text(')')
}

function text(...words: string[]): Buffer {
  return Buffer.concat(words.flatMap(word => [...string(Buffer.from(word))]))
}

/** Length as 64 bits, least significant byte first, the bytes, and zeros up to a multiple of eight. */
function* string(bytes: Uint8Array): Generator<Uint8Array, void, void> {
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(bytes.length))
  yield length
  yield bytes
  yield Buffer.alloc((8 - (bytes.length % 8)) % 8)
}
