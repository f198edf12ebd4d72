/** The builders of a policy: in what they differ, and whose certificate is whose. */
import { posix } from 'node:path'
import { compilePattern, type Pattern } from './pattern.ts'
import { quote } from './problem.ts'
import type { Dimension, Policy, PolicyBuilder } from './types.ts'

export const PUBLIC_TRUST_ROOT = 'public'

/** Whether `publicKey` is the key itself, and not the name of a file. */
export function isInlineKey(publicKey: string): boolean {
  return publicKey.startsWith('-----BEGIN ')
}

/**
 * What `builder` has in `dimension`; two builders differ there if these are not equal. For people, as well.
 *
 * Nobody vouches for the holder of a key but the policy, so a key is an issuer of its own.
 */
export function dimensionValue(builder: PolicyBuilder, dimension: Dimension): string {
  switch (dimension) {
    case 'builder':
      return builder.id
    case 'issuer':
      return builder.issuer ?? `key of ${builder.id}`
    case 'trustRoot':
      return posix.normalize(builder.trustRoot)
    case 'repository':
      return repositoryKey(builder.repository ?? '')
    default:
      return builder[dimension] ?? ''
  }
}

/** The builder's values in those dimensions in which builders with one id alone are not the same by themselves. */
export function builderRow(builder: PolicyBuilder, dimensions: readonly Dimension[]): string[] {
  return dimensions.filter(dimension => dimension !== 'builder').map(dimension => dimensionValue(builder, dimension))
}

/**
 * One name for the ways in which certificates, statements and policies write a repository:
 * `git+https://github.com/Org/Repo.git@refs/heads/main` is `github.com/org/repo`. Forges ignore case.
 */
export function repositoryKey(uri: string): string {
  return uri
    .replace(/^(?:git\+)?[a-z]+:\/\/(?:[^/@]*@)?/i, '')
    .replace(/@.*$/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/i, '')
    .toLowerCase()
}

/** What a certificate says of who signed. */
export interface CertifiedSigner {
  issuer: string
  /** The subject alternative name. */
  identity: string
  /** The repository that was built, where the certificate names one. */
  repository?: string
}

/** The builder that a certificate belongs to, or why it belongs to none. */
export type BuilderMatch =
  | { builder: PolicyBuilder }
  /** `elsewhere`: the builder whose issuer and identity these are, and which builds another repository. */
  | { builder?: undefined; reason: string; elsewhere?: PolicyBuilder }

/**
 * Finds the one builder of the policy that a certificate satisfies: issuer and identity are compared as they are, every
 * character; a pattern has to accept the whole identity. There is never more than one, since the policy has no overlaps.
 */
export function findBuilder(policy: Policy, signer: CertifiedSigner): BuilderMatch {
  const { issuer, identity, repository } = signer
  const named = policy.builders.filter(builder => isIdentityOf(builder, identity))
  const vouched = named.filter(builder => builder.issuer === issuer)
  const builder = vouched.find(
    each =>
      each.repository === undefined ||
      (repository !== undefined && repositoryKey(each.repository) === repositoryKey(repository))
  )
  if (builder) return { builder }
  const [first] = vouched
  if (first) {
    const where =
      repository === undefined ? 'the certificate names no repository' : `it was built from ${quote(repository)}`
    return { reason: `${where}, and builder ${first.id} builds ${quote(first.repository)}`, elsewhere: first }
  }
  if (named[0]) {
    return { reason: `the identity is that of builder ${named[0].id}, but its issuer is ${quote(issuer)}` }
  }
  return { reason: `no builder of the policy has the identity ${quote(identity)}${nearMiss(policy, identity)}` }
}

function isIdentityOf(builder: PolicyBuilder, identity: string): boolean {
  if (builder.identityPattern === undefined) return builder.identity === identity
  const pattern = patterns.get(builder) ?? compilePattern(builder.identityPattern)
  patterns.set(builder, pattern)
  return pattern.accepts(identity)
}

const patterns = new WeakMap<PolicyBuilder, Pattern>()

/** What is nearly right is a mistake, or meant to be taken for right: its reader should know. */
function nearMiss(policy: Policy, identity: string): string {
  const plain = identity.toLowerCase()
  for (const { id, identity: expected } of policy.builders) {
    if (expected === undefined) continue
    const wanted = expected.toLowerCase()
    if (plain === wanted) return `; that of ${id} differs in case`
    if (plain !== '' && (plain.startsWith(wanted) || wanted.startsWith(plain))) return `; that of ${id} begins like it`
    if (plain !== '' && (plain.endsWith(wanted) || wanted.endsWith(plain))) return `; that of ${id} ends like it`
    if (plain.split('@')[0] === wanted.split('@')[0]) return `; that of ${id} is for another ref`
  }
  return ''
}
