import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { readArtifact } from '../../src/oci/artifact.ts'
import { openRepository } from '../../src/oci/repository.ts'
import type { Repository } from '../../src/oci/types.ts'
import { bill, bundle, BUNDLE_TYPE, EMPTY_TYPE, putSubject } from '../support/artifact.ts'
import { AttachWriters, type Effort } from '../support/attach-writers.ts'
import { output, requireLab, useService, useTempFolder } from '../support/lab.ts'
import { RegistryServer } from '../support/registry-server.ts'

/** So many times it is tried whether one of three is lost. Set it for more, and for a line with what it took. */
const ROUNDS = Number(process.env['NIX_SEED_ATTACH_ROUNDS'] ?? 8)
const TIMEOUT_MS = Math.max(240_000, ROUNDS * 5_000)

requireLab()
const folder = useTempFolder()
const things: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  for (const thing of things.splice(0).reverse()) await thing.close()
})

function open(name: string): Repository {
  const repository = openRepository(name, { env: { HOME: folder() } })
  things.push(repository)
  return repository
}

interface Discovered {
  digest: string
  artifactType: string
  annotations?: Record<string, string>
}

/** What oras finds. `where` is a registry's repository or `oci:` and a folder. */
async function discover(where: string, digest: string): Promise<Discovered[]> {
  const target = where.startsWith('oci:') ? ['--oci-layout', where.slice(4)] : ['--plain-http', where]
  target.push(`${target.pop()}@${digest}`)
  const found = JSON.parse(await output(['oras', 'discover', '--format', 'json', ...target])) as Partial<
    Record<'referrers' | 'manifests', Discovered[]>
  >
  return found.referrers ?? found.manifests ?? []
}

/** Attaches a file with oras. */
async function attachWithOras(where: string, digest: string, text: string): Promise<void> {
  writeFileSync(join(folder(), 'note.txt'), text)
  const target = where.startsWith('oci:') ? ['--oci-layout', where.slice(4)] : ['--plain-http', where]
  target.push(`${target.pop()}@${digest}`)
  const what = ['--artifact-type', 'text/note', '--annotation', `note=${text}`, 'note.txt:text/plain']
  await output(['oras', 'attach', ...target, ...what], { cwd: folder() })
}

const sorted = <T extends { digest: string }>(entries: readonly T[]) =>
  [...entries].sort((a, b) => (a.digest < b.digest ? -1 : 1))

/** Both registries of the lab keep no lists of referrers; this one, with which oras is at ease, does. */
function useListingRegistry(): () => string {
  let server: RegistryServer | undefined
  beforeAll(async () => {
    server = await RegistryServer.start({ referrers: {} })
  })
  afterAll(() => server?.close())
  return () => server!.host
}

const KINDS = ['registry', 'crane-registry', 'a registry with the referrers API', 'an image layout'] as const

describe.each(KINDS)('when something is attached in %s', kind => {
  const isService = kind === 'registry' || kind === 'crane-registry'
  const service = isService ? useService(kind) : undefined
  const listing = kind === 'a registry with the referrers API' ? useListingRegistry() : undefined
  const where = (path: string) => {
    const host = service?.().address ?? listing?.()
    return host === undefined ? `oci:${join(folder(), path.replace('/', '-'))}` : `${host}/${path}`
  }

  test(
    'oras discovers it, with types and annotations, and beside it what oras attaches',
    async () => {
      const name = where('org/ours')
      const repository = open(name)
      const subject = await putSubject(repository, 'ours', ['v1'])
      const attached = await repository.attach(subject, [bundle(1), bill(1)])
      expect((await repository.attach(subject, [bundle(1), bill(1)])).map(({ existed }) => existed)).toEqual([
        true,
        true
      ])
      const found = await discover(name, subject.digest)
      expect(sorted(found)).toMatchObject(
        sorted(attached.map(({ descriptor }) => descriptor)).map(({ digest, artifactType, annotations }) => ({
          digest,
          artifactType,
          ...(artifactType === BUNDLE_TYPE && { annotations })
        }))
      )

      await attachWithOras(name, subject.digest, 'hello')
      const listed = await repository.referrers(subject.digest)
      expect(listed.length).toBe(3)
      const notes = await repository.referrers(subject.digest, 'text/note')
      expect(notes).toMatchObject([{ artifactType: 'text/note', annotations: { note: 'hello' } }])
      expect(await readArtifact(repository, notes[0]!)).toEqual({
        bytes: Buffer.from('hello'),
        mediaType: 'text/plain'
      })

      const [second] = await repository.attach(subject, [bundle(2)])
      expect(sorted(await repository.referrers(subject.digest))).toEqual(sorted([...listed, second!.descriptor]))
      expect((await discover(name, subject.digest)).length).toBe(4)
    },
    TIMEOUT_MS
  )
})

/** An image gets what so many rounds attach: the first of them meet where there is no list yet. */
const ROUNDS_PER_IMAGE = 5

