import type initSqlJs from 'sql.js/dist/sql-wasm-inline.js'
import type { PathInfo } from './closure.ts'
import { indexes, tables } from './schema.ts'
import { compareText } from './store-path.ts'

/**
 * Registration times are the same everywhere, or the image would not be reproducible. Nix asks them only for `--delete`
 * and `nix path-info`.
 */
const REGISTRATION_TIME = 1
const PAGE_SIZE_BYTES = 4096
/** SQLite file format, section 1.3: write version and read version. 2 is WAL, which Nix switches to otherwise. */
const VERSION_OFFSET = 18
const WAL_VERSION = 2

/**
 * Makes the Nix store database of an image, in which exactly the paths of `closure` are valid. The bytes are a function
 * of the closure alone: the database engine is part of this project, and ids, times and the order of rows are fixed.
 * Derivers and signatures are left out, for they say who built a path and not what it is.
 *
 * @param closure closed under references, as {@link queryClosure} returns it; its order does not matter.
 * @returns the file, in WAL mode with an empty log: Nix opens it as it is, and a copy without `-wal` is complete.
 */
export async function makeDatabase(closure: readonly PathInfo[]): Promise<Uint8Array> {
  // Only when it is needed: it is a megabyte, and most commands and phases never write an image.
  const { default: initialize } = await import('sql.js/dist/sql-wasm-inline.js')
  const { Database } = await initialize()
  const database = new Database()
  try {
    database.run(`pragma page_size = ${PAGE_SIZE_BYTES}`)
    database.run('begin')
    database.run(tables)
    fill(
      database,
      [...closure].sort((a, b) => compareText(a.path, b.path))
    )
    database.run(indexes)
    database.run('commit')
    const bytes = database.export()
    bytes[VERSION_OFFSET] = WAL_VERSION
    bytes[VERSION_OFFSET + 1] = WAL_VERSION
    return bytes
  } finally {
    database.close()
  }
}

type Database = InstanceType<Awaited<ReturnType<typeof initSqlJs>>['Database']>

function fill(database: Database, sorted: readonly PathInfo[]): void {
  const ids = new Map(sorted.map(({ path }, index) => [path, index + 1]))
  const valid = database.prepare(
    'insert into ValidPaths (id, path, hash, registrationTime, narSize, ca) values (?, ?, ?, ?, ?, ?)'
  )
  for (const { path, narHash, narSize, ca } of sorted) {
    valid.run([ids.get(path) ?? null, path, narHash, REGISTRATION_TIME, narSize, ca ?? null])
  }
  valid.free()
  const refers = database.prepare('insert into Refs (referrer, reference) values (?, ?)')
  for (const { path, references } of sorted) {
    for (const reference of [...references].sort(compareText)) {
      refers.run([ids.get(path) ?? null, ids.get(reference) ?? null])
    }
  }
  refers.free()
}
