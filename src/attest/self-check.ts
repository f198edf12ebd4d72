/**
 * Checks what was signed as a verifier would who trusts every server: nobody should find out later that it is of no use.
 * What names the server is for whoever runs it.
 */
import { createHash, createPublicKey, verify, X509Certificate, type KeyObject } from 'node:crypto'
import type { Bundle, TransparencyLogEntry } from '@sigstore/bundle'
import { dsse } from '@sigstore/core'
import { SeedError } from '../errors.ts'
import type { Ports } from '../ports.ts'
import { readCertificate, type Certificate } from './certificate.ts'
import { describeOffset, oddClock, type Clock } from './clocks.ts'
import { AUTHORITY } from './fulcio.ts'
import type { Identity } from './identity.ts'
import { isIncluded } from './inclusion.ts'
import { digestAlgorithm } from './key.ts'
import { quotable } from './redact.ts'
import { LOG } from './rekor-v1.ts'
import type { SigstoreServices } from './services.ts'
import { readTimestamp, TIMESTAMP_AUTHORITY } from './timestamp.ts'

/**
 * Checks a certificate before anything is signed with it, and so before anything of it is public.
 *
 * @param der unchecked
 * @param publicKey what it was asked for
 * @throws SeedError SIGNING_FAILED
 */
export function checkCertificate(der: Buffer, publicKey: KeyObject, identity: Identity, fulcioUrl: string): void {
  const wrong = (message: string, hint?: string): SeedError => failure(message, fulcioUrl, hint)
  let certificate: Certificate
  try {
    certificate = readCertificate(der)
  } catch {
    throw wrong(`the certificate of the ${AUTHORITY} cannot be read`)
  }
  if (!certificate.publicKey.equals(publicKey)) throw wrong(`the ${AUTHORITY} has certified another key`)
  const { subject, issuer, token } = identity
  const shown = (texts: readonly string[]): string => quotable(texts.join(' and '), [token]) || 'nobody'
  if (certificate.names.length !== 1 || certificate.names[0] !== subject) {
    throw wrong(
      `the certificate is for ${shown(certificate.names)}, and the identity token speaks for ${subject}`,
      `Check how the ${AUTHORITY} names those whom this issuer vouches for.`
    )
  }
  if (certificate.issuers.length !== 1 || certificate.issuers[0] !== issuer) {
    throw wrong(
      `the certificate names the issuer ${shown(certificate.issuers)}, and the identity token is of ${issuer}`
    )
  }
}

/**
 * Checks a bundle: the signature, the log's entry, the timestamp, and that all times fall into the life of the certificate.
 * Where a key signs, a clock that is off does no harm and is warned of.
 *
 * @param key of whom signs without a certificate
 * @throws SeedError SIGNING_FAILED
 */
export function checkBundle(
  bundle: Bundle,
  key: KeyObject | undefined,
  services: SigstoreServices,
  ports: Ports
): void {
  const { content, tlogEntries, timestampVerificationData } = bundle.verificationMaterial
  const certificate = content.$case === 'certificate' ? content.certificate.rawBytes : undefined
  const publicKey = certificate ? new X509Certificate(certificate).publicKey : key
  const envelope = bundle.content.$case === 'dsseEnvelope' ? bundle.content.dsseEnvelope : undefined
  const [signature, ...more] = envelope?.signatures ?? []
  if (!publicKey || !envelope || !signature || more.length > 0) throw failure('the bundle is not whole')
  const { payload, payloadType } = envelope
  const signed: Signed = { payload, encoded: dsse.preAuthEncoding(payloadType, payload), signature: signature.sig }
  if (!verify(digestAlgorithm(publicKey), signed.encoded, publicKey, signed.signature)) {
    throw failure('the signature does not fit to what was signed')
  }
  const verifier = certificate ?? publicKey.export({ type: 'spki', format: 'der' })
  const times = [
    ...logTimes(tlogEntries, signed, verifier, services),
    ...timestampTimes(timestampVerificationData?.rfc3161Timestamps ?? [], signed, services)
  ]
  if (certificate) checkTimes(readCertificate(certificate), times, services)
  else warnOfClocks(times, ports)
}

interface Signed {
  payload: Buffer
  /** What the signature is of. */
  encoded: Buffer
  signature: Buffer
}

function logTimes(
  entries: readonly TransparencyLogEntry[],
  signed: Signed,
  verifier: Buffer,
  { rekorUrl: url }: SigstoreServices
): Clock[] {
  if (entries.length !== (url === undefined ? 0 : 1)) throw failure(`the ${LOG} has made no entry`, url)
  return entries.flatMap(entry => {
    if (!isEntryOf(entry, signed, verifier))
      throw failure(`the ${LOG} has answered with an entry of something else`, url)
    if (!isIncluded(entry)) throw failure(`the ${LOG} cannot prove that it has the entry`, url)
    const seconds = Number(entry.integratedTime)
    return seconds > 0 ? [{ name: LOG, ...(url !== undefined && { url }), time: new Date(seconds * 1000) }] : []
  })
}

