/**
 * The life of a job on the Actions runner, as far as an action can see it: steps with `pre`, `main` and `post` as
 * separate processes, `GITHUB_*` files, state, masks, annotations, cancellation. What it does is what actions/runner does
 * (https://github.com/actions/runner, src/Runner.Worker) for a JavaScript action of another repository.
 */
import { randomUUID } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { evaluateText, inputVariables, readActionFile, resolveInputs, type ActionFile } from './runner/action-file.ts'
import {
  eventPayload,
  githubContext,
  jobVariables,
  runnerContext,
  type JobDescription,
  type JobFolders
} from './runner/job-description.ts'
import { Masks } from './runner/masks.ts'
import { Matchers } from './runner/matchers.ts'
import { SecretWatch, type Leak } from './runner/secret-watch.ts'
import { makeFiles, readFiles, type StepFiles } from './runner/step-files.ts'
import { StepLog, type Annotation } from './runner/step-log.ts'
import { startProcess, trackedProcesses, type StepProcess } from './runner/step-process.ts'

export type { Annotation, JobDescription, JobFolders, Leak }

const ACTION = join(import.meta.dirname, '../..')
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export interface JobOptions extends JobDescription {
  /** Gets all folders of the job: workspace, temp, HOME, tool cache. */
  folder: string
  /** Values of `secrets` beside `github.token`. The runner hides them in logs. */
  secrets?: Readonly<Record<string, string>>
  /** Values that no phase may leave anywhere, though the runner knows nothing of them. */
  watched?: Readonly<Record<string, string>>
  oidc?: { url: string; token: string }
  /** The service behind @actions/cache. */
  cache?: { url: string; token: string }
  /** The environment of the runner itself, over a plain PATH and HOME. */
  env?: Readonly<Record<string, string>>
  /** Who the steps run as; the folders of the job are given to them. */
  user?: { uid: number; gid: number }
  /** Puts a command of the job into a place of its own: namespaces, a container. It has `env` around it. */
  enclose?: (command: readonly string[], env: Readonly<Record<string, string>>) => string[]
  /** Folders beside temp, workspace and HOME that secrets are looked for in. */
  watchedFolders?: readonly string[]
  debug?: boolean
  graceMs?: { interrupt: number; terminate: number }
  /** The action to run, by default this project. */
  action?: string
}

export type PhaseName = 'pre' | 'main' | 'post' | 'run'

export interface PhaseResult {
  phase: PhaseName
  conclusion: 'success' | 'failure' | 'cancelled' | 'skipped'
  /** The phase itself went wrong, whether or not the job goes on. */
  failed: boolean
  exitCode: number | null
  outputs: Readonly<Record<string, string>>
  annotations: readonly Annotation[]
  /** Titles of the log's groups. */
  groups: readonly string[]
  /** Markdown. */
  summary: string
  /** As GitHub shows it: without secrets and commands. */
  log: string
  debugLines: readonly string[]
  /** Saved by this phase. */
  state: Readonly<Record<string, string>>
  /** Set for later steps by this phase. */
  env: Readonly<Record<string, string>>
  /** Put before PATH for later steps by this phase, in the order of its lines. */
  path: readonly string[]
  durationMs: number
}

export interface RunningPhase {
  pid: number
  done: Promise<PhaseResult>
  cancel(): void
}

export interface StepOptions {
  id?: string
  /** Variables of the step alone. */
  env?: Readonly<Record<string, string>>
  continueOnError?: boolean
}

/** Makes the folders of a job. It has to be ended. */
export function startJob(options: JobOptions): Job {
  return new Job(options)
}

