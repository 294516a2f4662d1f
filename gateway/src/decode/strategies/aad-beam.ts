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
    .describe('Tokens at least so probable for the DPO model, relative to its most probable one, take part.'),
  tau: z
    .number()
    .min(0)
    .optional()
    .describe(
      "Where the SFT model's entropy is at most this, in nats, its probabilities count as equal; by default nowhere.",
    ),
})

/**
 * Beam search on the token reward (paper, section A.4): over V_alpha a token adds A(v) = log p_dpo(v) - log p_sft(v) (eq. 7). Where the
 * SFT model's entropy over V_alpha is at most tau, its probabilities count as 1 / |V_alpha|: then a token adds log p_dpo(v) + ln |V_alpha|.
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
    const isCalm = tau !== undefined && sft !== undefined && entropy(sft) <= tau
    if (!isCalm) return { tokenIds, scores: advantages(input) }
    const uniform = Math.log(tokenIds.length)
    return { tokenIds, scores: Float64Array.from(scores.logits, (logit) => logit - row.logSumExp + uniform) }
  },
}

/** The sum over the ids read of -p ln p, in nats, by the paper's letter: p is not normalised anew over V_alpha. */
function entropy({ row, scores }: ModelScores): number {
  return scores.logits.reduce((sum, logit) => {
    const logprob = logit - row.logSumExp
    const probability = Math.exp(logprob)
    return probability === 0 ? sum : sum - probability * logprob
  }, 0)
}
