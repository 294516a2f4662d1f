import { chunkCost } from './chunk-cost.js'

/** Chunks of 4, 8 and 16 tokens with the one that is known. */
const lengths = [3, 7, 15] as const
/** How far one guess moves the estimate. */
const weight = 0.1
/** What the estimate drifts back to where nothing was guessed, so that a text that begins to repeat itself is noticed. */
const prior = 0.75
const drift = 0.005

/** How many tokens to guess at once: the length whose chunk is expected to give the most tokens for its cost, or none. */
export class LookupLength {
  /** Estimated share of guesses that are right. */
  private hitRate = prior

  get value(): number {
    let best = 0
    let bestGain = 1
    for (const length of lengths) {
      const gain = (1 + expectedHits(this.hitRate, length)) / chunkCost(length + 1)
      if (gain > bestGain) [best, bestGain] = [length, gain]
    }
    return best
  }

  /** @param missed whether a wrong guess followed so many right ones */
  record(hits: number, missed: boolean): void {
    for (let i = 0; i < hits; i++) this.hitRate += weight * (1 - this.hitRate)
    if (missed) this.hitRate -= weight * this.hitRate
  }

  /** Nothing was guessed, though it could have been. */
  rest(): void {
    this.hitRate += drift * (prior - this.hitRate)
  }
}

/** Of `length` guesses each right with probability r, how many stand before the first wrong one. */
const expectedHits = (r: number, length: number) => (r >= 1 ? length : (r * (1 - r ** length)) / (1 - r))
