import { SeedError } from '../errors.ts'
import { isLoopback } from '../http/proxy.ts'
import type { Log } from '../ports.ts'
import { digestOf } from './digest.ts'
import { fetchManifest, PART_UNKNOWN, pushManifest } from './manifest-exchange.ts'
import type { Place } from './manifest-exchange.ts'
import { parseManifest } from './manifest.ts'
import { MEDIA_TYPE } from './types.ts'
import type { Descriptor, Digest, RawManifest } from './types.ts'

/** The distribution specification lets a registry refuse a manifest of more. */
export const INDEX_BYTES = 4 * 1024 * 1024

/** How long a writer waits before it looks again, and how often it does. */
export interface Settling {
  /** So many times as long as its own reading and writing took: others may be slower. */
  windows: number
  /** The least, on this machine and elsewhere, where others may be further away from the registry than this one. */
  localMs: number
  distantMs: number
  mostMs: number
  rounds: number
}

const SETTLING: Settling = { windows: 4, localMs: 100, distantMs: 1500, mostMs: 15_000, rounds: 12 }

export interface FallbackOptions {
  pull: Place
  push: Place
  log: Log
  settling?: Settling
}

/** The tag under which clients keep the list of referrers of `subject` where the registry has no referrers API. */
export function fallbackTag(subject: Digest): string {
  return subject.replace(':', '-')
}

export function isFallbackTag(tag: string | undefined): boolean {
  return tag !== undefined && /^sha256-[0-9a-f]{64}$/.test(tag)
}

interface Listed {
  digest: Digest
  /** As it is, with all that others put there. */
  index: Record<string, unknown>
  entries: readonly unknown[]
}

/**
 * The lists of referrers that clients keep under the fallback tags of one repository.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema
 *
 * Such a list is read, extended and written as a whole, and whoever writes between another's reading and writing is
 * erased by it. There is no lock, and few registries know conditional writes, so writers mend: each one waits, looks
 * again and enters itself again where it is missing. It is done when it finds, after a wait that is longer than anybody
 * else's reading and writing together take, the very bytes that it wrote or saw before the wait. Then nobody wrote
 * meanwhile, and whoever still writes has read a list that holds the entry.
 *
 * What that gives: writers that do this and whose reading and writing stay within the wait all end up listed, however
 * many there are. The wait is a multiple of one's own reading and writing, at least 0.1 s on this machine and 1.5 s
 * elsewhere, at most 15 s; a part of it is left to chance, more after each loss, so that those who lost do not meet
 * again. What it does not give: a writer that is held up for longer than that between its reading and its writing (a
 * suspended machine, a request that a proxy delivers late) still erases what came between, and it is not noticed until
 * the next `add`. And a client that does not look again, as most do not, can be erased by this one's writing as by any
 * other's: nothing tells what was overwritten.
 */
export class FallbackIndex {
  readonly #options: FallbackOptions

  constructor(options: FallbackOptions) {
    this.#options = options
  }

  /** What is listed, as it is. @throws CONTENT_INVALID if the tag names something else than such a list */
  async entries(subject: Digest): Promise<unknown[]> {
    const { pull } = this.#options
    const listed = await pull.registry.attempt(`reading the list of referrers of ${subject}`, () => read(pull, subject))
    return [...(listed?.entries ?? [])]
  }

  /**
   * Enters `referrers` and stays until they are there to stay (see above).
   *
   * @param settled they were stored by an earlier run, which has stayed: if they are listed, that is enough.
   * @throws CONTENT_INVALID, with nothing changed, if the tag names something else than such a list, or one too long;
   * REGISTRY_FAILED if others have overwritten it time and again
   */
  async add(subject: Digest, referrers: readonly Descriptor[], settled: boolean): Promise<void> {
    const { push, log, settling = SETTLING } = this.#options
    let seen: Digest | undefined
    let windowMs = 0
    let losses = 0
    for (let round = 0; round < settling.rounds; round++) {
      const { digest, added, tookMs } = await this.#update(subject, referrers)
      if (added === 0 && (digest === seen || (round === 0 && settled))) return
      if (added > 0 && round > 0) {
        losses++
        log.debug(`another writer has replaced the list of referrers of ${subject}: entering ${added} again`)
      }
      seen = digest
      windowMs = Math.max(windowMs, tookMs)
      const leastMs = isLoopback(push.base.hostname) ? settling.localMs : settling.distantMs
      const waitMs = settleMs({ ...settling, windowMs, leastMs, losses })
      await push.registry.pause(`entering the list of referrers of ${subject}`, waitMs)
    }
    const listed = await push.registry.attempt(`reading the list of referrers of ${subject}`, () => read(push, subject))
    if (listed && missing(referrers, listed.entries).length === 0) {
      log.debug(`the list of referrers of ${subject} did not come to rest; what was attached is in it`)
      return
    }
    throw new SeedError('REGISTRY_FAILED', `others keep replacing the list of referrers of ${subject}`, {
      resource: `${push.name}:${fallbackTag(subject)}`,
      hint: 'Run it again when they are done: what was uploaded is kept, and not sent twice.'
    })
  }

