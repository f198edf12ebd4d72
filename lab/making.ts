import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { removeUnused } from './clean-up.ts'
import { lockOf, PART, removeFolder } from './folder.ts'
import type { LabFolder } from './folder.ts'
import { withLock } from './lock.ts'

/** How the making of a base or layer talks to its reader, and is told to end. */
export interface Making {
  say: (line: string) => void
  signal: AbortSignal
}

/**
 * Makes `name` of the lab's folder if it is not there. It is made under a temporary name and a lock, and has its own
 * name when `make` is done; if `make` fails it is thrown away.
 *
 * @param make fills the folder `part`, and has what is printed meanwhile appended to `log`
 * @returns the path
 */
export async function makeOnce(
  folder: LabFolder,
  name: string,
  { say }: Making,
  make: (part: string, log: string) => Promise<void>
): Promise<string> {
  const path = join(folder.path, name)
  if (existsSync(path)) return path
  const waiting = () => say(`somebody else is making ${name}; waiting`)
  await withLock(lockOf(folder, name), waiting, async () => {
    if (existsSync(path)) return
    removeUnused(folder)
    const started = Date.now()
    const part = `${path}${PART}`
    const log = join(folder.logs, name)
    rmSync(log, { force: true })
    removeFolder(part)
    mkdirSync(part)
    try {
      await make(part, log)
      renameSync(part, path)
    } catch (error) {
      removeFolder(part)
      throw error
    }
    say(`made ${name} in ${Math.round((Date.now() - started) / 1000)} s`)
  })
  return path
}
