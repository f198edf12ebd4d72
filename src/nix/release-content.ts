/** What the tarball of a release has in it. */
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { SeedError, systemCode } from '../errors.ts'
import type { Ports } from '../ports.ts'
import { start, ToolFailure } from '../process.ts'
import type { StoreChange } from './store-change.ts'

export interface ReleaseContent {
  /** Store path of Nix. */
  nix: string
  /** Store path of certificates. */
  cacert?: string
  /** By the name of each store path, what `nix-store --load-db` reads about it. */
  records: ReadonlyMap<string, string>
}

/**
 * Unpacks a tarball that was checked into the folder `stage`, with modes as they are, whatever the umask, and as the
 * files of whoever unpacks.
 *
 * @throws ToolFailure; SeedError INTERRUPTED
 */
export async function extractRelease(tarball: string, stage: string, change: StoreChange, ports: Ports): Promise<void> {
  const tar = (file: string): [string, ...string[]] => ['tar', '-x', '-p', '-o', '-f', file, '-C', stage]
  if (process.platform === 'darwin') {
    // Its tar reads xz by itself, and there is no program for it.
    await change.run(tar(tarball))
    return
  }
  const xz = start('xz', ['--decompress', '--stdout', '--', tarball], { env: ports.env, signal: ports.signal })
  const [unpacked, read] = await Promise.allSettled([change.run(tar('-'), { input: xz.stdout }), xz.done])
  // One that was killed had nobody to write to any more: the other one tells why.
  const hadNoReader =
    read.status === 'rejected' && read.reason instanceof ToolFailure && read.reason.exitStatus === null
  if (read.status === 'rejected' && !hadNoReader) throw read.reason
  if (unpacked.status === 'rejected') throw unpacked.reason
  if (read.status === 'rejected') throw read.reason
}

/**
 * Reads what {@link extractRelease} unpacked.
 *
 * @param folder the tarball's only one
 * @throws SeedError CONTENT_INVALID
 */
export async function readRelease(folder: string): Promise<ReleaseContent> {
  try {
    const script = await readFile(join(folder, 'install'), 'utf8')
    const records = parseRegistration(await readFile(join(folder, '.reginfo'), 'utf8'))
    const staged = new Set(await readdir(join(folder, 'store')))
    const missing = [...records.keys()].find(name => !staged.has(name))
    if (missing !== undefined) throw invalid(`${missing} is missing`)
    const [nix, cacert] = ['nix', 'cacert'].map(name => assigned(name, script))
    if (nix === undefined || !records.has(basename(nix))) throw invalid('its script names no Nix')
    return { nix, ...(cacert !== undefined && records.has(basename(cacert)) && { cacert }), records }
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ENOTDIR') throw error
    throw invalid('a part is missing', error)
  }
}

const STORE_PATH = '/nix/store/([0-9a-z]{32}-[0-9A-Za-z+._?=-]+)'

/** The store path that the script of a release sets `variable` to. */
function assigned(variable: string, script: string): string | undefined {
  const name = new RegExp(`^${variable}="${STORE_PATH}"$`, 'm').exec(script)?.[1]
  return name === undefined ? undefined : `/nix/store/${name}`
}

/**
 * Splits the registration of a closure: for each path a record of lines with path, hash, size, deriver, the number of
 * references, and these.
 *
 * @returns records by the path's name
 * @throws SeedError CONTENT_INVALID
 */
export function parseRegistration(text: string): Map<string, string> {
  const lines = text.split('\n')
  const records = new Map<string, string>()
  for (let at = 0; at < lines.length - 1;) {
    const name = new RegExp(`^${STORE_PATH}$`).exec(lines[at] ?? '')?.[1]
    const references = /^\d{1,6}$/.exec(lines[at + 4] ?? '')?.[0]
    const end = at + 5 + Number(references)
    if (name === undefined || references === undefined || end >= lines.length) {
      throw invalid('its registration cannot be read')
    }
    records.set(name, `${lines.slice(at, end).join('\n')}\n`)
    at = end
  }
  if (records.size === 0) throw invalid('it registers nothing')
  return records
}

function invalid(why: string, cause?: unknown): SeedError {
  return new SeedError('CONTENT_INVALID', `the tarball is no release of Nix: ${why}`, {
    hint: 'Check the version, the checksum and where releases are looked for.',
    cause
  })
}