  /** Reads, and writes if one is missing. A retry begins with reading: what was read before is old by then. */
  async #update(
    subject: Digest,
    referrers: readonly Descriptor[]
  ): Promise<{ digest: Digest; added: number; tookMs: number }> {
    const { push } = this.#options
    const update = push.registry.attempt(`entering the list of referrers of ${subject}`, async () => {
      const began = performance.now()
      const listed = await read(push, subject)
      const added = missing(referrers, listed?.entries ?? [])
      if (listed && added.length === 0) return { digest: listed.digest, added: 0, tookMs: performance.now() - began }
      const bytes = extended(listed, added)
      if (bytes.length > INDEX_BYTES) throw invalid(push, subject, `would have more than ${INDEX_BYTES} bytes`)
      await pushManifest(push, fallbackTag(subject), bytes, MEDIA_TYPE.index)
      return { digest: digestOf(bytes), added: added.length, tookMs: performance.now() - began }
    })
    return update.catch((error: unknown) => {
      if (!(error instanceof SeedError && error.message.includes(PART_UNKNOWN))) throw error
      throw invalid(push, subject, 'names a manifest that is gone, and is refused by the registry', error)
    })
  }
}

/** How long to wait, in milliseconds: the least and a share left to chance, which grows with each loss. */
export function settleMs(
  wait: { windows: number; windowMs: number; leastMs: number; mostMs: number; losses: number },
  random = Math.random
): number {
  const least = Math.max(wait.windows * wait.windowMs, wait.leastMs)
  return Math.min(least * (1 + random() * (1 + wait.losses)), wait.mostMs)
}

async function read(place: Place, subject: Digest): Promise<Listed | undefined> {
  const tag = fallbackTag(subject)
  // Some clients delete the old list after they have written the new one. Who has just been told the old one by the
  // registry's tag finds nothing then, and would begin an empty list.
  const found = (await fetched(place, subject, tag)) ?? (await fetched(place, subject, tag))
  // GitLab's registry takes the tag for the digest where there is no such tag.
  if (!found || found.descriptor.digest === subject) return undefined
  const index = parseManifest(found.bytes, tag)
  const { mediaType, digest } = found.descriptor
  if (mediaType !== MEDIA_TYPE.index)
    throw invalid(place, subject, `is of type ${mediaType.slice(0, 80).replace(/[^ -~]/g, '?')}`)
  if (!Array.isArray(index.manifests)) throw invalid(place, subject, 'lists no manifests')
  return { digest, index, entries: index.manifests as unknown[] }
}

async function fetched(place: Place, subject: Digest, tag: string): Promise<RawManifest | undefined> {
  try {
    return await fetchManifest(place, tag, INDEX_BYTES)
  } catch (error) {
    if (error instanceof SeedError && error.code === 'CONTENT_INVALID') throw invalid(place, subject, 'is none', error)
    throw error
  }
}

function missing(referrers: readonly Descriptor[], entries: readonly unknown[]): Descriptor[] {
  const digests = new Set(entries.map(entry => (entry as Partial<Descriptor> | null)?.digest))
  return referrers.filter(
    ({ digest }, i) => !digests.has(digest) && referrers.findIndex(r => r.digest === digest) === i
  )
}

function extended(listed: Listed | undefined, added: readonly Descriptor[]): Buffer {
  const index = listed?.index ?? { schemaVersion: 2, mediaType: MEDIA_TYPE.index }
  return Buffer.from(JSON.stringify({ ...index, manifests: [...(listed?.entries ?? []), ...added] }))
}

function invalid({ name }: Place, subject: Digest, what: string, cause?: unknown): SeedError {
  const tag = fallbackTag(subject)
  return new SeedError('CONTENT_INVALID', `the list of referrers of ${subject} ${what}`, {
    resource: `${name}:${tag}`,
    hint: `It was not changed. See what the tag ${tag} names, where lists of referrers are kept, and mend or delete it.`,
    ...(cause !== undefined && { cause })
  })
}
