import { emptyPrefixHash, extendPrefixHash } from './prefix-hash.js'
import type { TokenIds } from './readout.js'

/**
 * The hashes of all prefixes of a sequence's tokens, so that any earlier position can be checked at
 * once.
 */
export class PrefixHashes {
  private count = 0
  /** hashes[n] is the hash of the first n tokens. */
  private hashes = new BigUint64Array([emptyPrefixHash])

  /** Number of tokens. */
  get length(): number {
    return this.count
  }

  /**
   * Returns the hash of the tokens before a position.
   * @param position at most `length`
   * @throws RangeError if there are fewer tokens
   */
  hashAt(position: number): bigint {
    const hash = position <= this.count ? this.hashes[position] : undefined
    if (hash === undefined)
      throw new RangeError(`position is ${position}: expected at most ${this.count}, the number of tokens`)
    return hash
  }

  append(tokenIds: TokenIds): void {
    this.grow(this.count + tokenIds.length)
    let hash = this.hashAt(this.count)
    for (const id of tokenIds) {
      hash = extendPrefixHash(hash, [id])
      this.hashes[++this.count] = hash
    }
  }

  /** Keeps the first `length` tokens. @throws RangeError if there are fewer */
  truncate(length: number): void {
    this.hashAt(length)
    this.count = length
  }

  copy(): PrefixHashes {
    const copy = new PrefixHashes()
    copy.hashes = this.hashes.slice(0, this.count + 1)
    copy.count = this.count
    return copy
  }

  private grow(length: number): void {
    if (length < this.hashes.length) return
    const grown = new BigUint64Array(Math.max(length + 1, this.hashes.length * 2))
    grown.set(this.hashes)
    this.hashes = grown
  }
}
