import { type AskedStrategy, labelOf, methodKey, withScale } from './methods.js'
import { type EvaluationPlan, planEvaluation } from './plan-evaluation.js'

/** What one gateway is asked for: the strategies that need one scale of the adapter. */
export interface EvaluationPart extends EvaluationPlan {
  /** The scale of the DPO model's adapter; null: as the gateway serves it. */
  readonly adapterScale: number | null
  /** The name of the part in files, stages and facts; null: its scale is that of the evaluation. */
  readonly name: string | null
}

/** What the parts are made of. */
export interface PartOptions {
  readonly strategies: readonly AskedStrategy[]
  readonly samples: number | null
  /** The scale of strategies that name none; null: as the gateway serves it. */
  readonly adapterScale: number | null
}

/**
 * Divides an evaluation by the scale of the adapter. The part with the scale of the evaluation is
 * the first, and has the samples for the curves of best-of-N.
 * @throws Error as `planEvaluation` and `withoutRepeats`
 */
export function planParts({ strategies, samples, adapterScale: own }: PartOptions): EvaluationPart[] {
  const groups = new Map<number | null, AskedStrategy[]>(samples === null ? [] : [[own, []]])
  for (const asked of withoutRepeats(strategies)) {
    const scale = asked.adapterScale ?? own
    groups.set(scale, [...(groups.get(scale) ?? []), asked])
  }
  const ownFirst = [...groups].sort(([a], [b]) => Number(b === own) - Number(a === own))
  return ownFirst.map(([scale, group]) => {
    if (scale === own) return { adapterScale: scale, name: null, ...planEvaluation(group, samples) }
    return { adapterScale: scale, name: `adapter-scale-${scale}`, ...planEvaluation(group, null, scale) }
  })
}

/**
 * Names each strategy once. A point of a sweep that is a row of the tables too is that row.
 * @throws Error if a strategy is named twice, or none is named
 */
function withoutRepeats(asked: readonly AskedStrategy[]): AskedStrategy[] {
  const found = new Map<string, AskedStrategy>()
  for (const one of [...asked].sort(methodsFirst)) {
    const key = methodKey(withScale(one.method, one.adapterScale))
    if (found.has(key) && one.role === 'method')
      throw new Error(`the strategy ${labelOf(one.method, one.adapterScale)} is named twice: expected each one once`)
    if (!found.has(key)) found.set(key, one)
  }
  if (found.size === 0) throw new Error('no strategy is named: expected one or more, e.g. --strategies aad,greedy-dpo')
  return [...found.values()]
}

const methodsFirst = (a: AskedStrategy, b: AskedStrategy) => Number(a.role === 'sweep') - Number(b.role === 'sweep')
