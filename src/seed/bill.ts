/** What a seed image says that it is made of, as a bill of materials. */
import { billOfMaterials } from '../attest/bill-of-materials.ts'
import { VERSION } from '../version.ts'
import { readTable, SEED_FIELD, type SeedImage } from './image.ts'

/**
 * The bill of materials of a seed image. It follows from the image alone, so that everybody who has that can make it
 * again, and every builder attaches the same.
 *
 * @param reference the repository's name (`ghcr.io/org/repo/seed`), and the digest of the image index
 */
export function billOf(image: SeedImage, reference: { name: string; digest: string }): Buffer {
  const table = image.config[SEED_FIELD]
  const { closure, roots, licenses } = readTable(table)
  const isRoot = new Set(roots)
  return billOfMaterials({
    ...reference,
    system: table.system,
    version: VERSION,
    components: closure.map(({ path, narHash, narSize, references }) => ({
      path,
      narHash,
      narSize,
      references,
      license: licenses.get(path) ?? [],
      ...(isRoot.has(path) && { root: true })
    }))
  })
}
