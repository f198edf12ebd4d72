/** Projects of the lab whose seeds are measured. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { writeExample, writeInputs, type Inputs } from '../../lab/example.ts'

const ROOT = join(import.meta.dirname, '../..')

/** How the command line `nix-seed` begins: from dist, or from the sources as they are. */
export function nixSeed(source = false): string[] {
  return [process.execPath, join(ROOT, source ? 'src/cli.ts' : 'dist/cli/index.js')]
}

/** Fetches, and builds, what `pkgs.benchClosure` takes. Needs a network when it is done for the first time. */
export function prepareLargeSet(): void {
  execFileSync(process.execPath, [join(ROOT, 'lab/packages/prepare.ts'), '--large'], { stdio: ['ignore', 2, 2] })
}

/**
 * The example project in `folder`, whose seed holds more.
 *
 * @param contents Nix expression of a list, with the names of the package set in scope
 * @param edit changes the text of flake.nix otherwise
 */
export function writeProject(folder: string, inputs: Inputs, contents: string, edit = (text: string) => text): void {
  writeExample('hello', folder, inputs, text =>
    edit(
      replaced(
        text,
        'mkSeed { inherit pkgs self; }',
        `mkSeed { inherit pkgs self; contents = with pkgs; ${contents}; }`
      )
    )
  )
}

/** Builds all that a seed holds, so that only its packing is left to be measured. */
export function buildSeed(project: string): void {
  execFileSync('nix', ['build', '--no-link', '.#seed.descriptor'], { cwd: project, stdio: 'pipe' })
}

/** The project whose seed holds the large closure, ready to be published. */
export function prepareLargeProject(folder: string, project: string): void {
  prepareLargeSet()
  writeProject(project, writeInputs(join(folder, 'inputs')), '[ benchClosure ]')
  console.error('building the closure')
  buildSeed(project)
}

/** @throws if there is nothing to replace: a bench must not measure something else than it says */
export function replaced(text: string, what: string, by: string): string {
  if (!text.includes(what)) throw new Error(`the example has no ${JSON.stringify(what)}`)
  return text.replace(what, () => by)
}
