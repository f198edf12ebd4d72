/** Routes of the REST API for pull requests, and for what they have of issues. */
import type { Answer } from './faults.ts'
import type { MergeMethod, PullRequest } from './pull-request.ts'
import { Refusal, unprocessable, validationFailed } from './refusal.ts'
import { showComment, showFullPullRequest, showLabel, showPullRequest } from './representations.ts'
import type { Repository } from './repository.ts'
import { closePullRequest } from './repository.ts'
import { READ_ISSUES, READ_PULLS, WRITE_CONTENTS, WRITE_ISSUES, WRITE_PULLS, actor, pullOf } from './route.ts'
import type { Call, Route } from './route.ts'

const PULLS = '/repos/{owner}/{repo}/pulls'
const ISSUE = '/repos/{owner}/{repo}/issues/{issue_number}'

export const pullRoutes: readonly Route[] = [
  { method: 'GET', path: PULLS, needs: READ_PULLS, answer: listPulls },
  { method: 'POST', path: PULLS, needs: WRITE_PULLS, answer: createPull },
  { method: 'GET', path: `${PULLS}/{pull_number}`, needs: READ_PULLS, answer: call => showPull(call, 200) },
  { method: 'PATCH', path: `${PULLS}/{pull_number}`, needs: WRITE_PULLS, answer: updatePull },
  { method: 'PUT', path: `${PULLS}/{pull_number}/merge`, needs: WRITE_CONTENTS, answer: mergePull },
  { method: 'POST', path: `${PULLS}/{pull_number}/requested_reviewers`, needs: WRITE_PULLS, answer: requestReviewers },
  { method: 'GET', path: `${ISSUE}/labels`, needs: READ_ISSUES, answer: showLabels },
  {
    method: 'POST',
    path: `${ISSUE}/labels`,
    needs: WRITE_ISSUES,
    answer: call => setLabels(call, pullOf(call).labels)
  },
  { method: 'PUT', path: `${ISSUE}/labels`, needs: WRITE_ISSUES, answer: call => setLabels(call, []) },
  { method: 'POST', path: `${ISSUE}/comments`, needs: WRITE_ISSUES, answer: addComment }
]

function listPulls({ repository, query, bases, address }: Call): Answer {
  const { state = 'open', head, base, direction, sort = 'created', per_page: size = '30', page = '1' } = query
  const time = ({ createdAt, updatedAt }: PullRequest) => (sort === 'updated' ? updatedAt : createdAt)
  const found = repository.pullRequests
    .filter(pull => state === 'all' || pull.state === state)
    // The owner belongs to it: without one, the forge does not filter at all.
    .filter(pull => head === undefined || !head.includes(':') || `${repository.owner}:${pull.head}` === head)
    .filter(pull => base === undefined || pull.base === base)
    .sort((a, b) => time(a).localeCompare(time(b)) || a.number - b.number)
  if ((direction ?? (sort === 'created' ? 'desc' : 'asc')) === 'desc') found.reverse()
  const perPage = Math.min(Number(size), 100)
  const start = (Number(page) - 1) * perPage
  const shown = found.slice(start, start + perPage)
  const isLast = start + perPage >= found.length
  return {
    status: 200,
    json: shown.map(pull => showPullRequest(bases, repository, pull)),
    ...(!isLast && { headers: { link: nextPage(address, Number(page) + 1) } })
  }
}

/** https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api */
function nextPage(address: URL, page: number): string {
  const next = new URL(address)
  next.searchParams.set('page', String(page))
  return `<${next.href}>; rel="next"`
}

const BODY_LENGTH = 65_536
const TITLE_LENGTH = 256

/** @throws Refusal 422 for what is too long */
function checkTexts({ title = '', body = '' }: { title?: string; body?: string }): void {
  const refuse = (field: string, maximum: number) =>
    validationFailed({
      resource: 'Issue',
      code: 'custom',
      field,
      message: `${field} is too long (maximum is ${maximum} characters)`
    })
  if (title.length > TITLE_LENGTH) throw refuse('title', TITLE_LENGTH)
  if (body.length > BODY_LENGTH) throw refuse('body', BODY_LENGTH)
}

