/** A seed that is restored, and the same bytes in the forms that others take. */
import { writeFileSync } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { startService, stopService, type Service } from '../../lab/daemon.ts'
import type { Inputs } from '../../lab/example.ts'
import { openRepository } from '../../src/oci/repository.ts'
import { ANNOTATION_CONTENT, readSeedImage, readTable, SEED_FIELD } from '../../src/seed/image.ts'
import type { Published } from '../../src/seed/publish.ts'
import { buildSeed, writeProject } from '../support/project.ts'
import { startStaticServer, type StaticServer } from '../support/static-server.ts'
import type { Bench } from './bench.ts'
import { WHAT } from './samples.ts'
import type { Size } from './sizes.ts'

/** What is there once a size is prepared. */
export interface Seed {
  size: Size
  project: string
  registry: Service
  /** Serves the binary cache at `/cache` and the archive at `/archive.tar.zst`. */
  files: StaticServer
  /** The image by its digest, and the same with gzip layers. */
  image: string
  gzipImage: string | undefined
  /** The blobs that a mounted restore fetches. */
  blobs: string[]
  archive: string
  roots: string[]
  facts: SeedFacts
}

/** The seed's numbers, for readers. */
export interface SeedFacts {
  size: Size['name']
  about: string
  paths: number
  narBytes: number
  layers: number
  /** Of the ordinary layers, zstd. */
  layerBytes: number
  /** Of the EROFS layers that are fetched. */
  erofsBytes: number
  archiveBytes: number
}

/**
 * Makes the project, measures its first publish, and makes what the other ways take.
 *
 * @param use gets the seed; what serves it is stopped when that ends
 */
export async function withSeed(
  bench: Bench,
  size: Size,
  inputs: Inputs,
  use: (seed: Seed) => Promise<void>
): Promise<void> {
  const folder = join(bench.settings.folder, 'seed')
  const project = join(folder, 'hello')
  const served = join(folder, 'served')
  await mkdir(served, { recursive: true })
  bench.say(`${size.name}: building the project's seed`)
  writeProject(project, inputs, size.contents, size.edit)
  buildSeed(project)
  const registry = await startService('registry')
  try {
    const published = await publishFirst(bench, size, project, registry)
    const files = await startStaticServer(served)
    try {
      await use(await prepareSeed(bench, { size, project, registry, files, served, published }))
    } finally {
      await files.stop()
    }
  } finally {
    await stopService(registry)
    await bench.clear(['rm', '-rf', folder])
  }
}

interface Parts {
  size: Size
  project: string
  registry: Service
  files: StaticServer
  served: string
  published: Published
}

async function prepareSeed(bench: Bench, { published, served, ...parts }: Parts): Promise<Seed> {
  const { size, registry } = parts
  const image = `${repositoryOf(registry, 1)}@${published.digest}`
  bench.say(`${size.name}: making the archive, the binary cache and the image with gzip layers`)
  const { roots, paths, blobs } = await contentOf(image, registry)
  const archive = join(served, 'archive.tar.zst')
  const list = join(served, 'paths')
  writeFileSync(list, paths.map(path => `${path.slice(1)}\n`).join(''))
  await bench.run(['sh', '-c', `tar -C / -c -T ${list} | zstd -q -3 -T0 -o ${archive}`])
  if (bench.wants(WHAT.nixCopy)) {
    await bench.run(['nix', 'copy', '--to', `file://${join(served, 'cache')}?compression=zstd`, ...roots])
  }
  const gzipImage = await makeGzipImage(bench, parts, image)
  return {
    ...parts,
    image,
    gzipImage,
    blobs: blobs.map(({ url }) => url),
    archive,
    roots,
    facts: {
      size: size.name,
      about: size.about,
      paths: published.paths,
      narBytes: published.narBytes,
      layers: published.layers,
      layerBytes: published.layerBytes,
      erofsBytes: blobs.reduce((sum, blob) => sum + blob.bytes, 0),
      archiveBytes: (await stat(archive)).size
    }
  }
}

function repositoryOf({ address }: Service, round: number): string {
  return `${address}/bench/seed${round}`
}

/** Each time to a repository of its own, or the second would find its layers. */
async function publishFirst(bench: Bench, size: Size, project: string, registry: Service): Promise<Published> {
  const rounds = size.quick && bench.wants(WHAT.publish) ? bench.settings.runs : 1
  if (rounds < bench.settings.runs) bench.omissions.push(`${size.name}: the first publish is measured once`)
  let published: Published | undefined
  for (let run = 1; run <= rounds; run++) {
    const command = publishCommand(bench, repositoryOf(registry, run))
    const { stdout } = await bench.measure({ size: size.name, link: 'loopback', run }, WHAT.publish, command, {
      cwd: project
    })
    published ??= JSON.parse(stdout) as Published
  }
  if (published === undefined) throw new Error('nothing was published')
  return published
}

/** Publishes the flake of the current directory. */
export function publishCommand(bench: Bench, to: string): string[] {
  return [...bench.settings.nixSeed, 'publish', '--format', 'oci,erofs', '--to', to, '--json']
}

interface Content {
  roots: string[]
  paths: string[]
  blobs: { url: string; bytes: number }[]
}

/** What the image holds, and the blobs that a mounted restore of all of it fetches. */
async function contentOf(image: string, registry: Service): Promise<Content> {
  const repository = openRepository(image, { env: {} })
  try {
    const read = await readSeedImage(repository, image.slice(image.indexOf('@') + 1))
    const { closure, roots, layerOf } = readTable(read.config[SEED_FIELD])
    const used = new Set(layerOf.values())
    const layers = (read.erofs?.layers ?? []).filter(
      (_, at) => used.has(at) || read.layers[at]?.annotations?.[ANNOTATION_CONTENT] === 'store database'
    )
    const name = image.slice(image.indexOf('/') + 1, image.indexOf('@'))
    const blobs = layers.map(({ digest, size }) => ({
      url: `http://${registry.address}/v2/${name}/blobs/${digest}`,
      bytes: size
    }))
    return { roots: [...roots], paths: closure.map(({ path }) => path), blobs }
  } finally {
    await repository.close()
  }
}

/**
 * The ordinary image with its layers compressed anew, as most images are; undefined where that would take minutes or is
 * not wanted.
 */
async function makeGzipImage(bench: Bench, { size, registry }: Pick<Parts, 'size' | 'registry'>, image: string) {
  if (!bench.wants(WHAT.dockerGzip, WHAT.podmanGzip)) return undefined
  if (!size.quick) {
    bench.omissions.push(`${size.name}: pulls of gzip layers, which would take minutes to be made`)
    return undefined
  }
  const to = `${registry.address}/bench/gzip:1`
  const format = ['--dest-compress-format', 'gzip', '--dest-force-compress-format']
  const plain = ['--src-tls-verify=false', '--dest-tls-verify=false']
  await bench.run(['skopeo', 'copy', '--quiet', ...plain, ...format, `docker://${image}`, `docker://${to}`])
  return to
}
