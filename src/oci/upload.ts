import type { HttpResponse } from '../http.ts'
import { HttpError } from '../http/error.ts'
import type { Scope } from './auth.ts'
import { checkedDigest, Hasher, mismatch, verified } from './digest.ts'
import type { Registry } from './registry.ts'
import type { Digest } from './types.ts'

interface Blob {
  digest: Digest
  size: number
}

const OCTETS = { 'content-type': 'application/octet-stream' }
const NO_BODY = { 'content-length': '0' }

/** Size in bytes of a blob that is there (NaN if the registry does not say it), `undefined` if it is not. */
export async function headBlob(
  registry: Registry,
  base: URL,
  digest: Digest,
  scopes: readonly Scope[]
): Promise<number | undefined> {
  const url = new URL(`blobs/${checkedDigest(digest)}`, base)
  const response = await registry.call({ url, method: 'HEAD', scopes, statuses: [200, 404] })
  await response.discard()
  if (response.status === 404) return undefined
  const length = response.headers['content-length']
  return length === undefined ? NaN : Number(length)
}

/**
 * Sends blobs to one repository.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs
 */
export class Uploader {
  readonly #registry: Registry
  readonly #base: URL
  readonly #scopes: readonly Scope[]
  /** Sessions that a registry opened where it could not mount. */
  readonly #opened = new Map<Digest, URL>()

  constructor(registry: Registry, base: URL, scopes: readonly Scope[]) {
    this.#registry = registry
    this.#base = base
    this.#scopes = scopes
  }

  /** POST, then one PUT that streams. */
  async put(blob: Blob, open: () => AsyncIterable<Uint8Array>): Promise<'uploaded' | 'present'> {
    return this.#registry.attempt(`uploading ${blob.digest}`, async () => {
      if (await this.#isPresent(blob)) return 'present'
      const session = await this.#openSession(blob.digest)
      const url = withQuery(session, `digest=${blob.digest}`)
      const headers = { ...OCTETS, 'content-length': String(blob.size) }
      const body = verified(open(), blob)
      const response = await inSession(
        this.#registry.call({ url, method: 'PUT', headers, body, scopes: this.#scopes, statuses: [201, 204] })
      )
      await stored(response, blob.digest)
      return 'uploaded'
    })
  }

  /**
   * POST, one PATCH that streams in chunks, as docker push does, then PUT with the digest. Never a ranged PATCH:
   * ghcr.io refuses those over 4 MiB, and a registry behind a cache may have lost the first half.
   */
  async putStream(open: () => AsyncIterable<Uint8Array>): Promise<Blob> {
    let sent: Blob | undefined
    return this.#registry.attempt('uploading a layer', async () => {
      // The last try may have been completed and only its answer lost.
      if (sent && (await this.#isPresent(sent))) return sent
      const session = await this.#openSession()
      const hasher = new Hasher()
      const response = await inSession(
        this.#registry.call({
          url: session,
          method: 'PATCH',
          headers: OCTETS,
          body: hasher.through(open()),
          scopes: this.#scopes,
          statuses: [202, 201, 204]
        })
      )
      await response.discard()
      sent = hasher.result()
      await this.#commit(this.#next(response, session), sent)
      return sent
    })
  }

  /** POST with `mount` and `from`. */
  async mount(digest: Digest, from: string, scopes: readonly Scope[]): Promise<boolean> {
    const query = `mount=${checkedDigest(digest)}&from=${encodeURIComponent(from)}`
    const url = withQuery(new URL('blobs/uploads/', this.#base), query)
    return this.#registry.attempt(`mounting ${digest} from ${from}`, async () => {
      try {
        const response = await this.#registry.call({
          url,
          method: 'POST',
          headers: NO_BODY,
          scopes,
          statuses: [201, 202]
        })
        await response.discard()
        if (response.status === 201) return true
        this.#opened.set(digest, this.#next(response, url))
        return false
      } catch (error) {
        // Not being allowed to read the other repository is no failure: the blob is uploaded instead.
        if (error instanceof HttpError && !error.retriable && error.status !== undefined && error.status < 500)
          return false
        throw error
      }
    })
  }

  async #isPresent(blob: Blob): Promise<boolean> {
    const size = await headBlob(this.#registry, this.#base, blob.digest, this.#scopes)
    return size === blob.size || Number.isNaN(size)
  }

  async #openSession(digest?: Digest): Promise<URL> {
    const opened = digest && this.#opened.get(digest)
    if (opened) {
      this.#opened.delete(digest)
      return opened
    }
    const url = new URL('blobs/uploads/', this.#base)
    const response = await this.#registry.call({
      url,
      method: 'POST',
      headers: NO_BODY,
      scopes: this.#scopes,
      statuses: [202]
    })
    await response.discard()
    return this.#next(response, url)
  }

  /** Closes a session. Asked again by itself, since all the bytes are there already. */
  async #commit(session: URL, blob: Blob): Promise<void> {
    const url = withQuery(session, `digest=${blob.digest}`)
    const put = { url, method: 'PUT', headers: { ...OCTETS, ...NO_BODY }, scopes: this.#scopes, statuses: [201, 204] }
    const committed = this.#registry.again(`completing ${blob.digest}`, async attempt => {
      if (attempt > 0 && (await this.#isPresent(blob))) return
      await stored(await this.#registry.call(put), blob.digest)
    })
    await inSession(committed)
  }

  #next(response: HttpResponse, url: URL): URL {
    const { location } = response.headers
    if (location !== undefined) return this.#registry.resolve(location, url)
    throw new HttpError(`${url.host} opened an upload without a Location`, { url, retriable: false })
  }
}

/** A session that the registry no longer knows is begun anew. */
async function inSession<T>(exchange: Promise<T>): Promise<T> {
  return exchange.catch((error: unknown) => {
    if (error instanceof HttpError && (error.status === 404 || error.status === 416)) error.retriable = true
    throw error
  })
}

/** @throws DIGEST_MISMATCH if the registry says that it stored something else. */
async function stored(response: HttpResponse, digest: Digest): Promise<void> {
  await response.discard()
  const answered = response.headers['docker-content-digest']
  if (answered === undefined || answered === digest) return
  throw mismatch(digest, `was stored by ${response.url.host} as ${String(answered).slice(0, 80)}`)
}

/** `url` with one more parameter; what is there stays byte for byte, since registries sign it. */
function withQuery(url: URL, parameter: string): URL {
  const extended = new URL(url)
  extended.search += `${extended.search ? '&' : '?'}${parameter}`
  return extended
}
