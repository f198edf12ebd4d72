import initSqlJs from 'sql.js/dist/sql-wasm-inline.js'
import type { PathInfo } from './closure.ts'
import { compareText } from './store-path.ts'

/** What stands in `/nix/var/nix/db/schema` beside the database. Nix upgrades a lower number and refuses a higher one. */
export const schemaVersion = '10'

/**
 * The tables that a store of schema 10 has. Nix creates what is missing on every start, and rewrites the file for it,
 * so everything is here, the empty table of migrations too.
 */
const tables = `
  create table ValidPaths (
    id integer primary key autoincrement not null,
    path text unique not null,
    hash text not null,
    registrationTime integer not null,
    deriver text,
    narSize integer,
    ultimate integer,
    sigs text,
    ca text
  );
  create table Refs (
    referrer integer not null,
    reference integer not null,
    primary key (referrer, reference),
    foreign key (referrer) references ValidPaths(id) on delete cascade,
    foreign key (reference) references ValidPaths(id) on delete restrict
  );
  create table DerivationOutputs (
    drv integer not null,
    id text not null,
    path text not null,
    primary key (drv, id),
    foreign key (drv) references ValidPaths(id) on delete cascade
  );
  create table SchemaMigrations (migration text primary key not null);
`

/** Made after the rows are in: filling a sorted index at once leaves its pages full. */
const indexes = `
  create index IndexReferrer on Refs(referrer);
  create index IndexReference on Refs(reference);
  create trigger DeleteSelfRefs before delete on ValidPaths
  begin
    delete from Refs where referrer = old.id and reference = old.id;
  end;
  create index IndexDerivationOutputs on DerivationOutputs(path);
`

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
 * Makes a Nix store database (`/nix/var/nix/db/db.sqlite`) in which exactly the paths of `closure` are valid. The bytes
 * are a function of the closure alone: the database engine is part of this project, and ids, times and the order of
 * rows are fixed. Derivers and signatures are left out, for they say who built a path and not what it is.
 *
 * @param closure closed under references, as {@link queryClosure} returns it; its order does not matter.
 * @returns the file, in WAL mode with an empty log: Nix opens it as it is, and a copy without `-wal` is complete.
 */
export async function makeDatabase(closure: readonly PathInfo[]): Promise<Uint8Array> {
  const { Database } = await initSqlJs()
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

/**
 * The same closure as text for `nix-store --load-db`, which adds it to a store that has paths of its own. For each path:
 * path, hash in hex, size, an empty line for the deriver, the number of references, and the references.
 */
export function registration(closure: readonly PathInfo[]): string {
  return closure
    .map(({ path, narHash, narSize, references }) =>
      [path, narHash.slice('sha256:'.length), narSize, '', references.length, ...references, ''].join('\n')
    )
    .join('')
}
