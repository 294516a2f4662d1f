import { z } from 'zod'
import { type Described, namedSchemas } from './named-schemas.js'

const promptLogprobSchema = z
  .object({
    logprob: z.number().describe('The log-probability, in nats. -9999 stands for any lower value.'),
    rank: z
      .int()
      .min(1)
      .nullable()
      .describe(
        'The rank of the token, 1 for the most likely. Null for a prompt token that is not among the listed tokens.',
      ),
    decoded_token: z.string().describe('The text of the token.'),
  })
  .register(namedSchemas, { id: 'PromptLogprob' })

/** vLLM's `prompt_logprobs`. */
export const promptLogprobsSchema = z
  .array(z.record(z.string().regex(/^[0-9]+$/), promptLogprobSchema).nullable())
  .describe(
    'Present if `prompt_logprobs` is set. For each position of the prompt: the prompt token and the most likely tokens, by token id. ' +
      'Null for the first position.',
  )

export type PromptLogprobs = Described<typeof promptLogprobsSchema>
