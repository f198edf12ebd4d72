/**
 * What verifiers trust, in the form that they all read.
 * https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto
 */
import { createHash } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { HashAlgorithm, PublicKeyDetails } from '@sigstore/protobuf-specs'
import type { CertificateAuthority, TransparencyLogInstance, TrustedRoot } from '@sigstore/protobuf-specs'
import { VALID_FROM } from './authority.ts'
import { publicKeyDer } from './certificate.ts'

export const TRUSTED_ROOT_TYPE = 'application/vnd.dev.sigstore.trustedroot+json;version=0.1'
const OPERATOR = 'nix-seed lab'

export interface Parties {
  fulcio: { url: string; chain: readonly Buffer[] }
  timestampAuthority: { url: string; chain: readonly Buffer[] }
  certificateLog: { url: string; key: KeyObject }
  logs: { url: string; key: { publicKey: KeyObject; id: Buffer } }[]
}

export function trustedRoot(parties: Parties): TrustedRoot {
  const { certificateLog } = parties
  const certificateLogId = createHash('sha256').update(publicKeyDer(certificateLog.key)).digest()
  return {
    mediaType: TRUSTED_ROOT_TYPE,
    tlogs: parties.logs.map(({ url, key }) => logInstance(url, key.publicKey, key.id)),
    certificateAuthorities: [authority(parties.fulcio, 'sigstore')],
    ctlogs: [logInstance(certificateLog.url, certificateLog.key, certificateLogId)],
    timestampAuthorities: [authority(parties.timestampAuthority, 'sigstore-tsa')]
  }
}

function logInstance(baseUrl: string, key: KeyObject, keyId: Buffer): TransparencyLogInstance {
  const isEcdsa = key.asymmetricKeyType === 'ec'
  return {
    baseUrl,
    hashAlgorithm: HashAlgorithm.SHA2_256,
    publicKey: {
      rawBytes: publicKeyDer(key),
      keyDetails: isEcdsa ? PublicKeyDetails.PKIX_ECDSA_P256_SHA_256 : PublicKeyDetails.PKIX_ED25519,
      validFor: { start: VALID_FROM }
    },
    logId: { keyId },
    checkpointKeyId: undefined,
    operator: ''
  }
}

function authority({ url, chain }: Parties['fulcio'], commonName: string): CertificateAuthority {
  return {
    subject: { organization: OPERATOR, commonName },
    uri: url,
    certChain: { certificates: chain.map(rawBytes => ({ rawBytes })) },
    validFor: { start: VALID_FROM },
    operator: ''
  }
}
