/** Compression by an outside zstd: the one that the project's lock pins, since zstd's bytes differ between versions. */
import { spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import { SeedError } from '../errors.ts'

/**
 * One level for all layers. Of libraries and programs (python and a JDK, zstd 1.5, one thread), level 1 makes 8 % more
 * bytes than level 3 in 57 % of the time, level 2 makes 3 % more in 69 %. A seed is packed once and fetched by every
 * job, so bytes count for more.
 */
export const ZSTD_LEVEL = 3

/**
 * Fixed for reproducibility: one thread, since the thread setting changes the bytes, and no checksum of zstd's own, since
 * every blob has a SHA-256 digest.
 */
const ZSTD_ARGUMENTS = [`-${ZSTD_LEVEL}`, '--single-thread', '--no-check', '--quiet', '--stdout']

/**
 * Streams `source` through the zstd program at `tool`. Both ends are bounded by the pipes; nothing is kept.
 *
 * @throws SeedError TOOL_MISSING or TOOL_FAILED; whatever `source` throws; the reason of `signal`.
 */
export async function* zstd(source: AsyncIterable<Buffer>, tool: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  signal.throwIfAborted()
  // No shell and no inherited environment: nothing of the outside (ZSTD_CLEVEL, ZSTD_NBTHREADS) may change the bytes.
  const child = spawn(tool, ZSTD_ARGUMENTS, { stdio: ['pipe', 'pipe', 'pipe'], env: {}, signal })
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  let complaint = ''
  child.stderr.on('data', (piece: Buffer) => {
    complaint = (complaint + piece.toString()).slice(-2000)
  })
  child.stdin.on('error', () => {}) // a broken pipe shows as the exit status
  const failures: unknown[] = []
  const feeding = (async () => {
    try {
      for await (const piece of source) {
        if (!(await written(child.stdin, piece))) break
      }
      child.stdin.end()
    } catch (error) {
      failures.push(error)
      child.kill('SIGKILL')
    }
  })()
  exited.catch(() => {})
  try {
    for await (const piece of child.stdout as AsyncIterable<Buffer>) yield piece
    await feeding
    const status = await exited
    if (failures.length > 0) throw failures[0]
    if (status !== 0) throw new SeedError('TOOL_FAILED', `zstd failed: ${complaint.trim()}`, { resource: tool })
  } catch (error) {
    if (failures.length > 0) throw failures[0]
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new SeedError('TOOL_MISSING', 'the zstd program that the seed pins is not in the store', {
        resource: tool,
        hint: 'Build the seed again; the program is part of its derivation.',
        cause: error
      })
    }
    throw error
  } finally {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  }
}

/** Resolves when the system has taken the whole piece, so that its buffer may be used again; false if nobody reads. */
export function written(stream: Writable, piece: Buffer): Promise<boolean> {
  return new Promise(resolve => {
    stream.write(piece, error => {
      resolve(!error)
    })
  })
}
