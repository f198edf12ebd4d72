/** From a policy, which names files, to all that its builders are verified with. */
import { createHash, type KeyObject } from 'node:crypto'
import { SeedError } from '../../errors.ts'
import { readPublicKey } from '../key.ts'
import { parseTrustRoot, type TrustRoot } from '../trust-root.ts'
import { isInlineKey, PUBLIC_TRUST_ROOT } from './builder.ts'
import { PolicyError, quote, type PolicyProblem } from './problem.ts'
import type { Policy, PolicyBuilder } from './types.ts'

/** Where the things are that a policy names. */
export interface TrustSources {
  /** The bytes of a file as the policy names it. Relative names are meant from the policy's folder. */
  readFile(name: string): Promise<Uint8Array>
  /** The public Sigstore's trust root; asked for once at most, and only where a builder needs it. */
  publicTrustRoot(): Promise<TrustRoot>
}

/** What signatures of a builder are verified with. */
export interface BuilderTrust {
  trust: TrustRoot
  /** Of a builder that signs with a key. */
  publicKey?: KeyObject
}

/** A policy with all that its builders are verified with. */
export interface TrustedPolicy {
  policy: Policy
  /** Where it was read from, for people. */
  source: string
  /** `sha256:…` of the policy with its defaults and with the files that it names, whatever their names. */
  digest: string
  /** By the builders' ids. */
  signers: ReadonlyMap<string, BuilderTrust>
}

/**
 * Reads what a policy names.
 *
 * @param source where the policy was read from, for errors
 * @throws SeedError TRUST_ROOT_INVALID, KEY_INVALID; PolicyError POLICY_INVALID where two builders have one key, or trust
 *   roots that should differ have an authority in common; whatever `sources` throw
 */
export async function resolvePolicy(policy: Policy, source: string, sources: TrustSources): Promise<TrustedPolicy> {
  const roots = new Map<string, TrustRoot>()
  const contents = new Map<string, string>()
  const signers = new Map<string, BuilderTrust>()
  const read = async (name: string): Promise<Uint8Array> => {
    const bytes = await sources.readFile(name)
    contents.set(name, createHash('sha256').update(bytes).digest('hex'))
    return bytes
  }
  for (const builder of policy.builders) {
    const { id, trustRoot, publicKey } = builder
    const trust =
      roots.get(trustRoot) ??
      (trustRoot === PUBLIC_TRUST_ROOT
        ? await sources.publicTrustRoot()
        : parseTrustRoot(await read(trustRoot), trustRoot))
    roots.set(trustRoot, trust)
    signers.set(id, { trust, ...(publicKey !== undefined && { publicKey: await readKey(publicKey, builder, read) }) })
  }
  const problems = [...sharedKeys(policy, signers), ...sharedRoots(policy, roots)]
  if (problems.length > 0) throw new PolicyError(problems, source)
  return { policy, source, digest: digestOf(policy, contents), signers }
}

async function readKey(
  publicKey: string,
  { id }: PolicyBuilder,
  read: (name: string) => Promise<Uint8Array>
): Promise<KeyObject> {
  const isInline = isInlineKey(publicKey)
  const pem = isInline ? publicKey : Buffer.from(await read(publicKey)).toString('utf8')
  try {
    return readPublicKey(pem)
  } catch (error) {
    if (!(error instanceof SeedError)) throw error
    throw new SeedError(error.code, `the key of builder ${id} cannot be used: ${error.message}`, {
      ...(!isInline && { resource: publicKey }),
      ...(error.hint !== undefined && { hint: error.hint }),
      cause: error
    })
  }
}

/** The policy alone tells this of names; here it is of what they lead to. */
function sharedKeys({ builders }: Policy, signers: TrustedPolicy['signers']): PolicyProblem[] {
  const known = new Map<string, number>()
  return builders.flatMap(({ id }, i): PolicyProblem[] => {
    const key = signers.get(id)?.publicKey?.export({ type: 'spki', format: 'der' }).toString('base64')
    if (key === undefined) return []
    const first = known.get(key)
    known.set(key, first ?? i)
    if (first === undefined) return []
    const message = `is the key of builders[${first}] too: one signature would be two builders`
    return [{ kind: 'meaning', path: `builders[${i}].publicKey`, message }]
  })
}

/** Two names for one trust root are no difference, and neither are two roots with an authority in common. */
function sharedRoots({ builders, dimensions }: Policy, roots: ReadonlyMap<string, TrustRoot>): PolicyProblem[] {
  if (!dimensions.includes('trustRoot')) return []
  const known = new Map<string, string>()
  const problems: PolicyProblem[] = []
  for (const [name, root] of roots) {
    const others = new Set(authoritiesOf(root).map(authority => known.get(authority) ?? name))
    others.delete(name)
    const i = builders.findIndex(({ trustRoot }) => trustRoot === name)
    for (const other of others) {
      const message = `${quote(name)} has an authority or a log in common with ${quote(other)}: they are not independent`
      problems.push({ kind: 'meaning', path: `builders[${i}].trustRoot`, message })
    }
    for (const authority of authoritiesOf(root)) known.set(authority, known.get(authority) ?? name)
  }
  return problems
}

/** The keys of certificate authorities and logs: who has one of them can make signatures count. */
function authoritiesOf({ material }: TrustRoot): string[] {
  const keys = [
    ...material.certificateAuthorities.flatMap(({ certChain }) => certChain.map(({ publicKey }) => publicKey)),
    ...material.tlogs.map(({ publicKey }) => publicKey.export({ type: 'spki', format: 'der' }))
  ]
  return keys.map(key => key.toString('base64'))
}

function digestOf(policy: Policy, contents: ReadonlyMap<string, string>): string {
  const resolved = (name: string): string => {
    const content = contents.get(name)
    return content === undefined ? name : `sha256:${content}`
  }
  const builders = policy.builders.map(builder => ({
    ...builder,
    trustRoot: resolved(builder.trustRoot),
    ...(builder.publicKey !== undefined && { publicKey: resolved(builder.publicKey) })
  }))
  return `sha256:${createHash('sha256')
    .update(JSON.stringify(sorted({ ...policy, builders })))
    .digest('hex')}`
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]))
}
