import { setTimeout as sleep } from 'node:timers/promises'
import { SeedError } from '../errors.ts'
import type { RepositoryName } from '../runner.ts'
import type { GitHub, RequestContext } from './api.ts'
import { blobId } from './contents.ts'
import { refusalOf } from './failure.ts'

export interface Commit {
  oid: string
  /** Unix seconds of the committer date: what Nix calls lastModified. */
  committedAt: number
}

export interface BranchHead extends Commit {
  /** Top level of the tree; `mode` as git writes it (`100644`), `type` as git names it (`blob`). */
  files: readonly { path: string; mode: string; type: string }[]
}

/** One file that is added or replaced. */
export interface FileChange {
  /** From the root of the repository. */
  path: string
  bytes: Buffer
  /** A line, and after an empty line a body if wanted. */
  message: string
}

/** Tries to make a ref point somewhere while others create and delete it. */
const POINT_ATTEMPTS = 4
/** GraphQL may not yet know what REST has just written. */
const LAG_PAUSES_MS = [500, 2000, 4000]

const BRANCH_QUERY = `query ($owner: String!, $name: String!, $ref: String!) {
  repository(owner: $owner, name: $name) {
    ref(qualifiedName: $ref) {
      target { ... on Commit { oid committedDate tree { entries { name mode type } } } }
    }
  }
}`

const COMMIT_MUTATION = `mutation ($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid committedDate } }
}`

/** The head of a branch; undefined if there is no such branch. @throws SeedError as `GitHub.request` does */
export async function readBranch(
  github: GitHub,
  repository: RepositoryName,
  branch: string
): Promise<BranchHead | undefined> {
  interface Answer {
    repository: { ref: { target: CommitNode & { tree: { entries: TreeEntry[] | null } } } | null } | null
  }
  interface TreeEntry {
    name: string
    mode: number
    type: string
  }
  const { owner, name } = repository
  const variables = { owner, name, ref: `refs/heads/${branch}` }
  const answer = await github.graphql<Answer>(BRANCH_QUERY, variables, {
    doing: `reading the branch ${branch}`,
    permission: 'contents: read',
    resource: resourceOf(repository, branch),
    repository
  })
  const target = answer.repository?.ref?.target
  if (!target) return undefined
  const files = (target.tree.entries ?? []).map(({ name, mode, type }) => ({
    path: name,
    mode: mode.toString(8).padStart(6, '0'),
    type
  }))
  return { ...commitOf(target.oid, target.committedDate), files }
}

/**
 * Appends one commit to a branch, signed by GitHub. It happens completely or not at all, and only if the head is
 * `expectedHead`. Where that is undefined the branch must not exist, and comes to hold nothing but the file.
 *
 * @returns the commit; one that is there already and says the same counts, since an answer may have been lost
 * @throws SeedError FORGE_CONFLICT if the head is another one by now, or the branch exists; those of `GitHub.request`
 */
export async function commitFile(
  github: GitHub,
  repository: RepositoryName,
  branch: string,
  change: FileChange & { expectedHead: string | undefined }
): Promise<Commit> {
  const { expectedHead } = change
  if (expectedHead === undefined) return await createOrphan(github, repository, branch, change)
  for (let attempt = 0; ; attempt++) {
    try {
      return await appendCommit(github, repository, branch, change, expectedHead)
    } catch (error) {
      if (![404, 409, 422].includes(refusalOf(error)?.status ?? 0)) throw error
      const head = await readBranch(github, repository, branch)
      if (head && (await isOneCommit(github, repository, head.oid, expectedHead, change))) return head
      if (head?.oid !== expectedHead) throw conflict(repository, branch, head, error)
      const pauseMs = LAG_PAUSES_MS[attempt]
      if (pauseMs === undefined || refusalOf(error)?.status === 422) throw error
      github.log.debug(`${branch} is at ${expectedHead}, but GraphQL does not know it yet`)
      await sleep(pauseMs, undefined, { signal: github.signal }).catch(() => github.signal.throwIfAborted())
    }
  }
}

