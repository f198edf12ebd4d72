import { SeedError } from '../errors.ts'
import { showDerivations, type DerivationOutputs } from '../nix/derivation.ts'
import { realise } from '../nix/evaluate.ts'
import { compareText } from '../nix/store-path.ts'
import type { Ports } from '../ports.ts'
import type { Cut, Needs } from './cut.ts'

/** Store paths of a cut, sorted; all are valid. */
export interface RealisedCut {
  /** The roots of the seed. */
  roots: string[]
  /** By attribute of the flake, the roots that this output needs and not every job does. */
  outputs: Map<string, string[]>
}

/**
 * Builds or fetches what a cut wants.
 *
 * @throws SeedError NIX_BUILD with Nix's own message.
 */
export async function realiseCut(cut: Cut, ports: Ports): Promise<RealisedCut> {
  const realised = await realise(cut.wanted, ports)
  const pathOf = await outputPaths(cut.wanted, ports)
  const pathsOf = ({ wanted, sources }: Needs): string[] =>
    unique([...wanted.flatMap(({ drvPath, outputs }) => outputs.map(name => pathOf(drvPath, name))), ...sources])
  const forAll = new Set([...pathsOf(cut.shared), ...cut.inputs])
  const own = (needs: Needs): string[] => pathsOf(needs).filter(path => !forAll.has(path))
  return {
    roots: unique([...realised, ...cut.inputs, ...cut.sources]),
    outputs: new Map([...cut.outputs].map(([attribute, needs]) => [attribute, own(needs)]))
  }
}

/** Where outputs are that have been realised. */
async function outputPaths(
  wanted: readonly DerivationOutputs[],
  ports: Ports
): Promise<(drvPath: string, output: string) => string> {
  const drvPaths = wanted.map(({ drvPath }) => drvPath)
  const shown = await showDerivations(drvPaths, ports)
  const paths = new Map<string, string>()
  for (const { drvPath, outputs } of wanted) {
    for (const name of outputs) {
      // Of some, only the build decides it. Realising one that is there tells it.
      const path = shown.get(drvPath)?.outputs.get(name) ?? (await realise([{ drvPath, outputs: [name] }], ports))[0]
      if (path === undefined) {
        throw new SeedError('STORE_INVALID', `the output ${name} of a derivation is not known`, { resource: drvPath })
      }
      paths.set(`${drvPath}!${name}`, path)
    }
  }
  return (drvPath, name) => paths.get(`${drvPath}!${name}`) ?? ''
}

function unique(paths: readonly string[]): string[] {
  return [...new Set(paths)].sort(compareText)
}
