import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

/** What the set needs to know of one Debian package. */
export interface ControlEntry {
  name: string
  version: string
  /** Alternatives of each dependency, in the order of the control file, without version constraints. */
  depends: string[][]
  provides: string[]
  /** Size of the .deb in bytes. */
  size: number
  /** SHA-256 of the .deb, 64 hex digits. */
  sha256: string
}

/** Every entry of a `Packages` file (Debian Policy, section 5), in its order. */
export async function readControl(path: string): Promise<ControlEntry[]> {
  const entries: ControlEntry[] = []
  let fields = new Map<string, string>()
  const take = (): void => {
    const entry = parseEntry(fields)
    if (entry !== undefined) entries.push(entry)
    fields = new Map()
  }
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (line === '') take()
    else if (!/^\s/.test(line)) {
      const colon = line.indexOf(':')
      fields.set(line.slice(0, colon), line.slice(colon + 1).trim())
    }
  }
  take()
  return entries
}

function parseEntry(fields: Map<string, string>): ControlEntry | undefined {
  const [name, version, sha256] = [fields.get('Package'), fields.get('Version'), fields.get('SHA256')]
  if (name === undefined || version === undefined || sha256 === undefined) return undefined
  return {
    name,
    version,
    sha256,
    size: Number(fields.get('Size') ?? 0),
    depends: [...parseRelations(fields.get('Pre-Depends')), ...parseRelations(fields.get('Depends'))],
    provides: parseRelations(fields.get('Provides')).flat()
  }
}

/** The alternatives of each relation of a dependency field: `a (>= 1) | b:any, c` gives `[[a, b], [c]]`. */
export function parseRelations(field: string | undefined): string[][] {
  if (field === undefined || field === '') return []
  return field.split(',').map(relation => relation.split('|').map(name => name.trim().replace(/[\s:(].*$/s, '')))
}

/** The upstream part of a Debian version: no epoch, no Debian revision, no repacking suffix. */
export function upstreamVersion(version: string): string {
  return version
    .replace(/^\d+:/, '')
    .replace(/-[^-]*$/, '')
    .replace(/^.*\+really/, '')
    .replace(/[+~.](dfsg|ds|repack|cs|deb|debian)[\w.+~]*$/, '')
    .replace(/[^\w]+$/, '')
    .replace(/[^\w.+-]/g, '-')
}
