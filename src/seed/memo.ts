/**
 * What is known of layers from an earlier seed of the same repository: a layer that stands there under the key that it
 * would get is neither read nor packed nor sent. That takes the earlier image's word for it, so it is up to the caller
 * which image that may be.
 */
import type { Descriptor, Digest, Repository } from '../oci/types.ts'
import { ANNOTATION_LAYER_KEY, type SeedImage } from './image.ts'

export interface KnownLayer {
  digest: Digest
  size: number
  diffId: Digest
}

/** By layer key, of ordinary and EROFS layers alike. */
export type LayerMemo = ReadonlyMap<string, KnownLayer>

export const NO_MEMO: LayerMemo = new Map()

/** The layers of `image` by their keys. */
export function memoOf(image: SeedImage): LayerMemo {
  const { diff_ids: diffIds } = image.config.rootfs
  const entry = ({ digest, size, annotations }: Descriptor, diffId: Digest | undefined): [string, KnownLayer][] => {
    const key = annotations?.[ANNOTATION_LAYER_KEY]
    return key === undefined || diffId === undefined ? [] : [[key, { digest, size, diffId }]]
  }
  return new Map([
    ...image.layers.flatMap((layer, i) => entry(layer, diffIds[i])),
    ...(image.erofs?.layers ?? []).flatMap(layer => entry(layer, layer.digest))
  ])
}

/** The layer with `key`, if it is known and still in the repository. */
export async function recall(memo: LayerMemo, key: string, repository: Repository): Promise<KnownLayer | undefined> {
  const known = memo.get(key)
  if (known === undefined) return undefined
  const size = await repository.headBlob(known.digest)
  return size === known.size || Number.isNaN(size) ? known : undefined // some registries say no size
}
