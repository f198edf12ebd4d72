import { readFileSync } from 'node:fs'
import type { Ports } from '../ports.ts'
import type { JobContext } from '../runner.ts'

/** What this reads of an event; the rest of the payload is of no concern here. */
interface Event {
  repository?: { full_name?: string; default_branch?: string }
  pull_request?: Change
  workflow_run?: { head_repository?: { full_name?: string } | null }
}

interface Change {
  head?: { repo?: { full_name?: string } | null }
}

/**
 * The job as its environment and event describe it.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/variables
 */
export function readJob(env: Ports['env']): JobContext {
  const event = readEvent(env.GITHUB_EVENT_PATH)
  const [owner = '', name = ''] = (env.GITHUB_REPOSITORY ?? '').split('/')
  const text = (variable: string, fallback = ''): string => env[variable] || fallback
  const defaultBranch = event.repository?.default_branch
  return {
    repository: { owner, name },
    sha: text('GITHUB_SHA'),
    ref: text('GITHUB_REF'),
    refType: text('GITHUB_REF_TYPE'),
    refName: text('GITHUB_REF_NAME'),
    eventName: text('GITHUB_EVENT_NAME'),
    actor: text('GITHUB_ACTOR'),
    runId: text('GITHUB_RUN_ID'),
    runAttempt: text('GITHUB_RUN_ATTEMPT', '1'),
    serverUrl: text('GITHUB_SERVER_URL', 'https://github.com').replace(/\/+$/, ''),
    apiUrl: text('GITHUB_API_URL', 'https://api.github.com').replace(/\/+$/, ''),
    graphqlUrl: text('GITHUB_GRAPHQL_URL', 'https://api.github.com/graphql'),
    workspace: text('GITHUB_WORKSPACE', process.cwd()),
    temp: text('RUNNER_TEMP', '/tmp'),
    ...(defaultBranch !== undefined && { defaultBranch }),
    isFork: isFork(event, text('GITHUB_EVENT_NAME'), `${owner}/${name}`),
    environment: text('RUNNER_ENVIRONMENT')
  }
}

function readEvent(file: string | undefined): Event {
  if (file === undefined || file === '') return {}
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Event
  } catch {
    return {} // no reason to fail: what it is needed for has another source, or is decided on the safe side
  }
}

/**
 * Whether the event is about commits of another repository. That of a deleted fork is null; `pull_request_target` and
 * `workflow_run` hand such commits to jobs that may write. Where the event does not say whose they are, they are
 * strangers'.
 */
function isFork(event: Event, eventName: string, own: string): boolean {
  const { pull_request: change, workflow_run: run } = event
  const isOwn = (repository: { full_name?: string } | null | undefined): boolean =>
    repository?.full_name?.toLowerCase() === own.toLowerCase()
  if (change !== undefined || eventName.startsWith('pull_request')) return !isOwn(change?.head?.repo)
  if (run !== undefined || eventName === 'workflow_run') return !isOwn(run?.head_repository)
  return false
}
