import { z } from 'zod'
import { rewardNameSchema } from '../../session/model-name.js'
import { type ChoiceStrategy, choiceShape } from './choice-strategy.js'

const parameters = z.strictObject({
  ...choiceShape,
  reward: rewardNameSchema.optional().describe('The reward model that chooses; by default the first of the server.'),
})

/** Best of n (paper, section 5, baseline iii): the sample that a reward model scores highest; ties: the first. */
export const bestOfN: ChoiceStrategy<typeof parameters> = {
  name: 'best-of-n',
  parameters,
  // Chat clients send a temperature whether or not their user chose one.
  topLevel: ['seed'],
  chooser: ({ reward }) => ({ by: 'reward', reward: reward ?? null }),
}
