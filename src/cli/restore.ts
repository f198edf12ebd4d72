import { SeedError } from '../errors.ts'
import { formatBytes, formatDuration } from '../format.ts'
import { parseName } from '../oci/name.ts'
import { openRepository } from '../oci/repository.ts'
import { readSeedImage } from '../seed/image.ts'
import { undoMount } from '../seed/mount/undo.ts'
import { restoreSeed, type RestoreOptions, type RestoreStrategy } from '../seed/restore.ts'
import { splitNames } from '../seed/selection.ts'
import { resolve } from 'node:path'
import { usage, type Arguments, type CommandIo, type CommandSpec } from './command.ts'
import { repositoryOptions } from './repository.ts'

export const restoreCommand: CommandSpec = {
  name: 'restore',
  summary: 'put a seed under /nix',
  synopsis: 'REFERENCE@DIGEST [OPTION]… | --undo [--root DIR]',
  positionals: { min: 0, max: 1 },
  options: {
    for: {
      value: 'INSTALLABLE',
      multiple: true,
      help: 'only what this output of the flake needs; or several, with commas between'
    },
    root: { value: 'DIR', help: 'restore to DIR/nix instead of /nix' },
    strategy: { value: 'NAME', help: 'how: mount, unpack, or auto (the default), which mounts at / where that can be' },
    cache: { value: 'DIR', help: 'where layers are kept that are mounted (default: /var/cache/nix-seed)' },
    'cache-size': { value: 'SIZE', help: 'what they may take there, such as 500M or 20G (default: 10G)' },
    owner: { value: 'UID:GID', help: 'who may write to a store that is new and mounted (default: root)' },
    undo: { help: 'take a mounted seed back: the store is as it was before it' },
    insecure: { help: 'speak plain HTTP to the registry (loopback addresses always are)' },
    json: { help: 'print the result as JSON' }
  },
  details: [
    'REFERENCE is HOST/REPOSITORY@sha256:… or oci:DIR@sha256:…; a tag of a registry is refused, since it can be moved to another image. An image layout on disk may be given with a tag, or with nothing if it holds a single image.',
    'Every byte is checked against its digest. Valid store paths that are there already are kept and not fetched again. If it fails or is interrupted, the store is left as it was.',
    '--for takes names as `nix build` does: hello, .#hello, packages.x86_64-linux.hello. A short one stands for every output of that name: package, check, app and shell. What evaluation reads, and Nix itself, is always restored. `nix-seed inspect` lists the outputs and what each would fetch.',
    'Mounting takes root, Linux 6.10 and an image with EROFS layers. Nothing is unpacked then, and what is written below /nix meanwhile is kept apart: --undo removes it together with the seed.'
  ],
  examples: [
    { line: 'nix-seed restore ghcr.io/org/repo/seed@sha256:…', meaning: 'on a machine with an empty /nix' },
    { line: 'nix-seed restore oci:./seed@sha256:… --root /tmp/try', meaning: 'into a folder, to look at it' },
    { line: 'nix-seed restore ghcr.io/org/repo/seed@sha256:… --for .#docs', meaning: 'for a job that builds no more' },
    { line: 'nix-seed restore --undo', meaning: 'and take it away again, if it was mounted' }
  ],
  run: runRestore
}

const STRATEGIES: readonly RestoreStrategy[] = ['auto', 'mount', 'unpack']

async function runRestore(args: Arguments, io: CommandIo): Promise<void> {
  const root = resolve(io.cwd, args.text('root') ?? '/')
  const [reference] = args.positionals
  if (args.flag('undo')) {
    if (reference !== undefined) throw usage(restoreCommand, '--undo takes no reference')
    return undo(root, args, io)
  }
  if (reference === undefined) throw usage(restoreCommand, 'an argument is missing')
  await restore(reference, root, restoreOptions(args, io), args, io)
}

async function undo(root: string, args: Arguments, io: CommandIo): Promise<void> {
  const undone = await undoMount(root, io.ports)
  if (args.flag('json')) io.print(`${JSON.stringify({ root, undone }, null, 2)}\n`)
  else io.print(undone ? `took back the seed at ${root}\n` : `no seed is mounted at ${root}\n`)
}

function restoreOptions(args: Arguments, io: CommandIo): RestoreOptions {
  const strategy = STRATEGIES.find(name => name === (args.text('strategy') ?? 'auto'))
  if (strategy === undefined) {
    const given = JSON.stringify(args.text('strategy'))
    throw usage(restoreCommand, `unknown strategy ${given}; known: ${STRATEGIES.join(', ')}`)
  }
  const [folder, size, owner] = [args.text('cache'), args.text('cache-size'), args.text('owner')]
  return {
    strategy,
    for: args.list('for').flatMap(splitNames),
    ...(owner !== undefined && { owner: parseOwner(owner) }),
    cache: {
      ...(folder !== undefined && { folder: resolve(io.cwd, folder) }),
      ...(size !== undefined && { maxBytes: parseSize(size) })
    }
  }
}

function parseOwner(text: string): { uid: number; gid: number } {
  const [, uid, gid] = /^(\d+):(\d+)$/.exec(text) ?? []
  if (uid === undefined)
    throw usage(restoreCommand, `${JSON.stringify(text)} is no owner; write numbers, as in 1000:1000`)
  return { uid: Number(uid), gid: Number(gid) }
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 }

/** @returns bytes */
function parseSize(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([KMGT]?)B?$/i.exec(text) ?? []
  if (number === undefined) throw usage(restoreCommand, `${JSON.stringify(text)} is no size; write 500M or 20G`)
  return Number(number) * (UNITS[unit.toUpperCase()] ?? 1)
}

async function restore(
  reference: string,
  root: string,
  options: RestoreOptions,
  args: Arguments,
  io: CommandIo
): Promise<void> {
  const name = parseName(reference)
  const { ports } = io
  const repository = openRepository(name, repositoryOptions(io, args))
  try {
    if (name.digest === undefined && name.kind === 'registry') {
      throw new SeedError('USAGE', 'a seed is restored by digest only, since a tag can be moved to another image', {
        resource: reference,
        hint: 'Use the reference that `nix-seed publish` printed, or find the digest with `nix-seed inspect`.'
      })
    }
    const image = await readSeedImage(repository, name.digest ?? name.tag)
    const restored = await restoreSeed(image, repository, root, ports, options)
    if (args.flag('json')) io.print(`${JSON.stringify({ digest: image.index.digest, ...restored }, null, 2)}\n`)
    else {
      io.print(
        `restored ${restored.paths - restored.present} of ${restored.paths} store paths to ${restored.root} ` +
          `(${restored.strategy}, ${formatBytes(restored.bytes)}, ${formatDuration(restored.milliseconds)})` +
          `${restored.selected ? `; the seed has ${restored.seedPaths}` : ''}\n`
      )
      if (restored.nixBin !== undefined && restored.root === '/') {
        ports.log.info('Nix came with it: export PATH=/nix/var/nix/profiles/default/bin:$PATH')
      }
    }
  } finally {
    await repository.close()
  }
}
