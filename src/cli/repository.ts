import type { RemoteOptions } from '../oci/remote.ts'
import type { Arguments, CommandIo } from './command.ts'

/** How a command reaches the repository that it is given. */
export function repositoryOptions({ ports }: CommandIo, args: Arguments): RemoteOptions {
  return { env: ports.env, signal: ports.signal, log: ports.log, insecure: args.flag('insecure') }
}
