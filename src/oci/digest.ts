import { createHash } from 'node:crypto'
import { SeedError } from '../errors.ts'
import type { Digest } from './types.ts'

/** Whether `text` is a SHA-256 digest as OCI writes it; other algorithms are not supported. */
export function isDigest(text: string): text is Digest {
  return /^sha256:[0-9a-f]{64}$/.test(text)
}

/** `digest` if it is one. It becomes a part of paths and URLs and may come from a manifest: nothing else may get there. */
export function checkedDigest(digest: string): Digest {
  if (isDigest(digest)) return digest
  throw new SeedError('CONTENT_INVALID', `"${digest.slice(0, 80)}" is no SHA-256 digest`)
}

export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** Digest and size of bytes that come one chunk after another. */
export class Hasher {
  readonly #hash = createHash('sha256')
  /** Bytes so far. */
  size = 0

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk)
    this.size += chunk.length
  }

  /** Passes `stream` on, each chunk once it is counted. */
  async *through(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
    for await (const chunk of stream) {
      this.update(chunk)
      yield chunk
    }
  }

  /** Ends the hash: to be called once. */
  result(): { digest: Digest; size: number } {
    return { digest: `sha256:${this.#hash.digest('hex')}`, size: this.size }
  }
}

/**
 * Passes `stream` on as long as it can still be the blob, and ends only if it was.
 *
 * @throws DIGEST_MISMATCH as soon as there is a byte too many, and in place of the end if one is missing or wrong.
 */
export async function* verified(
  stream: AsyncIterable<Uint8Array>,
  blob: { digest: Digest; size: number }
): AsyncGenerator<Uint8Array, void, void> {
  const hasher = new Hasher()
  for await (const chunk of stream) {
    hasher.update(chunk)
    if (hasher.size > blob.size) throw mismatch(blob.digest, `is longer than its ${blob.size} bytes`)
    yield chunk
  }
  const { digest, size } = hasher.result()
  if (size !== blob.size) throw mismatch(blob.digest, `ended after ${size} of ${blob.size} bytes`)
  if (digest !== blob.digest) throw mismatch(blob.digest, `has other content: ${digest}`)
}

/** The error for bytes that are not what `digest` says. */
export function mismatch(digest: string, what: string, resource?: string): SeedError {
  return new SeedError('DIGEST_MISMATCH', `${digest} ${what}`, {
    ...(resource !== undefined && { resource }),
    hint: 'The bytes were damaged on the way or where they are stored: run it again, and publish again if it persists.'
  })
}
