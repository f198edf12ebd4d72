/**
 * What is checked of a log entry beside the library's checks, which neither look at who is said to have signed, nor at
 * whether the log's key was valid, and read numbers and notes leniently.
 * https://github.com/sigstore/rekor/tree/main/pkg/types, https://github.com/sigstore/rekor-tiles/tree/main/api/proto/rekor/v2
 */
import { createHash, createPublicKey, X509Certificate } from 'node:crypto'
import type { TransparencyLogEntry } from '@sigstore/bundle'
import type { TrustMaterial } from '@sigstore/verify'
import { BundleRefusal, time } from './refusal.ts'

/** What a signature in the log must have been checked with: DER of the certificate, or of the public key. */
export type LoggedVerifier = { certificate: Buffer } | { publicKey: Buffer }

/**
 * Checks what is needed before the library reads an entry: that its log is known, and that there is a proof which says
 * what the checkpoint says.
 *
 * @throws BundleRefusal
 */
export function checkEntryForm(entry: TransparencyLogEntry, trust: TrustMaterial): void {
  const { logId, logIndex, integratedTime, inclusionProof, inclusionPromise } = entry
  const logs = trust.tlogs.filter(log => log.logID.equals(logId.keyId))
  if (logs.length === 0) {
    throw new BundleRefusal('log-unknown', 'the trust root does not know the log', {
      found: logId.keyId.toString('hex')
    })
  }
  if (inclusionProof?.checkpoint === undefined) {
    throw new BundleRefusal('log-proof-missing', 'a log entry has no proof that it is in the log')
  }
  if (![logIndex, integratedTime, inclusionProof.logIndex, inclusionProof.treeSize].every(isCount)) {
    throw invalidProof('its numbers are none')
  }
  const { size, rootHash, signatures } = readCheckpoint(inclusionProof.checkpoint.envelope)
  // Nobody signs the name beside a signature, and the library takes any part of the log's address for it.
  const own = signatures.filter(({ hint }) => hint.equals(logId.keyId.subarray(0, hint.length)))
  const names = logs.flatMap(log => namesOf(log.baseURL))
  if (own.length === 0 || !own.every(({ name }) => names.includes(name))) {
    throw invalidProof('its checkpoint is not signed by the log')
  }
  if (inclusionProof.treeSize !== size || !inclusionProof.rootHash.equals(rootHash)) {
    throw invalidProof('it is for another state of the log than its checkpoint')
  }
  if (inclusionPromise !== undefined) return
  // Without a promise, nobody has signed these two.
  if (logIndex !== inclusionProof.logIndex) throw invalidProof('entry and proof have different indices')
  if (integratedTime !== '0') {
    throw new BundleRefusal('log-promise-invalid', 'the log entry has a time that the log has not signed')
  }
}

/** A decimal number that fits into 64 bits; anything longer would take long to be read. */
const isCount = (text: string): boolean => /^(?:0|[1-9]\d{0,18})$/.test(text)

interface Checkpoint {
  size: string
  rootHash: Buffer
  /** By whom; `hint` is the beginning of the key's identifier. */
  signatures: { name: string; hint: Buffer }[]
}

/** https://c2sp.org/tlog-checkpoint, and the lines of signatures of https://c2sp.org/signed-note */
function readCheckpoint(note: string): Checkpoint {
  const end = note.indexOf('\n\n')
  const [origin = '', size = '', hash = ''] = note.slice(0, end + 1).split('\n')
  const lines = note.slice(end + 2)
  const rootHash = Buffer.from(hash, 'base64')
  const isNote =
    end > 0 &&
    origin !== '' &&
    isCount(size) &&
    rootHash.length === 32 &&
    rootHash.toString('base64') === hash &&
    lines.endsWith('\n')
  if (!isNote) throw invalidProof('its checkpoint is none')
  return { size, rootHash, signatures: lines.slice(0, -1).split('\n').map(readSignature) }
}

const HINT_BYTES = 4

function readSignature(line: string): Checkpoint['signatures'][number] {
  const [dash, name = '', base64 = '', ...others] = line.split(' ')
  const bytes = Buffer.from(base64, 'base64')
  const isSignature = dash === '\u2014' && name !== '' && others.length === 0
  if (!isSignature || bytes.length <= HINT_BYTES || bytes.toString('base64') !== base64) {
    throw invalidProof('its checkpoint has a signature that is none')
  }
  return { name, hint: bytes.subarray(0, HINT_BYTES) }
}

