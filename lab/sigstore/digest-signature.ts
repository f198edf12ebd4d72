/** Checks signatures where only the digest of what was signed is known, which Node's own functions do not do. */
import { constants, publicDecrypt } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { p256, p384, p521 } from '@noble/curves/nist.js'

export type DigestAlgorithm = 'sha256' | 'sha384' | 'sha512'

const CURVES = {
  prime256v1: { curve: p256, bytes: 32, digest: 'sha256' },
  secp384r1: { curve: p384, bytes: 48, digest: 'sha384' },
  secp521r1: { curve: p521, bytes: 66, digest: 'sha512' }
} as const

/** The hash function that Sigstore pairs with a key; undefined for keys that sign without one, or are not taken. */
export function digestAlgorithmOf(key: KeyObject): DigestAlgorithm | undefined {
  if (key.asymmetricKeyType === 'rsa') return 'sha256'
  return key.asymmetricKeyType === 'ec' ? curveOf(key)?.digest : undefined
}

/** @param signature ECDSA (DER) or RSA (PKCS #1 v1.5) */
export function isSignatureOfDigest(key: KeyObject, digest: Buffer, signature: Buffer): boolean {
  if (key.asymmetricKeyType === 'rsa') return isRsaSignature(key, digest, signature)
  const known = curveOf(key)
  const { x = '', y = '' } = known ? key.export({ format: 'jwk' }) : {}
  try {
    const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
    return known?.curve.verify(signature, digest, point, { prehash: false, lowS: false, format: 'der' }) ?? false
  } catch {
    return false // not even the form of a signature
  }
}

function curveOf(key: KeyObject) {
  return CURVES[(key.asymmetricKeyDetails?.namedCurve ?? '') as keyof typeof CURVES] as
    (typeof CURVES)[keyof typeof CURVES] | undefined
}

/** DigestInfo of SHA-256 up to the digest: RFC 8017, section 9.2. */
const SHA256_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex')

function isRsaSignature(key: KeyObject, digest: Buffer, signature: Buffer): boolean {
  try {
    const info = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature)
    return info.equals(Buffer.concat([SHA256_INFO, digest]))
  } catch {
    return false
  }
}
