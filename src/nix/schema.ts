/** The tables of a Nix store database, `/nix/var/nix/db/db.sqlite`. */

/** What stands in `/nix/var/nix/db/schema` beside the database. Nix upgrades a lower number and refuses a higher one. */
export const schemaVersion = '10'

/**
 * The tables that a store of schema 10 has. Nix creates what is missing on every start, and rewrites the file for it,
 * so everything is here, the empty table of migrations too.
 */
export const tables = `
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
export const indexes = `
  create index IndexReferrer on Refs(referrer);
  create index IndexReference on Refs(reference);
  create trigger DeleteSelfRefs before delete on ValidPaths
  begin
    delete from Refs where referrer = old.id and reference = old.id;
  end;
  create index IndexDerivationOutputs on DerivationOutputs(path);
`
