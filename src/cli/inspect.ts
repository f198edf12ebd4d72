import { formatBytes } from '../format.ts'
import { parseName } from '../oci/name.ts'
import { openRepository } from '../oci/repository.ts'
import type { Descriptor } from '../oci/types.ts'
import { ANNOTATION_CONTENT, readSeedImage, readTable, SEED_FIELD } from '../seed/image.ts'
import type { SeedContents, SeedImage } from '../seed/image.ts'
import { layersOf, selectOutputs } from '../seed/selection.ts'
import { usage, type Arguments, type CommandIo, type CommandSpec } from './command.ts'
import { repositoryOptions } from './repository.ts'

export const inspectCommand: CommandSpec = {
  name: 'inspect',
  summary: 'show what a seed image holds, without fetching its layers',
  synopsis: 'REFERENCE [OPTION]…',
  positionals: { min: 1, max: 1 },
  options: {
    paths: { help: 'list every store path' },
    insecure: { help: 'speak plain HTTP to the registry (loopback addresses always are)' },
    json: { help: 'print all of it as JSON' }
  },
  details: [
    'REFERENCE is HOST/REPOSITORY or oci:DIR, with :TAG or @DIGEST. Only the image index, its manifest and its config are read.',
    'For each output of the flake it is shown what `nix-seed restore --for` it would fetch, and how much that is unpacked. Outputs share most of it.'
  ],
  examples: [
    { line: 'nix-seed inspect ghcr.io/org/repo/seed@sha256:…', meaning: 'layers, sizes and labels' },
    { line: "nix-seed inspect oci:./seed --json | jq '.paths | length'", meaning: 'for a script' }
  ],
  run: runInspect
}

async function runInspect(args: Arguments, io: CommandIo): Promise<void> {
  const name = parseName(args.positionals[0] ?? '')
  const repository = openRepository(name, repositoryOptions(io, args))
  try {
    const reference = name.digest ?? name.tag
    if (reference === undefined && name.kind === 'registry') {
      throw usage(inspectCommand, 'the reference has neither a tag nor a digest')
    }
    const inspection = inspect(await readSeedImage(repository, reference))
    if (args.flag('json')) io.print(`${JSON.stringify(inspection, null, 2)}\n`)
    else io.print(render(inspection, args.flag('paths')))
  } finally {
    await repository.close()
  }
}

/** A part of the seed, and the layers that are fetched for it. */
interface Share {
  paths: number
  narBytes: number
  layers: number
  bytes: number
  /** Of the EROFS layers, which are fetched in place of the others where the seed is mounted. */
  erofsBytes: number
}

export interface Inspection {
  digest: string
  manifest: string
  name: string
  system: string
  annotations: Record<string, string>
  labels: Record<string, string>
  env: string[]
  bytes: number
  narBytes: number
  /** Of the EROFS layers; 0 where there are none. */
  erofsBytes: number
  layers: { digest: string; mediaType: string; bytes: number; narBytes: number; paths: number; content: string }[]
  /** What restoring takes for one output alone, by attribute; absent where the seed does not tell what they need. */
  outputs?: Record<string, Share>
  /** What it takes in any case. */
  shared?: Share
  roots: string[]
  paths: { path: string; narBytes: number; narHash: string; layer: number }[]
}

/** What is told of an image. */
export function inspect(image: SeedImage): Inspection {
  const table = image.config[SEED_FIELD]
  const seed = readTable(table)
  const { closure, roots, layerOf } = seed
  const paths = closure.map(info => ({
    path: info.path,
    narBytes: info.narSize,
    narHash: info.narHash,
    layer: layerOf.get(info.path) ?? 0
  }))
  const layers = image.layers.map((layer, i) => {
    const own = paths.filter(path => path.layer === i)
    return {
      digest: layer.digest,
      mediaType: layer.mediaType,
      bytes: layer.size,
      narBytes: own.reduce((sum, path) => sum + path.narBytes, 0),
      paths: own.length,
      content: layer.annotations?.[ANNOTATION_CONTENT] ?? ''
    }
  })
  return {
    digest: image.index.digest,
    manifest: image.manifest.digest,
    name: table.name,
    system: table.system,
    annotations: image.indexAnnotations,
    labels: image.config.config?.Labels ?? {},
    env: image.config.config?.Env ?? [],
    bytes: layers.reduce((sum, layer) => sum + layer.bytes, 0),
    narBytes: paths.reduce((sum, path) => sum + path.narBytes, 0),
    erofsBytes: (image.erofs?.layers ?? []).reduce((sum, layer) => sum + layer.size, 0),
    layers,
    ...outputShares(image, seed),
    roots,
    paths
  }
}

function outputShares(image: SeedImage, seed: SeedContents): Pick<Inspection, 'outputs' | 'shared'> {
  if (seed.outputs === undefined) return {}
  const sizes = (layers: Descriptor[] = [], at: readonly number[]): number =>
    at.reduce((sum, each) => sum + (layers[each]?.size ?? 0), 0)
  const share = (attributes: string[]): Share => {
    const selection = selectOutputs(seed, attributes)
    const layers = layersOf(selection)
    return {
      paths: selection.closure.length,
      narBytes: selection.closure.reduce((sum, { narSize }) => sum + narSize, 0),
      layers: layers.length,
      bytes: sizes(image.layers, layers),
      erofsBytes: sizes(image.erofs?.layers, layers)
    }
  }
  const outputs = [...seed.outputs.keys()].map((attribute): [string, Share] => [attribute, share([attribute])])
  return { outputs: Object.fromEntries(outputs), shared: share([]) }
}

/** The same as text. */
export function render(seed: Inspection, allPaths: boolean): string {
  const lines = [
    `${seed.name} for ${seed.system}`,
    `digest    ${seed.digest}`,
    `size      ${formatBytes(seed.bytes)} compressed, ${formatBytes(seed.narBytes)} unpacked${seed.erofsBytes === 0 ? '' : `, ${formatBytes(seed.erofsBytes)} as EROFS`}`,
    `content   ${seed.paths.length} store paths in ${seed.layers.length} layers`
  ]
  for (const [name, value] of Object.entries({ ...seed.annotations, ...seed.labels }))
    lines.push(`label     ${name}=${value}`)
  lines.push('', '  #  compressed    unpacked  paths  content')
  for (const [i, layer] of seed.layers.entries()) {
    const cells = [
      String(i).padStart(3),
      formatBytes(layer.bytes).padStart(10),
      formatBytes(layer.narBytes).padStart(10),
      String(layer.paths).padStart(5),
      layer.content
    ]
    lines.push(cells.join('  '))
  }
  if (seed.outputs && seed.shared) {
    lines.push('', 'compressed    unpacked  paths  layers  restore --for')
    const rows: [string, Share][] = [...Object.entries(seed.outputs), ['(what any of them takes)', seed.shared]]
    for (const [name, share] of rows) {
      const cells = [
        formatBytes(share.bytes).padStart(10),
        formatBytes(share.narBytes).padStart(10),
        String(share.paths).padStart(5),
        String(share.layers).padStart(6),
        name
      ]
      lines.push(cells.join('  '))
    }
  }
  if (allPaths) {
    lines.push('', '  #    unpacked  path')
    for (const path of seed.paths) {
      lines.push(`${String(path.layer).padStart(3)}  ${formatBytes(path.narBytes).padStart(10)}  ${path.path}`)
    }
  }
  return `${lines.join('\n')}\n`
}
