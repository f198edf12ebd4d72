import type { Ports } from '../ports.ts'
import { argumentChunks, isAtLeast, nix, nixVersion, parseNixJson } from './command.ts'
import { isObject } from './json-shape.ts'
import { storeDir } from './store-path.ts'

/**
 * How a valid path came into a store: `built` by this machine; `fetched` from a substituter or another store; or `added`
 * as it is, which evaluation does with the project's source, flake inputs and files.
 */
export type Origin = 'built' | 'fetched' | 'added'

export interface KnownPath {
  path: string
  /** Bytes of its NAR serialisation. */
  bytes: number
  origin: Origin
}

/**
 * Asks Nix where `paths` came from. Those that are not valid are left out. Nothing is fetched for the answer.
 *
 * @throws SeedError TOOL_MISSING without Nix, TOOL_FAILED, NIX_EVALUATION, INTERRUPTED
 */
export async function queryOrigins(paths: readonly string[], ports: Ports): Promise<KnownPath[]> {
  const format = isAtLeast(await nixVersion(ports), 2, 34) ? ['--json-format', '1'] : []
  const known: KnownPath[] = []
  for (const chunk of argumentChunks(paths)) {
    // Without --offline, Nix would look for substitutes of what is not valid.
    const output = await nix(['path-info', '--offline', '--json', ...format, ...chunk], ports, {
      task: 'could not ask Nix where store paths came from'
    })
    known.push(...parseOrigins(parseNixJson(output, 'nix path-info')))
  }
  return known
}

/** Reads the three shapes of `nix path-info --json` (see parsePathInfo), and passes over what it does not know. */
export function parseOrigins(json: unknown): KnownPath[] {
  if (Array.isArray(json)) return json.flatMap(entry => (isObject(entry) ? knownPath(entry.path, entry) : []))
  if (!isObject(json)) return []
  const infos = isObject(json.info) ? json.info : json
  return Object.entries(infos).flatMap(([path, info]) => knownPath(path, info))
}

function knownPath(name: unknown, info: unknown): KnownPath[] {
  if (typeof name !== 'string' || !isObject(info) || info.valid === false) return []
  if (typeof info.narSize !== 'number') return []
  const path = name.startsWith('/') ? name : `${storeDir}/${name}`
  return [{ path, bytes: info.narSize, origin: originOf(info) }]
}

function originOf({ ultimate, signatures, deriver, ca }: Readonly<Record<string, unknown>>): Origin {
  if (ultimate === true) return 'built'
  const isSigned = Array.isArray(signatures) && signatures.length > 0
  const hasDeriver = typeof deriver === 'string' && deriver !== ''
  return isSigned || hasDeriver || ca === undefined || ca === null || ca === '' ? 'fetched' : 'added'
}
