import { z } from 'zod'
import { type ChoiceStrategy, choiceShape } from './choice-strategy.js'
import { seedOfAnswer, uniformAt } from './random.js'

const parameters = z.strictObject(choiceShape)

/** What best-of-n is measured against: one of its samples, drawn by the seed without regard to their rewards. */
export const randomOfN: ChoiceStrategy<typeof parameters> = {
  name: 'random-of-n',
  parameters,
  topLevel: ['seed'],
  // The seed after those of the samples.
  chooser: ({ n, seed }) => ({ by: 'seed', index: Math.floor(uniformAt(seedOfAnswer(seed, n), 0) * n) }),
}
