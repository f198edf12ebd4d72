/** A seed of real store paths that is made in a second or two, for what needs an image and not a project. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { queryClosure } from '../../src/nix/closure.ts'
import { currentSystem } from '../../src/nix/evaluate.ts'
import type { Repository } from '../../src/oci/types.ts'
import { silentLog, silentProgress, type Ports } from '../../src/ports.ts'
import type { SeedDescriptor } from '../../src/seed/descriptor.ts'
import { readSeedImage, type SeedImage } from '../../src/seed/image.ts'
import { packSeed } from '../../src/seed/pack.ts'
import { output } from './lab.ts'

/** Ports of a test: what is logged goes to `lines`. */
export function testPorts(lines: string[] = [], signal = new AbortController().signal): Ports {
  const log = (line: string): void => void lines.push(line)
  return { log: { ...silentLog, info: log, warn: log }, progress: silentProgress, env: process.env, signal }
}

/** Of the package `name` of the lab, and of what it needs. */
export async function publishPackage(name: string, repository: Repository, folder: string): Promise<SeedImage> {
  const expression = `toString (import /lab/packages/current {}).${name}`
  const root = await output(['nix', 'eval', '--impure', '--raw', '--expr', expression])
  return publishPaths([root], repository, folder)
}

/** Of the closure of `roots`; `more` is what else its descriptor says. */
export async function publishPaths(
  roots: readonly string[],
  repository: Repository,
  folder: string,
  more: Partial<SeedDescriptor> = {}
): Promise<SeedImage> {
  const rootfs = join(folder, 'root-file-system')
  mkdirSync(join(rootfs, 'etc'), { recursive: true })
  writeFileSync(join(rootfs, 'etc', 'hostname'), 'seed\n')
  const tool = (program: string): Promise<string> => output(['which', program])
  const ports = testPorts()
  const descriptor: SeedDescriptor = {
    version: 1,
    name: 'small',
    system: await currentSystem(ports),
    roots: [...roots],
    inputs: [],
    rootfs: await output(['nix-store', '--add', rootfs]),
    directories: [],
    config: {},
    tools: { zstd: await tool('zstd'), 'erofs-utils': await tool('mkfs.erofs') },
    ...more
  }
  const closure = await queryClosure(roots, ports)
  const options = { identity: 'small', format: 'oci,erofs' } as const
  const { index } = await packSeed(descriptor, roots, closure, repository, options, ports)
  return readSeedImage(repository, index.digest)
}
