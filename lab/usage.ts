import { existsSync, realpathSync } from 'node:fs'
import { SeedError } from '../src/errors.ts'
import { SERVICE_NAMES } from './services.ts'
import type { ServiceName } from './services.ts'
import type { Bind } from './view.ts'

export type Arguments =
  | { command: 'help'; text: string }
  | { command: 'make'; bare: boolean }
  | { command: 'path' | 'clean' }
  | { command: 'run'; bare: boolean; network: 'none' | 'host'; binds: Bind[]; run: string[] }
  | { command: 'service'; action: 'start' | 'stop'; names: ServiceName[] }

const USAGE = `A Debian root with Nix, registries and container engines, for tests and benchmarks.

usage:
  node lab/main.ts run [OPTION]… [--] COMMAND…   make the lab if it is not there, and run a command in it
  node lab/main.ts make [--bare]                 only make it
  node lab/main.ts path                          print where the base's root file system is
  node lab/main.ts clean                         remove it all
  node lab/main.ts service start NAME…           inside: start registry, crane-registry, dockerd, containerd, sigstore
  node lab/main.ts service stop NAME…            inside: stop them

options of run:
  --network none|host   none (the default): a loopback of its own; host: the machine's network
  --bind PATH           show PATH of the machine at the same place, for writing too
  --bare                without the package set

environment:
  NIX_SEED_LAB   folder of the lab (default: nix-seed/lab in the user's cache), or "off" to use the machine's own tools

examples:
  node lab/main.ts run -- bash
  node lab/main.ts run -- nix build ./examples/hello
  node lab/main.ts run --network host -- apt-get install -y gdb
`

/**
 * Reads the command line, without the program's name.
 *
 * @throws USAGE
 */
export function parseArguments(args: readonly string[]): Arguments {
  const [command, ...rest] = args
  if (command === undefined || [command, rest[0]].some(arg => arg === '--help' || arg === '-h')) {
    return { command: 'help', text: USAGE }
  }
  switch (command) {
    case 'run':
      return parseRun(rest)
    case 'make':
      if (rest.some(arg => arg !== '--bare')) throw wrongUse('make takes no argument but --bare')
      return { command, bare: rest.length > 0 }
    case 'path':
    case 'clean':
      if (rest.length > 0) throw wrongUse(`${command} takes no arguments`)
      return { command }
    case 'service':
      return parseService(rest)
    default:
      throw wrongUse(`there is no command ${command}`)
  }
}

/** Options end at `--` or at the first word that is none, so that those of the command stay its own. */
function parseRun(args: readonly string[]): Arguments {
  const parsed = { command: 'run' as const, bare: false, network: 'none' as 'none' | 'host', binds: [] as Bind[] }
  const rest = [...args]
  while (rest[0]?.startsWith('-') && rest[0] !== '--') {
    const option = rest.shift()
    if (option === '--bare') parsed.bare = true
    else if (option === '--network') parsed.network = parseNetwork(rest.shift())
    else if (option === '--bind') parsed.binds.push(parseBind(rest.shift()))
    else throw wrongUse(`run has no option ${option}`)
  }
  if (rest[0] === '--') rest.shift()
  if (rest.length === 0) throw wrongUse('run needs a command')
  return { ...parsed, run: rest }
}

function parseNetwork(value: string | undefined): 'none' | 'host' {
  if (value === 'none' || value === 'host') return value
  throw wrongUse('--network takes none or host')
}

function parseBind(value: string | undefined): Bind {
  if (value === undefined || !existsSync(value)) throw wrongUse(`--bind needs a path that exists`)
  return { mode: 'rw', path: realpathSync(value) }
}

function parseService(args: readonly string[]): Arguments {
  const [action, ...names] = args
  if (action !== 'start' && action !== 'stop') throw wrongUse('service takes start or stop')
  const known: readonly string[] = SERVICE_NAMES
  const unknown = names.find(name => !known.includes(name))
  if (names.length === 0 || unknown !== undefined) {
    throw wrongUse(`service ${action} takes names out of ${SERVICE_NAMES.join(', ')}`)
  }
  return { command: 'service', action, names: names as ServiceName[] }
}

function wrongUse(message: string): SeedError {
  return new SeedError('USAGE', message, { hint: 'See node lab/main.ts --help.' })
}
