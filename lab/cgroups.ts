import { readdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'

const CGROUPS = '/sys/fs/cgroup'

/**
 * Removes the groups below `name` in every hierarchy, of either version of cgroups. Container engines that are killed
 * leave theirs behind, and unlike mounts and processes those do not end with a namespace.
 *
 * @param name as given to an engine as its parent group; a group that still has processes stays
 */
export function removeCgroups(name: string): void {
  for (const hierarchy of ['', ...subfolders(CGROUPS)]) removeGroup(join(CGROUPS, hierarchy, name))
}

function removeGroup(path: string): void {
  for (const child of subfolders(path)) removeGroup(join(path, child))
  try {
    rmdirSync(path) // the files of a group go with it
  } catch {
    return // not there, or in use
  }
}

function subfolders(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter(entry => entry.isDirectory())
      .map(entry => entry.name)
  } catch {
    return []
  }
}

/** The parent group for the engines of this run (or of this machine, without a lab). */
export function cgroupParent(env: NodeJS.ProcessEnv): string {
  return `nix-seed-lab-${env.NIX_SEED_LAB_INSIDE ?? 'off'}`
}
