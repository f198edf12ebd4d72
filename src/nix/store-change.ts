import { lstat, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { systemCode } from '../errors.ts'
import { isAbandoned, newStageName } from '../stage-name.ts'
import { runAsOwner, type NixPlace } from '../place.ts'
import type { Ports } from '../ports.ts'
import { removeTree } from '../removal.ts'

/**
 * Changes to a store that can all be taken back. Programs make them, since they run as root where the store is root's and
 * this process is not. None is stopped half-way: whoever works with it looks at the signal between two of them.
 */
export class StoreChange {
  readonly store: string
  readonly #place: NixPlace
  readonly #ports: Pick<Ports, 'env' | 'signal'>
  readonly #undo: (() => Promise<void>)[] = []

  constructor(place: NixPlace, env: Ports['env']) {
    this.store = join(place.folder, 'store')
    this.#place = place
    this.#ports = { env, signal: new AbortController().signal }
  }

  /** Runs a program as the owner of the store and returns what it prints. */
  async run(command: readonly [string, ...string[]], options: Parameters<typeof runAsOwner>[3] = {}): Promise<string> {
    return (await runAsOwner(this.#place, command, this.#ports, options)).stdout.toString('utf8')
  }

  /** Makes a folder beside the store, on the same file system; those that killed processes left are removed. */
  async makeStage(): Promise<string> {
    const { folder } = this.#place
    const left = (await readdir(folder)).filter(isAbandoned).map(name => join(folder, name))
    // What a program that outlived its process is writing to can stay.
    await this.remove(left).catch(() => {})
    const stage = join(folder, newStageName())
    await this.run(['mkdir', '-m', '0755', '--', stage])
    return stage
  }

  async makeFolder(path: string): Promise<void> {
    let top: string | undefined
    for (let at = path; !(await isThere(at)); at = dirname(at)) top = at
    if (top === undefined) return
    const made = top
    this.#undo.push(() => this.remove([made]))
    await this.run(['mkdir', '-p', '-m', '0755', '--', path])
  }

  /** Moves what `names` are in `folder` into the store, where they are not yet, without write permission. */
  async moveIn(names: readonly string[], folder: string): Promise<void> {
    if (names.length === 0) return
    const targets = names.map(name => join(this.store, name))
    this.#undo.push(() => this.remove(targets))
    const trees = await treesAmong(names, folder)
    // A folder that may not be written to cannot be moved to another one.
    await this.#chmod('u+w', trees, folder)
    await this.run(['mv', '--', ...names.map(name => join(folder, name)), this.store])
    await this.#chmod('a-w', trees, this.store)
  }

  /** Moves what `names` are in the store to `folder`. */
  async moveAway(names: readonly string[], folder: string): Promise<void> {
    if (names.length === 0) return
    const trees = await treesAmong(names, this.store)
    this.#undo.push(async () => {
      const moved = await presentAmong(names, folder)
      if (moved.length > 0) await this.run(['mv', '--', ...moved.map(name => join(folder, name)), this.store])
      await this.#chmod('a-w', trees, this.store)
    })
    await this.#chmod('u+w', trees, this.store)
    await this.run(['mv', '--', ...names.map(name => join(this.store, name)), folder])
  }

  /** Makes a link, in place of one that leads nowhere; any other that is there stays. */
  async link(target: string, path: string): Promise<void> {
    const leads = await stat(path).then(
      () => true,
      () => false
    )
    if (leads) return
    if (!(await isThere(path))) this.#undo.push(() => this.remove([path]))
    await this.run(['ln', '-s', '-f', '-n', '--', target, path])
  }

  /** Undoes all changes, the last one first. */
  async takeBack(): Promise<void> {
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) await undo()
  }

  async remove(paths: readonly string[]): Promise<void> {
    if (this.#place.access === 'own') for (const path of paths) await removeTree(path)
    else if (paths.length > 0) await this.run(['rm', '-rf', '--', ...paths])
  }

  async #chmod(mode: string, names: readonly string[], folder: string): Promise<void> {
    if (names.length > 0) await this.run(['chmod', mode, '--', ...names.map(name => join(folder, name))])
  }
}

/** Those of `names` that are in `folder`. */
export async function presentAmong(names: readonly string[], folder: string): Promise<string[]> {
  const found = new Set(await readdir(folder))
  return names.filter(name => found.has(name))
}

async function treesAmong(names: readonly string[], folder: string): Promise<string[]> {
  const found = await Promise.all(names.map(name => lstat(join(folder, name))))
  return names.filter((_, at) => found[at]?.isDirectory())
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}
