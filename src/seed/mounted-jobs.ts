/**
 * The jobs that use a mounted store, so that the last of them takes it back, and so that it is known for left behind where
 * all of them are over. Each is a folder in the store itself: what is mounted, and by whom it is used, goes in one step.
 * A store that somebody has mounted by hand has none.
 */
import { mkdir, readdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode } from '../errors.ts'
import { sudo } from '../place.ts'
import type { Ports } from '../ports.ts'
import { isLeftBehind, newOwnedName } from './mount/owner.ts'

const FOLDER = '/nix/var/nix-seed-jobs'

export interface MountedJob {
  name: string
  /** The process that ran its phases is gone. */
  isOver: boolean
}

/** Those that have been noted and not been removed. */
export async function mountedJobs(folder = FOLDER): Promise<MountedJob[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  })
  return Promise.all(names.map(async name => ({ name, isOver: await isLeftBehind(name, join(folder, name)) })))
}

/**
 * A name for this job: of the process that runs its phases one after the other, which ends with it. In a container, where
 * that process cannot be seen, of the container's first one.
 */
export function newJobName(): Promise<string> {
  return newOwnedName(process.ppid === 0 ? 1 : process.ppid)
}

/** @throws SeedError NO_PRIVILEGE; the system's own error */
export async function noteJob(name: string, ports: Pick<Ports, 'env'>, folder = FOLDER): Promise<void> {
  const path = join(folder, name)
  if (process.getuid?.() === 0) await mkdir(path, { recursive: true })
  else await sudo(['mkdir', '-p', '--', path], ports)
}

/** Removes what {@link noteJob} has made, if it is there. @throws as {@link noteJob} */
export async function forgetJob(name: string, ports: Pick<Ports, 'env'>, folder = FOLDER): Promise<void> {
  if (!(await mountedJobs(folder)).some(job => job.name === name)) return
  const path = join(folder, name)
  if (process.getuid?.() === 0) await rmdir(path)
  else await sudo(['rmdir', '--', path], ports)
}
