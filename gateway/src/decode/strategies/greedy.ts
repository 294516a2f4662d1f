import { z } from 'zod'
import { argmax } from './advantage.js'
import type { Strategy } from './token-strategy.js'

const parameters = z.strictObject({})

/** The most probable token of one model. */
function createGreedy(lead: string): Strategy<typeof parameters> {
  return {
    name: `greedy-${lead}`,
    parameters,
    topLevel: [],
    // Alpha 1 leaves the best ids alone, and keeps excluded ones out of the maximum.
    reads: (_parameters, exclude) => ({
      lead,
      readout: { kind: 'candidates', alpha: 1, exclude },
      others: [],
    }),
    pick: (_parameters, { lead: { scores } }) => argmax(scores.tokenIds, scores.logits),
  }
}

export const greedySft = createGreedy('sft')
export const greedyDpo = createGreedy('dpo')
