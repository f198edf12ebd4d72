/**
 * Whole stories of the action: a project on a forge, a registry, and jobs that run the bundles on machines of their own.
 * All of it is in the lab; what stands in for something is the forge alone (support/github).
 */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals'
import { commit, writeExample, writeInputs, type Inputs } from '../../lab/example.ts'
import { closureHash, formatSeedPins, parseSeedPins, type PinnedSeed, type SeedPins } from '../../src/seed/pin.ts'
import type { Published } from '../../src/seed/publish.ts'
import { GitHubServer } from './github/server.ts'
import type { Level, Permission, TokenOptions } from './github/tokens.ts'
import { output, useService, useTempFolder, type Service } from './lab.ts'
import { Machine, type MachineOptions } from './machine.ts'
import { startJob, type Job, type JobOptions, type PhaseResult, type Step } from './phases.ts'
import { nixSeedJson, withoutCompiler } from './project.ts'
import { githubClaims, type LocalSigstore } from './sigstore.ts'

export const REPOSITORY = 'org/hello'
export const SYSTEM = process.arch === 'arm64' ? 'aarch64-linux' : 'x86_64-linux'
export const OTHER_SYSTEM = process.arch === 'arm64' ? 'x86_64-linux' : 'aarch64-linux'
const WORKFLOW = `${REPOSITORY}/.github/workflows/seed.yml@refs/heads/main`
/** Who signs the seeds of signed jobs. */
export const IDENTITY = `https://github.com/${WORKFLOW}`
export const STORY_TIMEOUT_MS = 120_000

/** What seed mode asks for, as its documentation says. */
export const SEED_PERMISSIONS = { contents: 'write', 'pull-requests': 'write', packages: 'write' } as const
export const READ_PERMISSIONS = { contents: 'read', packages: 'read' } as const

export interface StoryOptions {
  /** Where the registry asks for an account. */
  account?: { user: string; password: string }
  /** The project is in C, as the example is. Without a compiler its seed is half as large. */
  compiled?: boolean
  /** The project has its seed pinned when the stories begin. */
  pinned?: boolean
  /** What `publish` publishes; `oci` by default. */
  format?: 'oci' | 'oci,erofs'
}

export interface StoryJobOptions extends Partial<Omit<JobOptions, 'folder'>> {
  /** Of the machine. */
  nix?: MachineOptions['nix']
  machine?: Partial<MachineOptions>
  /** The machine of an earlier job, in place of one of its own. */
  on?: StoryJob
  /** Each phase has a runner of its own, which ends with it: as if the runner were killed after any of them. */
  shortLived?: boolean
  permissions?: Partial<Record<Permission, Level>>
  /** Name of the job's folder; by default each has its own. What an earlier job left there is removed. */
  place?: string
  /** Ends the token after so many requests. */
  expiresAfterRequests?: number
  with?: Record<string, string>
}

export interface SeedJobOptions extends StoryJobOptions {
  /** Signs the seed. Without, the job asks for no signature. */
  sigstore?: LocalSigstore
  /** Whether the job may ask for an identity token. */
  permitted?: boolean
}

/** One job with one step of the action, and a machine of its own. */
export interface StoryJob {
  job: Job
  step: Step
  machine: Machine
  /** The phases, with a checkout between `pre` and `main`. */
  play(): Promise<{ pre: PhaseResult; main: PhaseResult; post: PhaseResult }>
  checkout(commit?: string): Promise<PhaseResult>
  end(): Promise<void>
  /** Nothing of it runs any more, not even what a runner would run in any case. Its machine stays, for a later job. */
  leave(): void
}

/** Sets up the project before the stories of a file, and asserts after each that no secret was left anywhere. */
export function useStory(options: StoryOptions = {}): () => Story {
  const folder = useTempFolder()
  const registry = useService('registry', options.account === undefined ? {} : { account: options.account })
  let story: Story | undefined
  beforeAll(async () => {
    story = await Story.start(folder(), registry(), options)
  }, STORY_TIMEOUT_MS)
  afterEach(async () => {
    expect(await story?.endJobs()).toEqual(story && { leaks: [], violations: [] })
  }, STORY_TIMEOUT_MS)
  afterAll(() => story?.stop(), STORY_TIMEOUT_MS)
  return () => {
    if (story === undefined) throw new Error('the story has not begun')
    return story
  }
}

