/** From the stage into the store. */
import { chmod, lstat, mkdir, rename, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode } from '../errors.ts'
import type { PathInfo } from '../nix/closure.ts'
import { createDatabase } from '../nix/store-database.ts'
import { removeTree } from '../removal.ts'
import { exists, nameOf } from './stage.ts'

/**
 * Moves staged paths into the store and calls `register`; takes everything back if any of it fails.
 *
 * @param wanted paths that are not valid in the store
 */
export async function placePaths(
  wanted: readonly PathInfo[],
  stage: string,
  nixFolder: string,
  register: () => Promise<void>
): Promise<void> {
  const moved: string[] = []
  try {
    for (const { path } of wanted) {
      const source = join(stage, nameOf(path))
      const target = join(nixFolder, 'store', nameOf(path))
      // What stands there is not valid, or it would not be wanted: a leftover of an interrupted build or restore.
      if (await exists(target)) await removeTree(target)
      const isFolder = (await lstat(source)).isDirectory()
      moved.push(target)
      await rename(source, target)
      if (isFolder) await chmod(target, 0o555)
    }
    await register()
  } catch (error) {
    for (const target of moved) await removeTree(target)
    throw error
  }
}

/** Makes the database of a store that has none: complete on the stage, then renamed. */
export async function placeDatabase(closure: readonly PathInfo[], stage: string, nixFolder: string): Promise<void> {
  const staged = join(stage, 'db')
  await createDatabase(staged, closure)
  await mkdir(join(nixFolder, 'var/nix'), { recursive: true })
  const target = join(nixFolder, 'var/nix/db')
  await removeTree(target) // without a database in it, or this would not be a fresh store
  await rename(staged, target)
}

/** Keeps Nix's garbage collector away from the seed. */
export async function placeRoots(nixFolder: string, roots: readonly string[]): Promise<void> {
  const folder = join(nixFolder, 'var/nix/gcroots/nix-seed')
  await mkdir(folder, { recursive: true })
  for (const root of roots) await placeLink(root, join(folder, nameOf(root)))
}

/** Where there is no default profile yet, Nix itself becomes it, so that `/nix/var/nix/profiles/default/bin` is on PATH. */
export async function placeProfile(nixFolder: string, nixPath: string): Promise<void> {
  await mkdir(join(nixFolder, 'var/nix/profiles'), { recursive: true })
  await placeLink(nixPath, join(nixFolder, 'var/nix/profiles/default'))
}

async function placeLink(target: string, link: string): Promise<void> {
  try {
    await symlink(target, link)
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
  }
}
