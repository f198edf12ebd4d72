/** Commands as data: what `--help` shows and what the parser accepts come from one table. */
import { parseArgs } from 'node:util'
import { SeedError } from '../errors.ts'
import type { Ports } from '../ports.ts'

export interface OptionSpec {
  /** Name of the value in the help text; absent for a switch. */
  value?: string
  short?: string
  multiple?: boolean
  help: string
}

export interface CommandSpec {
  name: string
  /** One line. */
  summary: string
  /** Positional arguments, as in a synopsis. */
  synopsis: string
  positionals: { min: number; max: number }
  options: Record<string, OptionSpec>
  /** Paragraphs under the synopsis. */
  details: string[]
  examples: { line: string; meaning: string }[]
  run(args: Arguments, io: CommandIo): Promise<void>
}

/** What a command writes its result to; messages go through `ports.log`. */
export interface CommandIo {
  ports: Ports
  /** The whole environment, with the secrets that `ports.env` is without: for what signs, and for no program. */
  env: Ports['env']
  /** Where relative paths start. */
  cwd: string
  /** Writes to standard output. */
  print(text: string): void
}

/** Parsed arguments, read by name; unknown names cannot occur. */
export interface Arguments {
  positionals: string[]
  flag(name: string): boolean
  text(name: string): string | undefined
  list(name: string): string[]
}

const COMMON: Record<string, OptionSpec> = {
  help: { short: 'h', help: 'show this text' },
  quiet: { short: 'q', help: 'only warnings and errors' },
  verbose: { short: 'v', help: 'also what Nix and the registry say' }
}

/**
 * Parses the arguments that follow a command's name.
 *
 * @throws SeedError USAGE naming the argument that is wrong
 */
export function parseArguments(command: CommandSpec, argv: readonly string[]): Arguments {
  const specs = { ...command.options, ...COMMON }
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      {
        type: spec.value === undefined ? ('boolean' as const) : ('string' as const),
        ...(spec.short === undefined ? {} : { short: spec.short }),
        ...(spec.multiple ? { multiple: true } : {})
      }
    ])
  )
  const parsed = parse(command, argv, options)
  const { positionals } = parsed
  const values = parsed.values as Record<string, string | boolean | (string | boolean)[] | undefined>
  const { min, max } = command.positionals
  if (values['help'] !== true && (positionals.length < min || positionals.length > max)) {
    const what = positionals.length < min ? 'an argument is missing' : `unexpected argument ${quote(positionals[max])}`
    throw usage(command, what)
  }
  return {
    positionals,
    flag: name => values[name] === true,
    text: name => (typeof values[name] === 'string' ? values[name] : undefined),
    list: name => [values[name] ?? []].flat().filter(item => typeof item === 'string')
  }
}

function parse(
  command: CommandSpec,
  argv: readonly string[],
  options: NonNullable<Parameters<typeof parseArgs>[0]>['options'] & object
): ReturnType<typeof parseArgs> {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true })
  } catch (error) {
    throw usage(command, error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error))
  }
}

/** An error of use: the exit code is 2, and the synopsis follows. */
export function usage(command: Pick<CommandSpec, 'name' | 'synopsis'>, what: string): SeedError {
  return new SeedError('USAGE', what, {
    hint: `Usage: nix-seed ${command.name} ${command.synopsis}\nSee \`nix-seed ${command.name} --help\`.`
  })
}

/** The whole help text of a command. */
export function commandHelp(command: CommandSpec): string {
  const options = Object.entries({ ...command.options, ...COMMON }).map(([name, spec]): [string, string] => [
    `${spec.short === undefined ? '    ' : `-${spec.short}, `}--${name}${spec.value === undefined ? '' : ` ${spec.value}`}`,
    spec.help + (spec.multiple ? ' (may be repeated)' : '')
  ])
  return [
    `nix-seed ${command.name}: ${command.summary}`,
    '',
    `Usage: nix-seed ${command.name} ${command.synopsis}`,
    ...command.details.flatMap(paragraph => ['', ...wrap(paragraph, 92)]),
    '',
    'Options:',
    ...table(options),
    '',
    'Examples:',
    ...command.examples.flatMap(({ line, meaning }) => [`  # ${meaning}`, `  ${line}`]),
    ''
  ].join('\n')
}

/** The help text of the program. */
export function programHelp(commands: readonly CommandSpec[], version: string): string {
  return [
    `nix-seed ${version}: start Nix jobs in CI from a pinned image of their dependencies`,
    '',
    'Usage: nix-seed COMMAND [ARGUMENT]…',
    '',
    'Commands:',
    ...table(commands.map(command => [command.name, command.summary])),
    '',
    'See `nix-seed COMMAND --help` for the options and examples of a command.',
    '',
    'Exit codes: 0 done, 1 failed, 2 wrong use, 3 policy not met, 4 cryptography, 5 registry or network.',
    ''
  ].join('\n')
}

/** Two columns, indented. */
export function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd())
}

function wrap(text: string, width: number): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line.length + word.length + 1 > width) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines
}

function quote(text: string | undefined): string {
  return JSON.stringify(text ?? '')
}
