/**
 * A closure as data: a line for each store path, sorted by path, with the path's name in the store, the bytes of its NAR,
 * the bytes of its tar archive compressed as a layer of its own, and what it refers to as numbers of lines from 0.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import type { PathInfo } from '../../src/nix/closure.ts'

export interface MeasuredPath extends PathInfo {
  /** Bytes as a compressed layer of its own. */
  compressed: number
}

const STORE = '/nix/store/'

export function readClosureFile(file: string): MeasuredPath[] {
  const rows = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => line.split('\t'))
  const paths = rows.map(([name]) => `${STORE}${name ?? ''}`)
  return rows.map(([, narSize, compressed, references = ''], at) => ({
    path: paths[at] ?? '',
    narHash: '',
    narSize: Number(narSize),
    compressed: Number(compressed),
    references: references === '' ? [] : references.split(' ').map(row => paths[Number(row)] ?? '')
  }))
}

export function writeClosureFile(file: string, closure: readonly MeasuredPath[]): void {
  const sorted = [...closure].sort((a, b) => (a.path < b.path ? -1 : 1))
  const rows = new Map(sorted.map((info, at) => [info.path, at]))
  const lines = sorted.map(({ path, narSize, compressed, references }) => {
    const others = references.map(other => rows.get(other)).sort((a = 0, b = 0) => a - b)
    return [path.slice(STORE.length), narSize, compressed, others.join(' ')].join('\t')
  })
  writeFileSync(file, `${lines.join('\n')}\n`)
}
