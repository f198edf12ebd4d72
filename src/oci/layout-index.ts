import { isDigest } from './digest.ts'
import type { Descriptor } from './types.ts'

/** https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md#pre-defined-annotation-keys */
const REF_NAME = 'org.opencontainers.image.ref.name'

export function tagOf({ annotations }: Descriptor): string | undefined {
  return annotations?.[REF_NAME]
}

/** The entry of a digest or tag. */
export function findEntry(manifests: Descriptor[], reference: string): Descriptor | undefined {
  if (isDigest(reference)) return manifests.find(({ digest }) => digest === reference)
  return manifests.find(entry => tagOf(entry) === reference)
}

/** The entries of `index.json` once `added` is stored: a tag names one image, and each image is listed once where it has no tag. */
export function listed(
  entries: Descriptor[],
  added: Descriptor,
  tags: readonly string[],
  children: Descriptor[]
): Descriptor[] {
  const nested = new Set(children.map(({ digest }) => digest))
  const kept = entries.filter(entry => {
    const { digest } = entry
    const tag = tagOf(entry)
    if (tag !== undefined) return !tags.includes(tag)
    return !nested.has(digest) && !(digest === added.digest && tags.length > 0)
  })
  const tagged = tags.map(tag => ({ ...added, annotations: { [REF_NAME]: tag } }))
  if (tags.length > 0) return [...kept, ...tagged]
  return kept.some(({ digest }) => digest === added.digest) ? kept : [...kept, added]
}
