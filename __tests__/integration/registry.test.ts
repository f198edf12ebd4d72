import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { digestOf } from '../../src/oci/digest.ts'
import { openRepository } from '../../src/oci/repository.ts'
import type { RemoteOptions } from '../../src/oci/remote.ts'
import { MEDIA_TYPE } from '../../src/oci/types.ts'
import type { Descriptor, Repository } from '../../src/oci/types.ts'
import { failureOf } from '../support/failure.ts'
import { output, requireLab, run, useService, useTempFolder } from '../support/lab.ts'
import { pieces, readAll } from '../support/opened.ts'

const TIMEOUT_MS = 120_000

requireLab()
const folder = useTempFolder()

async function withRepository<T>(
  name: string,
  action: (repository: Repository) => Promise<T>,
  options: Partial<RemoteOptions> = {}
): Promise<T> {
  const env = { PATH: process.env.PATH, HOME: folder() }
  const repository = openRepository(name, { env, ...options })
  return action(repository).finally(() => repository.close())
}

/** The tar archive of one file, made by the lab's tar. */
async function makeTar(name: string, content: Buffer): Promise<Buffer> {
  const path = join(folder(), `${name}.tar`)
  writeFileSync(join(folder(), name), content)
  await output(['tar', '-C', folder(), '-cf', path, name])
  return readFileSync(path)
}

/** An image of one layer that streams, one whose digest is known, a config, and an index over it with `tags`. */
async function pushImage(repository: Repository, tags: string[]): Promise<{ index: Descriptor; layers: Descriptor[] }> {
  // Other bytes each time: crane's registry has one set of blobs for all repositories.
  const tars = [await makeTar('large', randomBytes(5_000_000)), await makeTar('small', randomBytes(20))]
  const [large, small] = [gzipSync(tars[0]!), gzipSync(tars[1]!)]
  const streamed = await repository.putStream(pieces(large))
  const known = { digest: digestOf(small), size: small.length }
  expect(await repository.putBlob(known, pieces(small))).toBe('uploaded')
  expect(await repository.putBlob(known, pieces(small))).toBe('present')
  const layers = [streamed, known].map(blob => ({ mediaType: MEDIA_TYPE.layerTarGzip, ...blob }))
  const platform = { architecture: 'amd64', os: 'linux' }
  const diffIds = tars.map(tar => digestOf(tar))
  const config = Buffer.from(JSON.stringify({ ...platform, config: {}, rootfs: { type: 'layers', diff_ids: diffIds } }))
  const configBlob = { digest: digestOf(config), size: config.length }
  await repository.putBlob(configBlob, pieces(config))
  const manifest = await putJson(repository, MEDIA_TYPE.manifest, [], {
    config: { mediaType: MEDIA_TYPE.config, ...configBlob },
    layers
  })
  const index = await putJson(repository, MEDIA_TYPE.index, tags, { manifests: [{ ...manifest, platform }] })
  return { index, layers }
}

async function putJson(
  repository: Repository,
  mediaType: string,
  tags: string[],
  content: object
): Promise<Descriptor> {
  return repository.putManifest(
    Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...content })),
    mediaType,
    tags
  )
}

describe.each(['registry', 'crane-registry'] as const)('when an image is pushed to %s', kind => {
  const service = useService(kind)

  test(
    'skopeo, oras and crane accept it',
    async () => {
      const name = `${service().address}/org/image`
      const { index } = await withRepository(name, repository => pushImage(repository, ['v1', 'latest']))
      await output(['crane', 'validate', '--insecure', '--remote', `${name}@${index.digest}`])
      expect(await output(['crane', 'digest', '--insecure', `${name}:latest`])).toBe(index.digest)
      const inspected = JSON.parse(
        await output(['skopeo', 'inspect', '--tls-verify=false', `docker://${name}:v1`])
      ) as {
        Digest: string
        Layers: string[]
      }
      expect(inspected.Layers.length).toBe(2)
      const fetched = await output(['oras', 'manifest', 'fetch', '--plain-http', `${name}@${index.digest}`])
      expect(digestOf(fetched)).toBe(index.digest)
    },
    TIMEOUT_MS
  )

  test(
    'it comes back, and blobs of another repository are mounted',
    async () => {
      const name = `${service().address}/org/second`
      const { layers, index } = await withRepository(name, repository => pushImage(repository, ['v1']))
      await withRepository(name, async repository => {
        expect((await repository.getManifest('v1'))?.descriptor).toEqual(index)
        for (const layer of layers) expect((await readAll(repository.getBlob(layer))).length).toBe(layer.size)
        expect(await repository.getManifest('v2')).toBeUndefined()
        expect(await repository.headBlob(digestOf('nothing'))).toBeUndefined()
        expect(await failureOf(readAll(repository.getBlob({ digest: digestOf('nothing'), size: 7 })))).toMatchObject({
          code: 'NOT_FOUND'
        })
      })
      await withRepository(`${service().address}/org/third`, async repository => {
        const { digest, size } = layers[0]!
        // crane's registry keeps one set of blobs for all repositories and has no mounts: both are right.
        const mounted = await repository.mountBlob(digest, 'org/second')
        if (kind === 'registry') expect(mounted).toBe(true)
        if (mounted) expect(await repository.headBlob(digest)).toBe(size)
      })
    },
    TIMEOUT_MS
  )

  test(
    'an image that crane made is read',
    async () => {
      const name = `${service().address}/org/by-crane`
      const layer = join(folder(), 'by-crane.tar')
      writeFileSync(layer, await makeTar('by-crane', Buffer.from('crane')))
      await output(['crane', 'append', '--insecure', '--oci-empty-base', '-f', layer, '-t', `${name}:v1`])
      await withRepository(name, async repository => {
        const found = await repository.getManifest('v1')
        const { layers } = JSON.parse(found!.bytes.toString()) as { layers: Descriptor[] }
        expect((await readAll(repository.getBlob(layers[0]!))).length).toBe(layers[0]!.size)
      })
    },
    TIMEOUT_MS
  )
})

