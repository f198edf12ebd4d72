import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { isBootstrapPackage, makeBootstrap } from './bootstrap.ts'
import type { ControlEntry } from './control.ts'
import { fail } from './failure.ts'
import { formatIndex, makeIndex, systemOf } from './index.ts'
import { indexPath, materialize, PACKAGES, parseSet } from './materialize.ts'
import { LARGE_ROOTS, ROOTS } from './recipe.ts'
import { makeUnits, resolvePackages } from './resolve.ts'
import { addDebs, addFolder } from './store.ts'
import { Apt, readMirror } from './suites.ts'
import type { SetName } from './suites.ts'

interface Options {
  set: SetName
  /** The closure for benchmarks too. */
  large: boolean
  /** Ask the mirror even if all files of an earlier choice are there. */
  refresh: boolean
  /** Folder for downloads, kept between runs. */
  downloads: string
}

/**
 * Makes a set: chooses the packages, downloads them, and puts them and the bootstrap into the store. Afterwards
 * everything is evaluated and built without a network. Run as root in a Debian root with Nix.
 */
async function prepare(options: Options): Promise<void> {
  const { set, downloads } = options
  const work = join(PACKAGES, 'work')
  const { chosen, wanted } = await choose(options, join(work, 'apt'))
  const fileOf = ({ sha256 }: ControlEntry): string => join(downloads, `${sha256}.deb`)

  addDebs(
    wanted.map(entry => ({ name: entry.name, sha256: entry.sha256, file: fileOf(entry) })),
    downloads
  )
  const architecture = readArchitecture()
  const bootstrap = join(work, 'bootstrap')
  rmSync(bootstrap, { recursive: true, force: true })
  makeBootstrap(wanted.filter(isBootstrapPackage).map(fileOf), systemOf(architecture).triplet, bootstrap)
  const index = makeIndex(set, architecture, addFolder(bootstrap), makeUnits(chosen))

  mkdirSync(dirname(indexPath(set)), { recursive: true })
  writeFileSync(indexPath(set), formatIndex(index))
  materialize(set, join(PACKAGES, set))
  rmSync(work, { recursive: true })
  say(`${set}: ${wanted.length} packages in the store, the flake is ${join(PACKAGES, set)}`)
}

/**
 * The packages of the set's index, and those of them that are wanted now, which are in the folder for downloads
 * afterwards. The choice is kept there too: it holds, and needs no network, as long as all its files are there.
 */
async function choose(
  { set, large, refresh, downloads }: Options,
  work: string
): Promise<{ chosen: Map<string, ControlEntry>; wanted: ControlEntry[] }> {
  const roots = [...ROOTS, ...LARGE_ROOTS]
  const select = (chosen: Map<string, ControlEntry>): ControlEntry[] => [
    ...resolvePackages(chosen, large ? roots : ROOTS).values()
  ]
  const kept = join(downloads, `${set}-${readArchitecture()}-${recipeKey()}.json`)
  if (!refresh && existsSync(kept)) {
    const entries = JSON.parse(readFileSync(kept, 'utf8')) as ControlEntry[]
    const chosen = new Map(entries.map(entry => [entry.name, entry]))
    const wanted = select(chosen)
    if (wanted.every(({ sha256 }) => existsSync(join(downloads, `${sha256}.deb`)))) return { chosen, wanted }
  }
  const apt = new Apt(work)
  const available = await apt.readPackages(set)
  const chosen = resolvePackages(available, roots)
  const wanted = select(chosen)
  const megabytes = Math.round(wanted.reduce((sum, { size }) => sum + size, 0) / 1e6)
  say(`${set}: ${wanted.length} of ${available.size} packages, ${megabytes} MB`)
  apt.download(wanted, downloads)
  writeFileSync(`${kept}.part`, JSON.stringify([...chosen.values()]))
  renameSync(`${kept}.part`, kept)
  return { chosen, wanted }
}

/** Changes with everything that the choice of packages depends on but the mirror's state. */
function recipeKey(): string {
  const texts = ['recipe.ts', 'resolve.ts', 'control.ts', 'suites.ts'].map(name =>
    readFileSync(join(import.meta.dirname, name))
  )
  return createHash('sha256').update(readMirror()).update(Buffer.concat(texts)).digest('hex').slice(0, 12)
}

function readArchitecture(): string {
  return execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim()
}

function say(line: string): void {
  process.stderr.write(`packages: ${line}\n`)
}

/** What projects take from the set. A run of the lab is thrown away, so what is built here is built once and for all. */
const PREBUILT = [
  ...['stdenv', 'nix', 'git', 'nodejs', 'bashInteractive', 'cacert', 'coreutils', 'findutils', 'gnugrep', 'gnused'],
  ...['gnutar', 'gzip', 'zstd', 'erofs-utils', 'sqlite.bin', 'python3', 'python3Packages.numpy', 'jq', 'hello'],
  ...['boost', 'cmake', 'ninja', 'pkg-config', 'openssl.dev', 'zlib.dev', 'sqlite.dev', 'cargo', 'rustc', 'busybox'],
  ...['curl', 'dockerTools.binSh', 'quickClosure']
]

function prebuild(large: boolean): void {
  const names = large ? [...PREBUILT, 'benchClosure'] : PREBUILT
  say('building what projects take from the set')
  const flake = `path:${join(PACKAGES, 'current')}#legacyPackages.${systemOf(readArchitecture()).system}`
  execFileSync('nix', ['build', '--no-link', ...names.map(name => `${flake}.${name}`)], { stdio: 'inherit' })
}

const USAGE = `usage: node lab/packages/prepare.ts [--set current|old|new]… [--large] [--refresh]

Makes package sets (default: current) in /lab/packages, for a Debian root with Nix. Of current, what projects take from
it is built too.
  --large    fetch the closure for benchmarks too
  --refresh  choose again from the mirror as it is now
`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      set: { type: 'string', multiple: true, default: ['current'] },
      large: { type: 'boolean', default: false },
      refresh: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false }
    }
  })
  if (values.help) {
    process.stdout.write(USAGE)
    return
  }
  const downloads = process.env['NIX_SEED_LAB_DOWNLOADS'] ?? join(PACKAGES, 'downloads')
  mkdirSync(downloads, { recursive: true })
  for (const set of values.set.map(parseSet)) {
    await prepare({ set, large: values.large, refresh: values.refresh, downloads })
  }
  if (values.set.includes('current')) prebuild(values.large)
}

if (import.meta.main) {
  try {
    await main()
  } catch (error) {
    fail(error)
  }
}
