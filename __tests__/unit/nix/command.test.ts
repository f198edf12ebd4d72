import { describe, expect, test } from '@jest/globals'
import { argumentChunks, isAtLeast, nixMessage, parseNixVersion } from '../../../src/nix/command.ts'

describe('parseNixVersion', () => {
  test.each([
    ['nix (Nix) 2.34.8\n', '2.34.8', 2, 34],
    ['nix (Nix) 2.8.0', '2.8.0', 2, 8],
    ['nix (Nix) 2.32.0pre20250901_abcdef1', '2.32.0pre20250901_abcdef1', 2, 32],
    ['nix (Determinate Nix 3.11.2) 2.31.2', '2.31.2', 2, 31],
    ['nix (Lix, like Nix) 2.93.0\nSystem type: x86_64-linux', '2.93.0', 2, 18]
  ])('%j', (output, text, major, minor) => {
    expect(parseNixVersion(output)).toEqual({ text, major, minor })
  })

  test('anything else fails and is shown', () => {
    expect(() => parseNixVersion('hello\n')).toThrow('"nix --version" printed no version: hello')
  })
})

test('isAtLeast compares numbers and not text', () => {
  expect(isAtLeast({ text: '', major: 2, minor: 8 }, 2, 15)).toBe(false)
  expect(isAtLeast({ text: '', major: 2, minor: 15 }, 2, 15)).toBe(true)
  expect(isAtLeast({ text: '', major: 3, minor: 0 }, 2, 15)).toBe(true)
})

describe('nixMessage', () => {
  test('begins with the error and drops what came before', () => {
    const stderr =
      "warning: Git tree '/x' is dirty\nbuilding '/nix/store/…-x.drv'...\nerror:\n       … while x\n\n       error: no"
    expect(nixMessage(stderr)).toBe('error:\n       … while x\n\n       error: no')
  })

  test('without an error line, all but warnings is shown', () => {
    expect(nixMessage("warning: dirty\ndon't know how to build these paths:\n  /nix/store/x")).toBe(
      "don't know how to build these paths:\n  /nix/store/x"
    )
    expect(nixMessage('')).toBe('Nix printed no message')
  })
})

describe('argumentChunks', () => {
  test('keeps order and loses nothing', () => {
    const values = Array.from({ length: 10_000 }, (_, i) => `/nix/store/${'x'.repeat(50)}-${i}`)
    const chunks = argumentChunks(values)
    expect(chunks.flat()).toEqual(values)
    expect(chunks.length).toBeGreaterThan(1)
    for (const chunk of chunks) expect(chunk.join(' ').length).toBeLessThanOrEqual(200_000)
  })

  test('of nothing is nothing, so that nothing is run', () => {
    expect(argumentChunks([])).toEqual([])
  })
})
