/** `nix-seed verify`: whether as many independent builders as a policy asks for attested a seed. */
import { relative, resolve } from 'node:path'
import type { TrustedPolicy } from '../attest/policy/trust.ts'
import { SeedError } from '../errors.ts'
import { formatName, parseName, type ImageName } from '../oci/name.ts'
import { openRepository } from '../oci/repository.ts'
import type { Digest, Repository } from '../oci/types.ts'
import type { Signing } from '../seed/attest.ts'
import type { Verification } from '../seed/verification.ts'
import { usage, type Arguments, type CommandIo, type CommandSpec } from './command.ts'
import { errorData } from './error-data.ts'
import { keepHeapSmall } from './heap.ts'
import { POLICY_DETAILS } from './policy-file.ts'
import { repositoryOptions, requireDigest, withoutTag } from './repository.ts'
import { bundleFolder, refuseSigningOptions, SIGNING_OPTIONS, withHint } from './signing-options.ts'
import type { VerifyResult } from './verify-report.ts'

const { 'rekor-url': _searched, ...SUMMARY_OPTIONS } = SIGNING_OPTIONS
const PUBLIC_LOG = 'https://rekor.sigstore.dev'
const NONE = 'none'

export const verifyCommand: CommandSpec = {
  name: 'verify',
  summary: 'verify a seed: do enough independent builders attest it?',
  synopsis: 'REFERENCE@DIGEST --policy POLICY [OPTION]…',
  positionals: { min: 1, max: 1 },
  options: {
    policy: { value: 'POLICY', help: 'whose word counts, and how many must agree: FILE or FLAKE#ATTRIBUTE' },
    threshold: { value: 'N', help: 'how many, in place of what the policy says' },
    commit: { value: 'SHA', help: 'the commit it must have been built from, all digits of it' },
    bundle: { value: 'PATH', multiple: true, help: 'look at this bundle too, or at the bundles in this folder' },
    'trusted-root': { value: 'FILE', help: "what to trust in place of the public Sigstore's root" },
    'rekor-url': {
      value: 'URL',
      help: 'the log to search for entries that have no bundle here, or none (default: see below)'
    },
    offline: { help: 'ask nobody: read what is on this machine alone' },
    attach: { help: 'if it is verified, attach the bundles of --bundle that are not attached yet' },
    annotate: { help: 'if it is verified, hang a mark for people on the image; nobody has signed it' },
    sign: { help: 'if it is verified, sign a summary that says so, and attach it' },
    ...SUMMARY_OPTIONS,
    insecure: { help: 'speak plain HTTP to the registry (loopback addresses always are)' },
    json: { help: 'print the result as JSON' }
  },
  details: [
    'Looks at every bundle that hangs on the image, and at those of --bundle, and counts the builders of the policy that attest this digest. It is verified if as many of them as the policy asks for differ from each other in all that the policy names. What is wrong with one bundle changes nothing for the others.',
    POLICY_DETAILS,
    'Certificates, signatures and proofs are checked without asking anyone. What is fetched are the bundles and the public trust root, that where the policy needs it. With --offline its copy of an earlier run is used, no log is searched, and of an image in a registry nothing is seen but the files of --bundle; oci:DIR is read.',
    `A log is searched for entries about the image whose bundles nobody has attached. They count for nothing, and neither does a log that cannot be searched: both are told. The default is ${PUBLIC_LOG} where the policy trusts the public root, and none with --trusted-root.`,
    '--sign takes the options of `nix-seed attest`, and the summary (SLSA VSA) is entered in the log of $SIGSTORE_REKOR_URL, else of --rekor-url, else in the public one. A summary is no vote. The mark of --annotate is an artifact that tools like `oras discover` show: anyone who may write to the repository can make one, and this command never reads it.',
    'Exit codes: 0 verified, 3 not verified, 2 wrong use or a policy that is not valid, 4 a trust root or key that cannot be used, 5 registry or network. --json prints one document in every case: the verdict with all bundles, and "error" where the exit code is not 0.'
  ],
  examples: [
    {
      line: 'nix-seed verify ghcr.io/org/repo/seed@sha256:… --policy seed-policy.jsonc --commit "$(git rev-parse HEAD)"',
      meaning: 'is it what the builders make of this commit?'
    },
    {
      line: 'nix-seed verify ghcr.io/org/repo/seed@sha256:… --policy .#seedCfg.policy --threshold 2',
      meaning: 'with the policy in the flake in this folder, and two builders for now'
    },
    {
      line: 'nix-seed verify HOST/seed@sha256:… --policy seed-policy.jsonc --bundle ./bundles --attach --annotate',
      meaning: 'bundles that came as files: look at them, and attach them if all is well'
    },
    {
      line: 'nix-seed verify oci:./seed@sha256:… --policy seed-policy.jsonc --trusted-root root.json --offline --json',
      meaning: 'on a machine without a network, for a script'
    }
  ],
  run: runVerify
}

