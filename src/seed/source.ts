/**
 * What to publish: finds out what an installable is without building anything.
 *
 * - declared: the flake has a seed made with `lib.mkSeed`;
 * - automatic: the flake declares none, and the cut is made for it;
 * - archive: a derivation that builds a docker archive, published as it is.
 */
import { createHash } from 'node:crypto'
import { access, readFile } from 'node:fs/promises'
import { SeedError } from '../errors.ts'
import { evalJson, nixString, realise } from '../nix/evaluate.ts'
import { evalOutputs, type Flake } from '../nix/flake.ts'
import type { Ports } from '../ports.ts'
import { automaticDerivation } from './automatic.ts'
import { makeCut } from './cut.ts'
import { ATTRIBUTE, parseDescriptor, type SeedDescriptor } from './descriptor.ts'
import { readLockKey } from './key.ts'
import { realiseCut, type RealisedCut } from './realisation.ts'

/** A seed that is ready to be packed: all of its paths are in the store. */
export interface SeedContent {
  kind: 'seed'
  descriptor: SeedDescriptor
  /** Store paths whose closure is the seed. */
  roots: string[]
}

export interface ArchiveContent {
  kind: 'archive'
  /** Path of the docker archive. */
  file: string
}

export interface Source {
  kind: 'declared' | 'automatic' | 'archive'
  /** Two sources with one identity build the same image. */
  identity: string
  /** Store path of the derivation that makes the descriptor, or the archive. */
  derivation: string
  lockKey: string
  system: string
  build(): Promise<SeedContent | ArchiveContent>
}

/** Attribute that is looked for where the installable names none. */
export const DEFAULT_ATTRIBUTE = 'seed'

interface Classified {
  kind: 'seed' | 'derivation' | 'other'
  drvPath?: string
  output?: string
}

// `isNixSeed` stands beside the derivation's attributes, so nothing is forced to find it. The answer has no attribute
// `outPath`: as JSON, a set that has one is that path alone.
const CLASSIFY = `value:
  let paths = kind: drv: { inherit kind; inherit (drv) drvPath; output = builtins.unsafeDiscardStringContext drv.outPath; };
  in if (value.isNixSeed or false) then paths "seed" value.descriptor
  else if (value.type or null) == "derivation" then paths "derivation" value
  else { kind = "other"; }`

/**
 * Resolves an installable of `flake`.
 *
 * @param attribute as after `#` in an installable; the default is `seed`, or the automatic cut where there is no such
 *   attribute
 * @throws SeedError NOT_A_SEED, LOCK_MISSING, LOCK_INVALID, NIX_EVALUATION
 */
export async function resolveSource(
  flake: Flake,
  attribute: string | undefined,
  system: string,
  ports: Ports
): Promise<Source> {
  const lockKey = await readLockKey(flake.lockFile)
  if (attribute === undefined && !(await hasDefault(flake, system, ports)))
    return automatic(flake, lockKey, system, ports)
  const installable = `${flake.reference}#${attribute ?? `packages.${system}.${DEFAULT_ATTRIBUTE}`}`
  const { kind, drvPath, output } = (await evalJson(installable, ports, { apply: CLASSIFY })) as Classified
  if (kind === 'other' || drvPath === undefined || output === undefined) throw notSeed(installable)
  // The output's path, not the derivation's: what fixed-output derivations are made from does not matter to the seed.
  const identity = output
  if (kind === 'seed') {
    return {
      kind: 'declared',
      identity,
      derivation: drvPath,
      lockKey,
      system,
      build: () => buildDeclared(drvPath, installable, ports)
    }
  }
  return {
    kind: 'archive',
    identity,
    derivation: drvPath,
    lockKey,
    system,
    build: async () => {
      const file = await buildOne(drvPath, ports)
      await assertFile(file, installable)
      return { kind: 'archive', file }
    }
  }
}

/** Whether the flake has `packages.SYSTEM.seed`; looks at names alone, so that no package is evaluated for it. */
async function hasDefault(flake: Flake, system: string, ports: Ports): Promise<boolean> {
  const apply = `outputs: ((outputs.packages or { }).${nixString(system)} or { }) ? ${DEFAULT_ATTRIBUTE}`
  return (await evalOutputs(flake.reference, apply, ports)) === true
}

async function buildDeclared(drvPath: string, installable: string, ports: Ports): Promise<SeedContent> {
  const file = await buildOne(drvPath, ports)
  const descriptor = parseDescriptor(await readFile(file, 'utf8'), installable)
  return { kind: 'seed', descriptor, roots: unique([...descriptor.roots, ...descriptor.inputs, descriptor.rootfs]) }
}

async function automatic(flake: Flake, lockKey: string, system: string, ports: Ports): Promise<Source> {
  ports.log.info(
    `no packages.${system}.${DEFAULT_ATTRIBUTE}: what the outputs need is found out from their derivations`
  )
  const drvPath = await automaticDerivation(flake, system, ports)
  const cut = await makeCut(flake, ports, { system })
  const identity = createHash('sha256').update(`${drvPath} ${cut.identity}`).digest('hex')
  return {
    kind: 'automatic',
    identity: `automatic-${identity}`,
    derivation: drvPath,
    lockKey,
    system,
    build: async () => {
      const base = await buildDeclared(drvPath, flake.reference, ports)
      const realised = await realiseCut(cut, ports)
      const licenses = { ...base.descriptor.licenses, ...cut.licenses }
      const outputs = ownNeeds(realised, base.roots)
      return {
        kind: 'seed',
        descriptor: { ...base.descriptor, inputs: cut.inputs, licenses, outputs },
        roots: unique([...base.roots, ...realised.roots])
      }
    }
  }
}

/** What each output needs and not every job does. An output whose name cannot be shown is left out. */
function ownNeeds({ outputs }: RealisedCut, base: readonly string[]): NonNullable<SeedDescriptor['outputs']> {
  const constant = new Set(base)
  const shown = [...outputs].filter(([attribute]) => ATTRIBUTE.test(attribute))
  return Object.fromEntries(shown.map(([name, paths]) => [name, paths.filter(path => !constant.has(path))]))
}

async function buildOne(drvPath: string, ports: Ports): Promise<string> {
  const [path] = await realise([{ drvPath, outputs: ['out'] }], ports)
  if (path === undefined) throw new SeedError('NIX_BUILD', 'the derivation has no output', { resource: drvPath })
  return path
}

async function assertFile(file: string, installable: string): Promise<void> {
  // A folder cannot be an archive; saying so here is clearer than a read error later.
  const isFolder = await access(`${file}/.`).then(
    () => true,
    () => false
  )
  if (isFolder) throw notSeed(installable)
}

function notSeed(installable: string): SeedError {
  return new SeedError('NOT_A_SEED', 'this is no seed', {
    resource: installable,
    hint: 'Name an attribute made with `lib.mkSeed`, a docker archive, or none at all for the automatic cut.'
  })
}

function unique(paths: readonly string[]): string[] {
  return [...new Set(paths)].sort()
}
