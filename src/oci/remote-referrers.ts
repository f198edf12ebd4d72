import { SeedError } from '../errors.ts'
import { readBody } from '../http.ts'
import type { HttpResponse } from '../http.ts'
import { HttpError } from '../http/error.ts'
import type { Log } from '../ports.ts'
import { FallbackIndex, INDEX_BYTES } from './fallback-index.ts'
import { pushManifest } from './manifest-exchange.ts'
import type { Place } from './manifest-exchange.ts'
import { parseManifest } from './manifest.ts'
import { MAX_REFERRERS } from './referrers.ts'
import { MEDIA_TYPE } from './types.ts'
import type { Descriptor, Digest, RawManifest } from './types.ts'

const PAGES = 100
/** A registry may enter a manifest in its lists a moment after it has taken it. */
const PAUSES_MS = [100, 300, 900]
/** With any of these a registry says that it has no such API; ghcr.io redirects to a page for people. */
const NO_API = [301, 302, 303, 307, 308, 400, 403, 404, 405, 406, 501]

export interface RemoteReferrersOptions {
  pull: Place
  push: Place
  log: Log
}

/**
 * The lists of referrers of one repository in a registry: the registry's own, or the one that clients keep under the
 * fallback tag where it has none.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
 */
export class RemoteReferrers {
  /** Manifests that the registry, when it took them, said to have listed. */
  readonly #listed = new Set<Digest>()
  readonly #options: RemoteReferrersOptions
  readonly #fallback: FallbackIndex

  constructor(options: RemoteReferrersOptions) {
    this.#options = options
    this.#fallback = new FallbackIndex(options)
  }

  /** Takes note of an `OCI-Subject` header. */
  noteListed(digest: Digest): void {
    this.#listed.add(digest)
  }

  /** The entries of the list, as they are. A registry may have narrowed them to `artifactType`, or may not. */
  async entries(subject: Digest, artifactType?: string): Promise<unknown[]> {
    const listed = await this.#fromApi(subject, artifactType)
    if (listed === undefined) return this.#fallback.entries(subject)
    // Some answer every path with an empty list or do not list all that they take, and their clients have used the tag.
    const tagged = await this.#fallback.entries(subject).catch((error: unknown) => {
      if (error instanceof SeedError && error.code === 'CONTENT_INVALID') return []
      throw error
    })
    return [...listed, ...tagged]
  }

  /**
   * Sees to it that the manifests, which are stored, are in the list.
   *
   * @param allExisted whether all of them had been stored before
   */
  async announce(subject: Digest, referrers: readonly RawManifest[], allExisted: boolean): Promise<void> {
    const { push, log } = this.#options
    if (this.#areListed(referrers)) return
    const descriptors = referrers.map(({ descriptor }) => descriptor)
    const entries = await this.#fromApi(subject)
    if (!entries) return this.#fallback.add(subject, descriptors, allExisted)
    const late = unlisted(descriptors, entries)
    if (late.length === 0) return
    // They may have been stored before the registry had such lists.
    for (const { descriptor, bytes } of referrers) {
      if (!late.includes(descriptor)) continue
      await push.registry.attempt(`writing the manifest ${descriptor.digest}`, async () => {
        const { subjectListed } = await pushManifest(push, descriptor.digest, bytes, descriptor.mediaType)
        if (subjectListed) this.noteListed(descriptor.digest)
      })
    }
    if (this.#areListed(referrers)) return
    for (const pauseMs of PAUSES_MS) {
      await push.registry.pause(`listing the referrers of ${subject}`, pauseMs)
      if (unlisted(descriptors, (await this.#fromApi(subject)) ?? []).length === 0) return
    }
    log.debug(`${push.name} does not list what was attached to ${subject}: listing it under the fallback tag`)
    await this.#fallback.add(subject, descriptors, false)
  }

  #areListed(referrers: readonly RawManifest[]): boolean {
    return referrers.every(({ descriptor }) => this.#listed.has(descriptor.digest))
  }

  /** All pages of the registry's own list, `undefined` if it keeps none. */
  async #fromApi(subject: Digest, artifactType?: string): Promise<unknown[] | undefined> {
    const { pull } = this.#options
    const first = new URL(`referrers/${subject}`, pull.base)
    // It need not heed this; `OCI-Filters-Applied` would say so, but what is listed is looked at in any case.
    if (artifactType !== undefined) first.searchParams.set('artifactType', artifactType)
    const entries: unknown[] = []
    let next: URL | undefined = first
    for (let page = 0; next; page++) {
      if (page >= PAGES) throw this.#invalid(subject, `has more than ${PAGES} pages`)
      const url: URL = next
      const found = await pull.registry.attempt(`listing the referrers of ${subject}`, () => this.#page(subject, url))
      if (!found) {
        if (page === 0) return undefined
        throw this.#invalid(subject, 'ends before its last page')
      }
      for (const entry of found.entries) entries.push(entry)
      // They are all kept until the last page.
      if (entries.length > MAX_REFERRERS) throw this.#invalid(subject, `has more than ${MAX_REFERRERS} entries`)
      next = found.next
    }
    return entries
  }

  async #page(subject: Digest, url: URL): Promise<{ entries: unknown[]; next: URL | undefined } | undefined> {
    const { registry, scopes, name } = this.#options.pull
    const headers = { accept: MEDIA_TYPE.index }
    const response = await registry.call({ url, headers, scopes, statuses: [200, ...NO_API] })
    if (response.status !== 200 || contentType(response) !== MEDIA_TYPE.index) {
      await response.discard()
      return undefined
    }
    const bytes = await readBody(response, INDEX_BYTES + 1, true)
    if (bytes.length > INDEX_BYTES) throw this.#invalid(subject, `has a page of more than ${INDEX_BYTES} bytes`)
    const { manifests } = parseManifest(bytes, `list of referrers of ${subject}`, name)
    // Go's empty list is null.
    if (manifests !== null && !Array.isArray(manifests)) throw this.#invalid(subject, 'is no list')
    return { entries: manifests ?? [], next: this.#next(response, url) }
  }

  /** https://www.rfc-editor.org/rfc/rfc8288 */
  #next({ headers }: HttpResponse, url: URL): URL | undefined {
    const { registry } = this.#options.pull
    const target = /<([^<>]*)>\s*;[^,<]*\brel="?next"?(?![\w-])/i.exec(String(headers.link ?? ''))?.[1]
    if (target === undefined) return undefined
    const next = registry.resolve(target, url)
    if (next.origin === registry.origin.origin) return next
    throw new HttpError(`${url.host} continues a list on another host`, { url, retriable: false })
  }

  #invalid(subject: Digest, what: string): SeedError {
    return new SeedError('CONTENT_INVALID', `the registry's list of referrers of ${subject} ${what}`, {
      resource: this.#options.pull.name
    })
  }
}

function contentType({ headers }: HttpResponse): string | undefined {
  return headers['content-type']?.split(';')[0]?.trim()
}

/** Those of `descriptors` that are not in `entries`. */
function unlisted(descriptors: readonly Descriptor[], entries: readonly unknown[]): Descriptor[] {
  const digests = new Set(entries.map(entry => (entry as Partial<Descriptor> | null)?.digest))
  return descriptors.filter(({ digest }) => !digests.has(digest))
}
