import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { HashRepository } from '../../../src/oci/hash-repository.ts'
import type { Digest } from '../../../src/oci/types.ts'
import { silentLog, silentProgress, type Ports } from '../../../src/ports.ts'
import { erofsTool, startErofs, type Format } from '../../../src/seed/erofs.ts'
import type { Layer } from '../../../src/seed/layer-content.ts'
import { storeLayers } from '../../../src/seed/layer-store.ts'
import type { KnownLayer } from '../../../src/seed/memo.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layer-store-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function program(name: string, script: string): string {
  const file = join(folder, name)
  writeFileSync(file, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
  return file
}

function ports(lines: string[] = [], signal = new AbortController().signal): Ports {
  return { log: { ...silentLog, debug: line => lines.push(line) }, progress: silentProgress, env: {}, signal }
}

const HELP = 'echo "-zX zstd --tar=X --max-extent-bytes=# --workers=#"'

describe('the program that makes EROFS layers', () => {
  const tool = (path: string | undefined, format?: Format) => erofsTool(path, format, ports())

  test('is used where it can do what is needed, without threads where it has some', async () => {
    const capable = program('capable', HELP)
    expect((await tool(capable))?.arguments).toContain('--workers=0')
    const single = program('single', HELP.replace('--workers=#', ''))
    expect((await tool(single))?.arguments).not.toContain('--workers=0')
    expect(await tool(capable, 'oci')).toBeUndefined()
  })

  test('is done without where it cannot, unless it was asked for', async () => {
    const old = program('old', 'echo "-zX lz4 --tar=X"')
    for (const each of [old, undefined]) {
      expect(await tool(each)).toBeUndefined()
      await expect(tool(each, 'oci,erofs')).rejects.toMatchObject({
        code: 'TOOL_MISSING',
        hint: expect.stringContaining('--format oci')
      })
    }
  })
})

describe('making an EROFS image', () => {
  const key = 'a'.repeat(64)
  const start = (script: string, signal = new AbortController().signal) =>
    startErofs(join(folder, 'image'), key, { program: program('mkfs', script), arguments: ['-x'] }, signal)

  test('gives the program the root of the tree, the stream, and nothing of the environment', async () => {
    const making = start('PATH=/usr/bin:/bin; cat > "$4.tar"; export -p > "$4.env"; echo "$@" > "$4"')
    await making.write(Buffer.from('piece'))
    await making.end()
    const read = async (suffix: string) =>
      (await import('node:fs')).readFileSync(join(folder, `image${suffix}`), 'utf8')
    expect(await read('')).toMatch(/^-x --quiet -U[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12} /)
    expect(await read('.tar')).toMatch(/^\.\/\0.*piece$/s)
    expect(await read('.env')).not.toContain('HOME')
  })

  test('tells what the program said when it failed, while it is fed as well as at the end', async () => {
    const making = start('echo "no space" >&2; exit 1')
    const feed = async () => {
      for (let i = 0; i < 100; i++) await making.write(Buffer.alloc(64 * 1024))
      await making.end()
    }
    await expect(feed()).rejects.toMatchObject({ code: 'TOOL_FAILED', message: expect.stringContaining('no space') })
  })

  test('ends with the reason of an interruption, and can be stopped', async () => {
    const abort = new AbortController()
    const making = start('exec sleep 60', abort.signal)
    abort.abort(new Error('enough'))
    await expect(making.end()).rejects.toThrow('enough')
    await start('exec sleep 60').stop()
  })

  test('fails where the program is not there', async () => {
    const tool = { program: join(folder, 'none'), arguments: [] }
    const making = startErofs(join(folder, 'image'), key, tool, new AbortController().signal)
    await expect(making.end()).rejects.toMatchObject({ code: 'TOOL_MISSING' })
    await making.stop()
  })
})

describe('storing layers', () => {
  const layer = (label: string): Layer => ({
    label,
    key: `${label}-key`,
    erofsKey: `${label}-erofs`,
    paths: [],
    weight: 1,
    members: () => [{ type: 'file', path: Buffer.from(label), bytes: Buffer.from(label), mode: 0o644 }]
  })
  const NEVER = { zstd: '/none/zstd', erofs: { program: '/none/mkfs.erofs', arguments: [] } }
  const digest = (digit: string): Digest => `sha256:${digit.repeat(64)}`
  const known: [string, KnownLayer][] = [
    ['a-key', { digest: digest('1'), size: 10, diffId: digest('2') }],
    ['a-erofs', { digest: digest('3'), size: 20, diffId: digest('3') }]
  ]
  class Holding extends HashRepository {
    readonly #sizes: Record<string, number>
    constructor(sizes: Record<string, number>) {
      super()
      this.#sizes = sizes
    }
    override async headBlob(digest?: Digest): Promise<undefined> {
      return this.#sizes[digest ?? ''] as undefined
    }
  }

  test('takes over what is known and there, and runs nothing for it', async () => {
    for (const size of [20, NaN]) {
      const repository = new Holding({ [digest('1')]: 10, [digest('3')]: size })
      const [stored] = await storeLayers([layer('a')], { ...NEVER, repository, memo: new Map(known) }, ports())
      expect(stored).toMatchObject({
        isKnown: true,
        diffId: digest('2'),
        descriptor: { digest: digest('1'), annotations: { 'dev.nix-seed.layer-key': 'a-key' } },
        erofs: { digest: digest('3'), size: 20, mediaType: 'application/vnd.erofs.layer.v1' }
      })
    }
  })

  test.each([
    ['the blob is gone', known, { [digest('1')]: 10 }],
    ['the blob has another size', known, { [digest('1')]: 10, [digest('3')]: 19 }],
    ['one form is unknown', known.slice(0, 1), { [digest('1')]: 10, [digest('3')]: 20 }],
    ['the key is another one', [['b-key', known[0]?.[1]]], { [digest('1')]: 10, [digest('3')]: 20 }]
  ])('makes the layer where %s', async (_, memo, sizes) => {
    const tools = {
      zstd: program('zstd', 'exec /bin/cat'),
      erofs: { program: program('mkfs', 'exec /bin/cat > "$3"'), arguments: [] }
    }
    const repository = new Holding(sizes)
    const packing = { ...tools, repository, memo: new Map(memo as [string, KnownLayer][]) }
    const [stored] = await storeLayers([layer('a')], packing, ports())
    expect(stored).toMatchObject({ isKnown: false, erofs: { annotations: { 'dev.nix-seed.layer-key': 'a-erofs' } } })
    expect(stored?.descriptor.digest).toBe(stored?.diffId) // not compressed here
    // The root's own entry is in the image alone.
    expect(stored?.erofs?.size).toBe((stored?.descriptor.size ?? 0) + 512)
  })

  test('leaves nothing in the folder for temporary files when a program fails', async () => {
    const before = readdirSync(tmpdir()).filter(name => name.startsWith('nix-seed-erofs-'))
    const erofs = { program: program('mkfs', 'echo half > "$3"; cat > /dev/null; exit 1'), arguments: [] }
    const packing = { zstd: program('zstd', 'exec /bin/cat'), erofs, repository: new HashRepository(), memo: new Map() }
    await expect(storeLayers([layer('a'), layer('b')], packing, ports())).rejects.toMatchObject({ code: 'TOOL_FAILED' })
    const after = readdirSync(tmpdir()).filter(name => name.startsWith('nix-seed-erofs-'))
    expect(after.filter(name => !before.includes(name))).toEqual([])
  })
})
