import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { SeedError } from '../../src/errors.ts'
import { fail } from './failure.ts'
import { SETS } from './suites.ts'
import type { SetName } from './suites.ts'

/** Where the prepare step keeps its results; tests look here. */
export const PACKAGES = '/lab/packages'

/** The index of a prepared set. */
export function indexPath(set: SetName): string {
  return join(PACKAGES, 'index', `${set}.json`)
}

/**
 * Writes a flake that stands in for nixpkgs: usable as `inputs.nixpkgs.url = "path:FOLDER"`. What `folder` holds is
 * replaced if it is such a flake or empty.
 *
 * @throws USAGE if the set was not prepared, or `folder` holds something else
 */
export function materialize(set: SetName, folder: string): void {
  const index = indexPath(set)
  if (!existsSync(index)) {
    throw new SeedError('USAGE', `the package set ${set} is not prepared`, {
      hint: `Run node lab/packages/prepare.ts --set ${set} where there is a network.`
    })
  }
  if (existsSync(folder) && readdirSync(folder).length > 0 && !existsSync(join(folder, 'index.json'))) {
    throw new SeedError('USAGE', `${folder} is not empty and holds no package set`)
  }
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  cpSync(join(import.meta.dirname, 'flake'), folder, { recursive: true })
  cpSync(index, join(folder, 'index.json'))
}

/** @throws USAGE if `name` is no set */
export function parseSet(name: string): SetName {
  const set = SETS.find(known => known === name)
  if (set === undefined) throw new SeedError('USAGE', `no package set ${name}, only ${SETS.join(', ')}`)
  return set
}

function main(): void {
  const { values, positionals } = parseArgs({
    options: { set: { type: 'string', default: 'current' } },
    allowPositionals: true
  })
  const [folder] = positionals
  if (folder === undefined) {
    throw new SeedError('USAGE', 'usage: node lab/packages/materialize.ts [--set current|old|new] FOLDER')
  }
  materialize(parseSet(values.set), resolve(folder))
}

if (import.meta.main) {
  try {
    main()
  } catch (error) {
    fail(error)
  }
}
