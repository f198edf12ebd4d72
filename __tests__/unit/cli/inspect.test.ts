import { expect, test } from '@jest/globals'
import { inspect, render } from '../../../src/cli/inspect.ts'
import type { PathInfo } from '../../../src/nix/closure.ts'
import type { Descriptor } from '../../../src/oci/types.ts'
import { makeTable, type SeedImage } from '../../../src/seed/image.ts'

const path = (name: string): string => `/nix/store/${'0'.repeat(32)}-${name}`
const info = (name: string, narSize: number, ...references: string[]): PathInfo => ({
  path: path(name),
  narHash: `sha256:${'0'.repeat(64)}`,
  narSize,
  references: references.map(path)
})
const blob = (size: number): Descriptor => ({ mediaType: 'x', digest: `sha256:${'0'.repeat(64)}`, size })

const CLOSURE = [info('a', 1000, 'c'), info('b', 2000, 'c'), info('c', 4000), info('nix', 8000)]
const LAYERS = [CLOSURE.slice(0, 1), CLOSURE.slice(1, 2), CLOSURE.slice(2)]
const OUTPUTS = {
  'packages.x86_64-linux.one': [path('a')],
  'checks.x86_64-linux.two': [path('a'), path('b')],
  'apps.x86_64-linux.none': []
}

function image(outputs: Record<string, string[]> | undefined, erofs: number[] = []): SeedImage {
  const roots = ['a', 'b', 'nix'].map(path)
  const table = makeTable('seed', 'x86_64-linux', roots, path('nix'), CLOSURE, LAYERS, {}, outputs)
  const config = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [] }, 'dev.nix-seed': table }
  return {
    index: blob(1),
    indexAnnotations: {},
    manifest: blob(1),
    layers: [10, 20, 40, 80].map(blob),
    config: config as SeedImage['config'],
    ...(erofs.length > 0 && { erofs: { manifest: blob(1), layers: erofs.map(blob) } })
  }
}

test('tells what each output fetches, and what any of them does', () => {
  const { outputs, shared } = inspect(image(OUTPUTS, [11, 22, 44, 88]))
  expect(outputs).toEqual({
    'apps.x86_64-linux.none': { paths: 1, narBytes: 8000, layers: 1, bytes: 40, erofsBytes: 44 },
    'checks.x86_64-linux.two': { paths: 4, narBytes: 15000, layers: 3, bytes: 70, erofsBytes: 77 },
    'packages.x86_64-linux.one': { paths: 3, narBytes: 13000, layers: 2, bytes: 50, erofsBytes: 55 }
  })
  expect(shared).toEqual({ paths: 1, narBytes: 8000, layers: 1, bytes: 40, erofsBytes: 44 })
})

test('shows it as a table', () => {
  const text = render(inspect(image(OUTPUTS)), false)
  expect(text.slice(text.indexOf('compressed    unpacked  paths  layers'))).toBe(
    [
      'compressed    unpacked  paths  layers  restore --for',
      '      40 B     8.00 kB      1       1  apps.x86_64-linux.none',
      '      70 B     15.0 kB      4       3  checks.x86_64-linux.two',
      '      50 B     13.0 kB      3       2  packages.x86_64-linux.one',
      '      40 B     8.00 kB      1       1  (what any of them takes)',
      ''
    ].join('\n')
  )
})

test('says nothing of outputs where the seed does not', () => {
  const inspection = inspect(image(undefined))
  expect(inspection).not.toHaveProperty('outputs')
  expect(inspection).not.toHaveProperty('shared')
  expect(render(inspection, true)).not.toContain('--for')
})
