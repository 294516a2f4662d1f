import { z } from 'zod'
import { answerHead, chatLogprobsSchema } from './chat-completion.js'
import { detailFields, finishReasonSchema, stopReasonSchema, tokenIdsSchema } from './choice-fields.js'
import { decodingReportSchema } from './decoding-report.js'
import { type Described, namedSchemas } from './named-schemas.js'
import { usageSchema } from './usage.js'

const choiceSchema = z.object({
  index: z.int().min(0),
  delta: z.object({
    role: z.literal('assistant').optional().describe('In the first chunk of each answer.'),
    content: z.string().optional(),
  }),
  logprobs: chatLogprobsSchema,
  finish_reason: finishReasonSchema.nullable().describe('In the last chunk of each answer; null before.'),
  stop_reason: stopReasonSchema.optional(),
  token_ids: tokenIdsSchema.optional(),
  ...detailFields,
})

export const chatChunkSchema = z
  .object({
    ...answerHead,
    object: z.literal('chat.completion.chunk'),
    choices: z.array(choiceSchema).max(1).describe('Empty in the chunk that carries `usage`.'),
    usage: usageSchema.nullish().describe('With `stream_options.include_usage`: null, and the counts in a last chunk.'),
    prompt_token_ids: tokenIdsSchema.optional(),
    decoding: decodingReportSchema
      .optional()
      .describe('In the first chunk of each answer; of a method that searches or chooses, in the last one again.'),
  })
  .describe('A part of a streamed answer to a conversation.')
  .register(namedSchemas, { id: 'ChatCompletionChunk' })

export type ChatChunk = Described<typeof chatChunkSchema>
