/**
 * Keys of builders that no certificate authority knows: those that the log takes and verifiers check. With all of them but
 * Ed25519, which has a hash function of its own, it is SHA-256 that is signed, whatever the curve: cosign and logs of
 * version 1 know no other.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { SeedError } from '../errors.ts'

const P256 = 'prime256v1'
const CURVES: readonly (string | undefined)[] = [P256, 'secp384r1', 'secp521r1']
/** https://github.com/letsencrypt/boulder/tree/main/goodkey, which the log asks */
const RSA_BITS: readonly (number | undefined)[] = [2048, 3072, 4096]
const RSA_EXPONENT = 65537n
const MAX_LENGTH = 64 * 1024
const MAKE_ONE = 'Make one with: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes256 -out key.pem'

/**
 * @param pem PKCS#8, SEC 1 or PKCS#1; encrypted with `passphrase`, or not at all
 * @throws SeedError KEY_INVALID that shows nothing of the key
 */
export function readPrivateKey(pem: string, passphrase?: string): KeyObject {
  const kind = headersOf(pem).find(header => header !== 'EC PARAMETERS')
  if (kind === 'ENCRYPTED COSIGN PRIVATE KEY' || kind === 'ENCRYPTED SIGSTORE PRIVATE KEY') {
    throw invalid(
      'the key is in the encrypted format of cosign, which no other program reads or converts',
      `${MAKE_ONE}\nand give that to cosign, too, where it needs it: cosign import-key-pair --key key.pem`
    )
  }
  if (kind?.endsWith('PRIVATE KEY') !== true) {
    throw invalid(`this is no private key in PEM${kind === undefined ? '' : `, but of the kind "${kind}"`}`, MAKE_ONE)
  }
  const isEncrypted = kind === 'ENCRYPTED PRIVATE KEY' || pem.includes('Proc-Type: 4,ENCRYPTED')
  if (isEncrypted && !passphrase) {
    const hint = 'Set NIX_SEED_KEY_PASSPHRASE (in the action: the input signing-key-passphrase).'
    throw invalid('the key is encrypted, and there is no passphrase', hint)
  }
  return supported(() => {
    try {
      return createPrivateKey({ key: pem, format: 'pem', ...(isEncrypted && { passphrase }) })
    } catch {
      // What OpenSSL says helps nobody, and the text may not be shown.
      if (isEncrypted) throw invalid('the passphrase is wrong, or the key is damaged', 'Check NIX_SEED_KEY_PASSPHRASE.')
      throw invalid('the private key is damaged, or of a kind that is not known', MAKE_ONE)
    }
  })
}

/**
 * @param pem SPKI or PKCS#1
 * @throws SeedError KEY_INVALID
 */
export function readPublicKey(pem: string): KeyObject {
  const [kind] = headersOf(pem)
  if (kind !== 'PUBLIC KEY' && kind !== 'RSA PUBLIC KEY') {
    throw invalid(
      kind?.endsWith('PRIVATE KEY') === true
        ? 'this is a private key, and a public one is asked for'
        : 'this is no public key in PEM',
      'It begins with -----BEGIN PUBLIC KEY-----, and is made of a private one with: openssl pkey -in key.pem -pubout'
    )
  }
  return supported(() => {
    try {
      return createPublicKey({ key: pem, format: 'pem' })
    } catch {
      throw invalid('the public key is damaged, or of a kind that is not known', MAKE_ONE)
    }
  })
}

/** What names a key without showing it: base64 of the SHA-256 of its DER, as cosign has it. */
export function keyHint(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64')
}

/** What Node is to hash with where this key signs or checks. */
export function digestAlgorithm(key: KeyObject): 'sha256' | null {
  return key.asymmetricKeyType === 'ed25519' ? null : 'sha256'
}

/**
 * What a log of version 2 has to be told of a key. It pairs other curves with other hash functions, and Ed25519 with another
 * form of it: what it would take of them, no verifier does.
 * https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_common.proto
 *
 * @throws SeedError KEY_INVALID
 */
export function keyDetails(publicKey: KeyObject): string {
  const { namedCurve, modulusLength } = publicKey.asymmetricKeyDetails ?? {}
  if (namedCurve === P256) return 'PKIX_ECDSA_P256_SHA_256'
  if (publicKey.asymmetricKeyType === 'rsa') return `PKIX_RSA_PKCS1V15_${modulusLength}_SHA256`
  const kind = namedCurve === undefined ? publicKey.asymmetricKeyType : `ECDSA on ${namedCurve}`
  throw invalid(
    `with a log of version 2, keys of the kind ${kind} make signatures that nobody checks`,
    'Use a key on the curve P-256, or a log of version 1.'
  )
}

function supported(read: () => KeyObject): KeyObject {
  const key = read()
  const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = key
  const { namedCurve, modulusLength, publicExponent } = details
  switch (type) {
    case 'ec':
      if (CURVES.includes(namedCurve)) return key
      throw invalid(`keys on the curve ${namedCurve} are not supported`, MAKE_ONE)
    case 'rsa':
      if (RSA_BITS.includes(modulusLength) && publicExponent === RSA_EXPONENT) return key
      throw invalid(
        `RSA keys of ${modulusLength} bits with the exponent ${publicExponent} are not supported`,
        `They have 2048, 3072 or 4096 bits and the exponent ${RSA_EXPONENT}. ${MAKE_ONE}`
      )
    case 'ed25519':
      return key
    default:
      throw invalid(`keys of the kind ${type} are not supported`, MAKE_ONE)
  }
}

/** What the blocks of a PEM file are. */
function headersOf(pem: string): string[] {
  return [...pem.slice(0, MAX_LENGTH).matchAll(/^-----BEGIN ([A-Z0-9 ]{1,64})-----\s*$/gm)].map(match => match[1] ?? '')
}

function invalid(message: string, hint: string): SeedError {
  return new SeedError('KEY_INVALID', message, { hint })
}
