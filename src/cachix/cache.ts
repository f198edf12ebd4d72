/** A binary cache of Cachix: what Nix needs to know to read from it. */
import { readFile, writeFile } from 'node:fs/promises'
import { SeedError } from '../errors.ts'
import { ensureStatus, HttpClient, readBody } from '../http.ts'
import { HttpError } from '../http/error.ts'
import { isLoopback } from '../http/proxy.ts'
import { retrying, type Backoff } from '../http/retry.ts'
import type { Ports } from '../ports.ts'

export interface CachixCache {
  /** For `substituters`. */
  substituter: string
  /** For `trusted-public-keys`. */
  publicKeys: string[]
  /** Reading it needs no token. */
  isPublic: boolean
}

export interface CachixOptions {
  /** For a private cache. */
  token?: string
  /** The service, where it is not cachix.org itself. */
  api?: string
  backoff?: Backoff
}

const API = 'https://cachix.org'
const ANSWER_BYTES = 1024 * 1024
/** `NAME-1:BASE64`, as Nix reads it: 32 bytes of an Ed25519 key. */
const PUBLIC_KEY = /^[A-Za-z0-9._-]+:[A-Za-z0-9+/]{43}=$/

/**
 * Asks Cachix for the address and keys of the cache `name`. https://app.cachix.org/api/v1/ (`getCache`)
 *
 * @throws SeedError REGISTRY_DENIED for a private cache without the right token, NOT_FOUND, DOWNLOAD_FAILED,
 *   CONTENT_INVALID for an answer that may not go into nix.conf, USAGE, INTERRUPTED
 */
export async function readCachix(name: string, options: CachixOptions, ports: Ports): Promise<CachixCache> {
  const { token, api = API, backoff } = options
  const url = new URL(`/api/v1/cache/${encodeURIComponent(name)}`, api)
  if (!isSafe(url)) throw new SeedError('USAGE', 'Cachix is asked over https only', { resource: api })
  const client = new HttpClient({ env: ports.env, signal: ports.signal })
  const headers = { accept: 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) }
  const ask = async (): Promise<Buffer> =>
    readBody(await ensureStatus(await client.send({ url, headers }), 200), ANSWER_BYTES)
  try {
    return parseCache(await retrying(ask, { signal: ports.signal, ...(backoff && { backoff }) }), name, url)
  } catch (error) {
    throw failureOf(error, name, url, token !== undefined, ports.signal)
  } finally {
    client.close()
  }
}

/** Everything that is taken ends up in nix.conf, where a line break or blank would begin something else. */
function parseCache(body: Buffer, name: string, url: URL): CachixCache {
  const answer = parseObject(body)
  const { uri, publicSigningKeys, isPublic } = answer
  const address = typeof uri === 'string' && URL.canParse(uri) ? new URL(uri) : undefined
  const isKeys = (value: unknown): value is string[] =>
    Array.isArray(value) && value.length > 0 && value.every(key => typeof key === 'string' && PUBLIC_KEY.test(key))
  if (address === undefined || !isSafe(address) || !isKeys(publicSigningKeys)) {
    throw new SeedError('CONTENT_INVALID', `what ${url.host} says of the cache "${name}" has no address and keys`, {
      resource: url.href,
      hint: 'Give substituter and key in extra-nix-conf instead, and report it.'
    })
  }
  const { origin, pathname } = address
  return {
    substituter: origin + pathname.replace(/\/$/, ''),
    publicKeys: publicSigningKeys,
    isPublic: isPublic !== false
  }
}

/** A token goes over https, and to this machine. */
function isSafe(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
}

function parseObject(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString())
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

function failureOf(error: unknown, name: string, url: URL, hasToken: boolean, signal: AbortSignal): unknown {
  if (signal.aborted) return new SeedError('INTERRUPTED', 'interrupted while Cachix was asked', { cause: error })
  if (!(error instanceof HttpError)) return error
  const resource = url.href
  // Not as the cause: the error holds what the service answered, which may be what it was sent.
  if (error.status === 401 || error.status === 403) {
    return new SeedError('REGISTRY_DENIED', `there is no cache "${name}", or it is private`, {
      resource,
      hint: hasToken
        ? 'Check the name, and that the token may read this cache and has not expired.'
        : 'Check the name, or give a token that may read it: cachix-auth-token.'
    })
  }
  if (error.status === 404) {
    return new SeedError('NOT_FOUND', `there is no cache "${name}"`, { resource, hint: 'Check the name.' })
  }
  return new SeedError('DOWNLOAD_FAILED', `Cachix does not tell about the cache "${name}": ${error.message}`, {
    resource,
    hint: 'Run it again later, or check the network and the proxy.'
  })
}

/** Where Nix looks where it is not told otherwise. */
const SYSTEM_NETRC = '/etc/nix/netrc'

/**
 * Writes a file for Nix's setting `netrc-file`, with the token for a private cache. The setting replaces the file that
 * Nix reads otherwise, so what that holds comes along.
 *
 * @param file is written for this user alone; who calls removes it in the end
 * @throws SeedError USAGE for a token that cannot be one
 */
export async function writeNetrc(
  file: string,
  { substituter }: CachixCache,
  token: string,
  present = SYSTEM_NETRC
): Promise<void> {
  if (!/^[\x21-\x7e]+$/.test(token) || /["'\\#]/.test(token)) {
    throw new SeedError('USAGE', 'the token for Cachix has characters that no token has', {
      hint: 'Copy it again from https://app.cachix.org/personal-auth-tokens, without blanks around it.'
    })
  }
  const others = await readFile(present, 'utf8').catch(() => '')
  // Cachix looks at the password alone; curl passes over an entry that has no login.
  const own = `machine ${new URL(substituter).hostname} login cachix password ${token}\n`
  await writeFile(file, own + others, { mode: 0o600, flag: 'wx' })
}