interface Target {
  name: ImageName
  digest: Digest
  /** Absent where it must not be asked. */
  repository?: Repository
}

async function runVerify(args: Arguments, io: CommandIo): Promise<void> {
  keepHeapSmall()
  const name = parseName(args.positionals[0] ?? '')
  const options = await readOptions(name, args, io)
  const isReached = name.kind === 'layout' || !args.flag('offline')
  const repository = isReached ? openRepository(name, repositoryOptions(io, args)) : undefined
  try {
    const digest = await requireDigest(name, repository, 'is verified')
    const signing = await readSigning(args, io)
    const policy = await readPolicy(options.policy, options.threshold, args, io)
    if (signing) await (await import('../seed/attest.ts')).checkSigning(signing, io.ports)
    const { verifySeed } = await import('../seed/verification.ts')
    const rekorUrl = logToSearch(policy, args)
    const verification = await verifySeed(
      {
        reference: formatName({ ...withoutTag(name), digest }),
        digest,
        policy,
        paths: options.paths,
        ...(repository && { repository }),
        ...(options.commit !== undefined && { commit: options.commit }),
        ...(rekorUrl !== undefined && { rekorUrl })
      },
      io.ports
    )
    const target = { name, digest, ...(repository && { repository }) }
    await conclude(verification, target, signing, args, io)
  } finally {
    await repository?.close()
  }
}

/** Acts on the verdict, shows it and all that was done, and fails where the seed is not verified or something was not done. */
async function conclude(
  verification: Verification,
  target: Target,
  signing: Signing | undefined,
  args: Arguments,
  io: CommandIo
): Promise<void> {
  const { requireVerified } = await import('../seed/verification.ts')
  const result: VerifyResult = { ...verification }
  let failure: { error: unknown } | undefined
  try {
    requireVerified(verification)
    await act(result, target, signing, args, io)
  } catch (error) {
    failure = { error: error instanceof SeedError ? explained(error, verification, args) : error }
  }
  if (args.flag('json')) {
    if (failure?.error instanceof SeedError) result.error = errorData(failure.error)
    io.print(`${JSON.stringify(result, null, 2)}\n`)
  } else {
    const { describeVerification } = await import('./verify-report.ts')
    io.print(describeVerification(result, io.cwd))
    if (!verification.verified && failure?.error instanceof SeedError) throw withoutReason(failure.error)
  }
  if (failure) throw failure.error
}

/** The reason stands in the line above. */
function withoutReason(error: SeedError): SeedError {
  const { code, hint } = error
  return new SeedError(code, 'the policy is not met', { ...(hint !== undefined && { hint }), cause: error })
}

/** What was asked for in the case of a pass. `result` tells what was done, also where the next thing fails. */
async function act(
  result: VerifyResult,
  { repository }: Target,
  signing: Signing | undefined,
  args: Arguments,
  io: CommandIo
): Promise<void> {
  if (repository === undefined) return
  const verification: Verification = result
  if (args.flag('attach')) {
    const { attachVerified } = await import('../seed/attach-verified.ts')
    result.attached = await attachVerified(repository, verification)
  }
  if (signing) {
    const { attestVerification } = await import('../seed/summary.ts')
    const files = bundleFolder(args, io)
    const { bundle, ...summary } = await attestVerification({ verification, repository, signing, files }, io.ports)
    result.summary = { ...summary, digest: bundle.digest }
  }
  if (args.flag('annotate')) {
    const { markVerified } = await import('../seed/mark.ts')
    const { descriptor, existed } = await markVerified(repository, verification)
    result.mark = { digest: descriptor.digest, existed }
  }
}

const ACTIONS = { attach: 'attached', annotate: 'annotated', sign: 'signed' } as const

/** The same error, with what its reader has to know beside. */
function explained(error: SeedError, { verified }: Verification, args: Arguments): SeedError {
  if (verified) return withHint(error, 'The seed is verified: only what was to be done after that has failed.')
  const asked = Object.entries(ACTIONS).flatMap(([option, done]) => (args.flag(option) ? [done] : []))
  return asked.length > 0 ? withHint(error, `Nothing was ${asked.join(' or ')}.`) : error
}

interface Options {
  policy: string
  threshold?: number
  commit?: string
  paths: string[]
}

