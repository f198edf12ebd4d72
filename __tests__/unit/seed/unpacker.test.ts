import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { randomFillSync } from 'node:crypto'
import { lstatSync, mkdtempSync, readFileSync, readlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { SeedError, systemCode } from '../../../src/errors.ts'
import { MEDIA_TYPE } from '../../../src/oci/types.ts'
import { removeTree } from '../../../src/removal.ts'
import { tarStream, type Member } from '../../../src/seed/tree.ts'
import { released, type UnpackTask } from '../../../src/seed/unpack.ts'
import { Unpacker } from '../../../src/seed/unpacker.ts'

const NAME = `${'a'.repeat(32)}-hello-1.0`
const OTHER = `${'b'.repeat(32)}-other-1.0`
/** Larger than what is on the way to the thread at a time, and does not get smaller. */
const LARGE = randomFillSync(Buffer.alloc(5_000_000))

let folder: string
let unpacker: Unpacker

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nix-seed-unpacker-'))
  unpacker = new Unpacker()
})
afterEach(async () => {
  await unpacker.close()
  await removeTree(folder)
})

const directory = (path: string): Member => ({ type: 'directory', path: Buffer.from(path), mode: 0o555 })
const file = (path: string, bytes: Buffer, mode = 0o444): Member => ({
  type: 'file',
  path: Buffer.from(path),
  bytes,
  mode
})

async function layer(members: Member[]): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of tarStream(members)) pieces.push(Buffer.from(piece))
  return zstdCompressSync(Buffer.concat(pieces))
}

const helloLayer = (): Promise<Buffer> =>
  layer([
    directory(`nix/store/${NAME}`),
    directory(`nix/store/${NAME}/bin`),
    file(`nix/store/${NAME}/bin/hello`, Buffer.from('#!/bin/sh\n'), 0o555),
    file(`nix/store/${NAME}/large`, LARGE),
    { type: 'symlink', path: Buffer.from(`nix/store/${NAME}/link`), target: Buffer.from('bin/hello') },
    directory(`nix/store/${OTHER}`),
    file(`nix/store/${OTHER}/read past`, Buffer.from('not wanted'))
  ])

/** As a network gives them: pieces of 60 kB of a larger buffer. */
async function* pieces(bytes: Buffer, failure?: Error): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 60_000) yield bytes.subarray(at, at + 60_000)
  if (failure) throw failure
}

const task = (changes: Partial<UnpackTask> = {}): UnpackTask => ({
  mediaType: MEDIA_TYPE.layerTarZstd,
  expected: new Set([NAME, OTHER]),
  wanted: new Set([NAME]),
  folder,
  ...changes
})
const idle = new AbortController().signal

describe('a thread that unpacks', () => {
  test('writes what is wanted, as the store has it', async () => {
    const written = await unpacker.unpack(task(), pieces(await helloLayer()), idle)
    expect([...written]).toEqual([NAME])
    const at = (path: string): string => join(folder, NAME, path)
    expect(readFileSync(at('large')).equals(LARGE)).toBe(true)
    expect(readFileSync(at('bin/hello'), 'utf8')).toBe('#!/bin/sh\n')
    expect(readlinkSync(at('link'))).toBe('bin/hello')
    expect(['bin/hello', 'large', 'bin'].map(path => lstatSync(at(path)).mode & 0o777)).toEqual([0o555, 0o444, 0o555])
    expect(['bin/hello', 'link', 'bin', ''].map(path => lstatSync(at(path)).mtimeMs)).toEqual([1000, 1000, 1000, 1000])
    expect(() => lstatSync(join(folder, OTHER))).toThrow('ENOENT')
  })

  test('takes one layer after another, also after one that failed', async () => {
    const foreign = await layer([directory('nix/store/passwd'), file('nix/store/passwd/x', LARGE)])
    const failure: unknown = await unpacker.unpack(task(), pieces(foreign), idle).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(SeedError)
    expect(failure).toMatchObject({ code: 'CONTENT_INVALID', hint: expect.stringContaining('do not use it') })
    const second = await layer([directory(`nix/store/${OTHER}`)])
    await unpacker.unpack(task({ wanted: new Set([OTHER]) }), pieces(second), idle)
    expect(lstatSync(join(folder, OTHER)).isDirectory()).toBe(true)
  })

  test('is not done where the bytes turn out to be wrong in the end', async () => {
    const failure = new SeedError('DIGEST_MISMATCH', 'has other content')
    await expect(unpacker.unpack(task(), pieces(await helloLayer(), failure), idle)).rejects.toBe(failure)
  })

  test('fails for bytes that are not compressed, and for an archive that is cut off', async () => {
    await expect(unpacker.unpack(task(), pieces(LARGE), idle)).rejects.toThrow()
    const whole = await helloLayer()
    await expect(unpacker.unpack(task(), pieces(whole.subarray(0, 300_000)), idle)).rejects.toThrow()
  })

  test('keeps the code of what the disk says', async () => {
    const unpacking = unpacker.unpack(task({ folder: join(folder, 'missing') }), pieces(await helloLayer()), idle)
    expect(systemCode(await unpacking.catch((error: unknown) => error))).toBe('ENOENT')
  })

  test('stops in the middle when it is aborted', async () => {
    const abort = new AbortController()
    async function* endless(bytes: Buffer): AsyncGenerator<Uint8Array> {
      yield* pieces(bytes.subarray(0, 120_000))
      abort.abort(new Error('enough'))
      await new Promise(() => {}) // a server that says nothing more
    }
    await expect(unpacker.unpack(task(), endless(await helloLayer()), abort.signal)).rejects.toThrow('enough')
  })

  test('fails what it does when its thread is ended', async () => {
    const bytes = await helloLayer()
    async function* interrupted(): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, 120_000)
      await unpacker.close()
      yield bytes.subarray(120_000)
    }
    await expect(unpacker.unpack(task(), interrupted(), idle)).rejects.toThrow('has ended')
  })
})

describe('released', () => {
  test('gives memory back with the piece that ends it, and not before', async () => {
    const memory = new ArrayBuffer(8)
    async function* halves(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(memory, 0, 4)
      yield new Uint8Array(memory, 4)
    }
    const lengths: number[] = []
    for await (const piece of released(halves())) lengths.push(piece.byteLength, memory.byteLength)
    expect([...lengths, memory.byteLength]).toEqual([4, 8, 4, 8, 0])
  })
})
