import type { Method } from '../../answers/pool.js'
import type { Fields } from '../../prompts/index.js'
import { type AskedStrategy, labelOf, methodKey } from './methods.js'
import { type Pick, poolSource, type Source, sourceOf } from './sources.js'

/** Answers to each prompt that are made in the same way. */
export interface Pool {
  readonly decoding: Method
  /** The number of answers to each prompt. */
  readonly samples: number
}

/** A strategy of the results, and which answers are its own. */
export interface PlannedStrategy {
  /** The name in tables, which no other strategy has. */
  readonly label: string
  readonly method: Method
  readonly role: 'method' | 'sweep' | 'pool'
  /** The position of its pool. */
  readonly pool: number
  /** The number of its pool's answers that it reads, from the first on. */
  readonly samples: number
  readonly pick: Pick
}

/** What is asked, and whose answers those are. */
export interface EvaluationPlan {
  readonly pools: readonly Pool[]
  readonly strategies: readonly PlannedStrategy[]
}

/**
 * Plans which answers are asked for. Strategies that need the same answers share them.
 * @param samples size of the pool for the curves of best-of-N; null: as large as a strategy needs
 * @throws Error if a strategy is named twice, or a parameter is wrong
 */
export function planEvaluation(asked: readonly AskedStrategy[], samples: number | null): EvaluationPlan {
  const named = withoutRepeats(asked).map(({ method, role }) => ({ method, role, source: sourceOf(method) }))
  const sources = [...named.map(({ source }) => source), ...(samples === null ? [] : [poolSource(samples)])]
  const pools = shareSources(sources)
  const places = new Map(pools.map(({ decoding }, place) => [methodKey(decoding), place]))
  const placeOf = ({ decoding }: Source) => places.get(methodKey(decoding)) ?? 0
  return {
    pools,
    strategies: [
      ...named.map(({ method, role, source }) => {
        return {
          label: labelOf(method),
          method,
          role,
          pool: placeOf(source),
          samples: source.samples,
          pick: source.pick,
        }
      }),
      ...pools.flatMap((pool, place) => (pool.samples > 1 ? [curves(pool, place)] : [])),
    ],
  }
}

/** Names each strategy once. A point of a sweep that is a row of the tables too is that row. */
function withoutRepeats(asked: readonly AskedStrategy[]): AskedStrategy[] {
  const found = new Map<string, AskedStrategy>()
  for (const one of [...asked].sort(methodsFirst)) {
    const key = methodKey(one.method)
    if (found.has(key) && one.role === 'method')
      throw new Error(`the strategy ${labelOf(one.method)} is named twice: expected each one once`)
    if (!found.has(key)) found.set(key, one)
  }
  if (found.size === 0) throw new Error('no strategy is named: expected one or more, e.g. --strategies aad,greedy-dpo')
  return [...found.values()]
}

const methodsFirst = (a: AskedStrategy, b: AskedStrategy) => Number(a.role === 'sweep') - Number(b.role === 'sweep')

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
function curves({ decoding, samples }: Pool, pool: number): PlannedStrategy {
  const label = `${samples} samples: ${labelOf(decoding)}`
  return { label, method: decoding, role: 'pool', pool, samples, pick: 'all' }
}

/** The parameters of a method, as results have them. */
export function parametersOf({ strategy: _name, ...parameters }: Method): Record<string, string | number | boolean> {
  return Object.fromEntries(Object.entries(parameters as Fields).map(([name, value]) => [name, plain(value)]))
}

const plain = (value: unknown) =>
  typeof value === 'number' || typeof value === 'boolean'
    ? value
    : typeof value === 'string'
      ? value
      : JSON.stringify(value)
