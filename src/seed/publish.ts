/** Publish: from a flake to the digest of its seed image. */
import { SeedError } from '../errors.ts'
import { queryClosure } from '../nix/closure.ts'
import type { Flake } from '../nix/flake.ts'
import type { Descriptor, Digest, Index, Repository } from '../oci/types.ts'
import type { Ports } from '../ports.ts'
import { publishDockerArchive } from './docker-archive.ts'
import type { Format } from './erofs.ts'
import { ANNOTATION_IDENTITY, ANNOTATION_LOCK_KEY, ANNOTATION_SYSTEM, erofsEntry, readSeedImage } from './image.ts'
import { builtSeed, type BuiltSeed } from './facts.ts'
import { memoOf, NO_MEMO, type LayerMemo } from './memo.ts'
import { packSeed, type PackedSeed } from './pack.ts'
import { resolveSource, type ArchiveContent, type SeedContent, type Source } from './source.ts'

export interface PublishRequest {
  flake: Flake
  /** Attribute of the flake; `seed` or the automatic cut by default. */
  attribute?: string
  /** Nix's name of the platform. */
  system: string
  repository: Repository
  /** Beside the tags of lock and commit. */
  tags: readonly string[]
  /** Labels of the image, such as `org.opencontainers.image.source`. They are part of what the digest names. */
  labels: Record<string, string>
  /**
   * Whether an image that the tag of the lock leads to may be taken for the seed unbuilt, since somebody else than the
   * registry vouches for its digest. Without it, every image with the right annotations may: whoever can write to the
   * registry is trusted then.
   */
  isKnown?: (digest: Digest) => boolean
  /** Default: with EROFS layers where the seed's program can make them; an image that is reused may be either. */
  format?: Format
  /**
   * An earlier seed in the repository, whose layers are taken over where their keys are the same. By a tag, that takes the
   * word of whoever can write to the repository. Default: the newest seed of the system; none where `isKnown` is given.
   */
  previous?: string
  /** Whether a docker archive is published too, which nothing is known of that could be attested. Default: true. */
  archives?: boolean
  /**
   * Called as soon as the image is there, known by its digest alone. Tags are moved to it afterwards; if this throws, they
   * stay where they are.
   */
  beforeTags?: (published: Published) => Promise<void>
}

export interface Published {
  digest: Digest
  /** Whether an image that was there already is the one. */
  reused: boolean
  kind: Source['kind']
  system: string
  lockKey: string
  tags: string[]
  /** Store paths; 0 where nothing had to be looked at. */
  paths: number
  narBytes: number
  layers: number
  layerBytes: number
  /** How many layers were taken over from an earlier seed. */
  knownLayers: number
  /** Of the EROFS layers; 0 where none were made. */
  erofsBytes: number
  /** What an attestation says of it: there where it was built just now and not taken as it is, and is no archive. */
  built?: BuiltSeed
  milliseconds: { evaluate: number; build: number; pack: number; total: number }
}

/** The tag that leads from a lock to its seed. A pointer, that anyone who can write to the registry can move. */
export function lockTag(lockKey: string, system: string): string {
  return `lock-${lockKey}-${system}`
}

/** The tag of the seed that was published last: where layers that did not change are found. */
export function newestTag(system: string): string {
  return `newest-${system}`
}

export function commitTag(commit: string, system: string): string {
  return `commit-${commit}-${system}`
}

/**
 * Publishes the seed of a flake, unless the repository has the image of the same lock and derivation already.
 *
 * @throws SeedError of every stage; whatever happens, no tag points to a half image
 */
export async function publish(request: PublishRequest, ports: Ports): Promise<Published> {
  const { flake, system, repository, labels } = request
  const started = performance.now()
  const source = await resolveSource(flake, request.attribute, system, ports)
  if (source.kind === 'archive' && request.archives === false) throw notAttestable(flake)
  const evaluated = performance.now()
  const tags = unique([
    lockTag(source.lockKey, system),
    ...(flake.rev === undefined ? [] : [commitTag(flake.rev, system)]),
    newestTag(system),
    ...request.tags
  ])
  const annotations = {
    ...labels,
    [ANNOTATION_IDENTITY]: source.identity,
    [ANNOTATION_LOCK_KEY]: source.lockKey,
    [ANNOTATION_SYSTEM]: system
  }
  const result = { kind: source.kind, system, lockKey: source.lockKey, tags }

  const found = await findPublished(repository, lockTag(source.lockKey, system), annotations, request.format)
  const present = found && (request.isKnown?.(found.descriptor.digest) ?? true) ? found : undefined
  if (found && !present)
    ports.log.info(`${found.descriptor.digest} has the tag of this lock, and is not known: built anew`)
  if (present) {
    const nothing = { paths: 0, narBytes: 0, layers: 0, knownLayers: 0, layerBytes: 0, erofsBytes: 0 }
    const milliseconds = { evaluate: Math.round(evaluated - started), build: 0, pack: 0, total: since(started) }
    const published = { ...result, digest: present.descriptor.digest, reused: true, ...nothing, milliseconds }
    await request.beforeTags?.(published)
    await addTags(repository, present, tags)
    milliseconds.total = since(started)
    return published
  }

  const content = await source.build()
  const built = performance.now()
  const { packed, paths } = await store(content, source, request, annotations, request.beforeTags ? [] : tags, ports)
  const published = {
    ...result,
    digest: packed.index.digest,
    reused: false,
    paths,
    narBytes: packed.narBytes,
    layers: packed.layers.length,
    layerBytes: packed.layerBytes,
    erofsBytes: packed.erofsBytes,
    knownLayers: packed.knownLayers,
    ...(content.kind === 'seed' && { built: builtSeed(source.derivation, content, packed.erofsBytes > 0) }),
    milliseconds: {
      evaluate: Math.round(evaluated - started),
      build: Math.round(built - evaluated),
      pack: since(built),
      total: since(started)
    }
  }
  if (request.beforeTags) {
    await request.beforeTags(published)
    await addTags(repository, await stored(repository, packed.index.digest), tags)
    published.milliseconds.total = since(started)
  }
  return published
}

