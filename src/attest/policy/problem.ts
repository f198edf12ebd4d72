import { SeedError } from '../../errors.ts'

/** Where something stands in a policy: names of fields and indices of lists, from the outermost. */
export type Path = readonly (string | number)[]

/**
 * What is wrong with a policy: `syntax` of the text, `shape` (all that the published schema asks for), `meaning` (what a
 * schema cannot say), or `unmet` where no set of its builders can meet it.
 */
export type ProblemKind = 'syntax' | 'shape' | 'meaning' | 'unmet'

export interface PolicyProblem {
  kind: ProblemKind
  /** As in `builders[1].issuer`; empty for the policy as a whole. */
  path: string
  /** From 1; absent where the policy was not read from text. */
  line?: number
  message: string
}

/** Takes problems as they are found. */
export type Report = (kind: ProblemKind, path: Path, message: string) => void

/** How many problems an error tells; the rest are counted. */
const MAX_TOLD = 20
/** How much of a value an error repeats. */
const MAX_QUOTED = 100

/** A policy that is refused, with every reason. */
export class PolicyError extends SeedError {
  readonly problems: readonly PolicyProblem[]

  constructor(problems: readonly PolicyProblem[], resource: string) {
    const isUnmet = problems.every(problem => problem.kind === 'unmet')
    super(isUnmet ? 'POLICY_UNMET' : 'POLICY_INVALID', describeProblems(problems), {
      resource,
      hint: isUnmet
        ? 'Add builders that differ, lower "threshold", or name fewer "dimensions"; what each of them means is in docs/policy.md.'
        : 'Mend the policy; docs/policy.md describes every field. `nix-seed policy init` writes one to start from.'
    })
    this.problems = problems
  }
}

function describeProblems(problems: readonly PolicyProblem[]): string {
  const told = problems.slice(0, MAX_TOLD).map(describeProblem)
  const [first = ''] = told
  if (problems.length <= 1) return `the policy is refused: ${first}`
  const rest = problems.length - told.length
  const lines = rest > 0 ? [...told, `and ${rest} more`] : told
  return `the policy is refused for ${problems.length} reasons:\n${lines.map(line => `  ${line}`).join('\n')}`
}

/** `line 12, builders[1].issuer: is missing` */
export function describeProblem({ line, path, message }: PolicyProblem): string {
  const place = [...(line === undefined ? [] : [`line ${line}`]), ...(path === '' ? [] : [path])].join(', ')
  return place === '' ? message : `${place}: ${message}`
}

/** `builders[1].issuer`; names that are no words are quoted. */
export function formatPath(path: Path): string {
  return path
    .map((step, i) => {
      if (typeof step === 'number') return `[${step}]`
      if (!/^[$A-Za-z_][\w$]*$/.test(step)) return `[${quote(step)}]`
      return i === 0 ? step : `.${step}`
    })
    .join('')
}

/** A value as an error repeats it: on one line, and not all of it where it is long. */
export function quote(value: unknown): string {
  // Escapes of what no reader sees: other than JSON, which keeps them as they are.
  const text = ((JSON.stringify(value) as string | undefined) ?? String(value)).replace(
    /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu,
    character => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
  )
  return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text
}
