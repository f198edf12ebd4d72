/** Finds the seed that a project pins: `flake.lock` → the node of `seed-self` → `seed.json` → an image by digest. */
import { readFile, realpath, stat } from 'node:fs/promises'
import { join, posix, sep } from 'node:path'
import { SeedError, systemCode } from '../errors.ts'
import { readRepositoryFile } from '../github/contents.ts'
import { parseFlakeLock, type FlakeLock } from '../nix/flake-lock.ts'
import { formatName, type RegistryName } from '../oci/name.ts'
import { lockKey } from '../seed/key.ts'
import {
  pinLocation,
  pinnedSeed,
  readPins,
  SEED_FILE,
  trustedImage,
  type PinLocation,
  type SeedPins
} from '../seed/pin.ts'
import { permissionHint } from '../permission.ts'
import { bareName, gitHub, type Phase } from './context.ts'

/** A lock file as it stands somewhere. */
export interface LockText {
  text: string
  /** Where it was read, for messages. */
  resource: string
}

export interface PinnedImage {
  image: RegistryName
  /** `HOST/REPOSITORY@sha256:…` */
  reference: string
  /** Of the lock that the pin was read from. */
  lockKey: string
  /** Key of the lock that the pin says it was made for. */
  madeFor: string
  /** The seed was made for another lock than this one. */
  isStale: boolean
}

/** The lock file of the commit that the job is about, through the API; undefined where it has none there. */
export async function lockOfCommit(phase: Phase): Promise<LockText | undefined> {
  const { runner, inputs } = phase
  const { repository, sha } = runner.job
  const path = posix.join(inputs.flake, 'flake.lock')
  const bytes = await readRepositoryFile(gitHub(phase, inputs.githubToken), repository, path, sha)
  if (bytes === undefined) return undefined
  return { text: bytes.toString(), resource: `${repository.owner}/${repository.name}: ${path} at ${sha.slice(0, 12)}` }
}

/** As much as the API gives. */
const MAX_LOCK_BYTES = 32 * 1024 * 1024

/** The lock file of the checkout; undefined where there is none (yet). @throws SeedError USAGE, LOCK_INVALID, FILE_SYSTEM */
export async function lockOfCheckout(phase: Phase): Promise<LockText | undefined> {
  const resource = join(phase.runner.job.workspace, phase.inputs.flake, 'flake.lock')
  const file = await insideWorkspace('flake.lock', phase)
  if (file === undefined) return undefined
  try {
    const found = await stat(file)
    if (!found.isFile() || found.size > MAX_LOCK_BYTES) {
      const what = found.isFile() ? `it has more than ${MAX_LOCK_BYTES} bytes` : 'it is no file'
      throw new SeedError('LOCK_INVALID', `flake.lock: ${what}`, { resource, hint: 'Write it with "nix flake lock".' })
    }
    return { text: await readFile(file, 'utf8'), resource }
  } catch (cause) {
    throw cause instanceof SeedError ? cause : unreadable(resource, cause)
  }
}

/**
 * The path of something in the flake's folder, without links; undefined where it is not there. Links may lead anywhere,
 * and what is checked out may be a stranger's.
 *
 * @throws SeedError USAGE where it is outside of the workspace, FILE_SYSTEM
 */
export async function insideWorkspace(name: string, { runner, inputs }: Phase): Promise<string | undefined> {
  const { workspace } = runner.job
  const path = join(workspace, inputs.flake, name)
  try {
    const [top, found] = await Promise.all([realpath(workspace), realpath(path)])
    if (found === top || found.startsWith(`${top}${sep}`)) return found
  } catch (cause) {
    const code = systemCode(cause)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw unreadable(path, cause)
  }
  throw new SeedError('USAGE', 'a symbolic link leads out of the workspace', {
    resource: path,
    hint: 'Keep the flake in the checkout, and name its folder in the input flake.'
  })
}

function unreadable(resource: string, cause: unknown): SeedError {
  return new SeedError('FILE_SYSTEM', `it could not be read (${systemCode(cause) ?? 'unknown reason'})`, {
    resource,
    hint: 'Let the user of the job read the checkout.',
    cause
  })
}

/**
 * The seed that a lock pins for this system.
 *
 * @throws SeedError LOCK_INVALID, PIN_MISSING, PIN_INVALID, SEED_REFUSED, NOT_FOUND, or of the API
 */
export async function readPinned(lock: LockText, phase: Phase): Promise<PinnedImage> {
  const parsed = parseFlakeLock(lock.text, lock.resource)
  const location = locationOf(parsed, lock.resource, phase)
  const pins = await fetchPins(location, phase)
  const resource = `${location.owner}/${location.repo}: ${SEED_FILE} at ${location.rev.slice(0, 12)}`
  const pinned = pinnedSeed(pins, phase.system, resource)
  const { inputs } = phase
  const image = trustedImage(pinned.image, [inputs.image, ...inputs.trustedImages].map(bareName))
  const key = lockKey(parsed)
  const { lockKey: madeFor } = pinned
  return { image, reference: formatName(image), lockKey: key, madeFor, isStale: key !== madeFor }
}

/** Where a lock pins its seed. @throws SeedError PIN_MISSING, PIN_INVALID */
export function locationOf(lock: FlakeLock, resource: string, { runner, inputs }: Phase): PinLocation {
  const own = new URL(runner.job.serverUrl).host
  const { owner, name } = runner.job.repository
  const location = pinLocation(lock, resource, { host: own, owner, repo: name, ref: inputs.pinBranch })
  const host = location.host ?? 'github.com'
  if (host !== own) {
    throw new SeedError('PIN_INVALID', `the input seed-self is on ${host}, and this job runs on ${own}`, {
      resource,
      hint: `Only a branch of ${own} can be read: the input's URL wants ${own === 'github.com' ? 'no host' : `?host=${own}`}.`
    })
  }
  return location
}

/** `seed.json` where a lock pins it, checked against the hash in the lock. @throws SeedError NOT_FOUND, PIN_INVALID, or of the API */
export async function fetchPins(location: PinLocation, phase: Phase): Promise<SeedPins> {
  const { owner, repo, rev } = location
  const resource = `${owner}/${repo}: ${SEED_FILE} at ${rev.slice(0, 12)}`
  const repository = { owner, name: repo }
  const bytes = await readRepositoryFile(gitHub(phase, phase.inputs.githubToken), repository, SEED_FILE, rev)
  if (bytes === undefined) {
    // The forge says the same of a repository that the token may not see.
    throw new SeedError('NOT_FOUND', `there is no ${SEED_FILE} at the commit that flake.lock pins`, {
      resource,
      hint:
        'Run the workflow in seed mode, and then "nix flake update seed-self". ' +
        `If it is there, the token may not read it. ${permissionHint('contents: read')}`
    })
  }
  return readPins(bytes, location, resource)
}
