import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { systemCode } from '../errors.ts'
import { readLockKey } from '../seed/key.ts'
import type { Arguments, CommandIo, CommandSpec } from './command.ts'

export const keyCommand: CommandSpec = {
  name: 'key',
  summary: 'print the lock key of a flake',
  synopsis: '[FLAKE_DIR | FLAKE_LOCK]',
  positionals: { min: 0, max: 1 },
  options: { json: { help: 'print the result as JSON' } },
  details: [
    'The lock key is the SHA-256 of flake.lock without the seed-self input, written as canonical JSON. It changes exactly when a dependency of the flake does, and is how a seed is found for a lock. Nix is not needed.'
  ],
  examples: [
    { line: 'nix-seed key', meaning: 'of the flake in this folder' },
    { line: 'nix-seed key path/to/flake.lock', meaning: 'of a lock file' }
  ],
  run: runKey
}

async function runKey(args: Arguments, io: CommandIo): Promise<void> {
  const place = resolve(io.cwd, args.positionals[0] ?? '.')
  const file = (await isFolder(place)) ? join(place, 'flake.lock') : place
  const key = await readLockKey(file)
  io.print(args.flag('json') ? `${JSON.stringify({ lockKey: key, file })}\n` : `${key}\n`)
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false // the lock reader says so, with what to do
    throw error
  }
}
