/** Where a policy is: in a file, or in the configuration of a flake. */
import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import {
  examinePolicy,
  examinePolicyText,
  PolicyError,
  readPolicyFile,
  withThreshold,
  type Policy,
  type PolicyReading
} from '../attest/policy.ts'
import { SeedError } from '../errors.ts'
import { evalJson } from '../nix/evaluate.ts'
import type { CommandIo } from './command.ts'

/** A policy as far as it can be read. */
export interface FoundPolicy extends PolicyReading {
  /** The file, or FLAKE#ATTRIBUTE. */
  source: string
  /** Names of files in the policy are meant from here. */
  folder: string
}

/** What the help of commands says of an argument that names a policy. */
export const POLICY_DETAILS =
  'POLICY is a file, or an attribute of a flake as in .#seedCfg.policy. Files that it names are meant from the folder of the file, or from the current one.'

/** What the files that a policy names may have: keys and trust roots. */
const MAX_BYTES = 1024 * 1024

/**
 * Reads what `text` names, with all that is wrong with it.
 *
 * @param text a file; where there is none of this name and it has a `#`, an attribute of a flake
 * @throws SeedError USAGE where there is neither; POLICY_INVALID with Nix's own message where the attribute cannot be
 *   evaluated; FILE_SYSTEM, TOOL_MISSING
 */
export async function findPolicy(text: string, { cwd, ports }: Pick<CommandIo, 'cwd' | 'ports'>): Promise<FoundPolicy> {
  const file = resolve(cwd, text)
  if (!text.includes('#') || (await isThere(file))) {
    return { ...examinePolicyText(await readPolicyFile(file)), source: file, folder: dirname(file) }
  }
  if (text.endsWith('#')) {
    throw new SeedError('USAGE', 'the policy is an attribute of a flake, and which one is not said', {
      resource: text,
      hint: 'Name it, as in .#seedCfg.policy.'
    })
  }
  const value = await evalJson(text, ports, { cwd, task: 'the policy cannot be evaluated', resource: text }).catch(
    (error: unknown) => {
      throw error instanceof SeedError && error.code === 'NIX_EVALUATION' ? unreadable(error, text) : error
    }
  )
  return { ...examinePolicy(value), source: text, folder: cwd }
}

/**
 * The policy that `text` names, as {@link findPolicy} finds it.
 *
 * @param threshold in place of the policy's own
 * @throws PolicyError POLICY_INVALID with everything that is wrong, POLICY_UNMET where no set of its builders can meet it;
 *   SeedError as `findPolicy`
 */
export async function loadPolicy(
  text: string,
  threshold: number | undefined,
  io: Pick<CommandIo, 'cwd' | 'ports'>
): Promise<{ policy: Policy; source: string; readFile: (name: string) => Promise<Uint8Array> }> {
  const { policy, problems, source, folder } = await findPolicy(text, io)
  // With another threshold it may be one that can be met.
  const isReadable = problems.every(({ kind }) => kind === 'unmet' && threshold !== undefined)
  if (policy === undefined || !isReadable) throw new PolicyError(problems, source)
  const { readUpTo } = await import('../attest/verify/file.ts')
  return {
    policy: threshold === undefined ? policy : withThreshold(policy, threshold, source),
    source,
    readFile: name => readUpTo(resolve(folder, name), MAX_BYTES, 'file, which the policy names')
  }
}

function unreadable(error: SeedError, text: string): SeedError {
  return new SeedError('POLICY_INVALID', error.message, {
    resource: text,
    hint: 'The attribute must be there, and be plain data: what `nix eval --json` can print.',
    cause: error
  })
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false
  )
}
