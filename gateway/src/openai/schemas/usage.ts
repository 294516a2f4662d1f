import { z } from 'zod'
import { type Described, namedSchemas } from './named-schemas.js'

/** The field `usage` of answers. */
export const usageSchema = z
  .object({
    prompt_tokens: z
      .int()
      .min(0)
      .describe('The number of tokens in the prompts. Each prompt counts once, even with several answers.'),
    completion_tokens: z.int().min(0).describe('The number of tokens in the answers, end tokens included.'),
    total_tokens: z.int().min(0).describe('The sum of both.'),
  })
  .describe('The token usage of the request.')
  .register(namedSchemas, { id: 'Usage' })

export type Usage = Described<typeof usageSchema>
