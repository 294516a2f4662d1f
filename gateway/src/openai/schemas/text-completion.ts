import { z } from 'zod'
import { answerHead } from './answer-head.js'
import { detailFields, finishReasonSchema, stopReasonSchema, tokenIdsSchema } from './choice-fields.js'
import { chunkChoiceFields, chunkFields } from './chunk-fields.js'
import { decodingReportSchema } from './decoding-report.js'
import { type Described, namedSchemas } from './named-schemas.js'
import { promptLogprobsSchema } from './prompt-logprobs.js'
import { usageSchema } from './usage.js'

export const completionLogprobsSchema = z
  .object({
    tokens: z.array(z.string()),
    token_logprobs: z.array(z.number().nullable()).describe('Null for the first token of an echoed prompt.'),
    top_logprobs: z
      .array(z.record(z.string(), z.number()).nullable())
      .describe('The most probable tokens and the token itself, by text.'),
    text_offset: z.array(z.int().min(0)).describe('Where in the text each token begins.'),
  })
  .describe('Log-probabilities of the DPO model, an entry for each token.')
  .register(namedSchemas, { id: 'CompletionLogprobs' })

export type CompletionLogprobs = Described<typeof completionLogprobsSchema>

const choice = {
  index: z.int().min(0).describe('Counts the answers to all prompts.'),
  text: z.string(),
  logprobs: completionLogprobsSchema.nullable().describe('Null unless `logprobs` is given.'),
  prompt_token_ids: tokenIdsSchema.optional(),
  token_ids: tokenIdsSchema.optional(),
  ...detailFields,
}

const wholeChoice = {
  ...choice,
  finish_reason: finishReasonSchema,
  stop_reason: stopReasonSchema,
  prompt_logprobs: promptLogprobsSchema.optional(),
}

const head = { ...answerHead, object: z.literal('text_completion') }

export const textCompletionSchema = z
  .object({
    ...head,
    choices: z.array(z.object(wholeChoice)).min(1).describe('The answers to each prompt, in their order.'),
    usage: usageSchema,
    decoding: decodingReportSchema,
  })
  .describe('What follows one prompt or several.')
  .register(namedSchemas, { id: 'TextCompletion' })

export type TextCompletion = Described<typeof textCompletionSchema>

const chunkChoiceSchema = z.object({ ...choice, ...chunkChoiceFields })

export const textChunkSchema = z
  .object({
    ...head,
    choices: z.array(chunkChoiceSchema).max(1).describe('Empty in the chunk that carries `usage`.'),
    ...chunkFields,
  })
  .describe('A part of a streamed completion.')
  .register(namedSchemas, { id: 'TextCompletionChunk' })

export type TextChunk = Described<typeof textChunkSchema>
