/** What gets signed: an in-toto statement. https://github.com/in-toto/attestation/tree/main/spec/v1 */

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1'
export const PROVENANCE_TYPE = 'https://slsa.dev/provenance/v1'
/** Of the signed envelope. https://github.com/secure-systems-lab/dsse/blob/master/envelope.md */
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json'

/** Digests in lower-case hexadecimal, by algorithm: `sha256`, `gitCommit`. */
export type DigestSet = Record<string, string>

/** https://github.com/in-toto/attestation/blob/main/spec/v1/resource_descriptor.md */
export interface ResourceDescriptor {
  name?: string
  uri?: string
  digest?: DigestSet
  mediaType?: string
  annotations?: Record<string, unknown>
}

/** A claim (`predicate`, of the kind that `predicateType` names) about things that are known by digest. */
export interface Statement<P = unknown> {
  _type: typeof STATEMENT_TYPE
  subject: { name: string; digest: DigestSet }[]
  predicateType: string
  predicate: P
}

/** Where, when and how something was built. https://slsa.dev/spec/v1.0/provenance */
export interface ProvenancePredicate {
  buildDefinition: {
    /** URI of the document that says what the parameters mean. */
    buildType: string
    /** What whoever started the build chose: a verifier has to check all of it. */
    externalParameters: Record<string, unknown>
    /** What the builder chose by itself. */
    internalParameters: Record<string, unknown>
    resolvedDependencies: ResourceDescriptor[]
  }
  runDetails: {
    builder: { id: string; version: Record<string, string> }
    /** Times as RFC 3339, in UTC. */
    metadata: { invocationId?: string; startedOn: string; finishedOn: string }
    byproducts?: ResourceDescriptor[]
  }
}
