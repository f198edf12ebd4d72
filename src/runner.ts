/** What the phases of the action need of the CI runner. `actions/` binds it to the Actions toolkit, and nothing else does. */

/** A repository of the forge, as in `OWNER/NAME`. */
export interface RepositoryName {
  owner: string
  name: string
}

/** The job as the runner describes it. https://docs.github.com/en/actions/reference/workflows-and-actions/variables */
export interface JobContext {
  repository: RepositoryName
  /** The commit that the job is about. */
  sha: string
  /** `refs/heads/main`, `refs/pull/1/merge`, … */
  ref: string
  /** `branch` or `tag`; empty where there is neither. */
  refType: string
  /** `main`, `1/merge`, … */
  refName: string
  /** `push`, `pull_request`, … */
  eventName: string
  actor: string
  runId: string
  runAttempt: string
  /** `https://github.com`, without a slash at the end. */
  serverUrl: string
  /** `https://api.github.com` or `https://HOST/api/v3`. */
  apiUrl: string
  graphqlUrl: string
  /** The folder of the checkout; it may be empty still. */
  workspace: string
  /** A folder that the runner empties after the job. */
  temp: string
  /** The branch that pull requests go to by default, where the event says it. */
  defaultBranch?: string
  /** The event is about a pull request whose commits are of another repository: read-only, and not to be trusted. */
  isFork: boolean
  /** GitHub-hosted or self-hosted. */
  environment: string
}

export interface Annotation {
  title?: string
  /** Relative to the workspace. */
  file?: string
  line?: number
}

/** Files that outlive the job. */
export interface FileCache {
  /** Whether the job has one: a runner outside of a job has not. */
  readonly available: boolean
  /** Brings back `paths` that were saved under `key`; false if there are none. Never throws: a cache is no need. */
  restore(paths: readonly string[], key: string): Promise<boolean>
  /** Never throws. */
  save(paths: readonly string[], key: string): Promise<void>
}

/** Requests to the forge's API, in the way of Octokit, which fits. Answers of 400 and above are thrown. */
export interface ForgeTransport {
  /** @param route `GET /repos/{owner}/{repo}` */
  request(route: string, parameters?: Record<string, unknown>): Promise<ForgeResponse>
  graphql(query: string, variables: Record<string, unknown>): Promise<unknown>
}

export interface ForgeResponse {
  status: number
  headers: Record<string, string | number | undefined>
  data: unknown
}

export interface Runner {
  readonly job: JobContext
  /** All inputs that the step got, by lower-case name with what the workflow wrote; those of action.yml always. */
  readonly inputs: ReadonlyMap<string, string>
  /** What earlier phases saved; undefined if they did not run. */
  readonly state: string | undefined
  /** Hides `secret` in the log from now on. */
  mask(secret: string): void
  setOutput(name: string, value: string): void
  exportVariable(name: string, value: string): void
  addPath(folder: string): void
  saveState(state: string): void
  /** Folds what `action` logs. */
  group<T>(title: string, action: () => Promise<T>): Promise<T>
  annotate(level: 'notice' | 'warning' | 'error', message: string, properties?: Annotation): void
  /** Has the runner read the log with a problem matcher. */
  addMatcher(file: string): void
  removeMatcher(owner: string): void
  /** Adds Markdown to the job's summary. */
  summarize(markdown: string): Promise<void>
  /** Makes the step fail when the phase ends. */
  fail(): void
  /** @param token of the API; the transport proxies and authenticates as the Actions toolkit does */
  forge(token: string): ForgeTransport
  readonly cache: FileCache
  /** An OIDC token of the job. Masked. */
  idToken(audience: string): Promise<string>
}