/** What a log at this address may call itself: its host, with or without port and path. */
function namesOf(address: string): string[] {
  if (!URL.canParse(address)) return [address]
  const { hostname, host, pathname } = new URL(address)
  return [hostname, host, `${host}${pathname.replace(/\/+$/, '')}`]
}

/**
 * Whether the log's key was valid at each of the times when something was signed.
 *
 * @throws BundleRefusal
 */
export function checkLogKey(entry: TransparencyLogEntry, times: readonly Date[], trust: TrustMaterial): void {
  const logs = trust.tlogs.filter(log => log.logID.equals(entry.logId.keyId))
  for (const at of times) {
    if (logs.some(({ validFor }) => validFor.start <= at && at <= validFor.end)) continue
    throw new BundleRefusal('log-key-expired', `the key of the log was not valid at ${time(at)}`, {
      found: entry.logId.keyId.toString('hex')
    })
  }
}

/**
 * Whether the log has seen the same signer. That digest and signature are the same, the library checks.
 *
 * @throws BundleRefusal
 */
export function checkEntrySigner(entry: TransparencyLogEntry, signer: LoggedVerifier): void {
  let logged: LoggedVerifier | undefined
  try {
    logged = verifierOf(JSON.parse(entry.canonicalizedBody.toString('utf8')) as Body)
  } catch (cause) {
    throw mismatch('it cannot be read', cause)
  }
  if (logged === undefined) throw mismatch('it does not say who signed')
  if (!isSame(logged, signer)) throw mismatch('it was made for another certificate or key')
}

interface Body {
  kind?: string
  apiVersion?: string
  spec?: {
    /** dsse 0.0.1 */
    signatures?: { verifier?: string }[]
    /** intoto 0.0.2 */
    content?: { envelope?: { signatures?: { publicKey?: string }[] } }
    /** hashedrekord 0.0.1 */
    signature?: { publicKey?: { content?: string } }
    dsseV002?: { signatures?: { verifier?: BodyVerifier }[] }
    hashedRekordV002?: { signature?: { verifier?: BodyVerifier } }
  }
}

interface BodyVerifier {
  x509Certificate?: { rawBytes?: string }
  publicKey?: { rawBytes?: string }
}

function verifierOf({ kind, apiVersion, spec = {} }: Body): LoggedVerifier | undefined {
  switch (`${kind} ${apiVersion}`) {
    case 'dsse 0.0.1':
      return fromPem(spec.signatures?.[0]?.verifier)
    case 'intoto 0.0.2':
      return fromPem(spec.content?.envelope?.signatures?.[0]?.publicKey)
    case 'hashedrekord 0.0.1':
      return fromPem(spec.signature?.publicKey?.content)
    case 'dsse 0.0.2':
      return fromDer(spec.dsseV002?.signatures?.[0]?.verifier)
    case 'hashedrekord 0.0.2':
      return fromDer(spec.hashedRekordV002?.signature?.verifier)
    default:
      return undefined
  }
}

function fromPem(base64: string | undefined): LoggedVerifier | undefined {
  if (base64 === undefined) return undefined
  const pem = Buffer.from(base64, 'base64').toString('utf8')
  return pem.includes('BEGIN CERTIFICATE')
    ? { certificate: new X509Certificate(pem).raw }
    : { publicKey: createPublicKey(pem).export({ type: 'spki', format: 'der' }) }
}

function fromDer({ x509Certificate, publicKey }: BodyVerifier = {}): LoggedVerifier | undefined {
  if (x509Certificate?.rawBytes !== undefined) return { certificate: Buffer.from(x509Certificate.rawBytes, 'base64') }
  return publicKey?.rawBytes === undefined ? undefined : { publicKey: Buffer.from(publicKey.rawBytes, 'base64') }
}

function isSame(a: LoggedVerifier, b: LoggedVerifier): boolean {
  if ('certificate' in a) return 'certificate' in b && a.certificate.equals(b.certificate)
  return 'publicKey' in b && a.publicKey.equals(b.publicKey)
}

/** What names an entry whatever its log: the hash of the leaf. https://www.rfc-editor.org/rfc/rfc6962#section-2.1 */
export function leafHash({ canonicalizedBody }: Pick<TransparencyLogEntry, 'canonicalizedBody'>): string {
  return createHash('sha256').update(Buffer.of(0)).update(canonicalizedBody).digest('hex')
}

function invalidProof(what: string): BundleRefusal {
  return new BundleRefusal('log-proof-invalid', `the proof of a log entry does not hold: ${what}`)
}

function mismatch(what: string, cause?: unknown): BundleRefusal {
  return new BundleRefusal('log-entry-mismatch', `the log entry is not of this signature: ${what}`, { cause })
}
