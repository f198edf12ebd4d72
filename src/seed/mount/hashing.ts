/**
 * SHA-256 of files, in threads of its own: a hash follows a file while it is still being written, from the pages that the
 * kernel just got, and the thread that reads from the network is left to that.
 */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Digest } from '../../oci/types.ts'

interface Order {
  id: number
  file: string
  /** Bytes of the file that may be read so far. */
  until: number
  /** There will be no more. */
  isLast: boolean
}

interface Answer {
  id: number
  hex?: string
  failure?: string
}

interface Waiting {
  resolve: (hex: string) => void
  reject: (error: Error) => void
}

const MAX_THREADS = 2

/** Hashes of files, several at once. To be closed in the end. */
export class Hashing {
  readonly #threads: Worker[] = []
  readonly #waiting = new Map<number, Waiting>()
  #next = 0

  /** Begins to hash a file. */
  follow(file: string): FollowedFile {
    const id = this.#next++
    const thread = this.#thread(id)
    let at = 0
    const tell = (until: number, isLast: boolean): void =>
      thread.postMessage({ id, file, until, isLast } satisfies Order)
    return {
      advance: until => {
        if (until <= at) return
        at = until
        tell(until, false)
      },
      finish: async size => {
        const hex = await new Promise<string>((resolve, reject) => {
          this.#waiting.set(id, { resolve, reject })
          tell(size, true)
        })
        return `sha256:${hex}`
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(thread => thread.terminate()))
  }

  #thread(id: number): Worker {
    const at = id % Math.min(MAX_THREADS, availableParallelism())
    return (this.#threads[at] ??= this.#start())
  }

  #start(): Worker {
    // As text, since the program is one file wherever it runs.
    const thread = new Worker(`(${hashInThread.toString()})()`, { eval: true, env: {}, execArgv: [] })
    thread.on('message', ({ id, hex, failure }: Answer) => {
      const waiting = this.#waiting.get(id)
      this.#waiting.delete(id)
      if (hex !== undefined) waiting?.resolve(hex)
      else waiting?.reject(new Error(failure))
    })
    thread.on('error', (error: Error) => {
      for (const waiting of this.#waiting.values()) waiting.reject(error)
    })
    return thread
  }
}

export interface FollowedFile {
  /** The first `until` bytes are written. */
  advance(until: number): void
  /** All `size` bytes are. @throws where the file cannot be read, or is shorter */
  finish(size: number): Promise<Digest>
}

/** What a thread does. It may refer to nothing outside of itself. */
function hashInThread(): void {
  const { parentPort } = process.getBuiltinModule('node:worker_threads')
  const { createHash } = process.getBuiltinModule('node:crypto')
  const { closeSync, openSync, readSync } = process.getBuiltinModule('node:fs')
  const files = new Map<number, { descriptor: number; hash: ReturnType<typeof createHash>; at: number }>()
  const buffer = Buffer.allocUnsafeSlow(512 * 1024)
  parentPort?.on('message', ({ id, file, until, isLast }: Order) => {
    try {
      const entry = files.get(id) ?? { descriptor: openSync(file, 'r'), hash: createHash('sha256'), at: 0 }
      files.set(id, entry)
      while (entry.at < until) {
        const count = readSync(entry.descriptor, buffer, 0, Math.min(buffer.length, until - entry.at), entry.at)
        if (count === 0) throw new Error(`${file} ended after ${entry.at} of ${until} bytes`)
        entry.hash.update(buffer.subarray(0, count))
        entry.at += count
      }
      if (!isLast) return
      closeSync(entry.descriptor)
      files.delete(id)
      parentPort.postMessage({ id, hex: entry.hash.digest('hex') })
    } catch (error) {
      parentPort.postMessage({ id, failure: String(error) })
    }
  })
}
