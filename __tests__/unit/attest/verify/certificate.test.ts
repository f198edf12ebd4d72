import { describe, expect, test } from '@jest/globals'
import { BundleRefusal } from '../../../../src/attest/verify.ts'
import { readChain } from '../../../../src/attest/verify/certificate.ts'
import { createAuthority, createKeys } from '../../../../lab/sigstore/authority.ts'
import {
  authorityExtensions,
  CODE_SIGNING,
  extendedKeyUsage,
  signCertificate,
  signerExtensions,
  TIME_STAMPING,
  unsignedCertificate,
  type Extension
} from '../../../../lab/sigstore/certificate.ts'
import { octets, primitiveContext, sequence, text } from '../../../../lab/sigstore/der.ts'

const AUTHORITY = createAuthority({ commonName: 'test', organization: 'nix-seed' }, 'P-384', authorityExtensions())
const URI = 'https://github.com/org/repo/.github/workflows/seed.yml@refs/heads/main'
const ISSUER = 'https://token.actions.githubusercontent.com'
const FULCIO = '1.3.6.1.4.1.57264.1'

const names = (...list: Buffer[]): Extension => ({ oid: '2.5.29.17', critical: true, value: sequence(...list) })
const uri = (value: string) => primitiveContext(6, Buffer.from(value))
const email = (value: string) => primitiveContext(1, Buffer.from(value))
const bare = (number: number, value: string): Extension => ({ oid: `${FULCIO}.${number}`, value: Buffer.from(value) })
const der = (number: number, value: string): Extension => ({ oid: `${FULCIO}.${number}`, value: text(value) })

const USAGE = extendedKeyUsage(CODE_SIGNING)
const GOOD = { usage: USAGE, name: names(uri(URI)), issuer: der(8, ISSUER) }

/** A certificate with these extensions, in place of the good ones of the same name and beside them. */
function certificate(changes: Partial<typeof GOOD> = {}, more: readonly Extension[] = []): Buffer {
  const extensions = [...signerExtensions(), ...Object.values({ ...GOOD, ...changes }), ...more]
  const unsigned = unsignedCertificate(
    {
      publicKey: createKeys('P-256').publicKey,
      notBefore: new Date('2026-01-01T00:00:00Z'),
      notAfter: new Date('2026-01-01T00:10:00Z'),
      extensions
    },
    AUTHORITY.issuer
  )
  return signCertificate(unsigned.encode(), AUTHORITY.issuer)
}

describe('a certificate', () => {
  test('tells who signed, from when until when it was valid, and what was built', () => {
    const more = [bare(1, ISSUER), bare(3, 'a'.repeat(40)), der(13, 'a'.repeat(40)), der(11, 'github-hosted')]
    const read = readChain([certificate({}, [...more, der(12, 'https://github.com/org/repo'), der(21, 'https://run')])])
    expect(read).toMatchObject({
      identity: URI,
      issuer: ISSUER,
      notBefore: new Date('2026-01-01T00:00:00Z'),
      notAfter: new Date('2026-01-01T00:10:00Z'),
      runnerEnvironment: 'github-hosted',
      sourceRepository: 'https://github.com/org/repo',
      sourceCommit: 'a'.repeat(40),
      invocation: 'https://run'
    })
  })

  test('of the old kind names its issuer as bare text', () => {
    expect(readChain([certificate({ issuer: bare(1, ISSUER) })]).issuer).toBe(ISSUER)
  })

  test.each<[string, () => Buffer, RegExp]>([
    ['two names', () => certificate({ name: names(uri(URI), uri('https://evil.example')) }), /exactly one/],
    ['no names', () => certificate({ name: names() }), /exactly one/],
    [
      'an email address beside the name',
      () => certificate({ name: names(email('a@b.example'), uri(URI)) }),
      /exactly one/
    ],
    ['an email address for a name', () => certificate({ name: names(email('a@b.example')) }), /no URI/],
    ['an empty name', () => certificate({ name: names(uri('')) }), /empty/],
    ['a name that is no text', () => certificate({ name: names(primitiveContext(6, Buffer.from([0xff]))) }), /UTF-8/],
    ['its names twice', () => certificate({}, [names(uri('https://evil.example'))]), /twice/],
    ['its issuer twice', () => certificate({}, [der(8, 'https://evil.example')]), /twice/],
    ['two issuers', () => certificate({}, [bare(1, 'https://evil.example')]), /two values for issuer/],
    [
      'two commits',
      () => certificate({}, [bare(3, 'a'.repeat(40)), der(13, 'b'.repeat(40))]),
      /two values for sourceCommit/
    ],
    ['no issuer', () => certificate({ issuer: der(9, ISSUER) }), /no issuer/],
    ['an empty issuer', () => certificate({ issuer: der(8, '') }), /no issuer/],
    [
      'an issuer that is no text',
      () => certificate({ issuer: { oid: `${FULCIO}.8`, value: octets(Buffer.from('x')) } }),
      /no text/
    ],
    ['another purpose', () => certificate({ usage: extendedKeyUsage(TIME_STAMPING) }), /not for signing code/],
    ['the rights of an authority', () => certificate({}, [authorityExtensions()[1]!]), /authority/],
    [
      'a critical extension that nobody knows',
      () => certificate({}, [{ oid: '1.2.3.4', critical: true, value: text('x') }]),
      /critical/
    ],
    ['something after it', () => Buffer.concat([certificate(), Buffer.of(0)]), /cannot be read/],
    ['its end cut off', () => certificate().subarray(0, -1), /cannot be read/]
  ])('with %s is refused', (_, make, message) => {
    expect(() => readChain([make()])).toThrow(
      expect.objectContaining({ reason: 'certificate-invalid', message: expect.stringMatching(message) })
    )
    expect(() => readChain([make()])).toThrow(BundleRefusal)
  })

  test('may come with its issuer, and not with a root', () => {
    const [intermediate, root] = AUTHORITY.chain
    expect(readChain([certificate(), intermediate]).identity).toBe(URI)
    expect(() => readChain([certificate(), intermediate, root])).toThrow(/root/)
    expect(() => readChain([certificate(), certificate()])).toThrow(/broken/)
    expect(() => readChain([])).toThrow(/none/)
  })
})
