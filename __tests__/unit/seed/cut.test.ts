import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Flake } from '../../../src/nix/flake.ts'
import { parseFlakeLock } from '../../../src/nix/flake-lock.ts'
import type { Ports } from '../../../src/ports.ts'
import { silentLog, silentProgress } from '../../../src/ports.ts'
import { flippedReference, withFlippedTree } from '../../../src/seed/flipped-tree.ts'
import { withoutTrace } from '../../../src/seed/targets.ts'
import { failureOf } from '../../support/failure.ts'

let folder: string
let tree: string
const ODD_NAME = Buffer.from([0x6f, 0xff, 0x0a, 0x64])

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nix-seed-test-'))
  tree = join(folder, 'tree')
  mkdirSync(join(tree, 'sub/empty'), { recursive: true })
  mkdirSync(join(folder, 'tmp'))
  writeFileSync(join(tree, 'plain'), 'text')
  writeFileSync(join(tree, 'sub/script'), '#!/bin/sh')
  writeFileSync(Buffer.concat([Buffer.from(`${tree}/sub/`), ODD_NAME]), 'odd')
  symlinkSync('../plain', join(tree, 'sub/link'))
  symlinkSync('nowhere', join(tree, 'dangling'))
  chmodSync(join(tree, 'plain'), 0o444)
  chmodSync(join(tree, 'sub/script'), 0o555)
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

const flake = (overrides: Partial<Flake> = {}): Flake => ({
  reference: 'path:/x',
  url: 'path:/x',
  sourcePath: tree,
  narHash: 'sha256-x',
  dir: '',
  lockFile: '/x/flake.lock',
  lock: parseFlakeLock('{"nodes":{"root":{}},"root":"root","version":7}', 'flake.lock'),
  type: 'path',
  lastModified: 100,
  ...overrides
})
const ports = (signal = new AbortController().signal): Ports => ({
  log: silentLog,
  progress: silentProgress,
  env: { TMPDIR: join(folder, 'tmp') },
  signal
})
const pathOf = (reference: string) => decodeURIComponent(reference.replace(/^path:/, '').replace(/\?.*/, ''))

describe('the flipped tree', () => {
  test('has the same files with the other mode, and nobody else can read it', async () => {
    await withFlippedTree(flake(), ports(), async reference => {
      const copy = pathOf(reference)
      expect(lstatSync(join(copy, '..')).mode & 0o777).toBe(0o700)
      expect(lstatSync(join(copy, 'plain')).mode & 0o777).toBe(0o755)
      expect(lstatSync(join(copy, 'sub/script')).mode & 0o777).toBe(0o644)
      expect(readFileSync(join(copy, 'plain'), 'utf8')).toBe('text')
      expect(readlinkSync(join(copy, 'sub/link'))).toBe('../plain')
      expect(readlinkSync(join(copy, 'dangling'))).toBe('nowhere')
      const names = readdirSync(join(copy, 'sub'), { encoding: 'buffer' }).map(name =>
        Buffer.from(name).toString('latin1')
      )
      expect(names.sort()).toEqual(['empty', 'link', ODD_NAME.toString('latin1'), 'script'].sort())
      await Promise.resolve()
    })
    expect(readdirSync(join(folder, 'tmp'))).toEqual([])
  })

  test('is newer than the tree, so that its time is another one', async () => {
    const future = Math.floor(Date.now() / 1000) + 1000
    for (const lastModified of [0, future]) {
      await withFlippedTree(flake({ lastModified }), ports(), async reference => {
        expect(lstatSync(pathOf(reference)).mtimeMs / 1000).toBeGreaterThan(Math.max(lastModified, Date.now() / 1000))
        await Promise.resolve()
      })
    }
  })

  test('is removed when its use fails', async () => {
    const error = await failureOf(withFlippedTree(flake(), ports(), () => Promise.reject(new Error('no'))))
    expect(error.message).toBe('no')
    expect(readdirSync(join(folder, 'tmp'))).toEqual([])
  })

  test('is removed when an abort stops the copy', async () => {
    const error = await failureOf(withFlippedTree(flake(), ports(AbortSignal.abort()), () => Promise.resolve()))
    expect(error.code).toBe('INTERRUPTED')
    expect(readdirSync(join(folder, 'tmp'))).toEqual([])
  })

  test('that cannot be made says where', async () => {
    const missing = join(folder, 'missing')
    const error = await failureOf(
      withFlippedTree(flake(), { ...ports(), env: { TMPDIR: missing } }, () => Promise.resolve())
    )
    expect(error).toMatchObject({ code: 'FILE_SYSTEM', resource: missing })
  })
})

describe('the reference to it', () => {
  const parameters = (overrides: Partial<Flake>) =>
    Object.fromEntries(new URLSearchParams(flippedReference(flake(overrides), '/tmp/x').split('?')[1]))

  test('has another commit, with every digit changed, where the flake has one', () => {
    const rev = '0123456789abcdef0123456789abcdef01234567'
    const other = 'fedcba9876543210fedcba9876543210fedcba98'
    expect(parameters({ type: 'git', rev, revCount: 7 })).toEqual({ rev: other, revCount: '8' })
    expect(parameters({ type: 'git', dirtyRev: `${rev}-dirty` })).toEqual({ rev: other })
    expect(parameters({ type: 'git' })).toEqual({ rev: 'f'.repeat(40) })
    expect(parameters({ type: 'path' })).toEqual({})
  })

  test('names the folder of the flake, and a path with any characters', () => {
    expect(flippedReference(flake({ dir: 'a b/c' }), '/tmp/é x#?/y')).toBe('path:/tmp/%C3%A9%20x%23%3F/y?dir=a%20b%2Fc')
  })
})

describe('withoutTrace', () => {
  const place =
    '       at /nix/store/x/flake.nix:3:5:\n            2| {\n            3|   a = throw "no";\n             |       ^'

  test('keeps the innermost error and its place, which Nix prints last', () => {
    const stderr = `warning: dirty\nerror:\n       … while evaluating\n${place}\n\n       … while calling\n\n       error: no\n${place}`
    expect(withoutTrace(stderr)).toBe(`error: no\n${place}`)
  })

  test('or first, until Nix 2.18', () => {
    expect(withoutTrace(`error: no\n\n${place}\n\n       … while evaluating\n\n${place}`)).toBe(`error: no\n\n${place}`)
  })

  test('keeps the failure of a build that evaluation needed', () => {
    const build = "error: Cannot build 'x.drv'.\n       Reason: builder failed\n       > the reason"
    expect(withoutTrace(`${build}\nerror:\n       … while\n\n       error: Cannot build 'y'`)).toBe(
      `${build}\nerror: Cannot build 'y'`
    )
  })
})
