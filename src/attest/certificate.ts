/** What a certificate says of whom it is for. https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md */
import { createPublicKey, type KeyObject } from 'node:crypto'
import { X509Certificate } from '@sigstore/core'

/** Read, and not verified. */
export interface Certificate {
  /** Subject alternative names: addresses of the web and of mail. */
  names: string[]
  /** The OIDC issuer: once, or as often as the certificate contradicts itself. */
  issuers: string[]
  notBefore: Date
  notAfter: Date
  publicKey: KeyObject
}

const ISSUER = '1.3.6.1.4.1.57264.1.8'
/** As bare text and not as text in DER; the older of the two. */
const ISSUER_BARE = '1.3.6.1.4.1.57264.1.1'
const ALTERNATIVE_NAME = '2.5.29.17'

/** @throws Error where it is no certificate */
export function readCertificate(der: Uint8Array): Certificate {
  // Not Node's class: its text of the names has quotes and escapes of its own.
  const certificate = X509Certificate.parse(Buffer.from(der))
  const names = certificate.extension(ALTERNATIVE_NAME)?.valueObj.subs[0]?.subs ?? []
  const issuers = [
    certificate.extension(ISSUER)?.valueObj.subs[0]?.value,
    certificate.extension(ISSUER_BARE)?.value
  ].flatMap(value => (value === undefined ? [] : [value.toString('utf8')]))
  return {
    names: names.map(name => name.value.toString('utf8')),
    issuers: [...new Set(issuers)],
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    publicKey: createPublicKey({ key: certificate.publicKey, format: 'der', type: 'spki' })
  }
}
