/** Writes ASN.1 in its distinguished encoding, DER (ITU-T X.690): what certificates and timestamps are made of. */

const CONSTRUCTED_CONTEXT = 0xa0
const PRIMITIVE_CONTEXT = 0x80

function encode(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content)]), content])
}

function lengthOf({ length }: Uint8Array): number[] {
  if (length < 0x80) return [length]
  const bytes = [...bytesOf(BigInt(length))]
  return [0x80 + bytes.length, ...bytes]
}

function bytesOf(value: bigint): Buffer {
  const hex = value.toString(16)
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
}

export const sequence = (...parts: readonly Uint8Array[]) => encode(0x30, ...parts)
/** SET OF: its members are put in the order of their bytes. */
export const set = (...parts: readonly Uint8Array[]) => encode(0x31, ...ordered(parts))
export const boolean = (value: boolean) => encode(0x01, Buffer.from([value ? 0xff : 0]))
export const octets = (bytes: Uint8Array) => encode(0x04, bytes)
/** A BIT STRING of whole bytes, of which the last `unused` bits do not count. */
export const bits = (bytes: Uint8Array, unused = 0) => encode(0x03, Buffer.from([unused]), bytes)
export const nothing = () => encode(0x05)
export const text = (value: string) => encode(0x0c, Buffer.from(value))
/** Explicit tagging. */
export const context = (number: number, ...parts: readonly Uint8Array[]) =>
  encode(CONSTRUCTED_CONTEXT + number, ...parts)
/** SET OF under implicit tagging. */
export const contextSet = (number: number, ...parts: readonly Uint8Array[]) => context(number, ...ordered(parts))
/** Implicit tagging of a type that is not constructed. */
export const primitiveContext = (number: number, bytes: Uint8Array) => encode(PRIMITIVE_CONTEXT + number, bytes)

function ordered(parts: readonly Uint8Array[]): Uint8Array[] {
  return [...parts].sort((a, b) => Buffer.compare(a, b))
}

/** A non-negative INTEGER; bytes are read big-endian. */
export function integer(value: number | bigint | Uint8Array): Buffer {
  const bytes = bytesOf(value instanceof Uint8Array ? BigInt(`0x${Buffer.from(value).toString('hex')}`) : BigInt(value))
  return encode(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes)
}

export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return encode(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

function base128(value: number): number[] {
  const digits = [value % 128]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift((rest % 128) + 128)
  return digits
}

/** GeneralizedTime in whole seconds. */
export function generalizedTime(date: Date): Buffer {
  return encode(0x18, Buffer.from(digitsOf(date)))
}

/** Time as RFC 5280, section 4.1.2.5 wants it: UTCTime up to 2049, GeneralizedTime from 2050. */
export function time(date: Date): Buffer {
  return date.getUTCFullYear() < 2050 ? encode(0x17, Buffer.from(digitsOf(date).slice(2))) : generalizedTime(date)
}

/** `YYYYMMDDhhmmssZ` */
function digitsOf(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace(/\D/g, '')}Z`
}
