/**
 * The trust root of the public Sigstore, as its repository gives it out by TUF, with a copy on disk for machines without
 * a network. https://theupdateframework.github.io/specification/latest/
 */
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SeedError, systemCode } from '../../errors.ts'
import { parseTrustRoot, type TrustRoot } from '../trust-root.ts'
import { time } from './refusal.ts'

export interface PublicTrustRootOptions {
  /** Where the copy is kept, with what TUF keeps. */
  cacheFolder: string
  /** Uses the copy, and asks nobody. */
  offline?: boolean
  /** Another repository than the public one, and the file of its first root. */
  repository?: { url: string; rootFile: string }
}

const TARGET = 'trusted_root.json'
const TIMEOUT_MS = 20_000

/**
 * @throws SeedError SIGSTORE_UNREACHABLE where the repository does not answer, or there is no copy yet; SIGSTORE_FAILED
 *   where what it says does not hold; TRUST_ROOT_INVALID; FILE_SYSTEM
 */
export async function publicTrustRoot(options: PublicTrustRootOptions): Promise<TrustRoot> {
  const copy = join(options.cacheFolder, TARGET)
  if (options.offline === true) return readCopy(copy)
  const bytes = await fetchTarget(options)
  const root = parseTrustRoot(bytes, options.repository?.url ?? 'the public trust root')
  await keepCopy(copy, bytes)
  return root
}

async function readCopy(copy: string): Promise<TrustRoot> {
  let bytes: Buffer
  let kept: Date
  try {
    bytes = await readFile(copy)
    kept = (await stat(copy)).mtime
  } catch (error) {
    const isMissing = systemCode(error) === 'ENOENT'
    throw new SeedError(
      isMissing ? 'SIGSTORE_UNREACHABLE' : 'FILE_SYSTEM',
      isMissing
        ? 'there is no copy of the public trust root on this machine'
        : 'cannot read the copy of the trust root',
      {
        resource: copy,
        hint: 'Run it once without --offline where there is a network, or name a trust root with --trusted-root.',
        cause: error
      }
    )
  }
  return parseTrustRoot(bytes, `the public trust root as of ${time(kept)} (${copy})`)
}

async function fetchTarget({ cacheFolder, repository }: PublicTrustRootOptions): Promise<Buffer> {
  // Loaded here, since a file or the copy takes none of it.
  const { DEFAULT_MIRROR_URL, initTUF } = await import('@sigstore/tuf')
  const mirrorURL = repository?.url ?? DEFAULT_MIRROR_URL
  try {
    const client = await initTUF({
      cachePath: join(cacheFolder, 'tuf'),
      mirrorURL,
      timeout: TIMEOUT_MS,
      retry: { retries: 2 },
      ...(repository && { rootPath: repository.rootFile })
    })
    return Buffer.from(await client.getTarget(TARGET))
  } catch (error) {
    throw failure(error, mirrorURL, cacheFolder)
  }
}

function failure(error: unknown, url: string, cacheFolder: string): SeedError {
  const system = systemCode(error)
  if (system !== undefined && /^(?:EACCES|EPERM|EROFS|ENOSPC|ENOTDIR|EISDIR)$/.test(system)) {
    return new SeedError('FILE_SYSTEM', 'cannot keep the trust root', { resource: cacheFolder, cause: error })
  }
  // What TUF itself refuses (signatures, versions, times) has a name, and what the network refuses has a code.
  const isRefused = names(error).some(name =>
    /Metadata|Version|Length|Hash|Signature|Expired|Value|Repository/.test(name)
  )
  return new SeedError(
    isRefused ? 'SIGSTORE_FAILED' : 'SIGSTORE_UNREACHABLE',
    isRefused ? 'the repository of the public trust root is not sound' : 'cannot fetch the public trust root',
    {
      resource: url,
      hint: 'Use --offline to verify with the copy of an earlier run, or name a trust root with --trusted-root.',
      cause: error
    }
  )
}

/** Of the classes of an error and its causes. */
function names(error: unknown): string[] {
  const found: string[] = []
  for (let e = error, depth = 0; Error.isError(e) && depth < 8; e = e.cause, depth++) found.push(e.constructor.name)
  return found
}

/** Whole or not at all, also where several do it at once. */
async function keepCopy(copy: string, bytes: Buffer): Promise<void> {
  try {
    await mkdir(dirname(copy), { recursive: true })
    const draft = `${copy}.${process.pid}`
    await writeFile(draft, bytes)
    await rename(draft, copy)
  } catch (cause) {
    throw new SeedError('FILE_SYSTEM', 'cannot keep a copy of the trust root', { resource: copy, cause })
  }
}
