/** One git process that answers what objects there are and what is in them: most of what a forge is asked. */
import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'

export interface ObjectInfo {
  oid: string
  type: string
}

interface Question {
  wantsContent: boolean
  resolve: (answer: { info: ObjectInfo | undefined; content: Buffer }) => void
  reject: (error: Error) => void
}

const LF = 0x0a

/** https://git-scm.com/docs/git-cat-file, `--batch-command`. */
export class ObjectReader {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #ended: Promise<unknown>
  /** Answers come in the order of the questions. */
  readonly #questions: Question[] = []
  #received = Buffer.alloc(0)

  constructor(folder: string, env: Record<string, string>) {
    this.#child = spawn('git', ['cat-file', '--batch-command'], { cwd: folder, env })
    this.#child.stdout.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
      while (this.#takeAnswer());
    })
    this.#child.stdin.on('error', () => {}) // the end of the process tells it too
    this.#ended = once(this.#child, 'close').catch(() => {})
    void this.#ended.then(() => {
      for (const { reject } of this.#questions.splice(0)) reject(new Error('git cat-file has ended'))
    })
  }

  /** The object that `expression` names; undefined if there is none. */
  async info(expression: string): Promise<ObjectInfo | undefined> {
    if (expression === '' || /[\r\n]/.test(expression)) return undefined
    return (await this.#ask(`info ${expression}`, false)).info
  }

  async content(oid: string): Promise<Buffer> {
    const { info, content } = await this.#ask(`contents ${oid}`, true)
    if (info === undefined) throw new Error(`there is no object ${oid}`)
    return content
  }

  async close(): Promise<void> {
    this.#child.stdin.end()
    await this.#ended
  }

  #ask(line: string, wantsContent: boolean): Promise<{ info: ObjectInfo | undefined; content: Buffer }> {
    return new Promise((resolve, reject) => {
      this.#questions.push({ wantsContent, resolve, reject })
      this.#child.stdin.write(`${line}\n`)
    })
  }

  /** Whether there was a whole one. */
  #takeAnswer(): boolean {
    const end = this.#received.indexOf(LF)
    const [question] = this.#questions
    if (end < 0 || question === undefined) return false
    const line = this.#received.subarray(0, end).toString()
    const [, oid, type, size] = /^([0-9a-f]{40}) (blob|tree|commit|tag) (\d+)$/.exec(line) ?? []
    const info = oid === undefined || type === undefined ? undefined : { oid, type }
    let next = end + 1
    let content = Buffer.alloc(0)
    if (question.wantsContent && info !== undefined) {
      next += Number(size) + 1
      if (this.#received.length < next) return false
      content = Buffer.from(this.#received.subarray(end + 1, next - 1))
    }
    this.#received = this.#received.subarray(next)
    this.#questions.shift()
    question.resolve({ info, content })
    return true
  }
}
