import type { RemoteOptions } from '../oci/remote.ts'
import type { Arguments, CommandIo } from './command.ts'

/** How a command reaches the repository that it is given. */
export function repositoryOptions({ ports }: CommandIo, args: Arguments): RemoteOptions {
  // Absent, not false: loopback addresses are spoken to in plain HTTP unless told otherwise.
  const insecure = args.flag('insecure') ? { insecure: true } : {}
  return { env: ports.env, signal: ports.signal, log: ports.log, ...insecure }
}
