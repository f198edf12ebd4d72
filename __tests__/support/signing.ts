/** What tests of signing have in common. */
import { generateKeyPairSync } from 'node:crypto'
import { bundleFromJSON } from '@sigstore/bundle'
import { PublicKeyDetails, type PublicKey } from '@sigstore/protobuf-specs'
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify'
import { verifyIdentity, type Identity } from '../../src/attest/identity.ts'
import { keyHint } from '../../src/attest/key.ts'
import type { ServiceOptions } from '../../src/attest/service-client.ts'
import type { SigstoreServices } from '../../src/attest/services.ts'
import { PROVENANCE_TYPE, STATEMENT_TYPE, type Statement } from '../../src/attest/statement.ts'
import { silentLog, silentProgress, type Ports } from '../../src/ports.ts'
import type { LocalSigstore } from '../../lab/sigstore/sigstore.ts'
import { githubClaims } from '../../lab/sigstore/claims.ts'

export const SUBJECT = '0123456789abcdef'.repeat(4)
export const STATEMENT: Statement = {
  _type: STATEMENT_TYPE,
  subject: [{ name: 'registry.example/seed', digest: { sha256: SUBJECT } }],
  predicateType: PROVENANCE_TYPE,
  predicate: { buildDefinition: {}, runDetails: {} }
}

/** So that no failure is waited for. */
export const QUICK: ServiceOptions = { backoff: { attempts: 2, firstMs: 1, factor: 1, maxMs: 1, jitter: 0 } }

export function quietPorts(changes: Partial<Ports> = {}): Ports {
  return {
    log: silentLog,
    progress: silentProgress,
    env: {},
    signal: new AbortController().signal,
    ...changes
  }
}

/** Ports that keep what is logged. */
export function loggingPorts(): { ports: Ports; lines: string[] } {
  const lines: string[] = []
  const write = (line: string): void => void lines.push(line)
  return { ports: quietPorts({ log: { debug: write, info: write, warn: write } }), lines }
}

export function servicesOf(sigstore: LocalSigstore, changes: Partial<SigstoreServices> = {}): SigstoreServices {
  const { fulcioUrl, rekorUrl, rekorV2Url, timestampUrl } = sigstore
  const log = changes.rekorVersion === 2 ? rekorV2Url : rekorUrl
  return { fulcioUrl, rekorUrl: log, rekorVersion: 1, timestampUrl, ...changes }
}

export function identityOf({ issuer }: LocalSigstore, claims = githubClaims()): Promise<Identity> {
  return verifyIdentity(issuer.token(claims), 'sigstore', quietPorts())
}

export function ecdsaKeys(namedCurve = 'P-256') {
  return generateKeyPairSync('ec', { namedCurve })
}

/** Has Sigstore's own library look at a bundle. @throws where it would not accept it */
export function verifyWithLibrary(json: string, sigstore: LocalSigstore, publicKey?: PublicKeyOf): void {
  const bundle = bundleFromJSON(JSON.parse(json))
  const { tlogEntries } = bundle.verificationMaterial
  const isLogged = tlogEntries.length > 0
  const keys = publicKey && { [keyHint(publicKey)]: trustedKey(publicKey) }
  const verifier = new Verifier(toTrustMaterial(sigstore.trustedRoot, keys), {
    tlogThreshold: isLogged ? 1 : 0,
    ctlogThreshold: publicKey ? 0 : 1,
    timestampThreshold: 1
  })
  verifier.verify(toSignedEntity(bundle))
}

type PublicKeyOf = ReturnType<typeof ecdsaKeys>['publicKey']

function trustedKey(key: PublicKeyOf): PublicKey {
  return {
    rawBytes: key.export({ type: 'spki', format: 'der' }),
    keyDetails: PublicKeyDetails.PUBLIC_KEY_DETAILS_UNSPECIFIED,
    validFor: { start: new Date(0), end: undefined }
  }
}