export class Story {
  readonly github: GitHubServer
  readonly registry: Service
  /** `HOST/REPOSITORY` of the project's seeds. */
  readonly image: string
  /** The working copy of whoever works on the project. */
  readonly folder: string
  readonly inputs: Inputs
  /** The file of what the forge's certificate is signed with, for everyone to read. */
  readonly certificate: string
  readonly #root: string
  readonly #desk: Machine
  readonly #format: 'oci' | 'oci,erofs'
  readonly #jobs: StoryJob[] = []
  #count = 0

  private constructor(
    root: string,
    github: GitHubServer,
    registry: Service,
    inputs: Inputs,
    desk: Machine,
    format: 'oci' | 'oci,erofs' = 'oci'
  ) {
    this.#root = root
    this.github = github
    this.registry = registry
    this.image = `${registry.address}/${REPOSITORY}/seed`
    this.folder = join(root, 'hello')
    this.inputs = inputs
    this.#desk = desk
    this.#format = format
    this.certificate = join(root, 'ca.pem')
    copyFileSync(github.caFile ?? '', this.certificate)
  }

  static async start(root: string, registry: Service, options: StoryOptions): Promise<Story> {
    // Job steps of another user go through here.
    execFileSync('chmod', ['755', root])
    const github = await GitHubServer.start({ repository: REPOSITORY, tls: true })
    const inputs = writeInputs(join(root, 'inputs'))
    writeExample('hello', join(root, 'hello'), inputs, flake =>
      openOutputs(options.compiled === true ? flake : withoutCompiler(flake))
    )
    const hosts = hostsOf(github)
    const desk = await Machine.start({ folder: join(root, 'desk'), nix: 'lab', hosts })
    const story = new Story(root, github, registry, inputs, desk, options.format)
    try {
      await story.upload('Start', 'main')
      if (options.pinned === true) await story.pin()
      return story
    } catch (error) {
      await story.stop()
      throw error
    }
  }

  /** The names that lead to the forge, for a machine. */
  get hosts(): Record<string, string> {
    return hostsOf(this.github)
  }

