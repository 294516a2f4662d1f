const offsetBasis = 0xcbf29ce484222325n
const prime = 0x100000001b3n

/** The hash of no tokens. */
export const emptyPrefixHash = offsetBasis

/**
 * 64-bit FNV-1a over token ids, each as four little-endian bytes; rolling: the hash of a longer prefix is made from that of a
 * shorter one. Both ends compute it, so that a step tells which tokens it believes to stand before it.
 * (Fowler, Noll, Vo: FNV-1a, 64 bit parameters.)
 * @param hash of the tokens before `tokenIds`
 */
export function extendPrefixHash(hash: bigint, tokenIds: Iterable<number>): bigint {
  let h = hash
  for (const id of tokenIds) {
    for (let shift = 0; shift < 32; shift += 8) {
      h = BigInt.asUintN(64, (h ^ BigInt((id >>> shift) & 0xff)) * prime)
    }
  }
  return h
}
