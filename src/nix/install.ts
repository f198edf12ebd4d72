/** Nix on a machine without: an official release, fetched, checked, and put under `/nix` for one user. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { SeedError, systemCode } from '../errors.ts'
import { HttpClient } from '../http.ts'
import { downloadFile, downloadText, type DownloadOptions } from '../http/download.ts'
import { HttpError } from '../http/error.ts'
import type { NixPlace } from '../place.ts'
import type { Ports } from '../ports.ts'
import { run, ToolFailure } from '../process.ts'
import type { FileCache } from '../runner.ts'
import { formatBytes } from '../format.ts'
import { isTrustworthy, parsePublishedChecksum, resolveRelease, type NixRelease, type NixRequest } from './release.ts'
import { placeRelease } from './release-placement.ts'

export interface InstalledNix {
  /** Store path of Nix. */
  nix: string
  /** Store path of the certificates that came with it, see `nixEnvironment`. */
  cacert?: string
  version: string
  /** Size of the tarball. */
  bytes: number
  fromCache: boolean
  milliseconds: number
}

/** Ten times what a release has. */
const MAX_TARBALL_BYTES = 256 * 1024 * 1024
const MAX_CHECKSUM_BYTES = 4096

/**
 * Installs a release of Nix: no daemon, no build users, no service, nothing in a home folder or `/etc`. The tarball is
 * kept with `cache` under the hash of its content.
 *
 * @param temp a folder of the job, where the tarball is while it is needed
 * @throws SeedError USAGE, PLATFORM, TOOL_MISSING, NOT_FOUND, DOWNLOAD_FAILED, DIGEST_MISMATCH, CONTENT_INVALID, DISK_FULL,
 *   FILE_SYSTEM, NO_PRIVILEGE, TOOL_FAILED, INTERRUPTED; what `place` holds is then as it was
 */
