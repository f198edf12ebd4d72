import { SeedError } from '../errors.ts'
import type { Ports } from '../ports.ts'
import { argumentChunks, isAtLeast, nix, nixVersion, parseNixJson } from './command.ts'
import { encodeBase32, sha256Hex } from './hash.ts'
import { isObject, shapeOf } from './json-shape.ts'
import type { Json } from './json-shape.ts'
import { compareText, storePath } from './store-path.ts'

/** What the store knows about one valid path. */
export interface PathInfo {
  path: string
  /** SHA-256 of its NAR serialisation, as `sha256:<64 hex digits>`. */
  narHash: string
  /** Bytes of its NAR serialisation. */
  narSize: number
  /** The store paths that it refers to, sorted; itself among them where it refers to itself. */
  references: string[]
  /** The content address, for paths that have one. */
  ca?: string
}

const shape = shapeOf('nix path-info', 'TOOL_FAILED')

/**
 * The runtime closure of `paths`: they and everything that they refer to, over any number of steps.
 *
 * @returns one entry for each store path, sorted by path, with every reference among the entries.
 * @throws SeedError STORE_INVALID where a path is not valid in the store.
 */
export async function queryClosure(paths: readonly string[], ports: Ports): Promise<PathInfo[]> {
  const roots = [...new Set(paths.map(storePath))].sort(compareText)
  const format = isAtLeast(await nixVersion(ports), 2, 34) ? ['--json-format', '1'] : []
  const found = new Map<string, PathInfo>()
  for (const chunk of argumentChunks(roots)) {
    const args = ['path-info', '--recursive', '--json', ...format, ...chunk]
    const output = await nix(args, ports, { code: 'NIX_BUILD', task: 'could not ask Nix for the closure' }).catch(
      (error: unknown) => {
        throw invalidPath(error) ?? error
      }
    )
    for (const info of parsePathInfo(parseNixJson(output, 'nix path-info'))) found.set(info.path, info)
  }
  return assertClosed([...found.values()].sort((a, b) => compareText(a.path, b.path)))
}

/**
 * Reads what `nix path-info --json` prints: a list (until Nix 2.18), an object keyed by path (2.19 and later), or
 * format 2, whose object stands under `info` and whose paths are base names.
 *
 * @throws SeedError STORE_INVALID for a path that is not valid, TOOL_FAILED for another shape.
 */
export function parsePathInfo(json: unknown): PathInfo[] {
  if (Array.isArray(json)) {
    return json.map((entry, i) => {
      const info = shape.object(entry, `[${i}]`)
      return pathInfo(shape.text(info.path, `[${i}].path`), info)
    })
  }
  const document = shape.object(json, 'the document')
  const infos = isObject(document.info) ? document.info : document
  return Object.entries(infos).map(([path, info]) => pathInfo(path, info))
}

function pathInfo(name: string, entry: unknown): PathInfo {
  const path = storePath(name)
  const info = isObject(entry) ? entry : {}
  if (info.narHash === undefined || info.valid === false) throw notValid(path)
  const ca = contentAddress(info.ca, path)
  return {
    path,
    narHash: sha256Hex(info.narHash),
    narSize: shape.count(info.narSize, `narSize of ${path}`),
    references: shape.texts(info.references, `references of ${path}`).map(storePath).sort(compareText),
    ...(ca === undefined ? {} : { ca })
  }
}

/** A failure of Nix that is about a path that is not in the store. */
function invalidPath(error: unknown): SeedError | undefined {
  const path = error instanceof SeedError ? /path '([^']+)' is not valid/.exec(error.message)?.[1] : undefined
  return path === undefined ? undefined : notValid(path, error)
}

function notValid(path: string, cause?: unknown): SeedError {
  return new SeedError('STORE_INVALID', `${path} is not valid in the store`, {
    resource: path,
    hint: `Realise it first: nix-store --realise ${path}`,
    cause
  })
}

/** The content address as the database writes it; the structured format spells out what that text abbreviates. */
function contentAddress(ca: unknown, path: string): string | undefined {
  if (ca === undefined || ca === null || ca === '') return undefined
  if (typeof ca === 'string') return ca
  return structuredContentAddress(shape.object(ca, `ca of ${path}`), path)
}

function structuredContentAddress(ca: Json, path: string): string {
  const prefix = { text: 'text:', flat: 'fixed:', nar: 'fixed:r:', git: 'fixed:git:' }[String(ca.method)]
  if (prefix === undefined) return shape.fail(`ca.method of ${path}`, 'a known method')
  return prefix + caHash(ca.hash, path)
}

function caHash(hash: unknown, path: string): string {
  if (typeof hash === 'string' && hash.includes(':')) return hash
  const sri = typeof hash === 'string' ? /^([a-z0-9]+)-(.+)$/.exec(hash) : null
  const fields = isObject(hash) ? hash : {}
  const algorithm = sri?.[1] ?? shape.text(fields.algorithm, `ca.hash.algorithm of ${path}`)
  const digest = Buffer.from(sri?.[2] ?? shape.text(fields.hash, `ca.hash.hash of ${path}`), 'base64')
  return `${algorithm}:${encodeBase32(digest)}`
}

/** Checks that every reference is an entry too; a store where it is not would make a seed that cannot run. */
function assertClosed(closure: PathInfo[]): PathInfo[] {
  const paths = new Set(closure.map(info => info.path))
  for (const { path, references } of closure) {
    const missing = references.find(reference => !paths.has(reference))
    if (missing === undefined) continue
    throw new SeedError('STORE_INVALID', `${path} refers to ${missing}, which is not valid in the store`, {
      resource: missing,
      hint: 'Check the store with "nix-store --verify --repair".'
    })
  }
  return closure
}
