import { z } from 'zod'
import { type Described, namedSchemas } from './named-schemas.js'

const promptLogprobSchema = z
  .object({
    logprob: z.number().describe('log p of the DPO model; -9999 stands for less.'),
    rank: z
      .int()
      .min(1)
      .nullable()
      .describe('1 is the most probable; null for a token of the prompt that is not among those listed.'),
    decoded_token: z.string().describe('Its text.'),
  })
  .register(namedSchemas, { id: 'PromptLogprob' })

export const promptLogprobsSchema = z
  .array(z.record(z.string().regex(/^[0-9]+$/), promptLogprobSchema).nullable())
  .describe(
    'Where `prompt_logprobs` is given: for each token of the prompt, by id, itself and the most probable ones; null for the first.',
  )

export type PromptLogprobs = Described<typeof promptLogprobsSchema>
