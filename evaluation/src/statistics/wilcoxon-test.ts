import { sum } from 'simple-statistics'
import { type MidRanks, midRanks } from './mid-ranks.js'
import { differencesOf, impossible, type TestResult } from './paired-t-test.js'
import { normalDistribution } from './special-functions.js'

/** Maximum number of differences for the exact distribution, as in scipy. */
const maxExact = 50

/**
 * Tests whether paired differences are symmetric around zero (Wilcoxon's signed-rank test,
 * two-sided). Differences of zero are dropped (Wilcoxon 1945). The statistic is the sum of the
 * ranks of positive differences or of negative ones, whichever is less, as in
 * scipy.stats.wilcoxon.
 */
export function wilcoxonTest(first: readonly number[], second: readonly number[]): TestResult {
  const differences = differencesOf(first, second).filter((difference) => difference !== 0)
  if (differences.length === 0) return impossible('all differences are zero')
  const ranked = midRanks(differences.map(Math.abs))
  const positive = sum(ranked.ranks.filter((_, i) => (differences[i] ?? 0) > 0))
  const statistic = Math.min(positive, sum([...ranked.ranks]) - positive)
  const p = differences.length <= maxExact ? exactProbability(ranked, statistic) : normalProbability(ranked, statistic)
  return { statistic, p: Math.min(1, p), reason: null }
}

/**
 * Twice the share of the 2^n sign patterns whose sum is at most the statistic. Ranks are doubled,
 * which makes those of equal values whole numbers.
 */
function exactProbability({ ranks }: MidRanks, statistic: number): number {
  const limit = 2 * statistic
  const shares = new Float64Array(limit + 1)
  shares[0] = 1
  for (const rank of ranks.map((value) => 2 * value))
    for (let at = limit; at >= 0; at--) shares[at] = ((shares[at] ?? 0) + (shares[at - rank] ?? 0)) / 2
  return 2 * sum(Array.from(shares))
}

/** The normal approximation with the correction for equal values, without one for continuity. */
function normalProbability({ ranks, groupSizes }: MidRanks, statistic: number): number {
  const n = ranks.length
  const ties = sum(groupSizes.map((size) => size ** 3 - size))
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24 - ties / 48)
  return 2 * normalDistribution((statistic - (n * (n + 1)) / 4) / deviation)
}
