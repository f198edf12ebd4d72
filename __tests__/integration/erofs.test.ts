/** The layers of a seed as EROFS images: the same content, the same bytes everywhere, and in nobody's way. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { dockerEngine, podmanEngine, pullImage } from '../../lab/job.ts'
import { readFlake } from '../../src/nix/flake.ts'
import { LayoutRepository } from '../../src/oci/layout.ts'
import { openRepository } from '../../src/oci/repository.ts'
import { MEDIA_TYPE, type Manifest } from '../../src/oci/types.ts'
import { readSeedImage, readTable, SEED_FIELD, type SeedImage } from '../../src/seed/image.ts'
import type { Published } from '../../src/seed/publish.ts'
import { rebuild } from '../../src/seed/rebuild.ts'
import { docker, output, podman, requireLab, run, useService, useTempFolder } from '../support/lab.ts'
import { nixSeed, nixSeedJson, useProject, withoutCompiler, withoutSeed } from '../support/project.ts'
import { publishPackage, testPorts } from '../support/small-seed.ts'

const TIMEOUT_MS = 300_000

type Result = Published & { reference: string }

requireLab()
const folder = useTempFolder()
const project = useProject(folder, flake => withoutCompiler(withoutSeed(flake)))
const layout = (): string => join(folder(), 'layout')
const publish = (more: string[] = [], env = {}): Promise<Result> =>
  nixSeedJson<Result>(['publish', '--to', `oci:${layout()}`, ...more], { cwd: project().folder, env })
let first: Result
let image: SeedImage
let mountable: NonNullable<SeedImage['erofs']>

beforeAll(async () => {
  const scratch = join(folder(), 'scratch')
  mkdirSync(scratch)
  first = await publish([], { TMPDIR: scratch, SOURCE_DATE_EPOCH: '1234567890' })
  expect(first).toMatchObject({ reused: false, knownLayers: 0 })
  expect(readdirSync(scratch)).toEqual([])
  image = await readSeedImage(new LayoutRepository(layout()), first.digest)
  if (!image.erofs) throw new Error('there are no EROFS layers')
  mountable = image.erofs
}, TIMEOUT_MS)

test('there is one EROFS layer for each layer, known by its own key', () => {
  const contents = (layers: SeedImage['layers']) => layers.map(layer => layer.annotations?.['dev.nix-seed.content'])
  const keys = [...image.layers, ...mountable.layers].map(layer => layer.annotations?.['dev.nix-seed.layer-key'])
  expect(contents(mountable.layers)).toEqual(contents(image.layers))
  expect(new Set(keys).size).toBe(2 * first.layers)
  const bytes = mountable.layers.reduce((sum, layer) => sum + layer.size, 0)
  expect(bytes).toBe(first.erofsBytes)
  expect(bytes).toBeLessThan(1.2 * first.layerBytes)
  const index = JSON.parse(readFileSync(blob(first.digest), 'utf8'))
  expect(index.manifests).toMatchObject([
    { digest: image.manifest.digest, platform: { os: 'linux' } },
    { digest: mountable.manifest.digest, platform: { os: 'linux', 'os.features': ['erofs'] } }
  ])
  expect(index.manifests[0].platform).not.toHaveProperty(['os.features'])
  const config = JSON.parse(readFileSync(blob(readManifest(mountable.manifest.digest).config.digest), 'utf8'))
  expect(config.rootfs.diff_ids).toEqual(mountable.layers.map(layer => layer.digest))
  expect(config[SEED_FIELD]).toEqual(image.config[SEED_FIELD])
})

test(
  'whoever builds it again to attest it gets the same digest, in a folder and an environment of their own',
  async () => {
    const ports = testPorts()
    const flake = await readFlake(project().folder, ports)
    expect(await rebuild(image, { flake, labels: {} }, ports)).toBeDefined()
  },
  TIMEOUT_MS
)

test(
  'without EROFS layers the ordinary image is the same, and each format is reused for itself',
  async () => {
    const plain = await publish(['--format', 'oci'])
    // All that it needs is in the newest seed.
    expect(plain).toMatchObject({ reused: false, erofsBytes: 0, knownLayers: first.layers })
    const index = JSON.parse(readFileSync(blob(plain.digest), 'utf8'))
    expect(index.manifests).toHaveLength(1)
    expect(index.manifests[0].digest).toBe(image.manifest.digest)
    expect(await readSeedImage(new LayoutRepository(layout()), plain.digest)).not.toHaveProperty('erofs')
    for (const more of [[], ['--format', 'oci']]) {
      expect(await publish(more)).toMatchObject({ reused: true, digest: plain.digest })
    }
    const wrong = await nixSeed(['publish', '--to', 'oci:x', '--format', 'erofs'], { cwd: project().folder })
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('--format takes oci or oci,erofs') })
  },
  TIMEOUT_MS
)

test(
  'layers of the seed that is named are taken over, and what is gone from the repository is made again',
  async () => {
    const [gone, ...others] = [...mountable.layers].sort((a, b) => a.size - b.size)
    rmSync(blob(gone?.digest ?? ''))
    const again = await publish(['--format', 'erofs,oci', '--previous', first.digest])
    expect(again).toMatchObject({ reused: false, digest: first.digest, knownLayers: others.length })
    expect(existsSync(blob(gone?.digest ?? ''))).toBe(true)
    for (const [previous, problem] of [
      ['no tag', 'neither a tag nor a digest'],
      [first.tags[0] ?? '', 'with --sign, --previous takes a digest']
    ] as const) {
      const options = ['--to', 'oci:x', '--sign', '--previous', previous]
      const refused = await nixSeed(['publish', ...options], { cwd: project().folder })
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(problem) })
    }
  },
  TIMEOUT_MS
)

describe('mounted', () => {
  const mounts = (): string => join(folder(), 'mounts')
  const at = (layer: number): string => join(mounts(), String(layer))
  beforeAll(async () => {
    for (const [i, { digest }] of mountable.layers.entries()) {
      mkdirSync(at(i), { recursive: true })
      await output(['mount', '-t', 'erofs', '-o', 'ro', blob(digest), at(i)])
    }
  }, TIMEOUT_MS)
  afterAll(async () => {
    for (const i of mountable.layers.keys()) await run(['umount', at(i)])
  }, TIMEOUT_MS)

  test(
    'they hold what the table says, to the last bit',
    async () => {
      const { closure, layerOf } = readTable(image.config[SEED_FIELD])
      const paths = closure.map(info => join(at(layerOf.get(info.path) ?? -1), info.path))
      const hashes = await output(['nix-hash', '--type', 'sha256', '--base16', ...paths])
      expect(hashes.split('\n').map(hash => `sha256:${hash}`)).toEqual(closure.map(info => info.narHash))
      const held = [...mountable.layers.keys()].flatMap(i => namesIn(join(at(i), 'nix/store')))
      expect(held.sort()).toEqual(closure.map(info => info.path.slice('/nix/store/'.length)))
    },
    TIMEOUT_MS
  )

  test(
    'modes, owners and times are those of the ordinary layers, and UUIDs are told apart',
    async () => {
      const files = ['', '/nix', '/nix/store'].map(path => at(0) + path)
      const stat = await output(['stat', '--format', '%a %u:%g %Y', ...files])
      expect(stat.split('\n')).toEqual(Array.from({ length: 3 }, () => '755 0:0 1'))
      const last = mountable.layers.length - 1
      expect(await output(['stat', '--format', '%a', join(at(last), 'tmp')])).toBe('1777')
      const uuids = mountable.layers.map(({ digest }) => readFileSync(blob(digest)).toString('hex', 1072, 1088))
      expect(new Set(uuids).size).toBe(uuids.length)
    },
    TIMEOUT_MS
  )
})

describe('ordinary clients take the ordinary image:', () => {
  const registry = useService('registry')
  const dockerd = useService('dockerd')
  const containerd = useService('containerd')
  const bare = (): string => `${registry().address}/org/seed`
  const reference = (): string => `${bare()}@${small.index.digest}`
  const ctr = (...args: string[]): string[] => ['ctr', '--address', containerd().address, ...args]

  let small: SeedImage
  let entries: { ordinary: Manifest; mountable: Manifest }
  beforeAll(async () => {
    const repository = openRepository(bare(), testPorts())
    small = await publishPackage('hello', repository, folder())
    const [ordinary, mountable] = await Promise.all(
      [small.manifest, small.erofs?.manifest].map(async entry => {
        const raw = await repository.getManifest(entry?.digest ?? '')
        return JSON.parse(raw?.bytes.toString() ?? '') as Manifest
      })
    )
    await repository.close()
    if (!ordinary || !mountable) throw new Error('there are not two entries')
    entries = { ordinary, mountable }
  }, TIMEOUT_MS)

  test(
    'docker and podman',
    async () => {
      await pullImage(dockerEngine(dockerd()), reference())
      expect(await output(docker(dockerd(), 'image', 'inspect', '--format', '{{.Id}}', reference()))).toBe(
        entries.ordinary.config.digest
      )
      await pullImage(podmanEngine(), reference())
      const id = await output(podman('image', 'inspect', '--format', '{{.Id}}', reference()))
      expect(`sha256:${id}`).toBe(entries.ordinary.config.digest)
      await output(podman('rmi', '--force', reference()))
    },
    TIMEOUT_MS
  )

  test(
    'skopeo and crane',
    async () => {
      const layers = small.layers.map(layer => layer.digest)
      const inspected = await output([
        'skopeo',
        'inspect',
        '--no-tags',
        '--tls-verify=false',
        `docker://${reference()}`
      ])
      expect(JSON.parse(inspected).Layers).toEqual(layers)
      const pulled = join(folder(), 'pulled')
      await output(['crane', 'pull', '--insecure', '--format', 'oci', '--platform', 'linux/amd64', reference(), pulled])
      expect(JSON.parse(readFileSync(join(pulled, 'index.json'), 'utf8')).manifests).toMatchObject([
        { digest: small.manifest.digest }
      ])
    },
    TIMEOUT_MS
  )

  test(
    'containerd, whose EROFS snapshotter runs the other one where it is asked to',
    async () => {
      await output(ctr('images', 'pull', '--plain-http', reference()))
      const content = await output(ctr('content', 'ls', '--quiet'))
      for (const { digest } of entries.ordinary.layers) expect(content).toContain(digest)
      for (const { digest } of entries.mountable.layers) expect(content).not.toContain(digest)

      // Version 2.1 knows EROFS layers by another media type than its successors.
      const older = structuredClone(entries.mountable)
      for (const layer of older.layers) layer.mediaType = 'application/vnd.oci.image.layer.v1.erofs'
      const url = `http://${registry().address}/v2/org/seed/manifests/older`
      const headers = { 'content-type': MEDIA_TYPE.manifest }
      expect(await fetch(url, { method: 'PUT', headers, body: JSON.stringify(older) })).toMatchObject({ status: 201 })
      const name = `${bare()}:older`
      const platform = ['--snapshotter', 'erofs', '--platform', 'linux(+erofs)/amd64']
      await output(ctr('images', 'pull', '--plain-http', '--local', ...platform, name))
      const root = join(folder(), 'root')
      mkdirSync(root)
      await output(ctr('images', 'mount', ...platform, name, root))
      try {
        expect(namesIn(join(root, 'nix/store'))).toHaveLength(small.config[SEED_FIELD].paths.length)
        expect(namesIn(root)).toEqual(expect.arrayContaining(['etc', 'nix']))
      } finally {
        await output(ctr('images', 'unmount', root))
      }
    },
    TIMEOUT_MS
  )
})

function blob(digest: string): string {
  return join(layout(), 'blobs/sha256', digest.slice('sha256:'.length))
}

function readManifest(digest: string): Manifest {
  return JSON.parse(readFileSync(blob(digest), 'utf8')) as Manifest
}

/** Names in a folder, none where it is not. */
function namesIn(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
