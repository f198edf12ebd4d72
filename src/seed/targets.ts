import { SeedError } from '../errors.ts'
import type { DerivationOutputs } from '../nix/derivation.ts'
import { nixMessage } from '../nix/command.ts'
import { nixString } from '../nix/evaluate.ts'
import { evalOutputs } from '../nix/flake.ts'
import { compareText, storePath } from '../nix/store-path.ts'
import { ToolFailure } from '../process.ts'
import type { Ports } from '../ports.ts'

/** What a flake offers for one system and a job may build; `import` is what evaluation itself has built and read. */
export type TargetKind = 'package' | 'check' | 'app' | 'devShell' | 'import'

export interface Target extends DerivationOutputs {
  kind: TargetKind
  /** Its place in the flake: `packages.x86_64-linux.default`. */
  attribute: string
}

export interface Targets {
  targets: Target[]
  /** Every output by its attribute, with the store paths that it starts from without a derivation: apps do. */
  outputs: Map<string, string[]>
  /** Attributes that are left out, with the reason. */
  skipped: string[]
  /** Licences of store paths that they are made from; of their own too. */
  licenses: Record<string, string[]>
}

/** One output as {@link targetsExpression} answers it. */
interface Answer {
  kind: TargetKind
  attribute: string
  derivations?: DerivationOutputs[]
  sources?: string[]
  /** Why it is left out. */
  skip?: string
}

const MARK = 'the seed needs the output'

/**
 * Evaluates the packages, checks, apps and dev shells that a flake has for `system`, all at once. Outputs that are seeds
 * themselves (`isNixSeed`) are left out and not evaluated any further. What evaluation itself builds and reads is known
 * from those versions of Nix that have the option `trace-import-from-derivation` only.
 *
 * @param licenses Nix function that finds licences (`nix/licenses.nix`); without it, none are looked for
 * @throws SeedError NIX_EVALUATION that names the output and shows Nix's message.
 */
export async function evaluateTargets(
  reference: string,
  system: string,
  ports: Ports,
  { licenses }: { licenses?: string } = {}
): Promise<Targets> {
  const imports = new Map<string, Target>()
  let found: { answers: Answer[]; licenses: Targets['licenses'] }
  try {
    found = (await evalOutputs(reference, targetsExpression(system, licenses), ports, {
      // Tracing names the output that fails; the option makes newer versions tell what evaluation builds.
      args: ['--show-trace', '--option', 'eval-cache', 'false', '--option', 'trace-import-from-derivation', 'true'],
      onLine: line => {
        const target = parseImport(line)
        if (target !== undefined) imports.set(`${target.drvPath}!${target.outputs.join()}`, target)
      }
    })) as typeof found
  } catch (error) {
    throw evaluationFailure(error, reference)
  }
  const { answers } = found
  const targets = answers.flatMap(({ kind, attribute, derivations = [] }) =>
    derivations.map(({ drvPath, outputs }) => ({
      kind,
      attribute,
      drvPath: storePath(drvPath),
      outputs: [...outputs].sort(compareText)
    }))
  )
  const outputs = answers
    .filter(({ skip }) => skip === undefined)
    .map(({ attribute, sources = [] }) => [attribute, sources.map(storePath)] as const)
  const skipped = answers.flatMap(({ attribute, skip }) => (skip === undefined ? [] : [`${attribute}: ${skip}`]))
  return {
    targets: [...targets, ...imports.values()],
    outputs: new Map(outputs),
    skipped,
    licenses: found.licenses
  }
}

/**
 * The function that all outputs are given to. Strings lose their context on the way to JSON, so an app is asked for the
 * context of its program: the derivations that it starts from.
 */
export function targetsExpression(system: string, licenses = '(_: { })'): string {
  return `
outputs:
let
  system = ${nixString(system)};
  of = set: (outputs.\${set} or { }).\${system} or { };
  path = builtins.unsafeDiscardStringContext;
  default = drv:
    let all = drv.outputs or [ "out" ]; in
    if drv.outputSpecified or false then [ drv.outputName ]
    else drv.meta.outputsToInstall or [ (if builtins.elem "out" all then "out" else builtins.head all) ];
  derivation = select: drv:
    if drv.isNixSeed or false then { skip = "it is a seed"; }
    else if (drv.type or null) != "derivation" then { skip = "it is no derivation"; }
    else { derivations = [ { drvPath = path drv.drvPath; outputs = select drv; } ]; };
  app = value:
    if (value.type or null) != "app" then derivation default value
    else
      let
        context = builtins.getContext "\${value.program}";
        names = builtins.attrNames context;
        built = builtins.filter (name: context.\${name} ? outputs) names;
      in {
        derivations = map (name: { drvPath = name; inherit (context.\${name}) outputs; }) built;
        sources = builtins.filter (name: context.\${name} ? path) names;
      };
  each = kind: set: read: map
    (name:
      let
        attribute = "\${set}.\${system}.\${name}";
        answer = { inherit kind attribute; } // read (of set).\${name};
      in builtins.addErrorContext "${MARK} '\${attribute}'" (builtins.deepSeq answer answer))
    (builtins.attrNames (of set));
in {
  answers = each "package" "packages" (derivation default)
    ++ each "check" "checks" (derivation (drv: drv.outputs or [ "out" ]))
    ++ each "app" "apps" app
    ++ each "devShell" "devShells" (derivation default);
  licenses = ${licenses} {
    derivations = builtins.concatMap (set: builtins.attrValues (of set)) [ "packages" "checks" "apps" "devShells" ];
  };
}`
}

/** Reads the line by which Nix tells that evaluation needed a build: `.drv^out,dev`. */
function parseImport(line: string): Target | undefined {
  const match = /^warning: built '([^'^]+\.drv)\^([^']+)' during evaluation due to an import from derivation/.exec(line)
  if (match?.[1] === undefined || match[2] === undefined) return undefined
  const outputs = match[2].split(',').sort(compareText)
  return { kind: 'import', attribute: 'import from derivation', drvPath: storePath(match[1]), outputs }
}

/** Names the output that fails, and leaves out the trace, most of which is about the function above. */
function evaluationFailure(error: unknown, reference: string): unknown {
  if (!(error instanceof SeedError) || error.code !== 'NIX_EVALUATION') return error
  const stderr = error.cause instanceof ToolFailure ? error.cause.stderr : error.message
  const attribute = new RegExp(`… ${MARK} '([^\\n]+)'`).exec(stderr)?.[1]
  if (attribute === undefined) return error
  return new SeedError('NIX_EVALUATION', `could not evaluate the output ${attribute}:\n${withoutTrace(stderr)}`, {
    resource: reference,
    hint: `See the whole trace with: nix eval --show-trace '.#${attribute}'`,
    cause: error
  })
}

/**
 * Nix's errors without the trace: the innermost error with its place in the source, which stands last (first until
 * Nix 2.18), and what failed before it, such as a build that evaluation needed.
 */
export function withoutTrace(stderr: string): string {
  const blocks = nixMessage(stderr).split(/\n(?=\s*error:|\s*…)/)
  return blocks
    .filter(block => /^\s*error: /.test(block))
    .map(block => block.trim())
    .join('\n')
}
