/** How the values of inputs are written. Each parser takes trimmed text and throws a SeedError USAGE that fits behind the input's name. */
import { posix } from 'node:path'
import { SeedError, redactUrl } from '../errors.ts'
import { isLoopback } from '../http/proxy.ts'
import { formatName, parseName } from '../oci/name.ts'
import type { RegistryName } from '../oci/name.ts'

/** A refused value: what is wrong with it, and how it is written. */
export function refused(what: string, hint: string): SeedError {
  return new SeedError('USAGE', what, { hint })
}

/** A value as it may stand in a message. Not for secrets. */
export function quote(text: string): string {
  return JSON.stringify(redactUrl(text.length > 100 ? `${text.slice(0, 100)}…` : text))
}

/** The booleans of YAML 1.2's core schema. https://yaml.org/spec/1.2.2/#10212-boolean */
export function parseBoolean(text: string): boolean {
  if (/^(?:true|True|TRUE)$/.test(text)) return true
  if (/^(?:false|False|FALSE)$/.test(text)) return false
  throw refused(`${quote(text)} is no boolean`, 'Write true or false (True, TRUE, False and FALSE are taken too).')
}

export function parseChoice<T extends string>(choices: readonly T[]): (text: string) => T {
  return text => {
    const found = choices.find(choice => choice === text)
    if (found !== undefined) return found
    throw refused(`${quote(text)} is not a choice`, `Write one of ${choices.join(', ')}.`)
  }
}

/** The words of a list: split at white space and commas, each once. */
export function parseWords(text: string): string[] {
  return unique(text.split(/[\s,]+/))
}

/** The items of a list whose items may hold spaces: split at commas and line ends, each once. */
export function parseItems(text: string): string[] {
  return unique(text.split(/[,\n\r]/).map(item => item.trim()))
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)].filter(item => item !== '')
}

export function parseLine(text: string): string {
  if (!hasControl(text)) return text
  throw refused('it has several lines, or control characters', 'Write it on one line.')
}

/** A secret. It is never in a message. */
export function parseSecret(text: string): string {
  if (!hasControl(text)) return text
  throw refused('the secret holds a line end or a control character', 'Store it again as one line.')
}

/**
 * A folder below the workspace, as a relative path with `/`; `.` is the workspace itself. Lexical: links are not followed.
 *
 * @param workspace absolute path of the checkout, `''` where it is not known
 */
export function parseFolder(text: string, workspace: string): string {
  const hint = 'Write a folder of the checkout, such as . or nix/ci.'
  if (hasControl(text) || text.includes('\\')) throw refused(`${quote(text)} is no folder`, hint)
  if (text.includes('#'))
    throw refused(`${quote(text)} names an attribute`, `${hint} The attribute has an input of its own.`)
  if (/^[a-z][a-z0-9+.-]*:/.test(text) || text.includes('?')) {
    throw refused(`${quote(text)} is a flake reference`, `${hint} The action seeds the flake that is checked out.`)
  }
  const relative = text.startsWith('/') && workspace !== '' ? posix.relative(workspace, text) : text
  const folder = posix.normalize(relative).replace(/(?<=.)\/$/, '')
  if (folder.startsWith('/') || folder === '..' || folder.startsWith('../')) {
    throw refused(`${quote(text)} is outside of the workspace`, hint)
  }
  return folder === '' ? '.' : folder
}

/** A file of the repository, as a path from its root with `/`. */
export function parseRepositoryPath(text: string): string {
  const hint = 'Write its path from the root of the repository, such as .github/seed-policy.json.'
  if (hasControl(text) || text.includes('\\')) throw refused(`${quote(text)} is no path`, hint)
  if (text.startsWith('/') || /^[a-z][a-z0-9+.-]*:/i.test(text)) {
    throw refused(`${quote(text)} is no file of the repository`, hint)
  }
  if (text.split('/').includes('..')) throw refused(`${quote(text)} goes up with ".."`, hint)
  const path = posix.normalize(text)
  if (path === '.' || path.endsWith('/')) throw refused(`${quote(text)} is a folder`, hint)
  return path
}

/** An attribute path of the flake's outputs. */
export function parseAttribute(text: string): string {
  const hash = text.indexOf('#')
  if (hash >= 0) {
    throw refused(
      `${quote(text)} is an installable`,
      `Write what follows the "#" alone: ${quote(text.slice(hash + 1))}.`
    )
  }
  if (/^[^\s.^:/-][^\s^:/]*$/.test(text) && !text.endsWith('.') && !text.includes('..')) return text
  throw refused(`${quote(text)} is no attribute path`, 'Write it as in packages.x86_64-linux.seed.')
}

