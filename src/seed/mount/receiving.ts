/** Threads that receive blobs, each with connections of its own; see http/receiver.ts for what they do. */
import { availableParallelism } from 'node:os'
import { Worker, type MessagePort } from 'node:worker_threads'
import { systemCode } from '../../errors.ts'
import { Receiver, type Received, type ReceiveOrder } from '../../http/receiver.ts'
import { threadEntry } from '../../thread-entry.ts'

/** More do not help: what a thread receives is about what a fast network brings. */
const MAX_THREADS = 4
/** After so many failures in a row, a server is not made for this. */
const MAX_FAILURES = 3
const REPORT_BYTES = 4 * 1024 * 1024

interface Order {
  id: number
  order: ReceiveOrder
}

type Answer = { id: number } & ({ came: number } | { received: Received } | { failure: Failure })

interface Failure {
  message: string
  systemCode?: string
}

interface Waiting {
  onBytes: (count: number) => void
  resolve: (received: Received) => void
  reject: (error: unknown) => void
}

/** To be closed in the end. */
export class Receiving {
  readonly #threads: Worker[] = []
  readonly #waiting = new Map<number, Waiting>()
  #next = 0
  #failures = 0

  /** Whether it is worth another try. */
  get isOpen(): boolean {
    return this.#failures < MAX_FAILURES
  }

  /** Starts the threads before there is anything for them to do, since that takes a moment. */
  start(): void {
    for (let id = 0; id < threadCount(); id++) this.#thread(id)
  }

  /**
   * @param onBytes called with the bytes that were written since the last call, some megabytes at a time; those of the
   *   result are more than it was told of
   * @throws the system's error where the file cannot be written; the reason of `signal`
   */
  async receive(order: ReceiveOrder, onBytes: (count: number) => void, signal: AbortSignal): Promise<Received> {
    signal.throwIfAborted()
    const id = this.#next++
    const { promise, resolve, reject } = Promise.withResolvers<Received>()
    const onAbort = (): void => {
      reject(signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    this.#waiting.set(id, { onBytes, resolve, reject })
    try {
      this.#thread(id).postMessage({ id, order } satisfies Order)
      const received = await promise
      this.#failures = received.problem === undefined ? 0 : this.#failures + 1
      return received
    } finally {
      this.#waiting.delete(id)
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** Ends the threads, whatever they do; nothing is written when this has returned. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map(thread => thread.terminate()))
  }

  #thread(id: number): Worker {
    const at = id % threadCount()
    return (this.#threads[at] ??= this.#start())
  }

  #start(): Worker {
    const thread = new Worker(threadEntry('receive'))
    thread.on('message', (answer: Answer) => {
      const waiting = this.#waiting.get(answer.id)
      if (waiting === undefined) return
      if ('came' in answer) waiting.onBytes(answer.came)
      else if ('received' in answer) waiting.resolve(answer.received)
      else waiting.reject(errorOf(answer.failure))
    })
    thread.on('error', error => {
      for (const { reject } of this.#waiting.values()) reject(error)
    })
    return thread
  }
}

function threadCount(): number {
  return Math.min(MAX_THREADS, availableParallelism())
}

function errorOf({ message, systemCode: code }: Failure): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code })
}

/** The thread's side: what `src/receive.ts` runs. */
export function serveReceiving(port: MessagePort): void {
  const receiver = new Receiver()
  const answer = (message: Answer): void => {
    port.postMessage(message)
  }
  port.on('message', ({ id, order }: Order) => {
    let came = 0
    const onBytes = (count: number): void => {
      came += count
      if (came < REPORT_BYTES) return
      answer({ id, came })
      came = 0
    }
    receiver.receive(order, onBytes).then(
      received => {
        answer({ id, received })
      },
      (error: unknown) => {
        const code = systemCode(error)
        const message = error instanceof Error ? error.message : String(error)
        answer({ id, failure: { message, ...(code !== undefined && { systemCode: code }) } })
      }
    )
  })
}
