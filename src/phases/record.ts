/** `seed.json` on its branch, and the lock file that is to pin it: what several jobs read and change at once. */
import { randomInt } from 'node:crypto'
import { posix } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SeedError } from '../errors.ts'
import type { GitHub } from '../github/api.ts'
import { commitFile, readBranch, type Commit } from '../github/branches.ts'
import { readRepositoryFile } from '../github/contents.ts'
import { parseName, type RegistryName } from '../oci/name.ts'
import { formatSeedPins, parseSeedPins, SEED_FILE, type SeedPins } from '../seed/pin.ts'
import { gitHub, type Phase } from './context.ts'
import type { LockText } from './pinned.ts'

/** The lock file that is to pin the seed. */
export interface Target {
  /** The branch. */
  base: string
  path: string
}

/** The head of the branch with `seed.json`, and what it says. */
export interface Record {
  commit: Commit
  bytes: Buffer
  pins: SeedPins
}

const ATTEMPTS = 8
const PAUSE_MS = 500

/** @param folder of the flake inside the repository */
export async function targetOf(folder: string, github: GitHub, phase: Phase): Promise<Target> {
  return { base: await baseBranch(github, phase), path: posix.join(folder, 'flake.lock') }
}

async function baseBranch(github: GitHub, { inputs, runner }: Phase): Promise<string> {
  const { job } = runner
  if (inputs.pullRequestBase !== undefined) return inputs.pullRequestBase
  if (job.defaultBranch !== undefined) return job.defaultBranch
  const { owner, name } = job.repository
  const answer = await github.request<{ default_branch: string }>('GET /repos/{owner}/{repo}', { owner, repo: name })
  return answer.default_branch
}

/** The image that the branch names for this system, as an earlier run recorded it; none where it cannot be read. */
export async function recordedImage(phase: Phase): Promise<RegistryName | undefined> {
  const { inputs, ports, system } = phase
  try {
    const record = await readRecord(gitHub(phase, inputs.githubToken), phase)
    const seed = record?.pins.systems[system]
    const name = seed && parseName(seed.image)
    return name?.kind === 'registry' ? name : undefined
  } catch (error) {
    ports.signal.throwIfAborted()
    ports.log.info(`The branch ${inputs.pinBranch} could not be read, so no image is reused: ${messageOf(error)}`)
    return undefined
  }
}

/** What the branch of the pins holds; undefined where it is not there yet. @throws SeedError PIN_INVALID, FORGE_* */
export async function readRecord(github: GitHub, phase: Phase): Promise<Record | undefined> {
  const { repository } = phase.runner.job
  const { pinBranch } = phase.inputs
  const head = await readBranch(github, repository, pinBranch)
  if (head === undefined) return undefined
  const resource = `${repository.owner}/${repository.name}: ${SEED_FILE} on ${pinBranch}`
  const others = head.files.filter(({ path }) => path !== SEED_FILE).map(({ path }) => path)
  if (others.length > 0) {
    throw new SeedError('PIN_INVALID', `the branch holds more than ${SEED_FILE}: ${others.slice(0, 3).join(', ')}`, {
      resource,
      hint: 'The hash in flake.lock is that of all its files. Remove the others, or name another branch in pin-branch.'
    })
  }
  const bytes = await readRepositoryFile(github, repository, SEED_FILE, head.oid)
  if (bytes === undefined) throw new SeedError('PIN_INVALID', 'the branch is empty', { resource })
  return { commit: head, bytes, pins: parseSeedPins(bytes, resource) }
}

/**
 * Changes what the branch says, and makes the branch where it is not there. Nothing is committed where `change` leaves all
 * as it is, or wants nothing.
 *
 * @param change called again where somebody else was faster
 * @returns what the branch holds then; undefined where there is no branch and nothing was to be recorded
 */
export async function changeRecord(
  change: (before: Record | undefined) => Promise<{ pins: SeedPins; message: string } | undefined>,
  github: GitHub,
  phase: Phase
): Promise<Record | undefined> {
  const { inputs, runner, ports } = phase
  return repeated(ports.signal, async () => {
    const before = await readRecord(github, phase)
    const wanted = await change(before)
    if (wanted === undefined) return before
    const bytes = formatSeedPins(wanted.pins)
    if (before !== undefined && before.bytes.equals(bytes)) {
      ports.log.info(`${inputs.pinBranch} names it already`)
      return before
    }
    const commit = await commitFile(github, runner.job.repository, inputs.pinBranch, {
      path: SEED_FILE,
      bytes,
      message: wanted.message,
      expectedHead: before?.commit.oid
    })
    ports.log.info(`${inputs.pinBranch} is at ${commit.oid}`)
    return { commit, bytes, pins: wanted.pins }
  })
}

/** The lock file as it is on its branch now, and the commit. @throws SeedError PIN_INVALID, LOCK_MISSING, FORGE_* */
export async function readTarget(
  { base, path }: Target,
  job: GitHub,
  { runner }: Phase
): Promise<{ head: string; lock: LockText }> {
  const { repository } = runner.job
  const head = await readBranch(job, repository, base)
  if (head === undefined) {
    throw new SeedError('PIN_INVALID', `there is no branch ${base}`, { hint: 'Check the input pull-request-base.' })
  }
  const bytes = await readRepositoryFile(job, repository, path, head.oid)
  const resource = `${repository.owner}/${repository.name}: ${path} on ${base}`
  if (bytes === undefined) {
    throw new SeedError('LOCK_MISSING', 'there is no lock file to pin the seed in', {
      resource,
      hint: `Commit it to ${base}, or name another branch in pull-request-base.`
    })
  }
  return { head: head.oid, lock: { text: bytes.toString(), resource } }
}

/** Runs `action` again where somebody else was faster. */
export async function repeated<T>(signal: AbortSignal, action: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action()
    } catch (error) {
      if (!(error instanceof SeedError) || error.code !== 'FORGE_CONFLICT' || attempt >= ATTEMPTS) throw error
      await sleep(randomInt(PAUSE_MS, PAUSE_MS * (attempt + 1)), undefined, { signal })
    }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
