/** A job as GitHub describes it to the runner: the event's payload, the context `github`, and the variables made of it. */

export interface JobDescription {
  event: 'push' | 'pull_request' | 'workflow_dispatch' | 'schedule'
  /** `OWNER/NAME` of the repository whose workflow runs. */
  repository: string
  /** The commit of the job; for a pull request the merge commit. */
  sha: string
  /** By default `refs/heads/main`, or `refs/pull/NUMBER/merge`. */
  ref?: string
  defaultBranch?: string
  /** What the event is about, if that is a pull request. From another repository it is one of a fork. */
  pullRequest?: { number: number; head: { repository: string; branch: string; sha: string }; base?: string }
  /** Of a dispatch. */
  inputs?: Record<string, string>
  actor?: string
  /** `github.token` of the job. */
  token: string
  serverUrl?: string
  apiUrl?: string
  graphqlUrl?: string
  runId?: number
  runAttempt?: number
  job?: string
}

/** Paths of a job's folders, as the runner lays them out. */
export interface JobFolders {
  workspace: string
  temp: string
  toolCache: string
  home: string
}

const REPOSITORY_ID = 1296269
const OWNER_ID = 9919

/** The webhook's payload, with what its documentation lists and actions read. */
export function eventPayload(job: JobDescription): Record<string, unknown> {
  const common = {
    repository: repositoryOf(job.repository, job),
    sender: { login: job.actor ?? 'octocat', id: 583231, type: 'User' },
    organization: { login: job.repository.split('/')[0], id: OWNER_ID }
  }
  switch (job.event) {
    case 'push': {
      const author = { name: 'Octo Cat', email: 'octocat@example.org', username: 'octocat' }
      const head = { id: job.sha, message: 'Change something', author, committer: author, distinct: true }
      const change = { before: '0'.repeat(40), after: job.sha, base_ref: null, created: false, deleted: false }
      return { ref: refOf(job), ...change, forced: false, head_commit: head, commits: [head], ...common }
    }
    case 'pull_request':
      return { action: 'synchronize', ...pullRequestPayload(job), ...common }
    case 'workflow_dispatch':
      return { ref: refOf(job), inputs: job.inputs ?? {}, workflow: '.github/workflows/ci.yml', ...common }
    case 'schedule':
      return { schedule: '30 5 * * 1', workflow: '.github/workflows/ci.yml', ...common }
  }
}

function pullRequestPayload(job: JobDescription): Record<string, unknown> {
  const { pullRequest } = job
  if (pullRequest === undefined) throw new Error('a job of a pull request needs to know which')
  const { number, head, base = defaultBranchOf(job) } = pullRequest
  const url = `${serverOf(job)}/${job.repository}/pull/${number}`
  return {
    number,
    pull_request: {
      number,
      html_url: url,
      state: 'open',
      draft: false,
      title: 'Change something',
      user: { login: job.actor ?? 'octocat' },
      merge_commit_sha: job.sha,
      head: { ref: head.branch, sha: head.sha, repo: repositoryOf(head.repository, job) },
      base: { ref: base, repo: repositoryOf(job.repository, job) }
    }
  }
}

function repositoryOf(name: string, job: JobDescription): Record<string, unknown> {
  const [owner, short] = name.split('/')
  return {
    id: name === job.repository ? REPOSITORY_ID : REPOSITORY_ID + 1,
    name: short,
    full_name: name,
    owner: { login: owner, id: OWNER_ID, type: 'Organization' },
    private: false,
    fork: name !== job.repository,
    html_url: `${serverOf(job)}/${name}`,
    default_branch: defaultBranchOf(job)
  }
}

/** The context `github`, apart from the files of a step. */
export function githubContext(job: JobDescription, folders: JobFolders): Record<string, unknown> {
  const server = serverOf(job)
  const ref = refOf(job)
  const [owner] = job.repository.split('/')
  const pull = job.pullRequest
  return {
    token: job.token,
    event: eventPayload(job),
    event_name: job.event,
    event_path: `${folders.temp}/_github_workflow/event.json`,
    actor: job.actor ?? 'octocat',
    actor_id: '583231',
    triggering_actor: job.actor ?? 'octocat',
    api_url: job.apiUrl ?? (server === 'https://github.com' ? 'https://api.github.com' : `${server}/api/v3`),
    graphql_url:
      job.graphqlUrl ?? (server === 'https://github.com' ? 'https://api.github.com/graphql' : `${server}/api/graphql`),
    server_url: server,
    base_ref: pull === undefined ? '' : (pull.base ?? defaultBranchOf(job)),
    head_ref: pull?.head.branch ?? '',
    job: job.job ?? 'build',
    ref,
    ref_name: ref.replace(/^refs\/(?:heads|tags|pull)\//, ''),
    ref_protected: false,
    ref_type: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    repository: job.repository,
    repository_id: String(REPOSITORY_ID),
    repository_owner: owner,
    repository_owner_id: String(OWNER_ID),
    retention_days: '90',
    run_id: String(job.runId ?? 1658821493),
    run_number: '3',
    run_attempt: String(job.runAttempt ?? 1),
    secret_source: 'Actions',
    sha: job.sha,
    workflow: 'CI',
    workflow_ref: `${job.repository}/.github/workflows/ci.yml@${ref}`,
    workflow_sha: job.sha,
    workspace: folders.workspace
  }
}

/** Members of the context `github` that a step gets as `GITHUB_NAME`. */
const EXPORTED = [
  'actor',
  'actor_id',
  'api_url',
  'base_ref',
  'event_name',
  'event_path',
  'graphql_url',
  'head_ref',
  'job',
  'ref',
  'ref_name',
  'ref_protected',
  'ref_type',
  'repository',
  'repository_id',
  'repository_owner',
  'repository_owner_id',
  'retention_days',
  'run_attempt',
  'run_id',
  'run_number',
  'server_url',
  'sha',
  'triggering_actor',
  'workflow',
  'workflow_ref',
  'workflow_sha',
  'workspace'
]

const ARCHITECTURES: Partial<Record<NodeJS.Architecture, string>> = { x64: 'X64', arm64: 'ARM64' }

/** The context `runner`. */
export function runnerContext(folders: JobFolders, debug: boolean): Record<string, string> {
  return {
    name: 'lab-runner',
    os: 'Linux',
    arch: ARCHITECTURES[process.arch] ?? process.arch.toUpperCase(),
    environment: 'github-hosted',
    temp: folders.temp,
    tool_cache: folders.toolCache,
    workspace: folders.workspace.slice(0, folders.workspace.lastIndexOf('/')),
    ...(debug && { debug: '1' })
  }
}

/**
 * Variables of every step.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/variables#default-environment-variables
 */
export function jobVariables(
  github: Readonly<Record<string, unknown>>,
  runner: Readonly<Record<string, string>>
): Record<string, string> {
  const own = EXPORTED.map(name => [`GITHUB_${name.toUpperCase()}`, String(github[name])])
  const runners = Object.entries(runner).map(([name, value]) => [`RUNNER_${name.toUpperCase()}`, value])
  return { CI: 'true', GITHUB_ACTIONS: 'true', ...Object.fromEntries(own), ...Object.fromEntries(runners) }
}

export function serverOf(job: JobDescription): string {
  return job.serverUrl ?? 'https://github.com'
}

function refOf(job: JobDescription): string {
  if (job.ref !== undefined) return job.ref
  return job.pullRequest === undefined
    ? `refs/heads/${defaultBranchOf(job)}`
    : `refs/pull/${job.pullRequest.number}/merge`
}

function defaultBranchOf(job: JobDescription): string {
  return job.defaultBranch ?? 'main'
}
