import { z } from 'zod'
import type { ChoiceMethod } from './bound-strategy.js'
import { sample } from './sample.js'
import { samplingFields } from './sampling.js'
import { bindMethod } from './token-strategy.js'

const { seed, temperature, top_p } = samplingFields(1)

/** Parameters of every choice among samples; the paper's values (section 5) by default. */
export const choiceShape = {
  n: z.int().min(1).max(64).default(8).describe('Samples, of which one is the answer.'),
  temperature: temperature.unwrap().gt(0).default(1).describe('Divides the scores before each draw.'),
  top_p: top_p
    .unwrap()
    .default(0.9)
    .describe('Each draw is among the most probable tokens that have this probability together.'),
  seed,
}
const shapeSchema = z.object(choiceShape)
type Shape = z.output<typeof shapeSchema>

/** Samples of the DPO model, of which one is the answer: who chooses it is all that differs. */
export interface ChoiceStrategy<Schema extends z.ZodObject = z.ZodObject> {
  readonly name: string
  readonly parameters: Schema
  readonly topLevel: readonly string[]
  idle?(parameters: z.output<Schema>): readonly string[]
  chooser(parameters: z.output<Schema> & Shape): ChoiceMethod['chooser']
}

export function bindChoice<Schema extends z.ZodObject>(
  strategy: ChoiceStrategy<Schema>,
  parameters: z.output<Schema>,
): ChoiceMethod {
  const shape = shapeSchema.parse(parameters)
  const { n, ...sampling } = shape
  const one = bindMethod(sample, sample.parameters.parse(sampling))
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
