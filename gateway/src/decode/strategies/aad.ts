import { z } from 'zod'
import { advantages } from './advantage.js'
import { chooseToken, idleSampling, noFilters, samplingFields } from './sampling.js'
import type { Strategy } from './token-strategy.js'

const { temperature, seed } = samplingFields(0)
const parameters = z.strictObject({
  // Paper, eq. 9.
  alpha: z
    .number()
    .gt(0)
    .max(1)
    .default(0.1)
    .describe('Tokens at least so probable for the DPO model, relative to its most probable one, take part.'),
  temperature,
  seed,
})

/**
 * Alignment-aware decoding (paper, Algorithm 1): the token of V_alpha with the greatest advantage A (eq. 7). At a temperature T,
 * which goes beyond the paper, a draw from softmax(A / T) over V_alpha.
 */
export const aad: Strategy<typeof parameters> = {
  name: 'aad',
  parameters,
  // Chat clients send a temperature whether or not their user chose one.
  topLevel: ['seed'],
  idle: idleSampling,
  reads: ({ alpha }, exclude) => ({
    lead: 'dpo',
    readout: { kind: 'candidates', alpha, exclude },
    others: ['sft'],
  }),
  pick: (sampling, input) =>
    chooseToken(input.lead.scores.tokenIds, advantages(input), { ...noFilters, ...sampling }, input),
}
