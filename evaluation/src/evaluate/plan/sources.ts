import { type Method, nucleus } from '../../answers/pool.js'
import { labelOf } from './methods.js'

/** Which answers of a pool are those of a strategy: all, the first, or the best by the picker. */
export type AnswerPick = 'all' | 'first' | 'best'

/** Where the answers of a strategy come from. */
export interface Source {
  /** What the gateway is asked for. */
  readonly decoding: Method
  /** The number of answers to each prompt that the strategy needs. */
  readonly samples: number
  readonly pick: AnswerPick
}

/** Samples of best-of-n and random-of-n if nothing else is said, as at the gateway. */
const defaultN = 8
/** Maximum samples for each prompt. */
export const maxSamples = 1024
/** The samples of best-of-n. */
const nucleusSamples = { strategy: 'sample', ...nucleus }

/** The strategies that choose one of n samples, with how they do it. */
const choices: Readonly<Record<string, AnswerPick>> = { 'best-of-n': 'best', 'random-of-n': 'first' }

/**
 * Decides where the answers of a strategy come from. The strategies that choose one of n samples
 * are not asked for: they choose from the first n of one pool, which serves every n.
 * @throws Error naming a wrong parameter
 */
export function sourceOf(method: Method): Source {
  const pick = choices[method.strategy]
  if (!pick) return { decoding: method, samples: 1, pick: 'first' }
  const { n = defaultN, reward, strategy, ...others } = method
  if (reward !== undefined) throw new Error(`reward of ${strategy} cannot be set here: use --picker`)
  return { decoding: { ...nucleusSamples, ...others }, samples: requireCount(`n of ${labelOf(method)}`, n), pick }
}

/**
 * The pool of samples that the curves of best-of-N are made of.
 * @throws Error if the number is wrong
 */
export const poolSource = (samples: number): Source => ({
  decoding: nucleusSamples,
  samples: requireCount('--samples', samples),
  pick: 'all',
})

function requireCount(name: string, value: unknown): number {
  if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= maxSamples) return Number(value)
  throw new Error(`${name} is ${String(value)}: expected a whole number from 1 to ${maxSamples}`)
}
