/** What each layer of a seed holds, as members of an archive, and the key that stands for it. */
import { createHash } from 'node:crypto'
import type { PathInfo } from '../nix/closure.ts'
import { makeDatabase } from '../nix/database.ts'
import { schemaVersion } from '../nix/schema.ts'
import { digestOf } from '../oci/digest.ts'
import { MEDIA_TYPE } from '../oci/types.ts'
import { ZSTD_LEVEL } from './compress.ts'
import type { SeedDescriptor } from './descriptor.ts'
import type { ErofsTool } from './erofs.ts'
import { planLayers } from './plan.ts'
import { SYSTEM_MODES, walkChildren, walkTree, type Member } from './tree.ts'

/** Part of every layer key: raised whenever the packer's bytes change for the same content. */
const PACKER_VERSION = 1

export interface Layer {
  label: string
  /** Of the ordinary layer. */
  key: string
  /** Of the same as an EROFS image; absent where none is made. */
  erofsKey?: string
  paths: readonly PathInfo[]
  /** Uncompressed bytes, roughly: for scheduling and progress alone. */
  weight: number
  members(): Iterable<Member>
}

/** The layers of a seed, in the order of the image. */
export async function composeLayers(
  descriptor: SeedDescriptor,
  roots: readonly string[],
  closure: readonly PathInfo[],
  erofs: ErofsTool | undefined
): Promise<Layer[]> {
  const keyOf = (...made: unknown[]): string =>
    createHash('sha256')
      .update(JSON.stringify([PACKER_VERSION, ...made]))
      .digest('hex')
  const keys = (content: unknown): Pick<Layer, 'key' | 'erofsKey'> => ({
    key: keyOf(MEDIA_TYPE.layerTarZstd, ZSTD_LEVEL, descriptor.tools.zstd, content),
    ...(erofs && { erofsKey: keyOf(MEDIA_TYPE.erofsLayer, erofs.arguments, erofs.program, content) })
  })
  const layers = planLayers(closure, new Set(descriptor.inputs)).map(({ label, paths }): Layer => ({
    label,
    ...keys(paths.map(info => [info.path, info.narHash])),
    paths,
    weight: paths.reduce((total, info) => total + info.narSize, 0),
    members: () => storeMembers(paths)
  }))

  const database = Buffer.from(await makeDatabase(closure))
  const databaseMembers = stateMembers(database, roots)
  layers.push({
    label: 'store database',
    ...keys(['database', digestOf(database), roots]),
    paths: [],
    weight: database.length,
    members: () => databaseMembers
  })
  const rootfs = closure.find(info => info.path === descriptor.rootfs)
  layers.push({
    label: 'root file system',
    ...keys(['rootfs', descriptor.rootfs, rootfs?.narHash, descriptor.directories]),
    paths: [],
    weight: rootfs?.narSize ?? 0,
    members: () => systemMembers(descriptor)
  })
  return layers
}

const directory = (path: string, mode = 0o755): Member => ({ type: 'directory', path: Buffer.from(path), mode })

function* storeMembers(paths: readonly PathInfo[]): Generator<Member> {
  yield directory('nix')
  yield directory('nix/store')
  for (const { path } of paths) yield* walkTree(Buffer.from(path), Buffer.from(path.slice(1)))
}

/** Nix's own state: the database, and the roots that keep its garbage collector away from the seed. */
function stateMembers(database: Buffer, roots: readonly string[]): Member[] {
  const file = (path: string, bytes: Buffer): Member => ({ type: 'file', path: Buffer.from(path), bytes, mode: 0o644 })
  return [
    directory('nix'),
    directory('nix/var'),
    directory('nix/var/nix'),
    directory('nix/var/nix/db'),
    file('nix/var/nix/db/db.sqlite', database),
    file('nix/var/nix/db/schema', Buffer.from(schemaVersion)),
    directory('nix/var/nix/gcroots'),
    directory('nix/var/nix/gcroots/nix-seed'),
    ...roots.map((root): Member => {
      const name = root.slice(root.lastIndexOf('/') + 1)
      return { type: 'symlink', path: Buffer.from(`nix/var/nix/gcroots/nix-seed/${name}`), target: Buffer.from(root) }
    })
  ]
}

function* systemMembers(descriptor: SeedDescriptor): Generator<Member> {
  const modes = new Map(descriptor.directories.map(({ path, mode }) => [path.slice(1), parseInt(mode, 8)]))
  for (const member of walkChildren(Buffer.from(descriptor.rootfs), Buffer.alloc(0), SYSTEM_MODES)) {
    const mode = member.type === 'directory' ? modes.get(member.path.toString()) : undefined
    modes.delete(member.path.toString())
    yield mode === undefined ? member : { ...member, type: 'directory', mode }
  }
  for (const [path, mode] of [...modes].sort(([a], [b]) => (a < b ? -1 : 1))) yield directory(path, mode)
}
