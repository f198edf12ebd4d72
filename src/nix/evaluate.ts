import { SeedError } from '../errors.ts'
import type { Ports } from '../ports.ts'
import { argumentChunks, nix, nixStore, parseNixJson } from './command.ts'
import type { NixOptions } from './command.ts'
import type { DerivationOutputs } from './derivation.ts'
import { compareText, storeDir, storePath } from './store-path.ts'

export interface EvalOptions extends Pick<NixOptions, 'cwd' | 'task' | 'resource' | 'hint' | 'onLine'> {
  /** A Nix function that the value is given to first. */
  apply?: string
  impure?: boolean
  /** Further arguments of `nix eval`. */
  args?: readonly string[]
}

/**
 * The value of an installable (`.#packages.x86_64-linux.seed`) as JSON; the flake's lock file is not changed.
 *
 * @throws SeedError NIX_EVALUATION with Nix's own message.
 */
export function evalJson(installable: string, ports: Ports, options: EvalOptions = {}): Promise<unknown> {
  const apply = options.apply === undefined ? [] : ['--apply', options.apply]
  return evaluate(['--no-update-lock-file', installable, ...apply], ports, options)
}

/** The value of a Nix expression as JSON. Fails as {@link evalJson} does. */
export function evalExpression(expression: string, ports: Ports, options: EvalOptions = {}): Promise<unknown> {
  return evaluate(['--expr', expression], ports, options)
}

async function evaluate(what: readonly string[], ports: Ports, options: EvalOptions): Promise<unknown> {
  const { apply: _, impure, args = [], ...rest } = options
  const output = await nix(['eval', '--json', ...(impure === true ? ['--impure'] : []), ...args, ...what], ports, {
    task: 'evaluation failed',
    ...rest
  })
  return parseNixJson(output, 'nix eval')
}

/** `text` as a string literal of the Nix language. */
export function nixString(text: string): string {
  return `"${text
    .replace(/["\\]|\$(?=\{)/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')}"`
}

/**
 * The system that Nix builds for here, such as `x86_64-linux`.
 *
 * @throws SeedError STORE_INVALID where Nix was configured for a store directory other than /nix/store.
 */
export async function currentSystem(ports: Ports): Promise<string> {
  const value = await evalExpression('[ builtins.currentSystem builtins.storeDir ]', ports, { impure: true })
  const [system, directory] = Array.isArray(value) ? (value as unknown[]) : []
  if (directory !== storeDir) {
    throw new SeedError('STORE_INVALID', `the store directory of this Nix is ${String(directory)}`, {
      hint: `Only ${storeDir} is supported: unset NIX_STORE_DIR, or use a Nix that was built for it.`
    })
  }
  return String(system)
}

/**
 * Builds or fetches installables and returns the paths of their outputs, sorted. No `result` link is left behind.
 *
 * @throws SeedError NIX_BUILD with Nix's own message.
 */
export async function buildPaths(
  installables: readonly string[],
  ports: Ports,
  options: Pick<NixOptions, 'cwd' | 'task' | 'resource' | 'hint'> = {}
): Promise<string[]> {
  const output = await nix(['build', '--no-link', '--json', '--no-update-lock-file', ...installables], ports, {
    code: 'NIX_BUILD',
    task: 'could not build',
    ...options
  })
  return parseBuilt(parseNixJson(output, 'nix build'))
}

/** Reads what `nix build --json` prints: `[{drvPath, outputs: {out: path}}]`, or `[{path}]` for a plain store path. */
export function parseBuilt(json: unknown): string[] {
  const paths = new Set<string>()
  for (const built of Array.isArray(json) ? (json as Record<string, unknown>[]) : []) {
    const outputs = typeof built === 'string' ? [built] : (built.outputs ?? [built.path])
    for (const path of Object.values(outputs)) paths.add(storePath(String(path)))
  }
  return [...paths].sort(compareText)
}

/**
 * Builds or fetches outputs of derivations.
 *
 * @returns the store paths of just those outputs, sorted.
 * @throws SeedError NIX_BUILD with Nix's own message.
 */
export async function realise(wanted: readonly DerivationOutputs[], ports: Ports): Promise<string[]> {
  const paths = new Set<string>()
  for (const chunk of argumentChunks(wanted.map(({ drvPath, outputs }) => `${drvPath}!${outputs.join(',')}`))) {
    // Without build output on standard error, the end of it is in Nix's error.
    const args = ['--realise', '--no-build-output', ...chunk]
    const output = await nixStore(args, ports, { code: 'NIX_BUILD', task: 'could not build' })
    for (const line of output.split('\n')) if (line !== '') paths.add(storePath(line))
  }
  return [...paths].sort(compareText)
}

/** The store paths that `paths` depend on; of `.drv` files: all derivations and sources behind them, themselves included. */
export async function requisites(paths: readonly string[], ports: Ports): Promise<Set<string>> {
  const found = new Set<string>()
  for (const chunk of argumentChunks(paths)) {
    const output = await nixStore(['--query', '--requisites', ...chunk], ports, { task: 'could not query the store' })
    for (const line of output.split('\n')) if (line !== '') found.add(storePath(line))
  }
  return found
}
