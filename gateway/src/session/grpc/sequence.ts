import { PrefixHashes } from '@tandem/proto'

/**
 * Token ids with the hash of each prefix. With the hash a service
 * checks that it holds the same tokens.
 */
export class Sequence {
  private constructor(
    private readonly ids: number[],
    private readonly hashes: PrefixHashes,
  ) {}

  static empty(): Sequence {
    return new Sequence([], new PrefixHashes())
  }

  get length(): number {
    return this.ids.length
  }

  get tokenIds(): readonly number[] {
    return this.ids
  }

  /** Returns the hash of the tokens before a position. @param position at most `length` */
  hashAt(position: number): bigint {
    return this.hashes.hashAt(position)
  }

  append(tokenIds: readonly number[]): void {
    this.hashes.append(tokenIds)
    for (const id of tokenIds) this.ids.push(id)
  }

  truncate(length: number): void {
    if (length > this.length)
      throw new RangeError(
        `cannot truncate a session of ${this.length} tokens to ${length}: expected at most ${this.length}`,
      )
    this.ids.length = length
    this.hashes.truncate(length)
  }

  copy(): Sequence {
    return new Sequence([...this.ids], this.hashes.copy())
  }
}
