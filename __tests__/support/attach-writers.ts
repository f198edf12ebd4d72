import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { exitOf } from '../../lab/child.ts'
import type { Digest } from '../../src/oci/types.ts'

/** Writers in processes of their own, which all attach to the same image at the same time. */
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

  /** Has all of them attach to `subject`; the milliseconds that each took. Fails if one of them has ended. */
  async attach(subject: Digest): Promise<number[]> {
    for (const { child } of this.#writers) child.stdin?.write(`${subject}\n`)
    return Promise.all(
      this.#writers.map(async ({ child, lines }) => {
        const { value, done } = await lines.next()
        if (done) throw new Error(`a writer ended with ${await exitOf(child)}`)
        return Number(value)
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
