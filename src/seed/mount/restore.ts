/**
 * The mount strategy: layers stay as they are, each is mounted, and an overlay over all of them becomes `/nix`. It is put
 * together in a place that nobody looks at, and moved to `/nix` in one step when it is complete. Then that one mount is
 * all there is: an overlay keeps its layers alive by itself.
 */
import { lchown, link, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { SeedError, systemCode } from '../../errors.ts'
import type { PathInfo } from '../../nix/closure.ts'
import { createDatabase, readValidPaths, registerPaths } from '../../nix/store-database.ts'
import type { Descriptor, Repository } from '../../oci/types.ts'
import type { Ports } from '../../ports.ts'
import { hasDaemon } from '../../place.ts'
import { run, ToolFailure } from '../../process.ts'
import { removeTree } from '../../removal.ts'
import { ANNOTATION_CONTENT, type SeedContents, type SeedImage } from '../image.ts'
import { placeProfile, placeRoots } from '../placement.ts'
import type { Selection } from '../selection.ts'
import { exists, nameOf } from '../stage.ts'
import { hasBlobs, withBlobs, type CachedBlobs, type CacheOptions } from './cache.ts'
import { environment, mount, mountAll, never, readMounts, unmount } from './mounts.ts'
import { newOwnedName } from './owner.ts'
import { erofsOptions, MountRefused, OVERLAY_OPTIONS, probeMounts, reasonOf, type Backing } from './probe.ts'
import { Receiving } from './receiving.ts'
import { beginState, completeState, stateFolder } from './state.ts'
import { MOUNT_SOURCE, storeMount, takeBack } from './undo.ts'

export interface MountOptions {
  cache: CacheOptions
  /** Who may write to a store that is new; root where absent. */
  owner?: Owner
}

export interface Owner {
  uid: number
  gid: number
}

export interface Mounted {
  /** Store paths of the seed that were valid before. */
  present: number
  layers: number
  /** Bytes fetched from the repository, and bytes that the cache had. */
  bytes: number
  cached: number
  backing: Backing
}

/** What the kernel allows, in number and in the one page that all options have: short relative names are used. */
const MAX_LAYERS = 500
const DATABASE_CONTENT = 'store database'

interface Layer {
  descriptor: Descriptor
  /** Names of the store paths in it. */
  names: ReadonlySet<string>
}

/**
 * Mounts a seed at `root/nix`, over a store that may be there.
 *
 * @param root absolute; what a killed restore has left there has been taken back
 * @returns undefined where all that is selected is there already
 * @throws MountRefused where this machine does not mount it; SeedError or the system's own error for other failures. The
 *   store is then as it was before
 */
export async function mountSeed(
  image: SeedImage,
  seed: Selection,
  repository: Repository,
  root: string,
  { cache, owner }: MountOptions,
  ports: Ports
): Promise<Mounted | undefined> {
  const target = join(root, 'nix')
  const valid = await readValidPaths(join(target, 'var/nix/db'))
  const wanted = seed.closure.filter(({ path }) => valid?.has(path) !== true)
  if (wanted.length === 0) return undefined
  const present = seed.closure.length - wanted.length
  // The database in the seed is that of all of it.
  const layers = layersFor(image, seed, wanted, valid === undefined && seed.rest.length === 0)
  await refuseSurroundings(target)
  const blobs = layers.map(({ descriptor }) => descriptor)
  const receiving = new Receiving()
  try {
    // Its threads start while the machine is probed.
    if (!(await hasBlobs(cache, blobs))) receiving.start()
    const backing = await probeMounts(cache.folder, stateFolder(root), ports)
    return await withBlobs(cache, blobs, repository, receiving, ports, async found => {
      ports.signal.throwIfAborted()
      const making = new Making(root, layers, found, backing, ports)
      await making.run(image.index.digest, seed, wanted, valid, owner)
      return { present, layers: layers.length, bytes: found.fetched, cached: found.reused, backing: making.backing }
    })
  } finally {
    await receiving.close()
  }
}

/** The layers with a wanted path, and the one with the database if that is asked for. */
function layersFor(image: SeedImage, seed: SeedContents, wanted: readonly PathInfo[], withDatabase: boolean): Layer[] {
  if (image.erofs === undefined) throw new MountRefused('the image has no EROFS layers')
  const names = image.erofs.layers.map(() => new Set<string>())
  for (const [path, layer] of seed.layerOf) names[layer]?.add(nameOf(path))
  const needed = new Set(wanted.map(({ path }) => seed.layerOf.get(path)))
  const layers = image.erofs.layers.flatMap((descriptor, at) => {
    const isDatabase = withDatabase && image.layers[at]?.annotations?.[ANNOTATION_CONTENT] === DATABASE_CONTENT
    return needed.has(at) || isDatabase ? [{ descriptor, names: names[at] ?? new Set<string>() }] : []
  })
  if (layers.length > MAX_LAYERS - 2) throw new MountRefused(`an overlay takes ${MAX_LAYERS} layers at most`)
  return layers
}

/** What an overlay over `target` would hide, or part from its files. */
async function refuseSurroundings(target: string): Promise<void> {
  if ((await storeMount(target)) !== undefined) throw new MountRefused('a seed is mounted there already')
  const inside = (await readMounts()).find(({ target: other }) => other.startsWith(`${target}/`))
  if (inside !== undefined) throw new MountRefused(`${inside.target} is a mount of its own`)
  // It would write to the database that it has open, below the overlay, and have what it builds land above it.
  if (await hasDaemon(target)) throw new MountRefused('a Nix daemon serves the store that is there')
}

/** The making of one mounted store, step by step. What it leaves when it fails or is killed, `takeBack` takes back. */
class Making {
  readonly #root: string
  readonly #target: string
  readonly #folder: string
  readonly #layers: readonly Layer[]
  readonly #found: CachedBlobs
  /** Older programs take a loop device where the kernel would not need one. */
  backing: Backing
  readonly #ports: Ports

  constructor(root: string, layers: readonly Layer[], found: CachedBlobs, backing: Backing, ports: Ports) {
    this.#root = root
    this.#target = join(root, 'nix')
    this.#folder = stateFolder(root)
    this.#layers = layers
    this.#found = found
    this.backing = backing
    this.#ports = ports
  }

  async run(
    digest: string,
    seed: SeedContents,
    wanted: readonly PathInfo[],
    valid: ReadonlySet<string> | undefined,
    owner?: Owner
  ): Promise<void> {
    const madeFolder = !(await exists(this.#target))
    if (!(await beginState(this.#folder, { owner: await newOwnedName(), digest, madeFolder }))) {
      throw new SeedError('FILE_SYSTEM', 'another process is restoring a seed there', {
        resource: this.#target,
        hint: 'Wait for it to end, or choose another place with --root.'
      })
    }
    try {
      await this.#mountLayers()
      await this.#mountStore(wanted, valid)
      this.#ports.signal.throwIfAborted()
      await this.#register(seed, wanted, valid !== undefined)
      if (owner !== undefined && valid === undefined) await giveStore(this.#path('mounts/merged'), owner)
      this.#ports.signal.throwIfAborted()
      if (madeFolder) await mkdir(this.#target, { recursive: true })
      await mount(['--move', this.#path('mounts/merged'), this.#target], this.#ports)
      // With all that is mounted below: one step, where a hundred layers take a quarter of a second one by one.
      await unmount([this.#path('mounts')], this.#ports, ['--lazy'])
      await completeState(this.#folder)
    } catch (error) {
      await takeBack(this.#root, this.#ports)
      throw error instanceof ToolFailure ? new MountRefused(reasonOf(error), { cause: error }) : error
    }
  }

  /** Below a mount of our own, which nothing spreads from: a mount can only be moved away from such a one. */
  async #mountLayers(): Promise<void> {
    const place = this.#path('mounts')
    await mkdir(place)
    await mount(['--bind', '--make-private', place, place], this.#ports)
    const entries = this.#found.files.map((source, at) => ({ source, target: this.#path(`mounts/${at}`) }))
    for (const { target } of entries) await mkdir(target)
    await mountAll(entries, 'erofs', erofsOptions(this.backing), this.#path('table'), this.#ports)
    const first = (await readMounts()).find(({ target }) => target === entries[0]?.target)
    if (first?.source.startsWith('/dev/loop')) this.backing = 'loop'
    for (const [at, { descriptor, names }] of this.#layers.entries()) {
      await checkLayer(this.#path(`mounts/${at}`), names, descriptor)
    }
  }

  /** From the top: what is written, the store that was there, what it hides of the seed, and the seed. */
  async #mountStore(wanted: readonly PathInfo[], valid: ReadonlySet<string> | undefined): Promise<void> {
    for (const name of ['upper', 'work', 'mounts/merged']) await mkdir(this.#path(name), { mode: 0o755 })
    const lower = this.#layers.map((_, at) => `${at}/nix`).reverse()
    if (await this.#mask(wanted)) lower.unshift('../mask')
    if (valid !== undefined) {
      await this.#removeLeftovers(wanted)
      await mkdir(this.#path('mounts/old'))
      await mount(['--bind', this.#target, this.#path('mounts/old')], this.#ports)
      lower.unshift('old')
    }
    const options = `lowerdir=${lower.join(':')},upperdir=../upper,workdir=../work,${OVERLAY_OPTIONS}`
    await mount(['-t', 'overlay', '-o', options, MOUNT_SOURCE, 'merged'], this.#ports, this.#path('mounts'))
  }

  /** What an interrupted build has left in the place of a path would become one with it in an overlay. */
  async #removeLeftovers(wanted: readonly PathInfo[]): Promise<void> {
    for (const { path } of wanted) {
      const place = join(this.#target, 'store', nameOf(path))
      if (await exists(place)) await removeTree(place)
    }
  }

  /**
   * Hides what the layers have beside wanted paths. Of valid ones they need not have the same to the byte, and a folder that
   * several layers have is one with the content of all. Others are not registered, so that Nix would want to remove them.
   *
   * @returns whether there is anything to hide
   */
  async #mask(wanted: readonly PathInfo[]): Promise<boolean> {
    const shown = new Set(wanted.map(({ path }) => nameOf(path)))
    const names = this.#layers.flatMap(layer => [...layer.names].filter(name => !shown.has(name)))
    if (names.length === 0) return false
    await mkdir(this.#path('mask/store'), { recursive: true })
    // https://docs.kernel.org/filesystems/overlayfs.html#whiteouts-and-opaque-directories
    const whiteout = this.#path('whiteout')
    await run('mknod', [whiteout, 'c', '0', '0'], { env: environment(this.#ports), signal: never() })
    for (const name of names) await link(whiteout, this.#path(`mask/store/${name}`))
    return true
  }

  async #register(seed: SeedContents, wanted: readonly PathInfo[], isBeside: boolean): Promise<void> {
    const merged = this.#path('mounts/merged')
    const database = join(merged, 'var/nix/db')
    if (isBeside) await registerPaths(database, wanted)
    else if (!(await exists(join(database, 'db.sqlite')))) {
      await mkdir(join(merged, 'var/nix'), { recursive: true })
      await createDatabase(database, wanted)
    }
    await placeRoots(merged, seed.roots)
    if (seed.nix !== undefined) await placeProfile(merged, seed.nix)
  }

  #path(name: string): string {
    return join(this.#folder, name)
  }
}

/** @throws SeedError CONTENT_INVALID where a layer does not hold what the table says */
async function checkLayer(folder: string, names: ReadonlySet<string>, { digest }: Descriptor): Promise<void> {
  const found = await readdir(join(folder, 'nix/store')).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  })
  const has = new Set(found)
  const wrong = found.find(name => !names.has(name)) ?? [...names].find(name => !has.has(name))
  if (wrong === undefined) return
  throw new SeedError('CONTENT_INVALID', `a layer ${has.has(wrong) ? 'holds' : 'lacks'} ${wrong}`, {
    resource: digest,
    hint: 'The image was not made by `nix-seed publish`; do not use it.'
  })
}

/** Gives away the folder of the store and all of Nix's state, but no store path: those are read, and replaced by none. */
async function giveStore(nixFolder: string, { uid, gid }: Owner): Promise<void> {
  const state = await readdir(join(nixFolder, 'var'), { recursive: true })
  const paths = ['', 'store', 'var', ...state.map(name => join('var', name))]
  for (const path of paths) await lchown(join(nixFolder, path), uid, gid)
}
