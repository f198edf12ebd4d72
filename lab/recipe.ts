import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { SeedError } from '../src/errors.ts'
import { LAB_TOOLS } from './tools.ts'

/** Raise it when a base made by older code must not be used any longer. */
const RECIPE_VERSION = 3

/** What the base has beyond the tools: an init for the runs, and libraries that a Node.js release binary links. */
const EXTRA_PACKAGES = [
  'bash-static',
  'ca-certificates',
  'iptables', // dockerd looks for it even with --iptables=false
  'libatomic1',
  'libstdc++6',
  'procps',
  'time',
  'tini'
]

export const BASE_PACKAGES: readonly string[] = [...new Set([...Object.values(LAB_TOOLS), ...EXTRA_PACKAGES])].sort()

export const SUITE = 'testing'
/** The second suite of which the package set makes an older point in time. Nothing of it is installed in the base. */
export const OLDER_SUITE = 'trixie'

/** Files that the base gets right after debootstrap, by path below its root. */
export const EARLY_FILES: Readonly<Record<string, string>> = {
  // Mirrors and their caches may serve a Release file that is past its date. Signatures are checked all the same.
  'etc/apt/apt.conf.d/90lab': `Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Install-Recommends "false";
`,
  // The base can be made again at any time: no fsync, and nothing that only people read.
  'etc/dpkg/dpkg.cfg.d/90lab': `force-unsafe-io
path-exclude /usr/share/doc/*
path-exclude /usr/share/man/*
path-exclude /usr/share/info/*
path-exclude /usr/share/locale/*
`,
  // Installing a daemon must not start it.
  'usr/sbin/policy-rc.d': '#!/bin/sh\nexit 101\n'
}

/** Files, beside {@link olderSources}, that the base gets when its packages are installed. */
export const LATE_FILES: Readonly<Record<string, string>> = {
  // Its packages can be asked for by suite or version, and are never what apt takes by itself.
  'etc/apt/preferences.d/older': `Package: *
Pin: release n=${OLDER_SUITE}*
Pin-Priority: 50
`,
  'etc/nix/nix.conf': `experimental-features = nix-command flakes
build-users-group =
substituters =
flake-registry =
sandbox = true
sandbox-fallback = false
max-jobs = auto
`,
  'etc/gitconfig': `[safe]
	directory = *
[user]
	name = Lab
	email = lab@localhost
[init]
	defaultBranch = main
`,
  // crun refuses machines with both versions of cgroups mounted.
  'etc/containers/containers.conf': `[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
`
}

/**
 * Apt's sources for the older suite, its updates and its security updates.
 *
 * @param sources the `sources.list` that debootstrap left, so that the mirror is the same
 */
export function olderSources(sources: string): string {
  const mirror = /^deb (\S+?)\/? /m.exec(sources)?.[1]
  if (mirror === undefined) throw new SeedError('TOOL_FAILED', 'debootstrap left no source of packages')
  return `deb ${mirror} ${OLDER_SUITE} main
deb ${mirror} ${OLDER_SUITE}-updates main
deb ${mirror}-security ${OLDER_SUITE}-security main
`
}

const HASH_LENGTH = 12

/** Name of the base: changes with everything that goes into it. */
export function baseKey(): string {
  const recipe = { RECIPE_VERSION, arch: process.arch, SUITE, OLDER_SUITE, BASE_PACKAGES, EARLY_FILES, LATE_FILES }
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, HASH_LENGTH)
}

/** The program that fills the package layer, below `lab/`. */
export const PREPARE = join('packages', 'prepare.ts')

/**
 * Name of the package layer on a base: changes with the base and with every file of `packages`, the folder of
 * {@link PREPARE}. `undefined` where there is no such program, so no layer.
 */
export function layerKey(lab: string, base: string): string | undefined {
  if (!existsSync(join(lab, PREPARE))) return undefined
  const folder = join(lab, 'packages')
  const hash = createHash('sha256').update(base)
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  const paths = files.map(entry => join(entry.parentPath, entry.name)).filter(path => !isNote(path))
  for (const path of paths.sort()) {
    const content = readFileSync(path)
    hash.update(`\0${relative(folder, path)}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex').slice(0, HASH_LENGTH)
}

/** Words for people change nothing in the layer. */
function isNote(path: string): boolean {
  return path.endsWith('.md')
}
