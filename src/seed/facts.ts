/** What a builder can say about a seed that it built: out of the image, the flake and Nix. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { BuildFacts } from '../attest/provenance.ts'
import { redactUrl, SeedError } from '../errors.ts'
import { queryClosure } from '../nix/closure.ts'
import { nixVersion } from '../nix/command.ts'
import { nixConfiguration } from '../nix/configuration.ts'
import { SEED_INPUT } from '../nix/flake-lock.ts'
import { sourceTrees, type Flake } from '../nix/flake.ts'
import { lockedInputs, type LockedInput } from '../nix/locked-input.ts'
import { formatName, parseName } from '../oci/name.ts'
import type { Digest } from '../oci/types.ts'
import type { Ports } from '../ports.ts'
import { VERSION } from '../version.ts'
import { commitOf } from './checkout.ts'
import type { SeedDescriptor } from './descriptor.ts'
import { readTable, SEED_FIELD, type SeedImage } from './image.ts'
import { closureHash } from './pin.ts'
import type { SeedContent } from './source.ts'

/** A seed that has been built on this machine. */
export interface BuiltSeed {
  /** Store path of the derivation that makes its descriptor. */
  derivation: string
  /** Versions of the programs that made the layers, by name. */
  tools: Record<string, string>
}

export type SeedFacts = Omit<BuildFacts, 'subject' | 'startedOn' | 'finishedOn' | 'bill'>

/** What the facts are of. */
export interface FactsRequest {
  flake: Flake
  built: BuiltSeed
  /** Reference with digest of the seed that the store was restored from. */
  startedFrom?: string
}

/** Gathers what is true of a seed that this machine has built. */
export async function readFacts(
  image: SeedImage,
  { flake, built, startedFrom }: FactsRequest,
  ports: Ports
): Promise<SeedFacts> {
  const { closure } = readTable(image.config[SEED_FIELD])
  const [lock, inputs, nix, version] = await Promise.all([
    readFile(flake.lockFile),
    inputsOf(flake, ports),
    nixConfiguration(ports),
    nixVersion(ports)
  ])
  const commit = commitOf(flake)
  return {
    lockSha256: createHash('sha256').update(lock).digest('hex'),
    ...(flake.dir !== '' && { lockPath: `${flake.dir}/flake.lock` }),
    inputs,
    checkout: { narHash: flake.narHash, ...(commit !== undefined && { rev: commit }) },
    system: image.config[SEED_FIELD].system,
    derivation: built.derivation,
    ...(startedFrom !== undefined && { startedFrom: earlierSeed(startedFrom) }),
    closureHash: closureHash(closure),
    versions: { 'nix-seed': VERSION, nix: version.text, ...built.tools },
    nix
  }
}

/** @throws SeedError REFERENCE_INVALID */
export function earlierSeed(reference: string): { uri: string; digest: Digest } {
  const { tag: _, digest, ...name } = parseName(reference)
  if (digest === undefined) {
    throw new SeedError('REFERENCE_INVALID', 'the seed that the job started from is named without a digest', {
      resource: reference
    })
  }
  return { uri: name.kind === 'registry' ? `oci://${formatName(name)}` : formatName(name), digest }
}

/** @param hasErofs the image has EROFS layers */
export function builtSeed(derivation: string, { descriptor }: SeedContent, hasErofs: boolean): BuiltSeed {
  return { derivation, tools: toolVersions(descriptor.tools, hasErofs) }
}

/** Versions of the programs that made bytes of the image. */
function toolVersions(tools: SeedDescriptor['tools'], hasErofs: boolean): Record<string, string> {
  const used = ['zstd', ...(hasErofs ? ['erofs-utils'] : [])]
  return Object.fromEntries(used.flatMap(tool => versionIn(tools[tool] ?? '').map(version => [tool, version])))
}

/** The version in a store path's name, as Nix itself splits it: from the first dash that no letter follows. */
function versionIn(program: string): string[] {
  const name = program.split('/')[3]?.slice('0123456789abcdfghijklmnpqrsvwxyz-'.length) ?? ''
  const version = /-(?![a-zA-Z])(.+?)(?:-bin|-out)?$/.exec(name)?.[1]
  return version === undefined ? [] : [version]
}

/** The locked inputs, but the project's own seed. */
async function inputsOf(flake: Flake, ports: Ports): Promise<BuildFacts['inputs']> {
  const inputs = lockedInputs(flake.lock, { without: [SEED_INPUT] })
  const hashes = await missingHashes(flake, inputs, ports)
  return inputs.map(({ name, uri, node, narHash = hashes.get(node) ?? '' }) => ({ name, uri, narHash }))
}

/** Some versions of Nix lock a revision alone: the hash is that of the tree that it leads to. */
async function missingHashes(flake: Flake, inputs: readonly LockedInput[], ports: Ports): Promise<Map<string, string>> {
  const nodes = inputs.filter(({ narHash }) => narHash === undefined).map(({ node }) => node)
  if (nodes.length === 0) return new Map()
  const trees = await sourceTrees(flake.lock, nodes, ports)
  const infos = new Map((await queryClosure([...trees.values()], ports)).map(info => [info.path, info.narHash]))
  const sri = (hash = ''): string => `sha256-${Buffer.from(hash.slice('sha256:'.length), 'hex').toString('base64')}`
  return new Map([...trees].map(([node, path]) => [node, sri(infos.get(path))]))
}

/** Where the flake is from, for a builder whom no certificate tells that: a repository on the web and a commit of it. */
export function sourceOf(
  { rev, url }: Pick<Flake, 'rev' | 'url'>,
  annotations: Record<string, string>
): { uri: string; commit: string } | undefined {
  if (rev === undefined) return undefined
  const published = annotations['org.opencontainers.image.source']
  // A checkout on this machine is a place that nobody else knows.
  const uri = published !== undefined ? `git+${published}` : url.startsWith('git+file:') ? undefined : url
  return uri === undefined ? undefined : { uri, commit: rev }
}

/** Variables that hold the address of this run of a job, at CI providers whose jobs sign with keys. */
const RUN_VARIABLES = ['CI_JOB_URL', 'CIRCLE_BUILD_URL', 'BUILD_URL', 'CODEBUILD_BUILD_ARN'] as const

/** The address of this run, for a builder whom no certificate tells that. */
export function invocationOf(env: Ports['env']): string | undefined {
  return RUN_VARIABLES.map(name => redactUrl(env[name] ?? '')).find(text => /^[!-~]+$/.test(text) && URL.canParse(text))
}