  /** Runs a command in the working copy, on a machine with the lab's Nix that reaches the forge. */
  atDesk(command: readonly string[]): Promise<string> {
    return output(this.#desk.enclose(['sh', '-c', 'cd "$1" && shift && exec "$@"', 'sh', this.folder, ...command]), {
      env: this.#certificates()
    })
  }

  /** Commits the working copy, on the forge too; the commit there. */
  async push(message: string, branch = 'main'): Promise<string> {
    commit(this.folder, message)
    return this.upload(message, branch)
  }

  /** Makes what the working copy has the files of a branch of the forge; the commit. */
  async upload(message: string, branch: string): Promise<string> {
    const names = execFileSync('git', ['-C', this.folder, 'ls-files', '-z']).toString().split('\0').filter(Boolean)
    const files = Object.fromEntries(names.map(name => [name, readFileSync(join(this.folder, name))]))
    return this.github.repository.commit(branch, files, message)
  }

  /** Takes what the forge has for flake.lock into the working copy. */
  async pull(branch = 'main'): Promise<void> {
    writeFileSync(join(this.folder, 'flake.lock'), (await this.github.repository.read(branch, 'flake.lock')) ?? '')
  }

  editFlake(edit: (text: string) => string): void {
    const file = join(this.folder, 'flake.nix')
    const before = readFileSync(file, 'utf8')
    const after = edit(before)
    if (after === before) throw new Error('nothing was edited')
    writeFileSync(file, after)
  }

  /** Publishes the seed of the working copy with the command line; what a pin says of it. */
  async publish(): Promise<PinnedSeed> {
    const published = await nixSeedJson<Published>(['publish', '--format', this.#format, '--to', this.image], {
      cwd: this.folder
    })
    const reference = `${this.image}@${published.digest}`
    const inspected = await nixSeedJson<{ paths: { path: string; narHash: string }[] }>(['inspect', reference])
    return { image: reference, lockKey: published.lockKey, closure: closureHash(inspected.paths) }
  }

  /** Publishes and pins the seed of the working copy, as its author could do by hand. */
  async pin(seeds?: SeedPins['systems']): Promise<PinnedSeed> {
    const seed = seeds?.[SYSTEM] ?? (await this.publish())
    const bytes = formatSeedPins({ version: 1, systems: seeds ?? { [SYSTEM]: seed } })
    await this.record(bytes)
    if (!readFileSync(join(this.folder, 'flake.nix'), 'utf8').includes('seed-self')) this.addInput()
    await this.atDesk(['nix', 'flake', 'update', 'seed-self'])
    await this.push('Pin the seed')
    return seed
  }

  /** Commits `seed.json` to its branch, which holds nothing else and begins without a parent. */
  async record(bytes: Buffer): Promise<void> {
    const { repository } = this.github
    const parent = await repository.head('nix-seed')
    const tree = await repository.git.writeTree(undefined, [{ path: 'seed.json', content: bytes }])
    const who = { name: 'Test', email: 'test@localhost' }
    const parents = parent === undefined ? [] : [parent]
    const oid = await repository.git.writeCommit({ tree, parents, message: 'Pin', author: who, committer: who })
    await repository.setBranch('nix-seed', oid)
  }

  /** Adds the input seed-self to flake.nix. */
  addInput(line = `seed-self = { url = "github:${REPOSITORY}/nix-seed"; flake = false; };`): void {
    this.editFlake(flake => flake.replace('inputs = {', `inputs = {\n    ${line}`))
  }

  /** Changes the lock file: nixpkgs has one more line in it. The seed of it has another source tree. */
  async changeLock(): Promise<void> {
    const file = join(this.inputs.nixpkgs, 'flake.nix')
    writeFileSync(file, `${readFileSync(file, 'utf8')}# change ${++this.#count}\n`)
    await this.atDesk(['nix', 'flake', 'update', 'nixpkgs'])
  }

  async pins(branch = 'nix-seed'): Promise<SeedPins> {
    return parseSeedPins(Buffer.from((await this.github.repository.read(branch, 'seed.json')) ?? ''), branch)
  }

  token(options: Partial<TokenOptions> = {}): string {
    return this.github.issueToken({ kind: 'job', permissions: SEED_PERMISSIONS, ...options })
  }

  /** A job on the head of main, in a machine with an empty `/nix`. */
  async job(options: StoryJobOptions = {}): Promise<StoryJob> {
    const {
      nix = 'empty',
      machine: more,
      on,
      shortLived,
      permissions,
      expiresAfterRequests,
      place,
      with: inputs,
      ...rest
    } = options
    const folder = join(this.#root, place ?? `job-${++this.#count}`)
    rmSync(folder, { recursive: true, force: true })
    const own = { folder: join(folder, 'machine'), nix, hosts: hostsOf(this.github), ...more }
    const machine = on?.machine ?? (await Machine.start(own))
    const runner = shortLived === true ? ['unshare', '--fork', '--'] : []
    const limit = expiresAfterRequests === undefined ? {} : { expiresAfterRequests }
    const job = startJob({
      folder,
      event: 'push',
      repository: REPOSITORY,
      sha: (await this.github.repository.head('main')) ?? '',
      token: this.token({ permissions: permissions ?? SEED_PERMISSIONS, ...limit }),
      serverUrl: this.github.serverUrl,
      apiUrl: this.github.apiUrl,
      graphqlUrl: this.github.graphqlUrl,
      enclose: command => machine.enclose([...runner, ...command]),
      watchedFolders: [machine.etc],
      ...rest,
      env: { ...this.#certificates(), ...rest.env }
    })
    const result = this.#play(job, job.use({ image: this.image, ...inputs }), machine)
    this.#jobs.push(result)
    return result
  }

  /** A job in seed mode, in the lab's own store, from which everything can be built. It signs if there is something to sign with. */
  async seedJob({ sigstore, permitted = true, ...options }: SeedJobOptions = {}): Promise<StoryJob> {
    const signing: StoryJobOptions = sigstore ? await this.#signing(sigstore) : { with: { sign: 'false' } }
    // As GitHub's runner has it without the permission id-token.
    if (!permitted) delete signing.oidc
    const inputs = { mode: 'seed', ...signing.with, ...options.with }
    return this.job({ nix: 'lab', ...signing, ...options, with: inputs })
  }

  /** What has a job sign with this Sigstore. Each token holds a word that the job must leave nowhere. */
  async #signing(sigstore: LocalSigstore): Promise<StoryJobOptions> {
    const mark = randomBytes(24).toString('hex')
    sigstore.issuer.claims = githubClaims({
      jti: mark,
      sub: `repo:${REPOSITORY}:ref:refs/heads/main`,
      repository: REPOSITORY,
      repository_owner: REPOSITORY.split('/')[0],
      sha: await this.github.repository.head('main'),
      workflow_ref: WORKFLOW,
      job_workflow_ref: WORKFLOW
    })
    return {
      oidc: { url: sigstore.issuer.requestUrl, token: sigstore.issuer.requestToken },
      watched: { 'identity token': mark },
      with: {
        'fulcio-url': sigstore.fulcioUrl,
        'rekor-url': sigstore.rekorUrl,
        'timestamp-url': sigstore.timestampUrl
      }
    }
  }

  /** Ends the jobs of a story. */
  async endJobs(): Promise<{ leaks: unknown[]; violations: string[] }> {
    const leaks: unknown[] = []
    for (const each of this.#jobs.splice(0)) {
      await each.end()
      leaks.push(...each.job.leaks())
    }
    const violations = this.github.violations.splice(0)
    return { leaks, violations }
  }

  async stop(): Promise<void> {
    await this.endJobs()
    await this.#desk.stop()
    await this.github.close()
  }

  #play(job: Job, step: Step, machine: Machine): StoryJob {
    const checkout = (sha?: string) => job.checkout(`${this.github.serverUrl}/${job.options.repository}`, sha)
    let ended = false
    return {
      job,
      step,
      machine,
      checkout,
      play: async () => {
        const pre = await step.pre()
        clean(await checkout())
        return { pre, main: await step.main(), post: await step.post() }
      },
      end: async () => {
        if (ended) return
        ended = true
        // The runner does so whatever happens, and what is left behind is looked for after it.
        if (!step.isOver) await step.post()
        job.end()
        await machine.stop()
      },
      leave: () => {
        ended = true
        // Which the runner empties before its next job.
        rmSync(job.folders.temp, { recursive: true })
        job.end()
      }
    }
  }

  #certificates(): Record<string, string> {
    const file = this.certificate
    return { NODE_EXTRA_CA_CERTS: file, NIX_SSL_CERT_FILE: file, GIT_SSL_CAINFO: file }
  }
}

function hostsOf(github: GitHubServer): Record<string, string> {
  return Object.fromEntries(['github.com', 'api.github.com', 'codeload.github.com'].map(name => [name, github.address]))
}

/** The outputs of the example take any further input. */
function openOutputs(flake: string): string {
  return flake.replace(/(\{\s*self,\s*nixpkgs,\s*nix-seed,)(\s*\}:)/, '$1 ...$2')
}

/** A phase that has to have gone well, without a word of warning. */
export function clean(result: PhaseResult): PhaseResult {
  if (result.conclusion !== 'success' || result.annotations.length > 0) {
    throw new Error(`${result.phase}: ${result.conclusion}\n${result.log}`)
  }
  return result
}

export function errorsOf({ annotations }: PhaseResult): string[] {
  return annotations.filter(({ level }) => level === 'error').map(({ message }) => message)
}

export function warningsOf({ annotations }: PhaseResult): string[] {
  return annotations.filter(({ level }) => level === 'warning').map(({ message }) => message)
}

/** Names of the derivations that Nix says it builds. */
export function built(log: string): string[] {
  return [...log.matchAll(/building '\/nix\/store\/[a-z0-9]{32}-(.*)\.drv'/g)].map(match => match[1] ?? '').sort()
}
