import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { exitCode, SeedError } from '../src/errors.ts'
import { basePath, makeBase } from './base.ts'
import { exitOf } from './child.ts'
import { liveRuns, openLabFolder, readLabPath, removeLab, removeUnused, sweepRuns, touch } from './folder.ts'
import type { LabFolder } from './folder.ts'
import { layerPath, makeLayer } from './layer.ts'
import { withLock } from './lock.ts'
import { resolveRoute } from './route.ts'
import { runInLab } from './run.ts'
import { startNamed, stopNamed } from './service-command.ts'
import { parseArguments } from './usage.ts'
import type { Arguments } from './usage.ts'
import { existsSync } from 'node:fs'

const say = (line: string) => process.stderr.write(`lab: ${line}\n`)

/** Root file systems of the lab, top one first; they are made if they are not there. */
async function makeLab(folder: LabFolder, bare: boolean, signal: AbortSignal): Promise<[string, ...string[]]> {
  const paths = () => {
    const base = basePath(folder)
    const layer = bare ? undefined : layerPath(folder, base)
    return (layer === undefined ? [base] : [layer, base]) as [string, ...string[]]
  }
  if (!paths().every(path => existsSync(path))) {
    const waiting = () => say('somebody else is making it; waiting')
    await withLock(folder.makeLock, waiting, async () => {
      sweepRuns(folder)
      removeUnused(folder)
      const base = await makeBase(folder, say, signal)
      if (!bare) await makeLayer(folder, base, say, signal)
    })
  }
  paths().forEach(touch)
  return paths().map(path => join(path, 'root')) as [string, ...string[]]
}

async function clean(folder: LabFolder): Promise<void> {
  const runs = liveRuns(folder)
  if (runs.length > 0)
    throw new SeedError('FILE_SYSTEM', `${runs.length} run(s) are going on`, { resource: folder.runs })
  await withLock(
    folder.makeLock,
    () => say('somebody is making it; waiting'),
    async () => removeLab(folder)
  )
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
  return exitOf(spawn('sudo', command, { stdio: 'inherit', env }))
}

async function execute(command: readonly string[]): Promise<number> {
  const [program = '', ...args] = command
  const child = spawn(program, args, { stdio: 'inherit' })
  const pass = (name: NodeJS.Signals) => child.kill(name)
  process.on('SIGTERM', pass).on('SIGINT', () => {})
  return exitOf(child)
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
  if (args.command === 'path') process.stdout.write(`${join(basePath(folder), 'root')}\n`)
  if (args.command === 'clean') await clean(folder)
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
  process.exitCode = exitCode(error.code)
}