async function store(
  content: SeedContent | ArchiveContent,
  source: Source,
  request: PublishRequest,
  annotations: Record<string, string>,
  tags: readonly string[],
  ports: Ports
): Promise<{ packed: PackedSeed; paths: number }> {
  const { repository } = request
  if (content.kind === 'archive') {
    return { packed: await publishDockerArchive(content.file, repository, annotations, tags, ports), paths: 0 }
  }
  const { descriptor, roots } = content
  if (descriptor.system !== request.system) {
    throw new SeedError('NOT_A_SEED', `the seed is for ${descriptor.system}, this machine is ${request.system}`, {
      hint: `Publish it on a machine of that kind, or name the attribute of ${request.system}.`
    })
  }
  const closure = await queryClosure(roots, ports)
  const { identity, lockKey } = source
  const format = request.format && { format: request.format }
  const memo = await readMemo(request, ports)
  const options = { identity, lockKey, labels: request.labels, tags, memo, ...format }
  return { packed: await packSeed(descriptor, roots, closure, repository, options, ports), paths: closure.length }
}

async function readMemo({ repository, previous, isKnown, system }: PublishRequest, ports: Ports): Promise<LayerMemo> {
  if (previous === undefined && isKnown) return NO_MEMO
  try {
    return memoOf(await readSeedImage(repository, previous ?? newestTag(system)))
  } catch (error) {
    if (!(error instanceof SeedError) || !['NOT_FOUND', 'NOT_A_SEED', 'DIGEST_MISMATCH'].includes(error.code))
      throw error
    ports.log[previous === undefined ? 'debug' : 'warn'](`every layer is made anew: ${error.message}`)
    return NO_MEMO
  }
}

interface PublishedIndex {
  descriptor: Descriptor
  bytes: Buffer
}

/** The index that `tag` points to, if it was made from the same things, and in `format` if one is asked for. */
async function findPublished(
  repository: Repository,
  tag: string,
  annotations: Record<string, string>,
  format: Format | undefined
): Promise<PublishedIndex | undefined> {
  const raw = await repository.getManifest(tag)
  if (!raw) return undefined
  const index = JSON.parse(raw.bytes.toString('utf8')) as Partial<Index>
  const found = index.annotations ?? {}
  const same =
    Object.keys(found).length === Object.keys(annotations).length &&
    Object.entries(annotations).every(([name, value]) => found[name] === value)
  return same && (format === undefined || format === formatOf(index)) ? raw : undefined
}

function formatOf(index: Partial<Index>): Format {
  return erofsEntry(index.manifests ?? []) ? 'oci,erofs' : 'oci'
}

async function stored(repository: Repository, digest: Digest): Promise<PublishedIndex> {
  const raw = await repository.getManifest(digest)
  if (raw) return raw
  throw new SeedError('NOT_FOUND', 'the image is gone again', {
    resource: `${repository.name}@${digest}`,
    hint: 'Something removes images without tags; publish it again.'
  })
}

function notAttestable(flake: Flake): SeedError {
  return new SeedError('NOT_A_SEED', 'a docker archive cannot be signed: nothing is known of what it was made from', {
    resource: flake.url,
    hint: 'Name a seed made with `lib.mkSeed`, or none at all for the automatic cut; or publish the archive unsigned.'
  })
}

/** Points `tags` to an index that is there; those that do already are left alone. */
async function addTags(repository: Repository, index: PublishedIndex, tags: readonly string[]): Promise<void> {
  const missing: string[] = []
  for (const tag of tags) {
    const raw = await repository.getManifest(tag)
    if (raw?.descriptor.digest !== index.descriptor.digest) missing.push(tag)
  }
  if (missing.length > 0) await repository.putManifest(index.bytes, index.descriptor.mediaType, missing)
}

function since(start: number): number {
  return Math.round(performance.now() - start)
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)]
}
