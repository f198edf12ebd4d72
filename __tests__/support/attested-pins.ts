/** Seeds whose images are in a registry, attested by builders of `quorum.ts`, for the phases of the action. */
import { openRepository } from '../../src/oci/repository.ts'
import { MEDIA_TYPE, type Digest } from '../../src/oci/types.ts'
import { ANNOTATION_LOCK_KEY, ANNOTATION_SYSTEM } from '../../src/seed/image.ts'
import type { Candidate } from '../../src/seed/candidates.ts'
import { pinned } from './lock.ts'
import { artifactOf, type BuilderId, type Builders, type BundleOptions } from './quorum.ts'

export const POLICY = '.github/seed-policy.json'

/** The policy and what it names, by path in a repository. */
export function policyFiles(builders: Builders, ids: readonly BuilderId[], more: object = {}): Record<string, string> {
  const entries = ids.map(id => builders.entry(id))
  const policy = { threshold: ids.length, builders: entries, ...more }
  const roots = entries.map(({ trustRoot }) => trustRoot as string)
  return {
    [POLICY]: JSON.stringify(policy),
    ...Object.fromEntries(roots.map(name => [`.github/${name}`, Buffer.from(builders.files.get(name)!).toString()]))
  }
}

export interface ImageOptions {
  /** What the image says of itself; by default what its entry says. */
  ownKey?: string
  system?: string
  /** Sets apart images that are else alike. */
  mark?: string
}

export class AttestedPins {
  readonly #builders: Builders
  readonly name: string

  constructor(builders: Builders, repository: string) {
    this.#builders = builders
    this.name = `${builders.registry.host}/${repository}`
  }

  /** A seed for this lock, with its image in the registry. */
  async seed(
    lockKey: string,
    { ownKey = lockKey, system = 'x86_64-linux', mark = '' }: ImageOptions = {}
  ): Promise<Candidate> {
    const repository = openRepository(this.name, { env: {} })
    try {
      const annotations = { [ANNOTATION_LOCK_KEY]: ownKey, [ANNOTATION_SYSTEM]: system, mark }
      const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [], annotations }
      const { digest } = await repository.putManifest(Buffer.from(JSON.stringify(index)), MEDIA_TYPE.index)
      return { ...pinned(lockKey), image: `${this.name}@${digest}` }
    } finally {
      await repository.close()
    }
  }

  /** Has builders attest it, or attest what `options` say and attach it there. */
  async attest({ image }: { image: string }, ids: readonly BuilderId[], options: BundleOptions = {}): Promise<void> {
    const digest = image.slice(image.indexOf('@') + 1) as Digest
    const repository = openRepository(this.name, { env: {} })
    try {
      const bundles = await this.#bundles(ids, { digest, ...options })
      await repository.attach(
        { digest },
        bundles.map(bundle => artifactOf(bundle))
      )
    } finally {
      await repository.close()
    }
  }

  /** A Sigstore closes connections that are idle for long, and on a busy machine that crosses with the next request. */
  async #bundles(ids: readonly BuilderId[], options: BundleOptions): Promise<Buffer[]> {
    try {
      return await this.#builders.bundles(ids, options)
    } catch {
      return this.#builders.bundles(ids, options)
    }
  }
}
