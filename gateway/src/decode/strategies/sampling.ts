import { z } from 'zod'
import { argmax } from './advantage.js'
import { type Seed, seedSchema, TokenNoise } from './random.js'
import type { PickInput } from './reads.js'

/**
 * How to draw a token from scores. The filters apply in vLLM's order: temperature, min-p, top-k,
 * top-p. Each acts on the tokens that the one before it kept.
 */
export interface Sampling {
  /** 0 picks the best token; then the other values have no effect. */
  readonly temperature: number
  readonly top_p: number
  readonly top_k: number
  readonly min_p: number
  readonly seed: Seed
}

/** Maximum top_k, larger than any vocabulary. */
export const maxTopK = 1_000_000

/**
 * Creates the parameters of a strategy that samples. With
 * `defaultTemperature` 0 it is greedy by default.
 */
export const samplingFields = (defaultTemperature: 0 | 1) => ({
  temperature: z
    .number()
    .min(0)
    .max(2)
    .default(defaultTemperature)
    .describe('Sampling temperature. 0 picks the token with the best score.'),
  top_p: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe(
      'Limits sampling to the smallest set of most likely tokens whose probabilities add up to top_p. 1 disables it.',
    ),
  top_k: z
    .int()
    .min(-1)
    .max(maxTopK)
    .default(0)
    .describe('Limits sampling to the k most likely tokens. 0 or -1 disables it.'),
  min_p: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe(
      "Limits sampling to tokens with at least min_p times the most likely token's probability. 0 disables it.",
    ),
  seed: seedSchema
    .default(() => Math.floor(Math.random() * 2 ** 32))
    .describe('Random seed. The same seed draws the same tokens from the same probabilities. Default: random.'),
})

/** The names of the sampling parameters. */
export const samplingNames = ['temperature', 'top_p', 'top_k', 'min_p', 'seed'] as const
/** Sampling without filters. */
export const noFilters = { top_p: 1, top_k: 0, min_p: 0 }

/** Returns the parameters that have no effect at temperature 0. */
export const idleSampling = ({ temperature }: Pick<Sampling, 'temperature'>): readonly string[] =>
  temperature === 0 ? samplingNames.slice(1) : []

/**
 * Draws a token from softmax(scores / temperature). If tokens tie at a filter's limit,
 * lower ids are kept. Temperature 0 picks the best token; ties: the lowest id. The draw
 * depends only on the seed and the index.
 * @param scores in nats, in the order of `tokenIds`
 * @throws RangeError if a score is not a number, or if all ids are excluded
 */
export function chooseToken(
  tokenIds: Uint32Array,
  scores: ArrayLike<number>,
  sampling: Sampling,
  { excluded, index }: Pick<PickInput, 'excluded' | 'index'>,
): number {
  if (sampling.temperature === 0) return argmax(tokenIds, scores, excluded)
  const kept = filterTokens(toWeights(tokenIds, scores, sampling.temperature, excluded), sampling)
  return draw(kept, new TokenNoise(sampling.seed, index))
}

interface WeightedToken {
  readonly id: number
  /** p / max p at the temperature. */
  readonly weight: number
}

/** Computes the tokens' weights, in the order of the scores. */
function toWeights(
  tokenIds: Uint32Array,
  scores: ArrayLike<number>,
  temperature: number,
  excluded: ReadonlySet<number>,
): WeightedToken[] {
  const max = tokenIds.reduce(
    (best, id, i) => (excluded.has(id) ? best : Math.max(best, scores[i] ?? Number.NaN)),
    Number.NEGATIVE_INFINITY,
  )
  const weighted: WeightedToken[] = []
  tokenIds.forEach((id, i) => {
    const weight = Math.exp(((scores[i] ?? Number.NaN) - max) / temperature)
    if (Number.isNaN(weight)) throw new RangeError(`the score of token ${id} is not a number`)
    if (weight > 0 && !excluded.has(id)) weighted.push({ id, weight })
  })
  if (weighted.length === 0) throw new RangeError('found no token to choose from: all ids are excluded')
  return weighted
}

function filterTokens(weighted: readonly WeightedToken[], { min_p, top_k, top_p }: Sampling): readonly WeightedToken[] {
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

/**
 * Returns the best ids, sorted, with at least the weight `goal`. It
 * avoids sorting the whole vocabulary.
 */
function headWith(tokens: readonly WeightedToken[], goal: number): WeightedToken[] {
  for (let least = 0.1; least > 1e-9; least /= 10) {
    const head = tokens.filter(({ weight }) => weight >= least)
    // Rounding can make equal sums differ; the next round then decides.
    if (sumOf(head) > goal) return sorted(head)
  }
  return sorted(tokens)
}

/** Best first, ties by lowest id. */
const sorted = (tokens: readonly WeightedToken[]): WeightedToken[] =>
  [...tokens].sort((a, b) => b.weight - a.weight || a.id - b.id)

/**
 * Draws a token in proportion to the weights, as a race of exponential clocks (Efraimidis and
 * Spirakis, 2006; for logits it is the Gumbel-max trick): the clock of a token rings at
 * -ln(1 - noise) / weight, and the first one wins.
 *
 * Two clocks rarely ring at the same time, so a rounding error in the weights rarely changes the
 * token. In a cumulative sum the error of all weights moves the limits of every rare token.
 */
function draw(tokens: readonly WeightedToken[], noise: TokenNoise): number {
  let first = Number.POSITIVE_INFINITY
  let drawn = 0
  for (const { id, weight } of tokens) {
    // -ln(1 - x) >= x: most tokens need no logarithm.
    if (noise.roughlyOf(id) > first * weight) continue
    const time = -Math.log1p(-noise.of(id)) / weight
    if (time >= first) continue
    first = time
    drawn = id
  }
  return drawn
}

const sumOf = (tokens: readonly WeightedToken[]): number => tokens.reduce((sum, { weight }) => sum + weight, 0)
