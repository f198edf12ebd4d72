/** Official releases of Nix, as they are published: one tarball with Nix and its closure for each system. */
import { SeedError } from '../errors.ts'
import { sha256Hex } from './hash.ts'

/** What is installed where the workflow asks for no other version. */
export const NIX_VERSION = '2.34.7'

/** Where releases are published. */
export const RELEASES_URL = 'https://releases.nixos.org/nix'

/**
 * SHA-256 of the tarballs that are known beforehand, by version and system.
 *
 * Source: the script `install` that is published beside the tarballs and carries their hashes. The copy that was read
 * has the SHA-256 e9d447ce3d2ff62d7ff9cb6ef401de6fa8acb148839dd00f7271945d7b638b14, which other projects have pinned for
 * https://releases.nixos.org/nix/nix-2.34.7/install. Projects that fetch the tarballs themselves pin the same hashes, all
 * but that of x86_64-darwin, which stands in the script alone.
 */
const KNOWN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '2.34.7': {
    'x86_64-linux': 'eafe5042404e818505e28c5ca3d0885f3ec45c31f955489a25bb38258f87560e',
    'aarch64-linux': 'f1cee64ae7a02330c6421924c28f597c41813f2214ff108622087d8056378b08',
    'x86_64-darwin': '8bf3dadfd65be182ad3141b1224bbc82e0f2a61d4f36781938b5e6ede029c2a3',
    'aarch64-darwin': '71e18301c4ea78c667f2753159156b5bdb899993720e8aa7bcca97e8312d3d6b'
  }
}

/** The systems that Nix is installed on. */
export const NIX_SYSTEMS: readonly string[] = Object.keys(KNOWN[NIX_VERSION] ?? {})

export interface NixRequest {
  /** `2.34.7` */
  version: string
  /** `x86_64-linux` */
  system: string
  /** Of the tarball: hexadecimal, or as Nix writes hashes. Default: the one that is known, or else the published one. */
  sha256?: string
  /** Base URL, `https://releases.nixos.org/nix` or a mirror of it. */
  releases: string
}

export interface NixRelease {
  version: string
  system: string
  /** Name of the tarball's only folder. */
  name: string
  tarball: URL
  /** Where the tarball's SHA-256 is published. */
  checksum: URL
  /** Of the tarball, in hexadecimal, where it is known before anything is fetched. */
  sha256?: string
}

/**
 * Checks a request and says where its files are.
 *
 * @throws SeedError USAGE, PLATFORM
 */
export function resolveRelease(request: NixRequest): NixRelease {
  const { version, system } = request
  // It becomes part of a URL, a path and a key: nothing but digits, with the suffix of a pre-release.
  if (!/^\d+(\.\d+){1,3}(pre[0-9A-Za-z_]+)?$/.test(version)) {
    throw new SeedError('USAGE', `not a version of Nix: ${JSON.stringify(version)}`, {
      hint: `Give it as in ${NIX_VERSION}, without a "v".`
    })
  }
  if (!NIX_SYSTEMS.includes(system)) {
    throw new SeedError('PLATFORM', `Nix cannot be installed on ${system}`, {
      hint: `It is installed on ${NIX_SYSTEMS.join(', ')}; anywhere else, bring a Nix of your own.`
    })
  }
  const name = `nix-${version}-${system}`
  const tarball = new URL(`nix-${version}/${name}.tar.xz`, readBase(request.releases))
  const checksum = new URL(tarball)
  checksum.pathname += '.sha256'
  const sha256 = request.sha256 === undefined ? KNOWN[version]?.[system] : readChecksum(request.sha256)
  return { version, system, name, tarball, checksum, ...(sha256 === undefined ? {} : { sha256 }) }
}

function readBase(text: string): URL {
  const base = URL.canParse(text) ? new URL(text) : undefined
  if (base === undefined || !/^https?:$/.test(base.protocol) || base.search !== '' || base.hash !== '') {
    throw new SeedError('USAGE', 'the place of Nix releases is no HTTP URL', {
      resource: text,
      hint: `The default is ${RELEASES_URL}.`
    })
  }
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  return base
}

function readChecksum(text: string): string {
  const digest = text.trim()
  try {
    return sha256Hex(/^sha256[:-]/.test(digest) ? digest : `sha256:${digest.toLowerCase()}`).slice('sha256:'.length)
  } catch (cause) {
    throw new SeedError('USAGE', 'the checksum of Nix is no SHA-256', {
      hint: 'Give 64 hexadecimal digits, as "sha256sum" prints them, or sha256-… as Nix does.',
      cause
    })
  }
}

/**
 * Reads a published `TARBALL.sha256`: the digest alone, or a line of `sha256sum`.
 *
 * @throws SeedError CONTENT_INVALID
 */
export function parsePublishedChecksum(text: string, resource: string): string {
  const digest = /^([0-9a-f]{64})(?:\s|$)/i.exec(text.trim())?.[1]
  if (digest !== undefined) return digest.toLowerCase()
  throw new SeedError('CONTENT_INVALID', 'what is published as checksum of the Nix release is none', {
    resource,
    hint: 'Give the checksum of the tarball as an input.'
  })
}

/**
 * Whether a checksum that is fetched from there says something: it came over a connection that nobody could change, or
 * from this machine.
 */
export function isTrustworthy(url: URL): boolean {
  return url.protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)
}
