import { SeedError } from '../../src/errors.ts'
import type { SetName } from './suites.ts'
import type { Unit } from './resolve.ts'

/** What the flake knows of the set: `index.json`. Kept small, as the flake's source is part of every closure. */
export interface Index {
  format: 1
  set: SetName
  system: string
  /** Debian's multiarch name, the folder of libraries below `lib`. */
  triplet: string
  /** SRI hash of the bootstrap folder's archive. */
  bootstrap: string
  units: Record<string, IndexUnit>
}

export interface IndexUnit {
  version: string
  /** Name and SHA-256 of each .deb. */
  debs: Record<string, string>
  deps: string[]
}

const SYSTEMS: Readonly<Record<string, { system: string; triplet: string }>> = {
  amd64: { system: 'x86_64-linux', triplet: 'x86_64-linux-gnu' },
  arm64: { system: 'aarch64-linux', triplet: 'aarch64-linux-gnu' }
}

/**
 * Nix's system and Debian's multiarch name of a Debian architecture.
 *
 * @throws USAGE for one that is not known
 */
export function systemOf(architecture: string): { system: string; triplet: string } {
  const system = SYSTEMS[architecture]
  if (system === undefined)
    throw new SeedError('USAGE', `no package set for ${architecture}, only for ${Object.keys(SYSTEMS).join(' and ')}`)
  return system
}

export function makeIndex(set: SetName, architecture: string, bootstrap: string, units: readonly Unit[]): Index {
  const entries = units.map((unit): [string, IndexUnit] => [
    unit.name,
    {
      version: unit.version,
      debs: Object.fromEntries(unit.members.map(member => [member.name, member.sha256])),
      deps: unit.deps
    }
  ])
  return { format: 1, set, ...systemOf(architecture), bootstrap, units: Object.fromEntries(entries) }
}

/** One unit a line: small, and a difference of two sets is readable. */
export function formatIndex(index: Index): string {
  const { units, ...head } = index
  const lines = Object.entries(units).map(([name, unit]) => `${JSON.stringify(name)}:${JSON.stringify(unit)}`)
  return `${JSON.stringify(head).slice(0, -1)},"units":{\n${lines.join(',\n')}\n}}\n`
}