export async function installNix(
  request: NixRequest,
  place: NixPlace,
  ports: Ports,
  cache: FileCache,
  temp: string
): Promise<InstalledNix> {
  const started = performance.now()
  const release = resolveRelease(request)
  const client = new HttpClient({ env: ports.env, signal: ports.signal })
  // Part of what a cache entry is found by, so it is always the same.
  const folder = join(temp, 'nix-seed-release')
  try {
    await checkTools(ports)
    const sha256 = release.sha256 ?? (await publishedChecksum(release, client, ports))
    const file = join(folder, basename(release.tarball.pathname))
    await rm(folder, { recursive: true, force: true })
    const key = `${release.name}-${sha256}`
    const fromCache = await restoreTarball(file, folder, key, sha256, ports, cache)
    if (!fromCache) {
      await mkdir(folder, { recursive: true })
      await fetchTarball(release, sha256, file, client, ports)
    }
    const { size } = await stat(file)
    const { nix, cacert } = await placeRelease(file, release.name, place, ports)
    if (!fromCache && cache.available) await cache.save([folder], key)
    const milliseconds = Math.round(performance.now() - started)
    const version = release.version
    return { nix, ...(cacert === undefined ? {} : { cacert }), version, bytes: size, fromCache, milliseconds }
  } catch (error) {
    throw explain(error, release, place, temp, ports.signal)
  } finally {
    client.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Before anything is fetched, with the names of the packages that a bare image lacks. */
async function checkTools({ env, signal }: Ports): Promise<void> {
  const tools = process.platform === 'darwin' ? { tar: 'tar' } : { tar: 'tar', xz: 'xz-utils (Debian) or xz' }
  for (const [tool, packages] of Object.entries(tools)) {
    const hint = `The release of Nix is unpacked with it. Install the package ${packages}.`
    // What counts is that it starts: not every tar knows this option.
    await run(tool, ['--version'], { env, signal, hint }).catch((error: unknown) => {
      if (!(error instanceof ToolFailure)) throw error
    })
  }
}

async function publishedChecksum(release: NixRelease, client: HttpClient, ports: Ports): Promise<string> {
  const { version, system, checksum } = release
  if (!isTrustworthy(checksum)) {
    throw new SeedError(
      'USAGE',
      `the checksum of Nix ${version} is not known, and would come over a plain connection`,
      {
        resource: checksum.href,
        hint: 'Use an https URL, or give the checksum of the tarball as an input.'
      }
    )
  }
  const text = await downloadText(checksum, downloadOptions(client, MAX_CHECKSUM_BYTES, ports))
  const sha256 = parsePublishedChecksum(text, checksum.href)
  ports.log.info(
    `Nix ${version} for ${system}: SHA-256 ${sha256}, as published by ${checksum.host} and not known before`
  )
  return sha256
}

async function restoreTarball(
  file: string,
  folder: string,
  key: string,
  sha256: string,
  ports: Ports,
  cache: FileCache
): Promise<boolean> {
  if (!cache.available || !(await cache.restore([folder], key))) return false
  const found = await hashOf(file, ports.signal)
  if (found === sha256) return true
  ports.log.warn(`The cache holds another file under ${key}: it is not used`)
  await rm(folder, { recursive: true, force: true })
  return false
}

async function hashOf(file: string, signal: AbortSignal): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(file), hash, { signal })
    return hash.digest('hex')
  } catch (error) {
    signal.throwIfAborted()
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

async function fetchTarball(
  release: NixRelease,
  sha256: string,
  file: string,
  client: HttpClient,
  ports: Ports
): Promise<void> {
  const label = `downloading Nix ${release.version}`
  const options: DownloadOptions = {
    ...downloadOptions(client, MAX_TARBALL_BYTES, ports),
    onProgress: (done, total) => ports.progress.update(label, done, total)
  }
  try {
    const found = await downloadFile(release.tarball, file, options)
    ports.log.info(`${release.tarball.href}: ${formatBytes(found.bytes)}`)
    if (found.sha256 === sha256) return
    throw new SeedError('DIGEST_MISMATCH', `the release of Nix has SHA-256 ${found.sha256}, and not ${sha256}`, {
      resource: release.tarball.href,
      hint: 'Try again; if it stays so, check the version and the checksum, and whether a proxy changes what it passes on.'
    })
  } finally {
    ports.progress.end(label)
  }
}

function downloadOptions(client: HttpClient, maxBytes: number, { signal, log }: Ports): DownloadOptions {
  return {
    client,
    maxBytes,
    signal,
    onRetry: (error, delayMs) => log.info(`${error.message}; trying again in ${(delayMs / 1000).toFixed(1)} s`)
  }
}

function explain(error: unknown, release: NixRelease, place: NixPlace, temp: string, signal: AbortSignal): unknown {
  if (signal.aborted) {
    return new SeedError('INTERRUPTED', 'interrupted; nothing was changed', { resource: place.folder, cause: error })
  }
  if (error instanceof HttpError) return fetchFailure(error, release)
  const code = systemCode(error)
  const text = error instanceof ToolFailure ? error.stderr : ''
  if (code === 'ENOSPC' || code === 'EDQUOT' || /No space left on device|quota exceeded|disk is full/i.test(text)) {
    return new SeedError(
      'DISK_FULL',
      'the disk became full while Nix was installed; what was written has been removed',
      {
        resource: error instanceof ToolFailure ? place.folder : temp,
        hint: 'Free some space: Nix takes about 250 MB.',
        cause: error
      }
    )
  }
  if (error instanceof SeedError && !(error instanceof ToolFailure)) return error
  if (
    /Read-only file system|Permission denied|Operation not permitted/.test(text) ||
    (code !== undefined && text === '')
  ) {
    return new SeedError('FILE_SYSTEM', `Nix could not be written: ${code ?? text.split('\n')[0] ?? ''}`, {
      resource: error instanceof ToolFailure ? place.folder : temp,
      hint: 'Let the user of the job write there.',
      cause: error
    })
  }
  return error
}

function fetchFailure(error: HttpError, { version, system }: NixRelease): SeedError {
  if (error.status === 404 || error.status === 403) {
    // The bucket of the releases refuses to say what it does not have.
    return new SeedError('NOT_FOUND', `there is no release of Nix ${version} for ${system}`, {
      resource: error.url,
      hint: 'Check the version, or where releases are looked for.',
      cause: error
    })
  }
  return new SeedError('DOWNLOAD_FAILED', `Nix ${version} could not be fetched: ${error.message}`, {
    resource: error.url,
    hint: 'Try again; if this machine reaches the web only through a proxy, set HTTPS_PROXY.',
    cause: error
  })
}
