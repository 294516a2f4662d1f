import { z } from 'zod'
import { tokenDetailSchema } from './decoding-detail.js'
import { type Described, namedSchemas } from './named-schemas.js'
import { tokenTimingSchema } from './token-timing.js'

/** Fields that the choices of both endpoints share, in whole answers and in chunks. */

/** Why an answer ended. */
export const finishReasonSchema = z
  .enum(['stop', 'length'])
  .describe(
    'Why the generation ended. `stop`: an end token, a stop string or one of `stop_token_ids`. ' +
      '`length`: `max_tokens` or the end of the context.',
  )

/** What ended an answer, as in vLLM. */
export const stopReasonSchema = z
  .union([z.string(), z.int()])
  .nullable()
  .describe(
    'The stop string, or the id from `stop_token_ids`, that ended the answer. Null for an end token of the model and for `length`.',
  )

/** Token ids of a prompt or an answer. */
export const tokenIdsSchema = z.array(z.int().min(0)).describe('Token ids. Present if `return_token_ids` is true.')

const decodingCandidateSchema = z
  .object({
    text: z.string().describe('The text of the candidate.'),
    score: z
      .number()
      .nullable()
      .describe('The score of the beam, or of the reward model. Null if the candidate was not scored.'),
    tokens: z.int().min(0).describe('The number of tokens of the candidate.'),
    finish_reason: finishReasonSchema,
    chosen: z.boolean().describe('Whether this candidate is the answer.'),
  })
  .describe('A candidate of a beam search, or of a strategy that chooses one of several answers.')
  .register(namedSchemas, { id: 'DecodingCandidate' })

/** Fields that are present if `decoding.detail` or `decoding.timings` is true. */
export const detailFields = {
  decoding_detail: z.array(tokenDetailSchema.nullable()).optional().describe('Details of each token.'),
  decoding_candidates: z
    .array(decodingCandidateSchema)
    .optional()
    .describe(
      'The candidates: beams from best to worst, or samples in the order of generation. In a stream, part of the last chunk of the answer.',
    ),
  decoding_timings: z
    .array(tokenTimingSchema)
    .optional()
    .describe('Where the time of each token went, in the order of the tokens.'),
}
const detailSchema = z.object(detailFields)
/** The types of `detailFields`. */
export type DetailFields = Described<typeof detailSchema>
