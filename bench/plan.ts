/**
 * What an update sends, by layer plan: compressed bytes of the layers that are new ÷ compressed bytes of the paths that
 * are new. Ours beside dockerTools' two, over updates of the lab's package set, whose closures `npm run bench -- closures`
 * wrote down. Nothing is packed; 1.000 is the best that any plan can do.
 *
 *   npm run bench -- plan
 */
import { join } from 'node:path'
import type { PathInfo } from '../src/nix/closure.ts'
import { MAX_LAYERS, planLayers } from '../src/seed/plan.ts'
import { popularityLayers } from './peers/popularity.ts'
import { sizeCohortLayers } from './peers/size-cohorts.ts'
import { readClosureFile, type MeasuredPath } from './support/closure-file.ts'
import { median } from './support/measure.ts'
import { costOf, touch, type Cost, type Plan } from './support/updates.ts'

/** All have as many layers as the packer leaves to the plan. */
const LIMIT = MAX_LAYERS - 2

const PLANS: Readonly<Record<string, Plan>> = {
  popularity: closure => popularityLayers(closure, LIMIT),
  'size cohorts': closure => sizeCohortLayers(closure, LIMIT),
  'nix-seed': closure => planLayers(closure, new Set()).map(layer => layer.paths)
}

interface Update {
  before: MeasuredPath[]
  after: MeasuredPath[]
}

/** The updates of each row are independent of one another: each starts from its own `before`. */
function updates(): Record<string, Update[]> {
  const closure = (name: string): MeasuredPath[] => readClosureFile(join(import.meta.dirname, `data/${name}.tsv`))
  const [old, new_, current] = [closure('old'), closure('new'), closure('current')]
  const touched = (paths: readonly PathInfo[]): Update[] =>
    paths.map(({ path }) => ({ before: current, after: touch(current, path) }))
  const referred = new Set(current.flatMap(({ path, references }) => references.filter(other => other !== path)))
  const leaves = current.filter(({ path }) => !referred.has(path))
  return {
    'a leaf touched': touched(leaves),
    'a leaf added': leaves.map(leaf => ({ before: current.filter(info => info !== leaf), after: current })),
    'a library in the middle touched': touched(current.filter(({ path }) => referred.has(path))),
    'a suite with its updates': [{ before: old, after: new_ }],
    'a whole suite to the next': [{ before: new_, after: current }]
  }
}

/** One kind of update: what each plan makes of its cases. */
export interface Amplification {
  update: string
  /** In each plan's order, a cost for each case. */
  costs: Record<string, Cost[]>
}

/** Plans all updates with all plans. Takes some seconds. */
export function amplifications(): Amplification[] {
  const all = updates()
  const plans = Object.entries(PLANS).map(([name, plan]) => [name, remembering(plan)] as const)
  return Object.entries(all).map(([update, cases]) => ({
    update,
    costs: Object.fromEntries(
      plans.map(([name, plan]) => [name, cases.map(({ before, after }) => costOf(before, after, plan))])
    )
  }))
}

/** Bytes pushed ÷ bytes changed, of all cases together. */
export function amplificationOf(costs: readonly Cost[]): number {
  return total(costs, 'pushed') / total(costs, 'changed')
}

function main(): void {
  const width = 34
  const names = Object.keys(PLANS)
  console.log(`compressed bytes pushed ÷ compressed bytes changed, ${LIMIT} layers at most\n`)
  console.log(`${'update'.padEnd(width)} cases   changed ${names.map(name => name.padStart(14)).join('')}`)
  for (const { update, costs } of amplifications()) {
    const row = (label: string, cell: (costs: Cost[]) => string, head = ''): void => {
      const cells = Object.values(costs).map(each => cell(each).padStart(14))
      console.log(`${label.padEnd(width)} ${head.padEnd(15)} ${cells.join('')}`)
    }
    const [any = []] = Object.values(costs)
    row(update, each => amplificationOf(each).toFixed(3), headOf(any))
    if (any.length === 1) continue
    row('  median', each => median(each.map(({ pushed, changed }) => pushed / changed)).toFixed(3))
    row('  pushed without need, mean', each =>
      megabytes((total(each, 'pushed') - total(each, 'changed')) / each.length)
    )
    row('  pushed without need, most', each => megabytes(Math.max(...each.map(cost => cost.pushed - cost.changed))))
  }
}

/** How many cases, and what changes in them. */
function headOf(costs: readonly Cost[]): string {
  return `${String(costs.length).padStart(5)} ${megabytes(total(costs, 'changed')).padStart(9)}`
}

/** Most updates start from the same closure. */
function remembering(plan: Plan): Plan {
  const known = new WeakMap<readonly PathInfo[], ReturnType<Plan>>()
  return closure => {
    const layers = known.get(closure) ?? plan(closure)
    known.set(closure, layers)
    return layers
  }
}

function total(costs: readonly Cost[], what: keyof Cost): number {
  return costs.reduce((sum, cost) => sum + cost[what], 0)
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}

if (import.meta.main) main()
