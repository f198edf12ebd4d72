import { writeFile } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import {
  dimensionValue,
  examinePolicyText,
  PolicyError,
  policyOutlook,
  type BuilderRole,
  type Policy,
  type PolicyOutlook
} from '../attest/policy.ts'
import { SeedError, systemCode } from '../errors.ts'
import { usage, type Arguments, type CommandIo, type CommandSpec } from './command.ts'
import { findPolicy, POLICY_DETAILS } from './policy-file.ts'
import { policyStart, readProjects } from './policy-start.ts'

const DEFAULT_FILE = 'seed-policy.jsonc'
/** Of sets that can meet a policy, as many as anybody reads. */
const MAX_SETS = 20

export const policyCommand: CommandSpec = {
  name: 'policy',
  summary: 'check a policy, or write one to start from',
  synopsis: 'check POLICY | init [FILE]',
  positionals: { min: 1, max: 2 },
  options: { json: { help: 'print the result of a check as JSON' } },
  details: [
    'A policy names the builders whose word counts for a seed, how many of them must agree on its digest, and in what these must differ. It is JSON, and comments are allowed.',
    POLICY_DETAILS,
    'check tells everything that is wrong with a policy, with lines where it is a file. Of a sound policy it shows the builders, and which sets of them can meet it. The exit code is 0 for a policy that can be met, 3 for one that no set of its builders can meet, 2 for one that is not valid.',
    `init writes FILE (${DEFAULT_FILE}) with builders on GitHub, GitLab and CircleCI, filled in as far as the git remotes tell. It overwrites nothing. Nothing is sent anywhere.`
  ],
  examples: [
    { line: 'nix-seed policy init', meaning: `writes ${DEFAULT_FILE}` },
    { line: `nix-seed policy check ${DEFAULT_FILE}`, meaning: 'what is still wrong with it, or who can meet it' },
    { line: 'nix-seed policy check .#seedCfg.policy', meaning: 'one that is in the flake in this folder' },
    { line: `nix-seed policy check ${DEFAULT_FILE} --json | jq '.sets'`, meaning: 'for a script' }
  ],
  run: runPolicy
}

async function runPolicy(args: Arguments, io: CommandIo): Promise<void> {
  const [verb, file] = args.positionals
  if (verb === 'init') {
    if (args.flag('json')) throw usage(policyCommand, '--json goes with check')
    return init(file ?? DEFAULT_FILE, io)
  }
  if (verb !== 'check') throw usage(policyCommand, `${JSON.stringify(verb)} is neither check nor init`)
  if (file === undefined)
    throw usage(policyCommand, 'the policy is missing: which file, or which attribute of a flake?')
  await check(file, args.flag('json'), io)
}

async function init(file: string, io: CommandIo): Promise<void> {
  const path = resolve(io.cwd, file)
  const text = policyStart(await readProjects(io.cwd, io.ports))
  try {
    await writeFile(path, text, { flag: 'wx' })
  } catch (error) {
    const isThere = systemCode(error) === 'EEXIST'
    throw new SeedError(
      isThere ? 'USAGE' : 'FILE_SYSTEM',
      isThere ? 'there is such a file already' : 'cannot write the policy',
      {
        resource: path,
        hint: isThere
          ? 'Name another file, or move that one away.'
          : 'The folder must be there, and you must be allowed to write to it.',
        cause: error
      }
    )
  }
  for (const { line, path: field } of examinePolicyText(text).problems) {
    io.ports.log.info(`to be filled in: ${line === undefined ? '' : `line ${line}, `}${field}`)
  }
  io.ports.log.info(`Then run: nix-seed policy check ${relative(io.cwd, path)}`)
  io.print(`${path}\n`)
}

async function check(text: string, asJson: boolean, io: CommandIo): Promise<void> {
  const { policy, problems, source } = await findPolicy(text, io)
  // A policy that cannot be met is shown all the same: its table is what explains it. A script gets one document.
  if (policy && !(asJson && problems.length > 0)) {
    const outlook = policyOutlook(policy, MAX_SETS)
    io.print(asJson ? `${JSON.stringify(asData(source, policy, outlook), null, 2)}\n` : render(policy, outlook))
  }
  if (problems.length > 0) throw new PolicyError(problems, source)
}

function asData(file: string, policy: Policy, { largest, sets, hasMore, roles }: PolicyOutlook): object {
  const builders = policy.builders.map(builder => ({ ...builder, inQuorum: roles.get(builder.id) }))
  return { file, ...policy, builders, largest, sets, hasMore }
}

const ROLES: Record<BuilderRole, string> = { every: 'in every set', some: 'in some sets', none: 'in no set' }

function render(policy: Policy, { largest, sets, hasMore, roles }: PolicyOutlook): string {
  const { builders, threshold } = policy
  const dimensions = policy.dimensions.filter(dimension => dimension !== 'builder')
  const differ = dimensions.length > 0 ? `, different in ${dimensions.join(', ')}` : ''
  const count = sets.length === 1 && !hasMore ? '1 set' : `${hasMore ? 'more than ' : ''}${sets.length} sets`
  return [
    `${threshold} of ${builders.length} builders must agree${differ}. At most ${largest} differ.`,
    '',
    ...grid([
      ['builder', ...dimensions, ''],
      ...builders.map(builder => [
        builder.id,
        ...dimensions.map(dimension => dimensionValue(builder, dimension)),
        ROLES[roles.get(builder.id) ?? 'none']
      ])
    ]),
    '',
    ...grid([
      ['builder', 'signs as'],
      ...builders.map(({ id, identity, identityPattern, publicKey = '' }) => [
        id,
        identity ?? (identityPattern === undefined ? `key ${keyName(publicKey)}` : `pattern ${identityPattern}`)
      ])
    ]),
    '',
    sets.length === 0 ? 'No set of builders can meet it.' : `${count} of builders can meet it:`,
    ...sets.map(set => `  ${set.join(', ')}`),
    ...(hasMore ? ['  …'] : []),
    ''
  ].join('\n')
}

const keyName = (publicKey: string): string => (publicKey.startsWith('-----') ? 'in the policy' : publicKey)

function grid(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => (row[column] ?? '').length)))
  return rows.map(row => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
}