/** Has writers attach side by side, and says after which rounds a list was not whole. */
async function raceWriters(name: string, count: number, rounds: number): Promise<{ round: number; found: number }[]> {
  const repository = open(name)
  const ids = Array.from({ length: count }, (_, i) => i)
  const writers = new AttachWriters(name, ids)
  things.push(writers)
  const lost: { round: number; found: number }[] = []
  const efforts: Effort[] = []
  const began = performance.now()
  for (let round = 0; round < rounds; round++) {
    const { digest } = await putSubject(repository, Math.floor(round / ROUNDS_PER_IMAGE))
    efforts.push(...(await writers.attach(digest)))
    const found = new Set((await repository.referrers(digest)).map(referrer => referrer.digest)).size
    if (found !== 2 * count * ((round % ROUNDS_PER_IMAGE) + 1)) lost.push({ round, found })
  }
  if (process.env['NIX_SEED_ATTACH_ROUNDS'] !== undefined) {
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    const sum = (pick: (effort: Effort) => number): number => efforts.reduce((total, effort) => total + pick(effort), 0)
    const [milliseconds, requests] = [sum(effort => effort.milliseconds), sum(effort => effort.requests)]
    const mean = `${Math.round(milliseconds / efforts.length)} ms and ${(requests / efforts.length).toFixed(1)} requests`
    process.stderr.write(
      `${name}: ${count} writers, ${rounds} rounds, ${lost.length} lost; ${seconds} s; ${mean} each, ${requests} in all\n`
    )
  }
  return lost
}

test(
  'none of 3 processes is lost where the registry itself lists',
  async () => {
    const server = await RegistryServer.start({ referrers: {} })
    things.push(server)
    expect(await raceWriters(`${server.host}/org/processes`, 3, ROUNDS)).toEqual([])
  },
  TIMEOUT_MS
)

describe.each(['registry', 'crane-registry'] as const)('when several write to %s at once', kind => {
  const service = useService(kind)

  test.each([
    [3, ROUNDS],
    [10, 3]
  ])(
    'none of %i processes is lost, in %i rounds',
    async (count, rounds) => {
      expect(await raceWriters(`${service().address}/org/processes-${count}`, count, rounds)).toEqual([])
    },
    TIMEOUT_MS
  )

  test(
    'none of ten in one process is lost',
    async () => {
      const name = `${service().address}/org/one-process`
      const repository = open(name)
      for (let round = 0; round < 3; round++) {
        const subject = await putSubject(repository, round)
        const writers = Array.from({ length: 10 }, (_, i) => open(name).attach(subject, [bundle(i), bill(i)]))
        const digests = (await Promise.all(writers)).flat().map(({ descriptor }) => descriptor.digest)
        expect((await repository.referrers(subject.digest)).map(r => r.digest).sort()).toEqual(digests.sort())
      }
    },
    TIMEOUT_MS
  )
})

describe('when another client has kept the list', () => {
  const service = useService('registry')

  test(
    'what cosign attached is of the right type, though its entry does not say so',
    async () => {
      const name = `${service().address}/org/cosign`
      const repository = open(name)
      const subject = await putSubject(repository, 'cosign', ['v1'])
      const work = join(folder(), 'cosign')
      mkdirSync(work)
      const env = { COSIGN_PASSWORD: '', HOME: work }
      await output(['cosign', 'generate-key-pair'], { cwd: work, env })
      writeFileSync(join(work, 'predicate.json'), '{"hello":"world"}')
      writeFileSync(
        join(work, 'signing.json'),
        JSON.stringify({
          mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
          rekorTlogConfig: {},
          tsaConfig: {}
        })
      )
      const command = [
        'cosign',
        'attest',
        '--yes',
        '--key',
        'cosign.key',
        '--signing-config',
        'signing.json',
        '--allow-http-registry'
      ]
      await output(
        [...command, '--predicate', 'predicate.json', '--type', 'https://example.com/x', `${name}@${subject.digest}`],
        { cwd: work, env }
      )
      const list = JSON.parse(String((await repository.getManifest(subject.digest.replace(':', '-')))!.bytes)) as {
        manifests: Discovered[]
      }
      expect(list.manifests).toMatchObject([{ artifactType: EMPTY_TYPE }])
      const found = await repository.referrers(subject.digest, BUNDLE_TYPE)
      expect(found).toMatchObject([{ annotations: { 'dev.sigstore.bundle.predicateType': 'https://example.com/x' } }])
      expect((await readArtifact(repository, found[0]!)).mediaType).toBe(BUNDLE_TYPE)

      const [ours] = await repository.attach(subject, [bundle(1)])
      const verify = [
        'cosign',
        'verify-attestation',
        '--key',
        'cosign.pub',
        '--insecure-ignore-tlog',
        '--allow-http-registry'
      ]
      await output([...verify, '--type', 'https://example.com/x', `${name}@${subject.digest}`], { cwd: work, env })
      expect((await repository.referrers(subject.digest, BUNDLE_TYPE)).map(r => r.digest)).toContain(
        ours!.descriptor.digest
      )
    },
    TIMEOUT_MS
  )
})
