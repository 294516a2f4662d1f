import { z } from 'zod'
import { advantages } from './advantage.js'
import { type BeamStrategy, beamShape } from './beam-strategy.js'
import type { ModelScores } from './reads.js'

const parameters = z.strictObject({
  ...beamShape,
  // Paper, eq. 9.
  alpha: z
    .number()
    .gt(0)
    .max(1)
    .default(0.7)
    .describe("Keeps tokens with a DPO probability of at least alpha times the most likely token's."),
  tau: z
    .number()
    .min(0)
    .optional()
    .describe("Treats the SFT model's probabilities as equal if their entropy is at most tau nats. Unset disables it."),
})

/**
 * Beam search on the token reward (paper, section A.4): a token of V_alpha adds the advantage A(v)
 * = log p_dpo(v) - log p_sft(v) (eq. 7). If the SFT model's entropy over V_alpha is at most tau,
 * its probabilities count as 1 / |V_alpha|, and a token adds log p_dpo(v) + ln |V_alpha|.
 */
export const aadBeam: BeamStrategy<typeof parameters> = {
  name: 'aad-beam',
  parameters,
  topLevel: [],
  reads: ({ alpha }, exclude) => ({
    lead: 'dpo',
    readout: { kind: 'candidates', alpha, exclude },
    others: ['sft'],
  }),
  score: ({ tau }, input) => {
    const { row, scores } = input.lead
    const { tokenIds } = scores
    const [sft] = input.others
    const isUniform = tau !== undefined && sft !== undefined && entropy(sft) <= tau
    if (!isUniform) return { tokenIds, scores: advantages(input) }
    const uniform = Math.log(tokenIds.length)
    return { tokenIds, scores: Float64Array.from(scores.logits, (logit) => logit - row.logSumExp + uniform) }
  },
}

/**
 * Sum of -p ln p over the ids read, in nats. As in the paper, p is not renormalised over V_alpha.
 */
function entropy({ row, scores }: ModelScores): number {
  return scores.logits.reduce((sum, logit) => {
    const logprob = logit - row.logSumExp
    const probability = Math.exp(logprob)
    return probability === 0 ? sum : sum - probability * logprob
  }, 0)
}