/** An output of the project's flake, as Nix's commands take it: `hello`, `.#hello`, `packages.x86_64-linux.hello`. */
export function parseOutput(text: string): string {
  const hint = 'Write outputs of the flake as in hello, .#hello or packages.x86_64-linux.hello.'
  const [flake = '', ...output] = text.split('#')
  if (hasControl(text) || text.startsWith('-') || output.length > 1) throw refused(`${quote(text)} is no output`, hint)
  if (output.length === 1 && !/^(?:\.\/?)?$/.test(flake)) {
    throw refused(
      `${quote(text)} is an output of another flake`,
      `${hint} The folder of the flake has an input of its own.`
    )
  }
  return text
}

/** A folder of the machine, anywhere; `/` alone is none. */
export function parseAbsoluteFolder(text: string): string {
  const folder = posix.normalize(text).replace(/\/$/, '')
  if (text.startsWith('/') && folder !== '' && !hasControl(text)) return folder
  throw refused(`${quote(text)} is no absolute path of a folder`, 'Write it as in /var/cache/nix-seed.')
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 }

/** @returns bytes */
export function parseSize(text: string): number {
  const [, number, unit = ''] = /^(\d{1,15}(?:\.\d{1,15})?)([KMGT]?)B?$/i.exec(text) ?? []
  if (number === undefined) throw refused(`${quote(text)} is no size`, 'Write it as in 500M or 20G.')
  return Math.round(Number(number) * (UNITS[unit.toUpperCase()] ?? 1))
}

/** `HOST/REPOSITORY`, where seeds are: with neither tag nor digest. */
export function parseImage(text: string): RegistryName {
  const name = parseName(text)
  const hint = 'Write HOST/REPOSITORY, for example ghcr.io/OWNER/REPOSITORY/seed.'
  if (name.kind === 'layout') throw refused(`${quote(text)} is a folder`, hint)
  if (name.tag !== undefined || name.digest !== undefined) {
    const { tag: _, digest: __, ...bare } = name
    throw refused(
      `${quote(text)} has a tag or a digest`,
      `Write ${formatName(bare)}: the digest of a seed is in its pin.`
    )
  }
  return name
}

/**
 * A branch. https://git-scm.com/docs/git-check-ref-format, with what a forge refuses beyond it.
 */
