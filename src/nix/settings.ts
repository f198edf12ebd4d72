/** The configuration of Nix for a job. https://nix.dev/manual/nix/latest/command-ref/conf-file */
import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SeedError, systemCode } from '../errors.ts'
import type { Ports } from '../ports.ts'
import { storeInfo } from './store-info.ts'

export interface NixSettings {
  /** Default: `nix-command` and `flakes`. Added to those that are enabled already. */
  experimentalFeatures?: readonly string[]
  /** Tokens for fetching sources. A token that the user's own files name for the same host goes before. */
  accessTokens?: readonly AccessToken[]
  /** URLs of binary caches, added to those that are configured already. */
  substituters?: readonly string[]
  /** Keys of binary caches, added likewise. */
  trustedPublicKeys?: readonly string[]
  /** `''` for a store without build users, as Nix wants it from root. Default: not set. */
  buildUsersGroup?: string
  /** What the seed brings: `NIX_CONFIG` of its image. What is about containers in it is left out. */
  seed?: string
  /** Lines of the user, which win. */
  extra?: string
}

export interface AccessToken {
  /** URL of the forge, `https://github.com`. */
  server: string
  token: string
}

interface Line {
  text: string
  /** Of a setting, with `extra-` if it has that. */
  name?: string
  value?: string
}

/** Settings of a seed's image that are about the container it makes, not about the project. */
const CONTAINER_ONLY: ReadonlySet<string> = new Set(['build-users-group', 'sandbox', 'sandbox-fallback'])
const FEATURES: ReadonlySet<string> = new Set(['experimental-features', 'extra-experimental-features'])
const DEFAULT_FEATURES = ['nix-command', 'flakes']

/**
 * Writes settings down as Nix reads them.
 *
 * @throws SeedError USAGE where a value cannot stand on one line, or a line is none that Nix understands
 */
export function nixConf(settings: NixSettings): string {
  const seed = parseLines(settings.seed ?? '', "the seed's settings")
  const ofSeed = seed.filter(({ name }) => name !== undefined && FEATURES.has(name)).flatMap(line => words(line.value))
  const features = new Set([...DEFAULT_FEATURES, ...ofSeed, ...(settings.experimentalFeatures ?? [])])
  const tokens = (settings.accessTokens ?? []).map(formatToken)
  const group = settings.buildUsersGroup
  const lines = [
    ...seed
      .filter(({ name }) => name === undefined || !(CONTAINER_ONLY.has(name) || FEATURES.has(name)))
      .map(({ text }) => text),
    setting('extra-experimental-features', [...features]),
    setting('extra-access-tokens', tokens),
    setting('extra-substituters', settings.substituters),
    setting('extra-trusted-public-keys', settings.trustedPublicKeys),
    group === undefined ? '' : `build-users-group = ${single('build-users-group', group)}`,
    ...parseLines(settings.extra ?? '', 'extra settings of Nix').map(({ text }) => text)
  ]
  return lines
    .filter(line => line !== '')
    .map(line => `${line.trimEnd()}\n`)
    .join('')
}

function setting(name: string, values: readonly string[] = []): string {
  if (values.length === 0) return ''
  return `${name} = ${values.map(value => single(name, value)).join(' ')}`
}

/** A value that Nix reads as one word. Never shown: it may be a secret. */
function single(name: string, value: string): string {
  if (/^[\x21\x22\x24-\x7e]*$/.test(value)) return value
  throw new SeedError('USAGE', `a value for ${name.replace(/^extra-/, '')} holds a space, a line end or "#"`, {
    hint: 'Give one value an entry, without line ends.'
  })
}

function formatToken({ server, token }: AccessToken): string {
  if (!URL.canParse(server) || new URL(server).host === '') {
    throw new SeedError('USAGE', 'the server of an access token is no URL', { resource: server })
  }
  if (token === '') throw new SeedError('USAGE', 'an access token is empty', { resource: server })
  return `${new URL(server).host}=${single('access-tokens', token)}`
}

function words(text = ''): string[] {
  return text.split(/\s+/).filter(word => word !== '')
}

/**
 * Reads lines as Nix does: `name = value` with spaces around the sign, `include` and `!include`, comments.
 *
 * @param what names the text in errors, which do not show it
 * @throws SeedError USAGE with the line's number
 */
function parseLines(text: string, what: string): Line[] {
  return text
    .split('\n')
    .map((raw, at) => parseLine(raw.replace(/\r$/, ''), `line ${at + 1} of ${what}`))
    .filter(line => line.text !== '')
}

