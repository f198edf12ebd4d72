/** What a builder can say about a seed: out of the image, the flake and Nix, each checked against the others. */
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
import type { Ports } from '../ports.ts'
import { VERSION } from '../version.ts'
import type { SeedDescriptor } from './descriptor.ts'
import { ANNOTATION_IDENTITY, ANNOTATION_LOCK_KEY, readTable, SEED_FIELD, type SeedImage } from './image.ts'
import { readLockKey } from './key.ts'
import { closureHash } from './pin.ts'
import { resolveSource, type SeedContent } from './source.ts'

/** A seed that has been built on this machine. */
export interface BuiltSeed {
  /** Store path of the derivation that makes its descriptor. */
  derivation: string
  /** Versions of the programs that made the layers, by name. */
  tools: Record<string, string>
}

export type SeedFacts = Omit<BuildFacts, 'subject' | 'startedOn' | 'finishedOn' | 'bill'>

/**
 * Gathers what is true of the seed. Without `built`, the seed is built here first, and its closure compared with the
 * image's.
 *
 * @throws SeedError USAGE where the image is not this flake's seed; what building throws
 */
export async function readFacts(
  image: SeedImage,
  { flake, attribute, built }: { flake: Flake; attribute?: string; built?: BuiltSeed },
  ports: Ports
): Promise<SeedFacts> {
  await checkLock(image, flake)
  const { closure } = readTable(image.config[SEED_FIELD])
  const hash = closureHash(closure)
  const seed = built ?? (await buildSeed(image, hash, flake, attribute, ports))
  const [lock, inputs, nix, version] = await Promise.all([
    readFile(flake.lockFile),
    inputsOf(flake, ports),
    nixConfiguration(ports),
    nixVersion(ports)
  ])
  return {
    lockSha256: createHash('sha256').update(lock).digest('hex'),
    ...(flake.dir !== '' && { lockPath: `${flake.dir}/flake.lock` }),
    inputs,
    derivation: seed.derivation,
    closureHash: hash,
    versions: { 'nix-seed': VERSION, nix: version.text, ...seed.tools },
    nix
  }
}

async function checkLock({ index, indexAnnotations }: SeedImage, flake: Flake): Promise<void> {
  const own = await readLockKey(flake.lockFile)
  const found = indexAnnotations[ANNOTATION_LOCK_KEY]
  if (found === own) return
  throw new SeedError('USAGE', `the image is of another lock: ${found ?? 'it names none'}; the flake's is ${own}`, {
    resource: index.digest,
    hint: 'Attest it in a checkout of the commit that it was built from; `nix-seed key` prints the key of a lock.'
  })
}

/** Builds what the flake says, which the store has already where this job has published it, and compares. */
async function buildSeed(
  { index, indexAnnotations, config }: SeedImage,
  hash: string,
  flake: Flake,
  attribute: string | undefined,
  ports: Ports
): Promise<BuiltSeed> {
  const source = await resolveSource(flake, attribute, config[SEED_FIELD].system, ports)
  const other = (what: string): SeedError =>
    new SeedError('USAGE', what, {
      resource: index.digest,
      hint: 'A builder attests what it built itself: name the flake and the attribute that were published, or run `nix-seed publish --sign`.'
    })
  if (source.identity !== indexAnnotations[ANNOTATION_IDENTITY]) {
    throw other('the image was not built from the derivation that this flake makes')
  }
  const content = await source.build()
  if (content.kind !== 'seed') throw other('the flake makes an archive and no seed')
  if (closureHash(await queryClosure(content.roots, ports)) !== hash) {
    throw other('the image names other contents than what this machine has built')
  }
  return builtSeed(source.derivation, content)
}

export function builtSeed(derivation: string, { descriptor }: SeedContent): BuiltSeed {
  return { derivation, tools: toolVersions(descriptor.tools) }
}

/** The version in a store path's name, as Nix itself splits it: from the first dash that no letter follows. */
function toolVersions(tools: Pick<SeedDescriptor['tools'], 'zstd'>): Record<string, string> {
  // The only one of them that makes bytes of the image.
  const name = tools.zstd.split('/')[3]?.slice('0123456789abcdfghijklmnpqrsvwxyz-'.length) ?? ''
  const version = /-(?![a-zA-Z])(.+?)(?:-bin|-out)?$/.exec(name)?.[1]
  return version === undefined ? {} : { zstd: version }
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
