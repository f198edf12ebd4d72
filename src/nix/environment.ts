/** The variables with which the steps of a job find Nix, its configuration and its certificates. */
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import type { Ports } from '../ports.ts'

type Env = Ports['env']

const DEFAULT_PROFILE = '/nix/var/nix/profiles/default'
/** Below a store path of certificates, and in profiles. */
const BUNDLE = 'etc/ssl/certs/ca-bundle.crt'

/** Where systems keep the certificates that they trust, as Nix's own profile script looks for them. */
const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt', // Debian, Ubuntu, Arch, Gentoo, Alpine, NixOS
  '/etc/ssl/ca-bundle.pem', // openSUSE
  '/etc/ssl/certs/ca-bundle.crt', // old NixOS, images of seeds
  '/etc/pki/tls/certs/ca-bundle.crt', // Fedora, RHEL
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', // Fedora 42 and later
  '/etc/ssl/cert.pem' // macOS, Alpine
]

export interface NixInUse {
  /** Store path of Nix, where it is known. Its programs stay on PATH when profiles change. */
  nix?: string
  /** Store path of certificates, for machines that have none. */
  cacert?: string
  /** The file of settings, see `writeNixConf`. */
  conf?: string
}

/**
 * The environment for steps that use Nix.
 *
 * @param env that of the job; what it sets already stays
 * @returns variables to set, and folders for PATH, the first one first, less those that are on it
 */
export function nixEnvironment(use: NixInUse, env: Env): { variables: Record<string, string>; path: string[] } {
  const variables: Record<string, string> = {}
  if (use.conf !== undefined) variables.NIX_USER_CONF_FILES = userConfFiles(use.conf, env).join(':')
  const bundle = isSet(env.NIX_SSL_CERT_FILE) || isSet(env.SSL_CERT_FILE) ? undefined : findBundle(use.cacert)
  if (bundle !== undefined) variables.NIX_SSL_CERT_FILE = bundle
  const known = new Set(pathOf(env))
  const own = use.nix === undefined ? [] : [join(use.nix, 'bin')]
  const elsewhere = findNixIn(usualFolders(env))
  const wanted = [...profileFolders(env), ...own, ...(elsewhere === undefined ? [] : [elsewhere])]
  return { variables, path: [...new Set(wanted)].filter(folder => !known.has(folder)) }
}

/** The folder of the `nix` on PATH, or at one of the usual places. */
export function findNix(env: Env): Promise<string | undefined> {
  return Promise.resolve(findNixIn([...pathOf(env), ...usualFolders(env)]))
}

/**
 * The files of settings that Nix is to read, the one that wins first: ours, and those that it would read without.
 * https://nix.dev/manual/nix/latest/command-ref/env-common#env-NIX_USER_CONF_FILES
 */
export function userConfFiles(conf: string, env: Env): string[] {
  const set = env.NIX_USER_CONF_FILES
  const others = set === undefined ? configFolders(env).map(folder => join(folder, 'nix.conf')) : set.split(':')
  return [...new Set([conf, ...others.filter(file => file !== '')])]
}

/** Nix's own rule for where its settings are. */
function configFolders(env: Env): string[] {
  const home = isSet(env.XDG_CONFIG_HOME) ? env.XDG_CONFIG_HOME : below(env.HOME, '.config')
  const first = isSet(env.NIX_CONFIG_HOME) ? env.NIX_CONFIG_HOME : below(home, 'nix')
  const system = (env.XDG_CONFIG_DIRS ?? '/etc/xdg').split(':').filter(isAbsolute)
  return [...(first === undefined ? [] : [first]), ...system.map(folder => join(folder, 'nix'))]
}

/** What commands install into: of the user, and of the machine. */
function profileFolders(env: Env): string[] {
  const user = below(env.HOME, '.nix-profile/bin')
  return [...(user === undefined ? [] : [user]), join(DEFAULT_PROFILE, 'bin')]
}

function usualFolders(env: Env): string[] {
  const state = isSet(env.XDG_STATE_HOME) ? env.XDG_STATE_HOME : below(env.HOME, '.local/state')
  const profile = below(state, 'nix/profile/bin')
  return [...profileFolders(env).reverse(), ...(profile === undefined ? [] : [profile]), '/run/current-system/sw/bin']
}

function findNixIn(folders: readonly string[]): string | undefined {
  return folders.find(folder => {
    try {
      accessSync(join(folder, 'nix'), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

function findBundle(cacert: string | undefined): string | undefined {
  const own = cacert === undefined ? [] : [join(cacert, BUNDLE)]
  return [...SYSTEM_BUNDLES, ...own, join(DEFAULT_PROFILE, BUNDLE)].find(file => existsSync(file))
}

function pathOf(env: Env): string[] {
  return (env.PATH ?? '').split(delimiter).filter(folder => folder !== '')
}

function below(folder: string | undefined, path: string): string | undefined {
  return isSet(folder) ? join(folder, path) : undefined
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== ''
}
