/** The ways to get a seed's store paths to a machine that has none of them. */
import { writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Service } from '../../lab/daemon.ts'
import { dockerEngine, podmanEngine, type Engine } from '../../lab/job.ts'
import type { MeasureOptions } from '../support/measure.ts'
import type { Bench } from './bench.ts'
import { WHAT, type Link, type What } from './samples.ts'
import type { Seed } from './seed.ts'

/** One way. What is not `command` is not measured. */
export interface Way extends Pick<MeasureOptions, 'env' | 'servants'> {
  what: What
  command: readonly string[]
  before?(): Promise<void>
  after(): Promise<void>
}

/** Connections at once, as many as a mounted restore has. */
const CONNECTIONS = 8

/** Rows of the limited link: what fetches, and is worth waiting for. */
const LIMITED: readonly What[] = [
  WHAT.plain,
  WHAT.mount,
  WHAT.unpack,
  WHAT.docker,
  WHAT.podman,
  WHAT.nixCopy,
  WHAT.tarFetched
]

/** Runs all ways in turn, `runs` times, so that what else the machine does meets all of them. */
export async function compareWays(bench: Bench, seed: Seed, link: Link, dockerd: Service): Promise<void> {
  const broken = new Set<What>()
  const ways = waysOf(bench, seed, dockerd).filter(
    ({ what }) => bench.wants(what) && (link === 'loopback' || LIMITED.includes(what))
  )
  for (let run = 1; run <= bench.settings.runs; run++) {
    for (const way of ways.filter(({ what }) => !broken.has(what))) {
      const place = { size: seed.size.name, link, run }
      const worked = await bench.attempt(`${seed.size.name}: ${way.what}`, () => runOnce(bench, way, place))
      if (!worked) broken.add(way.what)
    }
  }
}

async function runOnce(bench: Bench, way: Way, place: Parameters<Bench['measure']>[0]): Promise<void> {
  const target = targetOf(bench)
  const clear = async (): Promise<void> => {
    await way.after()
    await bench.clear(['rm', '-rf', '--one-file-system', target])
  }
  await mkdir(target)
  try {
    await way.before?.()
    await bench.measure(place, way.what, way.command, way)
  } catch (error) {
    // Where it failed, there may be nothing to clear up, and the failure is what is to be told.
    await clear().catch(() => bench.clear(['rm', '-rf', '--one-file-system', target]))
    throw error
  }
  await clear()
}

/** Where everything arrives. */
function targetOf(bench: Bench): string {
  return join(bench.settings.folder, 'target')
}

function waysOf(bench: Bench, seed: Seed, dockerd: Service): Way[] {
  const docker = { ...dockerEngine(dockerd), servants: [dockerd.pid] }
  const podman = { ...podmanEngine(), servants: [] }
  const ways = [
    plainDownload(bench, seed),
    ...restores(bench, seed),
    pull(bench, WHAT.docker, docker, seed.image),
    ...(seed.gzipImage === undefined ? [] : [pull(bench, WHAT.dockerGzip, docker, seed.gzipImage)]),
    pull(bench, WHAT.podman, podman, seed.image),
    ...(seed.gzipImage === undefined ? [] : [pull(bench, WHAT.podmanGzip, podman, seed.gzipImage)])
  ]
  return [...ways, nixCopy(bench, seed), ...extractions(bench, seed)]
}

/** The limit: the very blobs that a mounted restore fetches, and nothing else. */
function plainDownload(bench: Bench, { blobs }: Seed): Way {
  const list = join(bench.settings.folder, 'blobs')
  const entries = blobs.map((url, at) => `url = "${url}"\noutput = "${join(targetOf(bench), String(at))}"\n`)
  const options = ['--silent', '--show-error', '--fail', '--parallel', '--parallel-max', String(CONNECTIONS)]
  return {
    what: WHAT.plain,
    command: ['curl', ...options, '--config', list],
    before: async () => writeFileSync(list, entries.join('')),
    after: nothing
  }
}

function restores(bench: Bench, { image }: Seed): Way[] {
  const { nixSeed } = bench.settings
  const root = targetOf(bench)
  const cache = join(bench.settings.folder, 'cache')
  const mount = [...nixSeed, 'restore', image, '--root', root, '--strategy', 'mount', '--cache', cache]
  const undo = (): Promise<void> => bench.clear([...nixSeed, 'restore', '--undo', '--root', root])
  const clearCache = (): Promise<void> => bench.clear(['rm', '-rf', cache])
  const fillCache = async (): Promise<void> => {
    await bench.run(mount)
    await undo()
  }
  return [
    { what: WHAT.mount, command: mount, before: clearCache, after: undo },
    { what: WHAT.warm, command: mount, before: fillCache, after: undo },
    {
      what: WHAT.unpack,
      command: [...nixSeed, 'restore', image, '--root', root, '--strategy', 'unpack'],
      before: clearCache,
      after: nothing
    }
  ]
}

function pull(bench: Bench, what: What, engine: Engine & { servants: number[] }, image: string): Way {
  const remove = (): Promise<void> => bench.clear([...engine.command, 'rmi', '--force', image])
  return {
    what,
    command: [...engine.command, 'pull', '--quiet', ...engine.pullOptions, image],
    servants: engine.servants,
    after: remove
  }
}

function nixCopy(bench: Bench, { files, roots }: Seed): Way {
  const to = `local?root=${targetOf(bench)}`
  return {
    what: WHAT.nixCopy,
    command: ['nix', 'copy', '--no-check-sigs', '--from', `${files.url}/cache`, '--to', to, ...roots],
    // What Nix remembers of binary caches would be there the second time.
    env: { XDG_CACHE_HOME: join(targetOf(bench), 'nix-cache') },
    after: nothing
  }
}

/** What an action that restores a cache does: from the disk, and with its download before. */
function extractions(bench: Bench, { archive, files }: Seed): Way[] {
  const target = targetOf(bench)
  const extract = (file: string): string => `zstd -q -d -c ${file} | tar -C ${target} -x`
  const fetched = join(target, 'archive.tar.zst')
  const download = `curl --silent --show-error --fail --output ${fetched} ${files.url}/archive.tar.zst`
  return [
    { what: WHAT.tar, command: ['sh', '-c', extract(archive)], after: nothing },
    { what: WHAT.tarFetched, command: ['sh', '-c', `${download} && ${extract(fetched)}`], after: nothing }
  ]
}

async function nothing(): Promise<void> {}
