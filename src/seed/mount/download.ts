/** Blobs from a repository to disk: several connections at once, large blobs in parts, all of it hashed on the way. */
import { mismatch } from '../../oci/digest.ts'
import type { Repository } from '../../oci/types.ts'
import type { Hashing } from './hashing.ts'
import type { Receiving } from './receiving.ts'
import { PartialFile, type Segment, type Target } from './partial-file.ts'

/** What one connection to a registry carries is limited, by distance if by nothing else. */
const CONNECTIONS = 8
/** Of these, the ones that begin with the smallest blobs: what those wait for is answers, and the others want bytes. */
const FROM_SMALLEST = 2

export interface DownloadOptions {
  hashing: Hashing
  receiving: Receiving
  /** A larger blob comes in parts of this size, side by side. */
  segmentBytes: number
  signal: AbortSignal
  /** Called for each blob once its digest is what it should be. */
  onComplete: (target: Target) => Promise<void>
  /** Called with the bytes that came, and with those of earlier runs. */
  onBytes: (count: number) => void
  /** Called where a blob could not be received directly, and is fetched in the ordinary way. */
  onProblem: (problem: string) => void
}

interface Job {
  target: Target
  file: PartialFile
  segment: Segment
}

/**
 * Downloads blobs, the largest first and the smallest beside them.
 *
 * @returns bytes that came over the network
 * @throws DIGEST_MISMATCH; what the repository throws; the system's own errors; the signal's reason
 */
export async function downloadBlobs(
  repository: Repository,
  targets: readonly Target[],
  { hashing, receiving, segmentBytes, signal, onComplete, onBytes, onProblem }: DownloadOptions
): Promise<number> {
  let fetched = 0
  const abort = new AbortController()
  const stop = AbortSignal.any([signal, abort.signal])
  const count = (bytes: number): void => {
    fetched += bytes
    onBytes(bytes)
  }
  const download = async ({ target: { blob }, file, segment }: Job): Promise<void> => {
    if (segment.written < segment.end && receiving.isOpen) {
      const from = await repository.locate(blob)
      const received = from && (await file.receive(segment, from, receiving, stop, count))
      if (received?.problem !== undefined) onProblem(received.problem)
    }
    const range = { start: segment.written, end: segment.end }
    if (range.start < range.end) await file.write(segment, until(stop, repository.getRange(blob, range)), count)
  }
  const complete = async (job: Job): Promise<void> => {
    const { target, file } = job
    let digest = await file.digest()
    if (digest !== target.blob.digest && file.found > 0) {
      // What the earlier run has left may be torn by a power cut: that is no fault of the repository.
      await file.restart()
      for (const segment of file.segments) await download({ target, file, segment })
      digest = await file.digest()
    }
    if (digest !== target.blob.digest)
      throw mismatch(target.blob.digest, `has other content: ${digest}`, repository.name)
    await onComplete(target)
  }
  const files: PartialFile[] = []
  try {
    const jobs: Job[] = []
    for (const target of [...targets].sort((a, b) => b.blob.size - a.blob.size)) {
      const file = await PartialFile.open(target, segmentBytes, hashing)
      files.push(file)
      onBytes(file.found)
      for (const segment of file.segments) jobs.push({ target, file, segment })
    }
    const pending = new Map(files.map(file => [file, file.segments.length]))
    const work = async (take: () => Job | undefined): Promise<void> => {
      for (let job = take(); job !== undefined; job = take()) {
        stop.throwIfAborted()
        await download(job)
        const left = (pending.get(job.file) ?? 0) - 1
        pending.set(job.file, left)
        if (left === 0) await complete(job)
      }
    }
    await Promise.all(
      Array.from({ length: CONNECTIONS }, (_, at) =>
        work(() => (at < FROM_SMALLEST ? jobs.pop() : jobs.shift())).catch((error: unknown) => {
          abort.abort(error)
        })
      )
    )
  } finally {
    for (const file of files) await file.close()
  }
  stop.throwIfAborted()
  return fetched
}

async function* until(signal: AbortSignal, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  for await (const piece of bytes) {
    signal.throwIfAborted()
    yield piece
  }
}
