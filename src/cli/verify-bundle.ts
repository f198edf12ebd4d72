import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { readPublicKey } from '../attest/key.ts'
import type { TrustRoot } from '../attest/trust-root.ts'
import type {
  Expectation,
  ExpectedSigner,
  RefusalReason,
  VerifiedBundle,
  VerifiedFile,
  VerifiedSigner
} from '../attest/verify.ts'
import { readUpTo } from '../attest/verify/file.ts'
import { SeedError, systemCode } from '../errors.ts'
import { table, usage, type Arguments, type CommandIo, type CommandSpec } from './command.ts'
import { readTrust } from './trust.ts'

export const verifyBundleCommand: CommandSpec = {
  name: 'verify-bundle',
  summary: 'verify one signed statement by hand',
  synopsis: '--bundle FILE (--certificate-… | --key FILE) [OPTION]… FILE_OR_DIGEST',
  positionals: { min: 1, max: 1 },
  options: {
    bundle: { value: 'FILE', help: 'the Sigstore bundle, version 0.1 to 0.3' },
    'certificate-identity': {
      value: 'ID',
      help: 'who must have signed: the whole identity, as the certificate has it'
    },
    'certificate-oidc-issuer': { value: 'URL', help: 'who must have vouched for that identity' },
    key: { value: 'FILE', help: 'the public key (PEM) that must have signed, in place of a certificate' },
    'trusted-root': { value: 'FILE', help: "what to trust; default: the public Sigstore's, fetched by TUF" },
    offline: { help: 'use the copy of the public trust root that an earlier run has kept' },
    type: {
      value: 'URI',
      help: 'predicate type; default: SLSA provenance 1; any: the subject alone is checked'
    },
    commit: { value: 'SHA', help: 'the commit it must have been built from, all digits of it' },
    'allow-self-hosted': { help: "accept machines that are not the CI provider's" },
    'allow-sandbox-off': { help: 'accept builds that Nix made without a sandbox, or that do not say' },
    'allow-several-subjects': { help: 'accept a statement about several things' },
    json: { help: 'print the result as JSON' }
  },
  details: [
    'Verifies that FILE is what somebody attested, or that the thing with DIGEST (sha256:…) is: the signature, the certificate and its promise to be logged, the entry in the transparency log and its proof, the times, who signed, and what the statement says. Nothing is asked of the network but the trust root, and that not with --trusted-root or --offline.',
    'Identity and issuer are compared as they are, character by character. A statement must be SLSA provenance of exactly one subject, from a hosted machine and a sandbox, unless an option allows for more. A bundle that holds the signature of a file, and no statement, takes the file itself.',
    'Exit codes: 0 verified, 2 wrong use, 4 refused; 5 where the public trust root cannot be fetched. With --json, what is printed has "verified", or "error" with "reason", one of a closed set.',
    'This is one builder alone. Whether enough independent builders agree is what a policy is for.'
  ],
  examples: [
    {
      line: 'nix-seed verify-bundle --bundle seed.json --certificate-identity "$ID" --certificate-oidc-issuer "$URL" $DIGEST',
      meaning: 'a seed that a workflow has built; DIGEST is sha256:…'
    },
    {
      line: 'nix-seed verify-bundle --bundle seed.json --key builder.pub --trusted-root root.json $DIGEST',
      meaning: 'signed with a key, and logged in another Sigstore than the public one'
    }
  ],
  run: runVerifyBundle
}

/** What the signature of a file is checked with has to be read as a whole. */
const MAX_FILE_BYTES = 1024 ** 3
const MAX_KEY_BYTES = 64 * 1024

