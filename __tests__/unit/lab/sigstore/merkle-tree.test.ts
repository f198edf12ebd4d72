import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { consistencyProof, inclusionProof, leafHash, treeHead } from '../../../../lab/sigstore/merkle-tree.ts'

/** The leaves, heads and proofs that implementations of RFC 6962 share as their test. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const HEADS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'
]
const [ONE, FOUR] = [HEADS[1]!, HEADS[4]!]
const LEAF_1 = '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7'
const PAIR_2 = '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e'
const LAST_FOUR = '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4'
const LEAF_4 = 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b'
const PAIR_6 = 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0'
const PAIR_4 = '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a'

const leaves = LEAVES.map(hex => leafHash(Buffer.from(hex, 'hex')))
const hex = (hashes: Buffer[]) => hashes.map(hash => hash.toString('hex'))

describe('the tree of the known leaves', () => {
  test('has the known heads, of every size', () => {
    expect(HEADS.map((_, size) => treeHead(leaves.slice(0, size)).toString('hex'))).toEqual(HEADS)
  })

  test.each([
    { index: 0, size: 1, path: [] },
    { index: 0, size: 8, path: [LEAF_1, PAIR_2, LAST_FOUR] },
    { index: 5, size: 8, path: [LEAF_4, PAIR_6, FOUR] },
    { index: 2, size: 3, path: [HEADS[2]] },
    { index: 1, size: 5, path: [ONE, PAIR_2, LEAF_4] }
  ])('proves leaf $index of $size', ({ index, size, path }) => {
    expect(hex(inclusionProof(index, leaves.slice(0, size)))).toEqual(path)
  })

  test.each([
    { first: 1, size: 1, path: [] },
    { first: 1, size: 8, path: [LEAF_1, PAIR_2, LAST_FOUR] },
    { first: 6, size: 8, path: [PAIR_4, PAIR_6, FOUR] },
    { first: 2, size: 5, path: [PAIR_2, LEAF_4] }
  ])('proves that $first leaves came before $size', ({ first, size, path }) => {
    expect(hex(consistencyProof(first, leaves.slice(0, size)))).toEqual(path)
  })
})

/** RFC 9162, section 2.1.3.2: another way to the head than the one the proof was made by. */
function headByProof(index: number, size: number, leaf: Buffer, proof: readonly Buffer[]): Buffer {
  const hash = (left: Buffer, right: Buffer) =>
    createHash('sha256')
      .update(Buffer.concat([Buffer.from([1]), left, right]))
      .digest()
  let [node, last, head] = [index, size - 1, leaf]
  for (const sibling of proof) {
    expect(last).toBeGreaterThan(0)
    if (node % 2 === 1 || node === last) {
      head = hash(sibling, head)
      while (node % 2 === 0 && node > 0) [node, last] = [node >> 1, last >> 1]
    } else {
      head = hash(head, sibling)
    }
    ;[node, last] = [node >> 1, last >> 1]
  }
  expect(last).toBe(0)
  return head
}

test('every leaf of any tree is proved', () => {
  const tree = fc.integer({ min: 1, max: 130 }).chain(size => fc.tuple(fc.constant(size), fc.nat({ max: size - 1 })))
  fc.assert(
    fc.property(tree, ([size, index]) => {
      const all = Array.from({ length: size }, (_, each) => leafHash(Buffer.from(String(each))))
      const head = headByProof(index, size, all[index]!, inclusionProof(index, all))
      expect(head.equals(treeHead(all))).toBe(true)
    })
  )
})
