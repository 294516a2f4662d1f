import { rewardNameSchema } from '@tandem/process'
import { z } from 'zod'
import { type ChoiceStrategy, choiceShape } from './choice-strategy.js'

const parameters = z.strictObject({
  ...choiceShape,
  reward: rewardNameSchema
    .optional()
    .describe("Name of the reward model that chooses. Default: the server's first one."),
})

/**
 * Best of n (paper, section 5, baseline iii): chooses the sample with
 * the highest reward; ties: the first.
 */
export const bestOfN: ChoiceStrategy<typeof parameters> = {
  name: 'best-of-n',
  parameters,
  // Not temperature: chat clients send one even if their user did not choose it.
  topLevel: ['seed'],
  chooser: ({ reward }) => ({ by: 'reward', reward: reward ?? null }),
}