/** All that is wrong with the options is told before anybody is asked for anything. */
async function readOptions(name: ImageName, args: Arguments, io: CommandIo): Promise<Options> {
  const { isCommit } = await import('../attest/verify.ts')
  const [policy, threshold, commit] = [args.text('policy'), args.text('threshold'), args.text('commit')]
  if (!policy) throw usage(verifyCommand, 'whose word counts? --policy is missing; `nix-seed policy init` writes one')
  if (threshold !== undefined && !/^\d{1,9}$/.test(threshold)) {
    throw usage(verifyCommand, `--threshold is a whole number from 1, not ${JSON.stringify(threshold)}`)
  }
  if (commit !== undefined && !isCommit(commit)) {
    throw usage(verifyCommand, '--commit takes all 40 or 64 digits of a commit, in lower case')
  }
  const paths = args.list('bundle').map(path => resolve(io.cwd, path))
  if (args.flag('attach') && paths.length === 0) {
    throw usage(verifyCommand, '--attach attaches the bundles of --bundle, and there is none')
  }
  checkLog(args.text('rekor-url'))
  if (!args.flag('sign')) refuseSigningOptions(verifyCommand, withLog(args, undefined))
  if (args.flag('offline')) checkOffline(name, paths, args)
  return {
    policy,
    paths,
    ...(threshold !== undefined && { threshold: Number(threshold) }),
    ...(commit !== undefined && { commit })
  }
}

function checkOffline(name: ImageName, paths: readonly string[], args: Arguments): void {
  const isRegistry = name.kind === 'registry'
  if (args.text('rekor-url') !== undefined)
    throw usage(verifyCommand, '--offline searches no log: leave out --rekor-url')
  if (args.flag('sign')) throw usage(verifyCommand, '--offline signs nothing: a signature is entered in a log')
  const needsRegistry = ['attach', 'annotate'].find(option => args.flag(option))
  if (isRegistry && needsRegistry !== undefined) {
    throw usage(verifyCommand, `--offline asks no registry, and --${needsRegistry} writes to it`)
  }
  if (isRegistry && paths.length === 0) {
    throw usage(verifyCommand, '--offline asks no registry: the bundles have to come from files, see --bundle')
  }
}

function checkLog(text: string | undefined): void {
  if (text === undefined || text === NONE) return
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) throw usage(verifyCommand, '--rekor-url is no URL of the web')
  if (url.username !== '' || url.password !== '') {
    throw usage(verifyCommand, '--rekor-url holds credentials, which are not used')
  }
}

function logToSearch({ policy }: TrustedPolicy, args: Arguments): string | undefined {
  const given = args.text('rekor-url')
  if (given !== undefined) return given === NONE ? undefined : given
  const trustsPublic = policy.builders.some(({ trustRoot }) => trustRoot === 'public')
  return trustsPublic && !args.flag('offline') && args.text('trusted-root') === undefined ? PUBLIC_LOG : undefined
}

/** The log that is searched is the one that a summary is entered in, unless the environment of the job names another. */
async function readSigning(args: Arguments, io: CommandIo): Promise<Signing | undefined> {
  if (!args.flag('sign')) return undefined
  const { readSigning: read } = await import('./signing.ts')
  const searched = args.text('rekor-url')
  const isSet = (io.env['SIGSTORE_REKOR_URL'] ?? '') !== ''
  return read(verifyCommand, withLog(args, isSet || searched === NONE ? undefined : searched), io)
}

/** `--rekor-url` as the options for signing have it. */
function withLog(args: Arguments, url: string | undefined): Arguments {
  return { ...args, text: name => (name === 'rekor-url' ? url : args.text(name)) }
}

async function readPolicy(
  text: string,
  threshold: number | undefined,
  args: Arguments,
  io: CommandIo
): Promise<TrustedPolicy> {
  const [{ loadPolicy }, { readTrust }, { resolvePolicy }, { PUBLIC_TRUST_ROOT }] = await Promise.all([
    import('./policy-file.ts'),
    import('./trust.ts'),
    import('../attest/policy/trust.ts'),
    import('../attest/policy.ts')
  ])
  const { policy, source, readFile } = await loadPolicy(text, threshold, io)
  if (args.text('trusted-root') !== undefined && !policy.builders.some(each => each.trustRoot === PUBLIC_TRUST_ROOT)) {
    io.ports.log.warn('--trusted-root has no effect: every builder of the policy names a trust root of its own')
  }
  return resolvePolicy(policy, shortened(source, io.cwd), { readFile, publicTrustRoot: () => readTrust(args, io) })
}

/** A path below the current folder as people write it. */
function shortened(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return path.startsWith('/') && short !== '' && !short.startsWith('..') ? short : path
}
