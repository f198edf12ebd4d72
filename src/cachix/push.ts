/** Pushing store paths to a cache of Cachix, with its own program. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SeedError } from '../errors.ts'
import type { Ports } from '../ports.ts'
import { run, ToolFailure } from '../process.ts'

export interface PushOptions {
  token: string
  /** For a cache whose paths are signed here and not by Cachix. */
  signingKey?: string
  /** Folder of a flake; the program is taken from the nixpkgs that its lock names, where it is not installed. */
  flake?: string
}

/**
 * Pushes `paths`, and what they refer to as far as the cache lacks it. Where the program `cachix` is not on PATH, it is
 * fetched with Nix. Secrets go by the environment, paths by standard input: neither is in an argument list.
 *
 * @throws SeedError TOOL_MISSING, TOOL_FAILED with what the program said, INTERRUPTED
 */
export async function pushCachix(
  name: string,
  paths: readonly string[],
  options: PushOptions,
  ports: Ports
): Promise<void> {
  if (paths.length === 0) return
  const input = paths.map(path => `${path}\n`).join('')
  try {
    await push('cachix', name, input, options, ports)
  } catch (error) {
    if (!isMissing(error)) throw error
    ports.log.info('cachix is not on PATH: it is fetched with Nix')
    await push(await fetchProgram(options.flake, ports), name, input, options, ports)
  }
}

async function push(tool: string, name: string, input: string, options: PushOptions, ports: Ports): Promise<void> {
  const { token, signingKey } = options
  const env = {
    ...ports.env,
    CACHIX_AUTH_TOKEN: token,
    ...(signingKey !== undefined && { CACHIX_SIGNING_KEY: signingKey })
  }
  const clean = (text: string): string =>
    [token, signingKey ?? ''].reduce((line, secret) => (secret === '' ? line : line.replaceAll(secret, '***')), text)
  try {
    await run(tool, ['push', name], {
      env,
      signal: ports.signal,
      input,
      onStderr: line => {
        if (line.trim() !== '') ports.log.info(clean(line))
      }
    })
  } catch (error) {
    // Its message and cause hold what the program printed, which may be what it was given.
    if (error instanceof ToolFailure) {
      throw new SeedError(
        'TOOL_FAILED',
        `cachix push failed (exit status ${error.exitStatus}): ${clean(error.stderr)}`,
        {
          resource: `https://${name}.cachix.org`,
          hint: 'Check that the token may write to this cache, and that the signing key is that of the cache.'
        }
      )
    }
    throw error
  }
}

/** The nixpkgs of the project's own lock, so that the program with the token is one that the project has chosen. */
async function fetchProgram(flake: string | undefined, ports: Ports): Promise<string> {
  const inputs = flake === undefined ? [] : ['--inputs-from', flake]
  const features = ['--extra-experimental-features', 'nix-command flakes']
  const args = [...features, 'build', '--no-link', '--print-out-paths', ...inputs, 'nixpkgs#cachix']
  try {
    const { stdout } = await run('nix', args, { ...ports, onStderr: line => ports.log.debug(line) })
    // Some releases have one output, others several.
    const programs = stdout
      .toString()
      .split('\n')
      .map(folder => join(folder, 'bin', 'cachix'))
    const program = programs.find(path => existsSync(path))
    if (program === undefined) throw new Error('no output of nixpkgs#cachix has bin/cachix')
    return program
  } catch (error) {
    ports.signal.throwIfAborted()
    throw new SeedError('TOOL_MISSING', 'cachix is not installed, and Nix could not fetch it', {
      hint: 'Put it on PATH; in a seed, by mkSeed { contents = [ pkgs.cachix ]; }.',
      cause: error
    })
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof SeedError && error.code === 'TOOL_MISSING'
}
