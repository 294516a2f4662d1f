import { mean } from 'simple-statistics'
import { requireFinite, requireSome } from './statistics-error.js'

/** A sample of a prompt's pool. */
export interface ScoredSample {
  /** Score by the reward model that evaluates. */
  readonly oracle: number
  /** Score by the reward model that picks. */
  readonly picker: number
}

/**
 * Returns the expected oracle score of best-of-N for every N from 1 to the number of samples.
 * It is the mean over all subsets of N samples of the oracle score of the subset's best sample
 * by the picker's score, which estimates best-of-N of N new samples without bias. Equal picker
 * scores are picked at random.
 *
 * A sample of a group of equal picker scores is picked with probability [C(b, N) - C(a, N)] /
 * C(M, N): of M samples, b score at most the group's score and a score less (order statistics
 * of sampling without replacement; with distinct scores the estimator of Nakano et al. 2021,
 * WebGPT, appendix I).
 */
export function bestOfN(pool: readonly ScoredSample[]): number[] {
  requireSome('pool', pool)
  requireFinite(
    'oracle scores',
    pool.map(({ oracle }) => oracle),
  )
  requireFinite(
    'picker scores',
    pool.map(({ picker }) => picker),
  )
  const groups = groupByPicker(pool)
  return pool.map((_, i) => expectedPick(groups, pool.length, i + 1))
}

/** Returns best-of-N with the oracle as its own picker: the expected greatest score of N. */
export const bestOfNByOracle = (oracle: readonly number[]): number[] =>
  bestOfN(oracle.map((score) => ({ oracle: score, picker: score })))

/** Samples with one picker score. */
interface Group {
  readonly oracle: number
  /** Number of samples with a lower picker score. */
  readonly below: number
  readonly size: number
}

function groupByPicker(pool: readonly ScoredSample[]): Group[] {
  const scores = new Map<number, number[]>()
  for (const { oracle, picker } of pool) scores.set(picker, [...(scores.get(picker) ?? []), oracle])
  let below = 0
  return [...scores]
    .sort(([a], [b]) => a - b)
    .map(([, oracle]) => {
      const group = { oracle: mean(oracle), below, size: oracle.length }
      below += oracle.length
      return group
    })
}

function expectedPick(groups: readonly Group[], total: number, n: number): number {
  let expected = 0
  for (const { oracle, below, size } of groups)
    expected += oracle * (shareOfSubsets(below + size, total, n) - shareOfSubsets(below, total, n))
  return expected
}

/** C(part, n) / C(total, n) as a product, which cannot overflow. */
function shareOfSubsets(part: number, total: number, n: number): number {
  let share = 1
  for (let i = 0; i < n; i++) share *= Math.max(0, part - i) / (total - i)
  return share
}
