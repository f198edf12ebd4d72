import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { SeedError, redactUrl } from '../errors.ts'
import type { Ports } from '../ports.ts'
import { nix, parseNixJson } from './command.ts'
import type { EvalOptions } from './evaluate.ts'
import { evalExpression, evalJson, nixString } from './evaluate.ts'
import { SEED_INPUT, isRelative, parseFlakeLock, reachableNodes, readFlakeLock } from './flake-lock.ts'
import type { FlakeLock } from './flake-lock.ts'
import { isObject, shapeOf } from './json-shape.ts'
import type { Json } from './json-shape.ts'
import { compareText, storePath } from './store-path.ts'

/** A flake whose source tree is in the store. */
export interface Flake {
  /** The reference to give to Nix, absolute: it means the same in every folder. Local trees are not locked by it. */
  reference: string
  /** The reference for people: locked where Nix could lock it, without credentials and query. */
  url: string
  /** The store path of its source tree: what Git tracks, with changes that are not committed yet. */
  sourcePath: string
  /** SHA-256 of that tree's NAR serialisation, as `sha256-<base64>`. */
  narHash: string
  /** The folder of `flake.nix` in the source tree: `''`, or `sub/folder`. */
  dir: string
  /** Where its lock file is or would be. */
  lockFile: string
  /** The lock as Nix sees it; of a flake without inputs it names the root alone. */
  lock: FlakeLock
  /** How it is fetched: `git`, `github`, `path`, … */
  type: string
  /** The commit; absent for dirty trees and where there is none. */
  rev?: string
  /** The commit that a dirty tree stands on, from Nix 2.17 on. */
  dirtyRev?: string
  revCount?: number
  /** Seconds since 1970. */
  lastModified: number
}

const shape = shapeOf('nix flake metadata', 'TOOL_FAILED')

/**
 * Brings a flake's source tree into the store and says what it is. Its lock file is not changed.
 *
 * @param reference as `nix build` takes it, without `#` and attribute.
 * @throws SeedError FLAKE_MISSING, LOCK_MISSING, LOCK_INVALID (it does not fit flake.nix), NIX_EVALUATION.
 */
export async function readFlake(reference: string, ports: Ports, options: { cwd?: string } = {}): Promise<Flake> {
  let output: string
  try {
    output = await nix(['flake', 'metadata', '--json', '--no-update-lock-file', reference], ports, {
      task: 'could not read the flake',
      resource: reference,
      ...options
    })
  } catch (error) {
    throw await metadataFailure(error, reference, options.cwd ?? '.')
  }
  return parseFlakeMetadata(parseNixJson(output, 'nix flake metadata'))
}

/** Reads what `nix flake metadata --json` prints. */
export function parseFlakeMetadata(json: unknown): Flake {
  const document = shape.object(json, 'the document')
  const locked = isObject(document.locked) ? document.locked : {}
  const dir = [locked, document.resolved, document.original].map(dirOf).find(found => found !== '') ?? ''
  const sourcePath = storePath(shape.text(document.path, 'path'))
  const url = shape.text(document.url ?? document.resolvedUrl, 'url')
  const resolvedUrl = shape.text(document.resolvedUrl, 'resolvedUrl')
  const rev = locked.rev ?? document.revision
  const lockFile = `${sourcePath}/${dir === '' ? '' : `${dir}/`}flake.lock`
  return {
    // Fetching a local repository at a commit would clone it; as it stands it is read in place.
    reference: typeof rev === 'string' && !resolvedUrl.startsWith('git+file:') ? url : resolvedUrl,
    url: redactUrl(url),
    sourcePath,
    narHash: shape.text(locked.narHash, 'locked.narHash'),
    dir,
    lockFile,
    lock: parseFlakeLock(JSON.stringify(document.locks), lockFile),
    type: typeof locked.type === 'string' ? locked.type : 'path',
    lastModified: Number(document.lastModified ?? locked.lastModified ?? 0),
    ...(typeof rev === 'string' ? { rev } : {}),
    ...(typeof locked.dirtyRev === 'string' ? { dirtyRev: locked.dirtyRev } : {}),
    ...(typeof locked.revCount === 'number' ? { revCount: locked.revCount } : {})
  }
}

function dirOf(attributes: unknown): string {
  const dir = isObject(attributes) ? attributes.dir : undefined
  return typeof dir === 'string' ? dir.replace(/^\/+|\/+$/g, '') : ''
}

/** Tells the failures that have a code of their own from those that are Nix's to explain. */
async function metadataFailure(error: unknown, reference: string, cwd: string): Promise<unknown> {
  if (!(error instanceof SeedError) || error.code !== 'NIX_EVALUATION') return error
  const { message, cause } = error
  const make = (code: SeedError['code'], text: string, hint: string) =>
    new SeedError(code, `${text}:\n${message.slice(message.indexOf('\n') + 1)}`, { resource: reference, hint, cause })
  if (/flake\.nix.*not tracked|could not find a flake\.nix|does not contain a .*flake\.nix/.test(message)) {
    return make('FLAKE_MISSING', 'there is no flake here', 'Name a folder whose flake.nix is tracked by Git.')
  }
  if (/No such file or directory|does not exist/.test(message) && !/while evaluating|while calling/.test(message)) {
    return make('FLAKE_MISSING', 'there is no flake here', 'Check the path and name a folder that has a flake.nix.')
  }
  // Versions of Nix say many things about a broken lock file, and some end with an assertion.
  const lockFailure = await lockFailureOf(reference, cwd)
  if (lockFailure?.code === 'LOCK_INVALID') return lockFailure
  if (!/requires lock file changes/.test(message)) return error
  const hint = 'Run "nix flake lock" and commit flake.lock; in a Git tree, "git add" it first.'
  return lockFailure?.code === 'LOCK_MISSING'
    ? make('LOCK_MISSING', 'the flake has no flake.lock', hint)
    : make('LOCK_INVALID', 'flake.lock does not fit flake.nix', hint)
}

