import { z } from 'zod'
import { answerHead } from './answer-head.js'
import { chatLogprobsSchema } from './chat-completion.js'
import { detailFields, tokenIdsSchema } from './choice-fields.js'
import { chunkChoiceFields, chunkFields } from './chunk-fields.js'
import { type Described, namedSchemas } from './named-schemas.js'

const choiceSchema = z.object({
  index: z.int().min(0),
  delta: z.object({
    role: z.literal('assistant').optional().describe('Present in the first chunk of each answer.'),
    content: z.string().optional(),
    reasoning_content: z.string().optional().describe('A part of what a model that thinks writes before its answer.'),
  }),
  logprobs: chatLogprobsSchema,
  ...chunkChoiceFields,
  token_ids: tokenIdsSchema.optional(),
  ...detailFields,
})

/** An event of a streamed chat completion. */
export const chatChunkSchema = z
  .object({
    ...answerHead,
    object: z.literal('chat.completion.chunk'),
    choices: z.array(choiceSchema).max(1).describe('One choice. Empty in the last chunk with `include_usage`.'),
    prompt_token_ids: tokenIdsSchema.optional(),
    ...chunkFields,
  })
  .describe('A chunk of a streamed chat completion.')
  .register(namedSchemas, { id: 'ChatCompletionChunk' })

export type ChatChunk = Described<typeof chatChunkSchema>