export function parseBranch(text: string): string {
  if (text.startsWith('refs/'))
    throw refused(`${quote(text)} is a whole ref`, 'Write the branch alone, without refs/heads/.')
  const parts = text.split('/')
  const isName =
    text.length <= 244 &&
    !hasControl(text) &&
    !/[ ~^:?*[\\]|\.\.|@\{/.test(text) &&
    !/^-|\.$|^@$|^HEAD$/.test(text) &&
    parts.every(part => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'))
  if (!isName) throw refused(`${quote(text)} is no name for a branch`, 'See git check-ref-format --branch NAME.')
  if (/^[0-9a-f]{40}$/i.test(text)) throw refused(`${quote(text)} looks like a commit`, 'Write the name of a branch.')
  return text
}

/** An address of files, over HTTPS; loopback may be spoken to in the clear. Without a slash at its end. */
export function parseHttpsUrl(text: string): string {
  const hint = 'Write an address like https://mirror.example.org/nix.'
  const url = parseUrl(text, hint)
  requireHttps(url, text, hint)
  if (url.search !== '' || url.hash !== '') throw refused(`${quote(text)} has a query or a fragment`, hint)
  return text.replace(/\/+$/, '')
}

/** For what can be done without: an address, or `none`. */
export function parseUrlOrNone(text: string): string | undefined {
  return text === 'none' ? undefined : parseHttpsUrl(text)
}

/** A private key in PEM. It is never in a message; what kind of key it is shows when it is used. */
export function parseKey(text: string): string {
  if (/^-----BEGIN [A-Z ]*PRIVATE KEY-----\r?\n[^]+\r?\n-----END [A-Z ]*PRIVATE KEY-----$/.test(text)) return text
  const hint = 'Store the whole file, from "-----BEGIN PRIVATE KEY-----" to its last line, with its line ends.'
  if (text.startsWith('-----BEGIN PUBLIC KEY-----')) throw refused('it is a public key', hint)
  throw refused('it is no private key in PEM', hint)
}

/** The URI that a builder goes by. https://slsa.dev/spec/v1.0/provenance#builder */
export function parseBuilderId(text: string): string {
  const hint = 'Write a URI that is yours, like https://example.org/builders/ci.'
  parseUrl(text, hint)
  return text
}

const STORE_SCHEMES = new Set(['https:', 'http:', 's3:', 'ssh:', 'ssh-ng:', 'file:'])

/** The URL of a store, as Nix's setting of the same name takes it. */
export function parseSubstituter(text: string): string {
  const hint = 'Write it as in https://cache.example.org. What this input refuses can still be said in extra-nix-conf.'
  const url = parseUrl(text, hint)
  if (!STORE_SCHEMES.has(url.protocol)) throw refused(`${quote(text)} is no store that can be fetched from`, hint)
  if (url.protocol === 'http:') requireHttps(url, text, hint)
  return text
}

function parseUrl(text: string, hint: string): URL {
  if (/\s/.test(text) || hasControl(text) || !URL.canParse(text)) throw refused(`${quote(text)} is no URL`, hint)
  const url = new URL(text)
  // SSH knows users without secrets.
  const isSsh = url.protocol.startsWith('ssh')
  if (url.password !== '' || (url.username !== '' && !isSsh)) {
    throw refused(
      `${quote(text)} holds a user name or a password`,
      'Put them into a netrc file, and netrc-file into extra-nix-conf.'
    )
  }
  return url
}

function requireHttps(url: URL, text: string, hint: string): void {
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return
  throw refused(`${quote(text)} is not an https address`, hint)
}

/** `NAME:BASE64`, an Ed25519 public key of 32 bytes. Not quoted in errors: a secret key has the same form. */
export function parsePublicKey(text: string): string {
  if (/^[^\s:]+:[A-Za-z0-9+/]{43}=$/.test(text)) return text
  if (/^[^\s:]+:[A-Za-z0-9+/]{86}==$/.test(text)) {
    throw refused(
      'one of the keys is a secret key',
      'Name its public key here, and replace the key: it may be known now.'
    )
  }
  const name = /^([A-Za-z0-9._-]{1,60}):/.exec(text)?.[1]
  throw refused(
    name === undefined ? 'one of the keys is malformed' : `the key ${name} is malformed`,
    'Write keys as in NAME:BASE64.'
  )
}

/** A release of Nix, `2.31.2`. */
export function parseNixVersion(text: string): string {
  if (/^\d+\.\d+(?:\.\d+)?$/.test(text)) return text
  throw refused(
    `${quote(text)} is no release of Nix`,
    'Write its number, for example 2.31.2; leave it out for the pinned one.'
  )
}

/** 64 hexadecimal digits, in lower case. */
export function parseSha256(text: string): string {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return text.toLowerCase()
  throw refused(
    `${quote(text)} is no SHA-256`,
    'Write 64 hexadecimal digits, as in the .sha256 file beside the tarball.'
  )
}

/**
 * Lines of nix.conf, blank ones left out. They are split as Nix does: a name, `=` with white space around it, a value.
 * https://nix.dev/manual/nix/latest/command-ref/conf-file
 */
export function parseNixConf(text: string): string[] {
  const lines = text.split(/\r?\n/).map(line => line.trim())
  for (const line of lines) {
    const [name, equals, ...rest] = line
      .replace(/#.*/, '')
      .split(/\s+/)
      .filter(word => word !== '')
    if (name === undefined) continue
    const isInclude = /^!?include$/.test(name) && equals !== undefined && rest.length === 0
    if (!isInclude && equals !== '=') {
      // Only the name: access-tokens are set here.
      const shown = /^[a-z0-9-]{1,60}/.exec(name)?.[0] ?? '?'
      throw refused(`the line that begins with "${shown}" is no setting`, 'Write NAME = VALUE, with spaces around "=".')
    }
  }
  return lines.filter(line => line !== '')
}

export interface Reviewers {
  users: string[]
  /** Slugs, without the organisation. */
  teams: string[]
}

/** Users and teams (`org/team`). A forge asks teams of the repository's own organisation alone. */
export function parseReviewers(text: string, organisation: string): Reviewers {
  const reviewers: Reviewers = { users: [], teams: [] }
  for (const word of parseWords(text)) {
    const [first = '', team, ...more] = word.replace(/^@/, '').split('/')
    if (
      !/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(first) ||
      more.length > 0 ||
      (team !== undefined && !/^[\w.-]{1,100}$/.test(team))
    ) {
      throw refused(`${quote(word)} is neither a user nor a team`, 'Write USER or ORGANISATION/TEAM.')
    }
    if (team === undefined) reviewers.users.push(first)
    else if (first.toLowerCase() === organisation.toLowerCase()) reviewers.teams.push(team)
    else
      throw refused(`the team ${quote(word)} is not of ${organisation}`, 'Teams are those of the repository’s owner.')
  }
  return reviewers
}

/** Whether two branches cannot both exist: git keeps a ref `a` in a file where `a/b` needs a folder. */
export function branchesCollide(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`)
}

function hasControl(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- these characters are what is looked for
  return /[\u0000-\u001f\u007f\u2028\u2029]/.test(text)
}
