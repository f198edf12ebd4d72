import { SeedError } from '../errors.ts'
import type { Log } from '../ports.ts'
import { noteLayer } from './artifact.ts'
import { isDigest } from './digest.ts'
import { parseManifest } from './manifest.ts'
import { MEDIA_TYPE } from './types.ts'
import type { Descriptor, Digest, PassedOver, RawManifest, Repository } from './types.ts'

const LOOKS_AT_ONCE = 8
/** Anyone who can write to a repository can have its lists grow; each entry is looked at. */
export const MAX_REFERRERS = 10_000
/** All are kept at once, so of each only so much as writers need. A media type has at most 255 characters (RFC 6838). */
const MAX_ANNOTATIONS = 64
const MAX_ANNOTATED_BYTES = 8 * 1024
const MAX_TYPE = 255
/** Some writers and registries put the config's media type into a list where the artifact's type belongs. */
const VAGUE: ReadonlySet<unknown> = new Set([undefined, null, '', MEDIA_TYPE.empty, MEDIA_TYPE.config])

export interface Wanted {
  subject: Digest
  /** Every type, if there is none. */
  artifactType?: string | undefined
  passedOver?: PassedOver | undefined
  /** The list is of other images, too, and what hangs on those is no news. */
  isMixed?: boolean
}

/**
 * What the manifests behind `entries`, a list that anyone may have written, say of themselves: those that hang on the
 * subject and have the type. An entry that cannot be read, is damaged or hangs on another image is passed over and told to
 * `passedOver`, or else to the log; a registry that cannot be reached is no reason to pass over one.
 *
 * @returns in the order of the list, each once, with `artifactType` (of the manifest, or else its config's media type)
 * and `annotations`, but those of a manifest that is very large
 */
export async function describeReferrers(
  repository: Repository,
  entries: readonly unknown[],
  wanted: Wanted,
  log: Log
): Promise<Descriptor[]> {
  const { passedOver = toLog(wanted.subject, log) } = wanted
  const left = candidates(entries, wanted, passedOver)
  const described = new Map<Digest, Descriptor>()
  const order = [...left]
  const work = async () => {
    for (let digest = left.shift(); digest !== undefined; digest = left.shift()) {
      const descriptor = await look(repository, digest, wanted, passedOver)
      if (descriptor) described.set(digest, descriptor)
    }
  }
  await Promise.all(Array.from({ length: Math.min(LOOKS_AT_ONCE, left.length) }, work))
  return order.flatMap(digest => described.get(digest) ?? [])
}

function toLog(subject: Digest, log: Log): PassedOver {
  return (digest, problem) => log.warn(`passing over ${digest ?? 'a referrer'} of ${subject}: ${problem}`)
}

/** The digests worth a look. */
function candidates(
  entries: readonly unknown[],
  { subject, artifactType, isMixed }: Wanted,
  passedOver: PassedOver
): Digest[] {
  if (entries.length > MAX_REFERRERS && isMixed !== true) {
    throw new SeedError(
      'CONTENT_INVALID',
      `the list of referrers of ${subject} has ${entries.length} entries: at most ${MAX_REFERRERS} are looked at`
    )
  }
  const digests = new Set<Digest>()
  for (const entry of entries) {
    const { digest, artifactType: stated } = (entry ?? {}) as Partial<Record<keyof Descriptor, unknown>>
    if (typeof digest !== 'string' || !isDigest(digest)) {
      passedOver(undefined, 'its entry has no SHA-256 digest')
    } else if (artifactType === undefined || VAGUE.has(stated) || stated === artifactType) {
      digests.add(digest)
    }
  }
  return [...digests]
}

async function look(
  repository: Repository,
  digest: Digest,
  { subject, artifactType, isMixed }: Wanted,
  passedOver: PassedOver
): Promise<Descriptor | undefined> {
  try {
    const found = await repository.getManifest(digest)
    if (!found) throw new SeedError('NOT_FOUND', `there is no manifest ${digest}`)
    const referrer = describeReferrer(found)
    if (referrer.subject !== subject) {
      if (isMixed !== true) passedOver(digest, 'it does not hang on this image')
      return undefined
    }
    return artifactType === undefined || referrer.descriptor.artifactType === artifactType
      ? referrer.descriptor
      : undefined
  } catch (error) {
    if (!(error instanceof SeedError) || !['NOT_FOUND', 'CONTENT_INVALID', 'DIGEST_MISMATCH'].includes(error.code)) {
      throw error
    }
    passedOver(digest, error.message)
    return undefined
  }
}

/** What a list of referrers says of a manifest, and the digest that it hangs on. */
function describeReferrer({ descriptor, bytes }: RawManifest): { descriptor: Descriptor; subject: unknown } {
  const manifest = parseManifest(bytes, descriptor.digest)
  const { config, subject } = manifest as { config?: Partial<Descriptor> | null; subject?: Partial<Descriptor> | null }
  const artifactType = [manifest.artifactType, config?.mediaType].find(
    (type): type is string => typeof type === 'string' && type !== ''
  )
  if ([descriptor.mediaType, artifactType].some(type => (type?.length ?? 0) > MAX_TYPE)) {
    throw new SeedError('CONTENT_INVALID', `the manifest ${descriptor.digest} has a media type that is too long`)
  }
  const annotations = bytes.length > MAX_ANNOTATED_BYTES ? {} : annotationsOf(manifest)
  const entry = { ...descriptor, ...(artifactType !== undefined && { artifactType }), annotations }
  noteLayer(entry, manifest)
  return {
    descriptor: entry,
    subject: subject?.digest
  }
}

function annotationsOf({ annotations }: Record<string, unknown>): Record<string, string> {
  if (typeof annotations !== 'object' || annotations === null || Array.isArray(annotations)) return {}
  const texts = Object.entries(annotations).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return texts.length > MAX_ANNOTATIONS ? {} : Object.fromEntries(texts)
}
