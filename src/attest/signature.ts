/** What a signer makes. */
import type { KeyObject } from 'node:crypto'

export interface Signature {
  bytes: Buffer
  publicKey: KeyObject
  /** DER. */
  certificate?: Buffer
}
