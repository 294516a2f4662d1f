import { z } from 'zod'
import type { BoundBeamStrategy } from './bound-strategy.js'
import type { PickInput, Reads } from './reads.js'
import type { ScoredIds } from './scored-ids.js'

/** Parameters of all beam searches. */
export const beamShape = {
  width: z.int().min(1).max(16).default(4).describe('Number of beams.'),
  length_penalty: z
    .number()
    .min(-10)
    .max(10)
    .default(1)
    .describe('Ranks finished beams by score / length ** length_penalty, with the length in tokens.'),
}
const shapeSchema = z.object(beamShape)

/**
 * A beam search's score: what it reads for each live beam, and a pure
 * function from that to scores of tokens.
 */
export interface BeamStrategy<Schema extends z.ZodObject = z.ZodObject> {
  readonly name: string
  readonly parameters: Schema
  readonly topLevel: readonly string[]
  idle?(parameters: z.output<Schema>): readonly string[]
  reads(parameters: z.output<Schema>, excluded: readonly number[]): Reads
  /**
   * Returns the ids that can extend a beam, without excluded ones, and
   * what each adds to the beam's score.
   */
  score(parameters: z.output<Schema>, input: PickInput): ScoredIds
}

/** Binds a beam strategy to its parameters. */
export function bindBeamStrategy<Schema extends z.ZodObject>(
  strategy: BeamStrategy<Schema>,
  parameters: z.output<Schema>,
): BoundBeamStrategy {
  const { width, length_penalty } = shapeSchema.parse(parameters)
  return {
    kind: 'beam',
    name: strategy.name,
    parameters,
    width,
    lengthPenalty: length_penalty,
    reads: (excluded) => strategy.reads(parameters, excluded),
    score: (input) => strategy.score(parameters, input),
  }
}
