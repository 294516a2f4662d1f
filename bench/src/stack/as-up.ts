import { type Context, type PreparedPair, planPair, prepareInForm } from '@tandem/cli'
import type { Form } from '../measure/measure.js'

/** The settings of `tandem up` without any flags. */
const defaults = { paired: 'auto', device: 'cpu', strict: false, others: 0 } as const

/**
 * Prepares the pair as `tandem up` serves it on this machine. Measures which form is faster if that
 * is unknown.
 */
export async function prepareAsUp({
  context,
  form,
}: {
  readonly context: Context
  readonly form: Form
}): Promise<PreparedPair> {
  const plan = await planPair(form === 'fast' ? { precision: 'fast' } : {}, context)
  return prepareInForm(plan, defaults, context)
}
