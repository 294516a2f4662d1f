import type { Form, Measure, Measurement } from '../case.js'

/** A row of the table: a number, or why there is none. */
export type Result = { readonly measure: Measure; readonly form: Form } & (
  | { readonly type: 'measured'; readonly measurement: Measurement }
  | { readonly type: 'missing'; readonly reason: string }
)

/** "P5-decode", and "P5-decode-fast" for the fast form. */
export const keyOf = ({ measure, form }: Result): string => (form === 'fast' ? `${measure.key}-fast` : measure.key)

export const targetOf = ({ measure, form }: Result) =>
  form === 'fast' ? (measure.fastTarget ?? measure.target) : measure.target

/** Null where nothing is asked of the number, or there is none. */
export function isReached(result: Result): boolean | null {
  const target = targetOf(result)
  if (!target || result.type === 'missing') return null
  const { value } = result.measurement.estimate
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost
}
