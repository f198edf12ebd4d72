/** Plain types of the OCI image and distribution specifications, version 1.1. */
import type { Located } from '../http/receiver.ts'

/** `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = `sha256:${string}`

/** https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md */
export interface Descriptor {
  mediaType: string
  digest: Digest
  /** Bytes. */
  size: number
  annotations?: Record<string, string>
  artifactType?: string
  platform?: Platform
  /** The content itself, in base64. */
  data?: string
}

export interface Platform {
  architecture: string
  os: string
  variant?: string
  'os.features'?: string[]
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md */
export interface Manifest {
  schemaVersion: 2
  mediaType: string
  artifactType?: string
  config: Descriptor
  layers: Descriptor[]
  subject?: Descriptor
  annotations?: Record<string, string>
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md */
export interface Index {
  schemaVersion: 2
  mediaType: string
  artifactType?: string
  manifests: Descriptor[]
  subject?: Descriptor
  annotations?: Record<string, string>
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md */
export interface ImageConfig {
  created?: string
  architecture: string
  os: string
  'os.features'?: string[]
  config?: {
    Env?: string[]
    Cmd?: string[]
    Entrypoint?: string[]
    WorkingDir?: string
    User?: string
    Labels?: Record<string, string>
  }
  rootfs: { type: 'layers'; diff_ids: Digest[] }
  history?: { created?: string; created_by?: string; comment?: string; empty_layer?: boolean }[]
}

export const MEDIA_TYPE = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layerTar: 'application/vnd.oci.image.layer.v1.tar',
  layerTarGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  layerTarZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  /** An EROFS image as it is, https://github.com/erofs/erofs-image-spec */
  erofsLayer: 'application/vnd.erofs.layer.v1',
  empty: 'application/vnd.oci.empty.v1+json'
} as const

/** Bytes of a blob: the first, and the one behind the last. */
export interface ByteRange {
  start: number
  end: number
}

/** A manifest or index as the repository holds it: exact bytes, since they are what the digest names. */
export interface RawManifest {
  descriptor: Descriptor
  bytes: Buffer
}

/**
 * What hangs on an image: a manifest with an empty config, one layer, and the image as its subject.
 * https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#guidelines-for-artifact-usage
 */
export interface Artifact {
  artifactType: string
  /** Of the layer. */
  mediaType: string
  /** The layer. */
  bytes: Buffer
  /** Of the manifest; lists of referrers show them. */
  annotations: Record<string, string>
}

export interface Attached {
  /** With `artifactType` and `annotations`. */
  descriptor: Descriptor
  /** It had been stored before. */
  existed: boolean
}

/** Takes an entry of a list of referrers that cannot be read, by its digest where it has one, and why. */
export type PassedOver = (digest: Digest | undefined, problem: string) => void

/**
 * One repository of images: in a registry (`remote.ts`) or an image layout on disk (`layout.ts`).
 * Every byte that comes out of it has been checked against its digest before the stream ends;
 * a reader that sees the end of the stream has seen the right bytes, a wrong one ends with DIGEST_MISMATCH.
 */
export interface Repository {
  /** For people: `ghcr.io/org/repo/seed` or `oci:DIR`. */
  readonly name: string

  /** Size in bytes of a blob that is there, `undefined` if it is not. */
  headBlob(digest: Digest): Promise<number | undefined>

  /** Uploads a blob whose digest is known, unless it is there. `open` is called again for every retry. */
  putBlob(
    blob: { digest: Digest; size: number },
    open: () => AsyncIterable<Uint8Array>
  ): Promise<'uploaded' | 'present'>

  /**
   * Uploads a blob whose digest is known only at its end: streamed once, hashed on the way, nothing kept in memory or,
   * for a registry, on disk. `open` is called again for every retry and must yield the same bytes.
   */
  putStream(open: () => AsyncIterable<Uint8Array>): Promise<{ digest: Digest; size: number }>

  /** Makes a blob of another repository of the same registry appear here. False where that is not possible. */
  mountBlob(digest: Digest, fromRepository: string): Promise<boolean>

  /** Streams a blob, checked against digest and size. Throws NOT_FOUND. Cut connections are resumed by range. */
  getBlob(blob: { digest: Digest; size: number }): AsyncIterable<Uint8Array>

  /**
   * Streams a part of a blob: the one thing that comes out of a repository unchecked, since a digest is of the whole. The
   * caller checks it. Throws NOT_FOUND; cut connections are resumed.
   */
  getRange(blob: { digest: Digest; size: number }, range: ByteRange): AsyncIterable<Uint8Array>

  /**
   * Where a blob can be asked for directly, for whoever receives faster than a stream in this thread: unchecked, and with
   * no more than one try. Undefined where that cannot be.
   */
  locate(blob: { digest: Digest }): Promise<Located | undefined>

  /**
   * Fetches a manifest or index by tag or digest; checked against the digest. `undefined` if there is none.
   * Without a reference: the only image of an image layout; REFERENCE_INVALID where there is not exactly one, and for a
   * registry.
   */
  getManifest(reference?: string): Promise<RawManifest | undefined>

  /** Stores a manifest or index under its digest, and under each of `tags`. */
  putManifest(bytes: Buffer, mediaType: string, tags?: readonly string[]): Promise<Descriptor>

  /**
   * Stores `artifacts` and enters them together in the list of the referrers of `subject`, an image that is here: in the
   * registry's own list, or else in the one under the fallback tag (`fallback-index.ts` says how safely). Those that are
   * stored or listed already are not stored or listed twice; what is missing is mended. In the order of `artifacts`.
   *
   * @throws NOT_FOUND if the subject is not here; CONTENT_INVALID if what is in the place of the list is none
   */
  attach(subject: Pick<Descriptor, 'digest'>, artifacts: readonly Artifact[]): Promise<Attached[]>

  /**
   * What hangs on `subject`, with the artifact type and the annotations that each manifest itself states. Entries of the
   * list that cannot be read are passed over and told to `passedOver`, or else to the log. Empty if nothing does or there is
   * no such image.
   */
  referrers(subject: Digest, artifactType?: string, passedOver?: PassedOver): Promise<Descriptor[]>

  /** Frees connections and temporary files. */
  close(): Promise<void>
}