export class Job {
  readonly folders: JobFolders
  readonly options: JobOptions
  /** Variables that steps have set for later ones. */
  readonly env: Record<string, string> = {}
  readonly results: PhaseResult[] = []
  status: 'success' | 'failure' | 'cancelled' = 'success'
  readonly matchers = new Matchers()
  /** Put before PATH, the last one first. */
  readonly prependPath: string[] = []
  /** What PATH is before that. */
  basePath: string
  readonly #masks = new Masks()
  /** What steps have masked themselves. */
  readonly #ownMasks = new Masks()
  readonly #watch = new SecretWatch()
  readonly #steps: Step[] = []
  readonly #trackingId = `github_${randomUUID()}`
  #lastMain = -1
  #log: StepLog | undefined

  constructor(options: JobOptions) {
    this.options = options
    this.basePath = options.env?.PATH ?? SYSTEM_PATH
    const folder = options.folder
    const name = options.repository.split('/')[1] ?? ''
    this.folders = {
      workspace: join(folder, '_work', name, name),
      temp: join(folder, '_work', '_temp'),
      toolCache: join(folder, '_work', '_tool'),
      home: join(folder, 'home')
    }
    const inTemp = ['_runner_file_commands', '_github_workflow'].map(each => join(this.folders.temp, each))
    for (const each of [...Object.values(this.folders), ...inTemp]) mkdirSync(each, { recursive: true })
    this.#give(...Object.values(this.folders), ...inTemp)
    const event = join(this.folders.temp, '_github_workflow', 'event.json')
    writeFileSync(event, JSON.stringify(eventPayload(options), null, 2))
    for (const [secret, value] of Object.entries(this.#secrets())) {
      this.#masks.add(value)
      this.#watch.watch(secret, value)
    }
    for (const [secret, value] of Object.entries(options.watched ?? {})) this.#watch.watch(secret, value)
  }

  /** Adds a step with the action. All steps are added before the first `main`, as a workflow does. */
  use(inputs: Readonly<Record<string, string>> = {}, options: StepOptions = {}): Step {
    if (this.#lastMain >= 0) throw new Error('a step cannot be added to a job that is under way')
    const step = new Step(this, this.#steps.length, inputs, options)
    this.#steps.push(step)
    return step
  }

  /** Runs the `pre` of all steps in their order. */
  async pre(): Promise<PhaseResult[]> {
    const results: PhaseResult[] = []
    for (const step of this.#steps) results.push(await step.pre())
    return results
  }

  /** Runs the `post` of all steps, the last one first, and then ends the job. */
  async post(): Promise<PhaseResult[]> {
    const results: PhaseResult[] = []
    for (const step of [...this.#steps].reverse()) results.push(await step.post())
    this.end()
    return results
  }

  /** A step `run: SCRIPT`. Skipped when the job has failed. */
  async run(script: string, options: StepOptions = {}): Promise<PhaseResult> {
    if (this.status !== 'success') return skipped('run')
    const file = join(this.folders.temp, `${randomUUID()}.sh`)
    writeFileSync(file, script, { mode: 0o755 })
    try {
      return await this.startPhase('run', ['bash', '-e', file], { ...options.env }, options).done
    } finally {
      rmSync(file)
    }
  }

  /** Puts a commit of a repository into the workspace, as actions/checkout does without keeping credentials. */
  async checkout(url: string, commit = this.options.sha): Promise<PhaseResult> {
    const script = [
      'git init --quiet .',
      `git config --get remote.origin.url >/dev/null || git remote add origin '${url}'`,
      `git fetch --quiet --no-tags --depth 1 origin '+${commit}:refs/remotes/origin/job'`,
      'git -c advice.detachedHead=false checkout --quiet --force refs/remotes/origin/job',
      'git log -1 --format=%H'
    ]
    return this.run(script.join('\n'), { env: /^https?:/.test(url) ? this.#authorization(url) : {} })
  }

  /** Settings of git that send the job's token along, in variables, which no list of processes shows. */
  #authorization(url: string): Record<string, string> {
    const auth = Buffer.from(`x-access-token:${this.options.token}`).toString('base64')
    return {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `http.${new URL(url).origin}/.extraheader`,
      GIT_CONFIG_VALUE_0: `AUTHORIZATION: basic ${auth}`
    }
  }

  /** Where a secret was found that must not be there. The masks of the runner do not count: what is printed is. */
  leaks(): readonly Leak[] {
    return this.#watch.leaks
  }

  /** What the phase that runs now has printed so far. */
  get printed(): string {
    return this.#log?.text ?? ''
  }

  /** Looks for `secret` from now on, and in what is left. */
  watch(name: string, secret: string): void {
    this.#watch.watch(name, secret)
  }

  /** What the last step left running is ended, what is left is looked through for secrets. */
  end(): { orphans: string[] } {
    const orphans = trackedProcesses(
      this.#trackingId,
      readdirSync('/proc').filter(name => /^\d+$/.test(name))
    )
    for (const { pid } of orphans) process.kill(pid, 'SIGKILL')
    const { workspace, temp, home } = this.folders
    const own = ['_runner_file_commands', '_github_workflow'].map(each => join(temp, each))
    for (const folder of [workspace, temp, home, ...(this.options.watchedFolders ?? [])]) {
      if (existsSync(folder)) this.#watch.lookInto(folder, 'left behind', path => own.includes(path))
    }
    return { orphans: orphans.map(each => each.commandLine) }
  }

  /** Values that expressions can name. */
  contexts(): Record<string, unknown> {
    const github = githubContext(this.options, this.folders)
    const steps = this.#steps.filter(step => step.options.id !== undefined)
    return {
      github,
      runner: runnerContext(this.folders, this.options.debug ?? false),
      secrets: { GITHUB_TOKEN: this.options.token, ...this.options.secrets },
      env: this.env,
      job: { status: this.status },
      steps: Object.fromEntries(steps.map(step => [step.options.id, { outputs: step.outputs }])),
      inputs: this.options.inputs ?? {}
    }
  }

  /** For steps: `main` of one step is not before that of an earlier one. */
  noteMain(index: number): void {
    if (index <= this.#lastMain) throw new Error('steps run once, and in their order')
    this.#lastMain = index
  }

  get mainsBegun(): boolean {
    return this.#lastMain >= 0
  }

  /** Whether the `post` of every step after `index` is done. */
  isNextPost(index: number): boolean {
    return this.#steps.slice(index + 1).every(step => step.isOver)
  }

  /** Starts a process of a step with fresh files for its commands. */
  startPhase(
    phase: PhaseName,
    command: readonly string[],
    variables: Readonly<Record<string, string>>,
    step: StepOptions,
    warnings: readonly string[] = []
  ): RunningPhase {
    if (this.#log !== undefined) throw new Error('one phase after the other')
    const files = this.#makeFiles()
    const log = this.#makeLog(phase)
    this.#log = log
    for (const warning of warnings) log.annotate('warning', warning)
    const env = this.#environment(files, variables, step)
    const process = startProcess(this.#enclosed(command, env), {
      cwd: this.folders.workspace,
      env,
      onLine: line => log.take(line),
      onArguments: line => this.#watch.look(`arguments (${phase})`, line),
      ...(this.options.graceMs && { graceMs: this.options.graceMs })
    })
    const done = this.#finish(phase, process, files, log, step).finally(() => (this.#log = undefined))
    return { pid: process.pid, done, cancel: () => process.cancel() }
  }

  async #finish(
    phase: PhaseName,
    process: StepProcess,
    files: StepFiles,
    log: StepLog,
    step: StepOptions
  ): Promise<PhaseResult> {
    const end = await process.done
    const read = readFiles(files, log)
    for (const file of Object.values(files)) rmSync(file, { force: true })
    const failed = end.exitCode !== 0 || log.failed
    const result: PhaseResult = {
      phase,
      conclusion: end.cancelled ? 'cancelled' : failed ? 'failure' : 'success',
      failed,
      exitCode: end.exitCode,
      annotations: log.annotations,
      groups: log.groups,
      log: log.text,
      debugLines: log.debugLines,
      ...read,
      outputs: { ...log.outputs, ...read.outputs },
      state: { ...log.state, ...read.state },
      durationMs: end.milliseconds
    }
    this.#apply(result, step)
    return result
  }

  #apply(result: PhaseResult, step: StepOptions): void {
    const { phase, summary, outputs, state, env } = result
    this.results.push(result)
    for (const [name, value] of Object.entries(env)) this.env[name] = value
    for (const folder of result.path) {
      if (this.prependPath.includes(folder)) this.prependPath.splice(this.prependPath.indexOf(folder), 1)
      this.prependPath.unshift(folder)
    }
    if (result.conclusion === 'cancelled') this.status = 'cancelled'
    else if (result.failed && step.continueOnError !== true && this.status === 'success') this.status = 'failure'
    this.#watch.look(`summary (${phase})`, summary)
    this.#watch.look(`outputs (${phase})`, JSON.stringify(outputs))
    this.#watch.look(`environment (${phase})`, JSON.stringify([env, result.path]))
    this.#watch.look(`state (${phase})`, JSON.stringify(state))
  }

  #makeFiles(): StepFiles {
    const files = makeFiles(join(this.folders.temp, '_runner_file_commands'))
    this.#give(...Object.values(files))
    return files
  }

  #makeLog(phase: PhaseName): StepLog {
    return new StepLog({
      masks: this.#masks,
      matchers: this.matchers,
      workspace: this.folders.workspace,
      debug: this.options.debug ?? false,
      onPrinted: line => this.#watch.look(`log (${phase})`, this.#ownMasks.apply(line)),
      onMask: secret => this.#ownMasks.add(secret)
    })
  }

  #environment(
    files: StepFiles,
    variables: Readonly<Record<string, string>>,
    step: StepOptions
  ): Record<string, string> {
    const { options, folders } = this
    const base = { HOME: folders.home, USER: 'runner', LANG: 'C.UTF-8', ...options.env }
    const context = githubContext(options, folders)
    const forFiles = Object.entries(files).map(([name, file]) => [`GITHUB_${name.toUpperCase()}`, file])
    const merged: Record<string, string> = {
      ...base,
      ...this.env,
      ...step.env,
      ...variables,
      ...jobVariables(context, runnerContext(folders, options.debug ?? false)),
      ...Object.fromEntries(forFiles),
      RUNNER_TRACKING_ID: this.#trackingId
    }
    merged.PATH = [...this.prependPath, this.env.PATH ?? step.env?.PATH ?? this.basePath].join(':')
    return merged
  }

  #enclosed(command: readonly string[], env: Readonly<Record<string, string>>): string[] {
    const { user, enclose } = this.options
    const identity = user && ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--']
    // No shell: some of them drop variables with a dash in their name, as inputs have.
    const whole = [...(identity ?? []), 'env', `--chdir=${this.folders.workspace}`]
    // A namespace that is entered later has its own idea of the current directory.
    return enclose === undefined ? [...(identity ?? []), ...command] : enclose([...whole, ...command], env)
  }

  #secrets(): Record<string, string> {
    const { token, secrets, oidc, cache } = this.options
    return {
      'github.token': token,
      ...secrets,
      ...(oidc && { 'OIDC request token': oidc.token }),
      ...(cache && { 'cache token': cache.token })
    }
  }

  /** Makes paths the user's. */
  #give(...paths: string[]): void {
    const { user } = this.options
    if (user !== undefined) for (const path of paths) chownSync(path, user.uid, user.gid)
  }
}

