/** A builder that no CI provider vouches for: known by its key, or by an issuer of one's own. */
import { SeedError } from '../../errors.ts'
import { certificateUri } from '../certificate-uri.ts'
import { claim, COMMIT, invalidClaim, type Claims } from '../claims.ts'
import { BUILD_TYPES, type Builder, type Provider } from './definition.ts'

const BUILD_TYPE = `${BUILD_TYPES}/plain/v1`

export interface PlainBuilderOptions {
  /** An absolute URI. */
  id: string
  source?: { uri: string; commit: string }
  invocationId?: string
}

/**
 * A builder by the operator's word.
 *
 * @throws SeedError USAGE where a URI is none or has credentials in it, or the commit is none
 */
export function plainBuilder({ id, source, invocationId }: PlainBuilderOptions): Builder {
  checkUri(id, "the builder's id")
  if (source !== undefined) checkUri(source.uri, 'the source')
  if (invocationId !== undefined) checkUri(invocationId, 'the address of the run')
  if (source !== undefined && !COMMIT.pattern.test(source.commit)) {
    throw new SeedError('USAGE', `the source's commit is not ${COMMIT.what}`)
  }
  return {
    ...builderOf(id),
    ...(source !== undefined && {
      externalParameters: { source: { uri: source.uri } },
      source: { uri: source.uri, commit: source.commit }
    }),
    ...(invocationId !== undefined && { invocationId })
  }
}

/** Tokens whose subject is a URI already. https://github.com/sigstore/fulcio/blob/main/docs/oidc.md#uri */
export const plain: Provider = {
  isIssuerOf: claims => uriOf(claims) !== undefined,
  subject: plainSubject,
  builder: claims => builderOf(plainSubject(claims)),
  hint: audience => `Set SIGSTORE_ID_TOKEN to an identity token that is meant for ${JSON.stringify(audience)}.`
}

function builderOf(id: string): Builder {
  return { kind: 'plain', id, buildType: BUILD_TYPE, externalParameters: {}, internalParameters: {} }
}

function plainSubject(claims: Claims): string {
  claim(claims, 'sub')
  const uri = uriOf(claims)
  if (uri === undefined) throw invalidClaim('sub', 'is no URI that a certificate can hold')
  return uri
}

function uriOf({ sub }: Claims): string | undefined {
  return typeof sub === 'string' ? certificateUri(sub) : undefined
}

function checkUri(text: string, what: string): void {
  const isPlain = /^[a-z][a-z\d+.-]*:[!-~]+$/i.test(text) && URL.canParse(text)
  const hasCredentials = /^[a-z\d+.-]+:\/\/[^/?#]*@/i.test(text)
  if (isPlain && !hasCredentials) return
  throw new SeedError('USAGE', `${what} is ${isPlain ? 'a URI with a user or password in it' : 'no absolute URI'}`, {
    hint: 'Give one such as https://example.org/builders/1, which need not lead anywhere.'
  })
}
