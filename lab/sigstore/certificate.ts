/** Makes X.509 certificates (RFC 5280). */
import { createHash, randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { ASN1Obj } from '@sigstore/core'
import {
  bits,
  boolean,
  context,
  integer,
  nothing,
  objectIdentifier,
  octets,
  primitiveContext,
  sequence,
  set,
  text,
  time
} from './der.ts'

export interface Extension {
  oid: string
  critical?: boolean
  /** DER of the extension's value, without the OCTET STRING around it. */
  value: Buffer
}

export interface Template {
  /** Common name and organization; undefined: no subject at all, as in certificates of Fulcio. */
  subject?: DistinguishedName
  publicKey: KeyObject
  notBefore: Date
  notAfter: Date
  extensions: readonly Extension[]
}

export interface DistinguishedName {
  commonName: string
  organization: string
}

export interface CertificateIssuer {
  name: DistinguishedName
  privateKey: KeyObject
  publicKey: KeyObject
}

/** The part of a certificate that is signed. A promise to log it is made of the same part without the promise. */
export interface UnsignedCertificate {
  serial: Buffer
  /** DER of TBSCertificate, with `extra` extensions at the end. */
  encode(...extra: readonly Extension[]): Buffer
}

const ECDSA_WITH_SHA384 = sequence(objectIdentifier('1.2.840.10045.4.3.3'))
const SERIAL_BYTES = 20

/** DER of a public key (SubjectPublicKeyInfo). */
export function publicKeyDer(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' })
}

/** DER of a Name. */
export function encodeName(name: DistinguishedName | undefined): Buffer {
  if (name === undefined) return sequence()
  const attribute = (oid: string, value: string) => set(sequence(objectIdentifier(oid), text(value)))
  return sequence(attribute('2.5.4.10', name.organization), attribute('2.5.4.3', name.commonName))
}

/** Everything of a certificate but its signature. The serial number is random. */
export function unsignedCertificate(template: Template, issuer: CertificateIssuer): UnsignedCertificate {
  const serial = randomBytes(SERIAL_BYTES)
  serial[0] = (serial[0]! & 0x3f) | 0x40 // positive, and always of the same length
  const identifiers = [
    { oid: '2.5.29.14', value: octets(keyIdentifier(template.publicKey)) },
    { oid: '2.5.29.35', value: sequence(primitiveContext(0, keyIdentifier(issuer.publicKey))) }
  ]
  return {
    serial,
    encode: (...extra) =>
      sequence(
        context(0, integer(2)),
        integer(serial),
        ECDSA_WITH_SHA384,
        encodeName(issuer.name),
        sequence(time(template.notBefore), time(template.notAfter)),
        encodeName(template.subject),
        publicKeyDer(template.publicKey),
        context(3, sequence(...[...template.extensions, ...identifiers, ...extra].map(encodeExtension)))
      )
  }
}

/** DER of a certificate; the issuer's key is of the curve P-384. */
export function signCertificate(unsigned: Buffer, issuer: CertificateIssuer): Buffer {
  return sequence(unsigned, ECDSA_WITH_SHA384, bits(sign('sha384', unsigned, issuer.privateKey)))
}

/** A certificate's key identifier: RFC 5280, section 4.2.1.2, method 1. */
function keyIdentifier(key: KeyObject): Buffer {
  const content = ASN1Obj.parseBuffer(Buffer.from(publicKeyDer(key))).subs[1]!.value.subarray(1)
  return createHash('sha1').update(content).digest()
}

function encodeExtension({ oid, critical = false, value }: Extension): Buffer {
  return sequence(objectIdentifier(oid), ...(critical ? [boolean(true)] : []), octets(value))
}

export const CODE_SIGNING = '1.3.6.1.5.5.7.3.3'
export const TIME_STAMPING = '1.3.6.1.5.5.7.3.8'

const DIGITAL_SIGNATURE = bits(Buffer.from([0x80]), 7)
const SIGN_CERTIFICATES_AND_LISTS = bits(Buffer.from([0x06]), 1)

export function authorityExtensions(): Extension[] {
  return [
    { oid: '2.5.29.15', critical: true, value: SIGN_CERTIFICATES_AND_LISTS },
    { oid: '2.5.29.19', critical: true, value: sequence(boolean(true)) }
  ]
}

export function signerExtensions(): Extension[] {
  return [{ oid: '2.5.29.15', critical: true, value: DIGITAL_SIGNATURE }]
}

export function extendedKeyUsage(purpose: string, critical = false): Extension {
  return { oid: '2.5.29.37', critical, value: sequence(objectIdentifier(purpose)) }
}

/** The subject's name as a URI. Critical, since there is no other name. */
export function alternativeName(uri: string): Extension {
  return { oid: '2.5.29.17', critical: true, value: sequence(primitiveContext(6, Buffer.from(uri))) }
}

/** An algorithm without parameters, or with the NULL that hash functions have. */
export function algorithm(oid: string, parameters: 'none' | 'null' = 'none'): Buffer {
  return sequence(objectIdentifier(oid), ...(parameters === 'null' ? [nothing()] : []))
}
