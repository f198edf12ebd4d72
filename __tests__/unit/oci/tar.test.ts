import { afterAll, describe, expect, test } from '@jest/globals'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TAR_END, tarHeader, tarPadding } from '../../../src/oci/tar.ts'
import { readTar, type TarMember } from '../../../src/oci/untar.ts'
import { tarStream, walkTree, type Member } from '../../../src/seed/tree.ts'

const bytes = (path: string): Buffer => Buffer.from(path, 'latin1')

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of stream) pieces.push(Buffer.from(piece)) // a piece is valid until the next one
  return Buffer.concat(pieces)
}

interface Seen extends Omit<TarMember, 'offset'> {
  content: string
}

async function read(archive: Buffer, step = archive.length): Promise<Seen[]> {
  const seen: Seen[] = []
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let at = 0; at < archive.length; at += step) yield archive.subarray(at, at + step)
  }
  await readTar(pieces(), {
    begin({ offset: _, ...member }) {
      seen.push({ ...member, content: '' })
    },
    data(piece) {
      const last = seen.at(-1)
      if (last) last.content += piece.toString('latin1')
    },
    end() {}
  })
  return seen
}

/** A tree with everything that makes tar writers differ. */
function makeTree(scramble: boolean): string {
  const root = mkdtempSync(join(tmpdir(), 'nix-seed-tar-'))
  const top = join(root, 'tree')
  const make = [
    () => writeFileSync(join(top, 'plain'), 'hello\n'),
    () => writeFileSync(join(top, 'empty'), ''),
    () => writeFileSync(join(top, 'program'), '#!/bin/sh\n', { mode: 0o755 }),
    () => writeFileSync(join(top, 'block'), Buffer.alloc(512, 'b')),
    () => symlinkSync('plain', join(top, 'link')),
    () => symlinkSync('x'.repeat(200), join(top, 'long-link')),
    () => symlinkSync('missing', join(top, 'dangling')),
    () => mkdirSync(join(top, 'empty-folder')),
    () => writeFileSync(join(top, 'n'.repeat(150)), 'long name'),
    () => writeFileSync(Buffer.concat([bytes(`${top}/latin`), Buffer.from([0xe9])]), 'not UTF-8'),
    () => writeFileSync(Buffer.concat([bytes(`${top}/`), Buffer.alloc(120, 0xfe)]), 'long and not UTF-8'),
    () => writeFileSync(join(top, 'snowman-\u2603'), 'UTF-8'),
    () => {
      writeFileSync(join(top, 'sparse'), 'start')
      truncateSync(join(top, 'sparse'), 300_000)
    },
    () => {
      mkdirSync(join(top, 'a'))
      writeFileSync(join(top, 'a', 'child'), 'in a folder')
      writeFileSync(join(top, 'a.b'), 'sorts after the folder')
    }
  ]
  mkdirSync(top)
  for (const step of scramble ? make.reverse() : make) step()
  if (scramble) {
    // None of this is kept by the Nix store's own archive format, so none of it may show.
    chmodSync(join(top, 'plain'), 0o600)
    chmodSync(join(top, 'program'), 0o711)
    utimesSync(join(top, 'plain'), 1e9, 1e9)
    rmSync(join(top, 'empty'))
    execFileSync('cp', ['/dev/null', join(top, 'empty')])
  }
  return top
}

describe('tarHeader', () => {
  test('writes the same bytes for the same entry', () => {
    const header = tarHeader({ path: bytes('nix/store/x'), type: 'file', mode: 0o444, size: 5 })
    expect(header).toHaveLength(512)
    expect(header.toString('latin1', 0, 11)).toBe('nix/store/x')
    expect(header.toString('latin1', 100, 164)).toBe(
      '0000444\u00000000000\u00000000000\u000000000000005\u000000000000001\u0000010063\u0000 0\u0000\u0000\u0000\u0000\u0000\u0000\u0000'.slice(
        0,
        64
      )
    )
  })

  test.each([
    [100, 512],
    [101, 1536]
  ])('puts a name of %i bytes into %i bytes of header', (length, size) => {
    expect(tarHeader({ path: Buffer.alloc(length, 'n'), type: 'file', mode: 0o444, size: 0 })).toHaveLength(size)
  })

  // The length of a pax record counts its own digits: the sizes around a carry are where writers go wrong.
  test.each([101, 102, 103, 985, 986, 987, 988, 989, 990, 991, 992, 993])(
    'a pax name of %i bytes is read back',
    async length => {
      const path = Buffer.alloc(length, 'p')
      const archive = Buffer.concat([tarHeader({ path, type: 'file', mode: 0o444, size: 0 }), TAR_END])
      expect((await read(archive)).map(member => member.path.length)).toEqual([length])
    }
  )

  test('a size of 8 GiB and more goes into a pax record', () => {
    const header = tarHeader({ path: bytes('big'), type: 'file', mode: 0o444, size: 8 * 1024 ** 3 })
    expect(header.toString('latin1')).toContain('19 size=8589934592\n')
  })

  test.each(['', '/absolute', 'nul\0byte'])('refuses the path %j', path => {
    expect(() => tarHeader({ path: bytes(path), type: 'file', mode: 0o444, size: 0 })).toThrow(RangeError)
  })

  test.each([
    [0, 0],
    [1, 511],
    [512, 0],
    [513, 511]
  ])('%i bytes are followed by %i of padding', (size, padding) => {
    expect(tarPadding(size)).toBe(padding)
  })
})

