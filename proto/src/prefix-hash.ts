const offsetBasis = 0xcbf29ce484222325n
const prime = 0x100000001b3n

/** The hash of no tokens. */
export const emptyPrefixHash = offsetBasis

/**
 * Extends a rolling hash by token ids: 64-bit FNV-1a (Fowler, Noll, Vo) over the ids, each as four
 * little-endian bytes. Gateway and service both compute it, so that a step can name the tokens that
 * must come before it.
 * @param hash the hash of the tokens before `tokenIds`
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
