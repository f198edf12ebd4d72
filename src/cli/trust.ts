/** What bundles are checked against: a file, or the public Sigstore's trust root, of which this machine keeps a copy. */
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import type { TrustRoot } from '../attest/trust-root.ts'
import type { Arguments, CommandIo } from './command.ts'

/**
 * The trust root in `--trusted-root`, else the public one; with `--offline` the copy of it that an earlier run has kept.
 *
 * @throws SeedError USAGE where there is no such file, TRUST_ROOT_INVALID, FILE_SYSTEM; SIGSTORE_UNREACHABLE where the
 *   public one cannot be fetched or was not kept yet, SIGSTORE_FAILED where what its repository says does not hold
 */
export async function readTrust(args: Arguments, { cwd, env, ports }: CommandIo): Promise<TrustRoot> {
  // Loaded here, since most commands trust nobody.
  const file = args.text('trusted-root')
  if (file !== undefined) {
    const { readTrustRoot } = await import('../attest/trust-root.ts')
    return readTrustRoot(resolve(cwd, file))
  }
  const { publicTrustRoot } = await import('../attest/verify/public-trust-root.ts')
  const cache = env['XDG_CACHE_HOME']
  const base = cache !== undefined && isAbsolute(cache) ? cache : join(env['HOME'] ?? homedir(), '.cache')
  const root = await publicTrustRoot({
    cacheFolder: join(base, 'nix-seed', 'sigstore'),
    offline: args.flag('offline')
  })
  ports.log.info(`trusting ${root.name}`)
  return root
}
