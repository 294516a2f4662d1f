/** How many tokens must agree before what followed them is guessed again. */
const keyLength = 3

/**
 * Guesses that what followed the last tokens before follows them again (prompt lookup: Saxena 2023; n-gram speculation in vLLM).
 * Holds one number for each token of the sequence.
 */
export class PromptLookup {
  private readonly ids: number[] = []
  /** Where the tokens after a key begin, at its last occurrence but the one at the very end. */
  private readonly places = new Map<number, number>()

  /** @param vocabularySize above every id */
  constructor(private readonly vocabularySize: number) {}

  push(ids: readonly number[]): void {
    for (const id of ids) {
      // The key before this token gets its place only now that something follows it.
      if (this.ids.length >= keyLength) this.places.set(this.lastKey(), this.ids.length)
      this.ids.push(id)
    }
  }

  /** `count` tokens as they followed the last ones before; none where those are new. */
  guess(count: number): number[] {
    if (this.ids.length < keyLength) return []
    const place = this.places.get(this.lastKey())
    if (place === undefined) return []
    const guesses: number[] = []
    // Beyond the end the guesses themselves go on: a loop shorter than `count` is guessed round and round.
    for (let at = place; guesses.length < count; at++)
      guesses.push((at < this.ids.length ? this.ids[at] : guesses[at - this.ids.length]) ?? 0)
    return guesses
  }

  /** Above 2^53 / V^3 keys could fall together, which costs a wrong guess and no wrong token. */
  private lastKey(): number {
    return this.ids.slice(-keyLength).reduce((key, id) => key * this.vocabularySize + id, 0)
  }
}
