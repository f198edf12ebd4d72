/** What a provenance says, and whether its signer's certificate says the same. https://slsa.dev/spec/v1.0/provenance */
import { repositoryKey } from '../policy/builder.ts'
import type { Statement } from '../statement.ts'
import type { SigningCertificate } from './certificate.ts'
import { BundleRefusal, shown } from './refusal.ts'

/** What is looked at of a provenance; absent is what it does not say. */
export interface ProvenanceFacts {
  builderId: string
  /** Of the source, in hexadecimal. */
  commit?: string
  /** Where the source was checked out from, as `git+URL@REF`. */
  source?: string
  /** Of Nix: `true`, `false`, `relaxed`. */
  sandbox?: string
  /** Nix's name of the platform that it was built for. */
  system?: string
}

/**
 * @param certificate absent where a key signed
 * @throws BundleRefusal where it contradicts itself or the certificate
 */
export function readProvenance({ predicate }: Statement, certificate: SigningCertificate | undefined): ProvenanceFacts {
  const definition = objectAt(predicate, 'buildDefinition')
  const builderId = objectAt(objectAt(predicate, 'runDetails'), 'builder')['id']
  if (typeof builderId !== 'string' || builderId === '') {
    throw new BundleRefusal('predicate-malformed', 'the provenance names no builder', { found: builderId ?? null })
  }
  if (certificate && builderId !== certificate.identity) {
    throw new BundleRefusal('builder-mismatch', 'the provenance names another builder than the certificate', {
      expected: certificate.identity,
      found: builderId
    })
  }
  const internal = objectAt(definition, 'internalParameters')
  const { sandbox } = objectAt(internal, 'nix')
  const { system } = internal
  return {
    builderId,
    ...sourceOf(definition['resolvedDependencies'], certificate),
    ...(typeof sandbox === 'string' && { sandbox }),
    ...(typeof system === 'string' && { system })
  }
}

/** The dependency that is a commit: of the certificate's repository, where that names one. */
function sourceOf(
  dependencies: unknown,
  certificate: SigningCertificate | undefined
): Pick<ProvenanceFacts, 'commit' | 'source'> {
  const checkouts = (Array.isArray(dependencies) ? dependencies : []).flatMap((each: unknown) => {
    const [uri, commit] = [isObject(each) ? each['uri'] : undefined, objectAt(each, 'digest')['gitCommit']]
    return commit === undefined ? [] : [{ source: typeof uri === 'string' ? uri : undefined, commit }]
  })
  const repository = certificate?.sourceRepository
  const own = checkouts.filter(
    ({ source }) =>
      source !== undefined && repository !== undefined && repositoryKey(source) === repositoryKey(repository)
  )
  const candidates = own.length > 0 ? own : checkouts
  const [commit, ...others] = new Set(candidates.map(each => each.commit))
  if (others.length > 0) {
    throw new BundleRefusal('commit-contradiction', 'the provenance names several commits as its source', {
      found: [commit, ...others]
    })
  }
  if (commit !== undefined && !isCommit(commit)) {
    throw new BundleRefusal('predicate-malformed', 'the provenance names a commit that is none', { found: commit })
  }
  const certified = certificate?.sourceCommit
  if (commit !== undefined && certified !== undefined && commit !== certified) {
    throw new BundleRefusal(
      'commit-contradiction',
      `the provenance is for commit ${shown(commit)}, and the certificate for ${shown(certified)}`
    )
  }
  const source = candidates[0]?.source
  return { ...(commit !== undefined && { commit }), ...(source !== undefined && { source }) }
}

/** SHA-1 or SHA-256. */
export function isCommit(value: unknown): value is string {
  return typeof value === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value)
}

/** What stands for nothing in certificates of CircleCI: two quotation marks. */
const UNSAID = '""'
const HOSTED: readonly string[] = ['github-hosted', 'gitlab-hosted']

/**
 * Whether the machine was the provider's. An issuer that does not tell is taken for what the policy knows of it.
 *
 * @throws BundleRefusal
 */
export function checkRunner({ runnerEnvironment }: SigningCertificate): void {
  if (runnerEnvironment === undefined || runnerEnvironment === UNSAID || HOSTED.includes(runnerEnvironment)) return
  throw new BundleRefusal(
    'self-hosted',
    "it was not built on a machine of the provider's, which nobody else has access to",
    {
      expected: HOSTED.join(' or '),
      found: runnerEnvironment
    }
  )
}

/**
 * Whether Nix built in a sandbox.
 *
 * @throws BundleRefusal
 */
export function checkSandbox({ sandbox }: ProvenanceFacts): void {
  if (sandbox === 'true') return
  throw new BundleRefusal('sandbox-off', 'Nix did not build in a sandbox', { expected: 'true', found: sandbox ?? null })
}

function objectAt(value: unknown, name: string): Record<string, unknown> {
  const field = isObject(value) ? value[name] : undefined
  return isObject(field) ? field : {}
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
