import { modelNameSchema } from '@tandem/process'
import { z } from 'zod'
import { DecodingError } from '../decoding-error.js'
import { formulaSchema } from '../formula/formula.js'
import { logProbabilities } from './advantage.js'
import type { PickInput } from './reads.js'
import { chooseToken, idleSampling, samplingFields, samplingNames } from './sampling.js'
import type { TokenStrategy } from './token-strategy.js'

const parameters = z.strictObject({
  formula: formulaSchema.describe(
    'Score of a token, in nats, from the log-probabilities of named models, such as "dpo + 0.5*(dpo - sft)".',
  ),
  filter: z
    .strictObject({
      on: modelNameSchema.default('dpo').describe('The model whose probabilities are compared.'),
      alpha: z
        .number()
        .gt(0)
        .max(1)
        .default(0.1)
        .describe("Keeps tokens with a probability of at least alpha times the most likely token's."),
    })
    .nullable()
    .default(null)
    .describe('Limits the tokens to choose from. null keeps the whole vocabulary.'),
  select: z
    .enum(['argmax', 'sample'])
    .default('argmax')
    .describe('Picks the token with the greatest score (argmax) or draws from the softmax of the scores (sample).'),
  ...samplingFields(1),
})

type Parameters = z.output<typeof parameters>

function readsOf({ formula, filter }: Parameters, exclude: readonly number[]) {
  const names = [...formula.models.keys()]
  const lead = filter?.on ?? names[0] ?? ''
  const readout = filter ? ({ kind: 'candidates', alpha: filter.alpha, exclude } as const) : ({ kind: 'full' } as const)
  return { lead, readout, others: names.filter((name) => name !== lead) }
}

/** Scores the tokens read. A token with a score that is not finite cannot be chosen. */
function score(options: Parameters, { lead, others }: PickInput): Float64Array {
  const reads = readsOf(options, [])
  const models = [[reads.lead, lead] as const, ...others.map((read, i) => [reads.others[i] ?? '', read] as const)]
  return options.formula.evaluate(new Map(models.map(([name, read]) => [name, logProbabilities(read)])))
}

/**
 * Scores tokens by the request's own formula over log-probabilities of models. Picks
 * the best or draws from the softmax.
 */
export const formula: TokenStrategy<typeof parameters> = {
  name: 'formula',
  parameters,
  topLevel: samplingNames,
  idle: (options) => (options.select === 'argmax' ? samplingNames : idleSampling(options)),
  reads: readsOf,
  pick: (options, input) => {
    const { tokenIds } = input.lead.scores
    const [only] = tokenIds
    // If V_alpha holds one token, no path reads the other models.
    if (options.filter && tokenIds.length === 1 && only !== undefined) return only
    const scores = score(options, input)
    input.adjust(scores)
    const isPossible = (at: number) => Number.isFinite(scores[at]) && !input.excluded.has(tokenIds[at] ?? -1)
    const kept = tokenIds.filter((_, at) => isPossible(at))
    if (kept.length === 0)
      throw new DecodingError(
        'decoding.formula',
        `the formula gives no finite score at answer token ${input.index + 1}: change the formula or add a filter`,
      )
    const sampling = options.select === 'argmax' ? { ...options, temperature: 0 } : options
    return chooseToken(
      kept,
      scores.filter((_, at) => isPossible(at)),
      sampling,
      input,
    )
  },
}
