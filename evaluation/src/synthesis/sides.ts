import { type Method, nucleus, type Pool } from '../answers/pool.js'
import type { Fields } from '../prompts/index.js'

/** The source of one side: the only answer of a pool, or its best or worst by reward. */
export interface Side {
  readonly pool: number
  readonly samples: number
  readonly pick: 'only' | 'best' | 'worst'
}

/** What is asked, and which answers become pairs. */
export interface Plan {
  readonly pools: readonly Pool[]
  readonly chosen: Side
  /** Null: the rejected answers are those of an earlier round. */
  readonly rejected: Side | null
}

/** Samples of best-of-n and worst-of-n if nothing else is said. */
const defaultSamples = 8
/** Maximum samples for each prompt. */
export const maxSamples = 64

const picks: Readonly<Record<string, Side['pick']>> = { 'best-of-n': 'best', 'worst-of-n': 'worst' }

/**
 * Plans which answers are asked for. Best and worst of the same samples share them.
 * @param rejected null: those of an earlier round
 * @throws Error if every pair would be identical, or a parameter is wrong
 */
export function planSides(chosen: Method, rejected: Method | null): Plan {
  const first = parseSide(chosen)
  if (rejected === null) return { pools: [first.pool], chosen: sideOf(0, first), rejected: null }
  const second = parseSide(rejected)
  if (!isSame(first.pool.decoding, second.pool.decoding))
    return { pools: [first.pool, second.pool], chosen: sideOf(0, first), rejected: sideOf(1, second) }
  if (first.pick === second.pick)
    throw new Error(`chosen and rejected are both ${chosen.strategy}: every pair would be identical. Change one`)
  const samples = Math.max(first.pool.samples, second.pool.samples)
  return { pools: [{ ...first.pool, samples }], chosen: sideOf(0, first), rejected: sideOf(0, second) }
}

/** Whether a plan needs a reward model. */
export const needsReward = ({ chosen, rejected }: Plan): boolean =>
  chosen.pick !== 'only' || (rejected !== null && rejected.pick !== 'only')

const sideOf = (pool: number, { pick, pool: { samples } }: ParsedSide): Side => ({ pool, samples, pick })

interface ParsedSide {
  readonly pool: Pool
  readonly pick: Side['pick']
}

function parseSide(method: Method): ParsedSide {
  const pick = picks[method.strategy]
  if (!pick) return { pool: { decoding: withNucleus(method), samples: 1 }, pick: 'only' }
  const { n = defaultSamples, reward, ...others } = method
  if (reward !== undefined) throw new Error(`reward of ${method.strategy} cannot be set here: use --score-with`)
  if (!Number.isInteger(n) || Number(n) < 2 || Number(n) > maxSamples)
    throw new Error(`n of ${method.strategy} is ${String(n)}: expected a whole number from 2 to ${maxSamples}`)
  return { pool: { decoding: withNucleus({ ...others, strategy: 'sample' }), samples: Number(n) }, pick }
}

/** Samples are from the nucleus of 0.9 unless told otherwise. */
const withNucleus = (method: Method): Method => (method.strategy === 'sample' ? { ...nucleus, ...method } : method)

const isSame = (a: Fields, b: Fields) =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort())
