/** The action's inputs: read once, checked, and frozen. */
import { SeedError } from '../errors.ts'
import { checkedTag } from '../oci/name.ts'
import type { RegistryName } from '../oci/name.ts'
import type { JobContext } from '../runner.ts'
import type { Format } from '../seed/erofs.ts'
import type { RestoreStrategy } from '../seed/restore.ts'
import { INPUTS, checkName } from './input-names.ts'
import type { InputName } from './input-names.ts'
import { Reader } from './input-reader.ts'
import * as value from './input-values.ts'
import { branchesCollide, refused } from './input-values.ts'
import type { Reviewers } from './input-values.ts'
import { secretLines, signingOf, type SigningInputs } from './signing-inputs.ts'
import { verifyOf, type VerifyInputs } from './verify-inputs.ts'

// Go on in place of what is refused; nobody sees them, since parseInputs throws then.
const STAND_IN_IMAGE: RegistryName = { kind: 'registry', host: 'registry.invalid', repository: 'seed' }
const NO_REVIEWERS: Reviewers = { users: [], teams: [] }

const MODES = ['restore', 'seed', 'promote'] as const
const STRATEGIES = ['auto', 'mount', 'unpack'] as const satisfies readonly RestoreStrategy[]
const FORMATS = ['oci,erofs', 'oci'] as const satisfies readonly Format[]
const MERGES = ['off', 'merge', 'squash', 'rebase'] as const

export type Mode = (typeof MODES)[number]
export type AutoMerge = (typeof MERGES)[number]

/** Lists are in the order of the workflow. */
export interface Inputs extends VerifyInputs {
  readonly mode: Mode
  /** Folder of the flake, relative to the workspace, with `/`; `.` is the workspace. Links in it are not resolved yet. */
  readonly flake: string
  /** Attribute of the seed; `packages.SYSTEM.seed`, or the automatic cut, where there is none. */
  readonly attribute?: string
  /** Where seeds are published and restored from; without tag and digest. */
  readonly image: RegistryName
  /** The host of `image` is the forge's own registry, which takes the job's token. */
  readonly registryIsForge: boolean
  /** For `image` alone, both or neither; where there are none, what docker or podman have stored is used. */
  readonly registryUsername?: string
  readonly registryPassword?: string
  readonly insecureRegistry: boolean
  /** Further images that a pin may name; without tag and digest. */
  readonly trustedImages: readonly RegistryName[]
  readonly tags: readonly string[]
  readonly staleSeed: 'use' | 'ignore'
  /** Outputs of the flake that are restored for; empty for all of the seed. */
  readonly for: readonly string[]
  readonly strategy: RestoreStrategy
  /** Absolute path of the folder for layers that are mounted; the usual one where absent. */
  readonly cacheDir?: string
  /** Bytes that they may take there; as many as usual where absent. */
  readonly cacheSize?: number
  readonly required: boolean
  /** Empty for requests without a token. */
  readonly githubToken: string
  /** The pinned one where there is none. */
  readonly nixVersion?: string
  /** Of the release tarball for this system: 64 lower-case digits. */
  readonly nixSha256?: string
  /** Base URL of release tarballs, without a slash at its end. */
  readonly nixReleases: string
  /** Lines for nix.conf. */
  readonly extraNixConf: readonly string[]
  readonly substituters: readonly string[]
  readonly trustedPublicKeys: readonly string[]
  readonly kvm: boolean
  readonly cache: boolean
  readonly cachixName?: string
  readonly cachixAuthToken?: string
  readonly cachixSigningKey?: string
  /** Seed mode: whether there are EROFS layers too; where they can be made where absent. */
  readonly format?: Format
  /** Seed mode: sign what is published. */
  readonly sign: boolean
  readonly signing: SigningInputs
  readonly pin: boolean
  readonly pinBranch: string
  /** The job's token where the workflow names no other. */
  readonly pullRequestToken: string
  /** The repository's default branch where there is none. */
  readonly pullRequestBase?: string
  readonly pullRequestBranch: string
  readonly pullRequestTitle?: string
  /** Text that goes before the generated body. */
  readonly pullRequestBody?: string
  readonly pullRequestLabels: readonly string[]
  readonly pullRequestReviewers: readonly string[]
  /** Slugs, without the organisation. */
  readonly pullRequestTeamReviewers: readonly string[]
  readonly pullRequestDraft: boolean
  readonly pullRequestAutoMerge: AutoMerge
  readonly summary: boolean
  /** What is odd about the inputs and does not stop the job. One line each. */
  readonly warnings: readonly string[]
}

/**
 * Reads the inputs. Empty ones count as not given.
 *
 * @param raw what the step got, by lower-case name
 * @throws SeedError USAGE that tells everything that is wrong at once, and holds no secret
 */
