import { describeIssue, joinIssue } from '@tandem/process'
import { z } from 'zod'
import { seedSchema } from '../../decode/strategies/random.js'
import { maxTopK } from '../../decode/strategies/sampling.js'
import { wellFormed } from '../../text/index.js'
import { ApiError } from '../api-error.js'
import { isObject } from '../json/parse-body.js'
import { showSent } from '../json/written-numbers.js'
import { decodingReference, toJsonSchema } from '../schemas/json-schema.js'
import { adjustmentFields } from './adjustments.js'
import { requestIdSchema } from './request-id.js'
import { requestLimits } from './request-limits.js'

/**
 * Nearly all of OpenAI's fields are nullable, and null stands for the default.
 * A default other than null is also in `meta`, so that /openapi.json shows it.
 */
const optional = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined)
const flag = (byDefault: boolean) =>
  z
    .boolean()
    .nullish()
    .transform((value) => value ?? byDefault)
    .meta({ default: byDefault })

const { stops: maxStops, stopLength: maxStopLength, stopTokenIds: maxStopTokenIds, answers: maxAnswers } = requestLimits

/** A list whose length is checked before its items, so that a very long list costs nothing. */
const shortList = <T extends z.ZodType>(item: T, maxItems: number) =>
  z
    .custom<unknown[]>(
      (list) => Array.isArray(list) && list.length <= maxItems,
      `must be a list of at most ${maxItems} items`,
    )
    .meta({ type: 'array', maxItems, items: toJsonSchema(item) })
    .pipe(z.array(item))

/** Ends the description of each sampling parameter at the top level. */
const samplingOnly = "Used by `sample` and by formulas that sample. Defaults to the strategy's own value."

const stopString = z.string().min(1).max(maxStopLength)

