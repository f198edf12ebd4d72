/**
 * Pins a published seed: `seed.json` on its branch, the one node of `flake.lock` that names it, and the pull request.
 *
 * Several jobs may do this at once, one for each system. Each adds its own entry on top of what is there, and looks at
 * the branch again after it wrote the pull request: whoever came last has seen all entries.
 */
import { randomBytes, randomInt } from 'node:crypto'
import { posix } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SeedError } from '../errors.ts'
import type { GitHub } from '../github/api.ts'
import { commitFile, deleteBranch, readBranch, replaceBranch, type Commit } from '../github/branches.ts'
import { readRepositoryFile } from '../github/contents.ts'
import { closePullRequest, findPullRequest, savePullRequest } from '../github/pull-requests.ts'
import { parseFlakeLock, SEED_INPUT } from '../nix/flake-lock.ts'
import { withLockedNode } from '../nix/lock-edit.ts'
import { narHashOfTree } from '../nix/nar.ts'
import { parseName, type RegistryName } from '../oci/name.ts'
import { commitMessage, pullRequestBody, pullRequestTitle } from '../seed/announcement.ts'
import { lockKey } from '../seed/key.ts'
import {
  formatSeedPins,
  mergeSeedPins,
  parseSeedPins,
  SEED_FILE,
  seedInput,
  type PinnedSeed,
  type SeedPins
} from '../seed/pin.ts'
import type { Signature } from '../state.ts'
import { announce, requireSigned, type OwnSeed } from './announce.ts'
import { gitHub, step, type Phase } from './context.ts'
import { locationOf, type LockText } from './pinned.ts'

export interface PinResult {
  operation: 'created' | 'updated' | 'unchanged' | 'closed' | 'none'
  number?: number
  url?: string
}

/** The lock file that is to pin the seed. */
interface Target {
  /** The branch. */
  base: string
  path: string
}

/** The head of the branch with `seed.json`, and what it says. */
interface Record {
  commit: Commit
  bytes: Buffer
  pins: SeedPins
}

const ATTEMPTS = 8
const PAUSE_MS = 500

/**
 * @param folder of the flake inside the repository
 * @param signature of the seed, for whoever reviews the pull request. Where it is none of this run (`earlier`), the seed is
 *   pinned already: nothing is recorded or proposed, and a proposal that has nothing to say any more is withdrawn
 * @throws SeedError PIN_MISSING where the flake has no input seed-self (the seed is on the branch by then), SEED_REFUSED
 *   where the branch names seeds that nobody is known to have signed (likewise), PIN_INVALID, FORGE_*; the branches are
 *   then as they were or complete
 */