function parseLine(raw: string, where: string): Line {
  const text = raw.trim()
  // eslint-disable-next-line no-control-regex
  if (/[\x00-\x08\x0a-\x1f]/.test(text)) {
    throw new SeedError('USAGE', `${where} holds a control character`, { hint: 'Nix reads plain text.' })
  }
  const [first, second, ...rest] = words(text.replace(/#.*$/, ''))
  if (first === undefined) return { text }
  if (/^!?include$/.test(first) && second !== undefined && rest.length === 0) return { text }
  if (/^[A-Za-z][\w-]*$/.test(first) && second === '=') return { text, name: first, value: rest.join(' ') }
  const hint = 'Write "name = value", with spaces around the sign, "include FILE" or "!include FILE".'
  throw new SeedError('USAGE', `${where} is no setting of Nix`, { hint })
}

/**
 * Settings of the store that a daemon does not take from a client whom it does not trust, as Nix 2.34 says itself when it
 * is given each of them. Caches are an exception: those that the daemon's `trusted-substituters` name are taken.
 */
const RESTRICTED: ReadonlySet<string> = new Set(
  words(`
    allow-new-privileges allow-symlinked-store allowed-impure-host-deps always-allow-substitutes auto-optimise-store
    build-dir build-hook build-users-group builders builders-use-substitutes compress-build-log diff-hook
    download-attempts download-buffer-size download-speed external-builders extra-platforms filter-syscalls
    fsync-metadata fsync-store-paths gc-reserved-space hashed-mirrors http-connections http2 id-count ignored-acls
    impersonate-linux-26 keep-build-log keep-derivations keep-outputs max-build-log-size max-free
    max-substitution-jobs min-free min-free-check-interval nar-buffer-size narinfo-cache-meta-ttl
    narinfo-cache-negative-ttl narinfo-cache-positive-ttl netrc-file post-build-hook pre-build-hook
    require-drop-supplementary-groups require-sigs run-diff-hook sandbox sandbox-build-dir sandbox-dev-shm-size
    sandbox-fallback sandbox-paths secret-key-files ssl-cert-file stalled-download-timeout start-id substituters
    sync-before-registering system system-features trusted-public-keys trusted-substituters use-cgroups
    use-sqlite-wal user-agent-suffix`)
)

/** Which settings in `conf` a daemon does not take from an untrusted user, by name without `extra-`. */
export function restrictedSettings(conf: string): string[] {
  // One has a name that begins so by itself.
  const named = ({ name = '' }: Line) => (RESTRICTED.has(name) ? name : name.replace(/^extra-/, ''))
  const names = parseLines(conf, 'the settings of Nix').map(named)
  return [...new Set(names.filter(name => RESTRICTED.has(name)))]
}

/**
 * Whether this user may set everything: there is no daemon, or it trusts the user.
 *
 * @returns undefined where Nix does not say (before 2.15), or cannot be asked
 */
export async function isTrustedUser(ports: Ports): Promise<boolean | undefined> {
  try {
    const { url, trusted } = await storeInfo(ports)
    return url === 'local' ? true : trusted
  } catch (error) {
    if (ports.signal.aborted) throw error
    return undefined
  }
}

/**
 * Writes settings into a file that this user alone can read, since it may hold a token.
 *
 * @param folder of the job, below the runner's temporary one; made if it is missing
 * @returns the file; see `nixEnvironment` for how Nix finds it
 * @throws SeedError USAGE, FILE_SYSTEM, DISK_FULL
 */
export async function writeNixConf(settings: NixSettings, folder: string): Promise<string> {
  const text = nixConf(settings)
  const file = confFile(folder)
  const draft = `${file}.${randomBytes(4).toString('hex')}`
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    // A new file, renamed: whatever stood there, a link even, is replaced and not written to.
    await writeFile(draft, text, { mode: 0o600, flag: 'wx' })
    await rename(draft, file)
    return file
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => {})
    const full = systemCode(cause) === 'ENOSPC' || systemCode(cause) === 'EDQUOT'
    throw new SeedError(full ? 'DISK_FULL' : 'FILE_SYSTEM', 'the settings of Nix could not be written', {
      resource: file,
      hint: 'The job needs a temporary folder that it can write to.',
      cause
    })
  }
}

/** Removes what {@link writeNixConf} wrote into `folder`. */
export async function removeNixConf(folder: string): Promise<void> {
  await rm(confFile(folder), { force: true })
}

function confFile(folder: string): string {
  return join(folder, 'nix.conf')
}
