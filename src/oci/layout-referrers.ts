import { fallbackTag, isFallbackTag } from './fallback-index.ts'
import { tagOf } from './layout-index.ts'
import { parseManifest } from './manifest.ts'
import type { Descriptor, Digest, Repository } from './types.ts'

/**
 * Where an image layout may tell of the referrers of `subject`: among all that `index.json` lists, and in the list that
 * some tools keep there under the fallback tag, as in a registry.
 */
export async function layoutEntries(
  layout: Repository,
  listed: readonly Descriptor[],
  subject: Digest
): Promise<unknown[]> {
  const entries: unknown[] = listed.filter(({ digest }) => digest !== subject)
  const fallback = await layout.getManifest(fallbackTag(subject))
  if (!fallback) return entries
  const { manifests } = parseManifest(fallback.bytes, fallbackTag(subject), layout.name)
  return Array.isArray(manifests) ? [...entries, ...(manifests as unknown[])] : entries
}

/**
 * The images of `index.json` that hang on no other and list none that do: what one means who names none. All of them,
 * if there is nothing else.
 */
export async function withoutReferrers(
  layout: Repository,
  listed: readonly Descriptor[]
): Promise<readonly Descriptor[]> {
  const images: Descriptor[] = []
  for (const entry of listed) {
    if (isFallbackTag(tagOf(entry))) continue
    const found = await layout.getManifest(entry.digest)
    if (!found || parseManifest(found.bytes, entry.digest).subject === undefined) images.push(entry)
  }
  return images.length > 0 ? images : listed
}
