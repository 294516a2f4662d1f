import { emptyPrefixHash, extendPrefixHash } from '@tandem/proto'

/**
 * The hashes of all prefixes of a session's tokens, so that any earlier position can be checked at
 * once.
 */
export class TokenHistory {
  length = 0
  /** hashes[n] is the hash of the first n tokens. */
  private hashes = new BigUint64Array([emptyPrefixHash])

  /** @param position at most `length` */
  hashAt(position: number): bigint {
    const hash = position <= this.length ? this.hashes[position] : undefined
    if (hash === undefined)
      throw new RangeError(`position is ${position}: expected at most ${this.length}, the tokens of the history`)
    return hash
  }

  truncate(length: number): void {
    this.hashAt(length)
    this.length = length
  }

  append(tokenIds: Uint32Array): void {
    this.grow(this.length + tokenIds.length)
    let hash = this.hashAt(this.length)
    for (const id of tokenIds) {
      hash = extendPrefixHash(hash, [id])
      this.hashes[++this.length] = hash
    }
  }

  copy(): TokenHistory {
    const copy = new TokenHistory()
    copy.hashes = this.hashes.slice(0, this.length + 1)
    copy.length = this.length
    return copy
  }

  private grow(length: number): void {
    if (length < this.hashes.length) return
    const grown = new BigUint64Array(Math.max(length + 1, this.hashes.length * 2))
    grown.set(this.hashes)
    this.hashes = grown
  }
}
