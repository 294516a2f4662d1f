import { chunkCost } from './chunk-cost.js'

const most = 6
/** How far one token moves the estimates. */
const weight = 0.05

/**
 * How many places with a choice the leading model runs up to before the other one settles them in one chunk: 1 waits at each.
 * With c tokens between such places and the leader's own first choice right with probability a, depth m takes m c forwards of
 * the leader and a chunk of m c tokens, for c (1 + a + ... + a^(m-1)) tokens.
 */
export class DraftDepth {
  /** Begins low: a draft that fails costs forwards, one that was not made costs a longer wait only. */
  private agreement = 0.5
  private openShare = 0.5

  get value(): number {
    const between = 1 / Math.max(this.openShare, 0.01)
    let best = 1
    let bestRate = 0
    let settled = 0
    for (let depth = 1; depth <= most; depth++) {
      settled += this.agreement ** (depth - 1)
      const tokens = depth * between
      const rate = (settled * between) / (tokens + chunkCost(tokens))
      if (rate > bestRate) [best, bestRate] = [depth, rate]
    }
    return best
  }

  /** @param isOpen whether there was a choice; @param agrees whether it fell on the leader's own first choice */
  record(isOpen: boolean, agrees: boolean): void {
    this.openShare += weight * (Number(isOpen) - this.openShare)
    if (isOpen) this.agreement += weight * (Number(agrees) - this.agreement)
  }
}