export function parseInputs(raw: ReadonlyMap<string, string>, job: JobContext): Inputs {
  const problems: string[] = []
  const warnings: string[] = []
  for (const name of raw.keys()) {
    const check = checkName(name)
    if (check.kind === 'error') problems.push(check.message)
    if (check.kind === 'warning') warnings.push(check.message)
  }
  const inputs = new Reader(raw, problems)
  const mode = inputs.take('mode', value.parseChoice(MODES), 'restore')
  const result: Inputs = {
    mode,
    flake: inputs.take('flake', text => value.parseFolder(text, job.workspace), '.'),
    ...inputs.optional('attribute', 'attribute', value.parseAttribute),
    ...registryOf(inputs, job, warnings),
    insecureRegistry: inputs.flag('insecure-registry'),
    trustedImages: inputs.take('trusted-images', text => value.parseWords(text).map(value.parseImage), []),
    tags: inputs.take('tags', text => value.parseWords(text).map(checkedTag), []),
    staleSeed: inputs.take('stale-seed', value.parseChoice(['use', 'ignore'] as const), 'use'),
    for: inputs.take('for', text => value.parseWords(text).map(value.parseOutput), []),
    strategy: inputs.take('strategy', value.parseChoice(STRATEGIES), 'auto'),
    ...inputs.optional('cacheDir', 'cache-dir', value.parseAbsoluteFolder),
    ...inputs.optional('cacheSize', 'cache-size', value.parseSize),
    required: inputs.flag('required'),
    githubToken: inputs.take('github-token', value.parseSecret, ''),
    ...nixOf(inputs),
    extraNixConf: inputs.take('extra-nix-conf', value.parseNixConf, []),
    substituters: inputs.take('substituters', text => value.parseWords(text).map(value.parseSubstituter), []),
    trustedPublicKeys: inputs.take('trusted-public-keys', text => value.parseWords(text).map(value.parsePublicKey), []),
    kvm: inputs.flag('kvm'),
    cache: inputs.flag('cache'),
    ...cachixOf(inputs, warnings),
    ...inputs.optional('format', 'format', text => value.parseChoice(FORMATS)(text.replace(/\s/g, ''))),
    sign: inputs.flag('sign'),
    signing: signingOf(inputs, job),
    ...verifyOf(inputs, mode === 'promote', job),
    pin: inputs.flag('pin'),
    pinBranch: inputs.take('pin-branch', value.parseBranch, INPUTS['pin-branch']),
    ...pullRequestOf(inputs, job),
    summary: inputs.flag('summary'),
    warnings
  }
  checkBranches(result, inputs)
  if (problems.length > 0) throw complaint(problems)
  return deepFreeze(result)
}

/** Every secret among the inputs, for masking; each once. */
export function secretsOf(inputs: Inputs): string[] {
  const { registryPassword, githubToken, pullRequestToken, cachixAuthToken, cachixSigningKey, signing } = inputs
  const secrets = [
    registryPassword,
    githubToken,
    pullRequestToken,
    cachixAuthToken,
    cachixSigningKey,
    ...secretLines(signing)
  ]
  return [...new Set(secrets.filter(secret => secret !== undefined))].filter(secret => secret !== '')
}

type Registry = Pick<Inputs, 'image' | 'registryIsForge' | 'registryUsername' | 'registryPassword'>

function registryOf(inputs: Reader, job: JobContext, warnings: string[]): Registry {
  const image = inputs.take('image', text => (text === '' ? defaultImage(job) : value.parseImage(text)), STAND_IN_IMAGE)
  const registryIsForge = image.host.toLowerCase() === forgeRegistry(job.serverUrl)
  const username = inputs.take('registry-username', value.parseLine, '')
  const password = inputs.take('registry-password', value.parseSecret, '')
  if (password !== '' && username === '' && !registryIsForge) {
    inputs.refuse('registry-password', refused('there is no user name to it', 'Give registry-username too.'))
  }
  // A pull request of a fork gets no secrets, and reads public seeds without.
  if (username !== '' && password === '' && !registryIsForge && !job.isFork) {
    warnings.push(`registry-password is empty: registry-username has no effect on ${image.host}`)
  }
  const login = {
    registryUsername: username || (registryIsForge ? job.actor : ''),
    registryPassword: password || (registryIsForge ? inputs.text('github-token') : '')
  }
  const isComplete = login.registryUsername !== '' && login.registryPassword !== ''
  return { image, registryIsForge, ...(isComplete && login) }
}

function defaultImage(job: JobContext): RegistryName {
  const { owner, name } = job.repository
  const text = `${forgeRegistry(job.serverUrl)}/${owner}/${name}/seed`.toLowerCase()
  try {
    return value.parseImage(text)
  } catch {
    throw refused(`the repository’s name gives no image reference (${text})`, 'Write one here: HOST/REPOSITORY.')
  }
}

/** The host of the forge's own registry of containers, which takes the forge's tokens. */
function forgeRegistry(serverUrl: string): string {
  const { host } = new URL(serverUrl)
  return host === 'github.com' ? 'ghcr.io' : `containers.${host}`
}

