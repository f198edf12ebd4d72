/**
 * Layers as EROFS images, which a kernel mounts as they are. They are made by the mkfs.erofs that the project's lock pins,
 * since its bytes differ between versions, out of the very tar stream of the ordinary layer.
 * https://docs.kernel.org/filesystems/erofs.html
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import { SeedError, systemCode } from '../errors.ts'
import { tarHeader } from '../oci/tar.ts'
import type { Ports } from '../ports.ts'
import { run } from '../process.ts'
import { written } from './compress.ts'

/**
 * What decides the bytes, and so a part of the key of each layer.
 *
 * Compression: zstd, in extents of 256 KiB of content. Without a bound on extents mkfs.erofs searches for the content that
 * just fills a compressed cluster, and compresses it some ten times over to find it; with one, it compresses once.
 * `docs/design.md` has the figures, and why small files are not packed together. The rest is fixed so that an image depends
 * on its layer alone: blocks of 4 KiB whatever the page size of this machine, one time for everything, no extended
 * attributes, no threads.
 */
const ARGUMENTS = ['-b4096', '-T1', '-x-1', '-zzstd,level=3', '-C1048576', '--max-extent-bytes=262144', '--tar=f']
/** Compresses in the main thread; programs that were built without threads do not know the option. */
const NO_THREADS = '--workers=0'
const BUILD_AGAIN = 'Build the seed again; the program is part of its derivation.'
const NEEDED = ['--tar=', '--max-extent-bytes=', 'zstd']

/** What an image is published as: with ordinary layers, or with EROFS layers beside them. */
export type Format = 'oci' | 'oci,erofs'

export interface ErofsTool {
  program: string
  arguments: readonly string[]
}

/**
 * The program that makes EROFS layers, and how it is called; undefined where none are to be made.
 *
 * @param program mkfs.erofs, where the seed's descriptor has it
 * @param format by default EROFS layers are made where the program can
 * @throws SeedError TOOL_MISSING where they are asked for and it cannot
 */
export async function erofsTool(
  program: string | null | undefined,
  format: Format | undefined,
  ports: Ports
): Promise<ErofsTool | undefined> {
  if (format === 'oci') return undefined
  const help = typeof program === 'string' ? await helpOf(program, ports) : undefined
  const lacking = help && NEEDED.filter(word => !help.includes(word))
  if (typeof program === 'string' && help && lacking?.length === 0) {
    return { program, arguments: help.includes('--workers=') ? [...ARGUMENTS, NO_THREADS] : ARGUMENTS }
  }
  const problem = lacking ? `the mkfs.erofs of the seed lacks ${lacking.join(', ')}` : 'the seed has no mkfs.erofs'
  if (format === undefined) {
    ports.log.debug(`${problem}, so there are no EROFS layers`)
    return undefined
  }
  throw new SeedError('TOOL_MISSING', `EROFS layers cannot be made: ${problem}`, {
    ...(typeof program === 'string' && { resource: program }),
    hint: 'Take a nixpkgs whose erofs-utils is 1.8 or later, or publish with --format oci.'
  })
}

async function helpOf(program: string, { signal }: Ports): Promise<string> {
  return (await run(program, ['--help'], { env: {}, signal, hint: BUILD_AGAIN })).stdout.toString()
}

/** An image that is being made. Whoever starts it must wait for `end`, or `stop` it. */
export interface ErofsMaking {
  /** Resolves when the whole piece of the tar stream is taken, so that its buffer may be used again. */
  write(piece: Buffer): Promise<void>
  /** Ends the tar stream and waits for the image. */
  end(): Promise<void>
  /** Ends the program, if it still runs; what it wrote is left. */
  stop(): Promise<void>
}

/**
 * Starts to make the image of a layer out of a tar stream.
 *
 * @param file where the image goes. Beside it there is, for as long as the program runs, a nameless file with the content.
 * @param key of the layer: the image's UUID is made from it. It has to be another one for each layer, since overlay tells
 *   the file systems below it apart by it.
 * @throws from the methods: SeedError TOOL_MISSING or TOOL_FAILED; the reason of `signal`
 */
export function startErofs(file: string, key: string, tool: ErofsTool, signal: AbortSignal): ErofsMaking {
  // No inherited environment: nothing of the outside (SOURCE_DATE_EPOCH) may change the bytes.
  const child = spawn(tool.program, [...tool.arguments, '--quiet', `-U${uuidOf(key)}`, file], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { TMPDIR: dirname(file) }
  })
  let complaint = ''
  child.stderr.on('data', (piece: Buffer) => {
    complaint = (complaint + piece.toString()).slice(-2000)
  })
  child.stdin.on('error', () => {}) // a broken pipe shows as the exit status
  const kill = (): void => void child.kill('SIGKILL')
  signal.addEventListener('abort', kill, { once: true })
  const closed = new Promise<void>(resolve => child.once('close', () => resolve()))
  const done = new Promise<void>((resolve, reject) => {
    child.once('error', cause => reject(notStarted(tool, cause)))
    child.once('close', status => {
      signal.removeEventListener('abort', kill)
      if (status === 0) resolve()
      else reject(signal.aborted ? (signal.reason as Error) : failed(tool, complaint))
    })
  })
  done.catch(() => {})
  const write = async (piece: Buffer): Promise<void> => {
    // It need not read what follows the archive's end; any other reason is its failure.
    if (!(await written(child.stdin, piece))) await done
  }
  // The tar stream of a layer has no entry for its root, which would get a mode of mkfs.erofs' own choice.
  const root = write(tarHeader({ path: Buffer.from('.'), type: 'directory', mode: 0o755, size: 0 }))
  root.catch(() => {})
  return {
    async write(piece) {
      await root
      await write(piece)
    },
    async end() {
      child.stdin.end()
      await done
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) kill()
      if (child.pid !== undefined) await closed
    }
  }
}

/** A UUID of version 8, which leaves the bits to us. https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-8 */
function uuidOf(key: string): string {
  const hex = createHash('sha256').update(key).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(12, 15)}`, `8${hex.slice(15, 18)}`, hex.slice(18, 30)].join(
    '-'
  )
}

function notStarted({ program }: ErofsTool, cause: unknown): SeedError {
  if (systemCode(cause) !== 'ENOENT')
    return new SeedError('TOOL_FAILED', 'mkfs.erofs cannot be run', { resource: program, cause })
  return new SeedError('TOOL_MISSING', 'the mkfs.erofs program that the seed pins is not in the store', {
    resource: program,
    hint: BUILD_AGAIN,
    cause
  })
}

function failed({ program }: ErofsTool, complaint: string): SeedError {
  return new SeedError('TOOL_FAILED', `mkfs.erofs failed: ${complaint.trim()}`, {
    resource: program,
    hint: 'It needs room for the largest layers in the folder for temporary files: set TMPDIR to one that has it.'
  })
}
