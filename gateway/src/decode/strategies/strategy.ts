import { z } from 'zod'
import type { Readout, Row, Scores } from '../../session/session.js'
import type { TokenMethod } from './method.js'
import { seedOfAnswer } from './random.js'

/** What a strategy reads at a step: its leading model first, then others at the ids that the leader named. */
export interface Reads {
  /** A model's name. */
  readonly lead: string
  /** Of the leader's row, in the step itself. */
  readonly readout: Readout
  /** Models whose logits of the ids read are needed to pick. With a full readout theirs is full too, in the same step. */
  readonly others: readonly string[]
}

/** Logits of ids, and what makes log-probabilities of them. */
export interface ModelScores {
  readonly row: Pick<Row, 'logSumExp'>
  readonly scores: Scores
}

/** What was read. `lead` and all `others`, in their order, hold the same ids in the same order. */
export interface PickInput {
  readonly lead: ModelScores
  readonly others: readonly ModelScores[]
  /** Tokens of the answer so far: where a seeded draw stands. */
  readonly index: number
  /** Ids that may not be picked. */
  readonly excluded: ReadonlySet<number>
  /**
   * Applies the request's bias and penalties, in place, to scores of the whole vocabulary that a strategy makes of several full
   * rows. In every other case `lead` has been adjusted already, and this does nothing.
   */
  adjust(scores: Float64Array): void
}

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