function timestampTimes(
  timestamps: readonly { signedTimestamp: Buffer }[],
  { signature }: Signed,
  { timestampUrl: url }: SigstoreServices
): Clock[] {
  if (timestamps.length !== (url === undefined ? 0 : 1))
    throw failure(`the ${TIMESTAMP_AUTHORITY} has not answered`, url)
  return timestamps.map(({ signedTimestamp }) => {
    const timestamp = readTimestamp(signedTimestamp)
    if (timestamp?.isOf(signature))
      return { name: TIMESTAMP_AUTHORITY, ...(url !== undefined && { url }), time: timestamp.time }
    throw failure(`the ${TIMESTAMP_AUTHORITY} has answered with a timestamp of something else`, url)
  })
}

/** What logs of both versions have in their entries, as far as it is looked at. */
interface EntryBody {
  kind?: string
  spec?: {
    payloadHash?: { algorithm?: string; value?: string }
    signatures?: { signature?: string; verifier?: string }[]
    hashedRekordV002?: {
      data?: { digest?: string }
      signature?: {
        content?: string
        verifier?: { x509Certificate?: { rawBytes?: string }; publicKey?: { rawBytes?: string } }
      }
    }
  }
}

/** @param verifier DER of certificate or public key */
function isEntryOf(
  { canonicalizedBody }: TransparencyLogEntry,
  { payload, encoded, signature }: Signed,
  verifier: Buffer
): boolean {
  try {
    const { kind, spec } = JSON.parse(canonicalizedBody.toString('utf8')) as EntryBody
    const text = signature.toString('base64')
    if (kind === 'dsse') {
      const [only, ...more] = spec?.signatures ?? []
      const { algorithm, value } = spec?.payloadHash ?? {}
      const isOfPayload = algorithm === 'sha256' && value === sha256(payload).toString('hex')
      return isOfPayload && more.length === 0 && only?.signature === text && derOf(only.verifier ?? '').equals(verifier)
    }
    const { data, signature: logged } = spec?.hashedRekordV002 ?? {}
    const by = logged?.verifier?.x509Certificate ?? logged?.verifier?.publicKey
    return (
      kind === 'hashedrekord' &&
      data?.digest === sha256(encoded).toString('base64') &&
      logged?.content === text &&
      by?.rawBytes === verifier.toString('base64')
    )
  } catch {
    return false // not of the shape of any entry
  }
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}

/** @param encoded base64 of PEM */
function derOf(encoded: string): Buffer {
  const pem = Buffer.from(encoded, 'base64').toString('latin1')
  if (pem.includes('-----BEGIN CERTIFICATE-----')) return new X509Certificate(pem).raw
  return createPublicKey(pem).export({ type: 'spki', format: 'der' })
}

/** Certificates live for minutes, and a signature counts that was made meanwhile. */
function checkTimes(
  { notBefore, notAfter }: Certificate,
  times: readonly Clock[],
  { fulcioUrl }: SigstoreServices
): void {
  const outside = times.find(({ time }) => time < notBefore || time > notAfter)
  if (outside === undefined) return
  const authority: Clock = { name: AUTHORITY, url: fulcioUrl, time: notBefore }
  const odd = oddClock([authority, ...times, thisMachine()])
  const what =
    odd === undefined
      ? `the clocks of the ${AUTHORITY} and the ${outside.name} differ`
      : `the clock of the ${odd.clock.name} is ${describeOffset(odd.aheadMs)}`
  const life = `the certificate is good from ${iso(notBefore)} to ${iso(notAfter)}`
  throw failure(
    `${what}: ${life}, the ${outside.name} says ${iso(outside.time)}, and this machine's clock ${iso(new Date())}`,
    odd?.clock.url ?? outside.url,
    'Nobody would accept the signature. Run it again when the clock is right, and tell whoever runs that server.'
  )
}

function warnOfClocks(times: readonly Clock[], { log }: Ports): void {
  const odd = oddClock([...times, thisMachine()])
  if (odd)
    log.warn(
      `the clock of ${odd.clock.url === undefined ? '' : 'the '}${odd.clock.name} is ${describeOffset(odd.aheadMs)}`
    )
}

function thisMachine(): Clock {
  return { name: 'this machine', time: new Date() }
}

function iso(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z')
}

function failure(message: string, resource?: string, hint?: string): SeedError {
  return new SeedError('SIGNING_FAILED', message, {
    ...(resource !== undefined && { resource }),
    hint: hint ?? 'What was signed is not used. Run it again, and check the addresses of the servers if it stays.'
  })
}