/**
 * Makes `branch` consist of `base` and exactly one signed commit, in one move of the ref: GitHub closes a pull request
 * whose branch equals its base even for a moment. What else was on the branch is lost. The commit is made on the branch
 * `scratch`, which is removed again in every case.
 *
 * @param change.base commit to start from
 * @param change.scratch name of a branch that nobody else uses
 * @returns the commit; if the branch is so already, nothing is changed and this is its head
 * @throws SeedError as `GitHub.request` does
 */
export async function replaceBranch(
  github: GitHub,
  repository: RepositoryName,
  branch: string,
  change: FileChange & { base: string; scratch: string }
): Promise<Commit> {
  const { base, scratch } = change
  const head = await readBranch(github, repository, branch)
  if (head && (await isOneCommit(github, repository, head.oid, base, change))) return head
  try {
    await pointBranch(github, repository, scratch, base)
    const commit = await commitFile(github, repository, scratch, { ...change, expectedHead: base })
    await pointBranch(github, repository, branch, commit.oid)
    return commit
  } finally {
    await removeScratch(github, repository, scratch)
  }
}

/** @returns false if there was no such branch. @throws SeedError as `GitHub.request` does */
export async function deleteBranch(
  github: GitHub,
  repository: RepositoryName,
  branch: string,
  context: Pick<RequestContext, 'cleanUp'> = {}
): Promise<boolean> {
  try {
    await github.request('DELETE /repos/{owner}/{repo}/git/refs/{ref}', refParameters(repository, branch), {
      ...writing('removing', repository, branch),
      ...context
    })
    return true
  } catch (error) {
    if (isAbsent(error)) return false
    throw error
  }
}

interface CommitNode {
  oid: string
  committedDate: string
}

async function appendCommit(
  github: GitHub,
  repository: RepositoryName,
  branch: string,
  change: FileChange,
  expectedHeadOid: string
): Promise<Commit> {
  const [headline = '', ...rest] = change.message.split('\n')
  const body = rest.join('\n').trim()
  const input = {
    branch: { repositoryNameWithOwner: `${repository.owner}/${repository.name}`, branchName: branch },
    expectedHeadOid,
    message: { headline, ...(body !== '' && { body }) },
    fileChanges: { additions: [{ path: change.path, contents: change.bytes.toString('base64') }] }
  }
  const { createCommitOnBranch } = await github.graphql<{ createCommitOnBranch: { commit: CommitNode | null } | null }>(
    COMMIT_MUTATION,
    { input },
    // The second of two goes meets another head than it expects.
    { ...writing('committing to', repository, branch), repository, repeatable: true }
  )
  const commit = createCommitOnBranch?.commit
  return commitOf(commit?.oid, commit?.committedDate)
}

/** https://docs.github.com/en/rest/git: signed for the token of an app only if neither author nor committer is given. */
async function createOrphan(
  github: GitHub,
  repository: RepositoryName,
  branch: string,
  { path, bytes, message }: FileChange
): Promise<Commit> {
  const { owner, name: repo } = repository
  // Objects that nothing points to do no harm.
  const context: RequestContext = { ...writing('creating', repository, branch), repeatable: true }
  const blob = await github.request<{ sha: string }>(
    'POST /repos/{owner}/{repo}/git/blobs',
    { owner, repo, content: bytes.toString('base64'), encoding: 'base64' },
    context
  )
  const tree = await github.request<{ sha: string }>(
    'POST /repos/{owner}/{repo}/git/trees',
    { owner, repo, tree: [{ path, mode: '100644', type: 'blob', sha: blob.sha }] },
    context
  )
  const made = await github.request<{ sha: string; committer: { date: string } }>(
    'POST /repos/{owner}/{repo}/git/commits',
    { owner, repo, message, tree: tree.sha, parents: [] },
    context
  )
  const commit = commitOf(made.sha, made.committer.date)
  if (await createRef(github, repository, branch, commit.oid)) return commit
  const head = await readBranch(github, repository, branch)
  if (head?.oid === commit.oid) return commit
  throw conflict(repository, branch, head)
}

