import { type PreparedPair, planPair, prepareInForm } from '@tandem/cli'
import type { Bench } from '../case.js'

/** What `tandem up` has where nothing is set. */
const defaults = { paired: 'auto', device: 'cpu', strict: false, others: 0 } as const

/** The pair in the form that `tandem up` serves it in here, which is tried now where it was not before. */
export async function prepareAsUp({ context, form }: Pick<Bench, 'context' | 'form'>): Promise<PreparedPair> {
  const plan = await planPair(form === 'fast' ? { precision: 'fast' } : {}, context)
  return prepareInForm(plan, defaults, context)
}