async function runVerifyBundle(args: Arguments, io: CommandIo): Promise<void> {
  // Loaded here, since no other command verifies.
  const { BundleRefusal, isCommit, MAX_BUNDLE_BYTES, readBundle, verifyBundle, verifyFile } =
    await import('../attest/verify.ts')
  const [file, type, commit] = [args.text('bundle'), args.text('type'), args.text('commit')]
  if (file === undefined) throw usage(verifyBundleCommand, 'which bundle? --bundle is missing')
  if (type === '') throw usage(verifyBundleCommand, '--type is empty')
  if (commit !== undefined && !isCommit(commit)) {
    throw usage(verifyBundleCommand, '--commit takes all 40 or 64 digits of a commit, in lower case')
  }
  const signer = await expectedSigner(args, io)
  const bytes = await readUpTo(resolve(io.cwd, file), MAX_BUNDLE_BYTES, 'bundle')
  const trust = await readTrust(args, io)
  try {
    const read = readBundle(bytes)
    if (read.bundle.content.$case === 'messageSignature') {
      if ((type ?? 'any') !== 'any' || commit !== undefined) {
        throw usage(verifyBundleCommand, 'the bundle holds the signature of a file, which has neither type nor commit')
      }
      print(args, io, verifyFile(read, await signedFile(args, io), signer, trust), trust)
      return
    }
    const expectation: Expectation = {
      signer,
      digest: await digestOf(args, io),
      ...(type !== undefined && { predicateType: type }),
      ...(commit !== undefined && { commit }),
      allowSelfHosted: args.flag('allow-self-hosted'),
      allowSandboxOff: args.flag('allow-sandbox-off'),
      allowSeveralSubjects: args.flag('allow-several-subjects')
    }
    print(args, io, verifyBundle(read, expectation, trust), trust)
  } catch (error) {
    throw error instanceof BundleRefusal ? error.with({ resource: file, ...hintOf(error.reason) }) : error
  }
}

async function expectedSigner(args: Arguments, io: CommandIo): Promise<ExpectedSigner> {
  const [identity, issuer, key] = [
    args.text('certificate-identity'),
    args.text('certificate-oidc-issuer'),
    args.text('key')
  ]
  if (key !== undefined) {
    if (identity !== undefined || issuer !== undefined) {
      throw usage(verifyBundleCommand, '--key and --certificate-… exclude each other')
    }
    const pem = await readUpTo(resolve(io.cwd, key), MAX_KEY_BYTES, 'key')
    return { kind: 'key', publicKey: readPublicKey(pem.toString('utf8')) }
  }
  if (!identity || !issuer) {
    throw usage(
      verifyBundleCommand,
      'who must have signed? It takes --certificate-identity and --certificate-oidc-issuer, or --key'
    )
  }
  return { kind: 'certificate', identity, issuer }
}

/** `sha256:…` as given, unless a file has this name; or that of the file. */
async function digestOf(args: Arguments, { cwd }: CommandIo): Promise<string> {
  const [artifact = ''] = args.positionals
  const path = resolve(cwd, artifact)
  if (/^sha256:[0-9a-f]{64}$/.test(artifact) && !(await isThere(path))) return artifact
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk)
  } catch (error) {
    throw noArtifact(error, artifact)
  }
  return `sha256:${hash.digest('hex')}`
}

async function signedFile(args: Arguments, { cwd }: CommandIo): Promise<Buffer> {
  const [artifact = ''] = args.positionals
  const path = resolve(cwd, artifact)
  if (/^sha256:/.test(artifact) && !(await isThere(path))) {
    throw usage(
      verifyBundleCommand,
      'the bundle holds the signature of a file: it takes the file, a digest is not enough'
    )
  }
  const bytes = await readUpTo(path, MAX_FILE_BYTES, 'file')
  if (bytes.length > MAX_FILE_BYTES)
    throw usage(verifyBundleCommand, `${artifact} is larger than ${MAX_FILE_BYTES} bytes`)
  return bytes
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false
  )
}

function noArtifact(error: unknown, artifact: string): SeedError {
  const isMissing = systemCode(error) === 'ENOENT'
  return new SeedError(
    isMissing ? 'USAGE' : 'FILE_SYSTEM',
    isMissing ? 'there is no such file' : 'cannot read the file',
    {
      resource: artifact,
      hint: 'Give a file, or a digest: sha256: and 64 hexadecimal digits in lower case.',
      cause: error
    }
  )
}

