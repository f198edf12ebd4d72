/**
 * The pin: how a project names the seed that its jobs start from. `flake.lock` locks the input `seed-self`, a branch of
 * the project's own repository, by commit and NAR hash; the one file of that branch, `seed.json`, names an image for
 * each system, by digest. So nothing that can be changed in place is on the way from the lock file to the layers.
 */
import { createHash } from 'node:crypto'
import { SeedError } from '../errors.ts'
import type { PathInfo } from '../nix/closure.ts'
import { SEED_INPUT, seedSelfNode, type FlakeLock, type LockNode } from '../nix/flake-lock.ts'
import { isObject } from '../nix/json-shape.ts'
import type { GitHubBranch } from '../nix/lock-edit.ts'
import { narHashOfTree } from '../nix/nar.ts'
import { compareText } from '../nix/store-path.ts'
import { isDigest } from '../oci/digest.ts'
import { formatName, parseName, type RegistryName } from '../oci/name.ts'

/** The branch that holds the pins, and nothing but them. */
export const SEED_BRANCH = 'nix-seed'
export const SEED_FILE = 'seed.json'

/** A seed for one system. */
export interface PinnedSeed {
  /** `HOST/REPOSITORY@sha256:…` */
  image: string
  /** The lock key that it was made for: 64 hex digits. */
  lockKey: string
  /** `sha256:…`, as {@link closureHash} has it. */
  closure: string
}

/**
 * What `seed.json` says.
 *
 * Later releases may add members to the document and to each seed without a new version, as long as a reader that
 * does not know them is right about the others; so unknown members are no error. They are kept as they are where one
 * system's seed is replaced beside another's, so that an older release takes nothing away from a newer one.
 */
export interface SeedPins {
  version: 1
  /** By Nix's name of the system. */
  systems: Record<string, PinnedSeed>
}

const SYSTEM = /^[a-z0-9_]{1,32}-[a-z0-9_]{1,32}$/

/**
 * Parses `seed.json`.
 *
 * @throws SeedError PIN_INVALID with what is wrong and where.
 */
export function parseSeedPins(bytes: Uint8Array, resource: string): SeedPins {
  const wrong: Wrong = (what, cause) =>
    new SeedError('PIN_INVALID', `${SEED_FILE}: ${what}`, {
      resource,
      hint: `Publish the seed again in seed mode: it writes the file. If it still fails, remove the branch ${SEED_BRANCH} first.`,
      cause
    })
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw wrong('it is not JSON', cause)
  }
  if (!isObject(json)) throw wrong('the document is not an object')
  if (json.version !== 1) {
    throw new SeedError('PIN_INVALID', `${SEED_FILE}: version is ${shown(json.version)}, known is 1`, {
      resource,
      hint: 'It was written by another release of Nix Seed: use that one, or a newer.'
    })
  }
  if (!isObject(json.systems)) throw wrong('systems is not an object')
  const systems = Object.entries(json.systems).map(([system, seed]) => {
    if (!SYSTEM.test(system)) throw wrong(`systems has a member ${shown(system)}, which is no system`)
    return [system, parseSeed(seed, `systems.${system}`, wrong)] as const
  })
  return { ...json, version: 1, systems: Object.fromEntries(systems) }
}

type Wrong = (what: string, cause?: unknown) => SeedError

function parseSeed(seed: unknown, where: string, wrong: Wrong): PinnedSeed {
  if (!isObject(seed)) throw wrong(`${where} is not an object`)
  const { image, lockKey, closure } = seed
  if (typeof image !== 'string') throw wrong(`${where}.image is not a string`)
  try {
    pinnedImage(image)
  } catch (cause) {
    throw wrong(`${where}.image: ${cause instanceof Error ? cause.message : ''}`, cause)
  }
  if (typeof lockKey !== 'string' || !/^[0-9a-f]{64}$/.test(lockKey))
    throw wrong(`${where}.lockKey is not 64 hex digits`)
  if (typeof closure !== 'string' || !isDigest(closure))
    throw wrong(`${where}.closure is not "sha256:" and 64 hex digits`)
  return { ...seed, image, lockKey, closure }
}

/** @throws SeedError REFERENCE_INVALID for all but an image in a registry, by digest alone. */
function pinnedImage(image: string): RegistryName {
  const name = parseName(image)
  const { kind, digest } = name
  if (kind !== 'registry') throw new SeedError('REFERENCE_INVALID', `${shown(image)} is not in a registry`)
  if (digest === undefined) throw new SeedError('REFERENCE_INVALID', `${shown(image)} has no digest`)
  if (name.tag !== undefined) throw new SeedError('REFERENCE_INVALID', `${shown(image)} has a tag`)
  return name
}

