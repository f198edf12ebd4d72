/**
 * The database of a store that is on this machine: which paths are valid there, and making more of them valid.
 *
 * It is opened as Nix itself opens it, with the SQLite of Node.js, whose locks keep the programs apart: Nix commands and
 * a daemon may run meanwhile. `nix-store --load-db` writes the same rows, but has no place for content addresses, needs a
 * Nix on PATH, and would be a second way beside that for a store that has no database yet.
 */
import type { DatabaseSync } from 'node:sqlite'
import { lstat, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SeedError, systemCode } from '../errors.ts'
import type { PathInfo } from './closure.ts'
import { indexes, schemaVersion, tables } from './schema.ts'

/** How long to wait for another program that writes. Nix keeps its transactions short. */
const BUSY_TIMEOUT_MS = 30_000

/** https://www.sqlite.org/rescode.html */
const SQLITE_FULL = 13

/**
 * The paths that are valid in a store.
 *
 * @param folder the store's `/nix/var/nix/db`
 * @returns `undefined` if there is no database
 * @throws SeedError STORE_INVALID where Nix itself would have to upgrade or refuse the database, DISK_FULL, FILE_SYSTEM
 */
export async function readValidPaths(folder: string): Promise<Set<string> | undefined> {
  if (!(await hasDatabase(folder))) return undefined
  return withDatabase(folder, database => {
    const rows = database.prepare('select path from ValidPaths').all()
    return new Set(rows.map(({ path }) => String(path)))
  })
}

/**
 * Makes paths valid whose files are in place, all or none of them. Those that are valid already stay as they are.
 *
 * @param paths each reference is one of them or valid already
 * @throws as {@link readValidPaths}
 */
export async function registerPaths(folder: string, paths: readonly PathInfo[]): Promise<void> {
  withDatabase(folder, database => transaction(database, () => insert(database, paths)))
}

/**
 * Makes the database of a new store, with its folder.
 *
 * @throws as {@link readValidPaths}
 */
export async function createDatabase(folder: string, paths: readonly PathInfo[]): Promise<void> {
  await mkdir(folder, { mode: 0o755 })
  await writeFile(join(folder, 'schema'), schemaVersion)
  withDatabase(folder, database => {
    database.exec('pragma journal_mode = wal')
    transaction(database, () => {
      database.exec(tables)
      insert(database, paths)
      database.exec(indexes)
    })
  })
}

async function hasDatabase(folder: string): Promise<boolean> {
  if ((await unlessMissing(lstat(join(folder, 'db.sqlite')))) === undefined) return false
  const schema = (await unlessMissing(readFile(join(folder, 'schema'), 'utf8')))?.trim() ?? 'none'
  if (schema === schemaVersion) return true
  throw new SeedError('STORE_INVALID', `the schema of the store's database is ${schema}; known is ${schemaVersion}`, {
    resource: folder,
    hint: 'An old one is upgraded by any command of a present Nix, for example: nix-store --verify'
  })
}

async function unlessMissing<T>(found: Promise<T>): Promise<T | undefined> {
  return found.catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  })
}

function withDatabase<T>(folder: string, action: (database: DatabaseSync) => T): T {
  // Only here: before 24.15, Node.js warns about it as soon as it is loaded.
  const sqlite = process.getBuiltinModule('node:sqlite')
  let database: DatabaseSync | undefined
  try {
    database = new sqlite.DatabaseSync(join(folder, 'db.sqlite'), { timeout: BUSY_TIMEOUT_MS })
    return action(database)
  } catch (error) {
    throw databaseFailure(error, folder)
  } finally {
    database?.close()
  }
}

function databaseFailure(error: unknown, folder: string): unknown {
  if (systemCode(error) !== 'ERR_SQLITE_ERROR') return error
  const { errcode, message } = error as { errcode?: number; message: string }
  const code = errcode === SQLITE_FULL ? 'DISK_FULL' : 'FILE_SYSTEM'
  return new SeedError(code, `the store's database: ${message}`, {
    resource: folder,
    hint: 'Check the store with "nix-store --verify", and that this user may write there.',
    cause: error
  })
}

function transaction(database: DatabaseSync, action: () => void): void {
  database.exec('begin immediate')
  try {
    action()
    database.exec('commit')
  } catch (error) {
    if (database.isTransaction) database.exec('rollback')
    throw error
  }
}

function insert(database: DatabaseSync, paths: readonly PathInfo[]): void {
  const now = Math.floor(Date.now() / 1000)
  const valid = database.prepare(`
    insert into ValidPaths (path, hash, registrationTime, narSize, ca) values (?, ?, ?, ?, ?)
    on conflict (path) do nothing`)
  for (const { path, narHash, narSize, ca } of paths) valid.run(path, narHash, now, narSize, ca ?? null)
  // A reference that is not valid violates its column: a scalar subquery of no rows is null.
  const refers = database.prepare(`
    insert into Refs (referrer, reference)
    values ((select id from ValidPaths where path = ?), (select id from ValidPaths where path = ?))
    on conflict (referrer, reference) do nothing`)
  for (const { path, references } of paths) for (const reference of references) refers.run(path, reference)
}