describe('when a registry asks for an account', () => {
  const service = useService('registry', { account: { user: 'robot', password: 'pa55word' } })
  const credentials = { username: 'robot', password: 'pa55word' }
  const name = (): string => `${service().address}/org/private`

  test(
    'credentials given or stored let an image in, which others accept',
    async () => {
      const config = join(folder(), 'docker')
      await mkdir(config, { recursive: true })
      const login = ['skopeo', 'login', '--tls-verify=false', '--compat-auth-file', join(config, 'config.json')]
      await output([...login, '-u', 'robot', '--password-stdin', service().address], { input: 'pa55word' })
      await withRepository(name(), repository => pushImage(repository, ['v1']), { credentials })
      const env = { PATH: process.env.PATH, HOME: folder(), DOCKER_CONFIG: config }
      const found = await withRepository(name(), repository => repository.getManifest('v1'), { env })
      const tools = { env: { DOCKER_CONFIG: config } }
      await output(['crane', 'validate', '--insecure', '--remote', `${name()}@${found!.descriptor.digest}`], tools)
      const skopeo = ['skopeo', 'inspect', '--tls-verify=false', '--authfile', join(config, 'config.json')]
      await output([...skopeo, `docker://${name()}:v1`])
      await output(['oras', 'manifest', 'fetch', '--plain-http', `${name()}:v1`], tools)
    },
    TIMEOUT_MS
  )

  test.each([
    ['none', {}, 'No credentials'],
    ['wrong ones', { credentials: { ...credentials, password: 'wr0ng' } }, 'Log in again']
  ])('%s are refused in words', async (_, options, hint) => {
    const work = withRepository(name(), repository => pushImage(repository, ['v2']), options)
    const error = await failureOf(work)
    expect(error).toMatchObject({ code: 'REGISTRY_DENIED', hint: expect.stringContaining(hint) })
    expect(JSON.stringify([error.message, error.stack, error])).not.toContain('wr0ng')
  })
})

describe('when an image is put into a layout', () => {
  test(
    'skopeo, oras and crane accept it',
    async () => {
      const directory = join(folder(), 'layout')
      const { index } = await withRepository(`oci:${directory}`, repository => pushImage(repository, ['v1']))
      const inspected = await output(['skopeo', 'inspect', '--raw', `oci:${directory}:v1`])
      expect(digestOf(inspected)).toBe(index.digest)
      await output(['skopeo', 'copy', '--all', `oci:${directory}:v1`, `oci:${join(folder(), 'copy')}:v1`])
      expect(digestOf(await output(['oras', 'manifest', 'fetch', '--oci-layout', `${directory}:v1`]))).toBe(
        index.digest
      )
      await withRepository(`oci:${join(folder(), 'copy')}`, async repository => {
        expect((await repository.getManifest('v1'))?.descriptor.digest).toBe(index.digest)
      })
    },
    TIMEOUT_MS
  )

  test('a full disk is said, and nothing half-written stays', async () => {
    const disk = join(folder(), 'disk')
    await mkdir(disk)
    await output(['mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk])
    try {
      await withRepository(`oci:${disk}`, async repository => {
        const large = Buffer.alloc(3_000_000, 'x')
        expect(await failureOf(repository.putStream(pieces(large)))).toMatchObject({ code: 'DISK_FULL' })
        expect(await readdir(join(disk, 'blobs', 'sha256'))).toEqual([])
        const small = Buffer.alloc(100_000, 'x')
        expect(await repository.putStream(pieces(small))).toEqual({ digest: digestOf(small), size: small.length })
      })
    } finally {
      await run(['umount', disk])
    }
  })
})
