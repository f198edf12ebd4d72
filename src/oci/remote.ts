import { SeedError } from '../errors.ts'
import { HttpClient } from '../http.ts'
import type { HttpOptions } from '../http.ts'
import { isLoopback } from '../http/proxy.ts'
import type { Located } from '../http/receiver.ts'
import { DEFAULT_BACKOFF } from '../http/retry.ts'
import type { Backoff } from '../http/retry.ts'
import { silentLog } from '../ports.ts'
import type { Log, Ports } from '../ports.ts'
import { attachArtifacts } from './artifact.ts'
import { readCredentials } from './credentials.ts'
import type { Credentials } from './credentials.ts'
import { checkedDigest, digestOf } from './digest.ts'
import { fetchBlob, fetchRange } from './download.ts'
import { fetchManifest, pushManifest } from './manifest-exchange.ts'
import type { Place } from './manifest-exchange.ts'
import { checkedTag } from './name.ts'
import type { RegistryName } from './name.ts'
import { describeReferrers } from './referrers.ts'
import { Registry } from './registry.ts'
import { RemoteReferrers } from './remote-referrers.ts'
import type { Artifact, Attached, ByteRange, Descriptor, Digest, PassedOver, RawManifest, Repository } from './types.ts'
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
  readonly #log: Log
  readonly #pull: Place
  readonly #push: Place
  readonly #uploader: Uploader
  readonly #referrers: RemoteReferrers

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
    this.#log = log
    const place = { registry: this.#registry, base: this.#base, name: this.name }
    this.#pull = { ...place, scopes: [`repository:${repository}:pull`] }
    this.#push = { ...place, scopes: [`repository:${repository}:pull,push`] }
    this.#uploader = new Uploader(this.#registry, this.#base, this.#push.scopes)
    this.#referrers = new RemoteReferrers({ pull: this.#pull, push: this.#push, log })
  }

  async headBlob(digest: Digest): Promise<number | undefined> {
    return this.#registry.attempt(`looking for ${digest}`, () =>
      headBlob(this.#registry, this.#base, digest, this.#pull.scopes)
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
    return this.#uploader.mount(digest, from, [...this.#push.scopes, `repository:${from}:pull`])
  }

  getBlob(blob: { digest: Digest; size: number }): AsyncIterable<Uint8Array> {
    return fetchBlob(this.#registry, this.#base, blob, this.#pull.scopes)
  }

  getRange(blob: { digest: Digest; size: number }, range: ByteRange): AsyncIterable<Uint8Array> {
    return fetchRange(this.#registry, this.#base, blob, range, this.#pull.scopes)
  }

  async locate({ digest }: { digest: Digest }): Promise<Located | undefined> {
    return this.#registry.locate(new URL(`blobs/${checkedDigest(digest)}`, this.#base), this.#pull.scopes)
  }

  async getManifest(reference?: string): Promise<RawManifest | undefined> {
    if (reference === undefined) {
      throw new SeedError('REFERENCE_INVALID', `${this.name} is a repository, not an image`, {
        hint: `Name the image by its digest: ${this.name}@sha256:…`
      })
    }
    return this.#registry.attempt(`reading the manifest ${reference}`, () => fetchManifest(this.#pull, reference))
  }

  async putManifest(bytes: Buffer, mediaType: string, tags: readonly string[] = []): Promise<Descriptor> {
    const digest = digestOf(bytes)
    tags.forEach(checkedTag)
    for (const reference of [digest, ...tags]) {
      await this.#registry.attempt(`writing the manifest ${reference}`, async () => {
        const { subjectListed } = await pushManifest(this.#push, reference, bytes, mediaType)
        if (subjectListed) this.#referrers.noteListed(digest)
      })
    }
    return { mediaType, digest, size: bytes.length }
  }

  async attach(subject: Pick<Descriptor, 'digest'>, artifacts: readonly Artifact[]): Promise<Attached[]> {
    return attachArtifacts(this, subject, artifacts, (...referrers) => this.#referrers.announce(...referrers))
  }

  async referrers(subject: Digest, artifactType?: string, passedOver?: PassedOver): Promise<Descriptor[]> {
    const entries = await this.#referrers.entries(checkedDigest(subject), artifactType)
    return describeReferrers(this, entries, { subject, artifactType, passedOver }, this.#log)
  }

  async close(): Promise<void> {
    this.#client.close()
  }
}

/** Docker Hub is the one registry whose API has another host than its name. */
function originOf(host: string, insecure: boolean | undefined): URL {
  const url = new URL(`https://${host === 'docker.io' ? 'registry-1.docker.io' : host}`)
  if (insecure ?? isLoopback(url.hostname)) url.protocol = 'http:'
  return url
}
