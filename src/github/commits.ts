import { SeedError } from '../errors.ts'
import type { RepositoryName } from '../runner.ts'
import type { GitHub, RequestContext } from './api.ts'
import { blobId } from './contents.ts'

export interface Commit {
  oid: string
  /** Unix seconds of the committer date: what Nix calls lastModified. */
  committedAt: number
}

/** One file that is added or replaced. */
export interface FileChange {
  /** From the root of the repository. */
  path: string
  bytes: Buffer
  /** A line, and after an empty line a body if wanted. */
  message: string
}

const COMMIT_QUERY = `query ($owner: String!, $name: String!, $oid: GitObjectID!, $path: String!) {
  repository(owner: $owner, name: $name) {
    object(oid: $oid) {
      ... on Commit {
        message
        tree { entries { name oid } }
        file(path: $path) { oid }
        parents(first: 2) { nodes { oid tree { entries { name oid } } } }
      }
    }
  }
}`

const COMMIT_MUTATION = `mutation ($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid committedDate } }
}`

interface CommitNode {
  oid: string
  committedDate: string
}

interface Tree {
  entries: { name: string; oid: string }[] | null
}

interface CommitAnswer {
  repository: {
    object: {
      message: string
      tree: Tree
      file: { oid: string } | null
      parents: { nodes: { oid: string; tree: Tree }[] | null }
    } | null
  } | null
}

/** Appends a commit to a branch whose head is `expectedHeadOid`; GitHub signs it. */
export async function appendCommit(
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

/**
 * Makes a commit without parents that holds nothing but one file; no branch leads to it yet.
 * It is signed for the token of an app only where neither author nor committer is given.
 * https://docs.github.com/en/rest/git/commits#create-a-commit
 */
export async function makeRootCommit(
  github: GitHub,
  { owner, name: repo }: RepositoryName,
  { path, bytes, message }: FileChange,
  context: RequestContext
): Promise<Commit> {
  // Objects that nothing points to do no harm.
  const harmless: RequestContext = { ...context, repeatable: true }
  const blob = await github.request<{ sha: string }>(
    'POST /repos/{owner}/{repo}/git/blobs',
    { owner, repo, content: bytes.toString('base64'), encoding: 'base64' },
    harmless
  )
  const tree = await github.request<{ sha: string }>(
    'POST /repos/{owner}/{repo}/git/trees',
    { owner, repo, tree: [{ path, mode: '100644', type: 'blob', sha: blob.sha }] },
    harmless
  )
  const made = await github.request<{ sha: string; committer: { date: string } }>(
    'POST /repos/{owner}/{repo}/git/commits',
    { owner, repo, message, tree: tree.sha, parents: [] },
    harmless
  )
  return commitOf(made.sha, made.committer.date)
}

/** Whether `oid` is `base` and one commit that says and does what `change` wants, and nothing else. */
export async function isOneCommit(
  github: GitHub,
  repository: RepositoryName,
  oid: string,
  base: string,
  { path, bytes, message }: FileChange
): Promise<boolean> {
  if (oid === base) return false
  const { owner, name } = repository
  const answer = await github.graphql<CommitAnswer>(
    COMMIT_QUERY,
    { owner, name, oid, path },
    { doing: `reading the commit ${oid}`, permission: 'contents: read', repository }
  )
  const commit = answer.repository?.object
  const [parent, ...others] = commit?.parents.nodes ?? []
  if (!commit || !parent || others.length > 0 || parent.oid !== base) return false
  if (commit.message.trim() !== message.trim()) return false
  // What is beside the file, or the folder at the top that it is in, is the parent's.
  const [top] = path.split('/')
  const beside = ({ tree }: { tree: Tree }): string =>
    (tree.entries ?? [])
      .filter(entry => entry.name !== top)
      .map(entry => `${entry.oid} ${entry.name}`)
      .join('\n')
  return commit.file?.oid === blobId(bytes, oid.length) && beside(commit) === beside(parent)
}

/** @throws SeedError FORGE_FAILED for what is no commit of GitHub's */
export function commitOf(oid: unknown, date: unknown): Commit {
  const committedAt = Math.floor(Date.parse(String(date)) / 1000)
  if (typeof oid !== 'string' || !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(oid) || Number.isNaN(committedAt)) {
    throw new SeedError('FORGE_FAILED', 'the forge describes a commit without name or date')
  }
  return { oid, committedAt }
}

/** What requests that write to a branch have in common. */
export function writing(verb: string, repository: RepositoryName, branch: string): RequestContext {
  return {
    doing: `${verb} the branch ${branch}`,
    permission: 'contents: write',
    resource: branchResource(repository, branch)
  }
}

export function branchResource({ owner, name }: RepositoryName, branch: string): string {
  return `${owner}/${name}: ${branch}`
}
