/** Builds a seed again that an image is said to be, and compares: to the last bit, and without sending anything. */
import { SeedError } from '../errors.ts'
import { queryClosure } from '../nix/closure.ts'
import type { Flake } from '../nix/flake.ts'
import { HashRepository } from '../oci/hash-repository.ts'
import type { Ports } from '../ports.ts'
import { builtSeed, type BuiltSeed } from './facts.ts'
import { ANNOTATION_IDENTITY, ANNOTATION_LOCK_KEY, ANNOTATION_SYSTEM, SEED_FIELD, type SeedImage } from './image.ts'
import { readLockKey } from './key.ts'
import { packSeed } from './pack.ts'
import { resolveSource } from './source.ts'

export interface RebuildRequest {
  flake: Flake
  /** Attribute of the flake; `seed` or the automatic cut by default. */
  attribute?: string
  /** As it was published with. */
  labels: Record<string, string>
}

/**
 * Builds what the flake says, which the store has already where this machine has published it, and packs it for its digest
 * alone. What can be told before that takes its time is compared first.
 *
 * @throws SeedError USAGE where the image is another than what this machine makes of the flake; what building throws
 */
export async function rebuild(image: SeedImage, request: RebuildRequest, ports: Ports): Promise<BuiltSeed> {
  const { flake, attribute, labels } = request
  const { index, indexAnnotations, config } = image
  const other = (what: string, hint = SAME): SeedError =>
    new SeedError('USAGE', what, {
      resource: index.digest,
      hint: `A builder attests only what it built itself. ${hint}`
    })

  const [own, found] = [await readLockKey(flake.lockFile), indexAnnotations[ANNOTATION_LOCK_KEY]]
  if (found !== own) {
    throw other(
      `the image is of another lock: ${found ?? 'it names none'}; the flake's is ${own}`,
      'Attest it in a checkout of the commit that it was built from; `nix-seed key` prints the key of a lock.'
    )
  }
  const difference = labelDifference(labelsOf(indexAnnotations), labels)
  if (difference !== undefined) throw other(...difference)
  const source = await resolveSource(flake, attribute, config[SEED_FIELD].system, ports)
  if (source.identity !== indexAnnotations[ANNOTATION_IDENTITY]) {
    throw other('the image was not built from the derivation that this flake makes')
  }
  const content = await source.build()
  if (content.kind !== 'seed') throw other('the flake makes an archive and no seed')

  const closure = await queryClosure(content.roots, ports)
  const { identity, lockKey } = source
  const nowhere = new HashRepository()
  const options = { identity, lockKey, labels, format: image.erofs ? 'oci,erofs' : 'oci' } as const
  const made = await packSeed(content.descriptor, content.roots, closure, nowhere, options, ports)
  if (made.index.digest !== index.digest) {
    throw other(
      `the image is not what this machine makes of the flake, which is ${made.index.digest}`,
      `${SAME} It also has to be the same version of nix-seed.`
    )
  }
  return builtSeed(source.derivation, content, image.erofs !== undefined)
}

const SAME = 'Name the flake and the attribute that were published, or run `nix-seed publish --sign` instead.'
const OWN: ReadonlySet<string> = new Set([ANNOTATION_IDENTITY, ANNOTATION_LOCK_KEY, ANNOTATION_SYSTEM])

/** What the image was labelled with by those who published it. */
function labelsOf(annotations: Record<string, string>): Map<string, string> {
  return new Map(Object.entries(annotations).filter(([name]) => !OWN.has(name)))
}

/** They may become part of the statement, so it is not the image that says which. */
function labelDifference(
  found: ReadonlyMap<string, string>,
  expected: Record<string, string>
): [what: string, hint: string] | undefined {
  const names = [...new Set([...found.keys(), ...Object.keys(expected)])].sort()
  const name = names.find(each => found.get(each) !== expected[each])
  if (name === undefined) return undefined
  const [is, wanted] = [found.get(name), expected[name]].map(text =>
    text === undefined ? 'none' : JSON.stringify(text)
  )
  return [
    `the image has another label ${JSON.stringify(name)}: ${is}, and ${wanted} is expected`,
    'Give the same --source as to publish, if that is the one that it was published with.'
  ]
}
