/** A log of entries with a tree over them and signed checkpoints: what versions 1 and 2 of Rekor share. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { createKeys } from './authority.ts'
import { publicKeyDer } from './certificate.ts'
import { inclusionProof, leafHash, treeHead } from './merkle-tree.ts'

export interface LoggedEntry {
  /** In the tree, from zero. */
  index: number
  body: Buffer
  leafHash: Buffer
  /** Seconds since 1970. */
  integratedTime: number
}

export interface InclusionProof {
  index: number
  treeSize: number
  rootHash: Buffer
  hashes: Buffer[]
  /** A signed note. */
  checkpoint: string
}

export interface LogKey {
  publicKey: KeyObject
  /** Known to verifiers by this; its first four bytes are in the notes it signs. */
  id: Buffer
  sign(bytes: Buffer): Buffer
}

/** The key of a Rekor of version 1: P-256, known by the hash of the public key. */
export function createEcdsaKey(): LogKey {
  const { privateKey, publicKey } = createKeys('P-256')
  const id = createHash('sha256').update(publicKeyDer(publicKey)).digest()
  return { publicKey, id, sign: bytes => sign('sha256', bytes, privateKey) }
}

const ED25519_NOTE = Buffer.from([1])
const ED25519_BYTES = 32

/** The key of a Rekor of version 2: Ed25519, known by name and key. https://c2sp.org/signed-note */
export function createEd25519Key(name: string): LogKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const raw = publicKeyDer(publicKey).subarray(-ED25519_BYTES)
  const id = createHash('sha256').update(`${name}\n`).update(ED25519_NOTE).update(raw).digest()
  return { publicKey, id, sign: bytes => sign(null, bytes, privateKey) }
}

export class TransparencyLog {
  readonly key: LogKey
  /** Who signs the checkpoints. */
  readonly name: string
  /** What the checkpoints are of. */
  readonly origin: string
  readonly #entries: LoggedEntry[] = []
  readonly #byHash = new Map<string, LoggedEntry>()

  constructor(key: LogKey, name: string, origin = name) {
    this.key = key
    this.name = name
    this.origin = origin
  }

  get size(): number {
    return this.#entries.length
  }

  at(index: number): LoggedEntry | undefined {
    return this.#entries[index]
  }

  /** @param hash hexadecimal hash of the leaf */
  find(hash: string): LoggedEntry | undefined {
    return this.#byHash.get(hash)
  }

  /** Adds an entry that is not there yet ({@link find} tells). */
  append(body: Buffer, integratedTime: number): LoggedEntry {
    const entry = { index: this.#entries.length, body, leafHash: leafHash(body), integratedTime }
    this.#entries.push(entry)
    this.#byHash.set(entry.leafHash.toString('hex'), entry)
    return entry
  }

  /** Proof that an entry is in the tree of now. */
  prove(entry: LoggedEntry): InclusionProof {
    const hashes = inclusionProof(entry.index, this.leaves())
    return { index: entry.index, treeSize: this.size, rootHash: this.rootHash(), hashes, checkpoint: this.checkpoint() }
  }

  leaves(): Buffer[] {
    return this.#entries.map(entry => entry.leafHash)
  }

  rootHash(): Buffer {
    return treeHead(this.leaves())
  }

  /** https://c2sp.org/tlog-checkpoint, as a https://c2sp.org/signed-note */
  checkpoint(): string {
    const note = `${this.origin}\n${this.size}\n${this.rootHash().toString('base64')}\n`
    const signature = Buffer.concat([this.key.id.subarray(0, 4), this.key.sign(Buffer.from(note))])
    return `${note}\n\u2014 ${this.name} ${signature.toString('base64')}\n`
  }
}
