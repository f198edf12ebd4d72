import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { readArtifact } from '../../../src/oci/artifact.ts'
import { openRepository } from '../../../src/oci/repository.ts'
import type { Digest, Repository } from '../../../src/oci/types.ts'
import { markVerified } from '../../../src/seed/mark.ts'
import { putSubject } from '../../support/artifact.ts'
import { RegistryServer } from '../../support/registry-server.ts'
import { passed } from '../../support/verification.ts'

let server: RegistryServer
let repository: Repository
let image: Digest
beforeAll(async () => {
  server = await RegistryServer.start({ referrers: {} })
})
afterAll(() => server.close())
let count = 0
beforeEach(async () => {
  repository = openRepository(`${server.host}/org/seed-${count++}`, { env: { HOME: '/nonexistent' } })
  image = (await putSubject(repository, 'seed')).digest
})

test('a mark hangs on the image, which stays what it is', async () => {
  const before = await repository.getManifest(image)
  const verification = passed(image, { commit: 'f'.repeat(40) })
  const { descriptor, existed } = await markVerified(repository, verification)
  expect(existed).toBe(false)
  expect(await repository.referrers(image)).toMatchObject([
    {
      digest: descriptor.digest,
      artifactType: 'application/vnd.nix-seed.verification.v1+json',
      annotations: {
        'dev.nix-seed.verified': '2 independent builders attested this digest: github, gitlab',
        'dev.nix-seed.builders': 'github,gitlab',
        'dev.nix-seed.threshold': '2',
        'dev.nix-seed.policy': verification.policy.digest
      }
    }
  ])
  const { bytes, mediaType } = await readArtifact(repository, descriptor)
  expect(mediaType).toBe('application/vnd.nix-seed.verification.v1+json')
  expect(bytes.toString()).toBe(
    `{"builders":["github","gitlab"],"commit":"${'f'.repeat(40)}","digest":"${image}",` +
      `"policy":{"digest":"${verification.policy.digest}","dimensions":["builder","organisation"],"threshold":2},` +
      '"reason":"2 independent builders attested this digest: github, gitlab"}'
  )
  expect(await repository.getManifest(image)).toEqual(before)
})

test('marking again what came out the same adds nothing, and another result adds one', async () => {
  await markVerified(repository, passed(image))
  expect((await markVerified(repository, passed(image))).existed).toBe(true)
  expect(await repository.referrers(image)).toHaveLength(1)
  await markVerified(repository, passed(image, { builders: ['github', 'circleci'] }))
  expect(await repository.referrers(image)).toHaveLength(2)
})

test.each([
  ['that did not pass', 'POLICY_UNMET', () => passed(image, { verified: false })],
  ['of an image that is not there', 'NOT_FOUND', () => passed(`sha256:${'0'.repeat(64)}`)]
])('one %s leaves no mark', async (_, code, verification) => {
  await expect(markVerified(repository, verification())).rejects.toMatchObject({ code })
  expect(await repository.referrers(image)).toEqual([])
})
