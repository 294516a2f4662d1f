import { emptyPrefixHash, extendPrefixHash } from '@tandem/proto'

/**
 * Token ids with the hash of each prefix. With the hash a service
 * checks that it holds the same tokens.
 */
export class Sequence {
  private constructor(
    private readonly ids: number[],
    /** hashes[n] is the hash of the first n tokens. */
    private readonly hashes: bigint[],
  ) {}

  static empty(): Sequence {
    return new Sequence([], [emptyPrefixHash])
  }

  get length(): number {
    return this.ids.length
  }

  get tokenIds(): readonly number[] {
    return this.ids
  }

  /** Returns the hash of the tokens before a position. @param position at most `length` */
  hashAt(position: number): bigint {
    const hash = this.hashes[position]
    if (hash === undefined)
      throw new RangeError(`position ${position} is outside of the sequence: expected at most ${this.length}`)
    return hash
  }

  append(tokenIds: readonly number[]): void {
    for (const id of tokenIds) {
      this.hashes.push(extendPrefixHash(this.hashAt(this.length), [id]))
      this.ids.push(id)
    }
  }

  truncate(length: number): void {
    if (length > this.length)
      throw new RangeError(
        `cannot truncate a session of ${this.length} tokens to ${length}: expected at most ${this.length}`,
      )
    this.ids.length = length
    this.hashes.length = length + 1
  }

  copy(): Sequence {
    return new Sequence([...this.ids], [...this.hashes])
  }
}
