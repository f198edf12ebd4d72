/** Policies: which builders may attest, and how many of them must agree. Described in docs/policy.md. */
import { open } from 'node:fs/promises'
import { SeedError, systemCode } from '../errors.ts'
import { PUBLIC_TRUST_ROOT } from './policy/builder.ts'
import { checkMeaning } from './policy/meaning.ts'
import { formatPath, PolicyError, type Path, type PolicyProblem, type Report } from './policy/problem.ts'
import { checkShape, DEFAULT_DIMENSIONS } from './policy/shape.ts'
import { MAX_POLICY_BYTES, readPolicyText } from './policy/text.ts'
import type { Policy, PolicyBuilder } from './policy/types.ts'
import { PROVENANCE_TYPE } from './statement.ts'

export { dimensionValue, findBuilder, isInlineKey, PUBLIC_TRUST_ROOT, repositoryKey } from './policy/builder.ts'
export type { BuilderMatch, CertifiedSigner } from './policy/builder.ts'
export { policyOutlook } from './policy/outlook.ts'
export type { BuilderRole, PolicyOutlook } from './policy/outlook.ts'
export { describeProblem, PolicyError } from './policy/problem.ts'
export type { PolicyProblem } from './policy/problem.ts'
export { DIMENSIONS, MAX_BUILDERS, SCHEMA_ID } from './policy/types.ts'
export type { CertifiedPolicyBuilder, Dimension, KeyPolicyBuilder, Policy, PolicyBuilder } from './policy/types.ts'
export { MAX_POLICY_BYTES }

export const DEFAULT_THRESHOLD = 3

/** A policy as far as it can be read, and all that is wrong with it. */
export interface PolicyReading {
  /** Absent where its fields are not what they should be; there where no set of its builders can meet it. */
  policy?: Policy
  problems: PolicyProblem[]
}

/**
 * Reads a policy from the text of a file: JSON, with comments.
 *
 * @param resource what the text was read from, for the error
 * @throws PolicyError POLICY_INVALID with everything that is wrong, and POLICY_UNMET where that is only that no set of
 *   its builders can meet it
 */
export function parsePolicyText(text: string, resource: string): Policy {
  return accept(examinePolicyText(text), resource)
}

/**
 * Reads a policy from plain data, as JSON makes it: the same policy in the configuration of a flake.
 *
 * @throws PolicyError as `parsePolicyText`
 */
export function parsePolicy(value: unknown, resource: string): Policy {
  return accept(examinePolicy(value), resource)
}

/**
 * Reads a policy from a file. Names of files in it are meant from the folder that it is in.
 *
 * @throws PolicyError as `parsePolicyText`; SeedError USAGE where there is no such file, FILE_SYSTEM
 */
export async function readPolicy(file: string): Promise<Policy> {
  return parsePolicyText(await readPolicyFile(file), file)
}

/**
 * The text of a policy's file, and of a large file only as much as shows that it is too large.
 *
 * @throws SeedError USAGE where there is no such file, POLICY_INVALID where it is no text, FILE_SYSTEM
 */
export async function readPolicyFile(file: string): Promise<string> {
  const bytes = Buffer.alloc(MAX_POLICY_BYTES + 1)
  let length = 0
  try {
    const handle = await open(file)
    try {
      for (let read = -1; read !== 0 && length < bytes.length; length += read) {
        ;({ bytesRead: read } = await handle.read(bytes, length, bytes.length - length, null))
      }
    } finally {
      await handle.close()
    }
  } catch (error) {
    const isMissing = systemCode(error) === 'ENOENT'
    throw new SeedError(
      isMissing ? 'USAGE' : 'FILE_SYSTEM',
      isMissing ? 'there is no such policy' : 'cannot read the policy',
      {
        resource: file,
        hint: isMissing ? 'Write one with `nix-seed policy init`.' : 'It must be a file that you may read.',
        cause: error
      }
    )
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length))
  } catch {
    // A character that the cap has cut in two is not what is wrong.
    if (length > MAX_POLICY_BYTES) return bytes.toString('latin1')
    throw new PolicyError([{ kind: 'syntax', path: '', message: 'it is no text in UTF-8' }], file)
  }
}

/** All that can be said of the text of a policy; for people who write one. */
export function examinePolicyText(text: string): PolicyReading {
  const { value, problems, lineOf } = readPolicyText(text)
  return problems.length > 0 ? { problems } : examine(value, lineOf)
}

/** As `examinePolicyText`, of plain data. */
export function examinePolicy(value: unknown): PolicyReading {
  return examine(value)
}

/**
 * The policy with another threshold.
 *
 * @throws PolicyError POLICY_UNMET where its builders cannot meet that; SeedError USAGE where it is no threshold
 */
export function withThreshold(policy: Policy, threshold: number, resource: string): Policy {
  if (!Number.isSafeInteger(threshold) || threshold < 1) {
    throw new SeedError('USAGE', 'the threshold must be a whole number from 1', {
      hint: 'It says how many builders must have attested the same digest.'
    })
  }
  const changed = { ...policy, threshold }
  const { problems, report } = collector()
  checkMeaning(changed, report)
  return accept({ policy: changed, problems }, resource)
}

function examine(value: unknown, lineOf?: (path: Path) => number): PolicyReading {
  const { problems, report } = collector(lineOf)
  checkShape(value, report)
  if (problems.length > 0) return { problems }
  const policy = withDefaults(value as WrittenPolicy)
  checkMeaning(policy, report)
  return problems.some(({ kind }) => kind === 'meaning') ? { problems } : { policy, problems }
}

function collector(lineOf?: (path: Path) => number): { problems: PolicyProblem[]; report: Report } {
  const problems: PolicyProblem[] = []
  const report: Report = (kind, path, message) =>
    void problems.push({ kind, path: formatPath(path), ...(lineOf && { line: lineOf(path) }), message })
  return { problems, report }
}

/** What a policy of the right shape is. */
type WrittenPolicy = Partial<Omit<Policy, 'builders'>> & {
  $schema?: string
  builders: readonly Written<PolicyBuilder>[]
}
type Written<Builder> = Builder extends PolicyBuilder
  ? Omit<Builder, 'trustRoot'> & Partial<Pick<Builder, 'trustRoot'>>
  : never

function withDefaults({ builders, $schema: _, ...written }: WrittenPolicy): Policy {
  return {
    threshold: DEFAULT_THRESHOLD,
    dimensions: DEFAULT_DIMENSIONS,
    predicateType: PROVENANCE_TYPE,
    allowSelfHosted: false,
    allowSandboxOff: false,
    allowSeveralSubjects: false,
    equivocation: 'fail',
    ...written,
    builders: builders.map(builder => ({ ...builder, trustRoot: builder.trustRoot ?? PUBLIC_TRUST_ROOT }))
  }
}

function accept({ policy, problems }: PolicyReading, resource: string): Policy {
  if (policy === undefined || problems.length > 0) throw new PolicyError(problems, resource)
  return policy
}
