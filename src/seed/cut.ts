import { createHash } from 'node:crypto'
import type { Derivation, DerivationOutputs } from '../nix/derivation.ts'
import { mergeOutputs, showDerivations } from '../nix/derivation.ts'
import { currentSystem, nixString, requisites } from '../nix/evaluate.ts'
import type { Flake } from '../nix/flake.ts'
import { evalOutputs, inputSources, pathReference, sourceTrees } from '../nix/flake.ts'
import { resolveInput, seedSelfNode } from '../nix/flake-lock.ts'
import { compareText, sourceTreePath } from '../nix/store-path.ts'
import type { Ports } from '../ports.ts'
import { SeedError } from '../errors.ts'
import { licensesFunction } from './automatic.ts'
import { withFlippedTree } from './flipped-tree.ts'
import type { Target, Targets } from './targets.ts'
import { evaluateTargets } from './targets.ts'

/** What has to be there before something can be built: outputs of derivations, and sources. */
export interface Needs {
  wanted: DerivationOutputs[]
  sources: string[]
}

/** What must be in the store before a flake's own derivations can be built, and nothing of those. */
export interface Cut {
  system: string
  /**
   * What each output of the flake needs of that, by attribute, sorted. What evaluation itself needs, and the shell that
   * `nix develop` starts, are needed by all and so in `shared`.
   */
  outputs: Map<string, Needs>
  shared: Needs
  /** The outputs to realise, sorted. */
  wanted: DerivationOutputs[]
  /** The source trees of the locked inputs, sorted: evaluation reads them. */
  inputs: string[]
  /** Sources that the flake's derivations use and that are not the project's own, sorted; in the store already. */
  sources: string[]
  /** What was evaluated. */
  targets: Target[]
  /** Licences of store paths, as far as they are known; not all of those paths are what the cut wants. */
  licenses: Record<string, string[]>
  /**
   * SHA-256 (hex) of the store paths that the cut stands for, of which output needs which, and of the licences: unchanged by
   * every change of the project's own source.
   */
  identity: string
}

/**
 * Cuts the build graph of a flake between the derivations that depend on the project's own source (tainted) and the rest:
 * wanted are the outputs that a tainted derivation uses of one that is not. An output of the flake that is not tainted is
 * wanted itself. A dev shell is never built, so it is always cut at its own inputs, and gets the `bashInteractive` of
 * nixpkgs that `nix develop` starts.
 *
 * @param options.system the current system by default.
 * @throws SeedError NIX_EVALUATION that names the output, LOCK_INVALID, INTERRUPTED, and those of the file system.
 */
export async function makeCut(flake: Flake, ports: Ports, options: { system?: string } = {}): Promise<Cut> {
  const system = options.system ?? (await currentSystem(ports))
  const [{ found, bash }, flipped, inputs] = await together(ports, [
    inner => evaluateFlake(flake, system, inner),
    inner => evaluateFlipped(flake, system, inner),
    inner => inputSources(flake, inner)
  ])
  for (const skipped of found.skipped) ports.log.info(`left out: ${skipped}`)
  const graph = await compare(found.targets, flipped.targets, ports)
  const { outputs, imports } = needsOfOutputs(found, flipped, graph)
  const shared = merge([imports, { wanted: bash, sources: [] }], flake)
  for (const [attribute, needs] of outputs) outputs.set(attribute, merge([needs], flake))
  const licenses = foreignLicenses(found.licenses, graph)
  const cut = { outputs, shared, ...merge([...outputs.values(), shared], flake), inputs, licenses }
  return { system, ...cut, targets: found.targets, identity: identify(cut, graph) }
}

async function evaluateFlake(flake: Flake, system: string, ports: Ports) {
  const found = await evaluateTargets(flake.reference, system, ports, { licenses: await licensesFunction() })
  const hasShell = found.targets.some(({ kind }) => kind === 'devShell')
  return { found, bash: hasShell ? await interactiveBash(flake, system, ports) : [] }
}

async function evaluateFlipped(flake: Flake, system: string, ports: Ports): Promise<Targets> {
  try {
    return await withFlippedTree(flake, ports, reference => evaluateTargets(reference, system, ports))
  } catch (error) {
    if (!(error instanceof SeedError) || error.code !== 'NIX_EVALUATION') throw error
    throw new SeedError('NIX_EVALUATION', `a copy of the flake with other file modes fails: ${error.message}`, {
      resource: flake.url,
      hint: 'The automatic cut needs that copy. Declare what the seed holds with lib.mkSeed instead.',
      cause: error
    })
  }
}

