/** The options of commands that sign: with which services, and as whom. */
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { readPrivateKey, readPublicKey } from '../attest/key.ts'
import { PUBLIC_SERVICES, type SigstoreServices } from '../attest/sign.ts'
import { environmentToken } from '../attest/token.ts'
import { SeedError } from '../errors.ts'
import type { Attestation, Signing } from '../seed/attest.ts'
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
  "Signing: the job's identity token (GitHub: permissions id-token: write; GitLab: id_tokens with SIGSTORE_ID_TOKEN; CircleCI: as it is) is exchanged for a certificate that lives for minutes, and the signature is entered in a log. Certificate and log are public, and name the repository and its workflow. Builders without an accepted identity sign with --key or --sign-command, and say with --builder-id who they are.",
  'A certificate authority other than the public one takes a log and a timestamp authority of its own choice: give all three addresses, or none for what there is not.'
]

type Command = Pick<CommandSpec, 'name' | 'synopsis'>

/**
 * How to sign, from options and environment.
 *
 * @throws SeedError USAGE, KEY_INVALID, FILE_SYSTEM
 */
export async function readSigning(command: Command, args: Arguments, io: CommandIo): Promise<Signing> {
  const [key, program] = [args.text('key'), args.text('sign-command')]
  const byKey = key ?? program
  if (key !== undefined && program !== undefined) throw usage(command, '--key and --sign-command exclude each other')
  for (const name of byKey === undefined ? ['builder-id'] : ['token-file', 'oidc-audience', 'fulcio-url']) {
    if (args.text(name) !== undefined) {
      throw usage(command, `--${name} is of no use ${byKey === undefined ? 'without' : 'with'} --key or --sign-command`)
    }
  }
  if (program === undefined && args.text('public-key') !== undefined) {
    throw usage(command, '--public-key goes with --sign-command')
  }
  const common = {
    services: readServices(command, args, io, byKey === undefined),
    audience: args.text('oidc-audience') ?? 'sigstore'
  }
  if (byKey === undefined) return { ...common, kind: 'keyless', token: tokenSource(args, io) }
  const builderId = readBuilderId(command, args)
  if (program !== undefined) {
    const file = args.text('public-key')
    if (file === undefined) throw usage(command, '--sign-command needs --public-key, to check what the command answers')
    return {
      ...common,
      kind: 'command',
      command: program,
      publicKey: readPublicKey(await readText(file, io)),
      builderId
    }
  }
  const pem = await readKey(command, key ?? '', io)
  return { ...common, kind: 'key', privateKey: readPrivateKey(pem, io.env['NIX_SEED_KEY_PASSPHRASE']), builderId }
}

/** Refuses options that only mean something to a command that signs. */
export function refuseSigningOptions(command: Command, args: Arguments): void {
  const given = Object.keys(SIGNING_OPTIONS).find(name => args.text(name) !== undefined)
  if (given !== undefined) throw usage(command, `--${given} needs --sign`)
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

function tokenSource(args: Arguments, io: CommandIo): ReturnType<typeof environmentToken> {
  const file = args.text('token-file')
  return environmentToken({ ...io.ports, env: io.env }, file === undefined ? {} : { file: resolve(io.cwd, file) })
}

function readBuilderId(command: Command, args: Arguments): string {
  const id = args.text('builder-id')
  if (id === undefined) throw usage(command, '--builder-id is missing: no certificate says who the builder is')
  if (!URL.canParse(id)) throw usage(command, `--builder-id is no URI: ${JSON.stringify(id)}`)
  return id
}

async function readKey(command: Command, key: string, io: CommandIo): Promise<string> {
  const name = /^env:(.*)$/s.exec(key)?.[1]
  if (name === undefined) {
    // A key itself, given by mistake, must not come back in an error.
    if (key.includes('-----BEGIN')) throw usage(command, '--key takes a file or env:NAME, never the key itself')
    return readText(key, io)
  }
  const text = io.env[name]
  if (text !== undefined && text !== '') return text
  throw new SeedError('KEY_INVALID', `the environment has no variable ${name}, which should hold the key`, {
    hint: 'Set it to the PEM text of the private key.'
  })
}

async function readText(file: string, { cwd }: CommandIo): Promise<string> {
  const path = resolve(cwd, file)
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new SeedError('KEY_INVALID', 'the key cannot be read', {
      resource: path,
      hint: 'Name a file in PEM that this user may read.',
      cause
    })
  }
}

const NONE = 'none'

function readServices(command: Command, args: Arguments, { env }: CommandIo, keyless: boolean): SigstoreServices {
  const url = (option: string, variable: string, mayBeNone: boolean): string | undefined | 'default' => {
    const [given, set] = [args.text(option), env[variable]]
    const text = given ?? (set === '' ? undefined : set)
    if (text === undefined) return 'default'
    if (text === NONE && mayBeNone) return undefined
    return checkedUrl(command, text, given === undefined ? variable : `--${option}`)
  }
  const fulcio = url('fulcio-url', 'SIGSTORE_FULCIO_URL', false)
  const rekor = url('rekor-url', 'SIGSTORE_REKOR_URL', true)
  const timestamp = url('timestamp-url', 'SIGSTORE_TIMESTAMP_URL', true)
  const rekorVersion = readRekorVersion(command, args)
  // Whoever runs an authority of their own hardly wants names of theirs in a public log.
  if (keyless && fulcio !== 'default' && (rekor === 'default' || timestamp === 'default')) {
    const missing = rekor === 'default' ? '--rekor-url' : '--timestamp-url'
    throw usage(command, `the certificate authority is not the public one: say ${missing} too, a URL or "none"`)
  }
  if (rekorVersion === 2 && rekor === 'default') {
    throw usage(command, '--rekor-version 2 needs --rekor-url: such logs have another address every year')
  }
  if (rekor === undefined && timestamp === undefined) {
    throw usage(command, 'without log and timestamp authority, nobody could tell when it was signed')
  }
  if (rekorVersion === 2 && rekor !== undefined && timestamp === undefined) {
    throw usage(command, 'a log of version 2 tells no time: --timestamp-url is needed')
  }
  return {
    fulcioUrl: fulcio === 'default' || fulcio === undefined ? PUBLIC_SERVICES.fulcioUrl : fulcio,
    rekorUrl: rekor === 'default' ? PUBLIC_SERVICES.rekorUrl : rekor,
    rekorVersion,
    timestampUrl: timestamp === 'default' ? PUBLIC_SERVICES.timestampUrl : timestamp
  }
}

function readRekorVersion(command: Command, args: Arguments): 1 | 2 {
  const text = args.text('rekor-version') ?? '1'
  if (text === '1' || text === '2') return text === '1' ? 1 : 2
  throw usage(command, `--rekor-version is 1 or 2, not ${JSON.stringify(text)}`)
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

/** A token travels to these servers: in clear to the machine itself alone. */
function checkedUrl(command: Command, text: string, from: string): string {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) throw usage(command, `${from} is no URL of the web`)
  if (url.username !== '' || url.password !== '') throw usage(command, `${from} holds credentials, which are not used`)
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    throw usage(command, `${from} is not encrypted: only https is, or an address of this machine`)
  }
  return text.replace(/\/+$/, '')
}
