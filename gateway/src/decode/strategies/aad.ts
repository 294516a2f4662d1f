import { z } from 'zod'
import { advantages, argmax } from './advantage.js'
import type { Strategy } from './strategy.js'

const parameters = z.strictObject({
  /** Of V_alpha = { v : p_dpo(v) >= alpha * max p_dpo } (paper, eq. 9). */
  alpha: z.number().gt(0).max(1).default(0.1),
})

/** Alignment-aware decoding (paper, Algorithm 1): the token of V_alpha with the greatest advantage. */
export const aad: Strategy<typeof parameters> = {
  name: 'aad',
  parameters,
  topLevel: [],
  reads: ({ alpha }, exclude) => ({
    lead: 'dpo',
    readout: { kind: 'candidates', alpha, exclude },
    others: ['sft'],
  }),
  pick: (_parameters, input) => argmax(input.lead.scores.tokenIds, advantages(input)),
}
