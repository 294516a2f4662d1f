import { z } from 'zod'
import { argmax } from './advantage.js'
import type { TokenStrategy } from './token-strategy.js'

const parameters = z.strictObject({})

/** Picks the most likely token of one model. */
function createGreedy(lead: string): TokenStrategy<typeof parameters> {
  return {
    name: `greedy-${lead}`,
    parameters,
    topLevel: [],
    // Alpha 1 keeps only the best ids, and excluded ids do not count for the maximum.
    reads: (_parameters, exclude) => ({
      lead,
      readout: { kind: 'candidates', alpha: 1, exclude },
      others: [],
    }),
    pick: (_parameters, { lead: { scores } }) => argmax(scores.tokenIds, scores.logits),
  }
}

/** Greedy decoding of the SFT model. */
export const greedySft = createGreedy('sft')
/** Greedy decoding of the DPO model. */
export const greedyDpo = createGreedy('dpo')
