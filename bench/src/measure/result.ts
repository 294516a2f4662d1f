import type { Form, Measure, Measurement } from './measure.js'

/** A row of the table: a number, or the reason why it is missing. */
export type Result = { readonly measure: Measure; readonly form: Form } & (
  | { readonly type: 'measured'; readonly measurement: Measurement }
  | { readonly type: 'missing'; readonly reason: string }
)

/** Returns the key of a result: "P5-decode", or "P5-decode-fast" for the fast form. */
export const keyOf = ({ measure, form }: Result): string => (form === 'fast' ? `${measure.key}-fast` : measure.key)

/** Returns the target of a result in its form. */
export const targetOf = ({ measure, form }: Result) =>
  form === 'fast' ? (measure.fastTarget ?? measure.target) : measure.target

/** Returns whether a number reaches its target, or null without a target or a number. */
export function isReached(result: Result): boolean | null {
  const target = targetOf(result)
  if (!target || result.type === 'missing') return null
  const { value } = result.measurement.estimate
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost
}
