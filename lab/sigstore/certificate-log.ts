/** A certificate transparency log, of which only its promises are seen: RFC 6962, section 3. */
import { createHash, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { createKeys } from './authority.ts'
import { publicKeyDer } from './certificate.ts'
import type { Extension } from './certificate.ts'
import type { Clock } from './clock.ts'
import { octets } from './der.ts'

const SHA256 = 4
const ECDSA = 3
const PRECERTIFICATE = 1

export class CertificateLog {
  readonly publicKey: KeyObject
  readonly id: Buffer
  readonly #privateKey: KeyObject
  readonly #clock: Clock

  constructor(clock: Clock) {
    const { privateKey, publicKey } = createKeys('P-256')
    this.publicKey = publicKey
    this.#privateKey = privateKey
    this.#clock = clock
    this.id = createHash('sha256').update(publicKeyDer(publicKey)).digest()
  }

  /**
   * The promise to log a certificate, as the extension that goes into it.
   *
   * @param unsigned DER of TBSCertificate without this extension
   */
  promise(unsigned: Buffer, issuer: KeyObject): Extension {
    const time = Buffer.alloc(8)
    time.writeBigUInt64BE(BigInt(this.#clock.now().getTime()))
    const issuerHash = createHash('sha256').update(publicKeyDer(issuer)).digest()
    const noExtensions = short(0)
    const signed = Buffer.concat([
      Buffer.from([0, 0]), // version 1, certificate timestamp
      time,
      short(PRECERTIFICATE),
      issuerHash,
      Buffer.from([0]), // the length has three bytes
      prefixed(unsigned),
      noExtensions
    ])
    const signature = sign('sha256', signed, this.#privateKey)
    const header = Buffer.from([SHA256, ECDSA])
    const promise = Buffer.concat([Buffer.from([0]), this.id, time, noExtensions, header, prefixed(signature)])
    return { oid: '1.3.6.1.4.1.11129.2.4.2', value: octets(prefixed(prefixed(promise))) }
  }
}

function short(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

function prefixed(bytes: Buffer): Buffer {
  return Buffer.concat([short(bytes.length), bytes])
}
