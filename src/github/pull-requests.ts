import { SeedError } from '../errors.ts'
import type { Log } from '../ports.ts'
import type { RepositoryName } from '../runner.ts'
import type { GitHub, RequestContext } from './api.ts'
import { refusalOf } from './failure.ts'

export interface PullRequest {
  number: number
  url: string
  /** Its name in GraphQL. */
  nodeId: string
  title: string
  /** Empty if there is none. */
  body: string
  draft: boolean
  labels: readonly string[]
  headOid: string
  baseRef: string
  /** GitHub merges it as soon as it may. */
  isAutoMerged: boolean
}

export interface WantedPullRequest {
  /** A branch of the same repository. */
  head: string
  base: string
  title: string
  body: string
  /** Added to those that it has. */
  labels: readonly string[]
  /** User names; asked when it is opened, and not again. */
  reviewers: readonly string[]
  /** Slugs of teams, without the organisation. */
  teamReviewers: readonly string[]
  /** Counts when it is opened: whoever marks it ready later has their way. */
  draft: boolean
  autoMerge: 'off' | 'merge' | 'squash' | 'rebase'
}

export interface SavedPullRequest {
  number: number
  url: string
  operation: 'created' | 'updated' | 'unchanged'
}

/** GitHub's limit. */
const MAX_BODY_CHARACTERS = 65_536
const CUT = '\n\n…'

const AUTO_MERGE_MUTATION = `mutation ($input: EnablePullRequestAutoMergeInput!) {
  enablePullRequestAutoMerge(input: $input) { clientMutationId }
}`

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

/** What is done to a pull request beside, and may fail. */
interface Extras {
  github: GitHub
  repository: RepositoryName
  pull: PullRequest
  log: Log
}

async function addLabels({ github, repository, pull, log }: Extras, wanted: readonly string[]): Promise<boolean> {
  const has = new Set(pull.labels.map(label => label.toLowerCase()))
  const labels = wanted.filter(label => !has.has(label.toLowerCase()))
  if (labels.length === 0) return false
  const { owner, name: repo } = repository
  return await attempt({ github, repository, pull, log }, `it lacks the labels ${labels.join(', ')}`, () =>
    github.request(
      'POST /repos/{owner}/{repo}/issues/{issue_number}/labels',
      { owner, repo, issue_number: pull.number, labels },
      { ...writing('adding labels'), repeatable: true }
    )
  )
}

async function requestReviews(extras: Extras, { reviewers, teamReviewers }: WantedPullRequest): Promise<void> {
  const { github, pull } = extras
  const { owner, name: repo } = extras.repository
  // Apart, since one name that GitHub does not take spoils the whole request.
  const ask = (names: Record<string, string[]>): Promise<unknown> =>
    github.request(
      'POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers',
      { owner, repo, pull_number: pull.number, ...names },
      { ...writing('asking for a review'), repeatable: true }
    )
  for (const reviewer of reviewers) {
    const remedy = 'Reviewers must be able to read the repository, and nobody reviews their own pull request.'
    await attempt(extras, `${reviewer} was not asked for a review`, () => ask({ reviewers: [reviewer] }), remedy)
  }
  for (const team of teamReviewers) {
    const remedy =
      'The job\'s own token cannot see teams: give "pull-request-token" one with "members: read" of the organisation, and the team access to the repository.'
    await attempt(extras, `the team ${team} was not asked for a review`, () => ask({ team_reviewers: [team] }), remedy)
  }
}

/** https://docs.github.com/en/graphql/reference/mutations#enablepullrequestautomerge */
async function enableAutoMerge(extras: Extras, method: WantedPullRequest['autoMerge']): Promise<void> {
  const { github, repository, pull } = extras
  if (method === 'off' || pull.isAutoMerged) return
  const input = { pullRequestId: pull.nodeId, mergeMethod: method.toUpperCase() }
  const context: RequestContext = { doing: 'enabling auto-merge', permission: 'contents: write', repository }
  await attempt(
    extras,
    'auto-merge is off',
    () => github.graphql(AUTO_MERGE_MUTATION, { input }, { ...context, repeatable: true }),
    said => {
      if (/clean status/i.test(said)) {
        return 'Nothing keeps it from being merged now: protect the base branch with a required check, or merge it by hand.'
      }
      if (/unstable status/i.test(said))
        return 'A check that is not required fails or runs: require one, or merge by hand.'
      if (/not allowed/i.test(said)) {
        return `Tick "Allow auto-merge" and "Allow ${method}${method === 'merge' ? ' commits' : ' merging'}" in Settings → General → Pull Requests.`
      }
      return 'Merge it by hand.'
    }
  )
}

/**
 * Does what the pull request can do without; where it fails, the log says what is missing and why.
 *
 * @param remedy what to do about an answer that names no permission, perhaps by what GitHub said
 * @returns whether it was done. @throws the signal's reason, and what is no failure of the forge
 */
async function attempt(
  { github, pull, log }: Extras,
  lack: string,
  action: () => Promise<unknown>,
  remedy?: string | ((said: string) => string)
): Promise<boolean> {
  try {
    await action()
    return true
  } catch (error) {
    github.signal.throwIfAborted()
    if (!(error instanceof SeedError)) throw error
    const said = refusalOf(error)?.said ?? ''
    const own = typeof remedy === 'function' ? remedy(said) : remedy
    const hint = error.code === 'FORGE_DENIED' || own === undefined ? error.hint : own
    // Lines of a log are single: so are those of YAML in them.
    const line = [`pull request #${pull.number}: ${lack}. ${error.message}.`, hint].filter(Boolean).join(' ')
    log.warn(line.replace(/\s*\n\s*/g, ' '))
    return false
  }
}

/** Line ends are the browser's where somebody edited the text. */
function plainText(body: string): string {
  return body.replace(/\r\n?/g, '\n').trim()
}

function fitBody(body: string): string {
  return body.length <= MAX_BODY_CHARACTERS ? body : body.slice(0, MAX_BODY_CHARACTERS - CUT.length) + CUT
}

function writing(doing: string): RequestContext {
  return { doing, permission: 'pull-requests: write' }
}
