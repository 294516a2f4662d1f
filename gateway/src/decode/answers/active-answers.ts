/**
 * With so many answers at once the services' batches are full enough that a guessed token takes about as long as a known one
 * (docs/decisions/continuous-batching.md).
 */
const crowdedFrom = 4

/** How many answers are decoded at once. */
export class Crowd {
  private answers = 0

  /** Whether guesses take others' time. */
  get isCrowded(): boolean {
    return this.answers >= crowdedFrom
  }

  /** Counts answers in; the returned function counts them out. Call it once. */
  join(answers: number): () => void {
    this.answers += answers
    return () => {
      this.answers -= answers
    }
  }
}
