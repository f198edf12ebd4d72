import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The program of a thread. The bundle of it stands beside the one that this is part of; without bundles it is the source. */
export function threadEntry(name: 'unpack' | 'receive'): string {
  const here = dirname(fileURLToPath(import.meta.url))
  const bundle = join(here, '..', name, 'index.js')
  return existsSync(bundle) ? bundle : join(here, `${name}.ts`)
}
