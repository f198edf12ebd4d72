import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

export interface TreeFile {
  bytes: Buffer
  executable: boolean
}

/** Files by path, with `/` between folders on every system. */
export type Tree = Map<string, TreeFile>

/** Reads every file below `folder`; empty if there is no such folder. */
export function readTree(folder: string): Tree {
  const tree: Tree = new Map()
  let entries
  try {
    entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return tree
    throw error
  }
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    const path = relative(folder, file).split(sep).join('/')
    tree.set(path, { bytes: readFileSync(file), executable: (statSync(file).mode & 0o100) !== 0 })
  }
  return tree
}

export function writeTree(folder: string, tree: Tree): void {
  for (const [path, { bytes, executable }] of tree) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, bytes, { mode: executable ? 0o755 : 0o644 })
  }
}

/** One line for each file in which what lies in `folder` is not `wanted`. */
export function differences(folder: string, wanted: Tree): string[] {
  const present = readTree(folder)
  return [...new Set([...wanted.keys(), ...present.keys()])].sort().flatMap(path => {
    const [is, should] = [present.get(path), wanted.get(path)]
    if (is === undefined) return [`${path} is missing`]
    if (should === undefined) return [`${path} should not be there`]
    if (!is.bytes.equals(should.bytes)) return [`${path} differs`]
    return is.executable === should.executable ? [] : [`${path} should ${should.executable ? '' : 'not '}be executable`]
  })
}
