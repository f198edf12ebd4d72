import type { Ports } from '../ports.ts'
import { argumentChunks, isAtLeast, nix, nixVersion, parseNixJson } from './command.ts'
import { isObject, shapeOf } from './json-shape.ts'
import type { Json } from './json-shape.ts'
import { compareText, storeDir, storePath } from './store-path.ts'

/** Some outputs of one derivation. */
export interface DerivationOutputs {
  /** The store path of the `.drv` file. */
  drvPath: string
  /** Names, sorted. */
  outputs: string[]
}

/** A derivation as far as this project looks into it. */
export interface Derivation {
  /** The store path of the `.drv` file. */
  path: string
  name: string
  system: string
  /** Output names with their store paths; a path is absent where only the build decides it. */
  outputs: Map<string, string | undefined>
  /** The derivations whose outputs it uses, by `.drv` path, with the names of those outputs, sorted. */
  inputDrvs: Map<string, string[]>
  /** The other store paths that it uses: sources that evaluation put into the store. */
  inputSrcs: string[]
  env: Record<string, unknown>
}

const shape = shapeOf('nix derivation show', 'TOOL_FAILED')

/**
 * What the derivations `drvPaths` say, and with `recursive` everything that they depend on at build time.
 *
 * @returns derivations by `.drv` path.
 */
export async function showDerivations(
  drvPaths: readonly string[],
  ports: Ports,
  { recursive = false }: { recursive?: boolean } = {}
): Promise<Map<string, Derivation>> {
  const verb = isAtLeast(await nixVersion(ports), 2, 15) ? ['derivation', 'show'] : ['show-derivation']
  const found = new Map<string, Derivation>()
  for (const chunk of argumentChunks([...new Set(drvPaths.map(storePath))])) {
    const args = [...verb, ...(recursive ? ['--recursive'] : []), ...chunk]
    const output = await nix(args, ports, { task: 'could not read derivations' })
    for (const [path, drv] of parseDerivations(parseNixJson(output, 'nix derivation show'))) found.set(path, drv)
  }
  return found
}

/**
 * Reads what `nix derivation show` prints: an object keyed by `.drv` path (`inputDrvs` holds lists of output names
 * until Nix 2.17, objects later), or the newer document whose derivations stand under `derivations`, name their inputs
 * under `inputs`, and write store paths as base names.
 *
 * @returns derivations by full `.drv` path.
 * @throws SeedError TOOL_FAILED for another shape, and for dynamic derivations, which cannot be known before a build.
 */
export function parseDerivations(json: unknown): Map<string, Derivation> {
  const document = shape.object(json, 'the document')
  const all = isObject(document.derivations) ? document.derivations : document
  return new Map(
    Object.entries(all).map(([name, value]) => {
      const path = storePath(name)
      return [path, derivation(path, shape.object(value, path))]
    })
  )
}

function derivation(path: string, drv: Json): Derivation {
  const inputs = isObject(drv.inputs) ? drv.inputs : { drvs: drv.inputDrvs, srcs: drv.inputSrcs }
  const drvs = shape.object(inputs.drvs, `input derivations of ${path}`)
  const outputs = shape.object(drv.outputs, `outputs of ${path}`)
  const env = isObject(drv.env) ? drv.env : {}
  return {
    path,
    name: typeof drv.name === 'string' ? drv.name : path.slice(44, -'.drv'.length),
    system: shape.text(drv.system, `system of ${path}`),
    outputs: new Map(Object.entries(outputs).map(([name, output]) => [name, outputPath(output, env[name])])),
    inputDrvs: new Map(Object.entries(drvs).map(([input, wanted]) => [storePath(input), outputNames(wanted, path)])),
    inputSrcs: shape.texts(inputs.srcs, `input sources of ${path}`).map(storePath).sort(compareText),
    env
  }
}

/** Of outputs that are fixed by a hash, newer versions print that alone; the builder is still told their path. */
function outputPath(output: unknown, variable: unknown): string | undefined {
  if (isObject(output) && typeof output.path === 'string') return storePath(output.path)
  // Of outputs whose path only the build decides, the variable holds a placeholder that lies in no store.
  return typeof variable === 'string' && variable.startsWith(`${storeDir}/`) ? storePath(variable) : undefined
}

function outputNames(wanted: unknown, path: string): string[] {
  if (Array.isArray(wanted)) return shape.texts(wanted, `input derivations of ${path}`).sort(compareText)
  const { outputs, dynamicOutputs } = shape.object(wanted, `input derivations of ${path}`)
  if (isObject(dynamicOutputs) && Object.keys(dynamicOutputs).length > 0) {
    shape.fail(`the inputs of ${path}`, 'known before the build (dynamic derivations are not supported)')
  }
  return shape.texts(outputs, `input derivations of ${path}`).sort(compareText)
}

/** Puts the outputs of the same derivation together; sorted by `.drv` path. */
export function mergeOutputs(wanted: Iterable<DerivationOutputs>): DerivationOutputs[] {
  const merged = new Map<string, Set<string>>()
  for (const { drvPath, outputs } of wanted) {
    merged.set(drvPath, new Set([...(merged.get(drvPath) ?? []), ...outputs]))
  }
  return [...merged]
    .map(([drvPath, outputs]) => ({ drvPath, outputs: [...outputs].sort(compareText) }))
    .sort((a, b) => compareText(a.drvPath, b.drvPath))
}
