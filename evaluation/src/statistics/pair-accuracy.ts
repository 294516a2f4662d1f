import type { IntervalOptions } from './estimate.js'
import { requireFinite } from './statistics-error.js'
import { estimateWinRate, type WinRate } from './win-rate.js'

/** The scores that a reward model gives to both answers of a preference pair. */
export interface ScoredPair {
  readonly chosen: number
  readonly rejected: number
}

/**
 * Estimates the accuracy of a reward model (Table 6): the share of held-out pairs whose chosen
 * answer gets the greater score. Equal scores count half.
 */
export function estimateAccuracy(pairs: readonly ScoredPair[], options: IntervalOptions = {}): WinRate {
  const chosen = pairs.map((pair) => pair.chosen)
  const rejected = pairs.map((pair) => pair.rejected)
  requireFinite('chosen', chosen)
  requireFinite('rejected', rejected)
  return estimateWinRate(chosen, rejected, options)
}
