import { SeedError } from '../errors.ts'

/** Nix's own base 32: no e, o, t or u, least significant digit last, read backwards. */
const BASE32 = '0123456789abcdfghijklmnpqrsvwxyz'

/**
 * Brings a SHA-256 into the form `sha256:<64 hex digits>`. Reads all forms that versions of Nix print:
 * SRI (`sha256-<base64>`), `sha256:` with hex, base 32 or base 64, and the object of the structured JSON format.
 *
 * @throws SeedError STORE_INVALID for another algorithm or anything that is no hash.
 */
export function sha256Hex(value: unknown): string {
  if (typeof value === 'string') {
    const match = /^sha256[:-](.+)$/.exec(value)
    const digest = match?.[1] === undefined ? undefined : decode(match[1])
    if (digest !== undefined) return `sha256:${digest.toString('hex')}`
  } else if (typeof value === 'object' && value !== null) {
    const { algorithm, algo, hash } = value as Record<string, unknown>
    if ((algorithm ?? algo) === 'sha256' && typeof hash === 'string') return sha256Hex(`sha256:${hash}`)
  }
  throw new SeedError('STORE_INVALID', `not a SHA-256 hash: ${JSON.stringify(value)}`)
}

function decode(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/.test(text)) return Buffer.from(text, 'hex')
  if (/^[0-9a-df-np-sv-z]{52}$/.test(text)) return decodeBase32(text)
  if (/^[0-9A-Za-z+/]{43}=$/.test(text)) return Buffer.from(text, 'base64')
  return undefined
}

function decodeBase32(text: string): Buffer | undefined {
  let number = 0n
  for (const digit of text) number = number * 32n + BigInt(BASE32.indexOf(digit))
  // 52 digits hold 260 bits; the topmost four must be unused.
  if (number >> 256n !== 0n) return undefined
  return Buffer.from(number.toString(16).padStart(64, '0'), 'hex').reverse()
}

/** `digest` in Nix's base 32, as content addresses are written. */
export function encodeBase32(digest: Buffer): string {
  let number = BigInt(`0x${Buffer.from(digest).reverse().toString('hex')}`)
  let text = ''
  for (let i = Math.ceil((digest.length * 8) / 5); i > 0; i--, number >>= 5n) {
    text = BASE32.charAt(Number(number & 31n)) + text
  }
  return text
}
