/** The Merkle tree of a transparency log: RFC 6962, section 2.1. */
import { createHash } from 'node:crypto'

export function leafHash(entry: Uint8Array): Buffer {
  return createHash('sha256')
    .update(Buffer.from([0]))
    .update(entry)
    .digest()
}

function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256')
    .update(Buffer.from([1]))
    .update(left)
    .update(right)
    .digest()
}

/** The largest power of two below `size`, which is above one. */
function split(size: number): number {
  return 2 ** (Math.ceil(Math.log2(size)) - 1)
}

/** MTH: the tree head over the hashes of leaves. */
export function treeHead(leaves: readonly Uint8Array[]): Buffer {
  if (leaves.length === 0) return createHash('sha256').digest()
  if (leaves.length === 1) return Buffer.from(leaves[0]!)
  const middle = split(leaves.length)
  return nodeHash(treeHead(leaves.slice(0, middle)), treeHead(leaves.slice(middle)))
}

/** PATH: the hashes that prove the leaf at `index`, from the leaf up. */
export function inclusionProof(index: number, leaves: readonly Uint8Array[]): Buffer[] {
  if (leaves.length <= 1) return []
  const middle = split(leaves.length)
  const [left, right] = [leaves.slice(0, middle), leaves.slice(middle)]
  return index < middle
    ? [...inclusionProof(index, left), treeHead(right)]
    : [...inclusionProof(index - middle, right), treeHead(left)]
}

/** PROOF: the hashes that prove that the first `size` leaves are a prefix of all. */
export function consistencyProof(size: number, leaves: readonly Uint8Array[]): Buffer[] {
  const prove = (count: number, part: readonly Uint8Array[], whole: boolean): Buffer[] => {
    if (count === part.length) return whole ? [] : [treeHead(part)]
    const middle = split(part.length)
    const [left, right] = [part.slice(0, middle), part.slice(middle)]
    return count <= middle
      ? [...prove(count, left, whole), treeHead(right)]
      : [...prove(count - middle, right, false), treeHead(left)]
  }
  return prove(size, leaves, true)
}
