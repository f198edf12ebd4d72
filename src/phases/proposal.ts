/** The pull request that pins what is recorded: one branch, and one node of `flake.lock`. */
import { randomBytes } from 'node:crypto'
import { SeedError } from '../errors.ts'
import type { GitHub } from '../github/api.ts'
import { deleteBranch, replaceBranch } from '../github/branches.ts'
import { closePullRequest, findPullRequest, savePullRequest } from '../github/pull-requests.ts'
import { parseFlakeLock, SEED_INPUT } from '../nix/flake-lock.ts'
import { withLockedNode } from '../nix/lock-edit.ts'
import { narHashOfTree } from '../nix/nar.ts'
import { pullRequestBody, pullRequestTitle } from '../seed/announcement.ts'
import { lockKey } from '../seed/key.ts'
import { formatSeedPins, SEED_FILE, seedInput, type SeedPins } from '../seed/pin.ts'
import { announce, pinsBefore, requireSigned, requireVerified, type OwnSeed } from './announce.ts'
import { gitHub, step, type Phase } from './context.ts'
import { locationOf, type LockText } from './pinned.ts'
import { readRecord, readTarget, repeated, type Record, type Target } from './record.ts'
import type { Verifier } from './verification.ts'

export interface PinResult {
  operation: 'created' | 'updated' | 'unchanged' | 'closed' | 'none'
  number?: number
  url?: string
}

/** Where a proposal goes, and what it has to stand up to. */
export interface Proposal {
  target: Target
  /** With the job's token. */
  github: GitHub
  /** The seed that this job has published; absent where it has published none. */
  own?: OwnSeed | undefined
  /** Where the workflow has a policy, each seed that the base does not pin yet has to meet it. */
  verifier?: Verifier | undefined
}

const ATTEMPTS = 8

/**
 * Proposes what is recorded, and once more with what other jobs have recorded meanwhile.
 *
 * @throws SeedError PIN_MISSING where the flake has no input seed-self, with what to add; SEED_REFUSED where a seed is not
 *   known to be signed, or does not meet the policy; PIN_INVALID, FORGE_*
 */
export async function proposeRecord(record: Record, proposal: Proposal, phase: Phase): Promise<PinResult> {
  try {
    return await step(phase, 'Propose the new pin', () => proposePin(record, proposal, phase))
  } catch (error) {
    throw error instanceof SeedError && error.code === 'PIN_MISSING'
      ? notPinnedYet(proposal.target, phase, error)
      : error
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

async function proposePin(first: Record, proposal: Proposal, phase: Phase): Promise<PinResult> {
  const { ports } = phase
  let record = first
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const result = await repeated(ports.signal, () => propose(record, proposal, phase))
    const now = await readRecord(proposal.github, phase)
    if (now === undefined || now.commit.oid === record.commit.oid) return result
    ports.log.info('Another job has recorded its seed meanwhile: once more, with both.')
    record = now
  }
  throw new SeedError('FORGE_CONFLICT', 'other jobs kept changing the seeds of this repository', {
    resource: phase.inputs.pinBranch,
    hint: 'Run the workflow again; give it a concurrency group, so that only one runs at a time.'
  })
}

/** One look at the base branch: proposes `record` for it, or withdraws a proposal that has nothing to say any more. */
async function propose(record: Record, proposal: Proposal, phase: Phase): Promise<PinResult> {
  const { inputs, runner, ports, system } = phase
  const { repository } = runner.job
  const { target, github, own, verifier } = proposal
  const { base, path } = target
  const { head, lock } = await readTarget(target, github, phase)
  const edited = edit(lock, record, phase)
  const pulls = gitHub(phase, inputs.pullRequestToken)
  const key = lockKey(parseFlakeLock(lock.text, lock.resource))
  if (own && key !== record.pins.systems[system]?.lockKey) {
    ports.log.warn(
      `${base} has another flake.lock than the seed was made for: the pin will be stale until it is reseeded`
    )
  }
  const open = { head: inputs.pullRequestBranch, base }
  if (edited === lock.text) return withdraw(open, pulls, phase)
  if (own?.signature.kind === 'earlier') {
    ports.log.info('This seed is pinned already; what else is recorded is for the jobs that made it to propose.')
    return { operation: 'none' }
  }

  const before = await pinsBefore(lock, phase)
  // What waits for other builders is recorded there too, and is nothing to propose.
  if (verifier && before && isSameForJobs(before, record.pins)) return withdraw(open, pulls, phase)
  const systems = await announce({ before, pins: record.pins, own, verifier, lockKey: key }, phase)
  if (verifier) requireVerified(systems, base, phase)
  else if (own?.signature.kind !== 'none') requireSigned(systems, base, phase)
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

function isSameForJobs(before: SeedPins, after: SeedPins): boolean {
  const [old, now] = [before, after].map(({ systems }) => formatSeedPins({ version: 1, systems }))
  return old?.equals(now ?? Buffer.alloc(0)) === true
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
