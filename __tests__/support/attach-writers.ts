import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { exitOf } from '../../lab/child.ts'
import type { Digest } from '../../src/oci/types.ts'

/** What one writer needed to attach. */
export interface Effort {
  milliseconds: number
  requests: number
}

/** Writers in processes of their own, which all attach to the same image at the same time: a bundle and a bill each. */
export class AttachWriters {
  readonly #writers: { child: ChildProcess; lines: AsyncIterator<string> }[]

  /** One writer for each of `ids`. */
  constructor(repository: string, ids: readonly (string | number)[]) {
    this.#writers = ids.map(id => {
      const program = join(import.meta.dirname, 'attach-process.ts')
      const child = spawn(process.execPath, [program, repository, String(id)], { stdio: ['pipe', 'pipe', 'inherit'] })
      return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() }
    })
  }

  /** Has all of them attach something new to `subject`. Fails if one of them has ended. */
  async attach(subject: Digest): Promise<Effort[]> {
    for (const { child } of this.#writers) child.stdin?.write(`${subject}\n`)
    return Promise.all(
      this.#writers.map(async ({ child, lines }) => {
        const { value, done } = await lines.next()
        if (done) throw new Error(`a writer ended with ${await exitOf(child)}`)
        const [milliseconds, requests] = value.split(' ').map(Number)
        return { milliseconds: milliseconds ?? NaN, requests: requests ?? NaN }
      })
    )
  }

  async close(): Promise<void> {
    for (const { child } of this.#writers) {
      child.stdin?.end()
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    }
  }
}
