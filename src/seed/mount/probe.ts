/** Whether this machine mounts seeds, found out by mounting a very small one, exactly as a large one would be. */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { SeedError } from '../../errors.ts'
import type { Ports } from '../../ports.ts'
import { run, ToolFailure } from '../../process.ts'
import { explainFull } from './full-disk.ts'
import { environment, never } from './mounts.ts'
import { newOwnedName } from './owner.ts'

/** How the kernel takes EROFS images: as the files that they are, or by way of a loop device. */
export type Backing = 'file' | 'loop'

/** Why there can be no mounts here. */
export class MountRefused extends Error {}

/** Of an overlay that is thrown away in the end: nothing of it has to reach the disk, and folders can be renamed. */
export const OVERLAY_OPTIONS = 'nosuid,nodev,volatile,redirect_dir=on'
export const EROFS_OPTIONS = 'ro,nosuid,nodev'

/**
 * An EROFS image with one file of 16 KiB, compressed with zstd: `mkfs.erofs -zzstd -C16384 -T1 --all-root -Uclear`, and
 * gzip.
 */
const IMAGE =
  'H4sIAAAAAAACA+3SMQrCMBTG8S9RrINDj9DBYgepR1AP4O4iiOBaRfAAnsPBxSt4Ai+i7o5OIppK0CIouAn+fxDykjxe8iASgH912J92g+V2' +
  'XnJxTbGs3zeFHPtFvbxO9Yv8ihR8Oi+7cexaNf366hTfFvu57l4ZP/asEh83XCdpmk5nk9H4zf1aL1zFzrPv136DvKvQJPezyESWbwMAAAAAAAAA' +
  'AIBfkGxal6HaPSnMMqPzKujfAK1tX30AIAAA'

/** In a mount namespace that ends with it, so that nothing is left, whatever happens. The options of both mounts, and the image. */
const SCRIPT = `
mount -t erofs -o "$1" "$3" layer &&
mount -t overlay -o "lowerdir=layer,upperdir=upper,workdir=work,$2" probe merged &&
test "$(head -c 1 merged/probe)" = n &&
: > merged/written`

/**
 * @param cacheFolder where the images are
 * @param stateFolder beside which what is written will land
 * @throws MountRefused with the kernel's reason; SeedError DISK_FULL where the cache has no room even for that; the
 *   system's own error where the folders cannot be used
 */
export async function probeMounts(cacheFolder: string, stateFolder: string, ports: Ports): Promise<Backing> {
  if (process.platform !== 'linux') throw new MountRefused('only Linux mounts EROFS')
  if (process.getuid?.() !== 0) throw new MountRefused('only root may mount')
  const name = await newOwnedName()
  const [images, writes] = [join(cacheFolder, 'runs', name), `${stateFolder}.${name}`]
  try {
    await mkdir(images, { recursive: true, mode: 0o700 }).catch(explainFull(cacheFolder))
    await mkdir(dirname(writes), { recursive: true })
    await mkdir(writes, { mode: 0o700 })
    for (const folder of ['layer', 'upper', 'work', 'merged']) await mkdir(join(writes, folder))
    const image = gunzipSync(Buffer.from(IMAGE, 'base64'))
    await writeFile(join(images, 'image'), image).catch(explainFull(cacheFolder))
    const refusals: string[] = []
    for (const backing of ['file', 'loop'] as const) {
      const refusal = await attempt(join(images, 'image'), erofsOptions(backing), writes, ports)
      if (refusal === undefined) return backing
      refusals.push(refusal)
    }
    throw new MountRefused(refusals[0] ?? 'the kernel refuses')
  } finally {
    await rm(images, { recursive: true, force: true })
    await rm(writes, { recursive: true, force: true })
  }
}

export function erofsOptions(backing: Backing): string {
  return backing === 'loop' ? `${EROFS_OPTIONS},loop` : EROFS_OPTIONS
}

/** @returns why it fails; undefined where it does not */
async function attempt(image: string, options: string, cwd: string, ports: Ports): Promise<string | undefined> {
  const command = ['--mount', '--propagation', 'private', 'sh', '-c', SCRIPT, 'sh', options, OVERLAY_OPTIONS, image]
  try {
    await run('unshare', command, {
      env: environment(ports, { LIBMOUNT_FORCE_MOUNT2: 'always' }),
      signal: never(),
      cwd
    })
    return undefined
  } catch (error) {
    if (error instanceof ToolFailure) return reasonOf(error)
    if (error instanceof SeedError && error.code === 'TOOL_MISSING') return error.message
    throw error
  }
}

/** The line that says it; `mount` also prints where to look for more. */
export function reasonOf({ stderr, message }: ToolFailure): string {
  const line = stderr.split('\n').find(text => /^(?:mount|unshare|losetup)\S*: /.test(text))
  return (line ?? message).replace(/\s+/g, ' ').replace(/\.$/, '')
}
