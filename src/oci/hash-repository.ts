/** A repository that keeps nothing: what an image would be called, without there being one. */
import { SeedError } from '../errors.ts'
import { digestOf, Hasher, verified } from './digest.ts'
import { checkedTag } from './name.ts'
import type { Attached, Descriptor, Digest, RawManifest, Repository } from './types.ts'

interface Blob {
  digest: Digest
  size: number
}

/**
 * Takes whatever it is given, hashes it, and forgets it. Whoever makes an image here learns its digest: the one that it
 * would have in any other repository. Nothing is ever found in it.
 */
export class HashRepository implements Repository {
  readonly name = 'nowhere'

  async headBlob(): Promise<undefined> {
    return undefined
  }

  /** @throws DIGEST_MISMATCH where the bytes are other than their digest says */
  async putBlob(blob: Blob, open: () => AsyncIterable<Uint8Array>): Promise<'uploaded'> {
    for await (const _ of verified(open(), blob)); // to its end, where it is known
    return 'uploaded'
  }

  async putStream(open: () => AsyncIterable<Uint8Array>): Promise<Blob> {
    const hasher = new Hasher()
    for await (const chunk of open()) hasher.update(chunk)
    return hasher.result()
  }

  async mountBlob(): Promise<boolean> {
    return false
  }

  getBlob({ digest }: Blob): AsyncIterable<Uint8Array> {
    throw nothingHere(digest)
  }

  getRange({ digest }: Blob): AsyncIterable<Uint8Array> {
    throw nothingHere(digest)
  }

  async locate(): Promise<undefined> {
    return undefined
  }

  async getManifest(): Promise<RawManifest | undefined> {
    return undefined
  }

  async putManifest(bytes: Buffer, mediaType: string, tags: readonly string[] = []): Promise<Descriptor> {
    tags.forEach(checkedTag)
    return { mediaType, digest: digestOf(bytes), size: bytes.length }
  }

  async attach({ digest }: Pick<Descriptor, 'digest'>): Promise<Attached[]> {
    throw nothingHere(digest)
  }

  async referrers(): Promise<Descriptor[]> {
    return []
  }

  async close(): Promise<void> {}
}

function nothingHere(digest: Digest): SeedError {
  return new SeedError('NOT_FOUND', `${digest} was hashed alone, and is not kept`)
}
