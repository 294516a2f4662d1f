import type { Context } from '../context.js'
import { pullWeights } from '../pull/pull-weights.js'
import { buildCached } from './build-cached.js'
import { type PairDescription, type PairOptions, type PairPlan, planPair } from './plan-pair.js'
import { prepareWhole } from './prepare-model.js'
import { pairedWithoutAdapter } from './validate-sources.js'

/** Two models, ready to be served. */
export interface PreparedPair extends PairDescription {
  /** A model folder, or the `grpc://host:port` of a service that runs. */
  readonly sft: string
  /** The same. */
  readonly dpo: string
  /** Whether both are one folder, whose adapter can be switched off. */
  readonly isPaired: boolean
}

/**
 * Makes a pair ready: pulls what is not here, builds what is not built.
 * @throws Error telling what is wrong with a source and what to give instead
 */
export const preparePair = async (
  { paired = false, ...options }: PairOptions & { readonly paired?: boolean | undefined },
  context: Context,
): Promise<PreparedPair> => preparePlanned(await planPair(options, context), paired, context)

/**
 * The same of a pair whose parts are found.
 * @param isPaired one process is to hold both models
 * @throws Error where it cannot, the DPO model being no adapter
 */
export async function preparePlanned(plan: PairPlan, isPaired: boolean, context: Context): Promise<PreparedPair> {
  const { described } = plan
  if (plan.kind === 'whole') {
    const { sft, dpo, precision, dpoTitle } = plan
    if (isPaired) throw pairedWithoutAdapter(dpoTitle)
    const [first, second] = [await prepareWhole(sft, precision, context), await prepareWhole(dpo, precision, context)]
    return { ...described, sft: first, dpo: second, isPaired }
  }
  if (plan.catalogPair !== null) await pullWeights(plan.catalogPair, context)
  if (isPaired) {
    const both = await buildCached(plan.both, context)
    return { ...described, sft: both, dpo: both, isPaired }
  }
  const sft = await buildCached(plan.sft, context)
  return { ...described, sft, dpo: await buildCached(plan.dpo, context), isPaired }
}