/**
 * Runs tasks at once. If some fail, the first of them in order decides: the others are stopped, and have ended when this
 * throws.
 */
async function together<A, B, C>(
  ports: Ports,
  tasks: [(ports: Ports) => Promise<A>, (ports: Ports) => Promise<B>, (ports: Ports) => Promise<C>]
): Promise<[A, B, C]> {
  const stop = new AbortController()
  const inner = { ...ports, signal: AbortSignal.any([ports.signal, stop.signal]) }
  const running = [tasks[0](inner), tasks[1](inner), tasks[2](inner)] as const
  const ended = Promise.allSettled(running)
  try {
    return [await running[0], await running[1], await running[2]]
  } finally {
    stop.abort()
    await ended
  }
}

/** What is known of the build graph of the flake as it is, beside that of the flipped tree. */
interface Graph {
  /** The derivations that the flipped tree has too. */
  shared: ReadonlySet<string>
  /** All others, and the dev shells: those that may have to be looked into. */
  shown: ReadonlyMap<string, Derivation>
  /** The `.drv` paths of those whose outputs depend on the project's source. */
  tainted: ReadonlySet<string>
}

/**
 * A derivation that both trees have is not tainted. One that differs still is not where its outputs are the same: they
 * are fixed by a hash (vendored dependencies, fetched for the project's own lock file), or depend on such alone.
 */
async function compare(real: readonly Target[], flipped: readonly Target[], ports: Ports): Promise<Graph> {
  const [ours, theirs] = (await Promise.all(
    [real, flipped].map(targets => requisites(unique(targets.map(({ drvPath }) => drvPath)), ports))
  )) as [Set<string>, Set<string>]
  const onlyIn = (one: Set<string>, other: Set<string>) =>
    [...one].filter(path => path.endsWith('.drv') && !other.has(path)).sort(compareText)
  const shells = real.filter(({ kind }) => kind === 'devShell').map(({ drvPath }) => drvPath)
  const differing = onlyIn(ours, theirs)
  const [shown, others] = await Promise.all([
    showDerivations(unique([...differing, ...shells]), ports),
    showDerivations(onlyIn(theirs, ours), ports)
  ])
  const same = new Set([...others.values()].flatMap(({ outputs }) => [...outputs.values()]))
  const isTainted = (drvPath: string) =>
    [...(shown.get(drvPath)?.outputs.values() ?? [])].some(path => path === undefined || !same.has(path))
  return { shared: theirs, shown, tainted: new Set(differing.filter(isTainted)) }
}

/** What each output needs, and what was built and read while all of them were evaluated. */
function needsOfOutputs(
  found: Targets,
  flipped: Targets,
  graph: Graph
): { outputs: Map<string, Needs>; imports: Needs } {
  const byAttribute = Map.groupBy(found.targets, ({ attribute, kind }) => (kind === 'import' ? undefined : attribute))
  const foreign = new Set([...flipped.outputs.values()].flat())
  const outputs = [...found.outputs]
    .sort(([a], [b]) => compareText(a, b))
    .map(([attribute, starts]): [string, Needs] => {
      const { wanted, sources } = walk(byAttribute.get(attribute) ?? [], graph)
      return [attribute, { wanted, sources: [...sources, ...starts.filter(path => foreign.has(path))] }]
    })
  return { outputs: new Map(outputs), imports: walk(byAttribute.get(undefined) ?? [], graph) }
}

/** Walks from the targets through the tainted derivations and collects what they use beyond those. */
function walk(targets: readonly Target[], graph: Graph): Needs {
  const wanted: DerivationOutputs[] = []
  const sources = new Set<string>()
  const entered = new Set<string>()
  const enter = (drvPath: string) => {
    const queue = [drvPath]
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (entered.has(next)) continue
      entered.add(next)
      const derivation = graph.shown.get(next)
      if (derivation === undefined) throw new SeedError('STORE_INVALID', `${next} is not known`, { resource: next })
      for (const source of derivation.inputSrcs) if (graph.shared.has(source)) sources.add(source)
      for (const [input, outputs] of derivation.inputDrvs) {
        if (graph.tainted.has(input)) queue.push(input)
        else wanted.push({ drvPath: input, outputs })
      }
    }
  }
  for (const { kind, drvPath, outputs } of targets) {
    if (kind === 'devShell' || graph.tainted.has(drvPath)) enter(drvPath)
    else wanted.push({ drvPath, outputs })
  }
  return { wanted, sources: [...sources] }
}

