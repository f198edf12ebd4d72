import { SeedError } from '../errors.ts'
import type { Log } from '../ports.ts'
import type { RepositoryName } from '../runner.ts'
import type { GitHub, RequestContext } from './api.ts'
import { refusalOf } from './failure.ts'
import type { PullRequest, WantedPullRequest } from './pull-request.ts'

const AUTO_MERGE_MUTATION = `mutation ($input: EnablePullRequestAutoMergeInput!) {
  enablePullRequestAutoMerge(input: $input) { clientMutationId }
}`

/** What is done to a pull request beside, and may fail. */
export interface Extras {
  github: GitHub
  repository: RepositoryName
  pull: PullRequest
  log: Log
}

export async function addLabels(
  { github, repository, pull, log }: Extras,
  wanted: readonly string[]
): Promise<boolean> {
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

export async function requestReviews(extras: Extras, { reviewers, teamReviewers }: WantedPullRequest): Promise<void> {
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
export async function enableAutoMerge(extras: Extras, method: WantedPullRequest['autoMerge']): Promise<void> {
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
export async function attempt(
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

/** What requests about pull requests have in common. */
export function writing(doing: string): RequestContext {
  return { doing, permission: 'pull-requests: write' }
}