async function showPull(call: Call, status: number): Promise<Answer> {
  return { status, json: await showFullPullRequest(call.bases, call.repository, pullOf(call)) }
}

async function createPull(call: Call): Promise<Answer> {
  const { repository, token, body, bases } = call
  const {
    title,
    head: from,
    base,
    draft = false
  } = body as { title?: string; head: string; base: string; draft?: boolean }
  if (token?.kind === 'job' && !repository.settings.actionsMayOpenPullRequests) {
    throw new Refusal(403, 'GitHub Actions is not permitted to create or approve pull requests.')
  }
  checkTexts(body)
  if (title === undefined || title === '')
    throw validationFailed({ resource: 'PullRequest', code: 'missing_field', field: 'title' })
  const head = from.startsWith(`${repository.owner}:`) ? from.slice(repository.owner.length + 1) : from
  const { headOid, baseOid } = await branchesOf(repository, head, base)
  if (repository.pullRequests.some(pull => pull.state === 'open' && pull.head === head && pull.base === base)) {
    const message = `A pull request already exists for ${repository.owner}:${head}.`
    throw validationFailed({ resource: 'PullRequest', code: 'custom', message })
  }
  if (draft && !repository.settings.draftsSupported)
    throw unprocessable('Draft pull requests are not supported in this repository.')
  const { body: text = null, maintainer_can_modify: maintainerCanModify = false } = body as {
    body?: string
    maintainer_can_modify?: boolean
  }
  const user = actor(call)
  const pull = repository.addPullRequest({
    title,
    body: text,
    head,
    base,
    headOid,
    baseOid,
    draft,
    user,
    maintainerCanModify
  })
  return { status: 201, json: await showFullPullRequest(bases, repository, pull) }
}

/** @throws Refusal 422 where there is nothing to merge between them */
async function branchesOf(
  repository: Repository,
  head: string,
  base: string
): Promise<{ headOid: string; baseOid: string }> {
  const headOid = await repository.head(head)
  const baseOid = await repository.head(base)
  if (headOid === undefined) throw validationFailed({ resource: 'PullRequest', field: 'head', code: 'invalid' })
  if (baseOid === undefined) throw validationFailed({ resource: 'PullRequest', field: 'base', code: 'invalid' })
  if (await repository.git.isAncestor(headOid, baseOid)) {
    throw validationFailed({
      resource: 'PullRequest',
      code: 'custom',
      message: `No commits between ${base} and ${head}`
    })
  }
  return { headOid, baseOid }
}

async function updatePull(call: Call): Promise<Answer> {
  const { repository, body } = call
  const pull = pullOf(call)
  const changes = body as {
    title?: string
    body?: string
    state?: 'open' | 'closed'
    base?: string
    maintainer_can_modify?: boolean
  }
  checkTexts(changes)
  if (changes.state === 'open' && pull.state === 'closed') await reopen(repository, pull)
  if (changes.base !== undefined && changes.base !== pull.base) {
    if (pull.state === 'closed')
      throw validationFailed({
        resource: 'PullRequest',
        code: 'custom',
        message: 'Cannot change the base branch of a closed pull request.'
      })
    const { baseOid } = await branchesOf(repository, pull.head, changes.base)
    Object.assign(pull, { base: changes.base, baseOid })
  }
  pull.title = changes.title ?? pull.title
  pull.body = changes.body ?? pull.body
  pull.maintainerCanModify = changes.maintainer_can_modify ?? pull.maintainerCanModify
  pull.updatedAt = new Date().toISOString()
  if (changes.state === 'closed' && pull.state === 'open') closePullRequest(pull)
  return showPull(call, 200)
}

