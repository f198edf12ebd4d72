/** Takes a mount restore back, whole or in the middle of its making: the mounts first, then what is on disk. */
import { rmdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { SeedError } from '../../errors.ts'
import type { Ports } from '../../ports.ts'
import { mountsBelow, readMounts, unmount, type Mount } from './mounts.ts'
import { isLeftBehind } from './owner.ts'
import { readState, removeState, stateFolder, sweepState } from './state.ts'

/** What the overlay is mounted from, which tells it from others in the list of mounts. */
export const MOUNT_SOURCE = 'nix-seed'

/**
 * Takes back what a mount restore has made at `root`: the store is then as it was before, and what was written to it
 * meanwhile is gone.
 *
 * @returns whether there was anything
 * @throws SeedError NO_PRIVILEGE; FILE_SYSTEM where another process is restoring there, or a mount cannot be removed
 */
export async function undoMount(root: string, ports: Ports): Promise<boolean> {
  const place = resolve(root)
  const folder = stateFolder(place)
  const state = await readState(folder)
  const target = join(place, 'nix')
  if (state === undefined && (await storeMount(target)) === undefined) {
    if (process.getuid?.() === 0) await sweepState(folder)
    return false
  }
  if (process.getuid?.() !== 0) {
    throw new SeedError('NO_PRIVILEGE', 'only root can take mounts back', { resource: target, hint: 'Run it as root.' })
  }
  if (state !== undefined && !state.isComplete && !(await isLeftBehind(state.owner, folder))) throw underWay(target)
  await takeBack(place, ports)
  return true
}

/** Takes back what was begun at `root` by a process that was killed; a complete one stays. @throws as {@link undoMount} */
export async function undoAbandoned(root: string, ports: Ports): Promise<void> {
  const folder = stateFolder(root)
  const state = await readState(folder)
  if (state === undefined) return
  const target = join(root, 'nix')
  // After a restart of the system the state of a complete one is still there, and its mounts are not.
  if (state.isComplete && (await storeMount(target)) !== undefined) return
  if (!state.isComplete && !(await isLeftBehind(state.owner, folder))) throw underWay(target)
  ports.log.info(`${target}: taking back what an interrupted restore has left`)
  await takeBack(root, ports)
}

/** Of this process's own, or of one that is gone. May be called again after it was killed itself. */
export async function takeBack(root: string, ports: Ports): Promise<void> {
  const folder = stateFolder(root)
  const target = join(root, 'nix')
  const state = await readState(folder)
  while ((await storeMount(target)) !== undefined) await detach([target], ports)
  const place = join(folder, 'mounts')
  // All of them at once, where that can be.
  if ((await mountsBelow(place)).includes(place)) await unmount([place], ports, ['--lazy'])
  await detach(await mountsBelow(place), ports)
  const [left] = await mountsBelow(place)
  if (left !== undefined) {
    throw new SeedError('FILE_SYSTEM', 'it cannot be unmounted', { resource: left, hint: 'Unmount it by hand.' })
  }
  if (state?.madeFolder === true) await rmdir(target).catch(() => {}) // somebody else uses it by now
  await removeState(folder)
}

/** The seed that is mounted at `target`, if it is what one sees there. */
export async function storeMount(target: string): Promise<Mount | undefined> {
  const top = (await readMounts()).findLast(mount => mount.target === target)
  return top?.type === 'overlay' && top.source === MOUNT_SOURCE ? top : undefined
}

/** What is in use is taken out of the tree at once, and goes when its last user does. */
async function detach(targets: readonly string[], ports: Ports): Promise<void> {
  for (const target of targets) {
    try {
      await unmount([target], ports)
    } catch (error) {
      ports.log.debug(`${target} is in use: ${error instanceof Error ? error.message : String(error)}`)
      await unmount([target], ports, ['--lazy'])
    }
  }
}

function underWay(target: string): SeedError {
  return new SeedError('FILE_SYSTEM', 'another process is restoring a seed there', {
    resource: target,
    hint: 'Wait for it to end, or choose another place with --root.'
  })
}
