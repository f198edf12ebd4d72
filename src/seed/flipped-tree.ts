import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readlink,
  realpath,
  rm,
  stat,
  symlink,
  utimes
} from 'node:fs/promises'
import { constants } from 'node:fs'
import { SeedError } from '../errors.ts'
import type { Flake } from '../nix/flake.ts'
import { pathReference } from '../nix/flake.ts'
import type { Ports } from '../ports.ts'

/**
 * Makes a private copy of a flake's source tree in which the executable bit of every file is flipped, calls `use` with
 * a flake reference to it, and removes it again, whatever happens.
 *
 * The NAR hash of every file and folder that evaluation copies into the store differs from the original's, since the
 * bit is part of it, and yet every file that evaluation reads has the same text. So a derivation differs between the two
 * trees exactly where the project's own files, and not what they say as configuration, are what it is made from. What
 * `self` says of the commit differs too: revision, revision count and time.
 *
 * @throws SeedError INTERRUPTED, DISK_FULL, FILE_SYSTEM, and whatever `use` throws.
 */
export async function withFlippedTree<T>(
  flake: Flake,
  ports: Ports,
  use: (reference: string) => Promise<T>
): Promise<T> {
  const folder = await inFileSystem(() => makeFolder(ports))
  try {
    const tree = `${folder}/source`
    await inFileSystem(async () => {
      await copyTree(Buffer.from(flake.sourcePath), Buffer.from(tree), ports.signal)
      // The newest time in the tree becomes `self.lastModified`.
      const later = Math.max(flake.lastModified, Math.floor(Date.now() / 1000)) + 60
      await utimes(tree, later, later)
    })
    return await use(flippedReference(flake, tree))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** mkdtemp makes the folder with mode 0700. Its real path is needed: Nix follows no link in a `path:` reference. */
async function makeFolder(ports: Ports): Promise<string> {
  return mkdtemp(`${await realpath(ports.env.TMPDIR ?? '/tmp')}/nix-seed-`)
}

/** The reference to the copy: what `self` says of the commit is there where it may be asked for, and is another one. */
export function flippedReference(flake: Flake, tree: string): string {
  // A dirty tree of today is a commit in the next job, so it gets a revision too.
  const unknown = flake.type === 'git' ? '0'.repeat(40) : undefined
  const rev = flake.rev ?? flake.dirtyRev?.replace(/-dirty$/, '') ?? unknown
  return pathReference(tree, {
    // Every digit is another one, so every part of it is.
    rev: rev?.replace(/[0-9a-f]/g, digit => (15 - parseInt(digit, 16)).toString(16)),
    revCount: flake.revCount === undefined ? undefined : flake.revCount + 1,
    dir: flake.dir
  })
}

/** Names are bytes: they need not be text. */
async function copyTree(from: Buffer, to: Buffer, signal: AbortSignal): Promise<void> {
  await mkdir(to, { mode: 0o700 })
  for (const entry of await readdir(from, { encoding: 'buffer', withFileTypes: true })) {
    if (signal.aborted) throw new SeedError('INTERRUPTED', 'interrupted while the source tree was copied')
    const source = join(from, entry.name)
    const target = join(to, entry.name)
    if (entry.isDirectory()) await copyTree(source, target, signal)
    else if (entry.isSymbolicLink()) await symlink(await readlink(source, 'buffer'), target)
    else await copyFlipped(source, target)
  }
}

async function copyFlipped(source: Buffer, target: Buffer): Promise<void> {
  const { mode } = await stat(source)
  await copyFile(source, target, constants.COPYFILE_FICLONE)
  await chmod(target, (mode & 0o100) === 0 ? 0o755 : 0o644)
}

function join(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, Buffer.from('/'), name])
}

async function inFileSystem<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (cause) {
    if (cause instanceof SeedError) throw cause
    const { code, path } = cause as NodeJS.ErrnoException
    throw new SeedError(code === 'ENOSPC' ? 'DISK_FULL' : 'FILE_SYSTEM', 'could not copy the source tree', {
      hint: 'The folder for temporary files ($TMPDIR, or /tmp) must hold a copy of it.',
      ...(path === undefined ? {} : { resource: path }),
      cause
    })
  }
}