/** Makes `branch` point to `oid`, whatever it points to now and whether or not it exists. */
async function pointBranch(github: GitHub, repository: RepositoryName, branch: string, oid: string): Promise<void> {
  for (let attempt = 0; attempt < POINT_ATTEMPTS; attempt++) {
    try {
      await github.request(
        'PATCH /repos/{owner}/{repo}/git/refs/{ref}',
        { ...refParameters(repository, branch), sha: oid, force: true },
        writing('moving', repository, branch)
      )
      return
    } catch (error) {
      if (!isAbsent(error)) throw error
    }
    if (await createRef(github, repository, branch, oid)) return
  }
  throw conflict(repository, branch, undefined)
}

/** @returns false if the branch exists, at whatever commit. */
async function createRef(github: GitHub, repository: RepositoryName, branch: string, oid: string): Promise<boolean> {
  const { owner, name: repo } = repository
  try {
    await github.request(
      'POST /repos/{owner}/{repo}/git/refs',
      { owner, repo, ref: `refs/heads/${branch}`, sha: oid },
      // A second go finds the branch there.
      { ...writing('creating', repository, branch), repeatable: true }
    )
    return true
  } catch (error) {
    if (/reference already exists/i.test(refusalOf(error)?.said ?? '')) return false
    throw error
  }
}

/** Whether `oid` is `base` and one commit that says and does what `change` wants, and nothing else. */
async function isOneCommit(
  github: GitHub,
  repository: RepositoryName,
  oid: string,
  base: string,
  { path, bytes, message }: FileChange
): Promise<boolean> {
  interface Answer {
    commit: { message: string }
    parents: { sha: string }[]
    files?: { filename: string; sha: string | null; status: string }[]
  }
  if (oid === base) return false
  const { owner, name: repo } = repository
  const { commit, parents, files } = await github.request<Answer>(
    'GET /repos/{owner}/{repo}/commits/{ref}',
    { owner, repo, ref: oid },
    { doing: `reading the commit ${oid}`, permission: 'contents: read', repository }
  )
  return (
    parents.length === 1 &&
    parents[0]?.sha === base &&
    commit.message.trim() === message.trim() &&
    files?.length === 1 &&
    files[0]?.filename === path &&
    files[0].sha === blobId(bytes, oid.length)
  )
}

/** Never fails: what it comes after counts more. */
async function removeScratch(github: GitHub, repository: RepositoryName, scratch: string): Promise<void> {
  try {
    await deleteBranch(github, repository, scratch, { cleanUp: true })
  } catch (error) {
    const reason = Error.isError(error) ? error.message : String(error)
    github.log.warn(`the temporary branch ${scratch} may be left, remove it by hand: ${reason}`)
  }
}

/** @throws SeedError FORGE_FAILED for what is no commit of GitHub's */
function commitOf(oid: unknown, date: unknown): Commit {
  const committedAt = Math.floor(Date.parse(String(date)) / 1000)
  if (typeof oid !== 'string' || !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(oid) || Number.isNaN(committedAt)) {
    throw new SeedError('FORGE_FAILED', 'the forge describes a commit without name or date')
  }
  return { oid, committedAt }
}

function conflict(repository: RepositoryName, branch: string, head: Commit | undefined, cause?: unknown): SeedError {
  const what = head ? `is at ${head.oid} by now` : 'was removed'
  return new SeedError('FORGE_CONFLICT', `somebody else changed the branch ${branch} meanwhile: it ${what}`, {
    resource: resourceOf(repository, branch),
    hint: 'Run the job again. If it happens often, give the workflow a concurrency group.',
    cause
  })
}

function isAbsent(error: unknown): boolean {
  const refusal = refusalOf(error)
  return refusal?.status === 422 && /reference does not exist/i.test(refusal.said)
}

function refParameters({ owner, name: repo }: RepositoryName, branch: string): Record<string, string> {
  return { owner, repo, ref: `heads/${branch}` }
}

function writing(verb: string, repository: RepositoryName, branch: string): RequestContext {
  return {
    doing: `${verb} the branch ${branch}`,
    permission: 'contents: write',
    resource: resourceOf(repository, branch)
  }
}

function resourceOf({ owner, name }: RepositoryName, branch: string): string {
  return `${owner}/${name}: ${branch}`
}
