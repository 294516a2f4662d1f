import { z } from 'zod'
import { argmax } from './advantage.js'
import { uniformAt } from './random.js'
import type { PickInput } from './reads.js'

/** How a token is drawn from scores. Filters in vLLM's order: temperature, min-p, top-k, top-p, each over what the one before it left. */
export interface Sampling {
  /** 0: the best token, and nothing else here acts. */
  readonly temperature: number
  readonly top_p: number
  readonly top_k: number
  readonly min_p: number
  readonly seed: number
}

/** More than any vocabulary has. */
export const maxTopK = 1_000_000

/** The parameters of a strategy that draws. `defaultTemperature` 0 makes it greedy unless it is told otherwise. */
export const samplingFields = (defaultTemperature: 0 | 1) => ({
  temperature: z
    .number()
    .min(0)
    .max(2)
    .default(defaultTemperature)
    .describe('Divides the scores before a draw; 0: the best token.'),
  top_p: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe('A draw is among the most probable tokens that have this probability together.'),
  top_k: z
    .int()
    .min(-1)
    .max(maxTopK)
    .default(0)
    .describe('A draw is among so many of the most probable tokens; -1 and 0: all.'),
  min_p: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('A draw is among tokens at least so probable, relative to the most probable one.'),
  seed: z
    .int()
    .default(() => Math.floor(Math.random() * 2 ** 32))
    .describe('Of the draws: the same seed gives the same tokens; by default random.'),
})

export const samplingNames = ['temperature', 'top_p', 'top_k', 'min_p', 'seed'] as const
export const noFilters = { top_p: 1, top_k: 0, min_p: 0 }

/** What temperature 0 leaves without effect. */
export const idleSampling = ({ temperature }: Pick<Sampling, 'temperature'>): readonly string[] =>
  temperature === 0 ? samplingNames.slice(1) : []

/**
 * A token from softmax(scores / temperature); ties at a filter's border are kept from the lowest id. Temperature 0 takes the best
 * one, ties by lowest id. The draw is a function of the seed and the place in the answer.
 * @param scores in nats, of `tokenIds` in their order
 * @throws RangeError where a score is no number, or all ids are excluded
 */
export function chooseToken(
  tokenIds: Uint32Array,
  scores: ArrayLike<number>,
  sampling: Sampling,
  { excluded, index }: Pick<PickInput, 'excluded' | 'index'>,
): number {
  if (sampling.temperature === 0) return argmax(tokenIds, scores, excluded)
  const kept = filterTokens(toWeights(tokenIds, scores, sampling.temperature, excluded), sampling)
  return draw(kept, uniformAt(sampling.seed, index))
}

interface Weighted {
  readonly id: number
  /** p / max p at the temperature. */
  readonly weight: number
}

/** In the order of the scores. */
function toWeights(
  tokenIds: Uint32Array,
  scores: ArrayLike<number>,
  temperature: number,
  excluded: ReadonlySet<number>,
): Weighted[] {
  const max = tokenIds.reduce(
    (best, id, i) => (excluded.has(id) ? best : Math.max(best, scores[i] ?? Number.NaN)),
    Number.NEGATIVE_INFINITY,
  )
  const weighted: Weighted[] = []
  tokenIds.forEach((id, i) => {
    const weight = Math.exp(((scores[i] ?? Number.NaN) - max) / temperature)
    if (Number.isNaN(weight)) throw new RangeError(`the score of token ${id} is not a number`)
    if (weight > 0 && !excluded.has(id)) weighted.push({ id, weight })
  })
  if (weighted.length === 0) throw new RangeError('there is no token to choose from: all are excluded')
  return weighted
}

function filterTokens(weighted: readonly Weighted[], { min_p, top_k, top_p }: Sampling): readonly Weighted[] {
  const probable = min_p > 0 ? weighted.filter(({ weight }) => weight >= min_p) : weighted
  const best = top_k > 0 ? sorted(probable).slice(0, top_k) : probable
  if (top_p >= 1) return best
  const goal = top_p * sumOf(best)
  const head = headWith(best, goal)
  let sum = 0
  const last = head.findIndex(({ weight }) => {
    sum += weight
    return sum >= goal
  })
  return last < 0 ? head : head.slice(0, last + 1)
}

/** The best ids, sorted, of which at least so much weight is made: a whole vocabulary need not be sorted for a few. */
function headWith(tokens: readonly Weighted[], goal: number): Weighted[] {
  for (let least = 0.1; least > 1e-9; least /= 10) {
    const head = tokens.filter(({ weight }) => weight >= least)
    // Rounding may make equal sums differ: then the next round decides.
    if (sumOf(head) > goal) return sorted(head)
  }
  return sorted(tokens)
}

/** Best first, ties by lowest id. */
const sorted = (tokens: readonly Weighted[]): Weighted[] =>
  [...tokens].sort((a, b) => b.weight - a.weight || a.id - b.id)

function draw(tokens: readonly Weighted[], uniform: number): number {
  const goal = uniform * sumOf(tokens)
  let sum = 0
  const found = tokens.find(({ weight }) => {
    sum += weight
    return sum > goal
  })
  // Rounding may leave the sum just below the goal.
  return (found ?? tokens.at(-1))?.id ?? 0
}

const sumOf = (tokens: readonly Weighted[]): number => tokens.reduce((sum, { weight }) => sum + weight, 0)
