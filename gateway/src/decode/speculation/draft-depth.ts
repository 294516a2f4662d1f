import { chunkCost } from './chunk-cost.js'

const maxDepth = 6
/** Weight of one token in the running averages. */
const weight = 0.05

/**
 * Chooses the number of open positions that the leading model drafts up to before the
 * other model decides them in one chunk. At depth 1 it waits at each open position.
 * A position is open if V_alpha holds several tokens.
 *
 * With c tokens between open positions, and a probability a that the leading model's first
 * choice is right, depth m costs m c forwards of the leading model and one chunk of m c tokens.
 * It gives c (1 + a + ... + a^(m-1)) tokens.
 */
export class DraftDepth {
  /** Starts low: a wrong draft costs forwards, a missing draft costs only a longer wait. */
  private agreement = 0.5
  private openShare = 0.5

  /** The depth with the best expected rate of tokens for its cost. */
  get value(): number {
    const between = 1 / Math.max(this.openShare, 0.01)
    let best = 1
    let bestRate = 0
    let decided = 0
    for (let depth = 1; depth <= maxDepth; depth++) {
      decided += this.agreement ** (depth - 1)
      const tokens = depth * between
      const rate = (decided * between) / (tokens + chunkCost(tokens))
      if (rate > bestRate) [best, bestRate] = [depth, rate]
    }
    return best
  }

  /**
   * Records one position of the answer.
   * @param isOpen whether V_alpha held several tokens
   * @param agrees whether the strategy picked the leading model's first choice
   */
  record(isOpen: boolean, agrees: boolean): void {
    this.openShare += weight * (Number(isOpen) - this.openShare)
    if (isOpen) this.agreement += weight * (Number(agrees) - this.agreement)
  }
}
