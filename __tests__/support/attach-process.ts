/**
 * A writer in a process of its own. Arguments: repository, name of the writer. For each line of the standard input, the
 * digest of an image, it attaches an attestation and a bill of materials that carry its name, and prints how many
 * milliseconds that took.
 */
import { createInterface } from 'node:readline'
import { openRepository } from '../../src/oci/repository.ts'
import type { Digest } from '../../src/oci/types.ts'
import { bill, bundle } from './artifact.ts'

const [name = '', writer = ''] = process.argv.slice(2)
const repository = openRepository(name, { env: { HOME: '/nonexistent' } })
for await (const line of createInterface({ input: process.stdin })) {
  const began = performance.now()
  await repository.attach({ digest: line as Digest }, [bundle(writer), bill(writer)])
  console.log(Math.round(performance.now() - began))
}
await repository.close()
