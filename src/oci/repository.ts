import { LayoutRepository } from './layout.ts'
import { parseName } from './name.ts'
import type { ImageName } from './name.ts'
import { RemoteRepository } from './remote.ts'
import type { RemoteOptions } from './remote.ts'
import type { Repository } from './types.ts'

/**
 * The repository that `name` points into, in a registry or on disk. Nothing is read or sent yet.
 *
 * @param options what a registry needs; a layout on disk takes only the signal and the log.
 * @throws REFERENCE_INVALID
 */
export function openRepository(name: string | ImageName, options: RemoteOptions): Repository {
  const parsed = typeof name === 'string' ? parseName(name) : name
  if (parsed.kind === 'registry') return new RemoteRepository(parsed, options)
  const { signal, log } = options
  return new LayoutRepository(parsed.directory, { ...(signal && { signal }), ...(log && { log }) })
}
