/** How to sign, and as whom: out of options and environment. Loads Sigstore's libraries. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { readPrivateKey, readPublicKey } from '../attest/key.ts'
import { PUBLIC_SERVICES, type SigstoreServices } from '../attest/sign.ts'
import { environmentToken } from '../attest/token.ts'
import { SeedError } from '../errors.ts'
import type { Signing } from '../seed/attest.ts'
import { usage, type Arguments, type CommandIo, type CommandSpec } from './command.ts'
import { keyVariable } from './secrets.ts'

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
  // A key itself, given by mistake, must not come back in an error.
  if (key.includes('-----BEGIN')) {
    throw usage(command, '--key takes a file or env:NAME with the name of a variable, never the key itself')
  }
  if (!key.startsWith('env:')) return readText(key, io)
  const name = keyVariable(key)
  if (name === undefined) throw usage(command, '--key env:NAME takes the name of a variable: letters, digits and "_"')
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
    throw new SeedError('FILE_SYSTEM', 'the file of the key cannot be read', {
      resource: path,
      hint: 'Name a file in PEM that this user may read.',
      cause
    })
  }
}

const NONE = 'none'

interface Address {
  /** Undefined for none. */
  url: string | undefined
  /** Whether it is nobody's choice but ours. */
  isDefault?: boolean
}

function readServices(command: Command, args: Arguments, { env }: CommandIo, isKeyless: boolean): SigstoreServices {
  const address = (option: string, variable: string, fallback: string | undefined): Address => {
    const [given, set] = [args.text(option), env[variable]]
    const text = given ?? (set === '' ? undefined : set)
    if (text === undefined) return { url: fallback, isDefault: true }
    if (text === NONE && option !== 'fulcio-url') return { url: undefined }
    return { url: checkedUrl(command, text, given === undefined ? variable : `--${option}`) }
  }
  const { fulcioUrl, rekorUrl, timestampUrl } = PUBLIC_SERVICES
  const fulcio = address('fulcio-url', 'SIGSTORE_FULCIO_URL', fulcioUrl)
  const rekor = address('rekor-url', 'SIGSTORE_REKOR_URL', rekorUrl)
  const timestamp = address('timestamp-url', 'SIGSTORE_TIMESTAMP_URL', timestampUrl)
  const rekorVersion = readRekorVersion(command, args)
  // Whoever runs an authority of their own hardly wants names of theirs in a public log.
  if (isKeyless && !fulcio.isDefault && (rekor.isDefault || timestamp.isDefault)) {
    const missing = rekor.isDefault ? '--rekor-url' : '--timestamp-url'
    throw usage(command, `the certificate authority is not the public one: say ${missing} too, a URL or "none"`)
  }
  if (rekorVersion === 2 && rekor.isDefault) {
    throw usage(command, '--rekor-version 2 needs --rekor-url: such logs have another address every year')
  }
  if (rekor.url === undefined && timestamp.url === undefined) {
    throw usage(command, 'without log and timestamp authority, nobody could tell when it was signed')
  }
  if (rekorVersion === 2 && rekor.url !== undefined && timestamp.url === undefined) {
    throw usage(command, 'a log of version 2 tells no time: --timestamp-url is needed')
  }
  return { fulcioUrl: fulcio.url ?? fulcioUrl, rekorUrl: rekor.url, rekorVersion, timestampUrl: timestamp.url }
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
