import { SeedError } from '../errors.ts'
import { formatName, type ImageName } from '../oci/name.ts'
import type { RemoteOptions } from '../oci/remote.ts'
import type { Digest, Repository } from '../oci/types.ts'
import type { Arguments, CommandIo } from './command.ts'

/** How a command reaches the repository that it is given. */
export function repositoryOptions({ ports }: CommandIo, args: Arguments): RemoteOptions {
  // Absent, not false: loopback addresses are spoken to in plain HTTP unless told otherwise.
  const insecure = args.flag('insecure') ? { insecure: true } : {}
  return { env: ports.env, signal: ports.signal, log: ports.log, ...insecure }
}

/** `name` without its tag. */
export function withoutTag(name: ImageName): ImageName {
  const { tag: _, ...rest } = name
  return rest
}

/**
 * The digest that `name` has.
 *
 * @param repository asked what the tag leads to; absent where nobody must be asked
 * @param action what only goes by digest: `is attested`
 * @throws SeedError USAGE where it has none, with the digest that its tag leads to now
 */
export async function requireDigest(
  name: ImageName,
  repository: Repository | undefined,
  action: string
): Promise<Digest> {
  if (name.digest !== undefined) return name.digest
  const found = await repository?.getManifest(name.tag).catch(() => undefined)
  const digest = found?.descriptor.digest
  throw new SeedError('USAGE', `a seed ${action} by digest only, since a tag can be moved to another image`, {
    resource: formatName(name),
    hint:
      digest === undefined
        ? 'Use the reference that `nix-seed publish` printed.'
        : `Now it is ${formatName({ ...withoutTag(name), digest })}; use that if it is the image that you mean.`
  })
}
