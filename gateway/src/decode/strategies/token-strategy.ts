import { z } from 'zod'
import type { TokenMethod } from './bound-strategy.js'
import { seedOfAnswer } from './random.js'
import type { PickInput, Reads } from './reads.js'

/**
 * A way to choose the next token: its parameters, what it reads, and a pure function from what was read to the token.
 * It holds no state and does no I/O.
 */
export interface Strategy<Schema extends z.ZodObject = z.ZodObject> {
  readonly name: string
  /** Strict; every parameter has its default. */
  readonly parameters: Schema
  /** Parameters that OpenAI's request has at its top level and this strategy takes from there. */
  readonly topLevel: readonly string[]
  /** Parameters that have no effect beside the others' values. */
  idle?(parameters: z.output<Schema>): readonly string[]
  reads(parameters: z.output<Schema>, excluded: readonly number[]): Reads
  pick(parameters: z.output<Schema>, input: PickInput): number
}

const seedSchema = z.object({ seed: z.int() })

export function bindMethod<Schema extends z.ZodObject>(
  strategy: Strategy<Schema>,
  parameters: z.output<Schema>,
): TokenMethod {
  const method: TokenMethod = {
    kind: 'token',
    name: strategy.name,
    parameters,
    isRandom: 'seed' in strategy.parameters.shape && !strategy.idle?.(parameters).includes('seed'),
    reads: (excluded) => strategy.reads(parameters, excluded),
    pick: (input) => strategy.pick(parameters, input),
    forAnswer: (index) => {
      if (!method.isRandom) return method
      const { seed } = seedSchema.parse(parameters)
      return bindMethod(strategy, { ...parameters, seed: seedOfAnswer(seed, index) })
    },
  }
  return method
}
