/** The certificate authority behind Fulcio: certificates for ten minutes, each with the promise of a transparency log. */
import type { KeyObject } from 'node:crypto'
import { createAuthority } from './authority.ts'
import type { Authority } from './authority.ts'
import { CertificateLog } from './certificate-log.ts'
import {
  alternativeName,
  authorityExtensions,
  CODE_SIGNING,
  extendedKeyUsage,
  signCertificate,
  signerExtensions,
  unsignedCertificate
} from './certificate.ts'
import type { Extension } from './certificate.ts'
import type { Clock } from './clock.ts'

const LIFETIME_MS = 10 * 60 * 1000

export class CertificateAuthority {
  readonly log: CertificateLog
  readonly #authority: Authority
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
    this.log = new CertificateLog(clock)
    const name = { commonName: 'sigstore-intermediate', organization: 'nix-seed lab' }
    this.#authority = createAuthority(name, 'P-384', [...authorityExtensions(), extendedKeyUsage(CODE_SIGNING)])
  }

  /** DER of intermediate and root. */
  get chain(): readonly [Buffer, Buffer] {
    return this.#authority.chain
  }

  /** DER of a certificate that names its holder by a URI. */
  issue(publicKey: KeyObject, uri: string, extensions: readonly Extension[]): Buffer {
    const { issuer } = this.#authority
    const notBefore = this.#clock.now()
    const all = [...signerExtensions(), extendedKeyUsage(CODE_SIGNING), alternativeName(uri), ...extensions]
    const notAfter = new Date(notBefore.getTime() + LIFETIME_MS)
    const unsigned = unsignedCertificate({ publicKey, notBefore, notAfter, extensions: all }, issuer)
    return signCertificate(unsigned.encode(this.log.promise(unsigned.encode(), issuer.publicKey)), issuer)
  }
}
