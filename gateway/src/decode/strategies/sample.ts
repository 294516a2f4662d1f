import { z } from 'zod'
import { modelNameSchema } from '../../session/model-name.js'
import type { Scores } from '../../session/session.js'
import { argmax } from './advantage.js'
import { uniformAt } from './random.js'
import type { Strategy } from './strategy.js'

const parameters = z.strictObject({
  temperature: z.number().min(0).max(2).default(1),
  top_p: z.number().gt(0).max(1).default(1),
  /** 0 or -1: all. */
  top_k: z.int().min(-1).max(1_000_000).default(0),
  min_p: z.number().min(0).max(1).default(0),
  seed: z.int().default(() => Math.floor(Math.random() * 2 ** 32)),
  model: modelNameSchema.default('dpo'),
})

/**
 * Sampling from one model. Filters in vLLM's order: temperature, min-p, top-k, top-p, each over what the one before it left.
 * Ties at a border are kept from the lowest id. Temperature 0 is greedy. The draw is a function of the seed and the place in the
 * answer.
 */
export const sample: Strategy<typeof parameters> = {
  name: 'sample',
  parameters,
  topLevel: ['temperature', 'top_p', 'top_k', 'min_p', 'seed'],
  reads: ({ top_k, temperature, model }, exclude) => {
    if (temperature === 0) return { lead: model, readout: { kind: 'candidates', alpha: 1, exclude }, others: [] }
    // The normaliser at a temperature needs every logit, unless top-k leaves few ids.
    const readout = top_k > 0 ? ({ kind: 'top-k', k: top_k + exclude.length } as const) : ({ kind: 'full' } as const)
    return { lead: model, readout, others: [] }
  },
  pick: (options, { lead: { scores }, excluded, index }) => {
    if (options.temperature === 0) return argmax(scores.tokenIds, scores.logits)
    const kept = filterTokens(toWeights(scores, options.temperature, excluded), options)
    return draw(kept, uniformAt(options.seed, index))
  },
}

interface Weighted {
  readonly id: number
  /** p / max p at the temperature. */
  readonly weight: number
}

/** In the order of the scores. */
function toWeights(scores: Scores, temperature: number, excluded: ReadonlySet<number>): Weighted[] {
  const max = scores.logits.reduce(
    (best, logit, i) => (excluded.has(scores.tokenIds[i] ?? -1) ? best : Math.max(best, logit)),
    Number.NEGATIVE_INFINITY,
  )
  const weighted: Weighted[] = []
  scores.tokenIds.forEach((id, i) => {
    const weight = Math.exp(((scores.logits[i] ?? Number.NaN) - max) / temperature)
    if (Number.isNaN(weight)) throw new RangeError(`the logit of token ${id} is not a number`)
    if (weight > 0 && !excluded.has(id)) weighted.push({ id, weight })
  })
  if (weighted.length === 0) throw new RangeError('there is no token to choose from: all are excluded')
  return weighted
}

function filterTokens(
  weighted: readonly Weighted[],
  { min_p, top_k, top_p }: { min_p: number; top_k: number; top_p: number },
): readonly Weighted[] {
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
