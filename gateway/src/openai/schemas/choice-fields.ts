import { z } from 'zod'
import { tokenDetailSchema } from './decoding-detail.js'
import { type Described, namedSchemas } from './named-schemas.js'

/** What choices of both endpoints have, whole or in a chunk. */

export const finishReasonSchema = z
  .enum(['stop', 'length'])
  .describe('`stop`: an end token, a stop string or one of `stop_token_ids`; `length`: `max_tokens` or the context.')

export const stopReasonSchema = z
  .union([z.string(), z.int()])
  .nullable()
  .describe('The stop string or the id of `stop_token_ids`; null for an end token of the model and for `length`.')

export const tokenIdsSchema = z.array(z.int().min(0)).describe('Where `return_token_ids` is true.')

const decodingCandidateSchema = z
  .object({
    text: z.string(),
    score: z.number().nullable().describe('Of a beam, or of the reward model; null where nothing was scored.'),
    tokens: z.int().min(0).describe('How many tokens it has.'),
    finish_reason: finishReasonSchema,
    chosen: z.boolean(),
  })
  .describe('One of the answers that a method searched or chose from.')
  .register(namedSchemas, { id: 'DecodingCandidate' })

/** Present where `decoding.detail` is true. */
export const detailFields = {
  decoding_detail: z.array(tokenDetailSchema.nullable()).optional().describe('An entry for each token.'),
  decoding_candidates: z
    .array(decodingCandidateSchema)
    .optional()
    .describe('Beams best first, or samples in their order; in a stream, with the end of the answer.'),
}
const detailSchema = z.object(detailFields)
export type DetailFields = Described<typeof detailSchema>
