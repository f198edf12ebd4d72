/** What tests use of the local Sigstore. */
import { afterAll, beforeAll } from '@jest/globals'
import { startSigstore } from '../../lab/sigstore/sigstore.ts'
import type { LocalSigstore, SigstoreOptions } from '../../lab/sigstore/sigstore.ts'

export { circleciClaims, githubClaims, gitlabClaims } from '../../lab/sigstore/claims.ts'
export { Issuer } from '../../lab/sigstore/issuer.ts'
export { startSigstore }
export type { Fault, LocalSigstore, SigstoreOptions, SigstoreServer } from '../../lab/sigstore/sigstore.ts'

/** Runs a Sigstore for the tests of this `describe` (or file); call the result for it. */
export function useSigstore(options: SigstoreOptions = {}): () => LocalSigstore {
  let sigstore: LocalSigstore | undefined
  beforeAll(async () => {
    sigstore = await startSigstore(options)
  })
  afterAll(() => sigstore?.close())
  return () => {
    if (sigstore === undefined) throw new Error('the Sigstore is not started yet')
    return sigstore
  }
}
