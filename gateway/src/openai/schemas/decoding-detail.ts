import { z } from 'zod'
import { type Described, namedSchemas } from './named-schemas.js'

const comparison = {
  token_id: z.int().min(0),
  token: z.string(),
  dpo_logprob: z
    .number()
    .describe('The log-probability under the DPO model, in nats. -9999 stands for any lower value.'),
  sft_logprob: z
    .number()
    .describe('The log-probability under the SFT model, in nats. -9999 stands for any lower value.'),
  advantage: z.number().describe('The advantage: log p_dpo - log p_sft, in nats.'),
}

/** An entry of `decoding_detail`. */
export const tokenDetailSchema = z
  .object({
    ...comparison,
    candidate_count: z
      .int()
      .nullable()
      .describe('The number of candidates (the size of V_alpha). Null if the strategy has no candidates.'),
    candidates_truncated: z.boolean().describe('Whether `candidates` leaves out some of the candidates.'),
    candidates: z
      .array(z.object(comparison))
      .describe('The candidates (V_alpha), highest advantage first, at most 256.'),
  })
  .describe('Scores of one token under both models. Present if `decoding.detail` is true.')
  .register(namedSchemas, { id: 'TokenDetail' })

export type TokenDetail = Described<typeof tokenDetailSchema>
