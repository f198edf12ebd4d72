import { SeedError } from '../../src/errors.ts'
import type { ControlEntry } from './control.ts'
import { upstreamVersion } from './control.ts'
import type { Merge } from './recipe.ts'
import { CUTS, LEAVES, MERGES } from './recipe.ts'

/** One store path of the set before it has one. */
export interface Unit {
  name: string
  version: string
  /** Debian packages in it, sorted by name. */
  members: ControlEntry[]
  /** Names of the units it depends on directly, sorted. */
  deps: string[]
}

/**
 * The packages that `roots` need, roots included, by name. Dependencies that no package satisfies are left out.
 *
 * @throws NOT_FOUND if a root does not exist
 */
export function resolvePackages(all: Map<string, ControlEntry>, roots: readonly string[]): Map<string, ControlEntry> {
  const providers = providersOf(all)
  const found = new Map<string, ControlEntry>()
  const queue = roots.map(root => {
    const entry = all.get(root)
    if (entry === undefined) throw new SeedError('NOT_FOUND', `the mirror has no package ${root}`)
    return entry
  })
  for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
    if (found.has(entry.name)) continue
    found.set(entry.name, entry)
    for (const name of dependenciesOf(entry, all, providers)) {
      const dependency = all.get(name)
      if (dependency !== undefined) queue.push(dependency)
    }
  }
  return found
}

/**
 * Merges `packages`, which are closed under dependencies, to units, and units that depend on one another in a circle to
 * one. Sorted by name.
 */
export function makeUnits(packages: Map<string, ControlEntry>): Unit[] {
  const providers = providersOf(packages)
  const unitOf = new Map([...packages.keys()].map(name => [name, mergeOf(name)?.unit ?? name]))
  const graph = new Map<string, Set<string>>()
  for (const [name, entry] of packages) {
    const unit = unitOf.get(name) ?? name
    const deps = graph.get(unit) ?? new Set()
    graph.set(unit, deps)
    for (const dependency of dependenciesOf(entry, packages, providers)) {
      const target = unitOf.get(dependency)
      if (target !== undefined && target !== unit) deps.add(target)
    }
  }
  const circles = findCircles(graph)
  const final = (unit: string): string => circles.get(unit) ?? unit
  const units = new Map<string, Unit>()
  for (const [name, entry] of [...packages].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const before = unitOf.get(name) ?? name
    const unit = units.get(final(before)) ?? { name: final(before), version: '', members: [], deps: [] }
    units.set(unit.name, unit)
    unit.members.push(entry)
    const deps = [...(graph.get(before) ?? [])].map(final).filter(dep => dep !== unit.name)
    unit.deps = [...new Set([...unit.deps, ...deps])].sort()
  }
  for (const unit of units.values()) unit.version = versionOf(unit)
  return [...units.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function providersOf(all: Map<string, ControlEntry>): Map<string, string[]> {
  const providers = new Map<string, string[]>()
  for (const entry of all.values())
    for (const name of entry.provides) providers.set(name, [...(providers.get(name) ?? []), entry.name].sort())
  return providers
}

/** What satisfies each dependency: the first alternative that exists, by its own name or as a provider. */
function dependenciesOf(
  entry: ControlEntry,
  all: Map<string, ControlEntry>,
  providers: Map<string, string[]>
): string[] {
  if (LEAVES.includes(entry.name)) return []
  return entry.depends.flatMap(alternatives => {
    if (alternatives.some(isCut)) return []
    const named = alternatives.find(name => all.has(name))
    const name = named ?? alternatives.flatMap(alternative => providers.get(alternative) ?? [])[0]
    return name === undefined || isCut(name) ? [] : [name]
  })
}

function isCut(name: string): boolean {
  return CUTS.some(pattern => matches(pattern, name))
}

function mergeOf(name: string): Merge | undefined {
  return MERGES.find(merge => matches(merge.members, name))
}

function matches(pattern: RegExp, name: string): boolean {
  return new RegExp(`^(?:${pattern.source})$`).test(name)
}

function versionOf(unit: Unit): string {
  const pattern = MERGES.find(merge => merge.unit === unit.name)?.version
  const member =
    unit.members.find(entry => pattern !== undefined && matches(pattern, entry.name)) ??
    unit.members.find(entry => entry.name === unit.name) ??
    unit.members[0]
  return member === undefined ? '0' : upstreamVersion(member.version)
}

/** For each node on a circle, the name that stands for the whole circle: its least member (Tarjan, 1972). */
export function findCircles(graph: Map<string, Set<string>>): Map<string, string> {
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const circles = new Map<string, string>()
  const visit = (node: string): number => {
    const index = order.size
    order.set(node, index)
    let least = index
    stack.push(node)
    for (const next of [...(graph.get(node) ?? [])].sort()) {
      if (!order.has(next)) least = Math.min(least, visit(next))
      else if (stack.includes(next)) least = Math.min(least, order.get(next) ?? index)
    }
    low.set(node, least)
    if (least === index) {
      const members = stack.splice(stack.indexOf(node)).sort()
      if (members.length > 1) for (const member of members) circles.set(member, members[0] ?? member)
    }
    return least
  }
  for (const node of [...graph.keys()].sort()) if (!order.has(node)) visit(node)
  return circles
}
