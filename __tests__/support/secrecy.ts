/** Finds secrets in what others could come to read. */
import { inspect } from 'node:util'

/** As much of a secret in a row is no accident. */
const PIECE = 12

/** All of an error that any logger could come to print. */
export function everythingOf(error: unknown): string {
  const rendered = [2, 20].map(depth =>
    inspect(error, { depth, showHidden: true, maxStringLength: null, maxArrayLength: null })
  )
  return [...rendered, JSON.stringify(error), String((error as Error).stack)].join('\n')
}

/** Fails if a piece of `secret` is in `text`, as it is or as bytes are commonly shown. */
export function expectHidden(secret: string, text: string): void {
  for (let at = 0; at + PIECE <= secret.length; at++) {
    const piece = secret.slice(at, at + PIECE)
    const bytes = Buffer.from(piece)
    const forms = [piece, bytes.toString('hex'), bytes.toString('hex').replace(/..(?!$)/g, '$& '), [...bytes].join(',')]
    const form = forms.findIndex(each => text.includes(each))
    if (form >= 0) throw new Error(`a piece of the secret (at ${at}, form ${form}) is in: ${text}`)
  }
}

/** What is written to standard output and standard error while `action` runs, whoever does it. */
export async function outputOf(action: () => Promise<unknown>): Promise<string> {
  let text = ''
  const streams = [process.stdout, process.stderr]
  const writes = streams.map(stream => stream.write.bind(stream))
  const take = (chunk: Uint8Array | string): boolean => {
    text += Buffer.from(chunk).toString()
    return true
  }
  streams.forEach(stream => (stream.write = take))
  try {
    await action()
  } finally {
    streams.forEach((stream, index) => (stream.write = writes[index]!))
  }
  return text
}
