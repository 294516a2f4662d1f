import { isDeepStrictEqual } from 'node:util'
import type { Pool } from '../../answers/pool.js'
import type { Fields } from '../../prompts/index.js'
import { methodKey } from '../plan/methods.js'
import type { EvaluationPlan } from '../plan/plan-evaluation.js'

/**
 * Orders the pools of a plan as those of an earlier run, which come first, so that its rows keep
 * their places and seeds.
 * @param earlier the `pools` of the earlier run's settings
 * @returns the plan as it is if it has not all pools of the earlier run
 */
export function keepPools<P extends EvaluationPlan>(plan: P, earlier: unknown): P {
  const kept = readPools(earlier).map(({ decoding }) => methodKey(decoding))
  const keys = plan.pools.map(({ decoding }) => methodKey(decoding))
  if (kept.length === 0 || !kept.every((key) => keys.includes(key))) return plan
  const order = [...new Set([...kept, ...keys])].map((key) => keys.indexOf(key))
  return {
    ...plan,
    pools: order.flatMap((at) => plan.pools[at] ?? []),
    strategies: plan.strategies.map((strategy) => ({ ...strategy, pool: order.indexOf(strategy.pool) })),
  }
}

/** Whether settings are those of an earlier run, with more pools or more samples. */
export function isExtension({ pools: before, ...earlier }: Fields, { pools: now, ...others }: Fields): boolean {
  const [given, wanted] = [readPools(before), readPools(now)]
  const hasKept = given.every(({ decoding, samples }, i) => {
    const pool = wanted[i]
    return pool && methodKey(pool.decoding) === methodKey(decoding) && pool.samples >= samples
  })
  return hasKept && given.length > 0 && isDeepStrictEqual(plain(earlier), plain(others))
}

/** Reads the pools of settings. */
export const readPools = (value: unknown): readonly Pool[] => (Array.isArray(value) ? (value as Pool[]) : [])

/** As a file has them: without undefined. */
const plain = (settings: Fields): unknown => JSON.parse(JSON.stringify(settings))
