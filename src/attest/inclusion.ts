/** Whether a log has put an entry where it says. https://www.rfc-editor.org/rfc/rfc9162#name-verifying-an-inclusion-proo */
import { createHash } from 'node:crypto'
import type { TransparencyLogEntry } from '@sigstore/bundle'

/** That the checkpoint is signed by the log is for those to see who have its key. */
export function isIncluded({ canonicalizedBody, inclusionProof: proof }: TransparencyLogEntry): boolean {
  if (!proof?.checkpoint) return false
  // https://github.com/C2SP/C2SP/blob/main/tlog-checkpoint.md: origin, size, root
  const [, size, root] = proof.checkpoint.envelope.split('\n')
  if (size !== proof.treeSize || root !== proof.rootHash.toString('base64')) return false
  let [at, last] = [BigInt(proof.logIndex), BigInt(proof.treeSize) - 1n]
  if (at > last) return false
  let hash = hashOf(0, canonicalizedBody)
  for (const sibling of proof.hashes) {
    if (last === 0n) return false
    const isRight = (at & 1n) === 1n
    hash = isRight || at === last ? hashOf(1, sibling, hash) : hashOf(1, hash, sibling)
    if (!isRight && at === last) {
      while ((at & 1n) === 0n && at !== 0n) [at, last] = [at >> 1n, last >> 1n]
    }
    ;[at, last] = [at >> 1n, last >> 1n]
  }
  return last === 0n && hash.equals(proof.rootHash)
}

function hashOf(prefix: 0 | 1, ...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256').update(Buffer.from([prefix]))
  for (const part of parts) hash.update(part)
  return hash.digest()
}
