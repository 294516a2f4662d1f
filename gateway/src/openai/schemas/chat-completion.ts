import { z } from 'zod'
import { answerHead } from './answer-head.js'
import { detailFields, finishReasonSchema, stopReasonSchema, tokenIdsSchema } from './choice-fields.js'
import { decodingReportSchema } from './decoding-report.js'
import { type Described, namedSchemas } from './named-schemas.js'
import { promptLogprobsSchema } from './prompt-logprobs.js'
import { usageSchema } from './usage.js'

const scoredToken = {
  token: z.string().describe('The token as text, or "token_id:ID" if `return_tokens_as_token_ids` is true.'),
  logprob: z.number().describe('The log-probability, in nats. -9999 stands for any lower value.'),
  bytes: z.array(z.int().min(0).max(255)).describe('The UTF-8 bytes of the token.'),
}

/** A token of a chat completion with its log-probability. */
export const tokenLogprobSchema = z
  .object({
    ...scoredToken,
    top_logprobs: z.array(z.object(scoredToken)).describe('The `top_logprobs` most likely tokens at this position.'),
  })
  .describe('A token with its log-probability.')
  .register(namedSchemas, { id: 'ChatTokenLogprob' })

export type TokenLogprob = Described<typeof tokenLogprobSchema>

/** The `logprobs` of a choice of a chat completion. */
export const chatLogprobsSchema = z
  .object({ content: z.array(tokenLogprobSchema), refusal: z.null() })
  .nullable()
  .describe('Log-probabilities of the output tokens. Null unless `logprobs` is true.')

const choiceSchema = z.object({
  index: z.int().min(0),
  message: z.object({
    role: z.literal('assistant'),
    content: z.string(),
    reasoning_content: z
      .string()
      .nullish()
      .describe('What a model that thinks has written before its answer. Missing for other models.'),
    refusal: z.null(),
  }),
  logprobs: chatLogprobsSchema,
  finish_reason: finishReasonSchema,
  stop_reason: stopReasonSchema,
  token_ids: tokenIdsSchema.optional(),
  ...detailFields,
})

/** The answer to POST /v1/chat/completions without streaming. */
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
  .describe('A chat completion.')
  .register(namedSchemas, { id: 'ChatCompletion' })

export type ChatCompletion = Described<typeof chatCompletionSchema>
