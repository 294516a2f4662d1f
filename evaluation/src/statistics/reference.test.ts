import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bcaInterval } from './bca-interval.js'
import { bestOfN } from './best-of-n.js'
import { rateByBradleyTerry } from './bradley-terry.js'
import { correlate } from './correlation.js'
import { estimateMean } from './estimate-mean.js'
import { histogram } from './histogram.js'
import { pairedTTest } from './paired-t-test.js'
import type { PairwiseOutcome } from './pairwise-outcomes.js'
import { summarize } from './summary.js'
import { wilcoxonTest } from './wilcoxon-test.js'

/** What scipy and choix compute (evaluation/reference/statistics.py). */
interface Reference {
  intervals: { name: string; values: number[]; means: number[]; interval: number[]; manyResamples: number[] }[]
  paired: { name: string; first: number[]; second: number[]; t: number[]; wilcoxon: number[] }[]
  bestOf: { name: string; oracle: number[]; picker: number[]; curve: number[] }[]
  ratings: { outcomes: PairwiseOutcome[]; elo: Record<string, number> }
  correlation: { first: number[]; second: number[]; pearson: number; spearman: number }
  summary: { values: number[]; mean: number; deviation: number; quantiles: number[] }
  histogram: { values: number[]; width: number; numpyBins: number }
}

const file = new URL('../../reference/statistics.json', import.meta.url)
const reference: Reference = JSON.parse(readFileSync(file, 'utf8'))

/** Expects numbers that agree to a relative difference. */
function expectClose(found: readonly (number | null | undefined)[], expected: readonly number[], relative = 1e-9) {
  expect(found).toHaveLength(expected.length)
  for (const [i, value] of expected.entries())
    expect(Math.abs((found[i] ?? Number.NaN) - value), `${found[i]} for ${value}`).toBeLessThanOrEqual(
      relative * Math.max(Math.abs(value), 1e-300),
    )
}

describe.each(reference.intervals)('the interval of $name', ({ values, means, interval, manyResamples }) => {
  it("equals scipy's from the same resampled means", () => {
    const found = bcaInterval(values, Float64Array.from(means), 0.95)
    expectClose([found?.low, found?.high], interval)
  })

  it("is near scipy's from other resamples", () => {
    const { interval: found } = estimateMean(name, values, { resamples: 100_000 })
    const [low = 0, high = 0] = manyResamples
    // The quantiles of 100,000 resamples differ by about 1% of the width between seeds.
    expect(Math.abs((found?.low ?? Number.NaN) - low)).toBeLessThanOrEqual(0.03 * (high - low))
    expect(Math.abs((found?.high ?? Number.NaN) - high)).toBeLessThanOrEqual(0.03 * (high - low))
  })
})

const name = 'values'

describe.each(reference.paired)('paired tests: $name', ({ first, second, t, wilcoxon }) => {
  it("equal scipy's", () => {
    const tTest = pairedTTest(first, second)
    expectClose([tTest.statistic, tTest.p], t)
    const ranks = wilcoxonTest(first, second)
    expectClose([ranks.statistic, ranks.p], wilcoxon)
  })
})

it.each(reference.bestOf)('best-of-N equals the mean over all subsets: $name', ({ oracle, picker, curve }) => {
  expectClose(bestOfN(oracle.map((score, i) => ({ oracle: score, picker: picker[i] ?? Number.NaN }))), curve)
})

it("Bradley-Terry ratings equal choix's", () => {
  const ratings = rateByBradleyTerry(reference.ratings.outcomes)
  expectClose(
    ratings.map(({ elo }) => elo),
    ratings.map(({ player }) => reference.ratings.elo[player] ?? Number.NaN),
  )
})

it("correlations and summaries equal scipy's and numpy's", () => {
  const { first, second, pearson, spearman } = reference.correlation
  const found = correlate(first, second)
  expectClose([found.pearson, found.spearman], [pearson, spearman])
  const { values, mean, deviation, quantiles } = reference.summary
  const summary = summarize('lengths', values)
  expectClose([summary.mean, summary.deviation], [mean, deviation])
  expectClose([summary.min, summary.lowerQuartile, summary.median, summary.upperQuartile, summary.max], quantiles)
})

it("the bins have numpy's width by the rule of Freedman and Diaconis", () => {
  const { values, width, numpyBins } = reference.histogram
  const bins = histogram(values)
  for (const { low, high } of bins) expectClose([high - low], [width])
  expect(Math.abs(bins.length - numpyBins)).toBeLessThanOrEqual(2)
})
