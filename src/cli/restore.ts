import { SeedError } from '../errors.ts'
import { formatBytes, formatDuration } from '../format.ts'
import { parseName } from '../oci/name.ts'
import { openRepository } from '../oci/repository.ts'
import { readSeedImage } from '../seed/image.ts'
import { restoreSeed } from '../seed/restore.ts'
import { resolve } from 'node:path'
import { usage, type Arguments, type CommandIo, type CommandSpec } from './command.ts'
import { repositoryOptions } from './repository.ts'

export const restoreCommand: CommandSpec = {
  name: 'restore',
  summary: 'put a seed under /nix',
  synopsis: 'REFERENCE@DIGEST [OPTION]…',
  positionals: { min: 1, max: 1 },
  options: {
    root: { value: 'DIR', help: 'restore to DIR/nix instead of /nix' },
    strategy: { value: 'NAME', help: 'how: unpack (the only one so far)' },
    insecure: { help: 'speak plain HTTP to the registry (loopback addresses always are)' },
    json: { help: 'print the result as JSON' }
  },
  details: [
    'REFERENCE is HOST/REPOSITORY@sha256:… or oci:DIR@sha256:…; a tag of a registry is refused, since it can be moved to another image. An image layout on disk may be given with a tag, or with nothing if it holds a single image.',
    'Every byte is checked against its digest. Valid store paths that are there already are kept and not fetched again. If it fails or is interrupted, the store is left as it was.'
  ],
  examples: [
    { line: 'nix-seed restore ghcr.io/org/repo/seed@sha256:…', meaning: 'on a machine with an empty /nix' },
    { line: 'nix-seed restore oci:./seed@sha256:… --root /tmp/try', meaning: 'into a folder, to look at it' }
  ],
  run: runRestore
}

const STRATEGIES = ['unpack']

async function runRestore(args: Arguments, io: CommandIo): Promise<void> {
  const strategy = args.text('strategy') ?? 'unpack'
  if (!STRATEGIES.includes(strategy)) {
    throw usage(restoreCommand, `unknown strategy ${JSON.stringify(strategy)}; known: ${STRATEGIES.join(', ')}`)
  }
  const name = parseName(args.positionals[0] ?? '')
  const { ports } = io
  const repository = openRepository(name, repositoryOptions(io, args))
  try {
    if (name.digest === undefined && name.kind === 'registry') {
      throw new SeedError('USAGE', 'a seed is restored by digest only, since a tag can be moved to another image', {
        resource: args.positionals[0] ?? '',
        hint: 'Use the reference that `nix-seed publish` printed, or find the digest with `nix-seed inspect`.'
      })
    }
    const image = await readSeedImage(repository, name.digest ?? name.tag)
    const restored = await restoreSeed(image, repository, resolve(io.cwd, args.text('root') ?? '/'), ports)
    if (args.flag('json')) io.print(`${JSON.stringify({ digest: image.index.digest, ...restored }, null, 2)}\n`)
    else {
      io.print(
        `restored ${restored.paths - restored.present} of ${restored.paths} store paths to ${restored.root} ` +
          `(${restored.strategy}, ${formatBytes(restored.bytes)}, ${formatDuration(restored.milliseconds)})\n`
      )
      if (restored.nixBin !== undefined && restored.root === '/') {
        ports.log.info('Nix came with it: export PATH=/nix/var/nix/profiles/default/bin:$PATH')
      }
    }
  } finally {
    await repository.close()
  }
}
