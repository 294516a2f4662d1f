/** Number of tokens that must match before the tokens after them are drafted. */
const keyLength = 3

/**
 * Drafts the tokens that followed the last tokens at their previous occurrence (prompt lookup:
 * Saxena 2023; n-gram speculation in vLLM). Stores one number for each token of the sequence.
 */
export class PromptLookup {
  private readonly ids: number[] = []
  /** Index of the token after each key's latest occurrence, except a key at the very end. */
  private readonly places = new Map<number, number>()

  /** @param vocabularySize greater than every token id */
  constructor(private readonly vocabularySize: number) {}

  /** Appends tokens to the sequence. */
  push(ids: readonly number[]): void {
    for (const id of ids) {
      // The key before this token is stored only now, because before now no token followed it.
      if (this.ids.length >= keyLength) this.places.set(this.lastKey(), this.ids.length)
      this.ids.push(id)
    }
  }

  /** Returns `count` draft tokens; none if the last tokens did not occur before. */
  draft(count: number): number[] {
    if (this.ids.length < keyLength) return []
    const place = this.places.get(this.lastKey())
    if (place === undefined) return []
    const drafts: number[] = []
    // Past the end the drafts themselves continue, so that a loop shorter than `count` repeats.
    for (let at = place; drafts.length < count; at++)
      drafts.push((at < this.ids.length ? this.ids[at] : drafts[at - this.ids.length]) ?? 0)
    return drafts
  }

  /**
   * Keys can collide if V^3 exceeds 2^53. A collision costs a wrong draft, but never a wrong token.
   */
  private lastKey(): number {
    return this.ids.slice(-keyLength).reduce((key, id) => key * this.vocabularySize + id, 0)
  }
}