/** The bytes of `seed.json`: members sorted, two spaces, a line end at the end. Equal pins have equal bytes. */
export function formatSeedPins(pins: SeedPins): Buffer {
  return Buffer.from(`${JSON.stringify(sorted(pins), undefined, 2)}\n`)
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  const members = Object.entries(value).sort(([a], [b]) => compareText(a, b))
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]))
}

/** `pins` with `seed` for `system`; the seeds of other systems stay. */
export function mergeSeedPins(pins: SeedPins | undefined, system: string, seed: PinnedSeed): SeedPins {
  return { ...pins, version: 1, systems: { ...pins?.systems, [system]: seed } }
}

/**
 * The hash of a closure: what the store paths of a seed are, whatever the image that carries them looks like. It is the
 * SHA-256 of one line for each path, `PATH NARHASH` and a line end, sorted by bytes, with the NAR hash as `sha256:` and
 * 64 hex digits. Anyone can compute it:
 *
 *     nix-seed inspect IMAGE --json | jq -r '.paths[] | "\(.path) \(.narHash)"' | LC_ALL=C sort | sha256sum
 */
export function closureHash(closure: readonly Pick<PathInfo, 'path' | 'narHash'>[]): string {
  const lines = closure.map(({ path, narHash }) => `${path} ${narHash}\n`).sort(compareText)
  return `sha256:${createHash('sha256').update(lines.join('')).digest('hex')}`
}

/** Where `seed.json` is, as a lock file has it. Every member has been checked to be fit for a URL. */
export interface PinLocation {
  /** Of a GitHub Enterprise Server; undefined for github.com. */
  host: string | undefined
  owner: string
  repo: string
  /** The branch that the pin follows; absent where flake.nix fixes a commit. */
  ref?: string
  /** The commit: 40 hex digits. */
  rev: string
  /** NAR hash of the commit's tree, as SRI. */
  narHash: string
  /** Name of the node in the lock file. */
  node: string
}

const HOST = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::[0-9]{1,5})?$/i
const OWNER = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,99}$/
const REPO = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/
/** What Nix takes for a ref; https://github.com/NixOS/nix/blob/2.34.0/src/libutil/url.cc has more. */
const REF = /^(?!.*(?:\.\.|\/\/|\/$|\.lock$))[A-Za-z0-9@][A-Za-z0-9_./@+-]{0,254}$/
const REV = /^[0-9a-f]{40}$/
const NAR_HASH = /^sha256-[A-Za-z0-9+/]{43}=$/

/** The attribute that a flake.nix gets among its inputs, in one line. */
export function seedInput({ host, owner, repo, ref }: GitHubBranch): string {
  const server = host === undefined || host === 'github.com' ? '' : `?host=${host}`
  return `${SEED_INPUT} = { url = "github:${owner}/${repo}/${ref}${server}"; flake = false; };`
}

/**
 * Where a lock file pins the project's seed.
 *
 * @param resource the lock file, for the error.
 * @param branch where the project's seeds are pinned, for the hint.
 * @throws SeedError PIN_MISSING where the lock file has no input `seed-self`, PIN_INVALID where it is something else than
 *   a branch on GitHub, or malformed.
 */
export function pinLocation(lock: FlakeLock, resource: string, branch: GitHubBranch = EXAMPLE): PinLocation {
  const found = seedSelfNode(lock)
  if (found === undefined) {
    throw new SeedError('PIN_MISSING', `flake.lock has no input ${SEED_INPUT}, so no seed is pinned`, {
      resource,
      hint: howToPin(branch)
    })
  }
  const { name, node } = found
  const { locked = {} } = node
  const wrong = (what: string): SeedError =>
    new SeedError('PIN_INVALID', `flake.lock: ${what}`, {
      resource,
      hint: `Write inputs.${seedInput(branch)} in flake.nix, and run: nix flake update ${SEED_INPUT}`
    })
  if (name === lock.root) throw wrong(`the input ${SEED_INPUT} is the flake itself`)
  if (locked.type !== 'github')
    throw wrong(`the input ${SEED_INPUT} has the type ${shown(locked.type)} and not "github"`)
  if (node.flake) throw wrong(`the input ${SEED_INPUT} is taken for a flake: flake = false is missing`)
  const member = (key: string, form: RegExp): string => {
    const value = locked[key]
    if (typeof value === 'string' && form.test(value)) return value
    throw wrong(
      `nodes.${name}.locked.${key} is ${value === undefined ? 'missing' : `${shown(value)}, which it cannot be`}`
    )
  }
  const ref = refOf(node, name, wrong)
  return {
    host: locked.host === undefined ? undefined : member('host', HOST),
    owner: member('owner', OWNER),
    repo: member('repo', REPO),
    ...(ref === undefined ? {} : { ref }),
    rev: member('rev', REV),
    narHash: member('narHash', NAR_HASH),
    node: name
  }
}

