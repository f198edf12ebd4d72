/** The constant part of a seed for a flake that declares none, by the project's own Nix library. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SeedError } from '../errors.ts'
import { evalExpression, nixString } from '../nix/evaluate.ts'
import type { Flake } from '../nix/flake.ts'
import type { Ports } from '../ports.ts'

/**
 * Instantiates the descriptor of a seed without cut for `flake`, and returns its derivation's path.
 *
 * @throws SeedError NIX_EVALUATION, among others where no input of the flake is a nixpkgs
 */
export async function automaticDerivation(flake: Flake, system: string, ports: Ports): Promise<string> {
  const file = join(nixLibrary(), 'automatic.nix')
  const expression = `(import ${nixString(file)} {
    flake = ${nixString(flake.reference)};
    system = ${nixString(system)};
  }).drvPath`
  return (await evalExpression(expression, ports, {
    impure: true,
    task: 'prepare a seed for the flake',
    resource: flake.reference
  })) as string
}

/** The function of the Nix library that finds licences, as an expression: a pure evaluation may read no file. */
export async function licensesFunction(): Promise<string> {
  return `(${await readFile(join(nixLibrary(), 'licenses.nix'), 'utf8')})`
}

/** The folder of the Nix library: beside the bundle (`dist/nix`) or, where the sources run unbuilt, the project's own. */
function nixLibrary(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  const folder = [join(here, '../nix'), join(here, '../../nix')].find(path => existsSync(join(path, 'automatic.nix')))
  if (folder !== undefined) return folder
  throw new SeedError('FILE_SYSTEM', 'the Nix library of nix-seed is not beside the program', {
    resource: join(here, '../nix'),
    hint: 'Install nix-seed again, with the whole of its dist folder.'
  })
}
