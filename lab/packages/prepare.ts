import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { isBootstrapPackage, makeBootstrap } from './bootstrap.ts'
import { formatIndex, makeIndex, systemOf } from './index.ts'
import { indexPath, materialize, PACKAGES, parseSet } from './materialize.ts'
import { LARGE_ROOTS, ROOTS } from './recipe.ts'
import { makeUnits, resolvePackages } from './resolve.ts'
import { addDebs, addFolder } from './store.ts'
import { Apt } from './suites.ts'
import type { SetName } from './suites.ts'

/**
 * Makes a set: fetches the package lists, chooses the packages, downloads them, and puts them and the bootstrap into
 * the store. Afterwards everything is evaluated and built without a network. Run as root in a Debian root with Nix.
 */
async function prepare(set: SetName, large: boolean): Promise<void> {
  const work = join(PACKAGES, 'work')
  const downloads = process.env['NIX_SEED_LAB_DOWNLOADS'] ?? join(PACKAGES, 'downloads')
  mkdirSync(downloads, { recursive: true })
  const apt = new Apt(join(work, set))
  const available = await apt.readPackages(set)
  say(`${set}: ${available.size} packages in the lists`)

  const small = resolvePackages(available, ROOTS)
  const all = resolvePackages(available, [...ROOTS, ...LARGE_ROOTS])
  const wanted = [...(large ? all : small).values()]
  say(
    `${set}: fetching ${wanted.length} packages, ${Math.round(wanted.reduce((sum, entry) => sum + entry.size, 0) / 1e6)} MB`
  )
  apt.download(wanted, downloads)

  const debs = wanted.map(({ name, sha256 }) => ({ name, sha256, file: join(downloads, `${sha256}.deb`) }))
  addDebs(debs, downloads)
  const architecture = execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim()
  const bootstrap = join(work, set, 'bootstrap')
  rmSync(bootstrap, { recursive: true, force: true })
  const tools = wanted.filter(isBootstrapPackage).map(({ sha256 }) => join(downloads, `${sha256}.deb`))
  makeBootstrap(tools, systemOf(architecture).triplet, bootstrap)
  const index = makeIndex(set, architecture, addFolder(bootstrap), makeUnits(available, all))

  mkdirSync(dirname(indexPath(set)), { recursive: true })
  writeFileSync(indexPath(set), formatIndex(index))
  materialize(set, join(PACKAGES, set))
  rmSync(work, { recursive: true })
  say(`${set}: ${Object.keys(index.units).length} units in ${join(PACKAGES, set)}`)
}

function say(line: string): void {
  process.stderr.write(`packages: ${line}\n`)
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      set: { type: 'string', multiple: true, default: ['current'] },
      large: { type: 'boolean', default: false },
      refresh: { type: 'boolean', default: false }
    }
  })
  for (const set of values.set.map(parseSet)) {
    if (values.refresh || values.large || !existsSync(indexPath(set))) await prepare(set, values.large)
  }
}
