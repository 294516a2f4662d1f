import { z } from 'zod'
import type { ScoredIds } from './scored-ids.js'
import type { BeamMethod } from './bound-strategy.js'
import type { PickInput, Reads } from './reads.js'

/** Parameters of every beam search. */
export const beamShape = {
  width: z.int().min(1).max(16).default(4).describe('Beams that live at once.'),
  length_penalty: z
    .number()
    .min(-10)
    .max(10)
    .default(1)
    .describe('A finished beam is ranked by its score / length ** length_penalty; lengths in tokens.'),
}
const shapeSchema = z.object(beamShape)

/** A score of continuations: what it reads of each live beam, and a pure function from that. The search is the same for all. */
export interface BeamStrategy<Schema extends z.ZodObject = z.ZodObject> {
  readonly name: string
  readonly parameters: Schema
  readonly topLevel: readonly string[]
  idle?(parameters: z.output<Schema>): readonly string[]
  reads(parameters: z.output<Schema>, excluded: readonly number[]): Reads
  /** What each id that a beam may go on with adds to its score; excluded ids are not among them. */
  score(parameters: z.output<Schema>, input: PickInput): ScoredIds
}

export function bindBeam<Schema extends z.ZodObject>(
  strategy: BeamStrategy<Schema>,
  parameters: z.output<Schema>,
): BeamMethod {
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
