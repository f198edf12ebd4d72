/** Checks a new bundle as a verifier would who trusts every server: nobody should find out later that it is of no use. */
import { createHash, verify, X509Certificate, type KeyObject } from 'node:crypto'
import type { Bundle, TransparencyLogEntry } from '@sigstore/bundle'
import { dsse, RFC3161Timestamp, X509Certificate as Asn1Certificate } from '@sigstore/core'
import { SeedError } from '../errors.ts'
import type { Identity } from './identity.ts'
import type { SigstoreServices } from './services.ts'

/** OIDC issuer, as text in DER. https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md */
const OID_ISSUER = '1.3.6.1.4.1.57264.1.8'
/** Clocks that are further apart than this are worth a word where something has gone wrong. */
const CLOCK_TOLERANCE_MS = 60_000

/**
 * @param signer whom the certificate has to name, or the key
 * @throws SeedError SIGNING_FAILED that names the server whose answer does not fit
 */
export function checkBundle(bundle: Bundle, signer: Identity | KeyObject, services: SigstoreServices): void {
  if (bundle.content.$case !== 'dsseEnvelope') throw failure('the bundle holds no envelope')
  const { payload, payloadType, signatures } = bundle.content.dsseEnvelope
  const signature = signatures[0]?.sig
  if (signature === undefined || signatures.length !== 1) throw failure('the envelope has not just one signature')
  const signed = dsse.preAuthEncoding(payloadType, payload)
  const { content, tlogEntries, timestampVerificationData } = bundle.verificationMaterial
  const certificate = content.$case === 'certificate' ? new X509Certificate(content.certificate.rawBytes) : undefined
  const key = certificate?.publicKey ?? ('token' in signer ? undefined : signer)
  if (key === undefined || !verify(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', signed, key, signature)) {
    throw failure('the signature is not of the key that it should be of')
  }
  for (const entry of tlogEntries) checkEntry(entry, { payload, signed, signature }, services)
  const times = [
    ...tlogEntries
      .filter(entry => Number(entry.integratedTime) > 0)
      .map(entry => ({ server: 'the transparency log', at: new Date(Number(entry.integratedTime) * 1000) })),
    ...(timestampVerificationData?.rfc3161Timestamps ?? []).map(({ signedTimestamp }) => ({
      server: 'the timestamp authority',
      at: timeOf(signedTimestamp, signature)
    }))
  ]
  if (times.length === 0) throw failure('neither log nor timestamp authority says when it was signed')
  if (certificate === undefined || !('token' in signer)) return
  checkIdentity(certificate, signer)
  checkTimes(certificate, times)
}

function checkIdentity(certificate: X509Certificate, { subject, issuer }: Identity): void {
  const names = certificate.subjectAltName ?? ''
  if (names !== `URI:${subject}`) {
    throw failure(`the certificate is for ${shown(names)}, and the identity token speaks for ${subject}`)
  }
  const extension = Asn1Certificate.parse(certificate.raw).extension(OID_ISSUER)
  const named = extension?.valueObj.subs[0]?.value.toString('utf8') ?? 'no issuer'
  if (named !== issuer) throw failure(`the certificate names ${shown(named)}, and the identity token is of ${issuer}`)
}

interface Time {
  server: string
  at: Date
}

/** Certificates live for minutes, and a signature counts that was made meanwhile. */
function checkTimes(certificate: X509Certificate, times: readonly Time[]): void {
  const [from, until] = [certificate.validFromDate, certificate.validToDate]
  const outside = times.find(({ at }) => at < from || at > until)
  if (outside === undefined) return
  const now = new Date()
  const isOff = (at: Date): boolean => Math.abs(at.getTime() - now.getTime()) > CLOCK_TOLERANCE_MS
  const authorityIsOff = now.getTime() < from.getTime() - CLOCK_TOLERANCE_MS || now > until
  // If several disagree with this machine, it may well be the one that is off.
  const suspects = [
    ...(authorityIsOff ? ['the certificate authority'] : []),
    ...times.filter(({ at }) => isOff(at)).map(({ server }) => server)
  ]
  const suspect =
    suspects.length === 1 ? `the clock of ${suspects[0]} seems to be off` : 'the clocks of the servers differ'
  throw failure(
    `${suspect}: ${outside.server} says ${iso(outside.at)}, the certificate is valid from ${iso(from)} to ${iso(until)}, and this machine's clock says ${iso(now)}`,
    'Nobody would accept the signature. Tell whoever runs that server, and run it again.'
  )
}

interface Signed {
  payload: Buffer
  signed: Buffer
  signature: Buffer
}

/** An answer may be of another entry: a log that merges, a cache in between. */
function checkEntry(
  entry: TransparencyLogEntry,
  { payload, signed, signature }: Signed,
  services: SigstoreServices
): void {
  const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest()
  const wrong = (): SeedError =>
    failure('the transparency log has answered with an entry of something else', undefined, services.rekorUrl)
  let body: LogBody
  try {
    body = JSON.parse(entry.canonicalizedBody.toString('utf8')) as LogBody
  } catch {
    throw wrong()
  }
  const text = signature.toString('base64')
  const version1 = body.kind === 'dsse' && body.spec?.payloadHash?.value === sha256(payload).toString('hex')
  const { data, signature: logged } = body.spec?.hashedRekordV002 ?? {}
  const version2 = body.kind === 'hashedrekord' && data?.digest === sha256(signed).toString('base64')
  const isOurs = (version1 && body.spec?.signatures?.[0]?.signature === text) || (version2 && logged?.content === text)
  if (!isOurs) throw wrong()
}

interface LogBody {
  kind?: string
  spec?: {
    payloadHash?: { value?: string }
    signatures?: { signature?: string }[]
    hashedRekordV002?: { data?: { digest?: string }; signature?: { content?: string } }
  }
}

/** @throws SeedError SIGNING_FAILED where it is no timestamp of `signature` */
function timeOf(timestamp: Buffer, signature: Buffer): Date {
  const wrong = 'the timestamp authority has answered with a timestamp of something else'
  try {
    const { tstInfo, signingTime } = RFC3161Timestamp.parse(timestamp as Buffer<ArrayBuffer>)
    tstInfo.verify(signature)
    return signingTime
  } catch {
    throw failure(wrong)
  }
}

const iso = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z')

function shown(text: string): string {
  const clean = text.replace(/[^\x20-\x7e]+/g, ' ')
  return clean.length > 300 ? `${clean.slice(0, 300)}…` : clean
}

function failure(message: string, hint?: string, resource?: string): SeedError {
  return new SeedError('SIGNING_FAILED', message, {
    hint: hint ?? 'Nothing that was signed is used. Run it again; if it stays, check the addresses of the servers.',
    ...(resource !== undefined && { resource })
  })
}
