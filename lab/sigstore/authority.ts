/** A root of certificates and one certificate below it. */
import { generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { authorityExtensions, signCertificate, unsignedCertificate } from './certificate.ts'
import type { CertificateIssuer, DistinguishedName, Extension } from './certificate.ts'

/** Before anything that a clock which is off may name, and long after it. */
export const VALID_FROM = new Date('2020-01-01T00:00:00Z')
export const VALID_UNTIL = new Date('2049-12-31T00:00:00Z')

export interface Authority {
  issuer: CertificateIssuer
  serial: Buffer
  /** DER, the root last. */
  chain: [own: Buffer, root: Buffer]
  /** Of the root: what its own certificate names as issuer. */
  rootName: DistinguishedName
}

/** Makes a root and a certificate below it, with keys of their own. */
export function createAuthority(name: DistinguishedName, curve: string, extensions: readonly Extension[]): Authority {
  const validity = { notBefore: VALID_FROM, notAfter: VALID_UNTIL }
  const rootName = { ...name, commonName: `${name.commonName} root` }
  const root = { name: rootName, ...createKeys('P-384') }
  const rootCertificate = unsignedCertificate(
    { subject: rootName, publicKey: root.publicKey, ...validity, extensions: authorityExtensions() },
    root
  )
  const issuer = { name, ...createKeys(curve) }
  const own = unsignedCertificate({ subject: name, publicKey: issuer.publicKey, ...validity, extensions }, root)
  const chain: [Buffer, Buffer] = [signCertificate(own.encode(), root), signCertificate(rootCertificate.encode(), root)]
  return { issuer, serial: own.serial, chain, rootName }
}

export function createKeys(namedCurve: string): { privateKey: KeyObject; publicKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve })
}
