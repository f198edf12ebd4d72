import type { X509Certificate } from '@sigstore/core'

type Asn1 = X509Certificate['root']

/**
 * Makes a certificate remember its encoding, and whose signature it carries: the library asks for both again with every
 * bundle and every timestamp, and that is most of what a verification takes. Nothing of a certificate that was read
 * changes.
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
  return certificate
}

function rememberEncoding(part: Asn1): void {
  let encoded: ReturnType<Asn1['toDER']> | undefined
  const encode = part.toDER.bind(part)
  part.toDER = () => (encoded ??= encode())
  for (const inner of part.subs) rememberEncoding(inner)
}
