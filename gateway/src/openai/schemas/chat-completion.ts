import { z } from 'zod'
import { answerHead } from './answer-head.js'
import { detailFields, finishReasonSchema, stopReasonSchema, tokenIdsSchema } from './choice-fields.js'
import { decodingReportSchema } from './decoding-report.js'
import { type Described, namedSchemas } from './named-schemas.js'
import { promptLogprobsSchema } from './prompt-logprobs.js'
import { usageSchema } from './usage.js'

const scoredToken = {
  token: z.string().describe('Its text; "token_id:ID" where `return_tokens_as_token_ids` is true.'),
  logprob: z.number().describe('log p of the DPO model; -9999 stands for less.'),
  bytes: z.array(z.int().min(0).max(255)).describe('The UTF-8 bytes that it stands for.'),
}

export const tokenLogprobSchema = z
  .object({
    ...scoredToken,
    top_logprobs: z.array(z.object(scoredToken)).describe('The most probable tokens, `top_logprobs` of them.'),
  })
  .describe('A token with its log-probability.')
  .register(namedSchemas, { id: 'ChatTokenLogprob' })

export type TokenLogprob = Described<typeof tokenLogprobSchema>

export const chatLogprobsSchema = z
  .object({ content: z.array(tokenLogprobSchema), refusal: z.null() })
  .nullable()
  .describe('Null unless `logprobs` is true.')

const choiceSchema = z.object({
  index: z.int().min(0),
  message: z.object({ role: z.literal('assistant'), content: z.string(), refusal: z.null() }),
  logprobs: chatLogprobsSchema,
  finish_reason: finishReasonSchema,
  stop_reason: stopReasonSchema,
  token_ids: tokenIdsSchema.optional(),
  ...detailFields,
})

export const chatCompletionSchema = z
  .object({
    ...answerHead,
    object: z.literal('chat.completion'),
    choices: z.array(choiceSchema).min(1),
    usage: usageSchema,
    prompt_token_ids: tokenIdsSchema.optional(),
    prompt_logprobs: promptLogprobsSchema.optional(),
    decoding: decodingReportSchema,
  })
  .describe('The answer to a conversation.')
  .register(namedSchemas, { id: 'ChatCompletion' })

export type ChatCompletion = Described<typeof chatCompletionSchema>
