import { sampleCorrelation, sampleRankCorrelation } from 'simple-statistics'
import { requireEqualLength, requireFinite } from './statistics-error.js'

/**
 * How two lists of values go together, from -1 to 1; null with a reason if they cannot be
 * compared.
 */
export interface Correlation {
  readonly count: number
  /** Pearson's r. */
  readonly pearson: number | null
  /** Spearman's rho, with mean ranks for equal values. */
  readonly spearman: number | null
  readonly reason: string | null
}

/**
 * Correlates two lists, such as lengths with scores. A reward model that prefers long answers shows
 * here.
 */
export function correlate(first: readonly number[], second: readonly number[]): Correlation {
  requireEqualLength(first, second)
  requireFinite('first', first)
  requireFinite('second', second)
  const count = first.length
  const none = (reason: string): Correlation => ({ count, pearson: null, spearman: null, reason })
  if (count < 3) return none('a correlation needs at least three values')
  const isConstant = (values: readonly number[]) => values.every((value) => value === values[0])
  if (isConstant(first) || isConstant(second)) return none('all values of a list are equal')
  const [a, b] = [[...first], [...second]]
  return { count, pearson: sampleCorrelation(a, b), spearman: sampleRankCorrelation(a, b), reason: null }
}
