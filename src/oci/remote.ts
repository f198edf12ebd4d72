import { SeedError } from '../errors.ts'
import { HttpClient, readBody } from '../http.ts'
import type { HttpOptions } from '../http.ts'
import { isLoopback } from '../http/proxy.ts'
import { DEFAULT_BACKOFF } from '../http/retry.ts'
import type { Backoff } from '../http/retry.ts'
import { silentLog } from '../ports.ts'
import type { Log, Ports } from '../ports.ts'
import type { Scope } from './auth.ts'
import { readCredentials } from './credentials.ts'
import type { Credentials } from './credentials.ts'
import { digestOf, isDigest, mismatch } from './digest.ts'
import { fetchBlob } from './download.ts'
import { describeManifest, MANIFEST_BYTES, MANIFEST_TYPES } from './manifest.ts'
import { checkedTag } from './name.ts'
import type { RegistryName } from './name.ts'
import { Registry } from './registry.ts'
import type { Descriptor, Digest, RawManifest, Repository } from './types.ts'
import { headBlob, Uploader } from './upload.ts'

export interface RemoteOptions extends Pick<HttpOptions, 'connectTimeoutMs' | 'idleTimeoutMs' | 'answerTimeoutMs'> {
  /** Proxies, and where to look for stored credentials. */
  env: Ports['env']
  signal?: AbortSignal
  log?: Log
  /** Used in place of stored ones. They go to the host of the name and the token service that it names. */
  credentials?: Credentials
  /** Plain http. By default for loopback hosts alone; `false` speaks TLS to those too. */
  insecure?: boolean
  backoff?: Backoff
}

/** A repository in a registry: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md */
export class RemoteRepository implements Repository {
  readonly name: string
  readonly #host: string
  readonly #base: URL
  readonly #client: HttpClient
  readonly #registry: Registry
  readonly #pull: readonly Scope[]
  readonly #push: readonly Scope[]
  readonly #uploader: Uploader

  constructor({ host, repository }: Pick<RegistryName, 'host' | 'repository'>, options: RemoteOptions) {
    const { env, log = silentLog, insecure, backoff = DEFAULT_BACKOFF, credentials, ...http } = options
    const origin = originOf(host, insecure)
    const client = new HttpClient({ env, ...http })
    const { signal } = options
    const warn = (line: string) => log.warn(line)
    this.name = `${host}/${repository}`
    this.#host = host
    this.#base = new URL(`/v2/${repository}/`, origin)
    this.#client = client
    this.#registry = new Registry({
      origin,
      name: this.name,
      client,
      credentials: async () =>
        credentials ?? readCredentials(host, repository, { env, warn, ...(signal && { signal }) }),
      backoff,
      log,
      insecure: insecure ?? false,
      ...(signal && { signal })
    })
    this.#pull = [`repository:${repository}:pull`]
    this.#push = [`repository:${repository}:pull,push`]
    this.#uploader = new Uploader(this.#registry, this.#base, this.#push)
  }

  async headBlob(digest: Digest): Promise<number | undefined> {
    return this.#registry.attempt(`looking for ${digest}`, () =>
      headBlob(this.#registry, this.#base, digest, this.#pull)
    )
  }

  async putBlob(
    blob: { digest: Digest; size: number },
    open: () => AsyncIterable<Uint8Array>
  ): Promise<'uploaded' | 'present'> {
    return this.#uploader.put(blob, open)
  }

  async putStream(open: () => AsyncIterable<Uint8Array>): Promise<{ digest: Digest; size: number }> {
    return this.#uploader.putStream(open)
  }

  /** `fromRepository` is `REPOSITORY` or `HOST/REPOSITORY` with the same host. */
  async mountBlob(digest: Digest, fromRepository: string): Promise<boolean> {
    const own = `${this.#host}/`
    const from = fromRepository.startsWith(own) ? fromRepository.slice(own.length) : fromRepository
    return this.#uploader.mount(digest, from, [...this.#push, `repository:${from}:pull`])
  }

  getBlob(blob: { digest: Digest; size: number }): AsyncIterable<Uint8Array> {
    return fetchBlob(this.#registry, this.#base, blob, this.#pull)
  }

  async getManifest(reference?: string): Promise<RawManifest | undefined> {
    if (reference === undefined) {
      throw new SeedError('REFERENCE_INVALID', `${this.name} is a repository, not an image`, {
        hint: `Name the image by its digest: ${this.name}@sha256:…`
      })
    }
    return this.#registry.attempt(`reading the manifest ${reference}`, async () => {
      const response = await this.#registry.call({
        url: this.#manifestUrl(reference),
        headers: { accept: MANIFEST_TYPES.join(', ') },
        scopes: this.#pull,
        statuses: [200, 404]
      })
      if (response.status === 404) {
        await response.discard()
        return undefined
      }
      const bytes = await readBody(response, MANIFEST_BYTES)
      const found = describeManifest(bytes, reference, response.headers['content-type'], this.name)
      this.#checkAnswered(response.headers['docker-content-digest'], found.descriptor.digest)
      return found
    })
  }

  async putManifest(bytes: Buffer, mediaType: string, tags: readonly string[] = []): Promise<Descriptor> {
    const digest = digestOf(bytes)
    tags.forEach(checkedTag)
    for (const reference of [digest, ...tags]) {
      await this.#registry.attempt(`writing the manifest ${reference}`, async () => {
        const response = await this.#registry.call({
          url: this.#manifestUrl(reference),
          method: 'PUT',
          headers: { 'content-type': mediaType, 'content-length': String(bytes.length) },
          body: bytes,
          scopes: this.#push,
          statuses: [201, 202]
        })
        await response.discard()
        this.#checkAnswered(response.headers['docker-content-digest'], digest)
      })
    }
    return { mediaType, digest, size: bytes.length }
  }

  async close(): Promise<void> {
    this.#client.close()
  }

  #manifestUrl(reference: string): URL {
    return new URL(`manifests/${isDigest(reference) ? reference : checkedTag(reference)}`, this.#base)
  }

  #checkAnswered(answered: string | string[] | undefined, digest: Digest): void {
    if (answered === undefined || answered === digest) return
    throw mismatch(digest, `was answered with another digest, ${String(answered).slice(0, 80)}`, this.name)
  }
}

/** Docker Hub is the one registry whose API has another host than its name. */
function originOf(host: string, insecure: boolean | undefined): URL {
  const url = new URL(`https://${host === 'docker.io' ? 'registry-1.docker.io' : host}`)
  if (insecure ?? isLoopback(url.hostname)) url.protocol = 'http:'
  return url
}
