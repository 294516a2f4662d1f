import { mean, sampleStandardDeviation } from 'simple-statistics'
import { tTestProbability } from './special-functions.js'
import { requireEqualLength, requireFinite } from './statistics-error.js'

/** The result of a test; the statistic and p are null if the test cannot be made. */
export interface TestResult {
  readonly statistic: number | null
  /** Two-sided probability of a result at least as extreme if the methods do not differ. */
  readonly p: number | null
  /** Why the test cannot be made; null if it can. */
  readonly reason: string | null
}

/** Differences that differ by less than this share of the scores differ only by rounding. */
const rounding = 1e-14

/**
 * Tests whether the mean difference of paired scores is zero (Student's paired t-test, two-sided,
 * as scipy.stats.ttest_rel): t = mean(d) / (s(d) / sqrt(n)) with n - 1 degrees of freedom.
 */
export function pairedTTest(first: readonly number[], second: readonly number[]): TestResult {
  const differences = differencesOf(first, second)
  if (differences.length < 2) return impossible('a test needs at least two prompts')
  const deviation = sampleStandardDeviation(differences)
  if (deviation <= rounding * Math.max(...first.map(Math.abs), ...second.map(Math.abs)))
    return impossible('all differences are equal')
  const statistic = mean(differences) / (deviation / Math.sqrt(differences.length))
  return { statistic, p: tTestProbability(statistic, differences.length - 1), reason: null }
}

/** Returns first minus second for each prompt, after checking both lists. */
export function differencesOf(first: readonly number[], second: readonly number[]): number[] {
  requireEqualLength(first, second)
  requireFinite('first', first)
  requireFinite('second', second)
  return first.map((score, i) => score - (second[i] ?? Number.NaN))
}

/** Returns the result of a test that cannot be made. */
export const impossible = (reason: string): TestResult => ({ statistic: null, p: null, reason })
