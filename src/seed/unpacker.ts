/**
 * A thread that unpacks layers, one after another. Writing files and parsing archives keeps one processor busy, and what
 * fetches and hashes another: each layer that is unpacked at the same time has a thread of its own for the former.
 */
import { Readable } from 'node:stream'
import { Worker, type MessagePort } from 'node:worker_threads'
import { SeedError, systemCode, type ErrorCode } from '../errors.ts'
import { threadEntry } from '../thread-entry.ts'
import { unpackLayer, type UnpackTask } from './unpack.ts'

/** Compressed bytes on their way to the thread: enough that it never waits for the next message. */
const WINDOW_BYTES = 1024 * 1024

/** To the thread: a task, then the layer's bytes, then its end. */
type Order = { task: UnpackTask } | { piece: Uint8Array<ArrayBuffer> } | { end: true }

/** From the thread: bytes that it has taken in, and what became of the task. */
type Answer = { taken: number } | { written: Set<string> } | { failure: Failure }

/** An error that can be sent: classes do not survive the way between threads. */
interface Failure {
  message: string
  seedCode?: ErrorCode
  systemCode?: string
  hint?: string
}

export class Unpacker {
  readonly #worker: Worker
  #underway = 0
  #onAnswer: (() => void) | undefined
  #outcome = newOutcome()

  constructor() {
    this.#worker = new Worker(threadEntry('unpack'))
    this.#worker.on('message', (answer: Answer) => {
      this.#answered(answer)
    })
    this.#worker.on('error', error => {
      this.#outcome.reject(error)
    })
    this.#worker.on('exit', () => {
      this.#outcome.reject(new Error('the thread that unpacks has ended'))
    })
  }

  /**
   * Unpacks one layer; to be called again when it is done.
   *
   * @param blob the layer's bytes, which throws where they are not those of its digest
   * @returns names of the store paths that were written
   * @throws what `unpackLayer` throws; whatever `blob` throws; the reason of `signal`
   */
  async unpack(task: UnpackTask, blob: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Set<string>> {
    const { promise } = (this.#outcome = newOutcome())
    this.#underway = 0
    this.#order({ task })
    let isOver = false
    const send = async (): Promise<void> => {
      for await (const bytes of blob) {
        // A task that is done takes no more; but the blob is read to its end, which is where its digest is checked.
        while (this.#underway >= WINDOW_BYTES && !(await Promise.race([promise, this.#nextAnswer()])));
        if (isOver) return
        this.#underway += bytes.byteLength
        const piece = owned(bytes)
        this.#order({ piece }, piece.buffer)
      }
      this.#order({ end: true })
    }
    // Whoever sends may be silent for long: neither a failure here nor an abort waits for it.
    const aborted = Promise.withResolvers<never>()
    const onAbort = (): void => {
      aborted.reject(signal.reason)
    }
    signal.addEventListener('abort', onAbort)
    try {
      signal.throwIfAborted()
      await Promise.race([Promise.all([send(), promise]), aborted.promise])
      return await promise
    } finally {
      isOver = true
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** Ends the thread, whatever it does; nothing is written when this has returned. */
  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #order(order: Order, ...transferred: ArrayBuffer[]): void {
    this.#worker.postMessage(order, transferred)
  }

  #nextAnswer(): Promise<undefined> {
    return new Promise(resolve => {
      this.#onAnswer = () => {
        resolve(undefined)
      }
    })
  }

  #answered(answer: Answer): void {
    if ('taken' in answer) this.#underway -= answer.taken
    else if ('written' in answer) this.#outcome.resolve(answer.written)
    else this.#outcome.reject(errorOf(answer.failure))
    this.#onAnswer?.()
  }
}

function newOutcome(): PromiseWithResolvers<Set<string>> {
  const outcome = Promise.withResolvers<Set<string>>()
  outcome.promise.catch(() => {}) // it may come when nobody asks yet, or any more
  return outcome
}

/** The thread's side: what `src/unpack.ts` runs. */
export function serveUnpacking(port: MessagePort): void {
  const answer = (message: Answer): void => {
    port.postMessage(message)
  }
  let layer: Readable | undefined
  port.on('message', (order: Order) => {
    if ('piece' in order) layer?.push(Buffer.from(order.piece.buffer))
    else if ('end' in order) layer?.push(null)
    else {
      const source = new Readable({ read() {} }) // the sender keeps to the window
      layer = source
      const taken = Readable.from(
        reported(source, bytes => {
          answer({ taken: bytes })
        })
      )
      unpackLayer(taken, order.task).then(
        written => {
          answer({ written })
        },
        (error: unknown) => {
          answer({ failure: failureOf(error) })
        }
      )
    }
  })
}

async function* reported(source: AsyncIterable<Buffer>, onBytes: (count: number) => void): AsyncGenerator<Uint8Array> {
  for await (const piece of source) {
    const bytes = piece.byteLength
    yield piece
    onBytes(bytes)
  }
}

/** Bytes whose memory can be handed over: a piece of something larger, or of memory that threads share, is copied. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const isWhole = bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength
  return isWhole ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes)
}

function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof SeedError) {
    return { message, seedCode: error.code, ...(error.hint !== undefined && { hint: error.hint }) }
  }
  const code = systemCode(error)
  return { message, ...(code !== undefined && { systemCode: code }) }
}

function errorOf({ message, seedCode, systemCode, hint }: Failure): Error {
  if (seedCode !== undefined) return new SeedError(seedCode, message, hint === undefined ? {} : { hint })
  return Object.assign(new Error(message), systemCode === undefined ? {} : { code: systemCode })
}