export async function pinSeed(
  seed: PinnedSeed,
  folder: string,
  signature: Signature,
  phase: Phase
): Promise<PinResult> {
  const job = gitHub(phase, phase.inputs.githubToken)
  const target = { base: await baseBranch(job, phase), path: posix.join(folder, 'flake.lock') }
  const own = { image: seed.image, signature }
  const record =
    signature.kind === 'earlier'
      ? await readRecord(job, phase)
      : await step(phase, `Record the seed on the branch ${phase.inputs.pinBranch}`, () =>
          recordSeed(seed, target, job, phase)
        )
  if (record === undefined) return { operation: 'none' }
  try {
    return await step(phase, 'Propose the new pin', () => proposePin(record, target, own, job, phase))
  } catch (error) {
    throw error instanceof SeedError && error.code === 'PIN_MISSING' ? notPinnedYet(target, phase, error) : error
  }
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

/** How every project begins: all is there but the input, which Nix can lock only now. */
function notPinnedYet({ base, path }: Target, { inputs, runner }: Phase, cause: SeedError): SeedError {
  const { owner, name } = runner.job.repository
  const input = seedInput({ host: new URL(runner.job.serverUrl).host, owner, repo: name, ref: inputs.pinBranch })
  return new SeedError('PIN_MISSING', 'the seed is published and recorded, and the flake does not pin it yet', {
    resource: `${owner}/${name}: ${path} on ${base}`,
    hint:
      `Add inputs.${input} to flake.nix (and ${SEED_INPUT} or "..." to the arguments of outputs), run "nix flake lock", ` +
      'and commit both files. From then on, this workflow opens pull requests that move the pin.',
    cause
  })
}

/**
 * Adds the entry of this system to `seed.json`. Nothing is committed where it is there already, or where this seed comes
 * too late: a job that takes long must not replace the seed of a newer lock.
 */
async function recordSeed(seed: PinnedSeed, target: Target, github: GitHub, phase: Phase): Promise<Record> {
  const { inputs, runner, system, ports } = phase
  const { repository } = runner.job
  return repeated(ports.signal, async () => {
    const before = await readRecord(github, phase)
    const there = before?.pins.systems[system]
    if (before !== undefined && there !== undefined && there.lockKey !== seed.lockKey) {
      const { lock } = await readTarget(target, github, phase)
      if (there.lockKey === lockKey(parseFlakeLock(lock.text, lock.resource))) {
        ports.log.warn(
          `${inputs.pinBranch} has a seed for the flake.lock of ${target.base}, and this one is for another: it is not pinned`
        )
        return before
      }
    }
    const pins = mergeSeedPins(before?.pins, system, seed)
    const bytes = formatSeedPins(pins)
    if (before !== undefined && before.bytes.equals(bytes)) {
      ports.log.info(`${inputs.pinBranch} names this seed already`)
      return before
    }
    const commit = await commitFile(github, repository, inputs.pinBranch, {
      path: SEED_FILE,
      bytes,
      message: commitMessage([{ system, after: seed }]),
      expectedHead: before?.commit.oid
    })
    ports.log.info(`${inputs.pinBranch} is at ${commit.oid}`)
    return { commit, bytes, pins }
  })
}

async function readRecord(github: GitHub, phase: Phase): Promise<Record | undefined> {
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

async function proposePin(first: Record, target: Target, own: OwnSeed, job: GitHub, phase: Phase): Promise<PinResult> {
  const { ports } = phase
  let record = first
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const result = await repeated(ports.signal, () => propose(record, target, own, job, phase))
    const now = await readRecord(job, phase)
    if (now === undefined || now.commit.oid === record.commit.oid) return result
    ports.log.info('Another job has recorded its seed meanwhile: once more, with both.')
    record = now
  }
  throw new SeedError('FORGE_CONFLICT', 'other jobs kept changing the seeds of this repository', {
    resource: phase.inputs.pinBranch,
    hint: 'Run the workflow again; give it a concurrency group, so that only one runs at a time.'
  })
}

async function readTarget(
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

/** One look at the base branch: proposes `record` for it, or withdraws a proposal that has nothing to say any more. */
async function propose(record: Record, target: Target, own: OwnSeed, job: GitHub, phase: Phase): Promise<PinResult> {
  const { inputs, runner, ports, system } = phase
  const { repository } = runner.job
  const { base, path } = target
  const { head, lock } = await readTarget(target, job, phase)
  const edited = edit(lock, record, phase)
  const pulls = gitHub(phase, inputs.pullRequestToken)
  if (lockKey(parseFlakeLock(lock.text, lock.resource)) !== record.pins.systems[system]?.lockKey) {
    ports.log.warn(
      `${base} has another flake.lock than the seed was made for: the pin will be stale until it is reseeded`
    )
  }
  const open = { head: inputs.pullRequestBranch, base }
  if (edited === lock.text) return withdraw(open, pulls, phase)
  if (own.signature.kind === 'earlier') {
    ports.log.info('This seed is pinned already; what else is recorded is for the jobs that made it to propose.')
    return { operation: 'none' }
  }

  const systems = await announce(lock, record.pins, own, phase)
  if (own.signature.kind !== 'none') requireSigned(systems, base, phase)
  const title = inputs.pullRequestTitle ?? pullRequestTitle(systems)
  // With the token that opens the pull request: checks start for each new commit only where a token of the job made none.
  await replaceBranch(pulls, repository, inputs.pullRequestBranch, {
    base: head,
    path,
    bytes: Buffer.from(edited),
    message: title,
    scratch: `${inputs.pullRequestBranch}-${runner.job.runId}-${runner.job.runAttempt}-${randomBytes(4).toString('hex')}`
  })
  const { serverUrl, runId } = runner.job
  const runUrl = `${serverUrl}/${repository.owner}/${repository.name}/actions/runs/${runId}`
  const body = pullRequestBody({ base: { ref: base, oid: head }, systems, source: { runUrl } })
  const wanted = {
    ...open,
    title,
    body: inputs.pullRequestBody === undefined ? body : `${inputs.pullRequestBody}\n\n${body}`,
    labels: [...inputs.pullRequestLabels],
    reviewers: [...inputs.pullRequestReviewers],
    teamReviewers: [...inputs.pullRequestTeamReviewers],
    draft: inputs.pullRequestDraft,
    autoMerge: inputs.pullRequestAutoMerge
  }
  const result = await savePullRequest(pulls, repository, wanted, ports.log).catch((error: unknown) =>
    leftAsBranch(error, open, phase)
  )
  if (result.number !== undefined)
    ports.log.info(`Pull request #${result.number}: ${result.operation} (${result.url ?? ''})`)
  return result
}

/** The seed is published and the change is on its branch: what is missing, a person can do with one click. */
function leftAsBranch(error: unknown, { head, base }: { head: string; base: string }, phase: Phase): PinResult {
  if (!(error instanceof SeedError) || error.code !== 'FORGE_DENIED') throw error
  const { serverUrl, repository } = phase.runner.job
  const url = `${serverUrl}/${repository.owner}/${repository.name}/compare/${base}...${head}?expand=1`
  phase.ports.log.warn(
    `The pull request could not be opened: ${error.message}. ${error.hint ?? ''}\n` +
      `The change is on the branch ${head}; open the pull request by hand: ${url}`
  )
  return { operation: 'none', url }
}

async function withdraw(open: { head: string; base: string }, pulls: GitHub, phase: Phase): Promise<PinResult> {
  const { repository } = phase.runner.job
  const found = await findPullRequest(pulls, repository, open.head, open.base)
  if (found === undefined) {
    phase.ports.log.info(`${open.base} pins this seed already`)
    return { operation: 'none' }
  }
  await closePullRequest(pulls, repository, found, `\`${open.base}\` pins this seed by now.`)
  await deleteBranch(gitHub(phase, phase.inputs.githubToken), repository, open.head)
  return { operation: 'closed', number: found.number, url: found.url }
}

/** The lock with the node of `seed-self` at the head of its branch; the text itself where it says the same. */
function edit(lock: LockText, record: Record, phase: Phase): string {
  const parsed = parseFlakeLock(lock.text, lock.resource)
  const { repository } = phase.runner.job
  const location = locationOf(parsed, lock.resource, phase)
  const { pinBranch } = phase.inputs
  const ref = location.ref ?? ''
  const isOwn =
    location.owner.toLowerCase() === repository.owner.toLowerCase() &&
    location.repo.toLowerCase() === repository.name.toLowerCase()
  if (!isOwn || ref !== pinBranch) {
    const wanted = `github:${repository.owner}/${repository.name}/${pinBranch}`
    throw new SeedError('PIN_INVALID', `the input seed-self is github:${location.owner}/${location.repo}/${ref}`, {
      resource: lock.resource,
      hint: `The seed was recorded at ${wanted}: write that in flake.nix and run "nix flake lock", or set the input pin-branch.`
    })
  }
  const narHash = narHashOfTree([{ path: SEED_FILE, bytes: record.bytes }])
  // Another commit that says the same is nothing to propose.
  if (location.rev === record.commit.oid || location.narHash === narHash) return lock.text
  return withLockedNode(
    lock.text,
    location.node,
    {
      rev: record.commit.oid,
      narHash,
      lastModified: record.commit.committedAt
    },
    lock.resource
  )
}

async function baseBranch(github: GitHub, { inputs, runner }: Phase): Promise<string> {
  const { job } = runner
  if (inputs.pullRequestBase !== undefined) return inputs.pullRequestBase
  if (job.defaultBranch !== undefined) return job.defaultBranch
  const { owner, name } = job.repository
  const answer = await github.request<{ default_branch: string }>('GET /repos/{owner}/{repo}', { owner, repo: name })
  return answer.default_branch
}

/** Runs `action` again where somebody else was faster. */
async function repeated<T>(signal: AbortSignal, action: () => Promise<T>): Promise<T> {
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
