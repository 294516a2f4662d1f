import type { Context } from '../context.js'
import { pullWeights } from '../pull/pull-weights.js'
import { buildCached } from './build-cached.js'
import { type PairDescription, type PairOptions, type PairPlan, planPair } from './plan-pair.js'
import { prepareFullModel } from './prepare-model.js'
import { pairedWithoutAdapter } from './validate-sources.js'

/** Both models of a pair are language models. */
const head = 'vocabulary' as const

/** Two models that are ready to serve. */
export interface PreparedPair extends PairDescription {
  /** A model folder, or the `grpc://host:port` of a running service. */
  readonly sft: string
  /** The same for the DPO model. */
  readonly dpo: string
  /** Whether both are the same folder, with an adapter that can be switched off. */
  readonly isPaired: boolean
}

/**
 * Prepares a pair: downloads and builds what is missing.
 * @throws Error saying what is wrong with a source and what to give instead
 */
export const preparePair = async (
  { paired = false, ...options }: PairOptions & { readonly paired?: boolean | undefined },
  context: Context,
): Promise<PreparedPair> => preparePlanned(await planPair(options, context), paired, context)

/**
 * Prepares a pair whose parts are known.
 * @param isPaired whether one process serves both models
 * @throws Error if it cannot, because the DPO model is not an adapter
 */
export async function preparePlanned(plan: PairPlan, isPaired: boolean, context: Context): Promise<PreparedPair> {
  const { described } = plan
  if (plan.kind === 'full') {
    const { sft, dpo, precision, dpoTitle } = plan
    const wanted = { precision, head }
    if (isPaired) throw pairedWithoutAdapter(dpoTitle)
    const [first, second] = [await prepareFullModel(sft, wanted, context), await prepareFullModel(dpo, wanted, context)]
    return { ...described, sft: first, dpo: second, isPaired }
  }
  if (plan.catalogPair !== null) await pullWeights(plan.catalogPair, context)
  if (isPaired && plan.pairedRefusal !== null) throw new Error(plan.pairedRefusal)
  if (isPaired) {
    const both = await buildCached({ ...plan.both, head }, context)
    return { ...described, sft: both, dpo: both, isPaired }
  }
  const sft = await buildCached({ ...plan.sft, head }, context)
  return { ...described, sft, dpo: await buildCached({ ...plan.dpo, head }, context), isPaired }
}
