import { modelNameSchema } from '@tandem/process'
import { z } from 'zod'
import { advantages, argmax } from './advantage.js'
import type { TokenStrategy } from './token-strategy.js'

const parameters = z
  .strictObject({
    alpha: z
      .number()
      .gt(0)
      .max(1)
      .default(0.1)
      .describe("Keeps tokens with an expert probability of at least alpha times the most likely token's."),
    expert: modelNameSchema.default('dpo').describe('The model whose log-probabilities are added.'),
    amateur: modelNameSchema.default('sft').describe('The model whose log-probabilities are subtracted.'),
  })
  .refine(({ expert, amateur }) => expert !== amateur, {
    path: ['amateur'],
    error: 'must be another model than the expert',
  })

/**
 * Contrastive decoding (Li et al., 2023a, without its beam search; paper, Table 3): picks the
 * token of the expert's V_alpha with the greatest log p_expert(v) - log p_amateur(v). With the
 * pair as expert and amateur it equals AAD.
 */
export const contrastive: TokenStrategy<typeof parameters> = {
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
