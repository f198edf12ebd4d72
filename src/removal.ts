import { chmod, lstat, readdir, rm } from 'node:fs/promises'
import { systemCode } from './errors.ts'

/**
 * Removes a file, link or tree whose folders may be read-only, as those of the Nix store are. What is not there is
 * removed already. Links are removed, never followed.
 *
 * @throws the system's own error, where the path may not be removed
 */
export async function removeTree(path: string): Promise<void> {
  try {
    if (process.getuid?.() !== 0) await makeWritable(Buffer.from(path))
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return
    throw error
  }
  await rm(path, { recursive: true, force: true })
}

/** Works on bytes, since names in a store need not be UTF-8. */
async function makeWritable(path: Buffer): Promise<void> {
  if (!(await lstat(path)).isDirectory()) return
  await chmod(path, 0o700)
  for (const entry of await readdir(path, { withFileTypes: true, encoding: 'buffer' })) {
    if (entry.isDirectory()) await makeWritable(Buffer.concat([path, Buffer.from('/'), entry.name]))
  }
}
