/**
 * Statistics of scored answers: pure functions of numbers. They know nothing of models, prompts,
 * files or reports. Each names the source of its formula.
 */
export { bestOfN, bestOfNByOracle, type ScoredSample } from './best-of-n.js'
export { type BestOfNCurves, bestOfNCurves } from './best-of-n-curves.js'
export { type BradleyTerryOptions, type Rating, rateByBradleyTerry } from './bradley-terry.js'
export { type Correlation, correlate } from './correlation.js'
export { defaultIntervalOptions, type Estimate, type Interval, type IntervalOptions } from './estimate.js'
export { estimateMean } from './estimate-mean.js'
export { type Bin, histogram } from './histogram.js'
export { estimateAccuracy, type ScoredPair } from './pair-accuracy.js'
export { pairedTTest, type TestResult } from './paired-t-test.js'
export type { PairwiseOutcome } from './pairwise-outcomes.js'
export { estimateRatings, type RatingEstimate } from './rating-intervals.js'
export { StatisticsError } from './statistics-error.js'
export { type Summary, summarize } from './summary.js'
export { wilcoxonTest } from './wilcoxon-test.js'
export { estimateWinRate, outcomeOf, summarizeOutcomes, type WinRate } from './win-rate.js'
