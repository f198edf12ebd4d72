import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'
import { SeedError } from '../../src/errors.ts'
import type { ControlEntry } from './control.ts'
import { readControl } from './control.ts'
import { compareVersions } from './version.ts'

/**
 * The points in time that a set can be made from. `old` and `new` are one suite before and after its updates: of each
 * package's versions in the suite, its updates and its security updates the lowest and the highest, so what had no
 * update is the same in both.
 */
export const SETS = ['current', 'old', 'new'] as const
export type SetName = (typeof SETS)[number]

/** A suite, and whether it is in the mirror's sibling archive for security updates. */
type Suite = readonly [name: string, archive?: 'security']

const STABLE: readonly Suite[] = [['trixie'], ['trixie-updates'], ['trixie-security', 'security']]
const SUITES: Record<SetName, readonly Suite[]> = { current: [['testing']], old: STABLE, new: STABLE }

/** apt with lists and sources of its own: it leaves the machine's as they are, and takes only its keys and proxies. */
export class Apt {
  readonly #folder: string
  readonly #options: string[]

  /** `folder` is made where it is not there, and keeps the lists. */
  constructor(folder: string) {
    this.#folder = folder
    for (const name of ['lists/partial', 'cache/archives/partial', 'parts'])
      mkdirSync(join(folder, name), { recursive: true })
    writeFileSync(join(folder, 'status'), '')
    const settings = {
      'Dir::Etc::sourcelist': join(folder, 'sources.list'),
      'Dir::Etc::sourceparts': join(folder, 'parts'),
      'Dir::Etc::preferences': join(folder, 'status'),
      'Dir::Etc::preferencesparts': join(folder, 'parts'),
      'Dir::State::lists': join(folder, 'lists'),
      'Dir::State::status': join(folder, 'status'),
      'Dir::Cache': join(folder, 'cache'),
      'APT::Sandbox::User': 'root',
      'Acquire::Languages': 'none',
      'Acquire::GzipIndexes': 'false',
      'Acquire::Retries': '3',
      // A mirror's cache may serve a Release file that is past its date. Signatures are checked all the same.
      'Acquire::Check-Valid-Until': 'false'
    }
    this.#options = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`])
  }

  /** Fetches the package lists of `set` and reads one version of each package. */
  async readPackages(set: SetName): Promise<Map<string, ControlEntry>> {
    const mirror = readMirror()
    const lines = SUITES[set].map(([suite, archive]) => {
      const uri = archive === 'security' ? mirror.replace(/\/debian$/, '/debian-security') : mirror
      return `deb ${uri} ${suite} main\n`
    })
    writeFileSync(join(this.#folder, 'sources.list'), lines.join(''))
    this.#run(['update', '--error-on=any', '-qq'], this.#folder)
    const lists = join(this.#folder, 'lists')
    const chosen = new Map<string, ControlEntry>()
    for (const file of readdirSync(lists).filter(name => name.endsWith('_Packages'))) {
      for (const entry of await readControl(join(lists, file))) {
        const other = chosen.get(entry.name)
        const order = other === undefined ? 0 : compareVersions(entry.version, other.version)
        if (other === undefined || (set === 'old' ? order < 0 : order > 0)) chosen.set(entry.name, entry)
      }
    }
    return chosen
  }

  /** Puts the .deb of each entry into `folder` as `SHA256.deb`, and downloads those that are not there yet. */
  download(entries: readonly ControlEntry[], folder: string): void {
    const missing = entries.filter(entry => !existsSync(join(folder, `${entry.sha256}.deb`)))
    if (missing.length === 0) return
    const part = mkdtempSync(join(folder, 'part-'))
    try {
      this.#run(['download', '-qq', ...missing.map(entry => `${entry.name}=${entry.version}`)], part)
      const files = new Map(readdirSync(part).map(file => [file.replace(/_[^_]*$/, ''), file]))
      for (const entry of missing) {
        const file = files.get(`${entry.name}_${entry.version.replaceAll(':', '%3a')}`)
        if (file === undefined) throw new SeedError('NOT_FOUND', `apt did not download ${entry.name} ${entry.version}`)
        renameSync(join(part, file), join(folder, `${entry.sha256}.deb`))
      }
    } finally {
      rmSync(part, { recursive: true, force: true })
    }
  }

  #run(args: readonly string[], cwd: string): void {
    const { status, error } = spawnSync('apt-get', [...this.#options, ...args], { stdio: ['ignore', 2, 2], cwd })
    if (status === 0) return
    throw new SeedError(error === undefined ? 'REGISTRY_UNREACHABLE' : 'TOOL_MISSING', `apt-get ${args[0]} failed`, {
      hint: 'The package lists and packages come from the mirror of this root: is there a network?',
      cause: error
    })
  }
}

/** The mirror that this root itself was made from. */
export function readMirror(): string {
  const parts = '/etc/apt/sources.list.d'
  const files = [
    '/etc/apt/sources.list',
    ...(existsSync(parts) ? readdirSync(parts).map(name => join(parts, name)) : [])
  ]
  for (const file of files.filter(existsSync)) {
    const text = readFileSync(file, 'utf8')
    const uri = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+\/debian)\/?\s/m.exec(text) ?? /^URIs:\s*(\S+\/debian)\/?\s*$/m.exec(text)
    if (uri?.[1] !== undefined) return uri[1]
  }
  throw new SeedError('NOT_FOUND', 'apt has no mirror of Debian', {
    resource: '/etc/apt/sources.list',
    hint: 'Run this in a Debian root, such as the lab.'
  })
}
