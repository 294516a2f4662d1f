import { z } from 'zod'
import type { BoundTokenStrategy } from './bound-strategy.js'
import { seedOfAnswer, seedSchema } from './random.js'
import type { PickInput, Reads } from './reads.js'

/**
 * A way to choose the next token: its parameters, what it reads, and a pure function from that to a
 * token. It holds no state and does no I/O.
 */
export interface TokenStrategy<Schema extends z.ZodObject = z.ZodObject> {
  readonly name: string
  /** Strict schema in which each parameter has a default. */
  readonly parameters: Schema
  /** Parameters that this strategy also reads from the top level of an OpenAI request. */
  readonly topLevel: readonly string[]
  /** Returns the parameters that have no effect because of the values of others. */
  idle?(parameters: z.output<Schema>): readonly string[]
  reads(parameters: z.output<Schema>, excluded: readonly number[]): Reads
  pick(parameters: z.output<Schema>, input: PickInput): number
}

const seededSchema = z.object({ seed: seedSchema })

/** Binds a token strategy to its parameters. */
export function bindTokenStrategy<Schema extends z.ZodObject>(
  strategy: TokenStrategy<Schema>,
  parameters: z.output<Schema>,
): BoundTokenStrategy {
  const bound: BoundTokenStrategy = {
    kind: 'token',
    name: strategy.name,
    parameters,
    isRandom: 'seed' in strategy.parameters.shape && !strategy.idle?.(parameters).includes('seed'),
    reads: (excluded) => strategy.reads(parameters, excluded),
    pick: (input) => strategy.pick(parameters, input),
    forAnswer: (index) => {
      if (!bound.isRandom) return bound
      const { seed } = seededSchema.parse(parameters)
      return bindTokenStrategy(strategy, { ...parameters, seed: seedOfAnswer(seed, index) })
    },
  }
  return bound
}
