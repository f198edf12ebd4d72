import { ASN1Obj, X509Certificate } from '@sigstore/core'

/** From a certificate down to the list of its extensions. */
const LEVELS_OF_EXTENSIONS = 4

/**
 * Makes a certificate that was read remember its encoding, and whose signature it carries: the library asks for both again
 * with every bundle and every timestamp, and that is most of what a verification takes. Nothing of a certificate that was
 * read changes.
 *
 * @returns the certificate itself
 */
export function remembered(certificate: X509Certificate): X509Certificate {
  rememberEncoding(certificate.root)
  const verify = certificate.verify.bind(certificate)
  const known = new WeakMap<X509Certificate, boolean>()
  certificate.verify = (issuer = certificate) => {
    const answer = known.get(issuer) ?? verify(issuer)
    known.set(issuer, answer)
    return answer
  }
  // The library takes extensions out of a copy: all else in it stays what it was, and is not read again.
  certificate.clone = () => new X509Certificate(copyOf(certificate.root, LEVELS_OF_EXTENSIONS))
  return certificate
}

function rememberEncoding(part: ASN1Obj): void {
  let encoded: Buffer | undefined
  part.toDER = () => (encoded ??= encodingOf(part))
  for (const inner of part.subs) rememberEncoding(inner)
}

/** The reader takes DER alone, which has one encoding for everything: what was read is what would be written. */
function encodingOf({ tag, value }: ASN1Obj): Buffer {
  const digits: number[] = []
  for (let left = value.length; left > 0; left = Math.floor(left / 256)) digits.unshift(left % 256)
  const length = value.length < 128 ? [value.length] : [0x80 | digits.length, ...digits]
  return Buffer.concat([Buffer.from([tag.toDER(), ...length]), value])
}

/** @param levels so many of them are copied; what is below is shared */
function copyOf(part: ASN1Obj, levels: number): ASN1Obj {
  if (levels === 0) return part
  const subs = part.subs.map(inner => copyOf(inner, levels - 1))
  return new ASN1Obj(part.tag, part.value, subs)
}
