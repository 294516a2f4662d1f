import { z } from 'zod'
import { type ChoiceStrategy, choiceShape } from './choice-strategy.js'
import { seedOfAnswer, uniformAt } from './random.js'

const parameters = z.strictObject(choiceShape)

/** Baseline for best-of-n: chooses one of the same samples at random, by the seed. */
export const randomOfN: ChoiceStrategy<typeof parameters> = {
  name: 'random-of-n',
  parameters,
  topLevel: ['seed'],
  // The samples use the seeds of answers 0 to n - 1, the choice that of answer n.
  chooser: ({ n, seed }) => ({ by: 'seed', index: Math.floor(uniformAt(seedOfAnswer(seed, n), 0) * n) }),
}
