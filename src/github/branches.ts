import { setTimeout as sleep } from 'node:timers/promises'
import { SeedError } from '../errors.ts'
import type { RepositoryName } from '../runner.ts'
import type { GitHub, RequestContext } from './api.ts'
import { appendCommit, branchResource, commitOf, isOneCommit, makeRootCommit, writing } from './commits.ts'
import type { Commit, FileChange } from './commits.ts'
import { refusalOf } from './failure.ts'

export type { Commit, FileChange } from './commits.ts'

export interface BranchHead extends Commit {
  /** Top level of the tree; `mode` as git writes it (`100644`), `type` as git names it (`blob`). */
  files: readonly { path: string; mode: string; type: string }[]
}

/** Tries to make a ref point somewhere while others create and delete it. */
const POINT_ATTEMPTS = 2
/** GraphQL may not yet know what REST has just written. */
const LAG_PAUSES_MS = [500, 2000, 4000]

const BRANCH_QUERY = `query ($owner: String!, $name: String!, $ref: String!) {
  repository(owner: $owner, name: $name) {
    ref(qualifiedName: $ref) {
      target { ... on Commit { oid committedDate tree { entries { name mode type } } } }
    }
  }
}`

/** The head of a branch; undefined if there is no such branch. @throws SeedError as `GitHub.request` does */
export async function readBranch(
  github: GitHub,
  repository: RepositoryName,
  branch: string
): Promise<BranchHead | undefined> {
  interface Answer {
    repository: {
      ref: { target: { oid: string; committedDate: string } & { tree: { entries: TreeEntry[] | null } } } | null
    } | null
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
    resource: branchResource(repository, branch),
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
      if (head?.oid !== expectedHead) {
        throw conflict(repository, branch, head ? `is at ${head.oid} by now` : 'was removed', error)
      }
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
  let isMade = true as boolean
  try {
    await pointBranch(github, repository, scratch, base, false).catch((error: unknown) => {
      isMade = !isRefused(error)
      throw error
    })
    const commit = await commitFile(github, repository, scratch, { ...change, expectedHead: base })
    await pointBranch(github, repository, branch, commit.oid, head !== undefined)
    return commit
  } finally {
    if (isMade) await removeScratch(github, repository, scratch)
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

async function createOrphan(
  github: GitHub,
  repository: RepositoryName,
  branch: string,
  change: FileChange
): Promise<Commit> {
  const commit = await makeRootCommit(github, repository, change, writing('creating', repository, branch))
  if (await createRef(github, repository, branch, commit.oid)) return commit
  const head = await readBranch(github, repository, branch)
  if (head?.oid === commit.oid) return commit
  throw conflict(repository, branch, 'exists by now')
}

/** Makes `branch` point to `oid`, whatever it points to now. @param exists what to try first; it may have changed */
async function pointBranch(
  github: GitHub,
  repository: RepositoryName,
  branch: string,
  oid: string,
  exists: boolean
): Promise<void> {
  const point = [moveRef, createRef]
  if (!exists) point.reverse()
  for (let attempt = 0; attempt < POINT_ATTEMPTS; attempt++) {
    for (const act of point) if (await act(github, repository, branch, oid)) return
  }
  throw conflict(repository, branch, 'does not hold still')
}

/** @returns false if there is no such branch. */
async function moveRef(github: GitHub, repository: RepositoryName, branch: string, oid: string): Promise<boolean> {
  try {
    await github.request(
      'PATCH /repos/{owner}/{repo}/git/refs/{ref}',
      { ...refParameters(repository, branch), sha: oid, force: true },
      writing('moving', repository, branch)
    )
    return true
  } catch (error) {
    if (isAbsent(error)) return false
    throw error
  }
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

/** Never fails: what it comes after counts more. */
async function removeScratch(github: GitHub, repository: RepositoryName, scratch: string): Promise<void> {
  try {
    await deleteBranch(github, repository, scratch, { cleanUp: true })
  } catch (error) {
    const reason = Error.isError(error) ? error.message : String(error)
    github.log.warn(`the temporary branch ${scratch} may be left, remove it by hand: ${reason}`)
  }
}

function conflict(repository: RepositoryName, branch: string, how: string, cause?: unknown): SeedError {
  return new SeedError('FORGE_CONFLICT', `somebody else changed the branch ${branch} meanwhile: it ${how}`, {
    resource: branchResource(repository, branch),
    hint: 'Run the job again. If it happens often, give the workflow a concurrency group.',
    cause
  })
}

/** Whether GitHub said no, so that nothing has happened. */
function isRefused(error: unknown): boolean {
  const status = refusalOf(error)?.status
  return status !== undefined && status < 500
}

function isAbsent(error: unknown): boolean {
  const refusal = refusalOf(error)
  return refusal?.status === 422 && /reference does not exist/i.test(refusal.said)
}

function refParameters({ owner, name: repo }: RepositoryName, branch: string): Record<string, string> {
  return { owner, repo, ref: `heads/${branch}` }
}
