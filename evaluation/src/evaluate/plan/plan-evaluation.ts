import type { Method, Pool } from '../../answers/pool.js'
import { type AskedStrategy, labelOf, methodKey, withScale } from './methods.js'
import { type AnswerPick, poolSource, type Source, sourceOf } from './sources.js'

/** A strategy of the results, and which answers are its own. */
export interface PlannedStrategy {
  /** The name in tables, which no other strategy has. */
  readonly label: string
  readonly method: Method
  /** The scale that its label names; null: it names none. */
  readonly adapterScale: number | null
  readonly role: 'method' | 'sweep' | 'pool'
  /** The position of its pool. */
  readonly pool: number
  /** The number of its pool's answers that it reads, from the first on. */
  readonly samples: number
  readonly pick: AnswerPick
}

/** What is asked, and whose answers those are. */
export interface EvaluationPlan {
  readonly pools: readonly Pool[]
  readonly strategies: readonly PlannedStrategy[]
}

/**
 * Plans which answers one gateway is asked for. Strategies that need the same answers share them.
 * @param samples size of the pool for the curves of best-of-N; null: as large as a strategy needs
 * @param poolScale the scale that the labels of pools name; null: they name none
 * @throws Error if a parameter is wrong
 */
export function planEvaluation(
  asked: readonly AskedStrategy[],
  samples: number | null,
  poolScale: number | null = null,
): EvaluationPlan {
  const named = asked.map((one) => ({ ...one, source: sourceOf(one.method) }))
  const sources = [...named.map(({ source }) => source), ...(samples === null ? [] : [poolSource(samples)])]
  const pools = shareSources(sources)
  const places = new Map(pools.map(({ decoding }, place) => [methodKey(decoding), place]))
  const placeOf = ({ decoding }: Source) => places.get(methodKey(decoding)) ?? 0
  return {
    pools,
    strategies: [
      ...named.map(({ source, ...one }) => {
        const { samples, pick } = source
        return { ...one, label: labelOf(one.method, one.adapterScale), pool: placeOf(source), samples, pick }
      }),
      ...pools.flatMap((pool, place) => (pool.samples > 1 ? [curves(pool, place, poolScale)] : [])),
    ],
  }
}

/** One pool for each kind of request, as large as the strategy that needs most. */
function shareSources(sources: readonly Source[]): Pool[] {
  const pools = new Map<string, Pool>()
  for (const { decoding, samples } of sources) {
    const key = methodKey(decoding)
    pools.set(key, { decoding, samples: Math.max(samples, pools.get(key)?.samples ?? 0) })
  }
  return [...pools.values()]
}

/** The strategy whose answers are all samples of a pool. */
function curves({ decoding, samples }: Pool, pool: number, adapterScale: number | null): PlannedStrategy {
  const label = `${samples} samples: ${labelOf(decoding, adapterScale)}`
  return { label, method: decoding, adapterScale, role: 'pool', pool, samples, pick: 'all' }
}

/** The parameters of a method, as results have them. */
export function parametersOf({
  method: { strategy: _name, ...parameters },
  adapterScale,
}: Pick<PlannedStrategy, 'method' | 'adapterScale'>): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(withScale(parameters, adapterScale)).map(([name, value]) => [name, plain(value)]),
  )
}

const plain = (value: unknown) =>
  typeof value === 'number' || typeof value === 'boolean'
    ? value
    : typeof value === 'string'
      ? value
      : JSON.stringify(value)
