import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { exitCode, SeedError } from '../src/errors.ts'
import { baseName, makeBase } from './base.ts'
import { exitOf } from './child.ts'
import { removeLab, touch } from './clean-up.ts'
import { openLabFolder, readLabPath } from './folder.ts'
import type { LabFolder } from './folder.ts'
import { makeLayer } from './layer.ts'
import { resolveRoute } from './route.ts'
import { runInLab } from './run.ts'
import { startNamed, stopNamed } from './service-command.ts'
import { parseArguments } from './usage.ts'
import type { Arguments } from './usage.ts'

const say = (line: string) => process.stderr.write(`lab: ${line}\n`)

/** Root file systems of the lab, top one first; they are made if they are not there. */
async function makeLab(folder: LabFolder, bare: boolean, signal: AbortSignal): Promise<[string, ...string[]]> {
  const base = await makeBase(folder, { say, signal })
  const layer = bare ? undefined : await makeLayer(folder, base, { say, signal })
  const roots: [string, ...string[]] = layer === undefined ? [base] : [layer, base]
  for (const root of roots) touch(dirname(root))
  return roots
}

/** Starts this program again with root's rights, which every mount needs. */
async function runAsRoot(args: readonly string[]): Promise<number> {
  const probe = spawn('sudo', ['-n', 'true'], { stdio: 'ignore' })
  if ((await exitOf(probe).catch(() => 1)) !== 0) {
    throw new SeedError('TOOL_MISSING', 'the lab mounts file systems, so it needs root or a sudo that asks no password')
  }
  // sudo may set another HOME, and the lab belongs in the caller's cache.
  const env = { ...process.env, NIX_SEED_LAB: readLabPath(process.env) }
  const command = ['-n', '-E', process.execPath, join(import.meta.dirname, 'main.ts'), ...args]
  return exitOf(handSignalsOn(spawn('sudo', command, { stdio: 'inherit', env })))
}

async function execute(command: readonly string[]): Promise<number> {
  const [program = '', ...args] = command
  return exitOf(handSignalsOn(spawn(program, args, { stdio: 'inherit' })))
}

/** Hands signals on, except Ctrl-C on a terminal, which reaches the child by itself. */
function handSignalsOn(child: ChildProcess): ChildProcess {
  const names = ['SIGTERM', 'SIGHUP', ...(process.stdin.isTTY ? [] : ['SIGINT' as const])] as const
  for (const name of names) process.on(name, () => child.kill(name))
  return child
}

async function main(args: Arguments, raw: readonly string[], signal: AbortSignal): Promise<number> {
  if (args.command === 'help') {
    process.stdout.write(args.text)
    return 0
  }
  if (args.command === 'run') {
    const route = resolveRoute(process.env)
    if (route.why !== undefined) say(route.why)
    if (route.where !== 'lab') return execute(args.run)
  }
  if (args.command === 'service') {
    if (resolveRoute(process.env).where === 'lab') throw new SeedError('USAGE', 'services are started inside a run')
    if (args.action === 'stop') await stopNamed(args.names)
    else for (const line of await startNamed(args.names)) process.stdout.write(`${line}\n`)
    return 0
  }
  if (process.getuid?.() !== 0) return runAsRoot(raw)
  const folder = openLabFolder(readLabPath(process.env))
  if (args.command === 'path') process.stdout.write(`${join(folder.path, baseName(), 'root')}\n`)
  if (args.command === 'clean') removeLab(folder)
  if (args.command === 'make') await makeLab(folder, args.bare, signal)
  if (args.command !== 'run') return 0
  const lowers = await makeLab(folder, args.bare, signal)
  return runInLab(folder, { lowers, network: args.network, binds: args.binds, command: args.run })
}

const interruption = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interruption.abort())
try {
  const raw = process.argv.slice(2)
  process.exitCode = await main(parseArguments(raw), raw, interruption.signal)
} catch (error) {
  if (!(error instanceof SeedError)) throw error
  say([error.message, error.resource && `(${error.resource})`].filter(Boolean).join(' '))
  if (error.hint !== undefined) say(error.hint)
  process.exitCode = error.code === 'INTERRUPTED' ? 128 + constants.signals.SIGINT : exitCode(error.code)
}
