import { z } from 'zod'
import type { BoundChoiceStrategy } from './bound-strategy.js'
import { sample } from './sample.js'
import { samplingFields } from './sampling.js'
import { bindTokenStrategy } from './token-strategy.js'

const { seed, temperature, top_p } = samplingFields(1)

/** Parameters of all choices among samples. The defaults are the paper's (section 5). */
export const choiceShape = {
  n: z.int().min(1).max(64).default(8).describe('Number of samples. One of them becomes the answer.'),
  temperature: temperature.unwrap().gt(0).default(1).describe('Sampling temperature of the samples.'),
  top_p: top_p
    .unwrap()
    .default(0.9)
    .describe(
      'Limits sampling to the smallest set of most likely tokens whose probabilities add up to top_p. 1 disables it.',
    ),
  seed,
}
const shapeSchema = z.object(choiceShape)
type Shape = z.output<typeof shapeSchema>

/**
 * Samples the DPO model several times and chooses one sample. Strategies of
 * this kind differ only in the chooser.
 */
export interface ChoiceStrategy<Schema extends z.ZodObject = z.ZodObject> {
  readonly name: string
  readonly parameters: Schema
  readonly topLevel: readonly string[]
  idle?(parameters: z.output<Schema>): readonly string[]
  chooser(parameters: z.output<Schema> & Shape): BoundChoiceStrategy['chooser']
}

/** Binds a choice strategy to its parameters. */
export function bindChoiceStrategy<Schema extends z.ZodObject>(
  strategy: ChoiceStrategy<Schema>,
  parameters: z.output<Schema>,
): BoundChoiceStrategy {
  const shape = shapeSchema.parse(parameters)
  const { n, ...sampling } = shape
  const one = bindTokenStrategy(sample, sample.parameters.parse(sampling))
  return {
    kind: 'choice',
    name: strategy.name,
    parameters,
    reads: one.reads,
    sample: one,
    count: n,
    chooser: strategy.chooser({ ...parameters, ...shape }),
  }
}