/**
 * The shell that `nix develop` starts: `bashInteractive` of the input named nixpkgs. Where there is none of that name,
 * the first input that has one is as good. Nix itself does without where it finds none.
 */
async function interactiveBash(flake: Flake, system: string, ports: Ports): Promise<DerivationOutputs[]> {
  const { lock } = flake
  const inputs = Object.keys(lock.nodes[lock.root]?.inputs ?? {}).sort(compareText)
  const candidates = inputs.includes('nixpkgs') ? ['nixpkgs'] : inputs.filter(name => name !== seedSelfNode(lock)?.name)
  for (const name of candidates) {
    const node = resolveInput(lock, [name])
    if (node === undefined || lock.nodes[node]?.flake === false) continue
    const found = await bashOf(flake, node, system, ports)
    if (found !== undefined) return [found]
  }
  ports.log.debug('no input has bashInteractive: nix develop will start the bash that it finds on PATH')
  return []
}

async function bashOf(
  flake: Flake,
  node: string,
  system: string,
  ports: Ports
): Promise<DerivationOutputs | undefined> {
  const tree = (await sourceTrees(flake.lock, [node], ports)).get(node)
  const { narHash, dir } = flake.lock.nodes[node]?.locked ?? {}
  if (tree === undefined || typeof narHash !== 'string') return undefined
  const folder = typeof dir === 'string' ? dir : undefined
  const apply = `outputs:
    let
      packages = (outputs.legacyPackages or { }).${nixString(system)} or { };
      bash = packages.bashInteractive;
    in if packages ? bashInteractive
      then { drvPath = builtins.unsafeDiscardStringContext bash.drvPath; outputs = bash.meta.outputsToInstall or [ "out" ]; }
      else null`
  try {
    const found = await evalOutputs(pathReference(tree, { narHash, dir: folder }), apply, ports)
    return (found ?? undefined) as DerivationOutputs | undefined
  } catch (error) {
    // An input need not be fit to be evaluated on its own. `nix develop` goes on without it as well.
    if (!(error instanceof SeedError) || error.code === 'INTERRUPTED') throw error
    ports.log.debug(`no bashInteractive in the input ${node}: ${error.message}`)
    return undefined
  }
}

/**
 * All needs together, each once and sorted. Without the tree of the pinned seed, which changes with every publish: a seed
 * that held it would never come to rest.
 */
function merge(needs: readonly Needs[], flake: Flake): Needs {
  const narHash = seedSelfNode(flake.lock)?.node.locked?.narHash
  const pinned = typeof narHash === 'string' ? sourceTreePath(narHash) : undefined
  return {
    wanted: mergeOutputs(needs.flatMap(({ wanted }) => wanted)),
    sources: unique(needs.flatMap(({ sources }) => sources)).filter(path => path !== pinned)
  }
}

/** Without what the project itself makes: those paths are in no seed, and change with its source. Sorted. */
function foreignLicenses(licenses: Targets['licenses'], { shown, tainted }: Graph): Cut['licenses'] {
  const own = new Set([...tainted].flatMap(drvPath => [...(shown.get(drvPath)?.outputs.values() ?? [])]))
  const foreign = Object.entries(licenses).filter(([path]) => !own.has(path))
  return Object.fromEntries(foreign.sort(([a], [b]) => compareText(a, b)).map(([path, names]) => [path, unique(names)]))
}

/**
 * Where a derivation differs with the source and its outputs do not, those stand for it. Which output of the flake needs
 * what is in the image, so that counts too. Licences are in the image and in no derivation. Which paths the image will have
 * is known after the build only, so all of them count.
 */
function identify(cut: Pick<Cut, 'outputs' | 'shared' | 'inputs' | 'licenses'>, graph: Graph): string {
  const identified = ({ wanted, sources }: Needs): string[][] => {
    const outputs = wanted.map(({ drvPath, outputs }) => {
      const derivation = graph.shared.has(drvPath) ? undefined : graph.shown.get(drvPath)
      return outputs.map(output => derivation?.outputs.get(output) ?? `${drvPath}!${output}`)
    })
    return [unique(outputs.flat()), sources]
  }
  const outputs = [...cut.outputs].map(([attribute, needs]) => [attribute, identified(needs)])
  const parts = [outputs, identified(cut.shared), cut.inputs, Object.entries(cut.licenses)]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

function unique(paths: readonly string[]): string[] {
  return [...new Set(paths)].sort(compareText)
}
