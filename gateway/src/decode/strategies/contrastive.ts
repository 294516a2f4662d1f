import { z } from 'zod'
import { modelNameSchema } from '../../session/model-name.js'
import { advantages, argmax } from './advantage.js'
import type { Strategy } from './token-strategy.js'

const parameters = z
  .strictObject({
    alpha: z
      .number()
      .gt(0)
      .max(1)
      .default(0.1)
      .describe('Tokens at least so probable for the expert, relative to its most probable one, take part.'),
    expert: modelNameSchema.default('dpo').describe('The model whose log-probabilities count for a token.'),
    amateur: modelNameSchema.default('sft').describe('The model whose log-probabilities count against a token.'),
  })
  .refine(({ expert, amateur }) => expert !== amateur, {
    path: ['amateur'],
    error: 'must be another model than the expert',
  })

/**
 * Contrastive decoding (Li et al., 2023a, without its beam; paper, Table 3): the token of V_alpha of the expert with the greatest
 * log p_expert(v) - log p_amateur(v). With the pair as expert and amateur it is AAD.
 */
export const contrastive: Strategy<typeof parameters> = {
  name: 'contrastive',
  parameters,
  topLevel: [],
  reads: ({ alpha, expert, amateur }, exclude) => ({
    lead: expert,
    readout: { kind: 'candidates', alpha, exclude },
    others: [amateur],
  }),
  pick: (_parameters, input) => argmax(input.lead.scores.tokenIds, advantages(input)),
}
