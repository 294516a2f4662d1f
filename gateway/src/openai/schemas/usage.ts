import { z } from 'zod'
import { type Described, namedSchemas } from './named-schemas.js'

export const usageSchema = z
  .object({
    prompt_tokens: z.int().min(0).describe('Each prompt counts once, however many answers it has.'),
    completion_tokens: z.int().min(0).describe('Tokens of the answers, end tokens included.'),
    total_tokens: z.int().min(0),
  })
  .describe('Counts of tokens.')
  .register(namedSchemas, { id: 'Usage' })

export type Usage = Described<typeof usageSchema>
