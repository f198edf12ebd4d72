import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { chmod, chown, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { removeTree } from '../../src/removal.ts'

const NOBODY = 65534

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nix-seed-removal-'))
  if (process.getuid?.() === 0) await chown(folder, NOBODY, NOBODY)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Root may write into any folder, so the removal runs as somebody who may not. */
async function removeAsUser(path: string): Promise<void> {
  if (process.getuid?.() !== 0) return removeTree(path)
  const module = JSON.stringify(new URL('../../src/removal.ts', import.meta.url).href)
  const script = `await (await import(${module})).removeTree(process.argv[1])`
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script, path], { uid: NOBODY })
}

/** A store path as Nix leaves it: nothing in it may be written. */
async function readOnlyTree(path: string, outside: string): Promise<void> {
  const inner = join(path, 'share', 'doc')
  await mkdir(inner, { recursive: true })
  await writeFile(Buffer.concat([Buffer.from(`${inner}/`), Buffer.from([0xff, 0xfe])]), 'no UTF-8')
  await writeFile(join(path, 'share', 'file'), 'text', { mode: 0o444 })
  await symlink(outside, join(path, 'link'))
  for (const name of [inner, join(path, 'share'), path]) {
    if (process.getuid?.() === 0) await chown(name, NOBODY, NOBODY)
    await chmod(name, 0o555)
  }
}

describe('removeTree', () => {
  test('removes folders that are read-only, and follows no link out of them', async () => {
    const outside = join(folder, 'outside')
    await mkdir(outside, { mode: 0o500 })
    await writeFile(join(outside, 'kept'), 'kept')
    if (process.getuid?.() === 0) await chown(outside, NOBODY, NOBODY)
    const tree = join(folder, 'tree')
    await readOnlyTree(tree, outside)
    await removeAsUser(tree)
    expect(await readdir(folder)).toEqual(['outside'])
    expect(await readFile(join(outside, 'kept'), 'utf8')).toBe('kept')
    expect((await lstat(outside)).mode & 0o777).toBe(0o500)
  })

  test('removes a single file or link, and takes what is not there for removed', async () => {
    const link = join(folder, 'link')
    await symlink(join(folder, 'nowhere'), link)
    await removeTree(link)
    await removeTree(link)
    await expect(lstat(link)).rejects.toThrow('ENOENT')
  })
})