function nixOf(inputs: Reader): Pick<Inputs, 'nixVersion' | 'nixSha256' | 'nixReleases'> {
  if (inputs.text('nix-sha256') !== '' && inputs.text('nix-version') === '') {
    inputs.refuse('nix-sha256', refused('there is no nix-version that it is of', 'Give nix-version too.'))
  }
  return {
    ...inputs.optional('nixVersion', 'nix-version', value.parseNixVersion),
    ...inputs.optional('nixSha256', 'nix-sha256', value.parseSha256),
    nixReleases: inputs.take('nix-releases', value.parseHttpsUrl, '')
  }
}

type Cachix = Pick<Inputs, 'cachixName' | 'cachixAuthToken' | 'cachixSigningKey'>

function cachixOf(inputs: Reader, warnings: string[]): Cachix {
  const cachix: Cachix = {
    ...inputs.optional('cachixName', 'cachix-name', parseCachixName),
    ...inputs.optional('cachixAuthToken', 'cachix-auth-token', value.parseSecret),
    ...inputs.optional('cachixSigningKey', 'cachix-signing-key', value.parseSecret)
  }
  for (const secret of ['cachix-auth-token', 'cachix-signing-key'] as const) {
    if (inputs.text(secret) !== '' && inputs.text('cachix-name') === '') {
      inputs.refuse(secret, refused('there is no cachix-name that it is for', 'Give cachix-name too.'))
    }
  }
  if (cachix.cachixSigningKey !== undefined && cachix.cachixAuthToken === undefined) {
    warnings.push('cachix-signing-key has no effect: nothing is pushed to Cachix without cachix-auth-token')
  }
  return cachix
}

function parseCachixName(text: string): string {
  if (/^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$/.test(text)) return text
  throw refused(`${value.quote(text)} is no name of a Cachix cache`, 'Write NAME of https://NAME.cachix.org.')
}

type PullRequest = Pick<Inputs, Extract<keyof Inputs, `pullRequest${string}`>>

function pullRequestOf(inputs: Reader, job: JobContext): PullRequest {
  const pullRequestBranch = inputs.take('pull-request-branch', value.parseBranch, INPUTS['pull-request-branch'])
  const given = inputs.optional('pullRequestBase', 'pull-request-base', value.parseBranch)
  const base = given.pullRequestBase ?? defaultBase(job, pullRequestBranch)
  const reviewers = inputs.take(
    'pull-request-reviewers',
    text => value.parseReviewers(text, job.repository.owner),
    NO_REVIEWERS
  )
  const pullRequestDraft = inputs.flag('pull-request-draft')
  const pullRequestAutoMerge = inputs.take('pull-request-auto-merge', value.parseChoice(MERGES), 'off')
  if (pullRequestDraft && pullRequestAutoMerge !== 'off') {
    inputs.refuse('pull-request-auto-merge', refused('a draft cannot be merged', 'Leave pull-request-draft at false.'))
  }
  return {
    pullRequestToken: inputs.take('pull-request-token', value.parseSecret, '') || inputs.text('github-token'),
    ...(base !== undefined && { pullRequestBase: base }),
    pullRequestBranch,
    ...inputs.optional('pullRequestTitle', 'pull-request-title', value.parseLine),
    ...inputs.optional('pullRequestBody', 'pull-request-body', text => text),
    pullRequestLabels: inputs.take('pull-request-labels', value.parseItems, []),
    pullRequestReviewers: reviewers.users,
    pullRequestTeamReviewers: reviewers.teams,
    pullRequestDraft,
    pullRequestAutoMerge
  }
}

/** The branch of the run; the default branch for tags, pull requests, merge queues and the pull request's own branch. */
function defaultBase({ ref, defaultBranch }: JobContext, branch: string): string | undefined {
  const own = /^refs\/heads\/(?!gh-readonly-queue\/)(.+)$/.exec(ref)?.[1]
  return own === undefined || own === branch ? defaultBranch : own
}

function checkBranches(all: Inputs, inputs: Reader): void {
  const { pinBranch, pullRequestBranch: branch, pullRequestBase: base } = all
  const pairs: [InputName, string, string | undefined, string][] = [
    ['pull-request-branch', branch, pinBranch, 'pin-branch'],
    ['pin-branch', pinBranch, base, 'the base of the pull request'],
    ['pull-request-branch', branch, base, 'the base of the pull request']
  ]
  for (const [name, one, other, what] of pairs) {
    if (other !== undefined && branchesCollide(one, other)) {
      const hint = 'Give each a name of its own, neither of which begins with the other and a slash.'
      inputs.refuse(name, refused(`${value.quote(one)} cannot exist beside ${what}, ${value.quote(other)}`, hint))
    }
  }
}

function complaint(problems: readonly string[]): SeedError {
  const hint = 'Correct the "with" of this step; the README lists all inputs.'
  const [first, ...more] = problems
  if (more.length === 0) return new SeedError('USAGE', `the input ${first ?? ''}`, { hint })
  const lines = problems.map(problem => `\n- ${problem}`).join('')
  return new SeedError('USAGE', `${problems.length} inputs cannot be used:${lines}`, { hint })
}

function deepFreeze<T extends object>(object: T): T {
  for (const member of Object.values(object)) {
    if (typeof member === 'object' && member !== null) deepFreeze(member as object)
  }
  return Object.freeze(object)
}
