/**
 * The seed image: how a seed is written down in OCI's formats, and read back from them.
 *
 * The image config carries one field of our own, as the specification allows: the seed's table of store paths, with all
 * that a Nix store database needs to know of them and the layer that holds each. So an image can be inspected, compared
 * and restored beside an existing store without a layer being read.
 * https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md
 */
import { SeedError } from '../errors.ts'
import type { PathInfo } from '../nix/closure.ts'
import { compareText } from '../nix/store-path.ts'
import { MEDIA_TYPE, type Descriptor, type ImageConfig, type Index, type Manifest } from '../oci/types.ts'
import type { RawManifest, Repository } from '../oci/types.ts'
import { ATTRIBUTE } from './descriptor.ts'

export const SEED_FIELD = 'dev.nix-seed'
/** On a layer: what it was made from and with; equal keys mean equal bytes. */
export const ANNOTATION_LAYER_KEY = 'dev.nix-seed.layer-key'
/** On a layer: what it holds, for people. */
export const ANNOTATION_CONTENT = 'dev.nix-seed.content'
/** On the index: what the seed was built from, so that an unchanged one is found without building it. */
export const ANNOTATION_IDENTITY = 'dev.nix-seed.identity'
export const ANNOTATION_LOCK_KEY = 'dev.nix-seed.lock-key'
export const ANNOTATION_SYSTEM = 'dev.nix-seed.system'

/** What the platform of an image with EROFS layers says that a client has to be able to do. */
export const EROFS_FEATURE = 'erofs'

/** Fixed, so that an image depends on its content alone; the second after the epoch, which all tools take for a date. */
export const CREATED = '1970-01-01T00:00:01Z'

/** A store path in the table; names stand without `/nix/store/`, references are indexes into the table. */
interface TableRow {
  name: string
  narHash: string
  narSize: number
  references: number[]
  ca?: string
  layer: number
  /** SPDX identifiers, or names of licences that have none; sorted. Absent where nothing is known. */
  license?: string[]
}

export interface SeedTable {
  version: 1
  name: string
  system: string
  /** Indexes into `paths`. */
  roots: number[]
  /** Index of the Nix that the seed brings. */
  nix?: number
  /**
   * By attribute of the flake, sorted: the indexes of the roots that this output needs and not every job does, sorted. A
   * root that is in none of them is needed by all. Absent where it is not known.
   */
  outputs?: Record<string, number[]>
  paths: TableRow[]
}

export interface SeedImageConfig extends ImageConfig {
  [SEED_FIELD]: SeedTable
}

const STORE = '/nix/store/'

/**
 * Makes the table of a seed.
 *
 * @param nix store path of the Nix that the seed brings
 * @param layers for each layer of the image, the store paths that it holds
 * @param licenses by store path; others than those of the closure do not matter
 * @param outputs by attribute of the flake, the roots that it needs and not every job does
 */
export function makeTable(
  name: string,
  system: string,
  roots: readonly string[],
  nix: string | undefined,
  closure: readonly PathInfo[],
  layers: readonly (readonly PathInfo[])[],
  licenses: Readonly<Record<string, readonly string[]>> = {},
  outputs?: Readonly<Record<string, readonly string[]>>
): SeedTable {
  const indexes = new Map(closure.map((info, i) => [info.path, i]))
  const layerOf = new Map(layers.flatMap((paths, layer) => paths.map(info => [info.path, layer] as const)))
  const indexOf = (path: string): number => {
    const index = indexes.get(path)
    if (index === undefined)
      throw new SeedError('STORE_INVALID', 'a reference leads out of the closure', { resource: path })
    return index
  }
  const indexesOf = (paths: readonly string[]): number[] => [...new Set(paths.map(indexOf))].sort((a, b) => a - b)
  const needs = Object.entries(outputs ?? {}).sort(([a], [b]) => compareText(a, b))
  return {
    version: 1,
    name,
    system,
    roots: indexesOf(roots),
    ...(nix === undefined ? {} : { nix: indexOf(nix) }),
    ...(outputs && { outputs: Object.fromEntries(needs.map(([name, paths]) => [name, indexesOf(paths)])) }),
    paths: closure.map(info => ({
      name: info.path.slice(STORE.length),
      narHash: info.narHash,
      narSize: info.narSize,
      references: info.references.map(indexOf).sort((a, b) => a - b),
      ...(info.ca === undefined ? {} : { ca: info.ca }),
      layer: layerOf.get(info.path) ?? 0,
      ...license(licenses[info.path])
    }))
  }
}

