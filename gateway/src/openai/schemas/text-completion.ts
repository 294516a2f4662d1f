import { z } from 'zod'
import { answerHead } from './answer-head.js'
import { detailFields, finishReasonSchema, stopReasonSchema, tokenIdsSchema } from './choice-fields.js'
import { chunkChoiceFields, chunkFields } from './chunk-fields.js'
import { decodingReportSchema } from './decoding-report.js'
import { type Described, namedSchemas } from './named-schemas.js'
import { promptLogprobsSchema } from './prompt-logprobs.js'
import { usageSchema } from './usage.js'

/** The `logprobs` of a choice of a text completion. */
export const completionLogprobsSchema = z
  .object({
    tokens: z.array(z.string()),
    token_logprobs: z
      .array(z.number().nullable())
      .describe('The log-probability of each token. Null for the first token of an echoed prompt.'),
    top_logprobs: z
      .array(z.record(z.string(), z.number()).nullable())
      .describe('The most likely tokens and the token itself, by text.'),
    text_offset: z
      .array(z.int().min(0))
      .describe(
        'The offset in the text at which each token begins, in code points. The parts of one character share its offset.',
      ),
  })
  .describe('Log-probabilities of the model that `decoding.logprobs_of` names, one entry for each token.')
  .register(namedSchemas, { id: 'CompletionLogprobs' })

export type CompletionLogprobs = Described<typeof completionLogprobsSchema>

const choice = {
  index: z.int().min(0).describe('The index of the answer, counted over all prompts.'),
  text: z.string(),
  logprobs: completionLogprobsSchema
    .nullable()
    .describe('Log-probabilities of the tokens. Null unless `logprobs` is set.'),
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

/** The answer to POST /v1/completions without streaming. */
export const textCompletionSchema = z
  .object({
    ...head,
    choices: z.array(z.object(wholeChoice)).min(1).describe('The answers, in the order of the prompts.'),
    usage: usageSchema,
    decoding: decodingReportSchema,
  })
  .describe('A text completion.')
  .register(namedSchemas, { id: 'TextCompletion' })

export type TextCompletion = Described<typeof textCompletionSchema>

const chunkChoiceSchema = z.object({ ...choice, ...chunkChoiceFields })

/** An event of a streamed text completion. */
export const textChunkSchema = z
  .object({
    ...head,
    choices: z.array(chunkChoiceSchema).max(1).describe('One choice. Empty in the last chunk with `include_usage`.'),
    ...chunkFields,
  })
  .describe('A chunk of a streamed text completion.')
  .register(namedSchemas, { id: 'TextCompletionChunk' })

export type TextChunk = Described<typeof textChunkSchema>
