import type { Estimate, IntervalOptions } from './estimate.js'
import { estimateMean } from './estimate-mean.js'
import { requireEqualLength, requireFinite } from './statistics-error.js'

/** A win rate with the counts behind it. */
export interface WinRate extends Estimate {
  readonly wins: number
  readonly ties: number
  readonly losses: number
}

/** Returns 1 if the first score is greater, 0 if it is less, and 0.5 if they are equal. */
export const outcomeOf = (first: number, second: number): number => (Math.sign(first - second) + 1) / 2

/**
 * Estimates W of the paper (section 5): the share of prompts on which the first score is greater.
 * Ties count half.
 * @param first scores of one method, a value for each prompt
 * @param second scores of another method on the same prompts
 */
export function estimateWinRate(
  first: readonly number[],
  second: readonly number[],
  options: IntervalOptions = {},
): WinRate {
  requireEqualLength(first, second)
  requireFinite('first', first)
  requireFinite('second', second)
  return summarizeOutcomes(
    first.map((score, i) => outcomeOf(score, second[i] ?? Number.NaN)),
    options,
  )
}

/**
 * Estimates a win rate from outcomes from 0 to 1. An outcome between them, other than a tie, is
 * the mean of several comparisons on one prompt; it counts as what it is nearer to.
 */
export function summarizeOutcomes(outcomes: readonly number[], options: IntervalOptions = {}): WinRate {
  const wins = outcomes.filter((outcome) => outcome > 0.5).length
  const losses = outcomes.filter((outcome) => outcome < 0.5).length
  return {
    ...estimateMean('outcomes', outcomes, options),
    wins,
    ties: outcomes.length - wins - losses,
    losses,
  }
}
