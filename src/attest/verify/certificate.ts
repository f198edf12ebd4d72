/**
 * What a certificate says of who signed. https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md,
 * https://www.rfc-editor.org/rfc/rfc5280
 */
import { X509Certificate, type KeyObject } from 'node:crypto'
import { X509Certificate as Asn1Certificate } from '@sigstore/core'
import { BundleRefusal } from './refusal.ts'
import { stackless } from './stackless.ts'

export interface SigningCertificate {
  der: Buffer
  publicKey: KeyObject
  notBefore: Date
  notAfter: Date
  /** The OIDC issuer that vouched for the identity. */
  issuer: string
  /** The one subject alternative name, a URI. */
  identity: string
  /** Absent where the issuer does not tell. */
  runnerEnvironment?: string
  sourceRepository?: string
  /** In hexadecimal. */
  sourceCommit?: string
  sourceRef?: string
  /** URL of the run. */
  invocation?: string
}

const FULCIO = '1.3.6.1.4.1.57264.1'
const ALTERNATIVE_NAME = '2.5.29.17'
const BASIC_CONSTRAINTS = '2.5.29.19'
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3'
/** Of RFC 5280: what is critical must be understood, and these are looked at here or by the library. */
const UNDERSTOOD = new Set(['2.5.29.14', '2.5.29.15', ALTERNATIVE_NAME, BASIC_CONSTRAINTS, '2.5.29.35', '2.5.29.37'])
const URI_NAME = 6
const UTF8_STRING = 0x0c
/** Extensions up to this number hold bare text, those after it text in DER. */
const LAST_BARE = 6

/**
 * Reads the first of a chain of certificates. The others serve for nothing, but must be what they are taken for: each
 * the issuer of the one before, and none a root, since that is the verifier's to choose.
 *
 * @param chain DER
 * @throws BundleRefusal
 */
export function readChain(chain: readonly Buffer[]): SigningCertificate {
  const certificates = chain.map(der => {
    try {
      const certificate = new X509Certificate(der)
      // A decoder that stops at the end of the certificate would hide what comes after it.
      if (!certificate.raw.equals(der)) throw new Error('there is something after the certificate')
      return certificate
    } catch (cause) {
      throw invalid('it cannot be read', { cause })
    }
  })
  const [leaf, ...others] = certificates
  if (leaf === undefined) throw invalid('there is none')
  certificates.forEach((certificate, i) => {
    const issuer = certificates[i + 1]
    if (certificate.checkIssued(certificate)) throw invalid('the bundle brings a root of its own')
    if (issuer && !(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey))) {
      throw invalid('the chain that comes with it is broken')
    }
  })
  if (others.some(certificate => !certificate.ca)) throw invalid('the chain that comes with it is broken')
  return readSigner(leaf)
}

function readSigner(certificate: X509Certificate): SigningCertificate {
  // `keyUsage` of Node is the extended one.
  if (!((certificate.keyUsage as string[] | undefined) ?? []).includes(CODE_SIGNING))
    throw invalid('it is not for signing code')
  let publicKey: KeyObject
  try {
    publicKey = certificate.publicKey
  } catch (cause) {
    throw invalid('its key cannot be read', { cause })
  }
  const extensions = readExtensions(certificate.raw)
  if (certificate.ca || extensions.isAuthority()) throw invalid('it is of a certificate authority')
  const identity = extensions.identity()
  const optional = (name: string, ...numbers: number[]): Record<string, string> => {
    const value = agreed(
      name,
      numbers.map(number => extensions.text(number))
    )
    return value === undefined ? {} : { [name]: value }
  }
  const issuer = agreed('issuer', [extensions.text(8), extensions.text(1)])
  if (issuer === undefined) throw invalid('it names no issuer')
  return {
    der: certificate.raw,
    publicKey,
    notBefore: certificate.validFromDate,
    notAfter: certificate.validToDate,
    issuer,
    identity,
    ...optional('runnerEnvironment', 11),
    ...optional('sourceRepository', 12),
    ...optional('sourceCommit', 13, 3),
    ...optional('sourceRef', 14, 6),
    ...optional('invocation', 21)
  }
}

/** The older and the newer extension for one thing. */
function agreed(name: string, values: readonly (string | undefined)[]): string | undefined {
  const [value, ...others] = new Set(values.filter(each => each !== undefined && each !== ''))
  if (others.length > 0) throw invalid(`it contradicts itself: two values for ${name}`)
  return value
}

interface Extensions {
  /** The text of an extension of Fulcio, by number. */
  text(number: number): string | undefined
  identity(): string
  /** Whether it claims to be one; Node asks whether it could act as one, too. */
  isAuthority(): boolean
}

function readExtensions(der: Buffer): Extensions {
  const extensions = new Map<string, Asn1Extension>()
  try {
    for (const { subs } of stackless(() => Asn1Certificate.parse(Buffer.from(der)).extensions)) {
      const oid = subs[0]?.toOID() ?? ''
      if (extensions.has(oid)) throw invalid(`it has the extension ${oid} twice`)
      const isCritical = subs.length === 3 && subs[1]?.toBoolean() === true
      if (isCritical && !UNDERSTOOD.has(oid))
        throw invalid(`it has the critical extension ${oid}, which is not understood`)
      const value = subs.at(-1)
      if (value) extensions.set(oid, value)
    }
  } catch (cause) {
    if (cause instanceof BundleRefusal) throw cause
    throw invalid('its extensions cannot be read', { cause })
  }
  return {
    text: number => {
      const extension = extensions.get(`${FULCIO}.${number}`)
      if (extension === undefined) return undefined
      if (number <= LAST_BARE) return decode(extension.value)
      const [text, ...others] = extension.subs
      if (text?.tag.number !== UTF8_STRING || !text.tag.isUniversal() || others.length > 0) {
        throw invalid(`its extension ${FULCIO}.${number} holds no text`)
      }
      return decode(text.value)
    },
    identity: () => {
      const names = extensions.get(ALTERNATIVE_NAME)?.subs[0]?.subs ?? []
      const [name] = names
      if (name === undefined || names.length > 1) {
        throw invalid('it must have exactly one subject alternative name', { found: names.length })
      }
      if (!name.tag.isContextSpecific(URI_NAME)) throw invalid('its subject alternative name is no URI')
      const uri = decode(name.value)
      if (uri === '') throw invalid('its subject alternative name is empty')
      return uri
    },
    isAuthority: () => extensions.get(BASIC_CONSTRAINTS)?.subs[0]?.subs[0]?.tag.isBoolean() ?? false
  }
}

type Asn1Extension = Asn1Certificate['extensions'][number]

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw invalid('it has text that is not in UTF-8', { cause })
  }
}

function invalid(what: string, details: { found?: unknown; cause?: unknown } = {}): BundleRefusal {
  return new BundleRefusal('certificate-invalid', `the certificate cannot be used: ${what}`, details)
}
