import { SeedError } from '../errors.ts'
import { isDigest } from './digest.ts'
import type { Digest } from './types.ts'

/** An image in a registry: `HOST[:PORT]/REPOSITORY[:TAG][@sha256:…]`. */
export interface RegistryName {
  kind: 'registry'
  /** With its port, if any, as written. */
  host: string
  repository: string
  tag?: string
  digest?: Digest
}

/** An image in an image layout on disk: `oci:DIRECTORY[:TAG][@sha256:…]`. */
export interface LayoutName {
  kind: 'layout'
  directory: string
  tag?: string
  digest?: Digest
}

export type ImageName = RegistryName | LayoutName

// https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/
const HOST =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?$/
const REPOSITORY_CHARACTERS = 255
const TAG_HINT = 'A tag is up to 128 letters, digits, ".", "_" and "-", and begins with none of "." and "-".'

export function isTag(text: string): boolean {
  return TAG.test(text)
}

/** `text` if it is a tag. @throws REFERENCE_INVALID */
export function checkedTag(text: string): string {
  if (isTag(text)) return text
  throw new SeedError('REFERENCE_INVALID', `"${text.slice(0, 140)}" is no tag`, { hint: TAG_HINT })
}

/**
 * Reads an image reference. Nothing is filled in: no default registry, no `library/`, no `latest`.
 *
 * After `oci:` a tag and a digest are taken off the end and the rest is the directory, whatever it holds; one whose
 * last part looks like a tag or a digest (`a:b`) is written with a slash behind it (`oci:a:b/`).
 *
 * @throws REFERENCE_INVALID
 */
export function parseName(text: string): ImageName {
  return text.startsWith('oci:') ? parseLayout(text) : parseRegistry(text)
}

/** The reference that `parseName` reads as `name`. */
export function formatName(name: ImageName): string {
  const suffix = (name.tag ? `:${name.tag}` : '') + (name.digest ? `@${name.digest}` : '')
  if (name.kind === 'registry') return `${name.host}/${name.repository}${suffix}`
  const bare = `oci:${name.directory}`
  const needsSlash = /(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127}|@sha256:[^/]*)$/.test(bare.slice('oci:'.length))
  return `${bare}${needsSlash ? '/' : ''}${suffix}`
}

function parseLayout(text: string): LayoutName {
  let directory = text.slice('oci:'.length)
  const name: Partial<LayoutName> = {}
  const digestAt = /@(sha256:[^/]*)$/.exec(directory)
  if (digestAt?.[1] !== undefined) {
    name.digest = parseDigest(digestAt[1], text)
    directory = directory.slice(0, digestAt.index)
  }
  const tagAt = directory.lastIndexOf(':')
  if (tagAt >= 0 && isTag(directory.slice(tagAt + 1))) {
    name.tag = directory.slice(tagAt + 1)
    directory = directory.slice(0, tagAt)
  }
  if (directory === '') throw invalid(text, 'has no directory', 'Write oci:DIRECTORY, for example oci:./seed.')
  return { kind: 'layout', directory, ...name }
}

function parseRegistry(text: string): RegistryName {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    throw invalid(text, 'is a URL', 'Write it without the scheme: HOST/REPOSITORY, or oci:DIRECTORY for a folder.')
  }
  const slash = text.indexOf('/')
  const host = slash < 0 ? '' : text.slice(0, slash)
  const example = 'Write HOST/REPOSITORY, for example ghcr.io/OWNER/REPOSITORY/seed, or oci:DIRECTORY for a folder.'
  if (host.includes('@')) throw invalid(text, 'holds a user name or password', 'Log in with docker login instead.')
  if (slash < 0) {
    const what = isHost(text) ? 'has a registry host but no repository' : 'names no registry host'
    throw invalid(text, what, example)
  }
  // Without this test "org/repo" would read as a host "org"; docker takes it for docker.io/org/repo.
  if (!isHost(host)) throw invalid(text, 'names no registry host', example)

  const [path = '', digest, ...more] = text.slice(slash + 1).split('@')
  if (more.length > 0) throw invalid(text, 'has two digests', example)
  const colon = path.indexOf(':')
  const repository = colon < 0 ? path : path.slice(0, colon)
  if (repository === '') throw invalid(text, 'has a registry host but no repository', example)
  if (!REPOSITORY.test(repository) || repository.length > REPOSITORY_CHARACTERS) {
    const lower = repository.toLowerCase()
    const hint = REPOSITORY.test(lower) ? `Registries take lower case only: ${host}/${lower}` : example
    throw invalid(text, `has an invalid repository "${repository.slice(0, 80)}"`, hint)
  }
  const name: RegistryName = { kind: 'registry', host, repository }
  if (colon >= 0) {
    const tag = path.slice(colon + 1)
    if (!isTag(tag)) throw invalid(text, 'has an invalid tag', TAG_HINT)
    name.tag = tag
  }
  if (digest !== undefined) name.digest = parseDigest(digest, text)
  return name
}

function isHost(text: string): boolean {
  if (!HOST.test(text) || !URL.canParse(`https://${text}`)) return false
  return text.includes('.') || text.includes(':') || text === 'localhost'
}

function parseDigest(digest: string, text: string): Digest {
  if (isDigest(digest)) return digest
  throw invalid(text, 'has an invalid digest', 'A digest is "sha256:" and 64 lower-case hexadecimal digits.')
}

function invalid(text: string, what: string, hint: string): SeedError {
  const shown = text.replace(/^([^/]*:\/\/)?[^/]*@(?!sha256:)/, '$1').slice(0, 300)
  return new SeedError('REFERENCE_INVALID', `the image reference "${shown}" ${what}`, { hint })
}
