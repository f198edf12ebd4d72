/**
 * What a mount restore has made, so that all of it can be taken back: a folder beside the store, which is there before
 * anything else is, and goes last.
 *
 *     state.json    this state
 *     mounts/N      the layers, while they are mounted
 *     mounts/old    the store that was there before, likewise; mask: what of the seed it hides
 *     mounts/merged the new store, until it is moved to its place
 *     upper, work   what is written below `/nix` meanwhile
 */
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { systemCode } from '../../errors.ts'
import { isLeftBehind } from './owner.ts'

const VERSION = 1

export interface MountState {
  version: typeof VERSION
  /** The process that makes it (see owner.ts). */
  owner: string
  /** Of the image index. */
  digest: string
  /** `nix` was not there before. */
  madeFolder: boolean
  /** The store is in its place. */
  isComplete: boolean
}

/** Of the store below `root`. Its file system is the one that what is written below `/nix` lands on. */
export function stateFolder(root: string): string {
  return root === '/' ? '/var/lib/nix-seed' : join(root, '.nix-seed')
}

/** @returns undefined where there is none */
export async function readState(folder: string): Promise<MountState | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, 'state.json'), 'utf8')) as MountState
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    if (error instanceof SyntaxError)
      return { version: VERSION, owner: '', digest: '', madeFolder: false, isComplete: false }
    throw error
  }
}

/** Makes the folder with its state at once. @returns false where there is one already */
export async function beginState(folder: string, state: Omit<MountState, 'version' | 'isComplete'>): Promise<boolean> {
  await mkdir(dirname(folder), { recursive: true })
  const temporary = `${folder}.${state.owner}`
  await mkdir(temporary, { mode: 0o700 })
  try {
    await write(temporary, { ...state, version: VERSION, isComplete: false })
    await rename(temporary, folder)
    return true
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    if (systemCode(error) === 'ENOTEMPTY' || systemCode(error) === 'EEXIST') return false
    throw error
  }
}

export async function completeState(folder: string): Promise<void> {
  const state = await readState(folder)
  if (state !== undefined) await write(folder, { ...state, isComplete: true })
}

/** Removes the folder, the state last. Nothing may be mounted in it. */
export async function removeState(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  })
  for (const name of names) if (name !== 'state.json') await rm(join(folder, name), { recursive: true, force: true })
  await rm(folder, { recursive: true, force: true })
  await sweepState(folder)
}

/** Removes what was killed before the folder had its name, or after its state was gone. */
export async function sweepState(folder: string): Promise<void> {
  await rmdir(folder).catch(() => {}) // it is not there, or has a state
  const prefix = `${basename(folder)}.`
  for (const name of await readdir(dirname(folder)).catch(() => [])) {
    const path = join(dirname(folder), name)
    if (name.startsWith(prefix) && (await isLeftBehind(name.slice(prefix.length), path))) {
      await rm(path, { recursive: true, force: true })
    }
  }
}

async function write(folder: string, state: MountState): Promise<void> {
  const temporary = join(folder, 'state.json.new')
  await writeFile(temporary, JSON.stringify(state), { mode: 0o600 })
  await rename(temporary, join(folder, 'state.json'))
}
