/** The descriptor: the small JSON that `lib.mkSeed` produces and from which the packer makes an image. */
import { SeedError } from '../errors.ts'

export interface SeedDescriptor {
  version: 1
  name: string
  /** Nix's name of the platform, such as `x86_64-linux`. */
  system: string
  /** Store paths whose closure is the seed. */
  roots: string[]
  /** Store paths of the locked flake inputs' source trees. */
  inputs: string[]
  /** Store path of a tree that is laid out at `/`. */
  rootfs: string
  /** Directories of the root file system with modes that a store path cannot hold, such as `/tmp`. */
  directories: { path: string; mode: string }[]
  /** The image's run-time configuration, in OCI's terms. */
  config: { Env?: string[]; Cmd?: string[]; WorkingDir?: string; Labels?: Record<string, string> }
  /** Programs that make the layers; pinned here because their bytes differ between versions. */
  tools: { zstd: string; [tool: string]: string | null }
  /**
   * Licences of store paths, as SPDX identifiers, or names where there is none. Some of the paths are not in the seed, and
   * many that are have none here.
   */
  licenses?: Record<string, string[]>
  /**
   * By attribute of the flake, such as `packages.x86_64-linux.default`: the roots that this output needs and not every job
   * does. A root that stands in none of them is needed by all. Absent where it is not known.
   */
  outputs?: Record<string, string[]>
}

const STORE_PATH = /^\/nix\/store\/[0-9a-df-np-sv-z]{32}-[0-9a-zA-Z+\-._?=]+$/
/** The attribute of a flake's output: kind, system and name. A name may be almost anything that can be shown. */
export const ATTRIBUTE = /^[a-zA-Z]+\.[a-z0-9_]+-[a-z]+\.[^\p{Cc}]+$/u
const IN_STORE = /^\/nix\/store\/[0-9a-df-np-sv-z]{32}-[0-9a-zA-Z+\-._?=]+\/[^\0]+$/

/**
 * Parses a descriptor strictly: it decides what runs in people's jobs.
 *
 * @throws SeedError NOT_A_SEED naming the field that is wrong.
 */
export function parseDescriptor(text: string, resource: string): SeedDescriptor {
  const wrong = (what: string): SeedError =>
    new SeedError('NOT_A_SEED', `not a seed descriptor: ${what}`, {
      resource,
      hint: 'Make the seed with `lib.mkSeed` of this release of Nix Seed.'
    })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new SeedError('NOT_A_SEED', 'not a seed descriptor: no JSON', { resource, cause })
  }
  if (!isRecord(value)) throw wrong('not an object')
  if (value['version'] !== 1) throw wrong(`version ${JSON.stringify(value['version'])} is not 1`)
  const isStorePath = (path: unknown): path is string => typeof path === 'string' && STORE_PATH.test(path)
  const { name, system, rootfs, config, directories, tools, licenses = {}, outputs = {} } = value
  if (typeof name !== 'string' || name === '') throw wrong('`name` is missing')
  if (typeof system !== 'string' || !/^[a-z0-9_]+-[a-z]+$/.test(system)) throw wrong('`system` is not a Nix system')
  for (const key of ['roots', 'inputs']) {
    const list = value[key]
    if (!Array.isArray(list) || !list.every(isStorePath)) throw wrong(`\`${key}\` is not a list of store paths`)
  }
  if (!isStorePath(rootfs)) throw wrong('`rootfs` is not a store path')
  if (!isRecord(config)) throw wrong('`config` is not an object')
  for (const key of ['Env', 'Cmd']) {
    if (config[key] !== undefined && !isStrings(config[key])) throw wrong(`\`config.${key}\` is not a list of strings`)
  }
  if (!Array.isArray(directories) || !directories.every(isDirectory)) throw wrong('`directories` is malformed')
  if (!isRecord(tools) || typeof tools['zstd'] !== 'string') throw wrong('`tools.zstd` is missing')
  for (const [tool, path] of Object.entries(tools)) {
    if (path !== null && !(typeof path === 'string' && IN_STORE.test(path))) {
      throw wrong(`\`tools.${tool}\` is not a program in the store`)
    }
  }
  if (!isRecord(licenses)) throw wrong('`licenses` is not an object')
  for (const [path, names] of Object.entries(licenses)) {
    if (!isStorePath(path) || !isStrings(names)) throw wrong(`\`licenses\` is malformed at ${JSON.stringify(path)}`)
  }
  if (!isRecord(outputs)) throw wrong('`outputs` is not an object')
  const roots = new Set(value['roots'] as string[])
  for (const [attribute, paths] of Object.entries(outputs)) {
    const isValid = ATTRIBUTE.test(attribute) && isStrings(paths) && paths.every(path => roots.has(path))
    if (!isValid) throw wrong(`\`outputs\` is malformed at ${JSON.stringify(attribute)}`)
  }
  return value as unknown as SeedDescriptor
}

/**
 * The platform of an image in OCI's (that is, Go's) names.
 *
 * @throws SeedError NOT_A_SEED for systems that no container runs on.
 */
export function ociPlatform(system: string): { os: string; architecture: string } {
  const architecture = ARCHITECTURES[system]
  if (architecture !== undefined) return { os: 'linux', architecture }
  throw new SeedError('NOT_A_SEED', `seed images for the system ${system} are not supported`, {
    hint: `Supported are ${Object.keys(ARCHITECTURES).join(' and ')}.`
  })
}

const ARCHITECTURES: Record<string, string> = { 'x86_64-linux': 'amd64', 'aarch64-linux': 'arm64' }

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string')
}

function isDirectory(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value['path'] === 'string' &&
    /^(\/[^/\0]+)+$/.test(value['path']) &&
    !value['path'].split('/').includes('..') &&
    typeof value['mode'] === 'string' &&
    /^[0-7]{3,4}$/.test(value['mode'])
  )
}
