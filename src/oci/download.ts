import type { HttpResponse } from '../http.ts'
import { HttpError } from '../http/error.ts'
import type { Scope } from './auth.ts'
import { checkedDigest, mismatch, verified } from './digest.ts'
import type { Registry } from './registry.ts'
import type { ByteRange, Digest } from './types.ts'

interface Blob {
  digest: Digest
  size: number
}

// A connection that carries less than this is no progress: a server that gives a few bytes each time is not asked for ever.
const PROGRESS_BYTES = 1024 * 1024

/**
 * Streams one blob, checked against its digest. After a cut it goes on where it stopped, by range.
 *
 * @throws NOT_FOUND, DIGEST_MISMATCH, REGISTRY_… as a SeedError
 */
export function fetchBlob(
  registry: Registry,
  base: URL,
  blob: Blob,
  scopes: readonly Scope[]
): AsyncIterable<Uint8Array> {
  return verified(fetchRange(registry, base, blob, { start: 0, end: blob.size }, scopes), blob)
}

/**
 * Streams a part of one blob, whose bytes are for the caller to check; all else is as with {@link fetchBlob}.
 */
export async function* fetchRange(
  registry: Registry,
  base: URL,
  blob: Blob,
  { start, end }: ByteRange,
  scopes: readonly Scope[]
): AsyncGenerator<Buffer, void, void> {
  const url = new URL(`blobs/${checkedDigest(blob.digest)}`, base)
  const doing = `downloading ${blob.digest}`
  const retrier = registry.retrier(doing)
  let offset = start
  let checkpoint = start
  for (;;) {
    try {
      for await (const chunk of part(registry, url, blob, { start: offset, end }, scopes)) {
        offset += chunk.length
        yield chunk
      }
      if (offset >= end) return
      throw new HttpError(`${url.host} ended after ${offset} of ${blob.size} bytes`, { url })
    } catch (error) {
      if (offset - checkpoint >= PROGRESS_BYTES) {
        retrier.progressed()
        checkpoint = offset
      }
      await retrier.pause(error).catch(async (final: unknown) => {
        throw await registry.failure(doing, final)
      })
    }
  }
}

/** The bytes of `range`, as far as this one answer goes. */
async function* part(
  registry: Registry,
  url: URL,
  blob: Blob,
  { start, end }: ByteRange,
  scopes: readonly Scope[]
): AsyncGenerator<Buffer, void, void> {
  const headers: Record<string, string> = {}
  if (end < blob.size) headers['range'] = `bytes=${start}-${end - 1}`
  else if (start > 0) headers['range'] = `bytes=${start}-`
  const response = await registry.call({ url, headers, scopes, statuses: [200, 206, 416] })
  try {
    const bytes = skipping(response.body, start - startOf(response, blob, start))
    yield* end < blob.size ? atMost(bytes, end - start) : bytes
  } finally {
    await response.discard()
  }
}

/** Where in the blob the body of `response` begins. @throws DIGEST_MISMATCH if it is one of another size. */
function startOf(response: HttpResponse, blob: Blob, offset: number): number {
  const { status, headers, url } = response
  if (status === 416) throw mismatch(blob.digest, `has less than its ${blob.size} bytes at ${url.host}`)
  if (status === 200) {
    const length = headers['content-length']
    if (length === undefined || Number(length) === blob.size) return 0 // a server may ignore a range
    throw mismatch(blob.digest, `has ${length} bytes at ${url.host} instead of ${blob.size}`)
  }
  // https://www.rfc-editor.org/rfc/rfc9110#section-14.4
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? []
  if (start === undefined || Number(start) !== offset) {
    throw new HttpError(`${url.host} answered with another range than was asked for`, { url, retriable: false })
  }
  if (total === '*' || Number(total) === blob.size) return offset
  throw mismatch(blob.digest, `has ${total} bytes at ${url.host} instead of ${blob.size}`)
}

async function* skipping(body: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer, void, void> {
  let left = bytes
  for await (const chunk of body) {
    const skipped = Math.min(left, chunk.length)
    left -= skipped
    if (skipped < chunk.length) yield skipped === 0 ? chunk : chunk.subarray(skipped)
  }
}

/** A server that ignores ranges sends more than was asked for. */
async function* atMost(body: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer, void, void> {
  let left = bytes
  for await (const chunk of body) {
    yield chunk.subarray(0, left)
    left -= chunk.length
    if (left <= 0) return
  }
}
