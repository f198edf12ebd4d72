import { describe, expect, test } from '@jest/globals'
import { narHashOfTree } from '../../../src/nix/nar.ts'

const file = (path: string, text = '', executable?: boolean) => ({
  path,
  bytes: Buffer.from(text),
  ...(executable !== undefined && { executable })
})

/** Names whose order by bytes is not that by UTF-16 units; a folder and a file that begins with its name. */
const TREE = [
  file('bin/run', '#!/bin/sh\n', true),
  file('lib/empty'),
  file('lib/deep/eight', '12345678'),
  file('lib.txt', 'x'),
  file('\u{1f600}', 'a'),
  file('\ufb33', 'b')
]

describe('narHashOfTree', () => {
  // What `nix hash path` of Nix 2.34 says of the same folders.
  test.each([
    ['an empty folder', [], 'sha256-pQpattmS9VmO3ZIQUFn66az8GSmB4IvYhTTCFn6SUmo='],
    ['one file', [file('seed.json', 'hi')], 'sha256-IrE7PffEjnf2kjIe40VCNRLEWkcxWW3oYIG5vtmLzfo='],
    ['folders, and files of all kinds', TREE, 'sha256-BFX9BgvXKMN8WbzL4sYBLNjgY9LblUOgUpJIFYsgNEQ=']
  ])('is that of %s', (_, files, hash) => {
    expect(narHashOfTree(files)).toBe(hash)
  })

  test('does not depend on the order of the files', () => {
    expect(narHashOfTree([...TREE].reverse())).toBe(narHashOfTree(TREE))
  })

  test.each([
    ['the name', [file('seed.jso', 'hi')]],
    ['the content', [file('seed.json', 'ho')]],
    ['the length', [file('seed.json', 'hi\0')]],
    ['the executable bit', [file('seed.json', 'hi', true)]],
    ['the folder', [file('a/seed.json', 'hi')]],
    ['another file', [file('seed.json', 'hi'), file('a')]]
  ])('changes with %s', (_, files) => {
    expect(narHashOfTree(files)).not.toBe(narHashOfTree([file('seed.json', 'hi')]))
  })

  test.each([
    [['a', 'a'], 'there twice'],
    [['a/b', 'a'], 'there twice'],
    [['a', 'a/b'], 'lies in a file'],
    [['/a'], 'no relative path'],
    [['a/'], 'no relative path'],
    [['a//b'], 'no relative path'],
    [['a/../b'], 'no relative path'],
    [['.'], 'no relative path'],
    [[''], 'no relative path'],
    [['a\0b'], 'no relative path']
  ])('refuses the paths %j', (paths, message) => {
    expect(() => narHashOfTree(paths.map(path => file(path)))).toThrow(
      expect.objectContaining({ code: 'STORE_INVALID', message: expect.stringContaining(message) })
    )
  })
})
