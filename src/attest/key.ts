/** Keys of builders that no certificate authority knows. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { SeedError } from '../errors.ts'

const MIN_RSA_BITS = 2048
const CURVES = ['prime256v1', 'secp384r1', 'secp521r1']
const MAKE_ONE = 'Make one with "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem".'

/**
 * @param pem PKCS#8, SEC 1 or PKCS#1; encrypted with `passphrase` or not at all
 * @throws SeedError KEY_INVALID that shows nothing of the key
 */
export function readPrivateKey(pem: string, passphrase?: string): KeyObject {
  if (/ENCRYPTED (?:SIGSTORE|COSIGN) PRIVATE KEY/.test(pem)) {
    throw invalid(
      'the key is in the encrypted format of cosign, which other programs cannot read',
      `Use a key in PKCS#8, and import it to cosign where that needs it ("cosign import-key-pair"). ${MAKE_ONE}`
    )
  }
  const isEncrypted = /BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/.test(pem)
  if (isEncrypted && !passphrase) {
    throw invalid(
      'the key is encrypted, and there is no passphrase',
      'Set NIX_SEED_KEY_PASSPHRASE (in the action: the input signing-key-passphrase).'
    )
  }
  let key: KeyObject
  try {
    key = createPrivateKey({ key: pem, format: 'pem', ...(isEncrypted && { passphrase }) })
  } catch {
    // OpenSSL's errors say nothing that helps, and nothing of the text may be shown.
    const why = isEncrypted ? 'the passphrase is wrong, or the key is damaged' : 'this is no private key in PEM'
    throw invalid(why, isEncrypted ? 'Check NIX_SEED_KEY_PASSPHRASE.' : MAKE_ONE)
  }
  checkKind(key)
  return key
}

/** @param pem a public key, in SPKI @throws SeedError KEY_INVALID */
export function readPublicKey(pem: string): KeyObject {
  if (pem.includes('PRIVATE KEY')) {
    throw invalid('this is a private key, and a public one is asked for', 'openssl pkey -in key.pem -pubout')
  }
  let key: KeyObject
  try {
    key = createPublicKey({ key: pem, format: 'pem' })
  } catch {
    throw invalid('this is no public key in PEM', 'It begins with -----BEGIN PUBLIC KEY-----.')
  }
  checkKind(key)
  return key
}

/** What names a key without showing it: as cosign has it, base64 of the SHA-256 of the DER. */
export function keyHint(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64')
}

/** Those that cosign and the log take, with SHA-256 for all but Ed25519. */
function checkKind(key: KeyObject): void {
  const { namedCurve = 'unknown', modulusLength = 0 } = key.asymmetricKeyDetails ?? {}
  switch (key.asymmetricKeyType) {
    case 'ec':
      if (CURVES.includes(namedCurve)) return
      throw invalid(`keys on the curve ${namedCurve} are not supported`, MAKE_ONE)
    case 'rsa':
      if (modulusLength >= MIN_RSA_BITS) return
      throw invalid(`an RSA key of ${modulusLength} bits is too short`, MAKE_ONE)
    case 'ed25519':
      return
    default:
      throw invalid(`keys of the kind ${key.asymmetricKeyType} are not supported`, MAKE_ONE)
  }
}

function invalid(message: string, hint: string): SeedError {
  return new SeedError('KEY_INVALID', message, { hint })
}
