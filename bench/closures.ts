/**
 * Writes down the closures that `npm run bench -- plan` plans layers for: the lab's large package set at its three points
 * in time, built by Nix, so that an update has the hashes that Nix gives it. Takes some minutes, and a mirror to fetch
 * from; its result is data/*.tsv, and differs with the mirror's state.
 *
 *   npm run bench -- closures
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { PACKAGES } from '../lab/packages/materialize.ts'
import { SETS, type SetName } from '../lab/packages/suites.ts'
import { parsePathInfo, type PathInfo } from '../src/nix/closure.ts'
import { writeClosureFile } from './support/closure-file.ts'

const DATA = join(import.meta.dirname, 'data')

function measureSet(set: SetName): void {
  const prepare = join(import.meta.dirname, '../lab/packages/prepare.ts')
  execFileSync(process.execPath, [prepare, '--large', '--set', set], { stdio: 'inherit' })
  const attribute = `path:${join(PACKAGES, set)}#legacyPackages.${system()}.benchClosure`
  const root = nix('build', '--no-link', '--print-out-paths', attribute).trim()
  const closure = parsePathInfo(JSON.parse(nix('path-info', '--recursive', '--json', '--json-format', '1', root)))
  console.error(`${set}: compressing ${closure.length} paths`)
  // The root is a list of all others: it would make every update one of everything.
  const measured = closure.filter(({ path }) => path !== root).map(info => ({ ...info, compressed: compress(info) }))
  writeClosureFile(join(DATA, `${set}.tsv`), measured)
}

function compress({ path }: PathInfo): number {
  const pipe = `tar -C / --sort=name --mtime=@1 --owner=0 --group=0 -c ${path.slice(1)} | zstd -q -3 | wc -c`
  return Number(execFileSync('sh', ['-c', pipe]).toString())
}

function system(): string {
  return nix('eval', '--impure', '--raw', '--expr', 'builtins.currentSystem')
}

function nix(...args: string[]): string {
  return execFileSync('nix', args, { maxBuffer: 1e8, stdio: ['ignore', 'pipe', 'inherit'] }).toString()
}

mkdirSync(DATA, { recursive: true })
SETS.forEach(measureSet)