describe('tarStream', () => {
  const tops: string[] = []
  const tree = (scramble: boolean): Iterable<Member> => {
    const top = makeTree(scramble)
    tops.push(join(top, '..'))
    return walkTree(Buffer.from(top), bytes('nix/store/tree'))
  }
  afterAll(() => {
    for (const top of tops) rmSync(top, { recursive: true, force: true })
  })

  test('has a golden digest', async () => {
    const archive = await collect(tarStream(tree(false)))
    expect(createHash('sha256').update(archive).digest('hex')).toMatchInlineSnapshot(
      `"c50b6831d9a367a6d3b8fc91aef47880e33cceb2d1f58cf68d026a832fa6cd57"`
    )
  })

  test('does not depend on the order of creation, on times, owners or permissions', async () => {
    const [one, other] = await Promise.all([collect(tarStream(tree(false))), collect(tarStream(tree(true)))])
    expect(other.equals(one)).toBe(true)
  })

  test('is read back by our reader, whatever the pieces', async () => {
    const archive = await collect(tarStream(tree(false)))
    const whole = await read(archive)
    expect(await read(archive, 1000)).toEqual(whole)
    expect(await read(archive, 7)).toEqual(whole)
    const byPath = new Map(whole.map(member => [member.path.toString('latin1').slice('nix/store/tree'.length), member]))
    expect(byPath.get('')).toMatchObject({ type: 'directory', mode: 0o555 })
    expect(byPath.get('/plain')).toMatchObject({ type: 'file', mode: 0o444, content: 'hello\n' })
    expect(byPath.get('/program')).toMatchObject({ mode: 0o555 })
    expect(byPath.get('/long-link')).toMatchObject({ type: 'symlink', target: Buffer.alloc(200, 'x') })
    expect(byPath.get('/latin\xe9')?.content).toBe('not UTF-8')
    expect(byPath.get(`/${'\xfe'.repeat(120)}`)?.content).toBe('long and not UTF-8')
    expect(byPath.get('/sparse')?.content).toBe(`start${'\0'.repeat(299_995)}`)
    expect([...byPath.keys()]).toEqual([...byPath.keys()].sort((a, b) => (pathOrder(a) < pathOrder(b) ? -1 : 1)))
  })

  test('is read back by GNU tar', async () => {
    const archive = await collect(tarStream(tree(false)))
    const folder = mkdtempSync(join(tmpdir(), 'nix-seed-tar-'))
    tops.push(folder)
    execFileSync('tar', ['-x', '-C', folder], { input: archive })
    const again = await collect(
      tarStream(walkTree(Buffer.from(join(folder, 'nix/store/tree')), bytes('nix/store/tree')))
    )
    expect(again.equals(archive)).toBe(true)
    const listing = execFileSync('tar', ['-tv', '--numeric-owner', '--utc'], { input: archive }).toString()
    for (const line of listing.trim().split('\n'))
      expect(line).toMatch(/^(-r--r--r--|[-d]r-xr-xr-x|lrwxrwxrwx) 0\/0 .* 1970-01-01 00:00 /)
  })

  test('refuses what the Nix store cannot hold', () => {
    const folder = mkdtempSync(join(tmpdir(), 'nix-seed-tar-'))
    tops.push(folder)
    execFileSync('mkfifo', [join(folder, 'pipe')])
    expect(() => [...walkTree(Buffer.from(folder), bytes('x'))]).toThrow(/neither a file/)
  })
})

describe('readTar', () => {
  const archive = Buffer.concat([
    tarHeader({ path: bytes('a'), type: 'file', mode: 0o444, size: 3 }),
    Buffer.from('abc'),
    Buffer.alloc(509),
    TAR_END
  ])

  test.each([100, 512, 600, 1024])('an archive cut after %i bytes is an error', async length => {
    await expect(read(archive.subarray(0, length))).rejects.toMatchObject({ code: 'CONTENT_INVALID' })
  })

  test('a damaged header is an error', async () => {
    const damaged = Buffer.from(archive)
    damaged[0] = 0x62
    await expect(read(damaged)).rejects.toThrow(/checksum/)
  })

  test('reads what GNU tar writes with long names and hard links', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nix-seed-tar-'))
    try {
      writeFileSync(join(folder, 'l'.repeat(180)), 'long')
      execFileSync('ln', [join(folder, 'l'.repeat(180)), join(folder, 'zz-hard')])
      const gnu = execFileSync('tar', ['-c', '--format=gnu', '--sort=name', '-C', folder, '.'])
      const members = await read(gnu, 100)
      expect(members.map(member => [member.path.toString(), member.type])).toEqual([
        ['', 'directory'],
        ['l'.repeat(180), 'file'],
        ['zz-hard', 'hardlink']
      ])
      expect(members[2]?.target.toString()).toBe(`./${'l'.repeat(180)}`)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

/** Byte order of path components, the folder before its content. */
function pathOrder(path: string): string {
  return path.replaceAll('/', '\0')
}
