/** The statement about a seed: SLSA provenance. https://slsa.dev/spec/v1.0/provenance */
import { publicAddress, splitAddress } from '../address.ts'
import { SeedError } from '../errors.ts'
import type { Builder } from './builder.ts'
import {
  PROVENANCE_TYPE,
  STATEMENT_TYPE,
  type DigestSet,
  type ProvenancePredicate,
  type ResourceDescriptor,
  type Statement
} from './statement.ts'

/** What is true of a seed and of the machine that built it. */
export interface BuildFacts {
  /** The repository without tag, and the digest of the image index: `ghcr.io/org/repo/seed`, `sha256:…`. */
  subject: { name: string; digest: string }
  startedOn: Date
  finishedOn: Date
  /** SHA-256 of the bytes of flake.lock, in hexadecimal. */
  lockSha256?: string
  /** Where flake.lock is in the repository, if not at its root. */
  lockPath?: string
  /** The locked inputs: `narHash` as `sha256-<base64>`, `uri` without credentials. */
  inputs: { name: string; uri: string; narHash: string }[]
  /** The tree that was built: its hash as `sha256-<base64>`, and its commit where it is exactly one. */
  checkout: { narHash: string; rev?: string }
  /** Nix's name of the platform that the seed is for. */
  system: string
  /** Store path of the derivation that makes the seed. */
  derivation?: string
  /** The seed that the machine's store was restored from before it built. */
  startedFrom?: { uri: string; digest: string }
  /** `sha256:…` */
  closureHash: string
  /** Of what took part, by name: `nix-seed`, `nix`, `zstd`. */
  versions: Record<string, string>
  nix: { sandbox: string; sandboxFallback?: boolean; substituters: string[]; trustedPublicKeys: string[] }
  /** `size` in bytes. */
  bill?: { digest: string; mediaType: string; size: number; uri?: string }
}

const NAR_TYPE = 'application/x-nix-nar'

/**
 * What there is to sign.
 *
 * @throws SeedError CONTENT_INVALID where a digest is none, or an address has credentials in it: the statement is public
 */
export function provenance(builder: Builder, facts: BuildFacts): Statement<ProvenancePredicate> {
  const { subject, startedOn, finishedOn, versions, bill } = facts
  const { invocationId } = builder
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name: subject.name, digest: digestSet(subject.digest, 'the image') }],
    predicateType: PROVENANCE_TYPE,
    predicate: {
      buildDefinition: {
        buildType: builder.buildType,
        externalParameters: builder.externalParameters,
        internalParameters: {
          ...builder.internalParameters,
          system: facts.system,
          checkout: facts.checkout,
          nix: publicSettings(facts.nix)
        },
        resolvedDependencies: resolvedDependencies(builder, facts)
      },
      runDetails: {
        builder: { id: builder.id, version: versions },
        metadata: {
          ...(invocationId !== undefined && { invocationId }),
          startedOn: startedOn.toISOString(),
          finishedOn: finishedOn.toISOString()
        },
        ...(bill && { byproducts: [billOf(bill)] })
      }
    }
  }
}

/** The source comes first: GitHub's build type has it there. */
function resolvedDependencies(builder: Builder, facts: BuildFacts): ResourceDescriptor[] {
  const { source } = builder
  const { lockSha256, lockPath = 'flake.lock', inputs, derivation, startedFrom, closureHash } = facts
  return [
    ...(source ? [{ uri: publicUri(source.uri), digest: { gitCommit: source.commit } }] : []),
    ...(lockSha256 === undefined
      ? []
      : [
          {
            name: 'flake.lock',
            ...(source && { uri: publicUri(`${source.uri}#${lockPath}`) }),
            digest: digestSet(`sha256:${lockSha256}`, 'flake.lock')
          }
        ]),
    ...inputs.map(inputOf),
    // The path is made from a hash of all that goes into the build.
    ...(derivation === undefined ? [] : [{ name: 'derivation', uri: `file://${derivation}` }]),
    ...(startedFrom === undefined
      ? []
      : [{ name: 'seed', uri: publicUri(startedFrom.uri), digest: digestSet(startedFrom.digest, 'the earlier seed') }]),
    { name: 'closure', digest: digestSet(closureHash, 'the closure') }
  ]
}

function inputOf({ name, uri, narHash }: BuildFacts['inputs'][number]): ResourceDescriptor {
  return {
    name: `input ${name}`,
    uri: publicUri(uri),
    digest: narDigest(narHash, name),
    mediaType: NAR_TYPE,
    annotations: { narHash }
  }
}

function billOf({ digest, mediaType, size, uri }: NonNullable<BuildFacts['bill']>): ResourceDescriptor {
  return {
    name: 'bill of materials',
    ...(uri !== undefined && { uri: publicUri(uri) }),
    digest: digestSet(digest, 'the bill of materials'),
    mediaType,
    annotations: { size }
  }
}

const HEX_LENGTHS: Readonly<Record<string, number>> = { sha256: 64, sha512: 128 }

/** @param digest `sha256:` and hexadecimal */
function digestSet(digest: string, what: string): DigestSet {
  const [, algorithm = '', hex = ''] = /^(sha\d+):([0-9a-f]+)$/.exec(digest) ?? []
  if (hex.length !== HEX_LENGTHS[algorithm]) {
    throw new SeedError('CONTENT_INVALID', `the digest of ${what} is none: ${JSON.stringify(digest)}`)
  }
  return { [algorithm]: hex }
}

/** @param narHash as https://www.w3.org/TR/SRI/ has it */
function narDigest(narHash: string, input: string): DigestSet {
  const [, algorithm = '', base64 = ''] = /^(sha\d+)-([A-Za-z0-9+/]+={0,2})$/.exec(narHash) ?? []
  return digestSet(`${algorithm}:${Buffer.from(base64, 'base64').toString('hex')}`, `input ${input} (${narHash})`)
}

/** A builder has to say where outputs came from, and its caches may be behind passwords: those are left out. */
function publicSettings(nix: BuildFacts['nix']): BuildFacts['nix'] {
  return { ...nix, substituters: nix.substituters.map(publicAddress) }
}

/** Nothing can be taken back from a public log. A user alone is part of many addresses (`ssh://git@…`). */
function publicUri(uri: string): string {
  const [, scheme, text = ''] = /^([a-z][a-z\d+.-]*:\/\/)(.*)$/is.exec(uri) ?? []
  if (scheme === undefined) {
    if (!/^[^/?#]*:[^/?#]*@/.test(uri)) return uri
  } else {
    const { userinfo = '', rest } = splitAddress(scheme, text)
    const isPublic = userinfo === '' || (/ssh:/i.test(scheme) && /^[\w.-]+$/.test(userinfo))
    if (isPublic && rest !== undefined) return uri
  }
  throw new SeedError(
    'CONTENT_INVALID',
    'an address that would be made public has credentials in it, or is unreadable',
    {
      resource: publicAddress(uri),
      hint: 'Take them out of flake.nix and flake.lock; netrc-file and access-tokens of Nix are for that.'
    }
  )
}
