import { z } from 'zod'
import { type Described, namedSchemas } from './named-schemas.js'

const comparison = {
  token_id: z.int().min(0),
  token: z.string(),
  dpo_logprob: z.number().describe('log p of the DPO model; -9999 stands for less.'),
  sft_logprob: z.number().describe('log p of the SFT model; -9999 stands for less.'),
  advantage: z.number().describe('log p_dpo - log p_sft.'),
}

export const tokenDetailSchema = z
  .object({
    ...comparison,
    candidate_count: z.int().nullable().describe('The size of V_alpha; null where the strategy has none.'),
    candidates_truncated: z.boolean().describe('Whether there are more candidates than are listed.'),
    candidates: z.array(z.object(comparison)).describe('V_alpha by advantage, at most 256 of them.'),
  })
  .describe('What the pair says of a token, where `decoding.detail` is true.')
  .register(namedSchemas, { id: 'TokenDetail' })

export type TokenDetail = Described<typeof tokenDetailSchema>
