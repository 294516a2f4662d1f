import { mean } from 'simple-statistics'
import { bestOfN, bestOfNByOracle, type ScoredSample } from './best-of-n.js'
import type { Estimate, IntervalOptions } from './estimate.js'
import { estimateMean } from './estimate-mean.js'
import { requireSome } from './statistics-error.js'

/** R of best-of-N for N from 1 on, in the three forms of Figure 2. */
export interface BestOfNCurves {
  /** The oracle picks, which also evaluates. */
  readonly oracle: readonly Estimate[]
  /** The picker picks. */
  readonly picker: readonly Estimate[]
  /** A sample at random, which is the same for every N. */
  readonly random: Estimate
}

/**
 * Estimates best-of-N from a pool of samples for each prompt. N goes to the size of the smallest
 * pool. Intervals are over prompts.
 */
export function bestOfNCurves(
  pools: readonly (readonly ScoredSample[])[],
  options: IntervalOptions = {},
): BestOfNCurves {
  requireSome('pools', pools)
  const oracles = pools.map((pool) => pool.map(({ oracle }) => oracle))
  return {
    oracle: overPrompts(oracles.map(bestOfNByOracle), options),
    picker: overPrompts(pools.map(bestOfN), options),
    random: estimateMean(
      'random',
      oracles.map((scores) => mean(scores)),
      options,
    ),
  }
}

function overPrompts(curves: readonly (readonly number[])[], options: IntervalOptions): Estimate[] {
  const largest = Math.min(...curves.map(({ length }) => length))
  return Array.from({ length: largest }, (_, i) =>
    estimateMean(
      `best of ${i + 1}`,
      curves.map((curve) => curve[i] ?? Number.NaN),
      options,
    ),
  )
}