/** A step that uses the action. */
export class Step {
  readonly options: StepOptions
  readonly outputs: Record<string, string> = {}
  readonly state: Record<string, string> = {}
  readonly #job: Job
  readonly #index: number
  readonly #inputs: Readonly<Record<string, string>>
  readonly #folder: string
  readonly #file: ActionFile
  #registered = false
  #begun = new Set<PhaseName>()

  constructor(job: Job, index: number, inputs: Readonly<Record<string, string>>, options: StepOptions) {
    this.options = options
    this.#job = job
    this.#index = index
    this.#inputs = inputs
    this.#folder = job.options.action ?? ACTION
    this.#file = readActionFile(this.#folder)
  }

  /** Nothing of it is to run any more. */
  get isOver(): boolean {
    return !this.#registered || this.#begun.has('post')
  }

  async pre(): Promise<PhaseResult> {
    return (await this.start('pre'))?.done ?? skipped('pre')
  }

  async main(): Promise<PhaseResult> {
    return (await this.start('main'))?.done ?? skipped('main')
  }

  async post(): Promise<PhaseResult> {
    return (await this.start('post'))?.done ?? skipped('post')
  }

  /** Starts a phase without waiting for its end; undefined if the runner skips it. */
  async start(phase: 'pre' | 'main' | 'post'): Promise<RunningPhase | undefined> {
    this.#checkOrder(phase)
    this.#begun.add(phase)
    const script = this.#file.runs[phase]
    if (script === undefined) return undefined
    if (phase === 'main' && this.#job.status !== 'success') return undefined
    // Registered by whichever phase begins first, and run whatever becomes of the job.
    if (phase === 'post' && !this.#registered) return undefined
    this.#registered = true
    const contexts = this.#job.contexts()
    const { values, warnings } = resolveInputs(this.#file, this.#inputs, contexts)
    const state = Object.entries(this.state).map(([name, value]) => [`STATE_${name}`, value])
    const variables = { ...inputVariables(values), ...Object.fromEntries(state), ...this.#serviceVariables() }
    const command = [realpathSync(process.execPath), join(this.#folder, script)]
    const running = this.#job.startPhase(phase, command, variables, this.#evaluated(contexts), warnings)
    return { ...running, done: running.done.then(result => this.#take(result)) }
  }

  #take(result: PhaseResult): PhaseResult {
    Object.assign(this.state, result.state)
    Object.assign(this.outputs, result.outputs)
    return result
  }

  #evaluated(contexts: Record<string, unknown>): StepOptions {
    const env = Object.entries(this.options.env ?? {}).map(([name, text]) => [name, evaluateText(text, contexts)])
    return { ...this.options, env: Object.fromEntries(env) as Record<string, string> }
  }

  /** What only actions get, and `run` steps do not. */
  #serviceVariables(): Record<string, string> {
    const { cache, oidc } = this.#job.options
    return {
      GITHUB_ACTION: this.options.id ?? `__org_nix-seed${this.#index === 0 ? '' : `_${this.#index + 1}`}`,
      GITHUB_ACTION_REPOSITORY: 'org/nix-seed',
      GITHUB_ACTION_REF: 'v1',
      ...(cache && {
        ACTIONS_RUNTIME_URL: cache.url,
        ACTIONS_RESULTS_URL: cache.url,
        ACTIONS_RUNTIME_TOKEN: cache.token,
        ACTIONS_CACHE_SERVICE_V2: 'True'
      }),
      ...(oidc && { ACTIONS_ID_TOKEN_REQUEST_URL: oidc.url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: oidc.token })
    }
  }

  #checkOrder(phase: 'pre' | 'main' | 'post'): void {
    if (this.#begun.has(phase)) throw new Error(`${phase} runs once`)
    if (phase === 'pre' && this.#job.mainsBegun) throw new Error('every pre comes before the first step')
    if (phase === 'main') this.#job.noteMain(this.#index)
    if (phase === 'post' && !this.#job.isNextPost(this.#index)) throw new Error('the last post comes first')
  }
}

function skipped(phase: PhaseName): PhaseResult {
  return {
    phase,
    conclusion: 'skipped',
    failed: false,
    exitCode: null,
    outputs: {},
    annotations: [],
    groups: [],
    summary: '',
    log: '',
    debugLines: [],
    state: {},
    env: {},
    path: [],
    durationMs: 0
  }
}