function license(names: readonly string[] = []): Pick<TableRow, 'license'> {
  return names.length === 0 ? {} : { license: [...new Set(names)].sort() }
}

export interface SeedContents {
  closure: PathInfo[]
  roots: string[]
  nix?: string
  /** By attribute of the flake, the roots that this output needs and not every job does; absent where it is not known. */
  outputs?: Map<string, string[]>
  layerOf: Map<string, number>
  /** Licences of the paths that they are known of. */
  licenses: Map<string, string[]>
}

/** The closure that a table describes, sorted by path, and the layer of each path. */
export function readTable(table: SeedTable): SeedContents {
  const path = (i: number): string => STORE + (table.paths[i]?.name ?? '')
  return {
    closure: table.paths.map(row => ({
      path: STORE + row.name,
      narHash: row.narHash,
      narSize: row.narSize,
      references: row.references.map(path),
      ...(row.ca === undefined ? {} : { ca: row.ca })
    })),
    roots: table.roots.map(path),
    ...(table.nix === undefined ? {} : { nix: path(table.nix) }),
    ...(table.outputs && { outputs: new Map(Object.entries(table.outputs).map(([name, at]) => [name, at.map(path)])) }),
    layerOf: new Map(table.paths.map(row => [STORE + row.name, row.layer])),
    licenses: new Map(table.paths.flatMap(({ name, license }) => (license ? [[STORE + name, license]] : [])))
  }
}

/** A seed as it stands in a repository, without its layers. */
export interface SeedImage {
  index: Descriptor
  indexAnnotations: Record<string, string>
  manifest: Descriptor
  layers: Descriptor[]
  config: SeedImageConfig
  /** The same with the layers as EROFS images, one for each; absent where it was published without. */
  erofs?: { manifest: Descriptor; layers: Descriptor[] }
}

const MAX_CONFIG_BYTES = 64 * 1024 * 1024

/**
 * Reads the documents of a seed image: index, manifest and config, each checked against its digest and form.
 *
 * @param reference a digest or a tag; none for the only image of an image layout
 * @throws SeedError NOT_FOUND, NOT_A_SEED, or what the repository throws
 */
export async function readSeedImage(repository: Repository, reference?: string): Promise<SeedImage> {
  const separator = reference?.startsWith('sha256:') ? '@' : ':'
  const resource = repository.name + (reference === undefined ? '' : separator + reference)
  const top = await repository.getManifest(reference)
  if (!top) {
    throw new SeedError('NOT_FOUND', 'there is no such image', {
      resource,
      hint: 'Check the reference; `nix-seed publish` prints the right one.'
    })
  }
  const notSeed = (what: string): SeedError =>
    new SeedError('NOT_A_SEED', `the image is no seed: ${what}`, {
      resource,
      hint: 'Only images that `nix-seed publish` made from a descriptor can be restored or inspected as seeds.'
    })
  const index = parseDocument(top.bytes) as Partial<Index> | undefined
  if (!Array.isArray(index?.manifests)) throw notSeed('it is not an image index')
  const entry = index.manifests[0]
  if (!entry) throw notSeed('its index is empty')
  const mountable = erofsEntry(index.manifests)
  const [raw, erofsRaw] = await Promise.all([
    repository.getManifest(entry.digest),
    mountable && repository.getManifest(mountable.digest)
  ])
  if (!raw) throw new SeedError('NOT_FOUND', 'the index names a manifest that is not there', { resource })
  const manifest = parseDocument(raw.bytes) as Partial<Manifest> | undefined
  if (!Array.isArray(manifest?.layers) || typeof manifest.config?.digest !== 'string') throw notSeed('it has no layers')
  if (manifest.config.mediaType !== MEDIA_TYPE.config || manifest.config.size > MAX_CONFIG_BYTES) {
    throw notSeed('its config is of another kind')
  }
  const config = parseDocument(await collect(repository.getBlob(manifest.config))) as SeedImageConfig | undefined
  if (config?.[SEED_FIELD] === undefined) throw notSeed('its config holds no table of store paths')
  checkTable(config[SEED_FIELD], manifest.layers.length, notSeed)
  const erofs = erofsRaw && readErofs(erofsRaw, manifest.layers.length, notSeed)
  return {
    index: top.descriptor,
    indexAnnotations: index.annotations ?? {},
    manifest: raw.descriptor,
    layers: manifest.layers,
    config,
    ...(erofs && { erofs })
  }
}

