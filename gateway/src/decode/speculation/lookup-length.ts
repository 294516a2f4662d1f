import { chunkCost } from './chunk-cost.js'

/** Draft lengths. With the known token before them the chunks have 4, 8 and 16 tokens. */
const lengths = [3, 7, 15] as const
/** Weight of one draft token in the running average. */
const weight = 0.1
/**
 * Value that the estimate drifts back to while nothing is drafted,
 * so that new repetition is noticed.
 */
const prior = 0.75
const drift = 0.005

/**
 * Chooses how many tokens a lookup drafts: the length with the most
 * expected tokens for its cost, or 0.
 */
export class LookupLength {
  /** Estimated share of draft tokens that are right. */
  private hitRate = prior

  /** The number of tokens to draft now. */
  get value(): number {
    let best = 0
    let bestGain = 1
    for (const length of lengths) {
      const gain = (1 + expectedHits(this.hitRate, length)) / chunkCost(length + 1)
      if (gain > bestGain) [best, bestGain] = [length, gain]
    }
    return best
  }

  /**
   * Records the result of one draft.
   * @param hits number of right tokens at its front
   * @param missed whether a wrong token followed them
   */
  record(hits: number, missed: boolean): void {
    for (let i = 0; i < hits; i++) this.hitRate += weight * (1 - this.hitRate)
    if (missed) this.hitRate -= weight * this.hitRate
  }

  /** Records a position where a draft was possible but none was made. */
  recordSkip(): void {
    this.hitRate += drift * (prior - this.hitRate)
  }
}

/**
 * Expected number of right tokens before the first wrong one, if each of
 * `length` is right with probability r.
 */
const expectedHits = (r: number, length: number) => (r >= 1 ? length : (r * (1 - r ** length)) / (1 - r))
