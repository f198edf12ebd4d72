/** The options of commands that sign. What they mean is read where something is signed alone (`signing.ts`). */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { SeedError } from '../errors.ts'
import type { Digest } from '../oci/types.ts'
import type { Attestation } from '../seed/attest.ts'
import { attestationFiles, SIGNED } from '../seed/attestation.ts'
import { usage, type Arguments, type CommandIo, type CommandSpec, type OptionSpec } from './command.ts'

export const SIGNING_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  'fulcio-url': { value: 'URL', help: 'certificate authority (default: $SIGSTORE_FULCIO_URL, else the public one)' },
  'rekor-url': { value: 'URL', help: 'transparency log, or none (default: $SIGSTORE_REKOR_URL, else the public one)' },
  'rekor-version': { value: 'N', help: 'what the log speaks: 1 or 2 (default: 1)' },
  'timestamp-url': {
    value: 'URL',
    help: 'timestamp authority, or none (default: $SIGSTORE_TIMESTAMP_URL, else the public one)'
  },
  'oidc-audience': { value: 'NAME', help: 'whom the identity token is meant for (default: sigstore)' },
  'token-file': { value: 'FILE', help: 'read the identity token from here (default: ask the CI provider)' },
  key: { value: 'FILE|env:NAME', help: 'sign with a private key, in PEM; $NIX_SEED_KEY_PASSPHRASE opens it' },
  'sign-command': {
    value: 'COMMAND',
    help: 'sign with a program: SHA-256 digest on standard input, signature on standard output'
  },
  'public-key': { value: 'FILE', help: 'of --sign-command, in PEM' },
  'builder-id': { value: 'URI', help: 'whom the statement names as builder, where a key signs' },
  'bundle-dir': { value: 'DIR', help: 'where the signed bundle is kept (default: ~/.local/state/nix-seed)' }
}

/** What the help of every command that signs says about it. */
export const SIGNING_DETAILS: readonly string[] = [
  "Signing: the job's identity token (GitHub: permissions id-token: write; GitLab: id_tokens with SIGSTORE_ID_TOKEN; CircleCI: nothing, where the program circleci is there, as on its own machines; else SIGSTORE_ID_TOKEN) is exchanged for a certificate that lives for minutes; the flake has to be the commit that the job is of, without changes. The signature is entered in a log. Certificate and log are public, and name the repository and its workflow. Builders without an accepted identity sign with --key or --sign-command, and say with --builder-id who they are.",
  'A certificate authority other than the public one takes a log and a timestamp authority of its own choice: give all three addresses, or none for what there is not.'
]

/** Refuses options that only mean something to a command that signs. */
export function refuseSigningOptions(command: Pick<CommandSpec, 'name' | 'synopsis'>, args: Arguments): void {
  const given = Object.keys(SIGNING_OPTIONS).find(name => args.text(name) !== undefined)
  if (given !== undefined) throw usage(command, `--${given} needs --sign`)
}

/** The label that `--source` becomes. */
export function sourceLabel(args: Arguments): Record<string, string> {
  const source = args.text('source')
  return source === undefined ? {} : { 'org.opencontainers.image.source': source }
}

export const AGAIN = 'Run the same command again when that is put right.'

/** Whether what was signed is on disk, and only could not be attached. */
export function isAttachable(error: unknown): error is SeedError {
  return error instanceof SeedError && error.message.startsWith(SIGNED)
}

/** How to attach what has been signed. */
export function attachLine(image: string, folder: string, digest: Digest): string {
  const { bundle } = attestationFiles(folder, digest)
  return `Or attach what has been signed, which moves no tag: nix-seed attest ${image} --bundle ${bundle}`
}

/** The same failure, with further lines on what to do next. */
export function withHint(error: SeedError, ...lines: readonly string[]): SeedError {
  const { code, message, resource, hint } = error
  return new SeedError(code, message, {
    ...(resource !== undefined && { resource }),
    hint: [hint, ...lines].filter(line => line !== undefined).join('\n'),
    cause: error
  })
}

/** Where bundles are kept. */
export function bundleFolder(args: Arguments, { cwd, env }: CommandIo): string {
  const given = args.text('bundle-dir')
  if (given !== undefined) return resolve(cwd, given)
  const state = env['XDG_STATE_HOME']
  return join(
    state !== undefined && state.startsWith('/') ? state : join(env['HOME'] ?? homedir(), '.local/state'),
    'nix-seed'
  )
}

/** What was signed, for people. */
export function describeAttestation(attestation: Attestation): string[] {
  const { identity, issuer, builderId, logIndex, logUrl, timestamp, files } = attestation
  return [
    identity === undefined ? `signed with the key of ${builderId}` : `signed as ${identity} (issuer ${issuer})`,
    logIndex === undefined ? 'in no log' : `log index ${logIndex}${logUrl === undefined ? '' : `: ${logUrl}`}`,
    ...(timestamp === undefined ? [] : [`at ${timestamp}`]),
    `kept in ${files.bundle}`
  ]
}
