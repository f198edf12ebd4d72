/** The command line as a function: arguments in, exit code out. */
import { exitCode, redactUrl, SeedError } from '../errors.ts'
import type { Ports } from '../ports.ts'
import { attestCommand } from './attest.ts'
import { attestationsCommand } from './attestations.ts'
import { commandHelp, parseArguments, programHelp, type CommandSpec } from './command.ts'
import { errorData } from './error-data.ts'
import { inspectCommand } from './inspect.ts'
import { keyCommand } from './key.ts'
import { policyCommand } from './policy.ts'
import { publishCommand } from './publish.ts'
import { restoreCommand } from './restore.ts'
import { withoutSecrets } from './secrets.ts'
import { terminal, type Verbosity } from './terminal.ts'
import { verifyCommand } from './verify.ts'
import { verifyBundleCommand } from './verify-bundle.ts'

export const COMMANDS: readonly CommandSpec[] = [
  publishCommand,
  attestCommand,
  attestationsCommand,
  policyCommand,
  verifyCommand,
  verifyBundleCommand,
  restoreCommand,
  inspectCommand,
  keyCommand
]

export interface Outside {
  env: Ports['env']
  cwd: string
  version: string
  signal: AbortSignal
  stdout: { write(text: string): unknown }
  stderr: { isTTY?: boolean; columns?: number; write(text: string): unknown }
}

/**
 * Runs one command line.
 *
 * @param argv without the program's own name
 * @returns the exit code
 */
export async function runProgram(argv: readonly string[], outside: Outside): Promise<number> {
  const [name, ...rest] = argv
  const verbosity = verbosityOf(rest)
  const out = terminal(outside.stderr, verbosity)
  const printed = { result: false }
  const print = (text: string): void => {
    printed.result = true
    outside.stdout.write(text)
  }
  const ports: Ports = { log: out, progress: out, env: withoutSecrets(outside.env, rest), signal: outside.signal }
  try {
    if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
      const text = programHelp(COMMANDS, outside.version)
      if (name === undefined) {
        outside.stderr.write(text)
        return 2
      }
      outside.stdout.write(text)
      return 0
    }
    if (name === '--version' || name === 'version') {
      outside.stdout.write(`nix-seed ${outside.version}\n`)
      return 0
    }
    const command = COMMANDS.find(candidate => candidate.name === name)
    if (!command) {
      throw new SeedError('USAGE', `there is no command ${JSON.stringify(name)}`, {
        hint: `Commands: ${COMMANDS.map(candidate => candidate.name).join(', ')}. See \`nix-seed --help\`.`
      })
    }
    const args = parseArguments(command, rest)
    if (args.flag('help')) outside.stdout.write(commandHelp(command))
    else
      await command.run(args, {
        ports,
        env: outside.env,
        cwd: outside.cwd,
        print
      })
    return 0
  } catch (error) {
    outside.stderr.write(describeError(error, outside.signal, verbosity))
    // For scripts that switch on the code: exit codes tell the kind alone. A command that has printed its result has
    // said there why it failed: scripts get one document.
    if (error instanceof SeedError && argv.includes('--json') && !printed.result) {
      outside.stdout.write(`${JSON.stringify({ error: errorData(error) })}\n`)
    }
    return error instanceof SeedError ? exitCode(error.code) : 1
  }
}

function verbosityOf(argv: readonly string[]): Verbosity {
  if (argv.includes('--quiet') || argv.includes('-q')) return 'quiet'
  return argv.includes('--verbose') || argv.includes('-v') ? 'verbose' : 'normal'
}

/** What failed, on what, and what to do next; the chain of causes for those who asked for more. */
export function describeError(error: unknown, signal: AbortSignal, verbosity: Verbosity): string {
  const known = error instanceof SeedError
  if (!known && signal.aborted) return 'nix-seed: interrupted; run it again\n'
  const lines = [`nix-seed: ${known ? error.message : redactUrl(messageOf(error))}`]
  if (known && error.resource !== undefined && !error.message.includes(error.resource))
    lines.push(`  at: ${error.resource}`)
  if (known && error.hint !== undefined) lines.push(...error.hint.split('\n').map(line => `  ${line}`))
  if (!known || verbosity === 'verbose') {
    if (!known) lines.push('  This is a defect of nix-seed; please report it with the lines below.')
    for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
      lines.push(redactUrl(cause.stack ?? cause.message))
    }
  }
  return `${lines.join('\n')}\n`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
