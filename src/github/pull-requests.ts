import { SeedError } from '../errors.ts'
import type { Log } from '../ports.ts'
import type { RepositoryName } from '../runner.ts'
import type { GitHub } from './api.ts'
import { refusalOf } from './failure.ts'
import type { PullRequest, SavedPullRequest, WantedPullRequest } from './pull-request.ts'
import { addLabels, attempt, enableAutoMerge, requestReviews, writing } from './pull-request-extras.ts'
import type { Extras } from './pull-request-extras.ts'

export type { PullRequest, SavedPullRequest, WantedPullRequest }

/** GitHub's limit. */
const MAX_BODY_CHARACTERS = 65_536
const CUT = '\n\n…'

/** https://docs.github.com/en/rest/pulls/pulls: the fields that are read of it. */
interface Answer {
  number: number
  html_url: string
  node_id: string
  title: string
  body: string | null
  draft?: boolean
  labels: { name: string }[]
  head: { ref: string; sha: string; repo: { full_name: string } | null }
  base: { ref: string }
  auto_merge: object | null
}

/**
 * The open pull request of a branch.
 *
 * @param head branch of the same repository
 * @param base branch that it goes to; any if undefined
 * @throws SeedError as `GitHub.request` does
 */
export async function findPullRequest(
  github: GitHub,
  repository: RepositoryName,
  head: string,
  base: string | undefined
): Promise<PullRequest | undefined> {
  return (await listPullRequests(github, repository, head)).find(
    ({ baseRef }) => base === undefined || baseRef === base
  )
}

/**
 * Opens a pull request, or brings the one that the branch has up to date: there is only ever one. What people did to it
 * stays: labels that they added, reviewers, whether it is a draft. Labels, reviewers and auto-merge are conveniences: where
 * they cannot be had, `log` says why, and what to do about it.
 *
 * @throws SeedError FORGE_DENIED where the token or a setting does not allow pull requests; others of `GitHub.request`
 */
export async function savePullRequest(
  github: GitHub,
  repository: RepositoryName,
  wanted: WantedPullRequest,
  log: Log
): Promise<SavedPullRequest> {
  const { owner, name: repo } = repository
  const fitting = { ...wanted, body: fitBody(wanted.body) }
  const existing = await findBest(github, repository, fitting)
  const created = existing ? undefined : await createPullRequest(github, repository, fitting, log)
  const pull = existing ?? created ?? (await findBest(github, repository, fitting))
  if (!pull) {
    throw new SeedError('FORGE_FAILED', `the forge has a pull request of ${wanted.head} and does not show it`, {
      resource: `${owner}/${repo}`,
      hint: 'Run the job again.'
    })
  }
  const extras: Extras = { github, repository, pull, log }
  const isEdited = created ? false : await editPullRequest(github, repository, pull, fitting)
  const isLabelled = await addLabels(extras, wanted.labels)
  if (created) await requestReviews(extras, wanted)
  await enableAutoMerge(extras, wanted.autoMerge)
  const operation = created ? 'created' : isEdited || isLabelled ? 'updated' : 'unchanged'
  return { number: pull.number, url: pull.url, operation }
}

/** Closes a pull request and says why in a comment. @throws SeedError as `GitHub.request` does; never for the comment */
export async function closePullRequest(
  github: GitHub,
  repository: RepositoryName,
  pullRequest: PullRequest,
  comment: string
): Promise<void> {
  const { owner, name: repo } = repository
  const { number } = pullRequest
  const context = writing(`closing pull request #${number}`)
  const parameters = { owner, repo, pull_number: number, state: 'closed' }
  await github.request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', parameters, context)
  await attempt({ github, repository, pull: pullRequest, log: github.log }, 'it has no comment that says why', () =>
    // Not repeatable: two comments are worse than none.
    github.request(
      'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
      { owner, repo, issue_number: number, body: comment },
      writing('commenting')
    )
  )
}

async function listPullRequests(
  github: GitHub,
  { owner, name: repo }: RepositoryName,
  head: string
): Promise<PullRequest[]> {
  const answers = await github.request<Answer[]>(
    'GET /repos/{owner}/{repo}/pulls',
    { owner, repo, state: 'open', head: `${owner}:${head}`, per_page: 100 },
    { ...writing('looking for a pull request'), resource: `${owner}/${repo}: ${head}` }
  )
  // GitHub shows all pull requests where it does not understand `head`, and those of forks with a branch of that name.
  const isOwn = ({ ref, repo: of }: Answer['head']): boolean =>
    ref === head && of?.full_name.toLowerCase() === `${owner}/${repo}`.toLowerCase()
  return answers.filter(answer => isOwn(answer.head)).map(readAnswer)
}

function readAnswer(answer: Answer): PullRequest {
  return {
    number: answer.number,
    url: answer.html_url,
    nodeId: answer.node_id,
    title: answer.title,
    body: answer.body ?? '',
    draft: answer.draft ?? false,
    labels: answer.labels.map(({ name }) => name),
    headOid: answer.head.sha,
    baseRef: answer.base.ref,
    isAutoMerged: answer.auto_merge !== null
  }
}

/** The pull request to go on with: the one with the right base before one that has to be pointed there. */
async function findBest(
  github: GitHub,
  repository: RepositoryName,
  { head, base }: WantedPullRequest
): Promise<PullRequest | undefined> {
  const open = await listPullRequests(github, repository, head)
  return open.find(({ baseRef }) => baseRef === base) ?? open[0]
}

/** @returns undefined if there is one by now. */
async function createPullRequest(
  github: GitHub,
  repository: RepositoryName,
  wanted: WantedPullRequest,
  log: Log
): Promise<PullRequest | undefined> {
  const { owner, name: repo } = repository
  const { head, base, title, body, draft } = wanted
  try {
    const answer = await github.request<Answer>(
      'POST /repos/{owner}/{repo}/pulls',
      { owner, repo, head, base, title, body, draft },
      // A second go finds that there is one.
      { ...writing('opening a pull request'), resource: `${owner}/${repo}: ${head} → ${base}`, repeatable: true }
    )
    return readAnswer(answer)
  } catch (error) {
    const said = refusalOf(error)?.said ?? ''
    if (/pull request already exists/i.test(said)) return undefined
    if (!draft || !/draft pull requests are not supported/i.test(said)) throw error
    log.warn(`${owner}/${repo} takes no drafts: the pull request is opened as an ordinary one`)
    return await createPullRequest(github, repository, { ...wanted, draft: false }, log)
  }
}

/** @returns false if there was nothing to change. */
async function editPullRequest(
  github: GitHub,
  { owner, name: repo }: RepositoryName,
  pull: PullRequest,
  { title, body, base }: WantedPullRequest
): Promise<boolean> {
  const changes = {
    ...(pull.title !== title && { title }),
    ...(plainText(pull.body) !== plainText(body) && { body }),
    ...(pull.baseRef !== base && { base })
  }
  if (Object.keys(changes).length === 0) return false
  await github.request(
    'PATCH /repos/{owner}/{repo}/pulls/{pull_number}',
    { owner, repo, pull_number: pull.number, ...changes },
    writing(`updating pull request #${pull.number}`)
  )
  return true
}

/** Line ends are the browser's where somebody edited the text. */
function plainText(body: string): string {
  return body.replace(/\r\n?/g, '\n').trim()
}

function fitBody(body: string): string {
  return body.length <= MAX_BODY_CHARACTERS ? body : body.slice(0, MAX_BODY_CHARACTERS - CUT.length) + CUT
}
