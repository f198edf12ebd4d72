import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Ports } from '../ports.ts'
import { start, ToolFailure } from '../process.ts'

/** What a registry knows a person or a job by. */
export type Credentials =
  | { username: string; password: string }
  /** An OAuth2 refresh token, exchanged at the token service. */
  | { identityToken: string }
  /** A bearer token, sent as it is. */
  | { registryToken: string }

export interface CredentialSource {
  env: Ports['env']
  signal?: AbortSignal
  /** Told, without secrets, why a file or helper was passed over. */
  warn?: (line: string) => void
}

/** https://docs.docker.com/reference/cli/docker/#docker-cli-configuration-file-configjson-properties */
interface AuthFile {
  auths?: Record<string, AuthEntry | undefined>
  credHelpers?: Record<string, string | undefined>
  credsStore?: string
}

interface AuthEntry {
  auth?: string
  username?: string
  password?: string
  identitytoken?: string
  registrytoken?: string
}

const HELPER_TIMEOUT_MS = 30_000
const HELPER_OUTPUT_CHARACTERS = 64 * 1024
const DOCKER_HUB_KEY = 'https://index.docker.io/v1/'

/**
 * The credentials stored for `host` (with its port, if it has one), for the most specific of the paths that podman's
 * file may name. Files are asked in this order, the first that knows the host wins: `REGISTRY_AUTH_FILE`, docker's
 * `config.json` (in `DOCKER_CONFIG` or `~/.docker`), podman's `auth.json` (in `XDG_RUNTIME_DIR`, then `~/.config`).
 * A file that is broken or a helper that fails is passed over with a warning: the image may be public.
 */
export async function readCredentials(
  host: string,
  repository: string,
  source: CredentialSource
): Promise<Credentials | undefined> {
  for (const path of authFiles(source.env)) {
    const file = await readAuthFile(path, source)
    if (!file) continue
    const helper = helperOf(file, host)
    const found = (helper && (await askHelper(helper, host, source))) ?? entryOf(file, host, repository)
    if (found) return found
  }
  return undefined
}

function authFiles(env: Ports['env']): string[] {
  const home = env.HOME ?? homedir()
  return [
    env.REGISTRY_AUTH_FILE,
    join(env.DOCKER_CONFIG || join(home, '.docker'), 'config.json'),
    env.XDG_RUNTIME_DIR && join(env.XDG_RUNTIME_DIR, 'containers', 'auth.json'),
    join(env.XDG_CONFIG_HOME || join(home, '.config'), 'containers', 'auth.json')
  ].filter(path => !!path) as string[]
}

async function readAuthFile(path: string, source: CredentialSource): Promise<AuthFile | undefined> {
  try {
    const file: unknown = JSON.parse(await readFile(path, { encoding: 'utf8', ...signalOf(source) }))
    if (typeof file !== 'object' || file === null || Array.isArray(file)) throw new Error('it holds no object')
    return file
  } catch (error) {
    source.signal?.throwIfAborted()
    const code = (error as NodeJS.ErrnoException).code
    // A parser's message quotes the text, which holds passwords.
    if (code !== 'ENOENT' && code !== 'ENOTDIR')
      source.warn?.(`${path} is passed over: ${code ?? 'it is not valid JSON'}`)
    return undefined
  }
}

/** Keys are compared without scheme and API path: people and old tools write `https://HOST/v1/` too. */
function keyOf(text: string): string {
  return text.replace(/^https?:\/\//, '').replace(/\/(?:v[12]\/?)?$/, '')
}

/** How docker names `host` to its files and helpers. */
function serverOf(host: string): string {
  return host === 'docker.io' ? DOCKER_HUB_KEY : host
}

function helperOf(file: AuthFile, host: string): string | undefined {
  const own = Object.entries(file.credHelpers ?? {}).find(([key]) => keyOf(key) === keyOf(serverOf(host)))
  return own?.[1] || file.credsStore || undefined
}

function entryOf(file: AuthFile, host: string, repository: string): Credentials | undefined {
  const entries = new Map(Object.entries(file.auths ?? {}).map(([key, entry]) => [keyOf(key), entry]))
  const parts = repository.split('/')
  // ghcr.io/org/repo, ghcr.io/org, ghcr.io
  const keys = parts.map((_, i) => [host, ...parts.slice(0, parts.length - i)].join('/'))
  for (const key of [...keys, keyOf(serverOf(host))]) {
    const found = parseEntry(entries.get(key))
    if (found) return found
  }
  return undefined
}

function parseEntry(entry: AuthEntry | null | undefined): Credentials | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined
  if (entry.identitytoken) return { identityToken: entry.identitytoken }
  if (entry.registrytoken) return { registryToken: entry.registrytoken }
  if (entry.auth) {
    const text = Buffer.from(entry.auth, 'base64').toString()
    const colon = text.indexOf(':')
    if (colon > 0) return { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, '') }
  }
  return entry.username && entry.password ? { username: entry.username, password: entry.password } : undefined
}

/** https://github.com/docker/docker-credential-helpers#development: the host on stdin, JSON on stdout. */
async function askHelper(helper: string, host: string, source: CredentialSource): Promise<Credentials | undefined> {
  const program = `docker-credential-${helper}`
  try {
    if (!/^[\w.-]+$/.test(helper)) throw new Error('that is no program name')
    const answer = await runHelper(program, serverOf(host), source)
    if (answer === undefined) return undefined
    const { Username, Secret } = JSON.parse(answer) as { Username?: unknown; Secret?: unknown }
    if (typeof Username !== 'string' || typeof Secret !== 'string' || Secret === '') return undefined
    return Username === '<token>' ? { identityToken: Secret } : { username: Username, password: Secret }
  } catch (error) {
    source.signal?.throwIfAborted()
    source.warn?.(`${program} is passed over: ${helperFailure(error)}`)
    return undefined
  }
}

/** What the helper printed; `undefined` if it knows no credentials for `server`, which it says with a failure. */
async function runHelper(program: string, server: string, source: CredentialSource): Promise<string | undefined> {
  const timeout = AbortSignal.timeout(HELPER_TIMEOUT_MS)
  const signal = source.signal ? AbortSignal.any([source.signal, timeout]) : timeout
  const helper = start(program, ['get'], { env: source.env, signal, input: `${server}\n` })
  let stdout = ''
  helper.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    if (stdout.length > HELPER_OUTPUT_CHARACTERS) helper.stop()
  })
  try {
    await helper.done
    return stdout
  } catch (error) {
    if (error instanceof ToolFailure && /credentials not found/i.test(stdout)) return undefined
    throw error
  }
}

/** Why a helper failed, without what it printed: that may hold a secret. */
function helperFailure(error: unknown): string {
  if (error instanceof SyntaxError) return 'its answer is not valid JSON'
  if (error instanceof ToolFailure) return `it failed with status ${error.exitStatus}`
  return (error as Error).message
}

function signalOf(source: CredentialSource): { signal?: AbortSignal } {
  return source.signal ? { signal: source.signal } : {}
}