const HINTS: Partial<Record<RefusalReason, string>> = {
  'self-hosted': '--allow-self-hosted accepts it.',
  'sandbox-off': '--allow-sandbox-off accepts it.',
  'subject-count': '--allow-several-subjects accepts a statement about several things.',
  'predicate-type': '--type names the predicate type that you expect.',
  'log-unknown': 'Is it the trust root of this Sigstore? --trusted-root names another.',
  'certificate-untrusted': 'Is it the trust root of this Sigstore? --trusted-root names another.',
  'time-in-future': "Check this machine's clock."
}

function hintOf(reason: RefusalReason): { hint: string } {
  return { hint: HINTS[reason] ?? 'Do not trust what it is about, unless you know why.' }
}

function print(args: Arguments, io: CommandIo, verified: VerifiedBundle | VerifiedFile, trust: TrustRoot): void {
  const data = asData(verified, trust)
  io.print(args.flag('json') ? `${JSON.stringify(data, null, 2)}\n` : render(data))
}

interface Data {
  verified: true
  digests: string[]
  predicateType?: string
  signer: { kind: string; identity?: string; issuer?: string; fingerprint?: string }
  commit?: string
  repository?: string
  builder?: string
  runner?: string
  sandbox?: string
  invocation?: string
  times: { at: string; by: string }[]
  log: { index: string; id: string; hash: string; kind: string }[]
  mediaType: string
  trustRoot: string
}

function asData(verified: VerifiedBundle | VerifiedFile, trust: TrustRoot): Data {
  const { mediaType, signer, times, entries } = verified
  return {
    verified: true,
    ...('statement' in verified
      ? {
          digests: verified.digests,
          predicateType: verified.statement.predicateType,
          ...(verified.commit !== undefined && { commit: verified.commit }),
          ...(verified.provenance && { builder: verified.provenance.builderId }),
          ...(verified.provenance?.sandbox !== undefined && { sandbox: verified.provenance.sandbox })
        }
      : { digests: [verified.digest] }),
    ...signerData(signer),
    times: times.map(({ at, by }) => ({ at: at.toISOString(), by })),
    log: entries.map(({ index, log, hash, kind }) => ({ index, id: log, hash, kind })),
    mediaType,
    trustRoot: trust.name
  }
}

function signerData(signer: VerifiedSigner): Pick<Data, 'signer' | 'repository' | 'runner' | 'invocation'> {
  if (signer.kind === 'key') return { signer }
  const { identity, issuer, sourceRepository, runnerEnvironment, invocation } = signer.certificate
  return {
    signer: { kind: signer.kind, identity, issuer },
    ...(sourceRepository !== undefined && { repository: sourceRepository }),
    ...(runnerEnvironment !== undefined && { runner: runnerEnvironment }),
    ...(invocation !== undefined && { invocation })
  }
}

function render({ signer, times, log, ...data }: Data): string {
  const rows: [string, string | undefined][] = [
    ['verified', data.digests.join(' ')],
    ['statement', data.predicateType],
    ['signer', signer.identity ?? `key ${signer.fingerprint}`],
    ['issuer', signer.issuer],
    ['commit', data.commit],
    ['repository', data.repository],
    ['builder', data.builder],
    ['runner', data.runner],
    ['sandbox', data.sandbox],
    ['run', data.invocation],
    ...times.map(({ at, by }): [string, string] => ['signed at', `${at} (${by})`]),
    ...log.map(({ index, id }): [string, string] => ['log entry', `${index} of ${id.slice(0, 16)}…`])
  ]
  const lines = table(rows.flatMap(([label, value]) => (value === undefined ? [] : [[label, visible(value)] as const])))
  return `${lines.join('\n')}\n`
}

/** Whoever signed is who was expected, but not all of what was signed is fit for a terminal. */
function visible(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd')
}