/** What is wrong with the lock file of a local flake as it stands on the disk; Nix looks for `flake.nix` in the folders above too. */
async function lockFailureOf(reference: string, cwd: string): Promise<SeedError | undefined> {
  const [, path, query] = /^(?:path:|git\+file:(?:\/\/)?)?([./][^?#]*)(?:\?([^#]*))?/.exec(reference) ?? []
  if (path === undefined) return undefined
  let folder = resolve(cwd, path, new URLSearchParams(query).get('dir') ?? '')
  while (!existsSync(join(folder, 'flake.nix')) && folder !== dirname(folder)) folder = dirname(folder)
  return readFlakeLock(join(folder, 'flake.lock')).then(
    () => undefined,
    (error: unknown) => (error instanceof SeedError ? error : undefined)
  )
}

/**
 * All outputs of a flake, given to the Nix function `apply`, as JSON. They are evaluated as `nix build` does it: pure.
 *
 * @throws SeedError NIX_EVALUATION with Nix's own message.
 */
export async function evalOutputs(
  reference: string,
  apply: string,
  ports: Ports,
  options: EvalOptions = {}
): Promise<unknown> {
  try {
    // The dot keeps Nix from looking for a package of that name first; with nothing behind it, it is all outputs.
    return await evalJson(`${reference}#.`, ports, { ...options, apply })
  } catch (error) {
    if (!(error instanceof SeedError) || !/does not provide attribute .*'\.'/.test(error.message)) throw error
  }
  // Nix 2.8 knows no such dot, but takes a flake whose hash is known in a pure expression.
  const flake = lockedReference(await readFlake(reference, ports))
  return evalExpression(`(${apply}) (builtins.getFlake ${nixString(flake)}).outputs`, ports, options)
}

/** A reference to the source tree in the store that says all that is known of it: pure evaluation may use it. */
function lockedReference({ sourcePath, narHash, lastModified, rev, revCount, dir }: Flake): string {
  return pathReference(sourcePath, { narHash, lastModified, rev, revCount, dir })
}

/**
 * A flake reference to a folder. `path:` takes as parameters what another fetcher would have found out, so that the flake
 * sees the same of itself.
 *
 * @param path absolute, without links on the way: Nix follows none.
 */
export function pathReference(path: string, attributes: Readonly<Record<string, string | number | undefined>>): string {
  const parameters = Object.entries(attributes).filter(([, value]) => value !== undefined && value !== '')
  const query = parameters.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')
  return `path:${path.split('/').map(encodeURIComponent).join('/')}${query === '' ? '' : `?${query}`}`
}

/**
 * The store paths of the source trees of all locked inputs, fetched where they are not in the store yet. The tree of
 * the project's own seed is left out, with all that is only reached through it.
 *
 * @returns sorted store paths.
 */
export async function inputSources(flake: Flake, ports: Ports): Promise<string[]> {
  const names = reachableNodes(flake.lock, { without: [SEED_INPUT] })
  const trees = await sourceTrees(flake.lock, names, ports)
  return [...new Set(trees.values())].sort(compareText)
}

/** Nodes of a lock file that one evaluation fetches: their attributes must fit on a command line. */
const NODES_PER_CALL = 100

/**
 * Fetches nodes of a lock file as evaluation does.
 *
 * @returns store paths by node name, without the nodes that are folders of their parents.
 * @throws SeedError NIX_EVALUATION where one cannot be fetched.
 */
export async function sourceTrees(
  lock: FlakeLock,
  names: readonly string[],
  ports: Ports
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const own = names.filter(name => lock.nodes[name]?.locked !== undefined && !isRelative(lock.nodes[name]))
  for (let i = 0; i < own.length; i += NODES_PER_CALL) {
    const attributes = Object.fromEntries(own.slice(i, i + NODES_PER_CALL).map(name => [name, treeOf(lock, name)]))
    const fetch = `builtins.mapAttrs (_: tree: (builtins.fetchTree tree).outPath)`
    const expression = `${fetch} (builtins.fromJSON ${nixString(JSON.stringify(attributes))})`
    const paths = await evalExpression(expression, ports, { task: 'could not fetch the inputs of the flake' })
    for (const [name, path] of Object.entries(paths as Json)) found.set(name, storePath(String(path)))
  }
  return found
}

/** What `fetchTree` takes: the locked attributes, less the folder of the flake in the tree. */
function treeOf(lock: FlakeLock, name: string): Json {
  const { dir: _, ...attributes } = lock.nodes[name]?.locked ?? {}
  return attributes
}
