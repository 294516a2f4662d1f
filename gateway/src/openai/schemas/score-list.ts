import { z } from 'zod'
import { type Described, namedSchemas } from './named-schemas.js'
import { usageSchema } from './usage.js'

/** The answer to POST /v1/score. */
export const scoreListSchema = z
  .object({
    object: z.literal('list'),
    model: z.string().describe('The reward model that computed the scores.'),
    data: z
      .array(z.object({ object: z.literal('score'), index: z.int().min(0), score: z.number() }))
      .describe('One score for each conversation, in the order of the request.'),
    usage: usageSchema.omit({ completion_tokens: true }),
  })
  .register(namedSchemas, { id: 'ScoreList' })

export type ScoreList = Described<typeof scoreListSchema>