/** The entry of an index whose layers are EROFS images. */
export function erofsEntry(entries: readonly Descriptor[]): Descriptor | undefined {
  return entries.find(entry => entry.platform?.['os.features']?.includes(EROFS_FEATURE))
}

function readErofs(raw: RawManifest, layers: number, wrong: (what: string) => SeedError): SeedImage['erofs'] {
  const manifest = parseDocument(raw.bytes) as Partial<Manifest> | undefined
  const isComplete =
    Array.isArray(manifest?.layers) &&
    manifest.layers.length === layers &&
    manifest.layers.every(layer => layer.mediaType === MEDIA_TYPE.erofsLayer)
  if (!isComplete) throw wrong('its EROFS layers are not those of its ordinary ones')
  return { manifest: raw.descriptor, layers: manifest.layers as Descriptor[] }
}

const NAME = /^[0-9a-df-np-sv-z]{32}-[0-9a-zA-Z+\-._?=]+$/

function checkTable(table: SeedTable, layers: number, wrong: (what: string) => SeedError): void {
  if ((table.version as number) !== 1) throw wrong(`its table has version ${JSON.stringify(table.version)}, known is 1`)
  if (!Array.isArray(table.paths) || !Array.isArray(table.roots)) throw wrong('its table is malformed')
  const isIndex = (i: unknown): boolean =>
    Number.isInteger(i) && (i as number) >= 0 && (i as number) < table.paths.length
  let previous = ''
  for (const row of table.paths) {
    const valid =
      typeof row.name === 'string' &&
      NAME.test(row.name) &&
      row.name > previous &&
      /^sha256:[0-9a-f]{64}$/.test(row.narHash) &&
      Number.isSafeInteger(row.narSize) &&
      Array.isArray(row.references) &&
      row.references.every(isIndex) &&
      Number.isInteger(row.layer) &&
      row.layer >= 0 &&
      row.layer < layers &&
      (row.ca === undefined || (typeof row.ca === 'string' && /^[ -~]+$/.test(row.ca))) &&
      (row.license === undefined || (Array.isArray(row.license) && row.license.every(isText)))
    if (!valid) throw wrong(`its table is malformed at ${JSON.stringify(row.name)}`)
    previous = row.name
  }
  if (!table.roots.every(isIndex) || !(table.nix === undefined || isIndex(table.nix))) {
    throw wrong('its table is malformed')
  }
  const roots = new Set(table.roots)
  const { outputs = {} } = table as { outputs?: unknown }
  const isOutput = ([attribute, at]: [string, unknown]): boolean =>
    ATTRIBUTE.test(attribute) && Array.isArray(at) && at.every(i => roots.has(i as number))
  const isObject = typeof outputs === 'object' && outputs !== null && !Array.isArray(outputs)
  if (!isObject || !Object.entries(outputs).every(isOutput)) throw wrong('its table of outputs is malformed')
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function parseDocument(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of stream) pieces.push(piece)
  return Buffer.concat(pieces)
}
