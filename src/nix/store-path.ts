import { createHash } from 'node:crypto'
import { SeedError } from '../errors.ts'
import { encodeBase32, sha256Hex } from './hash.ts'

/** The only store directory that is supported: paths of another one have other hashes, so nothing could be shared. */
export const storeDir = '/nix/store'

const BASE_NAME = /^[0-9a-df-np-sv-z]{32}-[0-9A-Za-z+\-._?=]{1,211}$/

/**
 * Returns the full store path of `text`, which is a store path or the base name of one (newer JSON of Nix has those).
 *
 * @throws SeedError STORE_INVALID for anything else, a path of another store directory among them.
 */
export function storePath(text: string): string {
  const base = text.startsWith(`${storeDir}/`) ? text.slice(storeDir.length + 1) : text
  if (BASE_NAME.test(base)) return `${storeDir}/${base}`
  throw new SeedError('STORE_INVALID', `not a path in ${storeDir}: ${JSON.stringify(text)}`, {
    resource: text,
    hint: `Only Nix stores whose directory is ${storeDir} are supported.`
  })
}

/**
 * The store path of a source tree with a given NAR hash, as fetchers name it ("fixed:r:sha256" with the name `source`;
 * Nix manual, "Store path specification").
 *
 * @param narHash in any form that {@link sha256Hex} reads.
 */
export function sourceTreePath(narHash: unknown): string {
  const digest = createHash('sha256')
    .update(`source:${sha256Hex(narHash)}:${storeDir}:source`)
    .digest()
  const folded = Buffer.alloc(20)
  digest.forEach((byte, i) => (folded[i % 20] = (folded[i % 20] ?? 0) ^ byte))
  return `${storeDir}/${encodeBase32(folded)}-source`
}

/** The store path that `path` is or lies in. Fails as {@link storePath} does. */
export function containingStorePath(path: string): string {
  return storePath(path.split('/').slice(0, 4).join('/'))
}

/** Orders by bytes, as every list of paths in this project is: the same in every locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
