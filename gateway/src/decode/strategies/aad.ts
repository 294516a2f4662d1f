import { z } from 'zod'
import { advantages } from './advantage.js'
import { chooseToken, idleSampling, noFilters, samplingFields } from './sampling.js'
import type { TokenStrategy } from './token-strategy.js'

const { temperature, seed } = samplingFields(0)
const parameters = z.strictObject({
  // Paper, eq. 9.
  alpha: z
    .number()
    .gt(0)
    .max(1)
    .default(0.1)
    .describe("Keeps tokens with a DPO probability of at least alpha times the most likely token's."),
  temperature,
  seed,
})

/**
 * Alignment-aware decoding (paper, Algorithm 1): picks the token of V_alpha with
 * the greatest advantage A (eq. 7). At a temperature T it draws from softmax(A / T)
 * over V_alpha, which extends the paper.
 */
export const aad: TokenStrategy<typeof parameters> = {
  name: 'aad',
  parameters,
  // Not temperature: chat clients send one even if their user did not choose it.
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