/** A pull request can be opened again while its branch is there and is not merged. */
async function reopen(repository: Repository, pull: PullRequest): Promise<void> {
  const refuse = (message: string) =>
    validationFailed({ resource: 'PullRequest', code: 'invalid', field: 'state', message })
  const head = await repository.head(pull.head)
  const base = await repository.head(pull.base)
  if (pull.merged || head === undefined || base === undefined)
    throw refuse(`state cannot be changed. The ${pull.head} branch has been deleted.`)
  if (await repository.git.isAncestor(head, base))
    throw refuse(`state cannot be changed. There are no new commits on the ${repository.owner}:${pull.head} branch.`)
  const twin = repository.pullRequests.find(
    other => other.state === 'open' && other.head === pull.head && other.base === pull.base
  )
  if (twin)
    throw refuse(
      `state cannot be changed. There is already an open pull request (#${twin.number}) from ${pull.head} to ${pull.base}.`
    )
  Object.assign(pull, { state: 'open', closedAt: null, headOid: head, baseOid: base })
}

async function mergePull(call: Call): Promise<Answer> {
  const { repository, body } = call
  const pull = pullOf(call)
  const {
    sha,
    merge_method: method,
    commit_title: title,
    commit_message: message
  } = body as {
    sha?: string
    merge_method?: MergeMethod
    commit_title?: string
    commit_message?: string
  }
  if (pull.state === 'closed' || pull.draft) throw new Refusal(405, 'Pull Request is not mergeable')
  if (sha !== undefined && sha !== pull.headOid)
    throw new Refusal(409, 'Head branch was modified. Review and try the merge again.')
  const options = {
    ...(method && { method }),
    ...(title !== undefined && { title }),
    ...(message !== undefined && { message })
  }
  const oid = await repository.mergePullRequest(pull, actor(call), options)
  if (oid === undefined) throw new Refusal(405, 'Pull Request has merge conflicts')
  return { status: 200, json: { sha: oid, merged: true, message: 'Pull Request successfully merged' } }
}

function requestReviewers(call: Call): Answer {
  const { repository, body, bases } = call
  const pull = pullOf(call)
  const { reviewers = [], team_reviewers: teams = [] } = body as { reviewers?: string[]; team_reviewers?: string[] }
  const { settings } = repository
  if (reviewers.includes(pull.user.login)) throw unprocessable('Review cannot be requested from pull request author.')
  if (reviewers.some(name => !settings.collaborators.has(name)) || teams.some(name => !settings.teams.has(name))) {
    throw unprocessable(
      'Reviews may only be requested from collaborators. One or more of the users or teams you specified is ' +
        `not a collaborator of the ${repository.fullName} repository.`
    )
  }
  pull.reviewers = [...new Set([...pull.reviewers, ...reviewers])]
  pull.teamReviewers = [...new Set([...pull.teamReviewers, ...teams])]
  return { status: 201, json: showPullRequest(bases, repository, pull) }
}

function showLabels(call: Call): Answer {
  const { repository, bases } = call
  return { status: 200, json: pullOf(call).labels.map(name => showLabel(bases, repository, repository.label(name))) }
}

/** Labels that the repository does not know are made. */
function setLabels(call: Call, kept: readonly string[]): Answer {
  const { labels = [] } = call.body as { labels?: (string | { name: string })[] }
  const names = labels.map(label => call.repository.label(typeof label === 'string' ? label : label.name).name)
  pullOf(call).labels = [...new Set([...kept, ...names])]
  return showLabels(call)
}

function addComment(call: Call): Answer {
  const { repository, body, bases } = call
  const pull = pullOf(call)
  checkTexts(body)
  const comment = {
    id: repository.nextId(),
    user: actor(call),
    body: String(body.body),
    createdAt: new Date().toISOString()
  }
  pull.comments.push(comment)
  return { status: 201, json: showComment(bases, repository, pull, comment) }
}
