import { EXTENSION_OID_SCT, X509Certificate } from '@sigstore/core'
import { describe, expect, test } from '@jest/globals'
import { remembered } from '../../../../src/attest/verify/remembered.ts'
import { attest } from '../../../support/attestation.ts'
import { useSigstore } from '../../../support/sigstore.ts'

const sigstore = useSigstore()

type Kind = 'a job' | 'authorities'

/** Certificates that a job gets, and those of the trust root. */
async function certificates(kind: Kind): Promise<Buffer[]> {
  if (kind === 'authorities') {
    const { certificateAuthorities, timestampAuthorities } = sigstore().trustedRoot
    return [...certificateAuthorities, ...timestampAuthorities].flatMap(authority =>
      (authority.certChain?.certificates ?? []).map(({ rawBytes }) => rawBytes)
    )
  }
  const bundle = await attest(sigstore())
  const { certificate } = bundle.verificationMaterial as unknown as { certificate: { rawBytes: string } }
  return [Buffer.from(certificate.rawBytes, 'base64')]
}

describe.each(['a job', 'authorities'] as const)('a certificate of %s that remembers', kind => {
  test('is what it was, down to its last part', async () => {
    for (const der of await certificates(kind)) {
      const [plain, other] = [
        X509Certificate.parse(Buffer.from(der)),
        remembered(X509Certificate.parse(Buffer.from(der)))
      ]
      expect(other.root.toDER().equals(der)).toBe(true)
      const compare = (a: X509Certificate['root'], b: X509Certificate['root']): void => {
        expect(b.toDER().equals(a.toDER())).toBe(true)
        expect(b.subs).toHaveLength(a.subs.length)
        a.subs.forEach((inner, i) => compare(inner, b.subs[i] as X509Certificate['root']))
      }
      compare(plain.root, other.root)
      expect(other.verify(other)).toBe(plain.verify(plain))
      expect(other.verify(other)).toBe(plain.verify(plain))
    }
  })

  test('has copies that can lose an extension, which it keeps', async () => {
    for (const der of await certificates(kind)) {
      const [plain, other] = [
        X509Certificate.parse(Buffer.from(der)),
        remembered(X509Certificate.parse(Buffer.from(der)))
      ]
      other.root.toDER()
      const [plainCopy, copy] = [plain.clone(), other.clone()]
      expect(copy.root.toDER().equals(der)).toBe(true)
      for (const each of [plainCopy, copy]) {
        const at = each.extensions.findIndex(({ subs }) => subs[0]?.toOID() === EXTENSION_OID_SCT)
        each.extensions.splice(Math.max(at, 0), 1)
      }
      expect(copy.tbsCertificate.toDER().equals(plainCopy.tbsCertificate.toDER())).toBe(true)
      expect(copy.tbsCertificate.toDER().equals(other.tbsCertificate.toDER())).toBe(false)
      expect(other.root.toDER().equals(der)).toBe(true)
      expect(other.extensions).toHaveLength(copy.extensions.length + 1)
    }
  })
})