/** The branch, which stands in what flake.nix asks for; what is locked has a commit in its place. */
function refOf({ raw }: LockNode, name: string, wrong: (what: string) => SeedError): string | undefined {
  const ref = isObject(raw.original) ? raw.original.ref : undefined
  if (ref === undefined || (typeof ref === 'string' && REF.test(ref))) return ref
  throw wrong(`nodes.${name}.original.ref is ${shown(ref)}, which it cannot be`)
}

const EXAMPLE: GitHubBranch = { owner: 'OWNER', repo: 'REPOSITORY', ref: SEED_BRANCH }

/** The order matters: Nix cannot lock a branch that is not there, and a flake with such an input fails altogether. */
function howToPin(branch: GitHubBranch): string {
  return (
    `Run seed mode once, which makes the branch ${branch.ref}; then add inputs.${seedInput(branch)} to flake.nix ` +
    `(and ${SEED_INPUT} or "..." to the arguments of outputs), run "nix flake lock", and commit both files.`
  )
}

/**
 * Reads `seed.json` as it came from where a lock file pins it.
 *
 * @throws SeedError PIN_INVALID where the bytes are not what the lock file's NAR hash says, or no pins.
 */
export function readPins(bytes: Uint8Array, location: PinLocation, resource: string): SeedPins {
  const found = narHashOfTree([{ path: SEED_FILE, bytes }])
  if (found === location.narHash) return parseSeedPins(bytes, resource)
  const commit = location.rev.slice(0, 12)
  throw new SeedError(
    'PIN_INVALID',
    `${SEED_FILE} is not what flake.lock pins: expected ${location.narHash}, found ${found}. Either commit ${commit} ` +
      `holds other files beside it, or somebody tampered with the file or with flake.lock`,
    {
      resource,
      hint: `See what the commit holds and who changed the lock. If nothing is wrong there, let the branch hold ${SEED_FILE} alone and run: nix flake update ${SEED_INPUT}`
    }
  )
}

/** The seed for `system`. @throws SeedError PIN_MISSING naming the systems that have one. */
export function pinnedSeed(pins: SeedPins, system: string, resource: string): PinnedSeed {
  const seed = Object.hasOwn(pins.systems, system) ? pins.systems[system] : undefined
  if (seed !== undefined) return seed
  const others = Object.keys(pins.systems).sort(compareText)
  const pinned = others.length === 0 ? 'none is pinned for any system' : `pinned are those for ${others.join(', ')}`
  throw new SeedError('PIN_MISSING', `no seed is pinned for ${system}: ${pinned}`, {
    resource,
    hint: `Run seed mode in a job on ${system} too.`
  })
}

/**
 * The image that a pin names, if it is in a repository that the workflow trusts. A pin comes out of the repository, from
 * a fork too; what it names becomes the software that runs first in the job, and may be asked for with credentials.
 *
 * @param trusted images as HOST/REPOSITORY. They are compared as a whole, the host without regard to case.
 * @throws SeedError SEED_REFUSED for any other; PIN_INVALID where the pin is no image with a digest; REFERENCE_INVALID
 *   where a trusted one is none.
 */
export function trustedImage(image: string, trusted: readonly string[]): RegistryName {
  const accepted = trusted.map(trustedName)
  let name: RegistryName
  try {
    name = pinnedImage(image)
  } catch (cause) {
    throw new SeedError('PIN_INVALID', 'the pin names no image by digest', { resource: image, cause })
  }
  if (accepted.includes(repositoryOf(name))) return name
  throw new SeedError('SEED_REFUSED', `the pin names an image that is not trusted: ${repositoryOf(name)}`, {
    resource: image,
    hint:
      `Trusted ${accepted.length === 1 ? 'is' : 'are'} ${accepted.join(', ') || 'none'}. ` +
      `If this one is right, add ${repositoryOf(name)} to the input trusted-images of the action.`
  })
}

function trustedName(text: string): string {
  const name = parseName(text)
  if (name.kind === 'registry' && name.tag === undefined && name.digest === undefined) return repositoryOf(name)
  throw new SeedError('REFERENCE_INVALID', `${shown(text)} is no repository of a registry`, {
    hint: 'Write trusted images as HOST/REPOSITORY, without a tag or a digest.'
  })
}

function repositoryOf({ host, repository }: RegistryName): string {
  return formatName({ kind: 'registry', host: host.toLowerCase(), repository })
}

/** A value out of a JSON file that may be anybody's, short enough for a message. */
function shown(value: unknown): string {
  const text = value === undefined ? 'missing' : JSON.stringify(value)
  return text.length <= 120 ? text : `${text.slice(0, 120)}…`
}
