/**
 * The stage: a folder beside the store, on the same file system, where a seed arrives. What is on it is nothing to Nix;
 * when it is complete, it is renamed into place.
 */
import { lstat, mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { systemCode } from '../errors.ts'
import { storeDir } from '../nix/store-path.ts'
import { removeTree } from '../removal.ts'
import { isAbandoned, newStageName } from '../stage-name.ts'

/**
 * Runs `action` with a stage in `nixFolder`, which is made, with its store, where it is missing. The stage is removed in
 * the end, and so are those of runs that were killed.
 *
 * @throws the system's own error, EACCES or EROFS among them
 */
export async function onStage<T>(nixFolder: string, action: (stage: string) => Promise<T>): Promise<T> {
  await makeFolders(nixFolder)
  await sweepStages(nixFolder)
  const stage = join(nixFolder, newStageName())
  try {
    await mkdir(stage, { mode: 0o700 })
    return await action(stage)
  } finally {
    await removeTree(stage)
  }
}

/** The name of a store path, by which it is known on the stage. */
export function nameOf(storePath: string): string {
  return storePath.slice(storeDir.length + 1)
}

export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}

/** One by one: of a place that cannot be written to, Node.js's recursive mkdir says that it does not exist. */
async function makeFolders(nixFolder: string): Promise<void> {
  await mkdir(dirname(nixFolder), { recursive: true })
  for (const folder of [nixFolder, join(nixFolder, 'store')]) {
    if (!(await exists(folder))) await mkdir(folder, { mode: 0o755 })
  }
}

async function sweepStages(nixFolder: string): Promise<void> {
  for (const name of await readdir(nixFolder)) if (isAbandoned(name)) await removeTree(join(nixFolder, name))
}
