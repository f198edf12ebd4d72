/**
 * Verifies seeds by a policy of the repository. Whatever loads this loads Sigstore's libraries; the entries do so where the
 * workflow asks for more than the digest.
 */
import { join, posix } from 'node:path'
import { parsePolicy, parsePolicyText, withThreshold, type Policy } from '../attest/policy.ts'
import { resolvePolicy, type TrustSources } from '../attest/policy/trust.ts'
import { parseTrustRoot, type TrustRoot } from '../attest/trust-root.ts'
import { publicTrustRoot } from '../attest/verify/public-trust-root.ts'
import { SeedError, type ErrorCode } from '../errors.ts'
import { readRepositoryFile } from '../github/contents.ts'
import { permissionHint } from '../permission.ts'
import type { JobContext } from '../runner.ts'
import { requireVerified, verifySeed } from '../seed/verification.ts'
import { gitHub, step, type Phase } from './context.ts'
import type { Verifier } from './verification.ts'

/** @throws as `PrepareVerifying` says */
export async function prepareVerifying(phase: Phase): Promise<Verifier> {
  const { inputs, ports } = phase
  const trusted = await step(phase, 'Read the policy', async () => {
    const { policy, source } = await policyOf(phase)
    const resolved = await resolvePolicy(policy, source, sourcesOf(phase))
    const { threshold, builders } = resolved.policy
    ports.log.info(`${source}: ${threshold} of ${builders.map(({ id }) => id).join(', ')} (${resolved.digest})`)
    return resolved
  })
  return {
    ...(inputs.policy !== undefined && { policy: inputs.policy }),
    judge: seed => verifySeed({ ...seed, policy: trusted }, ports),
    require: requireVerified,
    passed: new Map()
  }
}

/** The policy, as the input `verify` takes it. */
async function policyOf(phase: Phase): Promise<{ policy: Policy; source: string }> {
  const { inputs, runner } = phase
  if (inputs.policy === undefined) return { policy: builtInPolicy(runner.job), source: 'the built-in policy' }
  const bytes = await readFileOfCommit(inputs.policy, 'the policy', 'POLICY_INVALID', phase)
  const source = placeOf(inputs.policy, runner.job)
  const policy = parsePolicyText(textOf(bytes, source), source)
  return { policy: inputs.verify === 'attested' ? withThreshold(policy, 1, source) : policy, source }
}

/**
 * The policy of repositories that have none: a workflow of this very repository, on its default branch, has built it.
 *
 * @throws SeedError USAGE where the default branch is not known, or its name fits into no pattern
 */
export function builtInPolicy({ serverUrl, repository, defaultBranch }: JobContext): Policy {
  const { owner, name } = repository
  const place = `${serverUrl}/${owner}/${name}`
  if (defaultBranch === undefined || !/^[!-~]+$/.test(defaultBranch)) {
    throw new SeedError('USAGE', 'no policy is given, and none can be made for the default branch of this repository', {
      resource: `${owner}/${name}`,
      hint: 'Name a file of the repository in the input policy ("nix-seed policy init" writes one).'
    })
  }
  // The name of a workflow's file has no slash; and what follows the last "@" is the ref.
  const identityPattern = `^${exactly(`${place}/.github/workflows/`)}[^/@]+${exactly(`@refs/heads/${defaultBranch}`)}$`
  const builder = { id: `${owner}/${name}`, issuer: ISSUER, identityPattern, repository: place }
  return parsePolicy({ threshold: 1, dimensions: ['builder'], builders: [builder] }, 'the built-in policy')
}

const ISSUER = 'https://token.actions.githubusercontent.com'

/** What means something to a pattern, as itself. */
function exactly(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

function sourcesOf(phase: Phase): TrustSources {
  const { inputs } = phase
  return {
    readFile: async name => readFileOfCommit(besidePolicy(name, inputs.policy), 'a file', 'POLICY_INVALID', phase),
    publicTrustRoot: async () => (inputs.trustedRoot === undefined ? fetchPublic(phase) : ownTrustRoot(phase))
  }
}

async function ownTrustRoot(phase: Phase): Promise<TrustRoot> {
  const { trustedRoot = '' } = phase.inputs
  const bytes = await readFileOfCommit(trustedRoot, 'the trust root', 'TRUST_ROOT_INVALID', phase)
  return parseTrustRoot(bytes, placeOf(trustedRoot, phase.runner.job))
}

/** In the folder of this step, which no earlier job has written to: what TUF keeps there is what it goes by. */
async function fetchPublic({ folder }: Phase): Promise<TrustRoot> {
  try {
    return await publicTrustRoot({ cacheFolder: join(folder, 'sigstore') })
  } catch (error) {
    if (!(error instanceof SeedError) || !error.code.startsWith('SIGSTORE_')) throw error
    throw new SeedError(error.code, error.message, {
      ...(error.resource !== undefined && { resource: error.resource }),
      hint: 'Run the job again, or name a trust root that is in the repository in the input trusted-root.',
      cause: error
    })
  }
}

/** The path, from the repository's root, of a file that the policy names. */
function besidePolicy(name: string, policy = ''): string {
  const path = posix.normalize(posix.join(posix.dirname(policy), name))
  const isInside = !posix.isAbsolute(name) && !name.includes('\\') && path !== '..' && !path.startsWith('../')
  if (isInside) return path
  throw new SeedError('POLICY_INVALID', `the policy names a file outside of the repository: ${JSON.stringify(name)}`, {
    resource: policy,
    hint: 'Commit it beside the policy, and name it from there.'
  })
}

/**
 * A file at the job's commit, through the API: earlier steps of the job, and what was restored, can change the checkout.
 *
 * @param code of the error where there is none: what is asked for would else not be asked for
 */
async function readFileOfCommit(path: string, what: string, code: ErrorCode, phase: Phase): Promise<Buffer> {
  const { runner, inputs } = phase
  const { repository, sha } = runner.job
  const bytes = await readRepositoryFile(gitHub(phase, inputs.githubToken), repository, path, sha)
  if (bytes !== undefined) return bytes
  throw new SeedError(code, `${what} is not in the repository at the job's commit`, {
    resource: placeOf(path, runner.job),
    // The forge says the same of a repository that the token may not see.
    hint: `Commit it and name its path from the root. If it is there, the token may not read it. ${permissionHint('contents: read')}`
  })
}

function placeOf(path: string, { repository, sha }: JobContext): string {
  return `${repository.owner}/${repository.name}: ${path} at ${sha.slice(0, 12)}`
}

function textOf(bytes: Uint8Array, resource: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new SeedError('POLICY_INVALID', 'the policy is no text in UTF-8', { resource, cause })
  }
}
