/**
 * One of `AttachWriters`: attaches what no other writer does to the image that each line names, and says for each how many
 * milliseconds and HTTP requests it took.
 */
import diagnostics from 'node:diagnostics_channel'
import { createInterface } from 'node:readline'
import { openRepository } from '../../src/oci/repository.ts'
import type { Digest } from '../../src/oci/types.ts'
import { bill, bundle } from './artifact.ts'

const [name = '', writer = ''] = process.argv.slice(2)
const repository = openRepository(name, { env: { HOME: '/nonexistent' } })
let requests = 0
diagnostics.subscribe('http.client.request.start', () => requests++)
let round = 0
for await (const line of createInterface({ input: process.stdin })) {
  const began = performance.now()
  requests = 0
  const id = `${writer} in round ${round++}`
  await repository.attach({ digest: line as Digest }, [bundle(id), bill(id)])
  console.log(`${Math.round(performance.now() - began)} ${requests}`)
}
await repository.close()
