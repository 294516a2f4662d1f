/**
 * From this number of concurrent answers on, the services' batches are so full that a draft token
 * takes about as long as a known one (docs/decisions/continuous-batching.md).
 */
const busyFrom = 4

/** Counts the answers that are decoded now. */
export class ActiveAnswers {
  private count = 0

  /** Whether draft tokens would slow other answers down. */
  get isBusy(): boolean {
    return this.count >= busyFrom
  }

  /** Adds answers to the count. Call the returned function once, to remove them. */
  add(answers: number): () => void {
    this.count += answers
    return () => {
      this.count -= answers
    }
  }
}