/** Fields of both generating endpoints. Lengths are in tokens. */
export const commonFields = {
  model: z
    .string({ error: 'must be the name of a model; GET /v1/models lists the names' })
    .max(512)
    .describe(
      'The name of the pair, or PAIR/STRATEGY to select a strategy. The name of the pair selects `aad`. GET /v1/models lists all names.',
    ),
  max_tokens: optional(z.int().min(0)).describe(
    'The maximum number of tokens to generate. Defaults to 16. ' +
      "The prompt and `max_tokens` together must fit the model's context. 0 requires `echo`.",
  ),
  min_tokens: optional(z.int().min(0))
    .transform((value) => value ?? 0)
    .meta({
      description: 'The minimum number of tokens to generate before an end token or a stop string can end the answer.',
      default: 0,
    }),
  temperature: optional(z.number().min(0).max(2)).describe(
    `Sampling temperature. Higher values make the output more random, 0 selects the most likely token. ${samplingOnly}`,
  ),
  top_p: optional(z.number().gt(0).max(1)).describe(
    `Nucleus sampling: limits sampling to the most likely tokens whose probabilities add up to top_p. 1 disables it. ${samplingOnly}`,
  ),
  top_k: optional(z.int().min(-1).max(maxTopK)).describe(
    `Limits sampling to the k most likely tokens. 0 or -1 disables it. ${samplingOnly}`,
  ),
  min_p: optional(z.number().min(0).max(1)).describe(
    `The minimum probability of a token, relative to the most likely token, for it to be sampled. 0 disables it. ${samplingOnly}`,
  ),
  seed: optional(seedSchema).describe(
    'The random seed of every strategy that samples, a signed integer of 64 bits. ' +
      'The same seed draws the same tokens from the same probabilities. ' +
      'Defaults to a random value, which the answer reports in `decoding.seed`.',
  ),
  n: optional(z.int().min(1).max(maxAnswers))
    .transform((value) => value ?? 1)
    .meta({
      description: 'The number of answers to generate for each prompt. Values above 1 require a strategy that samples.',
      default: 1,
    }),
  stop: optional(
    z.union([stopString, shortList(stopString, maxStops)], {
      error: `must be a string or a list of at most ${maxStops} strings, each of 1 to ${maxStopLength} characters`,
    }),
    // Half of a surrogate pair would split a character. UTF-8 encoders replace it by U+FFFD.
  )
    .transform((value) => (typeof value === 'string' ? [value] : (value ?? [])).map(wellFormed))
    .describe(
      `Up to ${maxStops} strings that stop the generation. The answer does not contain the stop string. Defaults to none.`,
    ),
  stop_token_ids: optional(shortList(z.int().min(0), maxStopTokenIds))
    .transform((value) => value ?? [])
    .meta({ description: 'Token ids that stop the generation.', default: [] }),
  include_stop_str_in_output: flag(false).describe('Whether to include the stop string in the output text.'),
  skip_special_tokens: flag(true).describe('Whether to leave special tokens out of the output text.'),
  ignore_eos: flag(false).describe('Whether to ignore the end tokens of the model and continue generating after them.'),
  ...adjustmentFields,
  prompt_logprobs: optional(z.int().min(0).max(requestLimits.promptLogprobs)).describe(
    'The number of most likely tokens to return at each position of the prompt, with their log-probabilities, in addition to the token of the prompt itself. ' +
      'In nats; `decoding.logprobs_of` names the model. Not supported with `stream`.',
  ),
  truncate_prompt_tokens: optional(
    z
      .int()
      .min(-1)
      .refine((count) => count !== 0, 'must be at least 1, or -1 to disable truncation')
      .meta({ not: { const: 0 } }),
  )
    .transform((count) => (count === -1 ? undefined : count))
    .describe('Keeps only the last k tokens of each prompt. -1, the default, disables truncation.'),
  cache_salt: optional(z.string().min(1).max(requestLimits.cacheSaltLength)).describe(
    'Restricts the prefix cache: a request reuses cached prompts only from requests with the same API key and the same salt.',
  ),
  request_id: optional(requestIdSchema).describe('The id of the request. The header `x-request-id` takes precedence.'),
  return_token_ids: flag(false).describe(
    'Whether to return token ids (`token_ids` and `prompt_token_ids`) in addition to the text.',
  ),
  return_tokens_as_token_ids: flag(false).describe(
    'Whether log-probabilities represent tokens as strings of the form `token_id:ID`.',
  ),
  stream: flag(false).describe('Whether to stream the answer as server-sent events while it is generated.'),
  stream_options: optional(
    z.object({
      include_usage: flag(false).describe(
        'Whether to send an additional last chunk with the token usage of the whole request.',
      ),
      continuous_usage_stats: flag(false).describe(
        'Whether every chunk carries the token usage so far. Requires `include_usage`.',
      ),
    }),
  ).describe('Options for streaming. Set this only together with `stream: true`.'),
  // z.record is not used here: its copy loses a key named __proto__.
  decoding: optional(
    z.custom<Readonly<Record<string, unknown>>>(isObject, 'must be an object').meta(decodingReference),
  ).describe(
    "How to decode: `strategy`, the parameters of the strategy, `detail`, `timings`, `path` and `logprobs_of`. Defaults to the strategy of the model's name.",
  ),
}

/** Builders of nullable fields: optional values, and booleans with a default. */
export const fieldKinds = { optional, flag }

/**
 * Parses a value by a schema. Messages show numbers as the client wrote them.
 * @param sent what the client sent, if `value` is a copy of it
 * @throws ApiError 400 that names the field
 */
export function parseFields<T extends z.ZodType>(
  schema: T,
  value: unknown,
  prefix = '',
  sent: unknown = value,
): z.output<T> {
  const result = schema.safeParse(value, {
    error: (issue) => describeIssue(issue, showSent(issue.input, sent, issue.path ?? [])),
  })
  if (result.success) return result.data
  const [{ path: place = [], message = '' } = {}] = result.error.issues
  const path = [prefix, ...place.map(String)].filter((part) => part !== '').join('.')
  const param = path === '' ? {} : { param: path }
  throw new ApiError(400, joinIssue(path || 'the body', message), param)
}
