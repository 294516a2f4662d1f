import { z } from 'zod'
import { type BeamStrategy, beamShape } from './beam-strategy.js'

const parameters = z.strictObject(beamShape)

/**
 * Standard beam search on the DPO model (paper, section A.4, Figure 8): a token adds its log p_dpo.
 */
export const beam: BeamStrategy<typeof parameters> = {
  name: 'beam',
  parameters,
  topLevel: [],
  // At most 2 * width continuations of one beam can be among the best of all beams.
  reads: ({ width }, excluded) => ({
    lead: 'dpo',
    readout: { kind: 'top-k', k: 2 * width + excluded.length },
    others: [],
  }),
  score: (_parameters, { lead: { row, scores }, excluded }) => {
    const kept = [...scores.tokenIds.keys()].filter((i) => !excluded.has(scores.tokenIds[i] ?? -1))
    return {
      tokenIds: Uint32Array.from(kept, (i) => scores.tokenIds[i] ?? 0),
      scores: Float64Array.from(kept, (i) => (scores.logits[i] ?? Number.NaN) - row.logSumExp),
    }
  },
}
